//! The steps by which one claim is decided, in the order of the design.

use std::borrow::Cow;

use bumpalo::{Bump, collections::Vec as ScratchVec};

use super::{
    assessment::{Assessment, Award, HIDDEN, Remembered},
    decider::Decider,
    eligibility,
    known::Known,
};
use crate::{
    calendar::Date,
    claim::{Claim, Value},
    history::Change,
    money::Decimal,
    outcome::{Cut, Disposition, EngineReason, Named, Observer, Outcome, Seen, Step},
    program::{Counted, Program, TotalKind},
    script::{Failure, Read, evaluate},
};

/// What was decided for a claim, and what that changes for later ones.
pub struct Decision<'a> {
    /// What was decided.
    pub outcome: Outcome<'a>,
    /// What it changes in the history.
    pub changes: ScratchVec<'a, Change<'a>>,
    /// What claims that come later may need of it.
    pub(super) remembered: Remembered<'a>,
}

/// Decides one claim whose id and date can be read, on what is known when it is decided. One that takes another back has the
/// date of that one.
pub fn decide<'a, O: Observer<'a>>(
    decider: &'a Decider<'a>,
    known: Known<'_>,
    claim: Claim<'a>,
    id: &'a str,
    scratch: &'a Bump,
    observer: &mut O,
) -> Decision<'a> {
    let own = claim.row().date(decider.program.claim.date);
    let date = known.decided().and_then(|original| original.outcome.date).or(own).unwrap_or(Date::MIN);
    let mut assessment = Assessment::new(decider, known, claim, date, scratch);
    let failure = assessment.steps(observer).err();
    if let Some(failure) = failure {
        assessment.hold_for(&failure);
        // What was worked out so far is no award.
        assessment.award = Award::none(scratch);
        assessment.limit_changes.clear();
        assessment.base_changes.clear();
        assessment.remembered = Remembered::none(scratch);
    }
    assessment.decision::<O>(id)
}

impl<'a> Assessment<'a, '_> {
    fn steps<O: Observer<'a>>(&mut self, observer: &mut O) -> Result<(), Failure> {
        self.intake::<O>();
        self.find_original(observer);
        self.in_force(observer);
        self.ask_neighbours(observer);
        self.read_totals(observer)?;
        if self.stops() {
            return Ok(());
        }
        self.look_up(observer)?;
        if self.stops() {
            return Ok(());
        }
        self.derive(observer)?;
        eligibility::rules(self, observer);
        if self.stops() {
            return Ok(());
        }
        self.base_changes = super::award::components(self, observer)?;
        super::limit::limits(self, observer)?;
        if self.disposition() != Disposition::Rejected {
            eligibility::flags(self, observer);
        }
        self.add_award()?;
        super::allocation::allocate(self)
    }

    /// What expressions look at of a claim that was decided before.
    pub(super) fn figures<O: Observer<'a>>(&mut self, observer: &mut O) -> Result<(), Failure> {
        self.read_totals(observer)?;
        self.look_up(observer)?;
        self.derive(observer)
    }

    /// Rejected and returned claims stop; so does one with a rule that failed, since nothing it should have
    /// established is certain.
    fn stops(&self) -> bool {
        self.has_failed || matches!(self.disposition(), Disposition::Rejected | Disposition::Returned)
    }

    fn intake<O: Observer<'a>>(&mut self) {
        if let Some(why) = self.known.ruling.and_then(|ruling| ruling.rejection.as_ref()) {
            let message = if O::WORDS { why.clone() } else { String::new() };
            self.own(EngineReason::ReviewRejected.because(message, None));
        }
        for deficiency in self.claim.deficiencies() {
            self.own(self.decider.deficiency(self.claim.line(), deficiency, O::WORDS));
        }
    }

    fn in_force<O: Observer<'a>>(&mut self, observer: &mut O) {
        let effective = self.program.identification.effective;
        let held = effective.0 <= self.date && self.date <= effective.1;
        if O::STEPS {
            observer.step(Step::InForce { date: self.date, effective, held });
        }
        if !held && self.reasons.is_empty() {
            let words = || format!("{} is not between {} and {}", self.date, effective.0, effective.1);
            let message = if O::WORDS { words() } else { String::new() };
            self.own(EngineReason::NotEffective.because(message, None));
        }
    }

    fn derive<O: Observer<'a>>(&mut self, observer: &mut O) -> Result<(), Failure> {
        for figure in &self.program.derived {
            let value = evaluate(&self.program.form, &figure.value, &self.scope())?;
            if O::STEPS {
                let value = if self.hides_any(&figure.value) { HIDDEN } else { value };
                observer.step(Step::Figure(Seen { name: &figure.name, value }));
            }
            self.derived.push(value);
        }
        Ok(())
    }

    fn decision<O: Observer<'a>>(mut self, id: &'a str) -> Decision<'a> {
        let disposition = self.disposition();
        if matches!(disposition, Disposition::Rejected | Disposition::Returned) {
            self.award = Award::none(self.scratch);
        }
        let changes = self.changes(disposition);
        let scale = self.program.identification.scale;
        let at_scale = |amount: &mut Decimal| {
            if amount.scale() != scale {
                amount.rescale(scale);
            }
        };
        self.reasons.sort_by_key(|reason| reason.disposition);
        let hidden: Vec<bool> = match O::WORDS {
            true => (0..self.derived.len()).map(|number| self.hides(Read::Derived(number))).collect(),
            false => Vec::new(),
        };
        let Award { mut components, mut cuts, mut total, .. } = self.award;
        components.resize(self.program.components.len(), Decimal::ZERO);
        components.iter_mut().for_each(at_scale);
        cuts.iter_mut().for_each(|cut: &mut Cut<'_>| at_scale(&mut cut.amount));
        let mut zero = Decimal::ZERO;
        at_scale(&mut total);
        at_scale(&mut zero);
        let approved = disposition == Disposition::Approved;
        let (award, pending) = if approved { (total, zero) } else { (zero, total) };
        let mut allocation = std::mem::replace(&mut self.allocation, ScratchVec::new_in(self.scratch));
        allocation.resize(self.program.allocation.as_ref().map_or(0, |plan| plan.shares.len()), zero);
        let row = self.claim.row();
        let mut derived = ScratchVec::new_in(self.scratch);
        if O::WORDS {
            let named = self.program.derived.iter().zip(&self.derived).zip(hidden);
            derived.extend(named.map(|((figure, value), hidden)| {
                let value = if hidden { HIDDEN } else { *value };
                Named {
                    name: Cow::Borrowed(figure.name.as_str()),
                    value: Cow::Borrowed(&*self.scratch.alloc_str(&value.to_string())),
                }
            }));
        }
        let outcome = Outcome {
            claim: Cow::Borrowed(id),
            participant: shown(row.value(self.program.claim.participant)),
            payee: self.program.claim.payee.map_or(Cow::Borrowed(""), |field| shown(row.value(field))),
            date: Some(self.date),
            received: self.received,
            disposition,
            stands: true,
            skipped: false,
            reasons: if self.owns_reasons {
                Cow::Owned(self.reasons.drain(..).collect())
            } else {
                Cow::Borrowed(self.reasons.into_bump_slice())
            },
            flags: Cow::Borrowed(self.flags.into_bump_slice()),
            components: Cow::Borrowed(components.into_bump_slice()),
            cuts: Cow::Borrowed(cuts.into_bump_slice()),
            award,
            pending,
            reversed: None,
            allocation: Cow::Borrowed(allocation.into_bump_slice()),
            arranged: None,
            claimed: self.program.claim.claimed.and_then(|field| row.number(field)),
            derived: Cow::Borrowed(derived.into_bump_slice()),
            origin: self.claim.origin(),
        };
        let remembered = std::mem::replace(&mut self.remembered, Remembered::none(self.scratch));
        Decision { outcome, changes, remembered }
    }

    /// What the decision changes: totals by what they count, bases of approved claims, limits of those not rejected.
    fn changes(&mut self, disposition: Disposition) -> ScratchVec<'a, Change<'a>> {
        let stands = matches!(disposition, Disposition::Approved | Disposition::Held);
        let most = self.total_changes.len() + self.base_changes.len() + self.limit_changes.len();
        let mut changes = ScratchVec::with_capacity_in(most, self.scratch);
        for (total, change) in self.program.totals.iter().zip(&mut self.total_changes) {
            if let (TotalKind::Awarded(_), Some(change), false) = (&total.kind, change.as_mut(), stands) {
                change.delta.sum = Decimal::ZERO;
            }
            let counts = match total.of {
                Counted::All => true,
                Counted::Standing => stands,
                Counted::Approved => disposition == Disposition::Approved,
            };
            changes.extend(change.filter(|_| counts));
        }
        if disposition == Disposition::Approved {
            changes.append(&mut self.base_changes);
        }
        if stands {
            // What is held gives nothing back of a ceiling: if it is rejected, that was never free.
            let held = disposition == Disposition::Held;
            let limits = self.limit_changes.iter().filter(|change| !(held && change.delta.sum < Decimal::ZERO));
            changes.extend(limits.copied());
        }
        changes
    }
}

/// When a claim was received first: before, or as it says itself.
pub(super) fn received(program: &Program, claim: Claim<'_>, known: Known<'_>) -> Option<Date> {
    known.received.or_else(|| claim.row().date(program.claim.received?))
}

/// A value of the claim as outcomes show it.
pub(super) fn shown(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
