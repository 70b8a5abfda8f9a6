//! Budgets: ceilings on all awards of a program together, and what was asked and granted of each.

use super::known::Past;
use crate::{
    money::Decimal,
    program::{Amount, KeyPart, Limit, Program},
    script::Read,
};

/// A ceiling on all awards of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The limit's code.
    pub code: String,
    /// The ceiling; `None` where it can differ between claims.
    pub max: Option<Decimal>,
    /// What approved and held claims asked of it.
    pub asked: Decimal,
    /// What they were granted of it.
    pub granted: Decimal,
    /// Whether it holds all components, and so all that is awarded.
    pub is_of_all: bool,
}

/// The budgets of a program as the past has left them.
pub fn budgets(program: &Program, past: &Past) -> Vec<Budget> {
    let is_budget = |limit: &Limit| limit.key.parts.iter().all(|(_, part)| matches!(part, KeyPart::Program));
    let limits = program.limits.iter().enumerate().filter(|(_, limit)| is_budget(limit));
    let budget = |(number, limit): (usize, &Limit)| {
        let figure = past.history.figure(program.limit_accumulator(number), past.history.key(&[]));
        let used = figure.map(|figure| figure.running()).unwrap_or_default();
        Budget {
            code: limit.code.clone(),
            max: ceiling(program, limit),
            asked: used.sum,
            granted: used.awarded,
            is_of_all: limit.of.len() == program.components.len(),
        }
    };
    limits.map(budget).collect()
}

fn ceiling(program: &Program, limit: &Limit) -> Option<Decimal> {
    let expression = match &limit.max {
        Amount::Fixed(amount) => return Some(*amount),
        Amount::Computed(expression) => expression,
    };
    let Some(Read::Param(param)) = expression.figure() else { return None };
    let param = program.params.get(param).filter(|param| !param.is_dated())?;
    param.versions.first()?.1.number()
}
