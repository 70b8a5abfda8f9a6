//! What a running figure is kept for: a customer and a quarter, say.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// The values of a `per` list, as canonical bytes: equal values make equal keys, and no two lists meet by accident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a> {
    pub(super) bytes: &'a [u8],
    /// Half of its hash, which is enough to find it by.
    half: u32,
}

/// Makes keys of bytes. Keys of one maker alone can be compared.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyMaker {
    hasher: DefaultHashBuilder,
}

impl KeyMaker {
    #[expect(clippy::cast_possible_truncation, reason = "half of the hash is what is wanted")]
    pub(super) fn key<'a>(&self, bytes: &'a [u8]) -> Key<'a> {
        Key { bytes, half: self.hasher.hash_one(bytes) as u32 }
    }
}

/// A key among others, by its number.
pub(super) type Slot = u32;

/// Keys numbered in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// Half of the hash, so that growing needs no look at the keys, and the number.
    index: HashTable<(u32, Slot)>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Keys {
    /// The number of a key, where it is among these.
    pub(super) fn find(&self, key: Key<'_>) -> Option<Slot> {
        let same = |(half, slot): &(u32, Slot)| *half == key.half && self.bytes(*slot) == key.bytes;
        self.index.find(spread(key.half), same).map(|(_, slot)| *slot)
    }

    /// The number of a key, kept from now on.
    pub(super) fn keep(&mut self, key: Key<'_>) -> Slot {
        if let Some(slot) = self.find(key) {
            return slot;
        }
        // INVARIANT: memory ends before four billion keys of one accumulator.
        let slot = Slot::try_from(self.ends.len()).unwrap_or(Slot::MAX);
        self.bytes.extend_from_slice(key.bytes);
        self.ends.push(self.bytes.len());
        self.index.insert_unique(spread(key.half), (key.half, slot), |(half, _)| spread(*half));
        slot
    }

    /// All keys by their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = (Slot, &[u8])> {
        // INVARIANT: as for the numbers of keys.
        (0..Slot::try_from(self.ends.len()).unwrap_or(Slot::MAX)).map(|slot| (slot, self.bytes(slot)))
    }

    /// The bytes of a key by its number.
    pub(super) fn bytes(&self, slot: Slot) -> &[u8] {
        let slot = slot as usize;
        let start = slot.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(slot).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default()
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
        let (mut keys, maker) = (Keys::default(), KeyMaker::default());
        let words: Vec<String> = (0..5_000).map(|number| format!("key {number}")).collect();
        for _ in 0..2 {
            for (number, word) in words.iter().enumerate() {
                assert_eq!(keys.keep(maker.key(word.as_bytes())) as usize, number);
            }
        }
        assert_eq!(keys.find(maker.key(b"key 4999")), Some(4_999));
        assert_eq!((keys.find(maker.key(b"key")), keys.bytes(7)), (None, b"key 7".as_slice()));
    }
}
