//! What was decided for a claim and why: the disposition, coded reasons, the award by component, cuts and the trace.

mod disposition;
mod reason;
mod trace;

use crate::{calendar::Date, claim::Origin, money::Decimal};

pub use disposition::Disposition;
pub use reason::{EngineReason, Reason};
pub use trace::{BandReached, ComponentStep, LimitStep, Observer, RuleResult, ScheduleStep, Seen, Silent, Step, Trace};

/// What a limit took from a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The limit's code.
    pub code: String,
    /// How much, at the program's scale.
    pub amount: Decimal,
}

/// What was decided for one claim. Amounts are rounded to the program's scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The claim's id; empty where it can't be read.
    pub claim: String,
    /// Who asks; empty where it can't be read.
    pub participant: String,
    /// The claim's date, where it can be read.
    pub date: Option<Date>,
    /// What became of it.
    pub disposition: Disposition,
    /// Whether it was decided before with the same content, so that this outcome repeats that one and awards nothing.
    pub skipped: bool,
    /// Why it was rejected, returned or held; worst first, then in the order of the program.
    pub reasons: Vec<Reason>,
    /// What looked odd, in the order of the program.
    pub flags: Vec<Reason>,
    /// Each component before limits, in the order of the program.
    pub components: Vec<Decimal>,
    /// What limits took, in their order.
    pub cuts: Vec<Cut>,
    /// What this outcome awards: zero unless approved.
    pub award: Decimal,
    /// What a held claim would be awarded.
    pub pending: Decimal,
    /// What the claimant asked, where the program reads it and the cell is filled.
    pub claimed: Option<Decimal>,
    /// Named figures of the program, as text.
    pub derived: Vec<(String, String)>,
    /// Where the row stands.
    pub origin: Origin,
}

impl Outcome {
    /// Claimed minus what it was or would be awarded.
    pub fn variance(&self) -> Option<Decimal> {
        self.claimed.map(|claimed| claimed.saturating_sub(self.award.saturating_add(self.pending)))
    }

    /// The word for what became of it, as the outcomes file and the counts name it.
    pub fn status(&self) -> &'static str {
        if self.skipped { "skipped" } else { self.disposition.name() }
    }
}
