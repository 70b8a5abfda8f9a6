//! The functions that rules may call, and how an embedder adds its own to them.

use std::{fmt, sync::Arc};

use bumpalo::Bump;
use chrono::Datelike;

use super::{Apply, BUILTINS, Builtin, MAX_PARAMETERS, Slot, Trouble};
use crate::{
    claim::{Constant, Value},
    schema::{Base, Scalar, Type},
    script::{
        limit::MAX_TEXT_BYTES,
        parse::{can_name_function, is_banned},
    },
};

/// What an embedder's function is called, takes and gives.
///
/// Types are those of [`Type`] of which there are values in rules: scalars, lists of scalars, and these optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature<'p> {
    /// Its name. No built-in function has it.
    pub name: &'static str,
    /// One line on what it gives, for people who write rules.
    pub doc: &'static str,
    /// The names of what it takes, at most four, with their types.
    pub parameters: &'p [(&'static str, Type)],
    /// What it gives.
    pub returns: Type,
}

/// Why a function can't be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongFunction {
    /// Rules can't call anything by this name.
    #[error("`{0}` can't name a function of rules")]
    Name(&'static str),
    /// There is one already: a built-in one, or an own one that takes as many arguments.
    #[error("there is a function `{0}` already")]
    Taken(&'static str),
    /// It takes more than there is room for.
    #[error("`{0}` takes more than {MAX_PARAMETERS} arguments")]
    TooManyParameters(&'static str),
    /// It takes or gives what no value has.
    #[error("`{0}` may take and give scalars, lists of scalars, and these optional, and nothing else")]
    WrongType(&'static str),
}

/// The functions that rules may call beside those of their scripts: the built-in ones, and perhaps an embedder's own.
///
/// ```
/// use meed::{
///     claim::{Constant, Value},
///     schema::Type,
///     script::{Functions, Signature},
/// };
///
/// let mut functions = Functions::standard();
/// let doc = "Whether an article is sold under the house's own brand.";
/// let signature =
///     Signature { name: "is_own_brand", doc, parameters: &[("article", Type::TEXT)], returns: Type::BOOLEAN };
/// functions.add(signature, |arguments| match arguments {
///     [Value::Text(article)] => Ok(Constant::Boolean(article.starts_with("OB-"))),
///     _ => Err("an article is expected".to_owned()),
/// })?;
/// # Ok::<(), meed::script::WrongFunction>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Functions {
    own: Vec<Arc<Builtin>>,
}

impl Functions {
    /// The built-in functions alone, as the command `meed` has them.
    pub fn standard() -> Self {
        Self::default()
    }

    /// Adds a function of the embedder's own.
    ///
    /// It is given values that have the types of its parameters, and gives one of the type that it declares, or says in
    /// the words of a message why there is none. Such a claim is held with `RULE_FAILED`, and so is one for which it
    /// gives something else than it declares; a panic holds the claim with `ENGINE_FAILED`.
    ///
    /// The same arguments must always give the same result: it is called as often as an outcome takes, again when an
    /// outcome is explained, and never before a claim is decided. A program's fingerprint holds the signatures of the
    /// functions that it calls, and can't hold what they do: one that changes gets a new name.
    pub fn add(
        &mut self,
        signature: Signature<'_>,
        apply: impl Fn(&[Value<'_>]) -> Result<Constant, String> + Send + Sync + 'static,
    ) -> Result<(), WrongFunction> {
        let Signature { name, doc, parameters, returns } = signature;
        if !can_name_function(name) || is_banned(name) {
            return Err(WrongFunction::Name(name));
        }
        let same_call = |own: &Arc<Builtin>| own.name == name && own.parameters.len() == parameters.len();
        if BUILTINS.iter().any(|builtin| builtin.name == name) || self.own.iter().any(same_call) {
            return Err(WrongFunction::Taken(name));
        }
        if parameters.len() > MAX_PARAMETERS {
            return Err(WrongFunction::TooManyParameters(name));
        }
        let mut types = parameters.iter().map(|(_, kind)| *kind).chain([returns]);
        if types.any(|kind| !matches!(kind.present(), Type::Some(Base::Scalar(_) | Base::List(_)))) {
            return Err(WrongFunction::WrongType(name));
        }
        self.own.push(Arc::new(Builtin {
            name,
            group: "Own functions",
            over: &[],
            parameters: parameters.iter().map(|(name, kind)| (*name, Slot::Is(*kind))).collect(),
            returns: Slot::Is(returns),
            doc,
            apply: Apply::Own(Own { name, returns, apply: Arc::new(apply) }),
        }));
        Ok(())
    }

    /// All of them, the built-in ones first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Builtin>> {
        BUILTINS.iter().chain(&self.own)
    }

    /// Whether there is one of this name.
    pub(in crate::script) fn has(&self, name: &str) -> bool {
        self.all().any(|function| function.name == name)
    }
}

type Closure = dyn Fn(&[Value<'_>]) -> Result<Constant, String> + Send + Sync;

/// What an embedder's function does.
#[derive(Clone)]
pub(in crate::script) struct Own {
    name: &'static str,
    returns: Type,
    apply: Arc<Closure>,
}

impl fmt::Debug for Own {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Own({})", self.name)
    }
}

impl Own {
    /// What it gives for arguments that have the types of its parameters, if that has the type that it declares.
    pub(super) fn to<'a>(&self, arguments: &[Value<'a>], scratch: &'a Bump) -> Result<Value<'a>, Trouble> {
        let given = (self.apply)(arguments)?;
        if !fits(&given, self.returns) {
            return Err(format!("`{}` gave something else than {}, which it declares", self.name, self.returns).into());
        }
        kept(&given, scratch).ok_or_else(|| format!("`{}` gave what rules can't hold", self.name).into())
    }
}

/// Whether a value has a type.
fn fits(value: &Constant, kind: Type) -> bool {
    match (kind, value) {
        (Type::Optional(_), Constant::Nothing) => true,
        (Type::Some(Base::Scalar(scalar)) | Type::Optional(Base::Scalar(scalar)), value) => is_of(value, scalar),
        (Type::Some(Base::List(scalar)) | Type::Optional(Base::List(scalar)), Constant::List(items)) => {
            items.iter().all(|item| is_of(item, scalar))
        }
        _ => false,
    }
}

fn is_of(value: &Constant, scalar: Scalar) -> bool {
    matches!(
        (scalar, value),
        (Scalar::Boolean, Constant::Boolean(_))
            | (Scalar::Integer, Constant::Integer(_))
            | (Scalar::Decimal, Constant::Decimal(_))
            | (Scalar::Text, Constant::Text(_))
            | (Scalar::Date, Constant::Date(_))
    )
}

/// The value in the scratch space; `None` for a text that is too long and a date that can't be written.
fn kept<'a>(value: &Constant, scratch: &'a Bump) -> Option<Value<'a>> {
    match value {
        Constant::Text(text) => (text.len() <= MAX_TEXT_BYTES).then(|| Value::Text(scratch.alloc_str(text))),
        Constant::Date(date) => (0..=9999).contains(&date.year()).then_some(Value::Date(*date)),
        Constant::List(items) => {
            let items: Vec<Value<'a>> = items.iter().map(|item| kept(item, scratch)).collect::<Option<_>>()?;
            Some(Value::List(scratch.alloc_slice_copy(&items)))
        }
        Constant::Nothing => Some(Value::Nothing),
        Constant::Boolean(boolean) => Some(Value::Boolean(*boolean)),
        Constant::Integer(integer) => Some(Value::Integer(*integer)),
        Constant::Decimal(decimal) => Some(Value::Decimal(*decimal)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::RowTypeId;

    fn add(functions: &mut Functions, signature: Signature<'_>) -> Result<(), WrongFunction> {
        functions.add(signature, |_| Ok(Constant::Nothing))
    }

    const TEXT: Signature<'_> =
        Signature { name: "grade", doc: "A grade.", parameters: &[("x", Type::TEXT)], returns: Type::TEXT };

    #[test]
    fn a_function_takes_no_name_that_another_has_or_that_rules_cannot_call() {
        let mut functions = Functions::standard();
        add(&mut functions, TEXT).unwrap();
        for name in ["grade", "abs", "days_between", "sum"] {
            assert_eq!(add(&mut functions, Signature { name, ..TEXT }), Err(WrongFunction::Taken(name)));
        }
        for name in ["", "2nd", "a b", "a.b", "f(", "größe", "if", "let", "Fn", "eval", "print", "round", "import"] {
            assert_eq!(add(&mut functions, Signature { name, ..TEXT }), Err(WrongFunction::Name(name)), "{name}");
        }
        assert_eq!(add(&mut functions, Signature { parameters: &[], ..TEXT }), Ok(()));
    }

    #[test]
    fn a_function_takes_and_gives_what_rules_have_values_of() {
        const ROW: Type = Type::Some(Base::Row(RowTypeId(0)));
        const FIVE: &[(&str, Type)] = &[("a", Type::TEXT); 5];
        let mut functions = Functions::standard();
        for (signature, wrong) in [
            (Signature { parameters: &[("row", ROW)], ..TEXT }, WrongFunction::WrongType("grade")),
            (Signature { returns: ROW, ..TEXT }, WrongFunction::WrongType("grade")),
            (Signature { returns: Type::Nothing, ..TEXT }, WrongFunction::WrongType("grade")),
            (Signature { parameters: FIVE, ..TEXT }, WrongFunction::TooManyParameters("grade")),
        ] {
            assert_eq!(add(&mut functions, signature), Err(wrong));
        }
        let dates = Type::Optional(Base::List(Scalar::Date));
        assert_eq!(add(&mut functions, Signature { parameters: &[("dates", dates)], returns: dates, ..TEXT }), Ok(()));
    }

    #[test]
    fn what_a_function_gives_has_the_type_that_it_declares() {
        let texts = Type::Some(Base::List(Scalar::Text));
        let long = "x".repeat(MAX_TEXT_BYTES + 1);
        for (returns, given, shown) in [
            (Type::INTEGER, Constant::Integer(3), Ok("3")),
            (Type::DECIMAL, Constant::Integer(3), Err("`f` gave something else than decimal, which it declares")),
            (Type::TEXT, Constant::Nothing, Err("`f` gave something else than text, which it declares")),
            (Type::Optional(Base::Scalar(Scalar::Text)), Constant::Nothing, Ok("")),
            (texts, Constant::List(vec![Constant::Text("a".into()), Constant::Text("b".into())]), Ok("[a, b]")),
            (
                texts,
                Constant::List(vec![Constant::Integer(1)]),
                Err("`f` gave something else than list of text, which it declares"),
            ),
            (Type::TEXT, Constant::Text(long.into()), Err("`f` gave what rules can't hold")),
            (Type::DATE, Constant::Date(crate::calendar::Date::MAX), Err("`f` gave what rules can't hold")),
        ] {
            let own = Own { name: "f", returns, apply: Arc::new(move |_| Ok(given.clone())) };
            let given = own.to(&[], &Bump::new()).map(|value| value.to_string());
            assert_eq!(given, shown.map(str::to_owned).map_err(Trouble::from));
        }
    }
}
