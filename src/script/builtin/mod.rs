//! The built-in functions in one table: name, types, documentation and implementation. The checker, the evaluator
//! and the reference page come from it.

mod date;
mod functions;
mod list;
pub(super) mod number;
mod text;

use std::{
    borrow::Cow,
    sync::{Arc, LazyLock},
};

use bumpalo::Bump;

use crate::{
    calendar::{Date, days_between},
    claim::Value,
    money::RoundingMode,
    schema::{Base, Scalar, Type},
};

pub use functions::{Functions, Signature, WrongFunction};

/// Why a built-in function can't give a value, in the words of a message.
pub(super) type Trouble = Cow<'static, str>;

/// The type of a parameter or result. A function over `T` works on each of its scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// This type.
    Is(Type),
    /// One of the function's scalars, the same everywhere.
    T,
    /// A value of it or nothing.
    OptionalT,
    /// A list of it.
    ListOfT,
}

impl Slot {
    /// The type, where `T` is this scalar.
    pub(super) fn kind(self, scalar: Option<Scalar>) -> Option<Type> {
        match self {
            Self::Is(kind) => Some(kind),
            Self::T => scalar.map(|scalar| Type::Some(Base::Scalar(scalar))),
            Self::OptionalT => scalar.map(|scalar| Type::Optional(Base::Scalar(scalar))),
            Self::ListOfT => scalar.map(|scalar| Type::Some(Base::List(scalar))),
        }
    }

    /// Whether an integer may stand for a decimal here.
    pub(super) fn widens(self) -> bool {
        match self {
            Self::T => true,
            Self::Is(kind) => kind.present() == Type::DECIMAL,
            Self::OptionalT | Self::ListOfT => false,
        }
    }
}

/// A function that rules may call.
#[derive(Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// What it works on.
    pub group: &'static str,
    /// What `T` may be; empty if there is none.
    pub over: &'static [Scalar],
    /// Its parameters.
    pub parameters: Cow<'static, [(&'static str, Slot)]>,
    /// What it gives.
    pub returns: Slot,
    /// One line for the reference.
    pub doc: &'static str,
    /// What it does.
    pub(super) apply: Apply,
}

/// What a function does. Those that rules call most are kept by the types of their arguments, so that evaluation needs no
/// detour over values.
#[derive(Debug, Clone)]
pub(super) enum Apply {
    /// The days from one date to another.
    Days,
    /// A whole number of two dates.
    Dates(fn(Date, Date) -> i64),
    /// The number without its sign.
    Absolute,
    /// A decimal rounded to so many places.
    Rounding(RoundingMode),
    /// A value of values, which have the types of the parameters.
    Values(for<'a> fn(&[Value<'a>], &'a Bump) -> Result<Value<'a>, Trouble>),
    /// What an embedder wants.
    Own(functions::Own),
}

impl Apply {
    /// What comes of arguments that have the types of the parameters.
    pub(super) fn to<'a>(&self, arguments: &[Value<'a>], scratch: &'a Bump) -> Result<Value<'a>, Trouble> {
        match (self, arguments) {
            (Self::Values(apply), _) => apply(arguments, scratch),
            (Self::Own(own), _) => own.to(arguments, scratch),
            (Self::Dates(apply), [Value::Date(from), Value::Date(to)]) => Ok(Value::Integer(apply(*from, *to))),
            (Self::Rounding(mode), [x, Value::Integer(places)]) => {
                number::round(x.number().unwrap_or_default(), *places, *mode).map(Value::Decimal)
            }
            (Self::Days, [Value::Date(from), Value::Date(to)]) => Ok(Value::Integer(days_between(*from, *to))),
            (Self::Absolute, _) => number::abs(arguments),
            (Self::Days | Self::Dates(_) | Self::Rounding(_), _) => Ok(Value::Nothing),
        }
    }
}

/// The most parameters of a function that isn't a script's.
pub(super) const MAX_PARAMETERS: usize = 4;

const ANY: &[Scalar] = &[Scalar::Boolean, Scalar::Integer, Scalar::Decimal, Scalar::Text, Scalar::Date];
const ORDERED: &[Scalar] = &[Scalar::Integer, Scalar::Decimal, Scalar::Date];
const NUMBERS: &[Scalar] = &[Scalar::Integer, Scalar::Decimal];

/// Every built-in function, by group.
pub static BUILTINS: LazyLock<Vec<Arc<Builtin>>> = LazyLock::new(|| {
    let groups = [number::builtins(), date::builtins(), text::builtins(), list::builtins()];
    groups.into_iter().flatten().map(Arc::new).collect()
});

impl Builtin {
    /// The result's type for arguments of these types; `None` where they don't fit. With `widen` an integer will do
    /// for a decimal.
    pub(super) fn result(&self, kinds: &[Type], widen: bool) -> Option<Type> {
        if kinds.len() != self.parameters.len() {
            return None;
        }
        if self.over.is_empty() {
            return self.fits_as(kinds, None, widen).then(|| self.returns.kind(None)).flatten();
        }
        let scalar = self.over.iter().copied().find(|scalar| self.fits_as(kinds, Some(*scalar), widen))?;
        self.returns.kind(Some(scalar))
    }

    fn fits_as(&self, kinds: &[Type], scalar: Option<Scalar>, widen: bool) -> bool {
        self.parameters.iter().zip(kinds).all(|((_, slot), kind)| {
            let Some(wanted) = slot.kind(scalar) else { return false };
            let widens = widen && slot.widens() && wanted.present() == Type::DECIMAL;
            // A value that was found to be there will do where one may be empty, and so will an empty one.
            let may_be_empty = matches!(slot, Slot::Is(Type::Optional(_)));
            *kind == wanted
                || *kind == wanted.present()
                || widens && *kind == Type::INTEGER
                || may_be_empty && *kind == Type::Nothing
        })
    }

    /// Whether it is an embedder's own.
    pub(super) fn is_own(&self) -> bool {
        matches!(self.apply, Apply::Own(_))
    }

    /// How messages and the reference write it.
    pub fn signature(&self) -> String {
        let word = |slot: &Slot| match slot {
            Slot::Is(kind) => kind.to_string(),
            Slot::T => "T".to_owned(),
            Slot::OptionalT => "optional T".to_owned(),
            Slot::ListOfT => "list of T".to_owned(),
        };
        let parameters: Vec<String> =
            self.parameters.iter().map(|(name, slot)| format!("{name}: {}", word(slot))).collect();
        format!("{}({}) -> {}", self.name, parameters.join(", "), word(&self.returns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_has_more_parameters_than_there_is_room_for() {
        assert!(BUILTINS.iter().all(|builtin| builtin.parameters.len() <= MAX_PARAMETERS));
    }

    #[test]
    fn no_two_functions_take_the_same_arguments() {
        for (index, one) in BUILTINS.iter().enumerate() {
            for other in BUILTINS.iter().skip(index + 1).filter(|other| other.name == one.name) {
                assert_ne!(
                    one.parameters.iter().map(|(_, slot)| *slot).collect::<Vec<_>>(),
                    other.parameters.iter().map(|(_, slot)| *slot).collect::<Vec<_>>(),
                    "{}",
                    one.name
                );
            }
        }
    }
}
