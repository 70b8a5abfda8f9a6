//! What is due on running totals: by the bands of a schedule, or by an expression over the total.

use bumpalo::Bump;

use super::{
    assessment::Assessment,
    award::{Worked, failed, round},
    known::{Known, Original},
    schedule::Terms,
    taking::Taking,
};
use crate::{
    history::{AccumulatorId, Change, Detail, Key, Running},
    money::{Decimal, Inexact, Rounding, add, multiply, subtract},
    outcome::{Codes, Observer, ScheduleStep},
    program::{Component, ComponentKind, Due, KeyPlan, Schedule},
    script::{Expression, Failure, Read, Scope, number},
};

/// Works out an accumulating component: what is due after this claim, less what was due before it.
pub(super) fn accumulating<'a, O: Observer<'a>>(
    assessment: &Assessment<'a, '_>,
    index: usize,
    component: &'a Component,
) -> Result<Worked<'a>, Failure> {
    let ComponentKind::Accumulating { base, measure, key, due, whole } = &component.kind else {
        return Ok(Worked::default());
    };
    let (form, scope) = (&assessment.program.form, assessment.scope());
    // What other programs award is cut by limits of theirs, and may be taken back in other parts.
    let may_exceed = !base.reads().iter().any(|(_, read)| matches!(read, Read::Earlier(_)));
    let base = number(form, base, &scope)?;
    let measure = match measure {
        Some(measure) => Some(number(form, measure, &scope)?),
        None => None,
    };
    let accumulators = [assessment.program.base_accumulator(index), assessment.program.measure_accumulator(index)];
    let key = key_of(assessment, key.as_ref(), accumulators)?;
    let taking = assessment.known.original.map(|original| Taking::new(original, index, base));
    let fail = |reason| failed(Some(component), assessment, reason);
    let totals = totals(assessment, index, key, accumulators, (base, measure), taking).map_err(fail)?;
    let accumulating = Accumulating { component, plan: component.key(), accumulators, key, totals, whole: *whole };
    let worked = match assessment.known.original.filter(|_| key.is_none()) {
        // What stands alone is taken back by the terms of the claim that had it.
        Some(original) if !due.is_constant(&assessment.program.params) => {
            let scratch = Bump::new();
            let past = past(assessment, original, &scratch)?;
            past.with_dues(component, index, due, &past.scope(), |dues| accumulating.work::<O>(assessment, dues))
        }
        _ => assessment.with_dues(component, index, due, &scope, |dues| accumulating.work::<O>(assessment, dues)),
    }?;
    let taken = taking.map_or(Ok(Running::ZERO), |taking| taking.taken(worked.amount)).map_err(fail)?;
    let exceeds = may_exceed && taking.map_or(Ok(false), |taking| taking.exceeds()).map_err(fail)?;
    Ok(Worked { taken, exceeds, ..worked })
}

/// The key of a claim, or of the one that it takes back; none where nothing accumulates.
fn key_of<'a>(
    assessment: &Assessment<'a, '_>,
    plan: Option<&'a KeyPlan>,
    accumulators: [AccumulatorId; 2],
) -> Result<Option<Key<'a>>, Failure> {
    let Some(plan) = plan.filter(|key| !key.is_claim()) else { return Ok(None) };
    let [base, _] = accumulators;
    match assessment.known.decided().and_then(|original| original.change(base)) {
        Some(kept) => Ok(Some(assessment.known.history.key(assessment.scratch.alloc_slice_copy(kept.key())))),
        None => assessment.key(plan).map(Some),
    }
}

/// The figures that the claim which is taken back was decided by.
fn past<'b>(
    assessment: &'b Assessment<'_, '_>,
    original: Original<'b>,
    scratch: &'b Bump,
) -> Result<Assessment<'b, 'b>, Failure> {
    let date = original.decided.outcome.date.unwrap_or(assessment.date);
    let known = Known::then(assessment.known.history, original.decided);
    let claim = assessment.claim.with_row(original.row);
    let mut past = Assessment::new(assessment.decider, known, claim, date, scratch);
    past.figures(&mut Codes)?;
    Ok(past)
}

/// The running totals of a key, and what a claim does to them.
fn totals(
    assessment: &Assessment<'_, '_>,
    index: usize,
    key: Option<Key<'_>>,
    accumulators: [AccumulatorId; 2],
    (base, measure): (Decimal, Option<Decimal>),
    taking: Option<Taking<'_>>,
) -> Result<Totals, Inexact> {
    let [before, measured] = accumulators.map(|accumulator| {
        let figure = key.and_then(|key| assessment.known.history.figure(accumulator, key));
        figure.map_or(Running::ZERO, |figure| figure.running())
    });
    let mut totals = Totals { before, count: 1, measured: measured.sum, base, measure };
    if let Some(taking) = taking {
        totals.count = taking.count()?;
        if key.is_none() {
            // Where nothing accumulates, what the original counted is all there is.
            (totals.before, totals.measured) = (taking.left()?, taking.measure_left());
        }
    } else {
        let (taken, [gone, _]) = (assessment.known.usage.taken(index), assessment.known.usage.gone(index));
        // A claim that was corrected to what others have taken back of it doesn't count any more.
        totals.count = i64::from(taken.count == 0 || gone != base);
    }
    Ok(totals)
}

/// What leaves with a claim of an accumulating component: what is due without it, less what is due with it.
pub(super) fn without(
    assessment: &Assessment<'_, '_>,
    index: usize,
    component: &Component,
    before: Running,
    measured: Decimal,
    left: [Running; 2],
) -> Result<Decimal, Failure> {
    let ComponentKind::Accumulating { measure, due, whole, .. } = &component.kind else { return Ok(Decimal::ZERO) };
    let fail = |reason| failed(Some(component), assessment, reason);
    let [of_base, of_measure] = left;
    let after = before.plus(of_base).map_err(fail)?;
    let measured_after = add(measured, of_measure.sum).map_err(fail)?;
    assessment.with_dues(component, index, due, &assessment.scope(), |dues| {
        let due = |count, total, measured| match count {
            0 => Ok(Decimal::ZERO),
            _ => round(assessment, component, dues.due(total, if measure.is_some() { measured } else { total })?),
        };
        let due_before = if *whole { Ok(before.awarded) } else { due(before.count, before.sum, measured) }?;
        subtract(due(after.count, after.sum, measured_after)?, due_before).map_err(fail)
    })
}

/// What a part of a base comes to of an amount.
pub(super) fn share(rounding: Rounding, amount: Decimal, part: Decimal, whole: Decimal) -> Result<Decimal, Inexact> {
    if part == whole { Ok(amount) } else { rounding.round_quotient(multiply(amount, part)?, whole) }
}

impl<'a> Assessment<'a, '_> {
    /// What a component makes due, by what a scope sees.
    fn with_dues<'s, T>(
        &self,
        component: &Component,
        index: usize,
        due: &Due,
        scope: &Scope<'a, 's>,
        work: impl FnOnce(&Dues<'_, 'a, 's>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        match due {
            Due::Tiers(schedule) => {
                self.decider.with_terms(index, schedule, scope, |terms| work(&Dues::Tiers(terms, schedule, component)))
            }
            Due::Computed(expression) => work(&Dues::Computed(expression, scope, &self.program.form)),
        }
    }
}

struct Accumulating<'a> {
    component: &'a Component,
    plan: Option<&'a KeyPlan>,
    accumulators: [AccumulatorId; 2],
    key: Option<Key<'a>>,
    totals: Totals,
    /// What the key was asked before is taken off, not what was due before under this claim's terms.
    whole: bool,
}

/// What is due on totals, for one claim.
enum Dues<'t, 'a, 's> {
    Tiers(&'t Terms, &'t Schedule, &'t Component),
    Computed(&'t Expression, &'t Scope<'a, 's>, &'a crate::script::Form),
}

impl Dues<'_, '_, '_> {
    /// What is due on a total, before rounding. `measured` picks the band.
    fn due(&self, total: Decimal, measured: Decimal) -> Result<Decimal, Failure> {
        match self {
            Self::Tiers(terms, _, component) => terms
                .due(total, measured)
                .map_err(|reason| Failure { place: component.place.clone(), reason: reason.to_string() }),
            Self::Computed(expression, scope, form) => number(form, expression, &Scope { due_total: total, ..**scope }),
        }
    }
}

/// A running total and what the claim adds to it.
#[derive(Clone, Copy)]
struct Totals {
    before: Running,
    /// What it does to the number of claims that count.
    count: i64,
    /// What was added before to the figure that picks the band, where that isn't the base.
    measured: Decimal,
    base: Decimal,
    measure: Option<Decimal>,
}

/// The arithmetic of an accumulating component.
struct Sums {
    total_after: Decimal,
    /// What picks the band, before and after.
    measured: (Decimal, Decimal),
    due_exact: Decimal,
    due_after: Decimal,
    due_before: Decimal,
    amount: Decimal,
}

impl<'a> Accumulating<'a> {
    fn work<O: Observer<'a>>(
        &self,
        assessment: &Assessment<'a, '_>,
        dues: &Dues<'_, '_, '_>,
    ) -> Result<Worked<'a>, Failure> {
        let Totals { before, count, base, measure, .. } = self.totals;
        let sums = self.sums(assessment, dues, &self.totals)?;
        let schedule = match O::STEPS {
            true => Some(&*assessment.scratch.alloc(self.step(assessment, dues, &self.totals, &sums)?)),
            false => None,
        };
        let fail = |reason| failed(Some(self.component), assessment, reason);
        before.plus(Running { count, sum: base, awarded: sums.amount }).map_err(fail)?;
        let change = |accumulator, sum, awarded| {
            let delta = Running { count, sum, awarded };
            self.key.map(|key| Change { accumulator, key, delta, detail: Detail::None })
        };
        let [of_base, of_measure] = self.accumulators;
        let changes =
            [change(of_base, base, sums.amount), measure.and_then(|add| change(of_measure, add, Decimal::ZERO))];
        let measure = measure.unwrap_or_default();
        Ok(Worked { amount: sums.amount, schedule, changes, base, measure, ..Worked::default() })
    }

    fn sums(&self, assessment: &Assessment<'_, '_>, dues: &Dues<'_, '_, '_>, totals: &Totals) -> Result<Sums, Failure> {
        let fail = |reason| failed(Some(self.component), assessment, reason);
        let before = totals.before;
        let total_after = add(before.sum, totals.base).map_err(fail)?;
        let measured = match totals.measure {
            Some(measure) => (totals.measured, add(totals.measured, measure).map_err(fail)?),
            None => (before.sum, total_after),
        };
        let due_exact = match before.count.saturating_add(totals.count) {
            // All that counted was taken back, so nothing is due, whatever the schedule says of a total of zero.
            0 => Decimal::ZERO,
            _ => dues.due(total_after, measured.1)?,
        };
        let due_after = round(assessment, self.component, due_exact)?;
        let due_before = match before.count {
            _ if self.whole => before.awarded,
            // Before the first counted claim nothing is due, whatever the schedule says of a total of zero.
            0 => Decimal::ZERO,
            _ => round(assessment, self.component, dues.due(before.sum, measured.0)?)?,
        };
        let amount = subtract(due_after, due_before).map_err(fail)?;
        Ok(Sums { total_after, measured, due_exact, due_after, due_before, amount })
    }

    fn step(
        &self,
        assessment: &Assessment<'a, '_>,
        dues: &Dues<'_, '_, '_>,
        totals: &Totals,
        sums: &Sums,
    ) -> Result<ScheduleStep<'a>, Failure> {
        let before = totals.before;
        let mut step = ScheduleStep {
            slices: &[],
            incremental: false,
            computed: true,
            key: self.plan.map_or(&[], |plan| assessment.key_seen(plan)),
            base: totals.base,
            count_before: before.count,
            total_before: before.sum,
            total_after: sums.total_after,
            measured_after: totals.measure.map(|_| sums.measured.1),
            band_before: None,
            band_after: None,
            band_next: None,
            due_exact: sums.due_exact,
            due_after: sums.due_after,
            due_before: sums.due_before,
            whole: self.whole,
        };
        if let Dues::Tiers(terms, schedule, _) = dues {
            let slices = terms.slices(sums.total_after);
            let slices = slices.map_err(|reason| failed(Some(self.component), assessment, reason))?;
            step.slices = assessment.scratch.alloc_slice_copy(&slices);
            (step.incremental, step.computed) = (schedule.incremental, false);
            step.band_before = terms.band(sums.measured.0).filter(|_| before.count != 0).copied();
            step.band_after = terms.band(sums.measured.1).copied();
            step.band_next = terms.next(sums.measured.1).copied();
        }
        Ok(step)
    }
}
