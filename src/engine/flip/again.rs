//! Deciding a claim again with one other cell, on the history that it was decided on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bumpalo::Bump;

use super::{cell, question::Question};
use crate::{
    claim::{Claim, Constant},
    engine::known::Known,
    engine::{decide::decide, decider::Decider},
    money::Decimal,
    outcome::{Aim, Disposition, EngineReason, Observer, Outcome, RuleResult, Step},
    script::Read,
};

/// How often a claim is decided again at most.
const MAX_DECISIONS: u32 = 4_000;

/// A claim to be decided again.
pub(super) struct Again<'a> {
    decider: &'a Decider<'a>,
    known: Known<'a>,
    claim: Claim<'a>,
    id: &'a str,
    left: u32,
    before: Verdict,
    /// Whether something was due before limits and flags.
    earned: bool,
}

/// What a decision says of a question.
pub(super) struct Verdict {
    result: Option<RuleResult>,
    /// What becomes of the claim.
    pub(super) disposition: Disposition,
    /// The codes of what objects.
    pub(super) objections: Vec<String>,
    /// What it is awarded, or would be.
    pub(super) award: Decimal,
}

impl Verdict {
    fn new(outcome: &Outcome<'_>, result: Option<RuleResult>) -> Self {
        let reasons = outcome.reasons.iter().chain(outcome.flags.iter());
        let objecting = reasons.filter(|reason| reason.disposition != Disposition::Approved);
        let objections = objecting.map(|reason| reason.code.clone().into_owned()).collect();
        // One of the two is zero.
        let award = if outcome.award.is_zero() { outcome.pending } else { outcome.award };
        Self { result, disposition: outcome.disposition, objections, award }
    }

    fn has_failed(&self) -> bool {
        let failures = [EngineReason::TableConflict, EngineReason::RuleFailed, EngineReason::EngineFailed];
        self.objections.iter().any(|code| failures.iter().any(|failure| failure.code() == code))
    }
}

impl<'a> Again<'a> {
    pub(super) fn new(
        decider: &'a Decider<'a>,
        known: Known<'a>,
        claim: Claim<'a>,
        id: &'a str,
        outcome: &Outcome<'_>,
        steps: &[Step<'_>],
    ) -> Self {
        let earned = steps.iter().any(|step| matches!(step, Step::Component(component) if !component.amount.is_zero()));
        let before = Verdict::new(outcome, None);
        Self { decider, known, claim, id, left: MAX_DECISIONS, before, earned }
    }

    /// Whether a field is private, and isn't shown.
    pub(super) fn hides(&self, field: usize) -> bool {
        self.decider.hides(Read::Field(field))
    }

    /// What would become of the claim, where the change does what is asked and makes nothing worse.
    pub(super) fn flipped(&mut self, question: &Question<'_>, field: usize, to: &Constant) -> Option<Verdict> {
        let verdict = self.decide(question, field, to)?;
        let improves = verdict.result == Some(RuleResult::Passed) && self.improves(question, &verdict);
        improves.then_some(verdict)
    }

    /// Whether the objection still stands, or the band still isn't reached.
    pub(super) fn stands(&mut self, question: &Question<'_>, field: usize, to: &Constant) -> bool {
        let verdict = self.decide(question, field, to);
        verdict.is_some_and(|verdict| matches!(verdict.result, Some(RuleResult::Objected(_))))
    }

    /// Something new may object only where the claim fares better all the same, and something must be left of an award. A
    /// band is reached also where a claim of so much would be held.
    fn improves(&self, question: &Question<'_>, after: &Verdict) -> bool {
        let before = &self.before;
        if matches!(question.aim, Aim::Band(_)) {
            return !after.has_failed();
        }
        let fares_better = after.disposition > before.disposition;
        let nothing_new = after.objections.iter().all(|code| before.objections.contains(code));
        let is_worth_it = match after.disposition {
            Disposition::Rejected | Disposition::Returned => true,
            _ if question.is_cut => after.award > before.award,
            _ => !self.earned || !after.award.is_zero(),
        };
        !after.has_failed() && after.disposition >= before.disposition && (fares_better || nothing_new) && is_worth_it
    }

    /// A decision that fails, or one too many, says nothing.
    fn decide(&mut self, question: &Question<'_>, field: usize, to: &Constant) -> Option<Verdict> {
        self.left = self.left.checked_sub(1)?;
        let rows = cell::changed(self.decider.program, self.claim, field, to)?;
        let (claim, scratch) = (self.claim.with_row(rows.row(0)), Bump::new());
        let mut watch = Watch { question, result: None };
        catch_unwind(AssertUnwindSafe(|| {
            let decision = decide(self.decider, self.known, claim, self.id, &scratch, &mut watch);
            Verdict::new(&decision.outcome, watch.result)
        }))
        .ok()
    }
}

/// Sees what a decision says of a question.
struct Watch<'q, 'p> {
    question: &'q Question<'p>,
    result: Option<RuleResult>,
}

impl<'a> Observer<'a> for Watch<'_, '_> {
    const STEPS: bool = true;
    const WORDS: bool = false;

    fn step(&mut self, step: Step<'a>) {
        self.result = self.question.judge(&step).or(self.result);
    }
}
