//! Rhai's interpreter as the oracle of the typed form. It runs in tests only: what the typed form gives, Rhai gives, or
//! both fail in the same way; `verdict` says which differences are meant.

mod census;
#[cfg(test)]
mod differential;
mod exact;
mod generator;
#[cfg(test)]
mod hazard;
#[cfg(test)]
mod known;
mod pairs;
#[cfg(test)]
mod part;
#[cfg(test)]
mod programs;
mod random;
#[cfg(test)]
mod regression;
#[cfg(test)]
mod review;
mod verdict;
mod world;

use std::{any::TypeId, cell::RefCell, collections::BTreeMap, sync::Arc};

use bumpalo::Bump;
use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, Map, OptimizationLevel, Scope};
use rust_decimal::Decimal;

use self::world::SCALARS;
use super::builtin::{BUILTINS, Builtin, Slot};
use crate::{
    calendar::Date,
    claim::{Constant, Value},
    schema::{Base, Scalar, Type},
};

/// Compares rules made of any bytes with Rhai; panics where they differ. Only there for `cargo fuzz`.
#[cfg(fuzzing)]
pub fn compare_rules_of(bytes: &[u8]) {
    pairs::compare_rules_of(bytes);
}

thread_local! {
    /// The built-in functions that Rhai called, by their number in the table, with the type that they worked on.
    static CALLED: RefCell<Vec<(usize, Option<Scalar>)>> = const { RefCell::new(Vec::new()) };
}

/// The built-in functions called on this thread since the last time, each once.
pub(super) fn called() -> Vec<(usize, Option<Scalar>)> {
    let mut called = CALLED.take();
    called.sort_unstable();
    called.dedup();
    called
}

/// An engine with the operators and built-in functions of the rule language.
pub(super) fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_fail_on_invalid_map_property(true);
    engine.set_max_expr_depths(0, 0);
    engine.set_max_call_levels(super::limit::MAX_CALL_DEPTH * 2);
    // Where the typed form has failed, Rhai may go on and double a text into more memory than there is. No rule with a
    // value has as much text.
    engine.set_max_string_size(super::limit::MAX_SCRATCH_BYTES);
    engine.register_type_with_name::<Date>("date");
    engine.register_fn("==", |left: Date, right: Date| left == right);
    engine.register_fn("!=", |left: Date, right: Date| left != right);
    engine.register_fn("<", |left: Date, right: Date| left < right);
    engine.register_fn("<=", |left: Date, right: Date| left <= right);
    engine.register_fn(">", |left: Date, right: Date| left > right);
    engine.register_fn(">=", |left: Date, right: Date| left >= right);
    engine.register_fn("to_string", |date: Date| date.to_string());
    // What takes integers for decimals comes first, so that the exact types of the table win.
    for widen in [true, false] {
        (0..).zip(BUILTINS.iter()).for_each(|(number, builtin)| register(&mut engine, number, builtin, widen));
    }
    engine
}

fn register(engine: &mut Engine, number: usize, builtin: &'static Arc<Builtin>, widen: bool) {
    let scalars: Vec<Option<Scalar>> =
        if builtin.over.is_empty() { vec![None] } else { builtin.over.iter().copied().map(Some).collect() };
    for scalar in scalars {
        let mut signatures: Vec<Vec<TypeId>> = vec![Vec::new()];
        for (_, slot) in builtin.parameters.iter() {
            let choices = types(*slot, scalar, widen);
            signatures = signatures
                .into_iter()
                .flat_map(|signature| choices.iter().map(move |choice| [signature.clone(), vec![*choice]].concat()))
                .collect();
        }
        for signature in signatures {
            let widens: Vec<bool> = builtin.parameters.iter().map(|(_, slot)| is_decimal(*slot, scalar)).collect();
            engine.register_raw_fn(builtin.name, &signature, move |_, arguments| {
                let constants: Vec<Constant> = arguments
                    .iter()
                    .zip(&widens)
                    .map(|(argument, widens)| match constant(argument) {
                        Constant::Integer(integer) if *widens => Constant::Decimal(Decimal::from(integer)),
                        other => other,
                    })
                    .collect();
                let listed = arguments.iter().find(|argument| argument.is_array()).map(|list| held(list));
                CALLED.with_borrow_mut(|called| called.push((number, listed.or(scalar))));
                let scratch = Bump::new();
                let values: Vec<Value<'_>> = constants.iter().map(|constant| constant.value(&scratch)).collect();
                let result = builtin.apply.to(&values, &scratch);
                result
                    .map(|value| given(value, builtin.returns.kind(listed.or(scalar)).unwrap()))
                    .map_err(|trouble| Box::<EvalAltResult>::from(trouble.to_string()))
            });
        }
    }
}

/// What a list holds, which is not in the signature that Rhai chose by.
fn held(list: &Dynamic) -> Scalar {
    let Constant::List(items) = constant(list) else { panic!("no list: {list:?}") };
    match items.first() {
        Some(Constant::Boolean(_)) => Scalar::Boolean,
        Some(Constant::Integer(_)) => Scalar::Integer,
        Some(Constant::Decimal(_)) => Scalar::Decimal,
        Some(Constant::Text(_)) => Scalar::Text,
        Some(Constant::Date(_)) => Scalar::Date,
        Some(other) => panic!("no list holds {other:?}"),
        None => *SCALARS.iter().find(|scalar| tag(**scalar) == list.tag()).unwrap(),
    }
}

/// What a function gives, of its type: the sum of an empty list is a zero of the type that the list would hold.
fn given(value: Value<'_>, kind: Type) -> Dynamic {
    match value {
        Value::Integer(integer) if kind == Type::DECIMAL => Decimal::from(integer).into(),
        value => typed(&value.into(), kind),
    }
}

fn is_decimal(slot: Slot, scalar: Option<Scalar>) -> bool {
    slot == Slot::Is(Type::DECIMAL) || slot == Slot::T && scalar == Some(Scalar::Decimal)
}

fn types(slot: Slot, scalar: Option<Scalar>, widen: bool) -> Vec<TypeId> {
    let of = |scalar: Scalar| match scalar {
        Scalar::Boolean => TypeId::of::<bool>(),
        Scalar::Integer => TypeId::of::<i64>(),
        Scalar::Decimal => TypeId::of::<Decimal>(),
        Scalar::Text => TypeId::of::<ImmutableString>(),
        Scalar::Date => TypeId::of::<Date>(),
    };
    let mut types = match slot {
        Slot::Is(kind) => vec![of(kind.scalar().unwrap())],
        Slot::T => vec![of(scalar.unwrap())],
        Slot::OptionalT => vec![of(scalar.unwrap()), TypeId::of::<()>()],
        Slot::ListOfT => vec![TypeId::of::<Array>()],
    };
    if widen && is_decimal(slot, scalar) {
        types.push(TypeId::of::<i64>());
    }
    types
}

/// A constant as Rhai keeps it.
pub(super) fn dynamic(constant: &Constant) -> Dynamic {
    match constant {
        Constant::Nothing => Dynamic::UNIT,
        Constant::Boolean(boolean) => (*boolean).into(),
        Constant::Integer(integer) => (*integer).into(),
        Constant::Decimal(decimal) => (*decimal).into(),
        Constant::Text(text) => text.to_string().into(),
        Constant::Date(date) => Dynamic::from(*date),
        Constant::List(items) => items.iter().map(dynamic).collect::<Array>().into(),
    }
}

/// A constant of this type as Rhai keeps it, where an empty list has no type of its own.
pub(super) fn typed(constant: &Constant, kind: Type) -> Dynamic {
    let mut dynamic = dynamic(constant);
    if let Type::Some(Base::List(scalar)) | Type::Optional(Base::List(scalar)) = kind {
        dynamic.set_tag(tag(scalar));
    }
    dynamic
}

/// The mark of a list of these; without one there is none.
fn tag(scalar: Scalar) -> i32 {
    1 + scalar as i32
}

/// What Rhai keeps as a constant.
pub(super) fn constant(dynamic: &Dynamic) -> Constant {
    if dynamic.is_unit() {
        Constant::Nothing
    } else if let Ok(boolean) = dynamic.as_bool() {
        Constant::Boolean(boolean)
    } else if let Ok(integer) = dynamic.as_int() {
        Constant::Integer(integer)
    } else if let Some(decimal) = dynamic.clone().try_cast::<Decimal>() {
        Constant::Decimal(decimal)
    } else if let Some(date) = dynamic.clone().try_cast::<Date>() {
        Constant::Date(date)
    } else if let Ok(text) = dynamic.clone().into_string() {
        Constant::Text(text.into())
    } else if let Some(items) = dynamic.clone().try_cast::<Array>() {
        Constant::List(items.iter().map(constant).collect())
    } else {
        panic!("no constant: {dynamic:?}")
    }
}

/// What Rhai gives for an expression over these rows, with these functions.
pub(super) fn evaluate(
    engine: &Engine,
    script: &str,
    expression: &str,
    rows: &BTreeMap<&str, Map>,
) -> Result<Constant, Box<EvalAltResult>> {
    let mut scope = Scope::new();
    for (name, cells) in rows {
        scope.push_dynamic(*name, cells.clone().into());
    }
    let (functions, expression) = (engine.compile(script)?, engine.compile_expression(expression)?);
    let whole = functions.merge(&expression);
    let result = engine.eval_ast_with_scope::<Dynamic>(&mut scope, &whole);
    result.map(|value| constant(&value))
}
