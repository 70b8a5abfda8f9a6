//! Claims and programs that a claim depends on: the one that it takes back, and what programs that came first decided.

use super::assessment::Assessment;
use crate::{
    money::Decimal,
    outcome::{Disposition, EngineReason, Observer, Step},
    program::Neighbours,
    script::Read,
};

impl<'a> Assessment<'a, '_> {
    /// Looks at the claim that this one takes back, if it names one.
    pub(super) fn find_original<O: Observer<'a>>(&mut self, observer: &mut O) {
        let Some(field) = self.program.claim.original else { return };
        let Some(claim) = self.claim.row().text(field) else { return };
        let claim = if self.hides(Read::Field(field)) { "(private)" } else { claim };
        let original = self.known.decided().map(|original| &original.outcome);
        let disposition = original.map(|original| original.disposition);
        if O::STEPS {
            let date = original.and_then(|original| original.date);
            observer.step(Step::Original { claim, date, disposition });
        }
        let reason = match disposition {
            Some(Disposition::Approved) => return,
            Some(Disposition::Held) => EngineReason::OriginalHeld,
            Some(Disposition::Rejected) => EngineReason::OriginalRejected,
            Some(Disposition::Returned) | None => EngineReason::OriginalUnknown,
        };
        let words = || match reason {
            EngineReason::OriginalHeld => format!("claim {claim}, which this one takes back, is held"),
            EngineReason::OriginalRejected => format!("claim {claim}, which this one takes back, was rejected"),
            _ => format!("no claim {claim} of this participant was decided before this one, which takes it back"),
        };
        self.own(reason.because(if O::WORDS { words() } else { String::new() }, None));
    }

    /// Looks at what the programs decided that this one names.
    pub(super) fn ask_neighbours<O: Observer<'a>>(&mut self, observer: &mut O) {
        let neighbours: &'a Neighbours = &self.program.neighbours;
        let (first, excludes) = (neighbours.earlier.len(), neighbours.excludes.len());
        for (number, named) in neighbours.named().enumerate() {
            let decided = self.known.elsewhere.get(number).copied().flatten();
            let (disposition, award) =
                decided.map_or((None, Decimal::ZERO), |decided| (Some(decided.disposition), decided.award));
            let name = self.scratch.alloc_str(&named.program.to_string());
            let is_first = !neighbours.named().take(number).any(|before| before.program == named.program);
            if O::STEPS && is_first {
                observer.step(Step::Earlier { program: name, disposition, award });
            }
            let is_awarded = disposition == Some(Disposition::Approved);
            let (reason, words) = match disposition {
                Some(Disposition::Held) => (EngineReason::Awaits, "holds this claim"),
                _ if number < first => continue,
                _ if number < first + excludes && is_awarded => (EngineReason::Excluded, "has awarded this claim"),
                _ if number >= first + excludes && !is_awarded => {
                    (EngineReason::Required, "has not awarded this claim")
                }
                _ => continue,
            };
            let known = self.reasons.iter().any(|known| known.code == reason.code());
            if !known {
                let words = if O::WORDS { format!("{name} {words}") } else { String::new() };
                self.own(reason.because(words, Some(named.place.clone())));
            }
        }
    }
}
