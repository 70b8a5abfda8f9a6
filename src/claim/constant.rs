//! A value that owns what it holds: a param, a literal of a script.

use bumpalo::Bump;

use super::Value;
use crate::{calendar::Date, money::Decimal};

/// A value that owns what it holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// `()`.
    Nothing,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// Text as written.
    Text(Box<str>),
    /// A civil date.
    Date(Date),
    /// Values of one type.
    List(Vec<Constant>),
}

impl Constant {
    /// The value, its list laid out in the scratch space of one decision.
    pub fn value<'a>(&'a self, scratch: &'a Bump) -> Value<'a> {
        match self {
            Self::Nothing => Value::Nothing,
            Self::Boolean(boolean) => Value::Boolean(*boolean),
            Self::Integer(integer) => Value::Integer(*integer),
            Self::Decimal(decimal) => Value::Decimal(*decimal),
            Self::Text(text) => Value::Text(text),
            Self::Date(date) => Value::Date(*date),
            Self::List(items) => {
                Value::List(scratch.alloc_slice_fill_iter(items.iter().map(|item| item.value(scratch))))
            }
        }
    }
}

impl From<Value<'_>> for Constant {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Nothing => Self::Nothing,
            Value::Boolean(boolean) => Self::Boolean(boolean),
            Value::Integer(integer) => Self::Integer(integer),
            Value::Decimal(decimal) => Self::Decimal(decimal),
            Value::Text(text) => Self::Text(text.into()),
            Value::Date(date) => Self::Date(date),
            Value::List(values) => Self::List(values.iter().map(|value| Self::from(*value)).collect()),
        }
    }
}
