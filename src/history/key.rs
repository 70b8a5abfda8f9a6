//! What a running figure is kept for: a customer and a quarter, say.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// The values of a `per` list, as canonical bytes: equal values make equal keys, and no two lists meet by accident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key<'a>(pub &'a [u8]);

/// A key among others, by its number.
pub(super) type Slot = u32;

/// Keys numbered in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// The half of a hash that is kept, so that growing needs no look at the keys, and the number.
    index: HashTable<(u32, Slot)>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    hasher: DefaultHashBuilder,
}

impl Keys {
    /// The number of a key, where it is among these.
    pub(super) fn find(&self, key: Key<'_>) -> Option<Slot> {
        let half = self.half(key);
        self.index.find(spread(half), |(_, slot)| self.key(*slot) == key).map(|(_, slot)| *slot)
    }

    /// The number of a key, kept from now on.
    pub(super) fn keep(&mut self, key: Key<'_>) -> Slot {
        if let Some(slot) = self.find(key) {
            return slot;
        }
        // INVARIANT: a decision brings a handful of keys, and there are less than 2^32 claims in a file; memory ends first.
        let slot = Slot::try_from(self.ends.len()).unwrap_or(Slot::MAX);
        let half = self.half(key);
        self.bytes.extend_from_slice(key.0);
        self.ends.push(self.bytes.len());
        self.index.insert_unique(spread(half), (half, slot), |(half, _)| spread(*half));
        slot
    }

    /// A key by its number.
    pub(super) fn key(&self, slot: Slot) -> Key<'_> {
        let slot = slot as usize;
        let start = slot.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        Key(self.ends.get(slot).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default())
    }

    #[expect(clippy::cast_possible_truncation, reason = "half of the hash is what is wanted")]
    fn half(&self, key: Key<'_>) -> u32 {
        self.hasher.hash_one(key.0) as u32
    }
}

/// A hash whose high bits, which the table looks at first, differ as the low ones do.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_as_they_come_and_kept_once() {
        let mut keys = Keys::default();
        let words: Vec<String> = (0..5_000).map(|number| format!("key {number}")).collect();
        for _ in 0..2 {
            for (number, word) in words.iter().enumerate() {
                assert_eq!(keys.keep(Key(word.as_bytes())) as usize, number);
            }
        }
        assert_eq!((keys.find(Key(b"key 4999")), keys.find(Key(b"key"))), (Some(4_999), None));
        assert_eq!((keys.key(7), keys.ends.len()), (Key(b"key 7"), 5_000));
    }
}
