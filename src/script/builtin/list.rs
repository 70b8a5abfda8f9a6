//! Lists.

use std::borrow::Cow;

use super::{ANY, Apply, Builtin, NUMBERS, ORDERED, Slot, Trouble};
use crate::{
    claim::Value,
    money::{Decimal, add},
    schema::Type,
};

const ONE_LIST: &[(&str, Slot)] = &[("list", Slot::ListOfT)];

macro_rules! list {
    ($name:literal, $over:expr, $parameters:expr, $returns:expr, $doc:literal, $apply:expr) => {
        Builtin {
            name: $name,
            group: "Lists",
            over: $over,
            parameters: Cow::Borrowed($parameters),
            returns: $returns,
            doc: $doc,
            apply: Apply::Values($apply),
        }
    };
}

pub(super) fn builtins() -> Vec<Builtin> {
    vec![
        list!("count", ANY, ONE_LIST, Slot::Is(Type::INTEGER), "How many values.", |arguments, _| {
            Ok(Value::Integer(i64::try_from(items(arguments).len()).unwrap_or(i64::MAX)))
        }),
        list!(
            "contains",
            ANY,
            &[("list", Slot::ListOfT), ("value", Slot::T)],
            Slot::Is(Type::BOOLEAN),
            "Whether the value is in the list; the same as `value in list`.",
            |arguments, _| {
                let value = arguments.get(1).copied().unwrap_or(Value::Nothing);
                Ok(Value::Boolean(items(arguments).contains(&value)))
            }
        ),
        list!(
            "first",
            ANY,
            ONE_LIST,
            Slot::OptionalT,
            "The first value; `()` if the list is empty.",
            |arguments, _| { Ok(items(arguments).first().copied().unwrap_or(Value::Nothing)) }
        ),
        list!("last", ANY, ONE_LIST, Slot::OptionalT, "The last value; `()` if the list is empty.", |arguments, _| {
            Ok(items(arguments).last().copied().unwrap_or(Value::Nothing))
        }),
        list!("sum", NUMBERS, ONE_LIST, Slot::T, "The sum; 0 if the list is empty.", |arguments, _| sum(arguments)),
        list!(
            "smallest",
            ORDERED,
            ONE_LIST,
            Slot::OptionalT,
            "The smallest value; `()` if the list is empty.",
            |arguments, _| { Ok(items(arguments).iter().copied().min_by(Value::order).unwrap_or(Value::Nothing)) }
        ),
        list!(
            "largest",
            ORDERED,
            ONE_LIST,
            Slot::OptionalT,
            "The largest value; `()` if the list is empty.",
            |arguments, _| { Ok(items(arguments).iter().copied().max_by(Value::order).unwrap_or(Value::Nothing)) }
        ),
        list!("sorted", ANY, ONE_LIST, Slot::ListOfT, "From the smallest to the largest.", |arguments, scratch| {
            let sorted = scratch.alloc_slice_copy(items(arguments));
            sorted.sort_by(Value::order);
            Ok(Value::List(sorted))
        }),
    ]
}

fn items<'a, 'l>(arguments: &'l [Value<'a>]) -> &'l [Value<'a>] {
    match arguments.first() {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn sum<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Trouble> {
    let items = items(arguments);
    // Nothing is zero in either type: a whole number widens exactly where a decimal is wanted.
    if matches!(items.first(), None | Some(Value::Integer(_))) {
        let integers = items.iter().map(|item| if let Value::Integer(integer) = item { *integer } else { 0 });
        let total = integers.into_iter().try_fold(0_i64, i64::checked_add);
        return total.map(Value::Integer).ok_or(Trouble::Borrowed("the whole number is too large for 64 bits"));
    }
    let numbers = items.iter().filter_map(Value::number);
    let total = numbers.into_iter().try_fold(Decimal::ZERO, add);
    total.map(Value::Decimal).map_err(|reason| Trouble::Owned(reason.to_string()))
}
