//! Text. Nothing is trimmed or folded unless a rule says so.

use std::borrow::Cow;

use bumpalo::Bump;

use super::{ANY, Apply, Builtin, Slot, Trouble};
use crate::{
    claim::Value,
    schema::{Base, MAX_LIST_VALUES, Scalar, Type},
    script::limit::MAX_TEXT_BYTES,
};

const ONE_TEXT: &[(&str, Slot)] = &[("text", Slot::Is(Type::TEXT))];
const TEXT_PART: &[(&str, Slot)] = &[("text", Slot::Is(Type::TEXT)), ("part", Slot::Is(Type::TEXT))];

macro_rules! text {
    ($name:literal, $parameters:expr, $returns:ident, $doc:literal, $apply:expr) => {
        Builtin {
            name: $name,
            group: "Text",
            over: &[],
            parameters: Cow::Borrowed($parameters),
            returns: Slot::Is(Type::$returns),
            doc: $doc,
            apply: Apply::Values($apply),
        }
    };
}

pub(super) fn builtins() -> Vec<Builtin> {
    vec![
        text!("len", ONE_TEXT, INTEGER, "How many characters.", |arguments, _| {
            let [Value::Text(text)] = arguments else { return Ok(Value::Nothing) };
            Ok(Value::Integer(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)))
        }),
        text!("contains", TEXT_PART, BOOLEAN, "Whether the part stands in the text.", |arguments, _| {
            Ok(tested(arguments, |text, part| text.contains(part)))
        }),
        text!("starts_with", TEXT_PART, BOOLEAN, "Whether the text starts so.", |arguments, _| {
            Ok(tested(arguments, |text, part| text.starts_with(part)))
        }),
        text!("ends_with", TEXT_PART, BOOLEAN, "Whether the text ends so.", |arguments, _| {
            Ok(tested(arguments, |text, part| text.ends_with(part)))
        }),
        text!("upper", ONE_TEXT, TEXT, "In capitals.", |arguments, scratch| {
            changed(arguments, scratch, str::to_uppercase)
        }),
        text!("lower", ONE_TEXT, TEXT, "In small letters.", |arguments, scratch| {
            changed(arguments, scratch, str::to_lowercase)
        }),
        Builtin {
            name: "digits",
            group: "Text",
            over: &[],
            parameters: Cow::Borrowed(ONE_TEXT),
            returns: Slot::Is(Type::Some(Base::List(Scalar::Integer))),
            doc: "Its digits from 0 to 9, one by one; all else is left out. For check digits.",
            apply: Apply::Values(|arguments, scratch| {
                let [Value::Text(text)] = arguments else { return Ok(Value::Nothing) };
                let digits = text.chars().filter_map(|symbol| symbol.to_digit(10));
                let digits: Vec<Value<'_>> = digits.map(|digit| Value::Integer(i64::from(digit))).collect();
                if digits.len() > MAX_LIST_VALUES {
                    return Err(Trouble::Owned(format!("the text has more than {MAX_LIST_VALUES} digits")));
                }
                Ok(Value::List(scratch.alloc_slice_copy(&digits)))
            }),
        },
        text!("trimmed", ONE_TEXT, TEXT, "Without white space at both ends.", |arguments, _| {
            let [Value::Text(text)] = arguments else { return Ok(Value::Nothing) };
            Ok(Value::Text(text.trim()))
        }),
        Builtin {
            name: "or_else",
            group: "Empty values",
            over: ANY,
            parameters: Cow::Borrowed(&[("value", Slot::OptionalT), ("instead", Slot::T)]),
            returns: Slot::T,
            doc: "The value, or `instead` where it is empty.",
            apply: Apply::Values(|arguments, _| {
                let [value, instead] = arguments else { return Ok(Value::Nothing) };
                Ok(if value.is_nothing() { *instead } else { *value })
            }),
        },
    ]
}

fn tested<'a>(arguments: &[Value<'a>], test: fn(&str, &str) -> bool) -> Value<'a> {
    let [Value::Text(text), Value::Text(part)] = arguments else { return Value::Nothing };
    Value::Boolean(test(text, part))
}

fn changed<'a>(arguments: &[Value<'a>], scratch: &'a Bump, change: fn(&str) -> String) -> Result<Value<'a>, Trouble> {
    let [Value::Text(text)] = arguments else { return Ok(Value::Nothing) };
    // Some letters take more bytes when they change.
    let changed = change(text);
    if changed.len() > MAX_TEXT_BYTES {
        return Err(Trouble::Owned(format!("the text is longer than {MAX_TEXT_BYTES} bytes")));
    }
    Ok(Value::Text(scratch.alloc_str(&changed)))
}
