//! A value as rules see it.

use std::{cmp::Ordering, fmt};

use super::Cell;
use crate::{calendar::Date, money::Decimal};

/// A value as rules see it: borrowed from the claims, the program or the scratch space of one decision.
// The tag as wide as a word: values are then copied in the pieces that they were written in, and nothing waits for a piece
// put together of two.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub enum Value<'a> {
    /// An empty cell, or a table row that isn't there: `()` in scripts.
    Nothing,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// Text as written.
    Text(&'a str),
    /// A civil date.
    Date(Date),
    /// Values of one type.
    List(&'a [Value<'a>]),
}

impl<'a> Value<'a> {
    /// The value as a cell of a row; `None` for a list, which no cell holds.
    pub fn cell(self) -> Option<Cell<'a>> {
        Some(match self {
            Self::Nothing => Cell::Empty,
            Self::Boolean(boolean) => Cell::Boolean(boolean),
            Self::Integer(integer) => Cell::Integer(integer),
            Self::Decimal(decimal) => Cell::Decimal(decimal),
            Self::Text(text) => Cell::Text(text),
            Self::Date(date) => Cell::Date(date),
            Self::List(_) => return None,
        })
    }
}

impl Value<'_> {
    /// Whether there is no value.
    pub const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// The number, where it is one; an integer widens exactly.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Self::Integer(integer) => Some(Decimal::from(*integer)),
            Self::Decimal(decimal) => Some(*decimal),
            _ => None,
        }
    }

    /// The order of two values of one type; an empty one comes first.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(left), Self::Boolean(right)) => left.cmp(right),
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::Date(left), Self::Date(right)) => left.cmp(right),
            (Self::List(left), Self::List(right)) => {
                let unequal =
                    left.iter().zip(*right).map(|(left, right)| left.order(right)).find(|order| order.is_ne());
                unequal.unwrap_or_else(|| left.len().cmp(&right.len()))
            }
            (left, right) => match (left.number(), right.number()) {
                (Some(left), Some(right)) => left.cmp(&right),
                _ => left.rank().cmp(&right.rank()),
            },
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Boolean(_) => 1,
            Self::Integer(_) | Self::Decimal(_) => 2,
            Self::Text(_) => 3,
            Self::Date(_) => 4,
            Self::List(_) => 5,
        }
    }

    /// Hands out the value's canonical bytes, piece by piece: equal values of one type have equal bytes, and no two sequences of
    /// values have the same, since each is tagged and says where it ends.
    #[inline]
    pub fn encode(&self, put: &mut impl FnMut(&[u8])) {
        let rank = self.rank();
        if let Self::Text(text) = self
            && let Ok(length) = u8::try_from(text.len())
            && length <= 0x7F
        {
            put(&[rank, length]);
            put(text.as_bytes());
            return;
        }
        put(&[rank]);
        match self {
            Self::Nothing => {}
            Self::Boolean(boolean) => put(&[u8::from(*boolean)]),
            Self::Integer(integer) => encode_number(Decimal::from(*integer), put),
            Self::Decimal(decimal) => encode_number(*decimal, put),
            Self::Text(text) => {
                encode_length(text.len(), put);
                put(text.as_bytes());
            }
            Self::Date(date) => put(&chrono::Datelike::num_days_from_ce(date).to_le_bytes()),
            Self::List(values) => {
                encode_length(values.len(), put);
                values.iter().for_each(|value| value.encode(put));
            }
        }
    }
}

/// The canonical bytes of some values, one behind the other: a key, or the content of a row.
pub fn canonical<'v>(values: impl IntoIterator<Item = Value<'v>>) -> Vec<u8> {
    // Most fit, so that nothing is copied as they grow.
    let mut bytes = Vec::with_capacity(256);
    values.into_iter().for_each(|value| value.encode(&mut |piece| bytes.extend_from_slice(piece)));
    bytes
}

/// The places of a number without needless zeros and how many bytes its digits take, a byte each; then these.
fn encode_number(number: Decimal, put: &mut impl FnMut(&[u8])) {
    let number = number.normalize();
    let digits = number.mantissa().to_le_bytes();
    let filler = if number.mantissa() < 0 { 0xFF } else { 0 };
    // The highest byte that is kept carries the sign.
    let is_sign = |byte: u8| byte & 0x80 == filler & 0x80;
    let mut kept = digits.as_slice();
    while let [rest @ .., before, last] = kept
        && *last == filler
        && is_sign(*before)
    {
        kept = kept.get(..rest.len() + 1).unwrap_or_default();
    }
    put(&[u8::try_from(number.scale()).unwrap_or(u8::MAX), u8::try_from(kept.len()).unwrap_or(u8::MAX)]);
    put(kept);
}

/// Seven bits to a byte, the lowest first; the highest bit of each says whether another follows.
fn encode_length(length: usize, put: &mut impl FnMut(&[u8])) {
    let mut rest = length;
    while rest > 0x7F {
        put(&[0x80 | u8::try_from(rest & 0x7F).unwrap_or_default()]);
        rest >>= 7;
    }
    put(&[u8::try_from(rest).unwrap_or_default()]);
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => left == right,
            (left, right) => left.order(right).is_eq(),
        }
    }
}

/// As messages and keys show it: decimals as they are, lists in brackets, nothing for an empty value.
impl fmt::Display for Value<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Boolean(boolean) => boolean.fmt(formatter),
            Self::Integer(integer) => integer.fmt(formatter),
            Self::Decimal(decimal) => decimal.fmt(formatter),
            Self::Text(text) => formatter.write_str(text),
            Self::Date(date) => date.fmt(formatter),
            Self::List(values) => {
                formatter.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    write!(formatter, "{}{value}", if index == 0 { "" } else { ", " })?;
                }
                formatter.write_str("]")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::parse_decimal;

    fn bytes(values: &[Value<'_>]) -> Vec<u8> {
        canonical(values.iter().copied())
    }

    #[test]
    fn equal_numbers_have_equal_bytes_and_unlike_sequences_differ() {
        let decimal = |text| Value::Decimal(parse_decimal(text).unwrap());
        assert_eq!(bytes(&[decimal("1.10")]), bytes(&[decimal("1.1")]));
        assert_eq!(bytes(&[decimal("2.0")]), bytes(&[Value::Integer(2)]));
        assert_eq!(bytes(&[decimal("-0.0")]), bytes(&[Value::Integer(0)]));
        assert_ne!(bytes(&[Value::Text("ab"), Value::Text("c")]), bytes(&[Value::Text("a"), Value::Text("bc")]));
        assert_ne!(bytes(&[Value::Nothing]), bytes(&[Value::Text("")]));
        let long = "x".repeat(200);
        assert_eq!(bytes(&[Value::Text(&long)]).len(), 203);
    }

    #[test]
    fn unlike_numbers_have_unlike_bytes() {
        let numbers = ["0", "127", "128", "-128", "-129", "255", "256", "-1", "0.1", "1", "32767", "32768", "-32768"];
        let all: Vec<Vec<u8>> =
            numbers.iter().map(|text| bytes(&[Value::Decimal(parse_decimal(text).unwrap())])).collect();
        for (index, one) in all.iter().enumerate() {
            assert!(all.iter().skip(index + 1).all(|other| !other.starts_with(one)), "{}", numbers[index]);
        }
    }
}
