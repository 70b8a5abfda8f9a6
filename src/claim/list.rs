//! A list of values in one cell, packed into a text: equal lists have equal texts, whatever their values hold.

use bumpalo::{Bump, collections::Vec as ScratchVec};

use super::{Cell, Value};
use crate::{
    calendar::Date,
    money::{Decimal, parse_decimal},
};

/// A list of values as a cell keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackedList(Box<str>);

impl PackedList {
    /// Packs the values of a list; each says its type and how many bytes it takes.
    pub fn new<'t>(items: impl IntoIterator<Item = Cell<'t>>) -> Self {
        let mut packed = String::new();
        for item in items {
            let (tag, text) = match item {
                Cell::Boolean(boolean) => ('b', boolean.to_string()),
                Cell::Integer(integer) => ('i', integer.to_string()),
                Cell::Decimal(decimal) => ('d', decimal.normalize().to_string()),
                Cell::Text(text) => ('t', text.to_owned()),
                Cell::Date(date) => ('y', chrono::Datelike::num_days_from_ce(&date).to_string()),
                // A list holds no empty values and no lists.
                Cell::Empty | Cell::List(_) => continue,
            };
            packed.push(tag);
            packed.push_str(&text.len().to_string());
            packed.push(':');
            packed.push_str(&text);
        }
        Self(packed.into())
    }

    /// A list that was packed into a text.
    pub fn of_packed(packed: &str) -> Self {
        Self(packed.into())
    }

    /// The text that it is packed into.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The values of a packed list, laid out in the scratch space of one decision.
pub(super) fn unpack<'a>(packed: &'a str, scratch: &'a Bump) -> &'a [Value<'a>] {
    let mut values = ScratchVec::new_in(scratch);
    let mut rest = packed;
    while let Some((value, behind)) = first(rest) {
        values.push(value);
        rest = behind;
    }
    values.into_bump_slice()
}

fn first(packed: &str) -> Option<(Value<'_>, &str)> {
    let tag = packed.chars().next()?;
    let (length, rest) = packed.get(tag.len_utf8()..)?.split_once(':')?;
    let (text, behind) = rest.split_at_checked(length.parse().ok()?)?;
    let value = match tag {
        'b' => Value::Boolean(text == "true"),
        'i' => Value::Integer(text.parse().ok()?),
        'd' => Value::Decimal(parse_decimal(text).unwrap_or(Decimal::ZERO)),
        'y' => Value::Date(Date::from_num_days_from_ce_opt(text.parse().ok()?)?),
        _ => Value::Text(text),
    };
    Some((value, behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_iso;

    #[test]
    fn values_of_every_type_come_back_whatever_they_hold() {
        let (date, decimal) = (parse_iso("2026-07-01").unwrap(), parse_decimal("-1.50").unwrap());
        let cells = [
            Cell::Text("t3:a;b"),
            Cell::Text(""),
            Cell::Text("é\u{1F}"),
            Cell::Integer(i64::MIN),
            Cell::Decimal(decimal),
            Cell::Boolean(true),
            Cell::Date(date),
        ];
        let (packed, scratch) = (PackedList::new(cells), Bump::new());
        let expected = [
            Value::Text("t3:a;b"),
            Value::Text(""),
            Value::Text("é\u{1F}"),
            Value::Integer(i64::MIN),
            Value::Decimal(decimal),
            Value::Boolean(true),
            Value::Date(date),
        ];
        assert_eq!(unpack(packed.as_str(), &scratch), expected);
        assert!(unpack(PackedList::new([]).as_str(), &scratch).is_empty());
    }

    #[test]
    fn equal_lists_have_equal_texts_and_others_do_not() {
        let text = |items: &[&'static str]| PackedList::new(items.iter().map(|item| Cell::Text(item)));
        assert_ne!(text(&["a", "b"]), text(&["a1:b"]));
        assert_ne!(text(&[]), text(&[""]));
        let decimal = |written| PackedList::new([Cell::Decimal(parse_decimal(written).unwrap())]);
        assert_eq!(decimal("1.10"), decimal("1.1"));
    }
}
