//! What was decided for a claim and why: the disposition, coded reasons, the award by component, cuts and the trace.

mod disposition;
mod flip;
mod reason;
mod standing;
mod trace;

use std::borrow::Cow;

use crate::{calendar::Date, claim::Origin, money::Decimal};

pub use disposition::Disposition;
pub use flip::{Aim, Flip};
pub use reason::{EngineReason, Reason};
pub use standing::{Decided, DecidedBy, Elsewhere, Standing, Took, Usage};
pub use trace::{
    BandReached, Codes, ComponentStep, Depth, FoundRow, LimitStep, Observer, RuleResult, ScheduleStep, Seen, Step,
    Trace, Worded, Words,
};

/// What a limit took from a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut<'a> {
    /// The limit's code.
    pub code: Cow<'a, str>,
    /// How much, at the program's scale.
    pub amount: Decimal,
}

/// What arrangements did to a claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arranged {
    /// The arrangements that touched it, `client/name`, in their order.
    pub names: Vec<String>,
    /// What each of them decided, in the same order; nothing of one whose scope the claim has left.
    pub decided: Vec<ArrangedBy>,
    /// What they add to what the standard rules award: a component of its own, part of the award or of what is pending.
    pub amount: Decimal,
}

/// What one arrangement decided for a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrangedBy {
    /// Its name, `client/name`.
    pub name: String,
    /// What would become of the claim by its rules.
    pub disposition: Disposition,
    /// What its rules award, or would: before its ceiling.
    pub award: Decimal,
    /// What it adds to what is paid, which its ceiling leaves.
    pub added: Decimal,
}

/// What a person ruled of a claim that is held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ruling {
    /// The codes that don't hold it any more: what they say is noted.
    pub overridden: Vec<String>,
    /// Why it is rejected, where it is.
    pub rejection: Option<String>,
}

/// A named figure of the program, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<'a> {
    /// As rules call it.
    pub name: Cow<'a, str>,
    /// What it came to.
    pub value: Cow<'a, str>,
}

/// What was decided for one claim. Amounts are rounded to the program's scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome<'a> {
    /// The claim's id; empty where it can't be read.
    pub claim: Cow<'a, str>,
    /// Who asks; empty where it can't be read.
    pub participant: Cow<'a, str>,
    /// Who is paid; empty where the program doesn't say or the cell is empty.
    pub payee: Cow<'a, str>,
    /// The date by which it was decided, where it can be read: its own, or that of the claim that it takes back.
    pub date: Option<Date>,
    /// What became of it.
    pub disposition: Disposition,
    /// When it was received first, where the program reads that.
    pub received: Option<Date>,
    /// Whether this is a decision that stands: not for a row without a readable id, date or order, an id that stands twice, or
    /// a correction that can't be made.
    pub stands: bool,
    /// Whether it was decided before with the same content, so that this outcome repeats that one and awards nothing.
    pub skipped: bool,
    /// Why it was rejected, returned or held; worst first, then in the order of the program.
    pub reasons: Cow<'a, [Reason<'a>]>,
    /// What looked odd, in the order of the program.
    pub flags: Cow<'a, [Reason<'a>]>,
    /// Each component before limits, in the order of the program.
    pub components: Cow<'a, [Decimal]>,
    /// What limits took, in their order.
    pub cuts: Cow<'a, [Cut<'a>]>,
    /// What this outcome awards: zero unless approved.
    pub award: Decimal,
    /// What a held claim would be awarded.
    pub pending: Decimal,
    /// What was awarded to the claim before it was corrected, and is taken back; `None` unless it was.
    pub reversed: Option<Decimal>,
    /// What each cost centre bears of the award, in the order of the program; nothing where it doesn't allocate.
    pub allocation: Cow<'a, [Decimal]>,
    /// What arrangements did to it; `None` where they left it alone.
    pub arranged: Option<Box<Arranged>>,
    /// What the claimant asked, where the program reads it and the cell is filled.
    pub claimed: Option<Decimal>,
    /// Named figures of the program, where words are wanted.
    pub derived: Cow<'a, [Named<'a>]>,
    /// Where the row stands.
    pub origin: Origin<'a>,
}

impl Outcome<'_> {
    /// The same without what it borrows.
    pub fn into_owned<'b>(self) -> Outcome<'b> {
        let cut = |cut: Cut<'_>| Cut { code: owned(cut.code), amount: cut.amount };
        let named = |named: Named<'_>| Named { name: owned(named.name), value: owned(named.value) };
        let reasons = |list: Cow<'_, [Reason<'_>]>| -> Cow<'b, [Reason<'b>]> {
            Cow::Owned(list.into_owned().into_iter().map(|reason| -> Reason<'b> { reason.into_owned() }).collect())
        };
        Outcome {
            claim: owned(self.claim),
            participant: owned(self.participant),
            payee: owned(self.payee),
            date: self.date,
            received: self.received,
            stands: self.stands,
            disposition: self.disposition,
            skipped: self.skipped,
            reasons: reasons(self.reasons),
            flags: reasons(self.flags),
            components: Cow::Owned(self.components.into_owned()),
            cuts: self.cuts.into_owned().into_iter().map(cut).collect(),
            award: self.award,
            pending: self.pending,
            reversed: self.reversed,
            allocation: Cow::Owned(self.allocation.into_owned()),
            arranged: self.arranged,
            claimed: self.claimed,
            derived: self.derived.into_owned().into_iter().map(named).collect(),
            origin: self.origin.into_owned(),
        }
    }

    /// The award less what was taken back of the claim before it was corrected.
    pub fn net(&self) -> Decimal {
        self.award.saturating_sub(self.reversed.unwrap_or_default())
    }

    /// Claimed minus what it was or would be awarded; nothing for a claim that was decided before.
    pub fn variance(&self) -> Option<Decimal> {
        self.claimed
            .filter(|_| !self.skipped)
            .map(|claimed| claimed.saturating_sub(self.award.saturating_add(self.pending)))
    }

    /// The word for what became of it, as the outcomes file and the counts name it.
    pub fn status(&self) -> &'static str {
        if self.skipped { "skipped" } else { self.disposition.name() }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}
