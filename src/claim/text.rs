//! Texts kept once each, since a claims file repeats its countries, products and partners in every row.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// A text of a [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextId(u32);

impl TextId {
    /// Its number among the texts, in the order in which they were first kept.
    pub(super) fn number(self) -> usize {
        self.0 as usize
    }
}

/// Texts kept once each.
#[derive(Debug, Default)]
pub struct Texts {
    arena: String,
    ends: Vec<usize>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// More different texts than can be numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than four billion different texts")]
pub struct TooManyTexts;

impl Texts {
    /// The id of a text, kept from now on.
    pub fn keep(&mut self, text: &str) -> Result<TextId, TooManyTexts> {
        let Self { arena, ends, index, hasher } = self;
        let hash = hasher.hash_one(text);
        if let Some(id) = index.find(hash, |id| at(arena, ends, *id) == text) {
            return Ok(TextId(*id));
        }
        let id = u32::try_from(ends.len()).map_err(|_| TooManyTexts)?;
        arena.push_str(text);
        ends.push(arena.len());
        index.insert_unique(hash, id, |id| hasher.hash_one(at(arena, ends, *id)));
        Ok(TextId(id))
    }

    /// The place of each text, by its number, in the order of all texts.
    pub(super) fn places(&self) -> Vec<u32> {
        let mut ids: Vec<u32> = (0..).take(self.ends.len()).collect();
        ids.sort_unstable_by_key(|id| at(&self.arena, &self.ends, *id));
        let mut places = vec![0; ids.len()];
        for (place, id) in (0..).zip(ids) {
            if let Some(slot) = places.get_mut(id as usize) {
                *slot = place;
            }
        }
        places
    }

    /// The text of an id.
    pub fn get(&self, id: TextId) -> &str {
        at(&self.arena, &self.ends, id.0)
    }
}

fn at<'t>(arena: &'t str, ends: &[usize], id: u32) -> &'t str {
    let id = id as usize;
    let start = id.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(id).and_then(|end| arena.get(start..*end)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once() {
        let mut texts = Texts::default();
        let first = texts.keep("DE").unwrap();
        let second = texts.keep("").unwrap();
        assert_eq!(texts.keep("DE").unwrap(), first);
        assert_eq!((texts.get(first), texts.get(second)), ("DE", ""));
    }
}
