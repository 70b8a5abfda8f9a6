//! Which figures are private: fields that are declared so, and all that is worked out from one.

use std::collections::BTreeSet;

use super::{
    ClaimPlan, Component, ComponentKind, Derived, Field, Identity, MatchKind, Program, Table, Total, TotalKind,
};
use crate::script::{Expression, Read};

impl Program {
    /// Whether a field is private.
    pub fn hides(&self, field: usize) -> bool {
        self.private.contains(&Read::Field(field))
    }

    /// Whether the ids of claims are made of a private field.
    pub fn hides_id(&self) -> bool {
        match &self.claim.id {
            Identity::Fields(fields) => fields.iter().any(|field| self.hides(*field)),
            Identity::Content => false,
        }
    }
}

/// The figures that are shown in the outcomes file alone. Totals are such where they add up what is private; what is only
/// counted, or kept apart by it, isn't.
pub(super) fn figures(
    claim: &ClaimPlan,
    tables: &[Table],
    totals: &[Total],
    derived: &[Derived],
    components: &[Component],
) -> BTreeSet<Read> {
    let is_private = |(number, field): (usize, &Field)| field.private.then_some(number);
    let fields = claim.fields.iter().enumerate().filter_map(is_private).map(Read::Field);
    let mut private: BTreeSet<Read> = fields.collect();
    for (number, table) in tables.iter().enumerate() {
        let columns = table.fields.iter().enumerate().filter_map(is_private);
        // What must equal a private figure says what it is.
        let equal = table.matches.iter().filter(|entry| looks_at(&entry.value, &private));
        let equal =
            equal.filter_map(|entry| if let MatchKind::Equal(column) = entry.kind { Some(column) } else { None });
        let columns: Vec<usize> = columns.chain(equal).collect();
        private.extend(columns.into_iter().map(|column| Read::TableCell { table: number, column }));
    }
    for (number, total) in totals.iter().enumerate() {
        if let TotalKind::Sum(figured) = &total.kind
            && looks_at(figured, &private)
        {
            private.insert(Read::Total(number));
        }
    }
    for (number, figure) in derived.iter().enumerate() {
        if looks_at(&figure.value, &private) {
            private.insert(Read::Derived(number));
        }
    }
    for (number, component) in components.iter().enumerate() {
        if component_figures(component).into_iter().any(|figure| looks_at(figure, &private)) {
            private.insert(Read::Component(number));
        }
    }
    private
}

/// The figures that a component is worked out from.
fn component_figures(component: &Component) -> Vec<&Expression> {
    match &component.kind {
        ComponentKind::Amount { amount, base } => [amount].into_iter().chain(base).collect(),
        ComponentKind::Accumulating { base, measure, .. } => [base].into_iter().chain(measure).collect(),
    }
}

fn looks_at(expression: &Expression, private: &BTreeSet<Read>) -> bool {
    expression.reads().iter().any(|(_, read)| private.contains(read))
}
