//! What is due on running totals: by the bands of a schedule, or by an expression over the total.

use super::{
    assessment::Assessment,
    award::{Worked, failed, round},
    schedule::Terms,
};
use crate::{
    history::{Change, Detail, Running},
    money::{Decimal, Inexact, Rounding, add, multiply, negated, subtract},
    outcome::{Observer, ScheduleStep},
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
    let looks_elsewhere = base.reads().iter().any(|(_, read)| matches!(read, Read::Earlier(_)));
    let base = number(form, base, &scope)?;
    let measure = match measure {
        Some(measure) => Some(number(form, measure, &scope)?),
        None => None,
    };
    let plan = key.as_ref();
    let key = match plan.filter(|key| !key.is_claim()) {
        Some(plan) => Some(assessment.key(plan)?),
        None => None,
    };
    let program = assessment.program;
    let accumulators = [program.base_accumulator(index), program.measure_accumulator(index)];
    let [before, measured] = accumulators.map(|accumulator| {
        let figure = key.and_then(|key| assessment.known.history.figure(accumulator, key));
        figure.map_or(Running::ZERO, |figure| figure.running())
    });
    let taking = Taking::of(assessment, index, base);
    // Where nothing accumulates, what the original counted is all there is.
    let before = if key.is_none() { taking.map_or(before, |taking| taking.left) } else { before };
    let count = taking.map_or(1, |taking| taking.count());
    let accumulating = Accumulating { component, plan, whole: *whole };
    accumulating.with_dues(assessment, index, due, &scope, |dues| {
        let totals = Totals { before, count, measured: measured.sum, base, measure };
        let sums = accumulating.sums(assessment, dues, &totals)?;
        let schedule = match O::STEPS {
            true => Some(&*assessment.scratch.alloc(accumulating.step(assessment, dues, &totals, &sums)?)),
            false => None,
        };
        let change = |accumulator, sum, awarded| {
            let delta = Running { count, sum, awarded };
            key.map(|key| Change { accumulator, key, delta, detail: Detail::None })
        };
        let [of_base, of_measure] = accumulators;
        let fail = |reason| failed(Some(component), assessment, reason);
        before.plus(Running { count, sum: base, awarded: sums.amount }).map_err(fail)?;
        let changes =
            [change(of_base, base, sums.amount), measure.and_then(|add| change(of_measure, add, Decimal::ZERO))];
        let taken = taking.map_or(Running::ZERO, |taking| taking.taken(sums.amount));
        // What other programs award is cut by limits of theirs, and may be taken back in other parts.
        let exceeds = !looks_elsewhere && taking.is_some_and(|taking| taking.exceeds());
        Ok(Worked { amount: sums.amount, schedule, changes, base, taken, exceeds, ..Worked::default() })
    })
}

/// A claim that takes back some of what another one added to a base.
#[derive(Clone, Copy)]
struct Taking {
    /// What the other one added.
    whole: Decimal,
    /// What was taken back of it before.
    before: Running,
    /// What is left of it, and of what it was awarded.
    left: Running,
    /// What is taken back now.
    part: Decimal,
}

impl Taking {
    fn of(assessment: &Assessment<'_, '_>, index: usize, base: Decimal) -> Option<Self> {
        let original = assessment.known.original?;
        let kept = original.change(assessment.program.base_accumulator(index)).map(|kept| kept.delta.sum);
        let whole = kept.or_else(|| original.bases.get(index).copied()).unwrap_or_default();
        let before = original.taken(index);
        let awarded = original.outcome.components.get(index).copied().unwrap_or_default();
        let added = Running { count: 1, sum: whole, awarded };
        // INVARIANT: what was taken back was checked against what is left.
        let left = added.plus(Running { count: 0, ..before.negated() }).unwrap_or(added);
        Some(Self { whole, before, left, part: negated(base) })
    }

    fn after(&self) -> Decimal {
        self.before.sum.saturating_add(self.part)
    }

    /// What it does to the number of claims that count: one less where nothing is left of the other.
    fn count(&self) -> i64 {
        let was_all = self.before.count > 0 && self.before.sum == self.whole;
        if self.after() == self.whole && !was_all { -1 } else { 0 }
    }

    fn exceeds(&self) -> bool {
        self.whole > Decimal::ZERO && self.after() > self.whole
    }

    fn taken(&self, amount: Decimal) -> Running {
        Running { count: 1, sum: self.part, awarded: negated(amount) }
    }
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
    let accumulating = Accumulating { component, plan: None, whole: *whole };
    let [of_base, of_measure] = left;
    let after = before.plus(of_base).map_err(fail)?;
    let measured_after = add(measured, of_measure.sum).map_err(fail)?;
    accumulating.with_dues(assessment, index, due, &assessment.scope(), |dues| {
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

struct Accumulating<'a> {
    component: &'a Component,
    plan: Option<&'a KeyPlan>,
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
    fn with_dues<'s, T>(
        &self,
        assessment: &Assessment<'a, '_>,
        index: usize,
        due: &Due,
        scope: &Scope<'a, 's>,
        work: impl FnOnce(&Dues<'_, 'a, 's>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        match due {
            Due::Tiers(schedule) => assessment
                .decider
                .with_terms(index, schedule, scope, |terms| work(&Dues::Tiers(terms, schedule, self.component))),
            Due::Computed(expression) => work(&Dues::Computed(expression, scope, &assessment.program.form)),
        }
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
