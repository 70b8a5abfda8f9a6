//! The expressions of a program, and when each of them is evaluated.

use crate::{
    program::{Amount, ComponentKind, KeyPart, KeyPlan, Program, TotalKind},
    script::{Expression, Read},
};

/// When an expression is evaluated.
pub(super) enum When<'p> {
    Always,
    /// When the rule or flag of this code is.
    Evaluated(&'p str),
    /// When the flag of this code was raised.
    Objected(&'p str),
    /// When the limit of this code is.
    Limited(&'p str),
    /// When the component of this number is.
    Component(usize),
    /// When its condition holds.
    Due(usize),
    /// When something is due on its total.
    Total(usize),
}

/// An expression of a program by what it is called in messages.
pub(super) struct Part<'p> {
    pub(super) name: String,
    pub(super) expression: &'p Expression,
    pub(super) when: When<'p>,
}

/// Every expression of a program.
pub(super) fn parts(program: &Program) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut add = |name: String, expression, when| parts.push(Part { name, expression, when });
    for table in &program.tables {
        table.matches.iter().for_each(|one| add(format!("table {}", table.name), &one.value, When::Always));
    }
    for total in &program.totals {
        if let TotalKind::Sum(expression) | TotalKind::Distinct(expression) = &total.kind {
            add(format!("total {}", total.name), expression, When::Always);
        }
        of_key(&total.key).for_each(|one| add(format!("key of total {}", total.name), one, When::Always));
    }
    program.derived.iter().for_each(|one| add(format!("derived {}", one.name), &one.value, When::Always));
    for rule in &program.rules {
        let when = || When::Evaluated(&rule.code);
        add(format!("rule {}", rule.code), &rule.require, when());
        rule.message.expressions().for_each(|one| add(format!("message of {}", rule.code), one, when()));
    }
    for (number, component) in program.components.iter().enumerate() {
        let name = || format!("component {}", component.name);
        let due = || if component.when.is_some() { When::Due(number) } else { When::Component(number) };
        component.when.iter().for_each(|one| add(name(), one, When::Component(number)));
        match &component.kind {
            ComponentKind::Amount { amount, base } => {
                [amount].into_iter().chain(base).for_each(|one| add(name(), one, due()));
            }
            ComponentKind::Accumulating { base, measure, key, due: dues, .. } => {
                [base].into_iter().chain(measure).for_each(|one| add(name(), one, due()));
                key.iter().flat_map(of_key).for_each(|one| add(format!("key of {}", name()), one, due()));
                let total = |one: &Expression| one.reads().iter().any(|(_, read)| *read == Read::DueTotal);
                for one in dues.expressions() {
                    add(name(), one, if total(one) { When::Total(number) } else { due() });
                }
            }
        }
    }
    for limit in &program.limits {
        let when = || When::Limited(&limit.code);
        if let Amount::Computed(max) = &limit.max {
            add(format!("limit {}", limit.code), max, when());
        }
        of_key(&limit.key).for_each(|one| add(format!("key of {}", limit.code), one, when()));
    }
    for flag in &program.flags {
        add(format!("flag {}", flag.code), &flag.when, When::Evaluated(&flag.code));
        let message = flag.message.expressions();
        message.for_each(|one| add(format!("message of {}", flag.code), one, When::Objected(&flag.code)));
    }
    parts
}

fn of_key(key: &KeyPlan) -> impl Iterator<Item = &Expression> {
    key.parts.iter().filter_map(|(_, part)| match part {
        KeyPart::Expression(expression) => Some(&**expression),
        _ => None,
    })
}
