//! What a running figure is kept for: a customer and a quarter, say.

use crate::claim::Value;

/// The values of a `per` list, as canonical bytes: equal values make equal keys, and no two lists meet by accident.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Box<[u8]>);

impl Key {
    /// The key of some values.
    pub fn new<'a>(values: impl IntoIterator<Item = Value<'a>>) -> Self {
        let mut bytes = Vec::with_capacity(48);
        values.into_iter().for_each(|value| value.encode(&mut bytes));
        Self(bytes.into())
    }
}
