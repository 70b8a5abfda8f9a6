//! What is asked of the search: each objection of an outcome, each cut, each next band.

use super::reach::Reach;
use crate::{
    claim::Constant,
    money::Decimal,
    outcome::{Aim, Disposition, EngineReason, Outcome, RuleResult, ScheduleStep, Seen, Step},
    program::{ComponentKind, Program},
    schema::Scalar,
};

/// The most values of a step that are tried as what a cell could be, or could differ by.
const MAX_SEEN: usize = 6;

/// Something that could be otherwise.
pub(super) struct Question<'p> {
    /// What a change is to do.
    pub(super) aim: Aim,
    /// What the rule can look at.
    pub(super) reach: Reach<'p>,
    /// Values that the rule compared: a change often ends at one of them.
    pub(super) seen: Vec<Constant>,
    /// Whether it is about what a limit took.
    pub(super) is_cut: bool,
    /// Where the next band starts, and whether that total belongs to it.
    edge: Option<(Decimal, bool)>,
}

/// What can be asked of an outcome.
pub(super) fn questions<'p>(program: &'p Program, outcome: &Outcome<'_>, steps: &[Step<'_>]) -> Vec<Question<'p>> {
    let reasons = outcome.reasons.iter().chain(outcome.flags.iter());
    let objecting = reasons.filter(|reason| reason.disposition != Disposition::Approved);
    let objecting = objecting.map(|reason| (reason.code.as_ref(), false));
    let cuts = outcome.cuts.iter().map(|cut| (cut.code.as_ref(), true));
    let mut questions: Vec<Question<'p>> = Vec::new();
    for (code, is_cut) in objecting.chain(cuts) {
        if let Some(reach) = reach_of(program, code, outcome) {
            let aim = Aim::Objection(code.to_owned());
            let step = steps.iter().find(|step| judges(step, code).is_some());
            let seen = limited(step.map_or_else(Vec::new, seen_in), &reach);
            questions.push(Question { aim, reach, seen, is_cut, edge: None });
        }
    }
    if matches!(outcome.disposition, Disposition::Approved | Disposition::Held) {
        questions.extend(steps.iter().filter_map(|step| next_band(program, step, outcome)));
    }
    questions
}

impl Question<'_> {
    /// What a step says of it: passed where the objection is gone or the band reached.
    pub(super) fn judge(&self, step: &Step<'_>) -> Option<RuleResult> {
        match (&self.aim, step) {
            (Aim::Objection(code), step) => judges(step, code),
            (Aim::Band(name), Step::Component(component)) if component.name == *name => {
                let (schedule, (edge, from)) = (component.schedule.as_ref()?, self.edge?);
                let reached = schedule.total_after > edge || from && schedule.total_after == edge;
                Some(if reached { RuleResult::Passed } else { RuleResult::Objected(Disposition::Approved) })
            }
            (Aim::Band(_), _) => None,
        }
    }
}

fn judges(step: &Step<'_>, wanted: &str) -> Option<RuleResult> {
    match step {
        Step::InForce { held, .. } if wanted == EngineReason::NotEffective.code() => Some(match held {
            true => RuleResult::Passed,
            false => RuleResult::Objected(EngineReason::NotEffective.disposition()),
        }),
        Step::Rule { code, result, .. } | Step::Flag { code, result, .. } if *code == wanted => Some(*result),
        Step::Limit(limit) if limit.code == wanted => Some(limit.result),
        _ => None,
    }
}

fn reach_of<'p>(program: &'p Program, code: &str, outcome: &Outcome<'_>) -> Option<Reach<'p>> {
    let mut reach = Reach::new(program, outcome.date?);
    if code == EngineReason::NotEffective.code() {
        reach.near.push(program.claim.date);
    } else if let Some(rule) = program.rules.iter().find(|rule| rule.code == code) {
        reach.expression(&rule.require, true);
    } else if let Some(flag) = program.flags.iter().find(|flag| flag.code == code) {
        reach.expression(&flag.when, true);
    } else {
        reach.limit(program.limits.iter().find(|limit| limit.code == code)?, true);
    }
    Some(reach)
}

/// The next band of a component whose base looks at one number.
fn next_band<'p>(program: &'p Program, step: &Step<'_>, outcome: &Outcome<'_>) -> Option<Question<'p>> {
    let Step::Component(step) = step else { return None };
    let schedule = step.schedule.as_ref()?;
    let next = schedule.band_next.as_ref()?;
    let component = program.components.iter().find(|component| component.name == step.name)?;
    let ComponentKind::Accumulating { base, .. } = &component.kind else { return None };
    let mut reach = Reach::new(program, outcome.date?);
    reach.expression(base, true);
    reach.far.clear();
    reach.near.retain(|field| {
        let field = program.claim.fields.get(*field).filter(|field| !field.kind.list);
        let scalar = field.map(|field| field.kind.scalar);
        matches!(scalar, Some(Scalar::Integer | Scalar::Decimal))
    });
    if reach.near.len() != 1 {
        return None;
    }
    let seen = limited(figures(schedule), &reach);
    let (aim, edge) = (Aim::Band(step.name.to_owned()), Some((next.edge?, next.from)));
    Some(Question { aim, reach, seen, is_cut: false, edge })
}

fn figures(schedule: &ScheduleStep) -> Vec<Constant> {
    let edge = schedule.band_next.as_ref().and_then(|band| band.edge);
    let figures = [Some(schedule.total_after), edge, Some(schedule.base)];
    figures.into_iter().flatten().map(Constant::Decimal).collect()
}

fn seen_in(step: &Step<'_>) -> Vec<Constant> {
    let values = |seen: &[Seen<'_>]| seen.iter().map(|seen| seen.value.into()).collect();
    match step {
        Step::Rule { seen, .. } | Step::Flag { seen, .. } => values(seen),
        Step::InForce { effective, .. } => vec![Constant::Date(effective.0), Constant::Date(effective.1)],
        Step::Limit(limit) => {
            [limit.granted, limit.max, limit.asked, limit.granted_before].map(Constant::Decimal).into()
        }
        Step::Original { .. }
        | Step::Earlier { .. }
        | Step::Lookup { .. }
        | Step::Total(_)
        | Step::Figure(_)
        | Step::Component(_) => Vec::new(),
    }
}

/// The numbers and dates among what a rule compared and has written in it, as many as are worth trying.
fn limited(seen: Vec<Constant>, reach: &Reach<'_>) -> Vec<Constant> {
    let mut kept: Vec<Constant> = Vec::new();
    for value in seen.into_iter().chain(reach.literals.iter().cloned()) {
        let is_amount = matches!(value, Constant::Integer(_) | Constant::Decimal(_) | Constant::Date(_));
        if is_amount && kept.len() < MAX_SEEN && !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
