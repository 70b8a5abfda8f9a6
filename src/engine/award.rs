//! The award by component: amounts of their own, and what schedules make due.

use super::{
    decide::Case,
    key::KeyValues,
    schedule::{Terms, number},
};
use crate::{
    claim::Value,
    history::{Change, Detail, Running},
    money::{Decimal, Inexact, MAX_AMOUNT, add, subtract},
    outcome::{ComponentStep, Cut, Observer, ScheduleStep, Step},
    program::{Component, ComponentKind, KeyPlan, Schedule},
    script::{Expression, Failure, evaluate},
};

/// The award as far as it is worked out.
#[derive(Debug, Clone, Default)]
pub(super) struct Award {
    /// Each component before limits.
    pub(super) components: Vec<Decimal>,
    /// What limits left of each.
    pub(super) left: Vec<Decimal>,
    /// What limits took.
    pub(super) cuts: Vec<Cut>,
    /// The award after limits.
    pub(super) total: Decimal,
    /// All that limits took.
    pub(super) cut: Decimal,
}

/// Works out every component. Comes back with what an approved claim adds to their bases.
pub(super) fn components<O: Observer>(case: &mut Case<'_>, observer: &mut O) -> Result<Vec<Change>, Failure> {
    let program = case.program;
    let mut changes = Vec::new();
    for (index, component) in program.components.iter().enumerate() {
        let due = match &component.when {
            None => None,
            Some(condition) => Some(evaluate(&program.form, condition, &case.scope())? == Value::Boolean(true)),
        };
        let mut worked = Worked::default();
        if due != Some(false) {
            worked = match &component.kind {
                ComponentKind::Amount(expression) => amount(case, expression, component)?,
                ComponentKind::Accumulating { base, key, schedule, whole } => {
                    let accumulating =
                        Accumulating { component, index, base, key: key.as_ref(), schedule, whole: *whole };
                    accumulating.work::<O>(case)?
                }
            };
        }
        if O::ON {
            observer.step(Step::Component(Box::new(step(case, component, due, &worked))));
        }
        case.award.components.push(worked.amount);
        changes.extend(worked.change);
    }
    case.award.left = case.award.components.clone();
    let total = case.award.left.iter().copied().try_fold(Decimal::ZERO, add);
    case.award.total = total.map_err(|reason| failed(program.components.first(), case, reason))?;
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

fn step(case: &Case<'_>, component: &Component, when: Option<bool>, worked: &Worked) -> ComponentStep {
    let condition = component.when.as_ref();
    let value = match &component.kind {
        ComponentKind::Amount(expression) => expression,
        ComponentKind::Accumulating { base, .. } => base,
    };
    let mut seen = condition.map_or_else(Vec::new, |condition| case.seen(condition));
    if when != Some(false) {
        let known = seen.clone();
        seen.extend(case.seen(value).into_iter().filter(|value| !known.contains(value)));
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

fn failed(component: Option<&Component>, case: &Case<'_>, reason: Inexact) -> Failure {
    let start = crate::diagnostic::Place::start_of(&case.program.source);
    Failure { place: component.map_or(start, |component| component.place.clone()), reason: reason.to_string() }
}

/// An amount by the program's rounding. One beyond all reason fails, so that it can't spoil the sums of a run.
fn round(case: &Case<'_>, component: &Component, exact: Decimal) -> Result<Decimal, Failure> {
    let rounded = case.program.identification.rounding.round(exact);
    let amount = rounded.map_err(|reason| failed(Some(component), case, reason))?;
    if amount.abs() > MAX_AMOUNT {
        let reason = format!("the amount is larger than {MAX_AMOUNT}");
        return Err(Failure { place: component.place.clone(), reason });
    }
    Ok(amount)
}

fn amount(case: &Case<'_>, expression: &Expression, component: &Component) -> Result<Worked, Failure> {
    let exact = number(case.program, expression, &case.scope())?;
    let amount = round(case, component, exact)?;
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
    fn work<O: Observer>(&self, case: &Case<'a>) -> Result<Worked, Failure> {
        let scope = case.scope();
        let base = number(case.program, self.base, &scope)?;
        let terms = Terms::new(case.program, self.schedule, &scope)?;
        let key = match self.key.filter(|key| !key.is_claim()) {
            Some(plan) => Some(KeyValues::new(case.program, plan, case.date, &scope)?),
            None => None,
        };
        let accumulator = case.program.base_accumulator(self.index);
        let before = key.as_ref().map_or(Running::ZERO, |key| case.history.running(accumulator, &key.key));
        let fail = |reason| failed(Some(self.component), case, reason);
        let total_after = add(before.sum, base).map_err(fail)?;
        let due_exact = terms.due(total_after).map_err(fail)?;
        let due_after = round(case, self.component, due_exact)?;
        let due_before = match before.count {
            _ if self.whole => before.awarded,
            // Before the first counted claim nothing is due, whatever the schedule says of a total of zero.
            0 => Decimal::ZERO,
            _ => round(case, self.component, terms.due(before.sum).map_err(fail)?)?,
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
