//! The steps by which one claim is decided, in the order of the design.

use std::borrow::Cow;

use bumpalo::{Bump, collections::Vec as ScratchVec};

use super::{
    assessment::{Assessment, Award},
    decider::Decider,
    eligibility,
};
use crate::{
    calendar::Date,
    claim::{Claim, Value},
    history::{Change, Detail, History, Running},
    money::{Decimal, Inexact},
    outcome::{Cut, Disposition, EngineReason, Named, Observer, Outcome, Reason, Seen, Step},
    program::{Counted, KeyPart, Total, TotalKind},
    schema::Type,
    script::{Expression, Failure, Read, evaluate, number},
};

/// What was decided for a claim, and what that changes for later ones.
pub struct Decision<'a> {
    /// What was decided.
    pub outcome: Outcome<'a>,
    /// What it changes in the history.
    pub changes: ScratchVec<'a, Change<'a>>,
}

/// Decides one claim whose id and date can be read. The history is as earlier decisions left it.
pub fn decide<'a, O: Observer<'a>>(
    decider: &'a Decider<'a>,
    history: &History,
    claim: Claim<'a>,
    id: &'a str,
    scratch: &'a Bump,
    observer: &mut O,
) -> Decision<'a> {
    let date = claim.row().date(decider.program.claim.date).unwrap_or(Date::MIN);
    let mut assessment = Assessment::new(decider, history, claim, date, scratch);
    let failure = assessment.steps(observer).err();
    if let Some(failure) = failure {
        assessment.hold_for(&failure);
        // What was worked out so far is no award.
        assessment.award = Award::none(scratch);
        assessment.limit_changes.clear();
        assessment.base_changes.clear();
    }
    assessment.decision::<O>(id)
}

impl<'a> Assessment<'a, '_> {
    fn steps<O: Observer<'a>>(&mut self, observer: &mut O) -> Result<(), Failure> {
        self.intake::<O>();
        self.in_force(observer);
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
        Ok(())
    }

    /// Rejected and returned claims stop; so does one with a rule that failed, since nothing it should have
    /// established is certain.
    fn stops(&self) -> bool {
        self.has_failed || matches!(self.disposition(), Disposition::Rejected | Disposition::Returned)
    }

    fn intake<O: Observer<'a>>(&mut self) {
        for deficiency in self.claim.deficiencies() {
            self.own(Reason::of_deficiency(self.claim.line(), deficiency, O::WORDS));
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

    /// Reads every total and works out what this claim will add to it. A claim that was returned at intake counts in
    /// the totals that don't look at what is missing.
    fn read_totals<O: Observer<'a>>(&mut self, observer: &mut O) -> Result<(), Failure> {
        let mut failed = None;
        for (number, total) in self.program.totals.iter().enumerate() {
            if self.lacks(total) {
                self.totals.push(Value::Nothing);
                self.total_changes.push(None);
                continue;
            }
            match self.read_total(number, total) {
                Ok((value, change)) => {
                    if O::STEPS {
                        observer.step(Step::Total(Seen { name: &total.name, value }));
                    }
                    self.totals.push(value);
                    self.total_changes.push(Some(change));
                }
                // The other totals count the claim all the same.
                Err(failure) => {
                    failed = failed.or(Some(failure));
                    self.totals.push(Value::Nothing);
                    self.total_changes.push(None);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Whether a total looks at a field of the claim that is missing.
    fn lacks(&self, total: &Total) -> bool {
        if self.claim.deficiencies().is_empty() {
            return false;
        }
        let figured = match &total.kind {
            TotalKind::Sum(expression) | TotalKind::Distinct(expression) => Some(expression),
            TotalKind::Count => None,
        };
        figured.is_some_and(|expression| self.looks_at_missing(expression))
            || total.key.parts.iter().any(|(_, part)| match part {
                KeyPart::Expression(expression) => self.looks_at_missing(expression),
                KeyPart::Participant => self.is_missing(self.program.claim.participant),
                KeyPart::Claim | KeyPart::Program | KeyPart::Period(_) => false,
            })
    }

    fn is_missing(&self, field: usize) -> bool {
        self.claim.deficiencies().iter().any(|deficiency| deficiency.field == Some(field))
    }

    fn looks_at_missing(&self, expression: &Expression) -> bool {
        expression.reads().iter().any(|(_, read)| matches!(read, Read::Field(field) if self.is_missing(*field)))
    }

    fn read_total(&self, index: usize, total: &'a Total) -> Result<(Value<'a>, Change<'a>), Failure> {
        let (form, scope) = (&self.program.form, self.scope());
        let key = self.key(&total.key)?;
        let accumulator = self.program.total_accumulator(index);
        let failed = |reason: Inexact| Failure { place: total.place.clone(), reason: reason.to_string() };
        let figure = self.history.figure(accumulator, key);
        let whole = figure.map_or(Running::ZERO, |figure| figure.running());
        let running = match (figure, total.within) {
            (Some(figure), Some(days)) => figure.within(self.date, days).map_err(failed)?,
            _ => whole,
        };
        let mut delta = Running { count: 1, ..Running::ZERO };
        let mut detail = total.within.map_or(Detail::None, |_| Detail::Day(self.date));
        let value = match &total.kind {
            TotalKind::Count => Value::Integer(running.count),
            TotalKind::Sum(expression) => {
                delta.sum = number(form, expression, &scope)?;
                sum_value(total, expression, running.sum)?
            }
            TotalKind::Distinct(expression) => {
                let mut member = ScratchVec::new_in(self.scratch);
                let counted = evaluate(form, expression, &scope)?;
                counted.encode(&mut |piece| member.extend_from_slice_copy(piece));
                detail = Detail::Member(member.into_bump_slice());
                Value::Integer(figure.map_or(0, |figure| figure.distinct()))
            }
        };
        // The sums after are tried here, so that applying the change can't fail and no later claim has to.
        let after = whole.plus(delta).map_err(failed)?;
        if let TotalKind::Sum(expression) = &total.kind {
            sum_value(total, expression, after.sum)?;
        }
        if let (Some(figure), Detail::Day(date)) = (figure, detail) {
            figure.day(date).plus(delta).map_err(failed)?;
        }
        Ok((value, Change { accumulator, key, delta, detail }))
    }

    fn derive<O: Observer<'a>>(&mut self, observer: &mut O) -> Result<(), Failure> {
        for figure in &self.program.derived {
            let value = evaluate(&self.program.form, &figure.value, &self.scope())?;
            if O::STEPS {
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
        let Award { mut components, mut cuts, mut total, .. } = self.award;
        components.resize(self.program.components.len(), Decimal::ZERO);
        components.iter_mut().for_each(at_scale);
        cuts.iter_mut().for_each(|cut: &mut Cut<'_>| at_scale(&mut cut.amount));
        let mut zero = Decimal::ZERO;
        at_scale(&mut total);
        at_scale(&mut zero);
        let approved = disposition == Disposition::Approved;
        let (award, pending) = if approved { (total, zero) } else { (zero, total) };
        let row = self.claim.row();
        let mut derived = ScratchVec::new_in(self.scratch);
        if O::WORDS {
            let named = self.program.derived.iter().zip(&self.derived);
            derived.extend(named.map(|(figure, value)| Named {
                name: Cow::Borrowed(figure.name.as_str()),
                value: Cow::Borrowed(&*self.scratch.alloc_str(&value.to_string())),
            }));
        }
        let outcome = Outcome {
            claim: Cow::Borrowed(id),
            participant: shown(row.value(self.program.claim.participant)),
            date: Some(self.date),
            disposition,
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
            claimed: self.program.claim.claimed.and_then(|field| row.number(field)),
            derived: Cow::Borrowed(derived.into_bump_slice()),
            origin: self.claim.origin(),
        };
        Decision { outcome, changes }
    }

    /// What the decision changes: totals by what they count, bases of approved claims, limits of those not rejected.
    fn changes(&mut self, disposition: Disposition) -> ScratchVec<'a, Change<'a>> {
        let stands = matches!(disposition, Disposition::Approved | Disposition::Held);
        let most = self.total_changes.len() + self.base_changes.len() + self.limit_changes.len();
        let mut changes = ScratchVec::with_capacity_in(most, self.scratch);
        for (total, change) in self.program.totals.iter().zip(&self.total_changes) {
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
            changes.append(&mut self.limit_changes);
        }
        changes
    }
}

/// A value of the claim as outcomes show it.
pub(super) fn shown(value: Value<'_>) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// A sum as rules see it: whole where all that is summed is.
fn sum_value<'a>(total: &Total, summed: &Expression, sum: Decimal) -> Result<Value<'a>, Failure> {
    if summed.kind() != Type::INTEGER {
        return Ok(Value::Decimal(sum));
    }
    let whole = i64::try_from(sum.trunc().mantissa());
    let reason = || format!("the total `{}` has no room in a whole number of 64 bits", total.name);
    whole.map(Value::Integer).map_err(|_| Failure { place: total.place.clone(), reason: reason() })
}
