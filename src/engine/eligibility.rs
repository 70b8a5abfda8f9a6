//! Eligibility rules before the award, and flags after it.

use std::borrow::Cow;

use bumpalo::collections::Vec as ScratchVec;

use super::assessment::Assessment;
use crate::{
    outcome::{Observer, Reason, RuleResult, Step},
    script::{Evaluation, Failure, holds},
};

/// Evaluates every rule, so that the claimant hears everything at once.
pub(super) fn rules<'a, O: Observer<'a>>(assessment: &mut Assessment<'a, '_>, observer: &mut O) {
    let program = assessment.program;
    let mut judged: ScratchVec<'_, (bool, Result<bool, Failure>)> =
        ScratchVec::with_capacity_in(program.rules.len(), assessment.scratch);
    let scope = assessment.scope();
    let mut evaluation = Evaluation::new(&program.form, &scope);
    for rule in &program.rules {
        let reached = rule.after.is_none_or(|after| matches!(judged.get(after), Some((_, Ok(true)))));
        judged.push((reached, if reached { evaluation.holds(&rule.require) } else { Ok(false) }));
    }
    for (rule, (reached, held)) in program.rules.iter().zip(judged) {
        let objects = reached && held == Ok(false);
        let message = if objects { assessment.message::<O>(&rule.message) } else { "" };
        let result = match &held {
            _ if !reached => RuleResult::NotReached,
            Ok(true) => RuleResult::Passed,
            Ok(false) => RuleResult::Objected(assessment.known.effect(&rule.code, rule.otherwise)),
            Err(_) => RuleResult::Failed,
        };
        if O::STEPS {
            let seen = if reached { assessment.seen::<O>(&rule.require) } else { &[] };
            observer.step(Step::Rule { code: &rule.code, place: &rule.place, result, seen, message });
        }
        if objects {
            let (code, place) = (Cow::Borrowed(rule.code.as_str()), Some(Cow::Borrowed(&rule.place)));
            let message = Cow::Borrowed(message);
            let disposition = assessment.known.effect(&rule.code, rule.otherwise);
            assessment.reasons.push(Reason { code, disposition, message, place });
        }
        if let Err(failure) = held {
            assessment.hold_for(&failure);
        }
    }
}

/// Raises flags.
pub(super) fn flags<'a, O: Observer<'a>>(assessment: &mut Assessment<'a, '_>, observer: &mut O) {
    let program = assessment.program;
    for flag in &program.flags {
        let raised = holds(&program.form, &flag.when, &assessment.scope());
        let message = if raised == Ok(true) { assessment.message::<O>(&flag.message) } else { "" };
        let result = match &raised {
            Ok(true) => RuleResult::Objected(assessment.known.effect(&flag.code, flag.then)),
            Ok(false) => RuleResult::Passed,
            Err(_) => RuleResult::Failed,
        };
        if O::STEPS {
            let seen = assessment.seen::<O>(&flag.when);
            observer.step(Step::Flag { code: &flag.code, place: &flag.place, result, seen, message });
        }
        if raised == Ok(true) {
            let (code, place) = (Cow::Borrowed(flag.code.as_str()), Some(Cow::Borrowed(&flag.place)));
            let message = Cow::Borrowed(message);
            let disposition = assessment.known.effect(&flag.code, flag.then);
            assessment.flags.push(Reason { code, disposition, message, place });
        }
        if let Err(failure) = raised {
            assessment.hold_for(&failure);
        }
    }
}
