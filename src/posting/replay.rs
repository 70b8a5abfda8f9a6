//! Deciding all of a ledger again, by the rules of the time, and comparing byte for byte.

use std::collections::BTreeMap;

use super::{
    Rulebook,
    again::{Desk, Made, Shelf},
};
use crate::{
    engine::ArrangedProgram,
    ledger::{Ledger, LedgerError},
};

/// A decision that comes out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its entry.
    pub entry: i64,
    /// The claim.
    pub claim: String,
    /// The first step that differs.
    pub step: &'static str,
}

/// What was decided again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Decisions that were made again.
    pub decided: u64,
    /// What arrangements made of them, made again.
    pub arranged: u64,
    /// Those whose rows, or those of what they corrected, were erased: what they moved was taken as it was kept.
    pub erased: u64,
    /// What people did, which is taken as it was kept.
    pub acted: u64,
    /// Rows that had decided nothing.
    pub undecided: u64,
    /// What comes out otherwise.
    pub differences: Vec<Difference>,
}

/// Decides all of a ledger again. `arranged` has the arrangements that were ever in it, by the numbers of their rules.
pub fn replay(
    ledger: &Ledger,
    rulebook: &Rulebook<'_>,
    arranged: &BTreeMap<i64, ArrangedProgram<'_>>,
) -> Result<Replayed, LedgerError> {
    let mut replayed = Replayed::default();
    let shelf = Shelf::new(ledger, rulebook, arranged);
    let mut desks: BTreeMap<i64, Desk<'_>> = BTreeMap::new();
    ledger.each_kept(&mut |kept| {
        if kept.is_undecided() {
            replayed.undecided += 1;
            return Ok(());
        }
        let before = desks.remove(&kept.program);
        let desk = desks.entry(kept.program).or_insert(shelf.desk(before, &kept)?);
        let step = match (&kept.arranged, kept.is_act(), &kept.row) {
            (None, true, _) => {
                replayed.acted += 1;
                desk.take(&kept)
            }
            (None, false, Some(row)) if !desk.has_erased(&kept.claim) => {
                replayed.decided += 1;
                desk.decide(&kept, row)
            }
            (None, false, _) => {
                replayed.erased += 1;
                desk.take(&kept)
            }
            (Some(arranged), ..) => match desk.arrange(&kept, arranged, shelf.arranged) {
                Made::Again(step) => {
                    replayed.arranged += 1;
                    step
                }
                Made::Taken => None,
            },
        };
        if let Some(step) = step {
            replayed.differences.push(Difference { entry: kept.entry, claim: kept.claim.clone(), step });
        }
        Ok(())
    })?;
    Ok(replayed)
}
