//! Which fields of a claim a rule can look at, also through figures, tables, totals and the award.

use std::collections::BTreeSet;

use crate::{
    calendar::Date,
    claim::Constant,
    program::{Amount, Component, ComponentKind, Due, KeyPart, KeyPlan, Limit, Program},
    script::{Expression, Read},
};

/// What a rule can look at.
pub(super) struct Reach<'p> {
    program: &'p Program,
    date: Date,
    /// Fields that it reads itself, or through derived figures.
    pub(super) near: Vec<usize>,
    /// Fields behind tables, totals, dated params and the award.
    pub(super) far: Vec<usize>,
    /// Those of them that tell claims apart in the key of a total or limit.
    pub(super) keys: Vec<usize>,
    /// What it compares fields with: its literals, and the params that it reads.
    pub(super) literals: Vec<Constant>,
    followed: BTreeSet<(bool, Read)>,
}

impl<'p> Reach<'p> {
    /// Nothing yet, on a date.
    pub(super) fn new(program: &'p Program, date: Date) -> Self {
        let (near, far, keys, literals) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { program, date, near, far, keys, literals, followed: BTreeSet::new() }
    }

    /// Adds what an expression looks at.
    pub(super) fn expression(&mut self, expression: &Expression, near: bool) {
        if near {
            self.literals.extend(self.program.form.literals(expression));
        }
        expression.reads().iter().for_each(|(_, read)| self.read(*read, near));
    }

    /// Adds what a limit looks at.
    pub(super) fn limit(&mut self, limit: &Limit, near: bool) {
        let program = self.program;
        limit
            .of
            .iter()
            .filter_map(|number| program.components.get(*number))
            .for_each(|held| self.component(held, near));
        self.key(&limit.key);
        if let Amount::Computed(max) = &limit.max {
            self.expression(max, near);
        }
    }

    fn component(&mut self, component: &Component, near: bool) {
        component.when.iter().for_each(|when| self.expression(when, near));
        match &component.kind {
            ComponentKind::Amount { amount, .. } => self.expression(amount, near),
            ComponentKind::Accumulating { base, measure, key, due, .. } => {
                self.expression(base, near);
                if let Some(measure) = measure {
                    self.expression(measure, near);
                }
                if let Some(key) = key {
                    self.key(key);
                }
                due.expressions().into_iter().for_each(|expression| self.expression(expression, false));
                let table = if let Due::Tiers(schedule) = due { schedule.table() } else { None };
                if let Some(bands) = table {
                    self.read(Read::TableRow(bands.table), false);
                }
            }
        }
    }

    fn key(&mut self, plan: &KeyPlan) {
        for (_, part) in &plan.parts {
            match part {
                KeyPart::Claim | KeyPart::Program | KeyPart::Participant => {}
                KeyPart::Period(_) => self.field(self.program.claim.date, false),
                KeyPart::Expression(expression) => {
                    let fields = expression.reads().iter().filter_map(|(_, read)| match read {
                        Read::Field(field) => Some(*field),
                        _ => None,
                    });
                    self.keys.extend(fields);
                    self.expression(expression, false);
                }
            }
        }
    }

    fn field(&mut self, field: usize, near: bool) {
        let known = self.near.contains(&field) || !near && self.far.contains(&field);
        if !known {
            let fields = if near { &mut self.near } else { &mut self.far };
            fields.push(field);
        }
    }

    fn read(&mut self, read: Read, near: bool) {
        if !self.followed.insert((near, read)) {
            return;
        }
        let program = self.program;
        match read {
            Read::Presence | Read::Earlier(_) | Read::DueTotal => {}
            Read::CountedOn => self.field(program.claim.date, near),
            Read::ReceivedFirst => program.claim.received.iter().for_each(|field| self.field(*field, near)),
            Read::Field(field) => self.field(field, near),
            Read::Param(number) => self.param(number, near),
            Read::Total(number) => {
                let Some(total) = program.totals.get(number) else { return };
                self.key(&total.key);
                if total.within.is_some() {
                    self.field(program.claim.date, false);
                }
            }
            Read::Derived(number) => {
                program.derived.get(number).iter().for_each(|figure| self.expression(&figure.value, near));
            }
            Read::TableRow(table) | Read::TableCell { table, .. } => {
                let Some(table) = program.tables.get(table) else { return };
                table.matches.iter().for_each(|one| self.expression(&one.value, false));
                if table.effective.is_some() {
                    self.field(program.claim.date, false);
                }
            }
            Read::Component(number) => {
                program.components.get(number).iter().for_each(|component| self.component(component, false));
            }
            Read::AwardTotal | Read::AwardCut => {
                program.components.iter().for_each(|component| self.component(component, false));
                program.limits.iter().for_each(|limit| self.limit(limit, false));
            }
        }
    }

    fn param(&mut self, number: usize, near: bool) {
        let Some(param) = self.program.params.get(number) else { return };
        if param.is_dated() {
            self.field(self.program.claim.date, false);
        }
        if near {
            match param.value_on(self.date) {
                Constant::List(items) => self.literals.extend(items.iter().cloned()),
                value => self.literals.push(value.clone()),
            }
        }
    }
}

/// The fields that the components of an award are worked out from.
pub(super) fn paid_on(program: &Program, date: Date) -> Vec<usize> {
    let mut reach = Reach::new(program, date);
    for component in &program.components {
        let (ComponentKind::Amount { amount: from, .. } | ComponentKind::Accumulating { base: from, .. }) =
            &component.kind;
        reach.expression(from, true);
    }
    reach.near
}
