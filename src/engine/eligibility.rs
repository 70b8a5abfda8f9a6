//! Eligibility rules before the award, and flags after it.

use super::assessment::Assessment;
use crate::{
    claim::Value,
    outcome::{Observer, Reason, RuleResult, Step},
    script::{Expression, Failure, evaluate},
};

/// Evaluates every rule, so that the claimant hears everything at once.
pub(super) fn rules<O: Observer>(assessment: &mut Assessment<'_>, observer: &mut O) {
    let program = assessment.program;
    let mut passed = Vec::with_capacity(program.rules.len());
    for rule in &program.rules {
        let reached = rule.after.is_none_or(|after| passed.get(after) == Some(&true));
        let held = if reached { holds(assessment, &rule.require) } else { Ok(false) };
        let objects = reached && held == Ok(false);
        passed.push(held == Ok(true));
        let message = if objects { assessment.message(&rule.message) } else { String::new() };
        let result = match &held {
            _ if !reached => RuleResult::NotReached,
            Ok(true) => RuleResult::Passed,
            Ok(false) => RuleResult::Objected(rule.otherwise),
            Err(_) => RuleResult::Failed,
        };
        if O::ON {
            let seen = if reached { assessment.seen(&rule.require) } else { Vec::new() };
            let (code, place) = (rule.code.clone(), rule.place.clone());
            observer.step(Step::Rule { code, place, result, seen, message: message.clone() });
        }
        if objects {
            let (code, place) = (rule.code.clone(), Some(rule.place.clone()));
            assessment.reasons.push(Reason { code, disposition: rule.otherwise, message, place });
        }
        if let Err(failure) = held {
            assessment.hold_for(&failure);
        }
    }
}

/// Raises flags.
pub(super) fn flags<O: Observer>(assessment: &mut Assessment<'_>, observer: &mut O) {
    let program = assessment.program;
    for flag in &program.flags {
        let raised = holds(assessment, &flag.when);
        let message = if raised == Ok(true) { assessment.message(&flag.message) } else { String::new() };
        let result = match &raised {
            Ok(true) => RuleResult::Objected(flag.then),
            Ok(false) => RuleResult::Passed,
            Err(_) => RuleResult::Failed,
        };
        if O::ON {
            let (code, place, seen) = (flag.code.clone(), flag.place.clone(), assessment.seen(&flag.when));
            observer.step(Step::Flag { code, place, result, seen, message: message.clone() });
        }
        if raised == Ok(true) {
            let (code, place) = (flag.code.clone(), Some(flag.place.clone()));
            assessment.flags.push(Reason { code, disposition: flag.then, message, place });
        }
        if let Err(failure) = raised {
            assessment.hold_for(&failure);
        }
    }
}

fn holds(assessment: &Assessment<'_>, condition: &Expression) -> Result<bool, Failure> {
    match evaluate(&assessment.program.form, condition, &assessment.scope())? {
        Value::Boolean(boolean) => Ok(boolean),
        _ => Err(Failure { place: condition.place().clone(), reason: "the condition has no value".to_owned() }),
    }
}
