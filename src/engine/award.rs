//! The award by component: amounts of their own, what is due on running totals, and what a claim takes back of another.

use bumpalo::collections::Vec as ScratchVec;

use super::{assessment::Assessment, due};
use crate::{
    claim::Value,
    history::{Change, Running},
    money::{Decimal, Inexact, MAX_AMOUNT, add, negated, subtract},
    outcome::{ComponentStep, Decided, EngineReason, Observer, ScheduleStep, Seen, Step},
    program::{Component, ComponentKind},
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
        let due = is_due(assessment, index, component)?;
        let mut worked = Worked::default();
        if due != Some(false) {
            worked = match &component.kind {
                ComponentKind::Amount { amount, base } => {
                    own_amount(assessment, index, component, amount, base.as_ref())?
                }
                ComponentKind::Accumulating { .. } => due::accumulating::<O>(assessment, index, component)?,
            };
        }
        if O::STEPS {
            let step = step::<O>(assessment, component, due, &worked);
            observer.step(Step::Component(assessment.scratch.alloc(step)));
        }
        if worked.exceeds {
            exceeded::<O>(assessment, component);
        }
        assessment.award.components.push(worked.amount);
        changes.extend(worked.changes.into_iter().flatten());
        if assessment.decider.remembers {
            assessment.remembered.bases.push(worked.base);
            assessment.remembered.taken.push(worked.taken);
        }
    }
    if !program.limits.is_empty() {
        assessment.award.left.extend_from_slice_copy(&assessment.award.components);
    }
    let total = assessment.award.components.iter().copied().try_fold(Decimal::ZERO, add);
    assessment.award.total = total.map_err(|reason| failed(program.components.first(), assessment, reason))?;
    Ok(changes)
}

/// Whether a component is due; `None` where it always is. A claim that takes another back takes back what that one was
/// due, whatever its own cells say.
fn is_due(assessment: &Assessment<'_, '_>, index: usize, component: &Component) -> Result<Option<bool>, Failure> {
    let Some(condition) = &component.when else { return Ok(None) };
    if let Some(original) = assessment.known.original {
        let counted = original.change(assessment.program.base_accumulator(index)).is_some();
        return Ok(Some(counted || matches!(component.kind, ComponentKind::Amount { .. })));
    }
    holds(&assessment.program.form, condition, &assessment.scope()).map(Some)
}

/// A component worked out.
#[derive(Default)]
pub(super) struct Worked<'a> {
    pub(super) amount: Decimal,
    /// The amount before it was rounded, where it is one of its own.
    pub(super) exact: Option<Decimal>,
    pub(super) schedule: Option<&'a ScheduleStep<'a>>,
    /// What an approved claim adds to the base, and to what picks the band.
    pub(super) changes: [Option<Change<'a>>; 2],
    /// What the amount is taken back in proportion to.
    pub(super) base: Decimal,
    /// What it takes back of the original, both above zero.
    pub(super) taken: Running,
    /// What was awarded to the original.
    pub(super) original: Option<Decimal>,
    /// Whether it takes back more than is left of the original.
    pub(super) exceeds: bool,
}

fn step<'a, O: Observer<'a>>(
    assessment: &Assessment<'a, '_>,
    component: &'a Component,
    when: Option<bool>,
    worked: &Worked<'a>,
) -> ComponentStep<'a> {
    let value = match &component.kind {
        ComponentKind::Amount { base: Some(base), .. } if assessment.known.original.is_some() => Some(base),
        ComponentKind::Amount { .. } if assessment.known.original.is_some() => None,
        ComponentKind::Amount { amount: from, .. } | ComponentKind::Accumulating { base: from, .. } => Some(from),
    };
    let condition = component.when.as_ref().filter(|_| assessment.known.original.is_none());
    let of_condition = condition.map_or(&[][..], |condition| assessment.seen::<O>(condition));
    let of_value = value.filter(|_| when != Some(false)).map_or(&[][..], |value| assessment.seen::<O>(value));
    let mut seen = ScratchVec::from_iter_in(of_condition.iter().copied(), assessment.scratch);
    seen.extend(of_value.iter().filter(|value| !of_condition.contains(value)).copied());
    let awarded = worked.original.map(Value::Decimal);
    seen.extend(awarded.map(|value| Seen { name: "awarded to the original", value }));
    ComponentStep {
        name: &component.name,
        place: &component.place,
        when,
        seen: seen.into_bump_slice(),
        exact: worked.exact,
        schedule: worked.schedule,
        amount: worked.amount,
    }
}

pub(super) fn failed(component: Option<&Component>, assessment: &Assessment<'_, '_>, reason: Inexact) -> Failure {
    let start = crate::diagnostic::Place::start_of(&assessment.program.source);
    Failure { place: component.map_or(start, |component| component.place.clone()), reason: reason.to_string() }
}

/// An amount by the program's rounding. One beyond all reason fails, so that it can't spoil the sums of a run.
pub(super) fn round(
    assessment: &Assessment<'_, '_>,
    component: &Component,
    exact: Decimal,
) -> Result<Decimal, Failure> {
    let rounded = assessment.program.identification.rounding.round(exact);
    let amount = rounded.map_err(|reason| failed(Some(component), assessment, reason))?;
    if amount.abs() > MAX_AMOUNT {
        let reason = format!("the amount is larger than {MAX_AMOUNT}");
        return Err(Failure { place: component.place.clone(), reason });
    }
    Ok(amount)
}

fn own_amount<'a>(
    assessment: &Assessment<'a, '_>,
    index: usize,
    component: &Component,
    amount: &'a Expression,
    base: Option<&'a Expression>,
) -> Result<Worked<'a>, Failure> {
    let (form, scope) = (&assessment.program.form, assessment.scope());
    // What is taken back in proportion to something needs it of the claim that is taken back.
    let base = match base.filter(|_| assessment.decider.remembers) {
        Some(base) => Some(number(form, base, &scope)?),
        None => None,
    };
    if let Some(original) = assessment.known.original {
        return take_back(assessment, index, component, original, base);
    }
    let exact = number(form, amount, &scope)?;
    let amount = round(assessment, component, exact)?;
    Ok(Worked { amount, exact: Some(exact), base: base.unwrap_or_default(), ..Worked::default() })
}

/// What a claim takes back of an amount: what the part of the base taken back so far comes to, less what was taken back
/// before. So several parts add up to the whole, to the last unit.
fn take_back<'a>(
    assessment: &Assessment<'a, '_>,
    index: usize,
    component: &Component,
    original: &Decided,
    base: Option<Decimal>,
) -> Result<Worked<'a>, Failure> {
    let fail = |reason| failed(Some(component), assessment, reason);
    let refuse = |reason: &str| Failure { place: component.place.clone(), reason: reason.to_owned() };
    let awarded = original.outcome.components.get(index).copied().unwrap_or_default();
    let (before, whole) = (original.taken(index), original.bases.get(index).copied().unwrap_or_default());
    let has_base = |component: &Component| !matches!(component.kind, ComponentKind::Amount { base: None, .. });
    let has_bases = assessment.program.components.iter().any(has_base);
    let (part, due, exceeds) = match base {
        // Beside a part of a base, what has none went with the first part.
        None => (Decimal::ZERO, awarded, !has_bases && !awarded.is_zero() && before.awarded == awarded),
        Some(base) if base.is_sign_positive() && !base.is_zero() => {
            return Err(refuse("a claim that takes another one back has a base above zero"));
        }
        Some(base) => {
            let part = negated(base);
            let after = add(before.sum, part).map_err(fail)?;
            let taken = after.min(whole);
            let rounding = assessment.program.identification.rounding;
            let due = match whole.is_zero() {
                true => awarded,
                false => super::due::share(rounding, awarded, taken, whole).map_err(fail)?,
            };
            (part, due, !awarded.is_zero() && after > whole)
        }
    };
    let amount = subtract(before.awarded, due).map_err(fail)?;
    let taken = Running { count: 1, sum: part, awarded: negated(amount) };
    before.plus(taken).map_err(fail)?;
    Ok(Worked { amount, taken, original: Some(awarded), exceeds, ..Worked::default() })
}

/// Holds a claim that takes back more than is left; once, whatever it takes too much of.
fn exceeded<'a, O: Observer<'a>>(assessment: &mut Assessment<'a, '_>, component: &Component) {
    let reason = EngineReason::OriginalExceeded;
    if assessment.reasons.iter().any(|known| known.code == reason.code()) {
        return;
    }
    let words = || format!("more of `{}` is taken back than is left of the original", component.name);
    assessment.own(reason.because(if O::WORDS { words() } else { String::new() }, Some(component.place.clone())));
}
