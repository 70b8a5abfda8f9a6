//! What a program may take on one claim at worst, in nodes of its typed form. Each expression counts once.

use super::{ComponentKind, KeyPart, KeyPlan, Program, TotalKind, amount::Amount};
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place},
    script::{Expression, Template, limit},
};

/// What one part of a program may take.
#[derive(Debug, Clone)]
pub struct Cost {
    /// The part, as rules or outcomes call it.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The most nodes that it evaluates on one claim.
    pub nodes: usize,
}

impl Program {
    /// What each part may take on one claim, in the order in which a claim passes them. Parts that evaluate nothing are
    /// left out.
    pub fn costs(&self) -> Vec<Cost> {
        let totals = self.totals.iter().map(|total| {
            let figured = match &total.kind {
                TotalKind::Sum(expression) | TotalKind::Distinct(expression) => Some(expression),
                TotalKind::Count | TotalKind::Awarded(_) => None,
            };
            self.cost(format!("totals.{}", total.name), &total.place, figured.into_iter().chain(in_key(&total.key)))
        });
        let tables = self
            .tables
            .iter()
            .map(|table| self.cost(table.name.clone(), &table.place, table.matches.iter().map(|one| &one.value)));
        let derived =
            self.derived.iter().map(|figure| self.cost(figure.name.clone(), figure.value.place(), [&figure.value]));
        let rules = self.rules.iter().map(|rule| self.coded(&rule.code, &rule.place, &rule.require, &rule.message));
        let components = self.components.iter().map(|component| {
            let amount = match &component.kind {
                ComponentKind::Amount { amount, base } => [amount].into_iter().chain(base).collect(),
                ComponentKind::Accumulating { base, measure, key, due, .. } => {
                    let key = key.iter().flat_map(in_key);
                    [base].into_iter().chain(measure).chain(key).chain(due.expressions()).collect::<Vec<_>>()
                }
            };
            let name = format!("award.{}", component.name);
            self.cost(name, &component.place, component.when.iter().chain(amount))
        });
        let limits = self.limits.iter().map(|limit| {
            let max = match &limit.max {
                Amount::Computed(max) => Some(max.as_ref()),
                Amount::Fixed(_) => None,
            };
            self.cost(limit.code.clone(), &limit.place, max.into_iter().chain(in_key(&limit.key)))
        });
        let flags = self.flags.iter().map(|flag| self.coded(&flag.code, &flag.place, &flag.when, &flag.message));
        let parts = totals.chain(tables).chain(derived).chain(rules).chain(components).chain(limits).chain(flags);
        parts.filter(|part| part.nodes > 0).collect()
    }

    fn coded(&self, code: &str, place: &Place, condition: &Expression, message: &Template) -> Cost {
        self.cost(code.to_owned(), place, [condition].into_iter().chain(message.expressions()))
    }

    fn cost<'e>(&self, name: String, place: &Place, expressions: impl IntoIterator<Item = &'e Expression>) -> Cost {
        let costs = expressions.into_iter().map(|expression| self.form.worst_case(expression));
        Cost { name, place: place.clone(), nodes: costs.fold(0, usize::saturating_add) }
    }
}

fn in_key(key: &KeyPlan) -> impl Iterator<Item = &Expression> {
    key.parts.iter().filter_map(|(_, part)| match part {
        KeyPart::Expression(expression) => Some(expression.as_ref()),
        KeyPart::Claim | KeyPart::Participant | KeyPart::Program | KeyPart::Period(_) => None,
    })
}

/// What all parts together may take on one claim.
pub fn total_cost(costs: &[Cost]) -> usize {
    costs.iter().fold(0, |sum, cost| sum.saturating_add(cost.nodes))
}

/// Whether a program keeps to the limit; reports it at its dearest part if it doesn't.
pub(super) fn check(program: &Program, findings: &mut Findings) -> bool {
    let costs = program.costs();
    let total = total_cost(&costs);
    let Some(dearest) = costs.iter().max_by_key(|cost| cost.nodes).filter(|_| total > limit::MAX_PROGRAM_COST) else {
        return true;
    };
    let message =
        format!("the program may take {total} nodes on one claim, and {} are allowed", limit::MAX_PROGRAM_COST);
    let finding = Diagnostic::error(Code::TooLarge, &dearest.place, message);
    let finding = finding.labelled(format!("{} of them are for this part", dearest.nodes));
    findings.add(finding.help("every round of a `for` counts: shorten its list, or nest fewer of them"));
    false
}
