//! The claims of a file as they were decided, and which of them have a part in the decision of a few.

use std::collections::{BTreeSet, HashSet};

use bumpalo::Bump;

use super::NotFrozen;
use crate::{
    calendar::Date,
    cases::{Part, decide},
    claim::{Claim, Claims},
    engine::Shared,
    outcome::{Depth, Outcome},
};

/// The most claims of a frozen case.
pub(super) const MAX_CLAIMS: usize = 1_000;

/// A claim where it stands in the order of decisions.
pub(super) struct Decided {
    /// Its run, from the first.
    pub(super) run: usize,
    pub(super) line: u64,
    pub(super) id: Box<str>,
    date: Option<Date>,
}

/// What was decided of all claims, in the order in which that happened.
pub(super) struct Live {
    pub(super) order: Vec<Decided>,
    /// The outcomes that are asked for, by their numbers in the order.
    pub(super) wanted: Vec<(usize, Outcome<'static>)>,
}

impl Live {
    /// Decides everything, and keeps the outcomes of some claims of the last run.
    pub(super) fn decide(parts: &[Part<'_>], only: &[String]) -> Result<Self, NotFrozen> {
        let mut live = Self { order: Vec::new(), wanted: Vec::new() };
        let last = parts.first().map_or(0, |part| part.earlier.len());
        decide(parts, Depth::Words, &mut |run, outcome, _| {
            if run == last && only.iter().any(|id| *id == outcome.claim) {
                live.wanted.push((live.order.len(), outcome.clone().into_owned()));
            }
            let id = outcome.claim.as_ref().into();
            live.order.push(Decided { run, line: outcome.origin.line, id, date: outcome.date });
        });
        let unknown = |id: &&String| !live.wanted.iter().any(|(_, outcome)| outcome.claim == id.as_str());
        match only.iter().find(unknown) {
            Some(id) => Err(NotFrozen::Unknown(id.clone())),
            None => Ok(live),
        }
    }

    /// The numbers of the wanted claims and of those decided before them that share a key with one; where everything
    /// counts, also of those that share a key with these.
    pub(super) fn choose(&self, parts: &[Part<'_>], all: bool) -> Result<Vec<usize>, NotFrozen> {
        let arena = Bump::new();
        let shared: Vec<Shared<'_>> = parts.iter().map(|part| Shared::new(part.program, part.tables, &arena)).collect();
        let wanted: BTreeSet<usize> = self.wanted.iter().map(|(number, _)| *number).collect();
        let (mut chosen, mut keys, mut scratch) = (Vec::new(), HashSet::<Vec<u8>>::new(), Bump::new());
        for (number, decided) in self.order.iter().enumerate().rev() {
            let mut own = Vec::new();
            for (part_number, (part, shared)) in parts.iter().zip(&shared).enumerate() {
                let Some(claim) = part.claim(decided) else { continue };
                shared.of(claim, &decided.id, decided.date, &scratch, &mut |bytes| {
                    own.push([part_number.to_le_bytes().as_slice(), bytes].concat());
                });
            }
            scratch.reset();
            let is_wanted = wanted.contains(&number);
            if is_wanted || own.iter().any(|key| keys.contains(key)) {
                chosen.push(number);
                if is_wanted || all {
                    keys.extend(own);
                }
            }
            if chosen.len() > MAX_CLAIMS {
                return Err(NotFrozen::TooMany);
            }
        }
        chosen.reverse();
        Ok(chosen)
    }
}

impl Part<'_> {
    /// The claims of a run.
    fn run(&self, run: usize) -> &Claims {
        self.earlier.get(run).unwrap_or(&self.claims)
    }

    /// A claim that was decided, as this program reads it.
    pub(super) fn claim(&self, decided: &Decided) -> Option<Claim<'_>> {
        self.run(decided.run).on_line(decided.line)
    }
}
