//! The key of a `per` list for one claim.

use std::cell::Cell;

use bumpalo::collections::Vec as ScratchVec;

use super::assessment::{Assessment, HIDDEN};
use crate::{
    claim::Value,
    history::Key,
    outcome::Seen,
    program::{KeyPart, KeyPlan},
    script::{Failure, Read, evaluate},
};

/// The bytes of a key while it is put together: few, most often.
struct KeyBytes {
    few: [u8; 64],
    count: usize,
    /// All of them, once they are many.
    many: Vec<u8>,
}

impl KeyBytes {
    const fn new() -> Self {
        Self { few: [0; 64], count: 0, many: Vec::new() }
    }

    fn put(&mut self, piece: &[u8]) {
        match self.few.get_mut(self.count..self.count + piece.len()) {
            Some(room) if self.many.is_empty() => {
                room.copy_from_slice(piece);
                self.count += piece.len();
            }
            _ => {
                if self.many.is_empty() {
                    self.many.extend_from_slice(self.few.get(..self.count).unwrap_or_default());
                }
                self.many.extend_from_slice(piece);
            }
        }
    }

    fn as_slice(&self) -> &[u8] {
        if self.many.is_empty() { self.few.get(..self.count).unwrap_or_default() } else { &self.many }
    }
}

impl<'a> Assessment<'a, '_> {
    /// The key of a plan. The words `claim` and `program` add nothing: the first is never kept, the second is the same
    /// for all.
    pub(super) fn key(&self, plan: &'a KeyPlan) -> Result<Key<'a>, Failure> {
        Ok(self.known.history.key(self.key_bytes(plan)?))
    }

    /// The canonical bytes of the key of a plan.
    pub(super) fn key_bytes(&self, plan: &'a KeyPlan) -> Result<&'a [u8], Failure> {
        let mut bytes = KeyBytes::new();
        let mut put = |piece: &[u8]| bytes.put(piece);
        for (_, part) in &plan.parts {
            match part {
                KeyPart::Claim | KeyPart::Program => {}
                KeyPart::Participant => self.claim.row().encode(self.program.claim.participant, &mut put),
                KeyPart::Period(period) => {
                    let start = self.program.identification.fiscal_year_starts.unwrap_or_default();
                    put(&period.number(self.date, start).to_le_bytes());
                }
                KeyPart::Expression(expression) => match expression.figure() {
                    Some(Read::Field(field)) => self.claim.row().encode(field, &mut put),
                    _ => evaluate(&self.program.form, expression, &self.scope())?.encode(&mut put),
                },
            }
        }
        Ok(self.scratch.alloc_slice_copy(bytes.as_slice()))
    }

    /// Whether a part of a key is private.
    fn hides_part(&self, part: &KeyPart) -> bool {
        match part {
            KeyPart::Participant => self.hides(Read::Field(self.program.claim.participant)),
            KeyPart::Expression(expression) => self.hides_any(expression),
            KeyPart::Claim | KeyPart::Program | KeyPart::Period(_) => false,
        }
    }

    /// The values of a key, as the trace shows them.
    pub(super) fn key_seen(&self, plan: &'a KeyPlan) -> &'a [Seen<'a>] {
        let mut seen = ScratchVec::with_capacity_in(plan.parts.len(), self.scratch);
        let built = Cell::new(0);
        for (word, part) in &plan.parts {
            let mut value = match part {
                KeyPart::Claim | KeyPart::Program => continue,
                KeyPart::Participant => self.claim.value(self.program.claim.participant),
                KeyPart::Period(period) => {
                    let start = self.program.identification.fiscal_year_starts.unwrap_or_default();
                    Value::Text(self.scratch.alloc_str(&period.name(self.date, start)))
                }
                KeyPart::Expression(expression) => {
                    let scope = self.scope_aside(&built);
                    evaluate(&self.program.form, expression, &scope).unwrap_or(Value::Nothing)
                }
            };
            if self.hides_part(part) {
                value = HIDDEN;
            }
            seen.push(Seen { name: word, value });
        }
        seen.into_bump_slice()
    }
}
