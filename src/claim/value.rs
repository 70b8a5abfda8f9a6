//! A value as rules see it.

use std::{cmp::Ordering, fmt};

use crate::{calendar::Date, money::Decimal};

/// A value as rules see it: borrowed from the claims, the program or the scratch space of one decision.
#[derive(Debug, Clone, Copy)]
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

    /// Appends the value's canonical bytes: equal values of one type have equal bytes, and no two sequences of
    /// values have the same, since each is tagged and texts carry their length.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.rank());
        match self {
            Self::Nothing => {}
            Self::Boolean(boolean) => bytes.push(u8::from(*boolean)),
            Self::Integer(integer) => Self::Decimal(Decimal::from(*integer)).encode_number(bytes),
            Self::Decimal(_) => self.encode_number(bytes),
            Self::Text(text) => {
                bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
            Self::Date(date) => bytes.extend(chrono::Datelike::num_days_from_ce(date).to_le_bytes()),
            Self::List(values) => {
                bytes.extend(u32::try_from(values.len()).unwrap_or(u32::MAX).to_le_bytes());
                values.iter().for_each(|value| value.encode(bytes));
            }
        }
    }

    fn encode_number(&self, bytes: &mut Vec<u8>) {
        let number = self.number().unwrap_or_default().normalize();
        bytes.push(u8::try_from(number.scale()).unwrap_or(u8::MAX));
        bytes.extend(number.mantissa().to_le_bytes());
    }
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
        let mut bytes = Vec::new();
        for value in values {
            value.encode(&mut bytes);
        }
        bytes
    }

    #[test]
    fn equal_numbers_have_equal_bytes_and_unlike_sequences_differ() {
        let decimal = |text| Value::Decimal(parse_decimal(text).unwrap());
        assert_eq!(bytes(&[decimal("1.10")]), bytes(&[decimal("1.1")]));
        assert_eq!(bytes(&[decimal("2.0")]), bytes(&[Value::Integer(2)]));
        assert_eq!(bytes(&[decimal("-0.0")]), bytes(&[Value::Integer(0)]));
        assert_ne!(bytes(&[Value::Text("ab"), Value::Text("c")]), bytes(&[Value::Text("a"), Value::Text("bc")]));
        assert_ne!(bytes(&[Value::Nothing]), bytes(&[Value::Text("")]));
    }
}
