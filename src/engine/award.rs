//! The award by component: amounts of their own, and what schedules make due.

use super::{
    assessment::Assessment,
    key::KeyValues,
    schedule::{Terms, number},
};
use crate::{
    claim::Value,
    history::{Change, Detail, Running},
    money::{Decimal, Inexact, MAX_AMOUNT, add, subtract},
    outcome::{ComponentStep, Observer, ScheduleStep, Step},
    program::{Component, ComponentKind, KeyPlan, Schedule},
    script::{Expression, Failure, evaluate},
};

/// Works out every component. Comes back with what an approved claim adds to their bases.
pub(super) fn components<O: Observer>(
    assessment: &mut Assessment<'_>,
    observer: &mut O,
) -> Result<Vec<Change>, Failure> {
    let program = assessment.program;
    let mut changes = Vec::new();
    for (index, component) in program.components.iter().enumerate() {
        let due = match &component.when {
            None => None,
            Some(condition) => Some(evaluate(&program.form, condition, &assessment.scope())? == Value::Boolean(true)),
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
        if O::ON {
            observer.step(Step::Component(Box::new(step(assessment, component, due, &worked))));
        }
        assessment.award.components.push(worked.amount);
        changes.extend(worked.change);
    }
    assessment.award.left = assessment.award.components.clone();
    let total = assessment.award.left.iter().copied().try_fold(Decimal::ZERO, add);
    assessment.award.total = total.map_err(|reason| failed(program.components.first(), assessment, reason))?;
    Ok(changes)
}

/// A component worked out.
#[derive(Default)]
struct Worked {
    amount: Decimal,
    exact: Option<Decimal>,
    schedule: Option<ScheduleStep>,
    change: Option<Change>,
}

fn step(assessment: &Assessment<'_>, component: &Component, when: Option<bool>, worked: &Worked) -> ComponentStep {
    let condition = component.when.as_ref();
    let value = match &component.kind {
        ComponentKind::Amount(expression) => expression,
        ComponentKind::Accumulating { base, .. } => base,
    };
    let mut seen = condition.map_or_else(Vec::new, |condition| assessment.seen(condition));
    if when != Some(false) {
        let known = seen.clone();
        seen.extend(assessment.seen(value).into_iter().filter(|value| !known.contains(value)));
    }
    ComponentStep {
        name: component.name.clone(),
        place: component.place.clone(),
        when,
        seen,
        exact: worked.exact,
        schedule: worked.schedule.clone(),
        amount: worked.amount,
    }
}

fn failed(component: Option<&Component>, assessment: &Assessment<'_>, reason: Inexact) -> Failure {
    let start = crate::diagnostic::Place::start_of(&assessment.program.source);
    Failure { place: component.map_or(start, |component| component.place.clone()), reason: reason.to_string() }
}

/// An amount by the program's rounding. One beyond all reason fails, so that it can't spoil the sums of a run.
fn round(assessment: &Assessment<'_>, component: &Component, exact: Decimal) -> Result<Decimal, Failure> {
    let rounded = assessment.program.identification.rounding.round(exact);
    let amount = rounded.map_err(|reason| failed(Some(component), assessment, reason))?;
    if amount.abs() > MAX_AMOUNT {
        let reason = format!("the amount is larger than {MAX_AMOUNT}");
        return Err(Failure { place: component.place.clone(), reason });
    }
    Ok(amount)
}

fn amount(assessment: &Assessment<'_>, expression: &Expression, component: &Component) -> Result<Worked, Failure> {
    let exact = number(assessment.program, expression, &assessment.scope())?;
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
    fn work<O: Observer>(&self, assessment: &Assessment<'a>) -> Result<Worked, Failure> {
        let scope = assessment.scope();
        let base = number(assessment.program, self.base, &scope)?;
        let terms = Terms::new(assessment.program, self.schedule, &scope)?;
        let key = match self.key.filter(|key| !key.is_claim()) {
            Some(plan) => Some(KeyValues::new(assessment.program, plan, assessment.date, &scope)?),
            None => None,
        };
        let accumulator = assessment.program.base_accumulator(self.index);
        let before = key.as_ref().map_or(Running::ZERO, |key| assessment.history.running(accumulator, &key.key));
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
        let delta = Running { count: 1, sum: base, awarded: amount };
        before.plus(delta).map_err(fail)?;
        let slices = if O::ON { terms.slices(total_after).map_err(fail)? } else { Vec::new() };
        let schedule = O::ON.then(|| ScheduleStep {
            slices,
            incremental: self.schedule.incremental,
            key: key.as_ref().map_or_else(Vec::new, KeyValues::seen),
            base,
            count_before: before.count,
            total_before: before.sum,
            total_after,
            band_before: terms.band(before.sum).filter(|_| before.count != 0).cloned(),
            band_after: terms.band(total_after).cloned(),
            band_next: terms.next(total_after).cloned(),
            due_exact,
            due_after,
            due_before,
            whole: self.whole,
        });
        let change = key.map(|key| Change { accumulator, key: key.key, delta, detail: Detail::None });
        Ok(Worked { amount, exact: None, schedule, change })
    }
}
