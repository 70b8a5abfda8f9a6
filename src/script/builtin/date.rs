//! Dates.

use std::borrow::Cow;

use super::{Apply, Builtin, Slot, Trouble};
use crate::{
    calendar::{self, Date},
    claim::Value,
    schema::Type,
};
use bumpalo::Bump;
use chrono::Datelike;

const ONE_DATE: &[(&str, Slot)] = &[("date", Slot::Is(Type::DATE))];
const FROM_TO: &[(&str, Slot)] = &[("from", Slot::Is(Type::DATE)), ("to", Slot::Is(Type::DATE))];
const DATE_N: &[(&str, Slot)] = &[("date", Slot::Is(Type::DATE)), ("n", Slot::Is(Type::INTEGER))];

macro_rules! date {
    ($name:literal, $parameters:expr, $returns:ident, $doc:literal, $apply:expr) => {
        Builtin {
            name: $name,
            group: "Dates",
            over: &[],
            parameters: Cow::Borrowed($parameters),
            returns: Slot::Is(Type::$returns),
            doc: $doc,
            apply: Apply::Values($apply),
        }
    };
}

macro_rules! between {
    ($name:literal, $doc:literal, $apply:expr) => {
        Builtin { apply: $apply, ..date!($name, FROM_TO, INTEGER, $doc, |_, _| Ok(Value::Nothing)) }
    };
}

pub(super) fn builtins() -> Vec<Builtin> {
    vec![
        date!("date", &[("text", Slot::Is(Type::TEXT))], DATE, "A date written as `2026-07-01`.", |arguments, _| {
            let [Value::Text(text)] = arguments else { return Ok(Value::Nothing) };
            let trouble = || Trouble::Owned(format!("`{text}` is not a date written as `2026-07-01`"));
            calendar::parse_iso(text).map(Value::Date).map_err(|_| trouble())
        }),
        between!("days_between", "Days from one date to another; negative if the second is earlier.", Apply::Days),
        between!(
            "business_days_between",
            "Days from Monday to Friday after `from`, up to and with `to`.",
            Apply::Dates(calendar::business_days_between)
        ),
        date!("add_days", DATE_N, DATE, "The date `n` days later, earlier if negative.", |arguments, _| {
            shifted(arguments, calendar::add_days)
        }),
        date!(
            "add_months",
            DATE_N,
            DATE,
            "The same day `n` months later, or the last of that month.",
            |arguments, _| shifted(arguments, calendar::add_months)
        ),
        date!("month_of", ONE_DATE, TEXT, "The month, as `2026-07`.", |arguments, scratch| {
            Ok(named(arguments, scratch, calendar::month_name))
        }),
        date!("quarter_of", ONE_DATE, TEXT, "The quarter, as `2026-Q3`.", |arguments, scratch| {
            Ok(named(arguments, scratch, calendar::quarter_name))
        }),
        date!("week_of", ONE_DATE, TEXT, "The ISO week, as `2026-W27`.", |arguments, scratch| {
            Ok(named(arguments, scratch, calendar::week_name))
        }),
        date!("year_of", ONE_DATE, INTEGER, "The year.", |arguments, _| {
            Ok(counted(arguments, |date| i64::from(date.year())))
        }),
        date!("day_of_month", ONE_DATE, INTEGER, "The day of the month, 1 to 31.", |arguments, _| {
            Ok(counted(arguments, |date| i64::from(date.day())))
        }),
        date!("weekday", ONE_DATE, INTEGER, "1 for Monday to 7 for Sunday.", |arguments, _| {
            Ok(counted(arguments, calendar::weekday))
        }),
        date!("is_weekend", ONE_DATE, BOOLEAN, "Whether it is a Saturday or Sunday.", |arguments, _| {
            let [Value::Date(date)] = arguments else { return Ok(Value::Nothing) };
            Ok(Value::Boolean(calendar::is_weekend(*date)))
        }),
    ]
}

fn shifted<'a>(arguments: &[Value<'a>], shift: fn(Date, i64) -> Option<Date>) -> Result<Value<'a>, Trouble> {
    let [Value::Date(date), Value::Integer(distance)] = arguments else { return Ok(Value::Nothing) };
    // The calendar's library reaches further than dates can be written.
    let in_reach = |date: &Date| (0..=9999).contains(&date.year());
    shift(*date, *distance).filter(in_reach).map(Value::Date).ok_or(Trouble::Borrowed("the date leaves the calendar"))
}

fn named<'a>(arguments: &[Value<'a>], scratch: &'a Bump, name: fn(Date) -> String) -> Value<'a> {
    let [Value::Date(date)] = arguments else { return Value::Nothing };
    Value::Text(scratch.alloc_str(&name(*date)))
}

fn counted<'a>(arguments: &[Value<'a>], count: fn(Date) -> i64) -> Value<'a> {
    let [Value::Date(date)] = arguments else { return Value::Nothing };
    Value::Integer(count(*date))
}
