//! Limits: what is granted of what a claim asks, under ceilings per key.

use std::borrow::Cow;

use super::{assessment::Assessment, schedule::amount};
use crate::{
    history::{AccumulatorId, Change, Detail, Key, Running},
    money::{Decimal, Inexact, add, subtract},
    outcome::{Cut, Disposition, LimitStep, Observer, Outcome, Reason, RuleResult, Step},
    program::{Amount, Limit, LimitEffect, Program},
    script::Failure,
};

/// Applies every limit, in order, each asked what those before it left.
pub(super) fn limits<'a, O: Observer<'a>>(
    assessment: &mut Assessment<'a, '_>,
    observer: &mut O,
) -> Result<(), Failure> {
    let program = assessment.program;
    // A claim that would pass a ceiling and is held or rejected for it uses up neither that limit nor later ones.
    let mut uses_up = true;
    for (index, limit) in program.limits.iter().enumerate() {
        let fail = |reason: Inexact| Failure { place: limit.place.clone(), reason: reason.to_string() };
        let max = amount(program, &limit.max, &assessment.scope())?;
        let hidden = matches!(&limit.max, Amount::Computed(max) if assessment.hides_any(max));
        let accumulator = program.limit_accumulator(index);
        let key = key(assessment, limit, accumulator)?;
        let before = before(assessment, limit, index, key);
        let asked = sum(&held_components(limit, assessment)).map_err(fail)?;
        let is_overridden = limit.then == LimitEffect::Hold
            && assessment.known.effect(&limit.code, Disposition::Held) != Disposition::Held;
        let granted = if is_overridden { asked } else { grant(before, asked, max).map_err(fail)? };
        if granted.normalize().scale() > program.identification.scale {
            let reason = format!("the ceiling of {max} has more decimal places than amounts of this program");
            return Err(Failure { place: limit.place.clone(), reason });
        }
        let over = granted != asked;
        let result = match limit.then {
            LimitEffect::Cut if over => RuleResult::Objected(Disposition::Approved),
            LimitEffect::Hold if over => RuleResult::Objected(Disposition::Held),
            LimitEffect::Reject if over => RuleResult::Objected(Disposition::Rejected),
            _ => RuleResult::Passed,
        };
        if O::STEPS {
            let (code, place, key) = (limit.code.as_str(), &limit.place, assessment.key_seen(&limit.key));
            let granted_before = before.awarded;
            let step = LimitStep { code, place, key, hidden, max, asked, granted_before, granted, result };
            observer.step(Step::Limit(assessment.scratch.alloc(step)));
        }
        match result {
            RuleResult::Objected(Disposition::Approved) => cut(assessment, limit, asked, granted).map_err(fail)?,
            RuleResult::Objected(disposition) => {
                uses_up = false;
                let granted = before.awarded;
                let ceiling = if hidden { "(private)".to_owned() } else { max.to_string() };
                let words = || format!("{asked} would pass the ceiling of {ceiling}, of which {granted} are granted");
                let message = Cow::Borrowed(if O::WORDS { assessment.scratch.alloc_str(&words()) } else { "" });
                let (code, place) = (Cow::Borrowed(limit.code.as_str()), Some(Cow::Borrowed(&limit.place)));
                assessment.reasons.push(Reason { code, disposition, message, place });
            }
            _ => {}
        }
        let delta = Running { count: 1, sum: asked, awarded: granted };
        before.plus(delta).map_err(fail)?;
        if assessment.decider.remembers {
            let of_claim = if uses_up && limit.key.is_claim() { delta } else { Running::ZERO };
            assessment.remembered.per_claim.push(of_claim);
        }
        if uses_up && !limit.key.is_claim() {
            assessment.limit_changes.push(Change { accumulator, key, delta, detail: Detail::None });
        }
    }
    // Rules and messages show it with the places of the program, cut or not.
    let scale = program.identification.scale;
    for amount in [&mut assessment.award.total, &mut assessment.award.cut] {
        if amount.scale() < scale {
            amount.rescale(scale);
        }
    }
    Ok(())
}

/// The key of a claim, or of the one that it takes back.
fn key<'a>(assessment: &Assessment<'a, '_>, limit: &'a Limit, accumulator: AccumulatorId) -> Result<Key<'a>, Failure> {
    match assessment.known.decided().and_then(|original| original.change(accumulator)) {
        Some(change) => Ok(assessment.known.history.key(assessment.scratch.alloc_slice_copy(change.key()))),
        None => assessment.key(&limit.key),
    }
}

/// What was asked and granted before.
fn before(assessment: &Assessment<'_, '_>, limit: &Limit, index: usize, key: Key<'_>) -> Running {
    if limit.key.is_claim() {
        let usage = assessment.known.decided().map_or(assessment.known.usage, |original| &original.usage);
        return usage.per_claim(index);
    }
    let figure = assessment.known.history.figure(assessment.program.limit_accumulator(index), key);
    figure.map_or(Running::ZERO, |figure| figure.running())
}

pub(super) fn sum(held: &[(usize, Decimal)]) -> Result<Decimal, Inexact> {
    held.iter().try_fold(Decimal::ZERO, |sum, (_, left)| add(sum, *left))
}

/// With `asked` asked and R granted so far, a claim gets the least of all asked and the ceiling, less R, and never
/// more than it asks or the opposite of it. So a return after a cut takes back only what falls below the ceiling.
pub(super) fn grant(before: Running, asked: Decimal, max: Decimal) -> Result<Decimal, Inexact> {
    let allowed = add(before.sum, asked)?.min(max);
    let (least, most) = (asked.min(Decimal::ZERO), asked.max(Decimal::ZERO));
    Ok(subtract(allowed, before.awarded)?.clamp(least, most))
}

/// What earlier limits left of the components that a limit holds.
pub(super) fn held_components(limit: &Limit, assessment: &Assessment<'_, '_>) -> Vec<(usize, Decimal)> {
    limit.of.iter().map(|index| (*index, assessment.award.left.get(*index).copied().unwrap_or_default())).collect()
}

/// Takes the cut from the components that the limit holds, the last of them first.
pub(super) fn cut<'a>(
    assessment: &mut Assessment<'a, '_>,
    limit: &'a Limit,
    asked: Decimal,
    granted: Decimal,
) -> Result<(), Inexact> {
    let taken = subtract(asked, granted)?;
    take(&mut assessment.award.left, limit, taken)?;
    assessment.award.cuts.push(Cut { code: Cow::Borrowed(&limit.code), amount: taken });
    assessment.award.cut = add(assessment.award.cut, taken)?;
    assessment.award.total = subtract(assessment.award.total, taken)?;
    Ok(())
}

/// Takes an amount from what is left of the components that a limit holds, the last of them first.
fn take(left: &mut [Decimal], limit: &Limit, taken: Decimal) -> Result<(), Inexact> {
    let mut rest = taken;
    for index in limit.of.iter().rev() {
        let Some(left) = left.get_mut(*index) else { continue };
        let part = rest.clamp((*left).min(Decimal::ZERO), (*left).max(Decimal::ZERO));
        *left = subtract(*left, part)?;
        rest = subtract(rest, part)?;
    }
    Ok(())
}

/// What limits left of each component of an outcome: together its award, or what is pending.
pub fn after_limits(program: &Program, outcome: &Outcome<'_>) -> Result<Vec<Decimal>, Inexact> {
    let mut left = outcome.components.to_vec();
    for cut in outcome.cuts.iter() {
        if let Some(limit) = program.limits.iter().find(|limit| limit.code == cut.code) {
            take(&mut left, limit, cut.amount)?;
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(sequence: &[i64], max: i64) -> Vec<i64> {
        let mut before = Running::ZERO;
        let mut list = Vec::new();
        for asked in sequence {
            let asked = Decimal::from(*asked);
            let granted = grant(before, asked, Decimal::from(max)).unwrap();
            before = before.plus(Running { count: 1, sum: asked, awarded: granted }).unwrap();
            list.push(i64::try_from(granted.mantissa()).unwrap());
        }
        list
    }

    #[test]
    fn a_return_after_a_cut_takes_back_only_what_falls_below_the_ceiling() {
        assert_eq!(granted(&[80, 50, -20, -40], 100), [80, 20, 0, -30]);
        assert_eq!(granted(&[130, -30, -1], 100), [100, 0, -1]);
        assert_eq!(granted(&[-10, 120], 100), [-10, 110]);
    }
}
