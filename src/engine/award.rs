//! The award by component: amounts of their own, what is due on running totals, and what a claim takes back of another.

use bumpalo::collections::Vec as ScratchVec;

use super::{assessment::Assessment, due, taking::Taking};
use crate::{
    claim::Value,
    history::{Change, Running},
    money::{Decimal, Inexact, MAX_AMOUNT, add, negated, subtract},
    outcome::{ComponentStep, EngineReason, Observer, ScheduleStep, Seen, Step},
    program::{Component, ComponentKind, KeyPlan},
    script::{Expression, Failure, Read, holds, number},
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
            let hidden = assessment.hides(Read::Component(index));
            let step = step::<O>(assessment, component, due, &worked, hidden);
            observer.step(Step::Component(assessment.scratch.alloc(step)));
        }
        if worked.exceeds || is_less_than_taken(assessment, index, component, &worked) {
            exceeded::<O>(assessment, component);
        }
        assessment.award.components.push(worked.amount);
        changes.extend(worked.changes.into_iter().flatten());
        if assessment.decider.remembers {
            assessment.remembered.bases.push(worked.base);
            assessment.remembered.measures.push(worked.measure);
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
    if let Some(original) = assessment.known.decided() {
        let counted = original.change(assessment.program.base_accumulator(index)).is_some();
        let stands_alone = component.key().is_none_or(KeyPlan::is_claim);
        return Ok(Some(counted || stands_alone));
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
    /// What it adds to a base, or what its amount is taken back in proportion to.
    pub(super) base: Decimal,
    /// What it adds to the figure that picks the band.
    pub(super) measure: Decimal,
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
    hidden: bool,
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
        hidden,
        exact: worked.exact.filter(|_| !hidden),
        schedule: worked.schedule.filter(|_| !hidden),
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
        return take_back(
            assessment,
            component,
            Taking::new(original, index, base.unwrap_or_default()),
            base.is_some(),
        );
    }
    let exact = number(form, amount, &scope)?;
    let amount = round(assessment, component, exact)?;
    Ok(Worked { amount, exact: Some(exact), base: base.unwrap_or_default(), ..Worked::default() })
}

/// What a claim takes back of an amount: what the part of the base taken back so far comes to, less what was taken back
/// before. So several parts add up to the whole, to the last unit.
fn take_back<'a>(
    assessment: &Assessment<'a, '_>,
    component: &Component,
    taking: Taking<'_>,
    has_base: bool,
) -> Result<Worked<'a>, Failure> {
    let fail = |reason| failed(Some(component), assessment, reason);
    let (awarded, before, whole) = (taking.awarded(), taking.before(), taking.whole());
    let after = taking.after().map_err(fail)?;
    let (due, exceeds) = if !has_base {
        // Beside a part of a base, what has none went with the first part.
        let bases = |component: &Component| !matches!(component.kind, ComponentKind::Amount { base: None, .. });
        let alone = !assessment.program.components.iter().any(bases);
        (awarded, alone && !awarded.is_zero() && before.awarded >= awarded)
    } else if after < before.sum {
        let reason = "a claim that takes another one back has a base above zero".to_owned();
        return Err(Failure { place: component.place.clone(), reason });
    } else if whole.is_zero() {
        (awarded, false)
    } else {
        let rounding = assessment.program.identification.rounding;
        let due = super::due::share(rounding, awarded, after.min(whole), whole).map_err(fail)?;
        (due, !awarded.is_zero() && after > whole)
    };
    let amount = subtract(before.awarded, due).map_err(fail)?;
    let taken = taking.taken(amount).map_err(fail)?;
    let base = negated(taken.sum);
    Ok(Worked { amount, base, taken, original: Some(awarded), exceeds, ..Worked::default() })
}

/// Whether a claim was corrected to less than others have taken back of it.
fn is_less_than_taken(
    assessment: &Assessment<'_, '_>,
    index: usize,
    component: &Component,
    worked: &Worked<'_>,
) -> bool {
    let taken = assessment.known.usage.taken(index);
    match component.kind {
        // What has no base was taken back by its amount.
        ComponentKind::Amount { base: None, .. } => taken.awarded > Decimal::ZERO && worked.amount < taken.awarded,
        _ => taken.sum > Decimal::ZERO && worked.base < taken.sum,
    }
}

/// Holds a claim that takes back more than is left; once, whatever it takes too much of.
fn exceeded<'a, O: Observer<'a>>(assessment: &mut Assessment<'a, '_>, component: &Component) {
    let reason = EngineReason::OriginalExceeded;
    if assessment.reasons.iter().any(|known| known.code == reason.code()) {
        return;
    }
    let words = || match assessment.known.original {
        Some(_) => format!("more of `{}` is taken back than is left of the original", component.name),
        None => format!("others have taken back more of `{}` than this claim has now", component.name),
    };
    assessment.own(reason.because(if O::WORDS { words() } else { String::new() }, Some(component.place.clone())));
}
