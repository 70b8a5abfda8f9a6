//! Numbers and rounding.

use std::borrow::Cow;

use super::{Apply, Builtin, NUMBERS, ORDERED, Slot, Trouble};
use crate::{
    claim::Value,
    money::{Decimal, RoundingMode, round_to_places},
    schema::Type,
};

const X_PLACES: &[(&str, Slot)] = &[("x", Slot::Is(Type::DECIMAL)), ("places", Slot::Is(Type::INTEGER))];
const OVERFLOW: Trouble = Trouble::Borrowed("the whole number is too large for 64 bits");

macro_rules! rounding {
    ($name:literal, $mode:ident, $doc:literal) => {
        Builtin {
            name: $name,
            group: "Rounding",
            over: &[],
            parameters: Cow::Borrowed(X_PLACES),
            returns: Slot::Is(Type::DECIMAL),
            doc: $doc,
            apply: Apply::Rounding(RoundingMode::$mode),
        }
    };
}

pub(super) fn builtins() -> Vec<Builtin> {
    vec![
        rounding!("round_half_even", HalfEven, "To so many places; a tie to the even neighbour."),
        rounding!("round_half_up", HalfUp, "To so many places; a tie away from zero."),
        rounding!("round_half_down", HalfDown, "To so many places; a tie toward zero."),
        rounding!("round_up", Up, "To so many places, away from zero."),
        rounding!("round_down", Down, "To so many places, toward zero."),
        rounding!("round_ceiling", Ceiling, "To so many places, upward."),
        rounding!("round_floor", Floor, "To so many places, downward."),
        Builtin {
            name: "whole",
            group: "Rounding",
            over: &[],
            parameters: Cow::Borrowed(&[("x", Slot::Is(Type::DECIMAL))]),
            returns: Slot::Is(Type::INTEGER),
            doc: "The whole number before the point; the fraction is dropped.",
            apply: Apply::Values(|arguments, _| whole(arguments)),
        },
        Builtin {
            name: "idiv",
            group: "Numbers",
            over: &[],
            parameters: Cow::Borrowed(&[("a", Slot::Is(Type::INTEGER)), ("b", Slot::Is(Type::INTEGER))]),
            returns: Slot::Is(Type::INTEGER),
            doc: "How many times `b` goes into `a`; the rest is dropped.",
            apply: Apply::Values(|arguments, _| idiv(arguments)),
        },
        Builtin {
            name: "abs",
            group: "Numbers",
            over: NUMBERS,
            parameters: Cow::Borrowed(&[("x", Slot::T)]),
            returns: Slot::T,
            doc: "The number without its sign.",
            apply: Apply::Absolute,
        },
        Builtin {
            name: "min",
            group: "Numbers",
            over: ORDERED,
            parameters: Cow::Borrowed(&[("a", Slot::T), ("b", Slot::T)]),
            returns: Slot::T,
            doc: "The smaller number, the earlier date.",
            apply: Apply::Values(|arguments, _| Ok(pick(arguments, true))),
        },
        Builtin {
            name: "max",
            group: "Numbers",
            over: ORDERED,
            parameters: Cow::Borrowed(&[("a", Slot::T), ("b", Slot::T)]),
            returns: Slot::T,
            doc: "The larger number, the later date.",
            apply: Apply::Values(|arguments, _| Ok(pick(arguments, false))),
        },
        Builtin {
            name: "clamp",
            group: "Numbers",
            over: ORDERED,
            parameters: Cow::Borrowed(&[("x", Slot::T), ("least", Slot::T), ("most", Slot::T)]),
            returns: Slot::T,
            doc: "The value, but at least `least` and at most `most`.",
            apply: Apply::Values(|arguments, _| clamp(arguments)),
        },
    ]
}

/// A number rounded to so many places.
pub(in crate::script) fn round(x: Decimal, places: i64, mode: RoundingMode) -> Result<Decimal, Trouble> {
    let places = u32::try_from(places).ok().filter(|places| *places <= 28);
    places.map(|places| round_to_places(x, places, mode)).ok_or(Trouble::Borrowed("numbers have 0 to 28 places"))
}

fn whole<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let number = arguments.first().and_then(Value::number).unwrap_or_default();
    i64::try_from(number.trunc().mantissa()).map(Value::Integer).map_err(|_| OVERFLOW)
}

fn idiv<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    match arguments {
        [Value::Integer(_), Value::Integer(0)] => Err("division by zero".into()),
        [Value::Integer(a), Value::Integer(b)] => a.checked_div(*b).map(Value::Integer).ok_or(OVERFLOW),
        _ => Ok(Value::Nothing),
    }
}

pub(super) fn abs<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    match arguments {
        [Value::Integer(integer)] => integer.checked_abs().map(Value::Integer).ok_or(OVERFLOW),
        [x] => Ok(Value::Decimal(x.number().unwrap_or(Decimal::ZERO).abs())),
        _ => Ok(Value::Nothing),
    }
}

fn pick<'a>(arguments: &[Value<'a>], least: bool) -> Value<'a> {
    let [a, b] = arguments else { return Value::Nothing };
    if a.order(b).is_le() == least { *a } else { *b }
}

fn clamp<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let [x, least, most] = arguments else { return Ok(Value::Nothing) };
    if least.order(most).is_gt() {
        return Err("`least` is above `most`".into());
    }
    Ok(if x.order(least).is_lt() {
        *least
    } else if x.order(most).is_gt() {
        *most
    } else {
        *x
    })
}
