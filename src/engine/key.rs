//! The key of a `per` list for one claim.

use bumpalo::collections::Vec as ScratchVec;

use super::assessment::Assessment;
use crate::{
    claim::Value,
    history::Key,
    outcome::Seen,
    program::{KeyPart, KeyPlan},
    script::{Failure, evaluate},
};

/// Room for the bytes of most keys.
const KEY_BYTES: usize = 48;

impl<'a> Assessment<'a, '_> {
    /// The key of a plan. The words `claim` and `program` add nothing: the first is never kept, the second is the same
    /// for all.
    pub(super) fn key(&self, plan: &'a KeyPlan) -> Result<Key<'a>, Failure> {
        let mut bytes = ScratchVec::with_capacity_in(KEY_BYTES, self.scratch);
        let mut put = |piece: &[u8]| bytes.extend_from_slice_copy(piece);
        for (_, part) in &plan.parts {
            match part {
                KeyPart::Claim | KeyPart::Program => {}
                KeyPart::Participant => self.claim.value(self.program.claim.participant).encode(&mut put),
                KeyPart::Period(period) => {
                    let start = self.program.identification.fiscal_year_starts.unwrap_or_default();
                    put(&period.number(self.date, start).to_le_bytes());
                }
                KeyPart::Expression(expression) => {
                    evaluate(&self.program.form, expression, &self.scope())?.encode(&mut put);
                }
            }
        }
        Ok(self.history.key(bytes.into_bump_slice()))
    }

    /// The values of a key, as the trace shows them.
    pub(super) fn key_seen(&self, plan: &KeyPlan) -> Vec<Seen> {
        let seen = plan.parts.iter().filter_map(|(word, part)| {
            let value = match part {
                KeyPart::Claim | KeyPart::Program => return None,
                KeyPart::Participant => self.claim.value(self.program.claim.participant),
                KeyPart::Period(period) => {
                    let start = self.program.identification.fiscal_year_starts.unwrap_or_default();
                    Value::Text(self.scratch.alloc_str(&period.name(self.date, start)))
                }
                KeyPart::Expression(expression) => {
                    evaluate(&self.program.form, expression, &self.scope()).unwrap_or(Value::Nothing)
                }
            };
            Some(Seen { name: word.clone(), value: value.into() })
        });
        seen.collect()
    }
}
