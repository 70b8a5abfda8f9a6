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
            Self::List(items) => {
                Value::List(scratch.alloc_slice_fill_iter(items.iter().map(|item| item.value(scratch))))
            }
            single => single.single().unwrap_or(Value::Nothing),
        }
    }

    /// The value, where it is a single one; `None` for a list.
    pub fn single(&self) -> Option<Value<'_>> {
        Some(match self {
            Self::Nothing => Value::Nothing,
            Self::Boolean(boolean) => Value::Boolean(*boolean),
            Self::Integer(integer) => Value::Integer(*integer),
            Self::Decimal(decimal) => Value::Decimal(*decimal),
            Self::Text(text) => Value::Text(text),
            Self::Date(date) => Value::Date(*date),
            Self::List(_) => return None,
        })
    }

    /// The number, where it is one; an integer widens exactly.
    pub fn number(&self) -> Option<Decimal> {
        self.single()?.number()
    }

    /// Whether it is the same as a value.
    pub fn is(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::List(items), Value::List(others)) => {
                items.len() == others.len() && items.iter().zip(*others).all(|(item, other)| item.is(other))
            }
            (own, value) => own.single().is_some_and(|own| own == *value),
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
