//! A decision taken back because its claim was corrected: the claim leaves as a full return of it would.

use bumpalo::{Bump, collections::Vec as ScratchVec};

use super::{
    assessment::Assessment,
    decider::Decider,
    due,
    known::Known,
    limit::{cut, grant, held_components, sum},
    schedule::amount,
};
use crate::{
    calendar::Date,
    claim::Claim,
    history::{Change, History, KeptChange, Running},
    money::{Decimal, Inexact, add, negated},
    outcome::{Codes, Decided, Disposition, Standing, Usage},
    program::{AwardPart, TotalKind},
    script::Failure,
};

/// What a claim that leaves changes.
pub(super) struct Reversal<'a> {
    /// In the history.
    pub(super) changes: Vec<Change<'a>>,
    /// What was awarded and is taken back.
    pub(super) amount: Decimal,
    /// By limit: what is asked and given back of a ceiling per claim.
    pub(super) per_claim: Vec<Running>,
}

/// What leaves with a claim. `claim` has the cells that were decided.
pub(super) fn reverse<'a>(
    decider: &'a Decider<'a>,
    history: &History,
    standing: &'a Standing,
    decided: &'a Decided,
    claim: Claim<'a>,
    scratch: &'a Bump,
) -> Result<Reversal<'a>, Failure> {
    let date = decided.outcome.date.unwrap_or(Date::MIN);
    let mut leaving = Leaving {
        assessment: Assessment::new(decider, Known::then(history, decided), claim, date, scratch),
        decided,
        usage: decided.took.as_ref().map_or(&decided.usage, |took| &took.usage),
        before: match &decided.took {
            Some(took) => standing.find(&took.original).map_or(&decided.usage, |original| &original.usage),
            None => &decided.usage,
        },
        per_claim: vec![Running::ZERO; decider.program.limits.len()],
    };
    let mut changes = Vec::new();
    if matches!(decided.outcome.disposition, Disposition::Approved | Disposition::Held) {
        leaving.assessment.figures(&mut Codes)?;
        changes.extend(leaving.of_components()?);
        changes.extend(leaving.of_limits()?);
    }
    changes.extend(leaving.of_totals()?);
    let left = leaving.assessment.award.left.iter().copied().try_fold(Decimal::ZERO, add);
    let amount = match decided.outcome.disposition {
        Disposition::Approved => negated(left.map_err(|reason| leaving.failed(reason))?),
        _ => Decimal::ZERO,
    };
    Ok(Reversal { changes, amount, per_claim: leaving.per_claim })
}

struct Leaving<'a, 'h> {
    assessment: Assessment<'a, 'h>,
    decided: &'a Decided,
    /// What the claim itself used of ceilings per claim.
    usage: &'a Usage,
    /// What stands under these ceilings: the claim's own, or those of the claim that it takes back.
    before: &'a Usage,
    per_claim: Vec<Running>,
}

impl<'a> Leaving<'a, '_> {
    fn failed(&self, reason: Inexact) -> Failure {
        super::award::failed(self.assessment.program.components.first(), &self.assessment, reason)
    }

    fn running(&self, change: &KeptChange) -> Running {
        let history = self.assessment.known.history;
        let figure = history.figure(change.accumulator, history.key(change.key()));
        figure.map_or(Running::ZERO, |figure| figure.running())
    }

    /// What was counted is counted back; of awards that is what limits leave to be taken back now.
    fn of_totals(&self) -> Result<Vec<Change<'a>>, Failure> {
        let Assessment { program, known, award, .. } = &self.assessment;
        let mut changes = Vec::new();
        for (number, total) in program.totals.iter().enumerate() {
            let Some(kept) = self.decided.change(program.total_accumulator(number)) else { continue };
            let mut back = kept.taken_back(known.history);
            if let TotalKind::Awarded(part) = total.kind {
                let left = award.left.iter().copied();
                back.delta.sum = match part {
                    AwardPart::Total => left.into_iter().try_fold(Decimal::ZERO, add),
                    AwardPart::Component(component) => Ok(award.left.get(component).copied().unwrap_or_default()),
                }
                .map_err(|reason| self.failed(reason))?;
            }
            changes.push(back);
        }
        Ok(changes)
    }

    /// Each component's amount is taken back: by what is due without the claim, where it accumulates.
    fn of_components(&mut self) -> Result<Vec<Change<'a>>, Failure> {
        let program = self.assessment.program;
        let mut changes = Vec::new();
        let mut left = ScratchVec::new_in(self.assessment.scratch);
        for (index, component) in program.components.iter().enumerate() {
            let amount = self.decided.outcome.components.get(index).copied().unwrap_or_default();
            let Some(of_base) = self.decided.change(program.base_accumulator(index)) else {
                left.push(negated(amount));
                continue;
            };
            let of_measure = self.decided.change(program.measure_accumulator(index));
            let history = self.assessment.known.history;
            let mut back = of_base.taken_back(history);
            let [gone, _] = self.decided.usage.gone(index);
            if self.decided.usage.taken(index).count > 0 && gone == of_base.delta.sum {
                // What was taken back as a whole doesn't count any more.
                back.delta.count = 0;
            }
            let measure_back = of_measure.map(|change| change.taken_back(history));
            let (before, measured) =
                (self.running(of_base), of_measure.map_or(Running::ZERO, |kept| self.running(kept)));
            let measure_delta = measure_back.map_or(Running::ZERO, |change| change.delta);
            let amount =
                due::without(&self.assessment, index, component, before, measured.sum, [back.delta, measure_delta])?;
            back.delta.awarded = amount;
            left.push(amount);
            changes.push(back);
            changes.extend(measure_back);
        }
        self.assessment.award.components.extend(left.iter().copied());
        self.assessment.award.left = left;
        Ok(changes)
    }

    /// Limits that the claim used are asked to take its part back, in their order.
    fn of_limits(&mut self) -> Result<Vec<Change<'a>>, Failure> {
        let program = self.assessment.program;
        let mut changes = Vec::new();
        for (index, limit) in program.limits.iter().enumerate() {
            let fail = |reason: Inexact| Failure { place: limit.place.clone(), reason: reason.to_string() };
            let kept = self.decided.change(program.limit_accumulator(index));
            let before = match kept {
                Some(kept) => self.running(kept),
                None if limit.key.is_claim() && self.usage.per_claim(index).count != 0 => self.before.per_claim(index),
                None => continue,
            };
            let max = amount(program, &limit.max, &self.assessment.scope())?;
            let asked = sum(&held_components(limit, &self.assessment)).map_err(fail)?;
            let granted = grant(before, asked, max).map_err(fail)?;
            if granted != asked {
                cut(&mut self.assessment, limit, asked, granted).map_err(fail)?;
            }
            if kept.is_none()
                && let Some(back) = self.per_claim.get_mut(index)
            {
                *back = Running { count: -1, sum: asked, awarded: granted };
            }
            if let Some(kept) = kept {
                let back = kept.taken_back(self.assessment.known.history);
                let delta = Running { count: back.delta.count, sum: asked, awarded: granted };
                before.plus(delta).map_err(fail)?;
                changes.push(Change { delta, ..back });
            }
        }
        Ok(changes)
    }
}
