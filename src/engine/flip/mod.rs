//! What would have changed a decision: the claim is decided again with one other cell, until the smallest change that takes
//! an objection away, or reaches the next band, is found. Nothing is said that wasn't decided.

mod again;
mod cell;
mod line;
mod probe;
mod question;
mod reach;

use again::Again;
use line::Line;
use question::Question;

use super::decider::Decider;
use crate::{
    claim::{Claim, Constant, Value},
    engine::known::Known,
    outcome::{Flip, Outcome, Step},
    program::{Identity, Program},
    schema::Scalar,
};

/// The most texts that are tried in one cell.
const MAX_CHOICES: usize = 200;

/// What would have changed a decision, by what the rules can look at. The history is as it stood when the claim was
/// decided.
pub(super) fn flips(
    decider: &Decider<'_>,
    known: Known<'_>,
    claim: Claim<'_>,
    id: &str,
    outcome: &Outcome<'_>,
    steps: &[Step<'_>],
) -> Vec<Flip> {
    // What a claim lacks is said already, and cures it.
    if !claim.deficiencies().is_empty() {
        return Vec::new();
    }
    let paid_on = reach::paid_on(decider.program, outcome.date.unwrap_or_default());
    let mut search = Search { again: Again::new(decider, known, claim, id, outcome, steps), claim, paid_on };
    let questions = question::questions(decider.program, outcome, steps);
    questions.iter().flat_map(|question| search.answers(decider.program, question)).collect()
}

struct Search<'a> {
    again: Again<'a>,
    claim: Claim<'a>,
    /// The fields that awards are worked out from: with another sign the claim would be another one.
    paid_on: Vec<usize>,
}

impl Search<'_> {
    /// What is found in the fields that a rule itself reads; only where there is nothing, in those behind tables, totals
    /// and the award.
    fn answers(&mut self, program: &Program, question: &Question<'_>) -> Vec<Flip> {
        for fields in [&question.reach.near, &question.reach.far] {
            let may = |field: &&usize| may_change(program, **field) && !self.again.hides(**field);
            let open: Vec<usize> = fields.iter().filter(may).copied().collect();
            let found: Vec<Flip> = open.iter().flat_map(|field| self.in_field(program, question, *field)).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn in_field(&mut self, program: &Program, question: &Question<'_>, field: usize) -> Vec<Flip> {
        let is_key = question.reach.keys.contains(&field);
        let choices = match self.claim.value(field) {
            Value::Boolean(boolean) => vec![Constant::Boolean(!boolean)],
            Value::Text(_) => choices(program, question, field),
            now => {
                let is_paid_on = self.paid_on.contains(&field);
                let Some(line) = Line::new(now, program.identification.scale, is_paid_on) else { return Vec::new() };
                // What only has to differ, so that the claim isn't counted with others, has no value that would do it.
                if is_key && [-1, 1].iter().all(|steps| self.does(question, field, line.at(*steps))) {
                    return Vec::new();
                }
                return self.nearest(question, field, &line).into_iter().collect();
            }
        };
        let now = Constant::from(self.claim.value(field));
        let others: Vec<Constant> = choices.into_iter().filter(|choice| *choice != now).collect();
        let (count, found) = (others.len(), others.into_iter().filter_map(|choice| self.flip(question, field, choice)));
        let found: Vec<Flip> = found.collect();
        if is_key && count > 1 && found.len() == count { Vec::new() } else { found }
    }

    fn does(&mut self, question: &Question<'_>, field: usize, to: Option<Constant>) -> bool {
        to.is_some_and(|to| self.flip(question, field, to).is_some())
    }

    /// The smallest change in either direction. One step less must leave the objection standing.
    fn nearest(&mut self, question: &Question<'_>, field: usize, line: &Line<'_>) -> Option<Flip> {
        let distances = probe::distances(line, &question.seen);
        let mut best: Option<(i64, Flip)> = None;
        for sign in [-1, 1] {
            let least = probe::least(&distances, sign, |distance| self.does(question, field, line.at(distance)));
            let Some(distance) = least.filter(|distance| best.as_ref().is_none_or(|(best, _)| *distance < *best))
            else {
                continue;
            };
            let less = line.at(sign * (distance - 1));
            if less.is_some_and(|less| distance == 1 || self.again.stands(question, field, &less))
                && let Some(flip) = line.at(sign * distance).and_then(|value| self.flip(question, field, value))
            {
                best = Some((distance, flip));
            }
        }
        best.map(|(_, flip)| flip)
    }

    /// What would become of the claim with a value, where that does it.
    fn flip(&mut self, question: &Question<'_>, field: usize, to: Constant) -> Option<Flip> {
        let verdict = self.again.flipped(question, field, &to)?;
        let now = Constant::from(self.claim.value(field));
        let (disposition, objections, award) = (verdict.disposition, verdict.objections, verdict.award);
        Some(Flip { aim: question.aim.clone(), field, now, to, disposition, objections, award })
    }
}

/// The texts that a cell could hold: those declared, or those with which the rule compares something.
fn choices(program: &Program, question: &Question<'_>, field: usize) -> Vec<Constant> {
    let declared = program.claim.fields.get(field).and_then(|field| field.kind.choices.as_ref());
    let choices: Vec<Constant> = match declared {
        Some(choices) => choices.iter().map(|choice| Constant::Text(choice.as_str().into())).collect(),
        None => {
            question.reach.literals.iter().filter(|literal| matches!(literal, Constant::Text(_))).cloned().collect()
        }
    };
    // Of so many texts none says what is wrong with this one.
    if choices.len() > MAX_CHOICES { Vec::new() } else { choices }
}

/// Whether a claim with another value in a field would still be the same claim of the same participant.
fn may_change(program: &Program, field: usize) -> bool {
    let plan = &program.claim;
    let column = |field: usize| plan.fields.get(field).map(|field| field.column.as_str());
    let id = if let Identity::Fields(fields) = &plan.id { fields.as_slice() } else { &[] };
    let is_who = id.iter().chain([&plan.participant]).any(|other| column(*other) == column(field));
    let scalar = plan.fields.get(field).filter(|field| !field.kind.list).map(|field| field.kind.scalar);
    let is_amount = matches!(scalar, Some(Scalar::Date | Scalar::Integer | Scalar::Decimal));
    !is_who && scalar.is_some() && (is_amount || !plan.order.contains(&field))
}
