//! The award by component: amounts of their own, and what schedules make due.

use bumpalo::collections::Vec as ScratchVec;

use super::{assessment::Assessment, schedule::Terms};
use crate::{
    history::{Change, Detail, Running},
    money::{Decimal, Inexact, MAX_AMOUNT, add, subtract},
    outcome::{ComponentStep, Observer, ScheduleStep, Step},
    program::{Component, ComponentKind, KeyPlan, Schedule},
    script::{Expression, Failure, holds, number},
};

/// Works out every component. Comes back with what an approved claim adds to their bases.
pub(super) fn components<'a, O: Observer<'a>>(
    assessment: &mut Assessment<'a, '_>,
    observer: &mut O,
) -> Result<ScratchVec<'a, Change<'a>>, Failure> {
    let program = assessment.program;
    let count = program.components.len();
    let mut changes = ScratchVec::with_capacity_in(count, assessment.scratch);
    assessment.award.components.reserve(count);
    for (index, component) in program.components.iter().enumerate() {
        let due = match &component.when {
            None => None,
            Some(condition) => Some(holds(&program.form, condition, &assessment.scope())?),
        };
        let mut worked = Worked::default();
        if due != Some(false) {
            worked = match &component.kind {
                ComponentKind::Amount(expression) => amount(assessment, expression, component)?,
                ComponentKind::Accumulating { base, key, schedule, whole } => {
                    let accumulating =
                        Accumulating { component, index, base, key: key.as_ref(), schedule, whole: *whole };
                    accumulating.work::<O>(assessment)?
                }
            };
        }
        if O::STEPS {
            let step = step::<O>(assessment, component, due, &worked);
            observer.step(Step::Component(assessment.scratch.alloc(step)));
        }
        assessment.award.components.push(worked.amount);
        changes.extend(worked.change);
    }
    if !program.limits.is_empty() {
        assessment.award.left.extend_from_slice_copy(&assessment.award.components);
    }
    let total = assessment.award.components.iter().copied().try_fold(Decimal::ZERO, add);
    assessment.award.total = total.map_err(|reason| failed(program.components.first(), assessment, reason))?;
    Ok(changes)
}

/// A component worked out.
#[derive(Default)]
struct Worked<'a> {
    amount: Decimal,
    exact: Option<Decimal>,
    schedule: Option<&'a ScheduleStep<'a>>,
    change: Option<Change<'a>>,
}

fn step<'a, O: Observer<'a>>(
    assessment: &Assessment<'a, '_>,
    component: &'a Component,
    when: Option<bool>,
    worked: &Worked<'a>,
) -> ComponentStep<'a> {
    let value = match &component.kind {
        ComponentKind::Amount(expression) => expression,
        ComponentKind::Accumulating { base, .. } => base,
    };
    let of_condition = component.when.as_ref().map_or(&[][..], |condition| assessment.seen::<O>(condition));
    let of_value = if when == Some(false) { &[] } else { assessment.seen::<O>(value) };
    let seen = match of_condition {
        [] => of_value,
        _ => {
            let mut seen = ScratchVec::from_iter_in(of_condition.iter().copied(), assessment.scratch);
            seen.extend(of_value.iter().filter(|value| !of_condition.contains(value)));
            seen.into_bump_slice()
        }
    };
    ComponentStep {
        name: &component.name,
        place: &component.place,
        when,
        seen,
        exact: worked.exact,
        schedule: worked.schedule,
        amount: worked.amount,
    }
}

fn failed(component: Option<&Component>, assessment: &Assessment<'_, '_>, reason: Inexact) -> Failure {
    let start = crate::diagnostic::Place::start_of(&assessment.program.source);
    Failure { place: component.map_or(start, |component| component.place.clone()), reason: reason.to_string() }
}

/// An amount by the program's rounding. One beyond all reason fails, so that it can't spoil the sums of a run.
fn round(assessment: &Assessment<'_, '_>, component: &Component, exact: Decimal) -> Result<Decimal, Failure> {
    let rounded = assessment.program.identification.rounding.round(exact);
    let amount = rounded.map_err(|reason| failed(Some(component), assessment, reason))?;
    if amount.abs() > MAX_AMOUNT {
        let reason = format!("the amount is larger than {MAX_AMOUNT}");
        return Err(Failure { place: component.place.clone(), reason });
    }
    Ok(amount)
}

fn amount(
    assessment: &Assessment<'_, '_>,
    expression: &Expression,
    component: &Component,
) -> Result<Worked<'static>, Failure> {
    let exact = number(&assessment.program.form, expression, &assessment.scope())?;
    let amount = round(assessment, component, exact)?;
    Ok(Worked { amount, exact: Some(exact), ..Worked::default() })
}

struct Accumulating<'a> {
    component: &'a Component,
    index: usize,
    base: &'a Expression,
    key: Option<&'a KeyPlan>,
    schedule: &'a Schedule,
    whole: bool,
}

impl<'a> Accumulating<'a> {
    fn work<O: Observer<'a>>(&self, assessment: &Assessment<'a, '_>) -> Result<Worked<'a>, Failure> {
        let scope = assessment.scope();
        let base = number(&assessment.program.form, self.base, &scope)?;
        let key = match self.key.filter(|key| !key.is_claim()) {
            Some(plan) => Some(assessment.key(plan)?),
            None => None,
        };
        let accumulator = assessment.program.base_accumulator(self.index);
        let figure = key.and_then(|key| assessment.history.figure(accumulator, key));
        let before = figure.map_or(Running::ZERO, |figure| figure.running());
        assessment.decider.with_terms(self.index, &scope, |terms| {
            let sums = self.sums(assessment, terms, before, base)?;
            let schedule = match O::STEPS {
                true => Some(&*assessment.scratch.alloc(self.step(assessment, terms, before, &sums)?)),
                false => None,
            };
            let delta = Running { count: 1, sum: base, awarded: sums.amount };
            before.plus(delta).map_err(|reason| failed(Some(self.component), assessment, reason))?;
            let change = key.map(|key| Change { accumulator, key, delta, detail: Detail::None });
            Ok(Worked { amount: sums.amount, exact: None, schedule, change })
        })
    }

    fn sums(
        &self,
        assessment: &Assessment<'_, '_>,
        terms: &Terms,
        before: Running,
        base: Decimal,
    ) -> Result<Sums, Failure> {
        let fail = |reason| failed(Some(self.component), assessment, reason);
        let total_after = add(before.sum, base).map_err(fail)?;
        let due_exact = terms.due(total_after).map_err(fail)?;
        let due_after = round(assessment, self.component, due_exact)?;
        let due_before = match before.count {
            _ if self.whole => before.awarded,
            // Before the first counted claim nothing is due, whatever the schedule says of a total of zero.
            0 => Decimal::ZERO,
            _ => round(assessment, self.component, terms.due(before.sum).map_err(fail)?)?,
        };
        let amount = subtract(due_after, due_before).map_err(fail)?;
        Ok(Sums { base, total_after, due_exact, due_after, due_before, amount })
    }

    fn step(
        &self,
        assessment: &Assessment<'a, '_>,
        terms: &Terms,
        before: Running,
        sums: &Sums,
    ) -> Result<ScheduleStep<'a>, Failure> {
        let slices = terms.slices(sums.total_after);
        let slices = slices.map_err(|reason| failed(Some(self.component), assessment, reason))?;
        Ok(ScheduleStep {
            slices: assessment.scratch.alloc_slice_copy(&slices),
            incremental: self.schedule.incremental,
            key: self.key.map_or(&[], |plan| assessment.key_seen(plan)),
            base: sums.base,
            count_before: before.count,
            total_before: before.sum,
            total_after: sums.total_after,
            band_before: terms.band(before.sum).filter(|_| before.count != 0).copied(),
            band_after: terms.band(sums.total_after).copied(),
            band_next: terms.next(sums.total_after).copied(),
            due_exact: sums.due_exact,
            due_after: sums.due_after,
            due_before: sums.due_before,
            whole: self.whole,
        })
    }
}

/// The arithmetic of an accumulating component.
struct Sums {
    base: Decimal,
    total_after: Decimal,
    due_exact: Decimal,
    due_after: Decimal,
    due_before: Decimal,
    amount: Decimal,
}
