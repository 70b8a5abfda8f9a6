//! What stands of the claims decided so far, by id: what a copy, a correction or a return of one of them looks at.

use std::collections::HashMap;

use super::{Disposition, Outcome};
use crate::{
    calendar::Date,
    claim::{Claim, ColumnKind, Row, Rows},
    history::{AccumulatorId, KeptChange, Running},
    money::Decimal,
};

/// What another program decided for a claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elsewhere {
    /// What became of it.
    pub disposition: Disposition,
    /// What it awards, or would: after its limits.
    pub award: Decimal,
}

/// What stands of one claim.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The hash of its content.
    pub content: u128,
    /// What was decided.
    pub outcome: Outcome<'static>,
    /// When it was received first, where the program reads that.
    pub received: Option<Date>,
    /// What the decision changed in the history.
    pub changes: Vec<KeptChange>,
    /// By component: what its amount is taken back in proportion to.
    pub bases: Vec<Decimal>,
    /// By limit: what the claim and those that took it back asked and got of a ceiling per claim.
    pub per_claim: Vec<Running>,
    /// What the programs that this one names had decided.
    pub elsewhere: Vec<Option<Elsewhere>>,
    /// By component: the base that was taken back (`sum`) and the amount (`awarded`), both above zero.
    pub taken: Vec<Running>,
    /// What it took back of another claim.
    pub took: Option<Took>,
    row: usize,
}

/// What a claim took back of another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Took {
    /// The id of the other one.
    pub original: Box<str>,
    /// By component: base and amount.
    pub taken: Vec<Running>,
    /// By limit: what was asked and given of a ceiling per claim.
    pub per_claim: Vec<Running>,
}

impl Decided {
    /// What was decided, for a claim whose row is kept.
    pub fn new(content: u128, outcome: Outcome<'static>, changes: Vec<KeptChange>) -> Self {
        let (bases, per_claim, elsewhere, taken) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { content, outcome, received: None, changes, bases, per_claim, elsewhere, taken, took: None, row: 0 }
    }

    /// Whether it was decided: what was returned may come back with any content.
    pub fn is_final(&self) -> bool {
        self.outcome.disposition != Disposition::Returned
    }

    /// What it changed in an accumulator.
    pub fn change(&self, accumulator: AccumulatorId) -> Option<&KeptChange> {
        self.changes.iter().find(|change| change.accumulator == accumulator)
    }

    /// What was taken back of a component.
    pub fn taken(&self, component: usize) -> Running {
        self.taken.get(component).copied().unwrap_or(Running::ZERO)
    }

    /// What was asked and given of a ceiling per claim.
    pub fn per_claim(&self, limit: usize) -> Running {
        self.per_claim.get(limit).copied().unwrap_or(Running::ZERO)
    }
}

/// What stands of the claims decided so far, by id.
#[derive(Debug, Default)]
pub struct Standing {
    claims: HashMap<Box<str>, Decided>,
    rows: Rows,
}

impl Standing {
    /// Nothing yet, of claims with these columns.
    pub fn new(kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        Self { claims: HashMap::new(), rows: Rows::new(kinds) }
    }

    /// What stands of a claim.
    pub fn find(&self, id: &str) -> Option<&Decided> {
        self.claims.get(id)
    }

    /// The cells of a claim that stands.
    pub fn row(&self, decided: &Decided) -> Row<'_> {
        self.rows.row(decided.row)
    }

    /// Lets a decision stand in place of what stood before.
    pub fn keep(&mut self, id: &str, claim: Claim<'_>, mut decided: Decided) {
        decided.row = self.rows.count();
        self.rows.push_row(claim.row());
        self.claims.insert(id.into(), decided);
    }

    /// Adds what a claim took back of another one.
    pub fn take_back(&mut self, took: &Took) {
        if let Some(decided) = self.claims.get_mut(&took.original) {
            add_each(&mut decided.taken, took.taken.iter().copied());
            add_each(&mut decided.per_claim, took.per_claim.iter().copied());
        }
    }

    /// Gives back what a claim took that leaves now.
    pub fn give_back(&mut self, took: &Took) {
        let back = |list: &[Running]| list.iter().map(|taken| taken.negated()).collect();
        let Took { original, taken, per_claim } = took;
        self.take_back(&Took { original: original.clone(), taken: back(taken), per_claim: back(per_claim) });
    }
}

fn add_each(figures: &mut Vec<Running>, added: impl ExactSizeIterator<Item = Running>) {
    figures.resize(figures.len().max(added.len()), Running::ZERO);
    for (figure, added) in figures.iter_mut().zip(added) {
        // INVARIANT: whoever took it back has added it to this figure exactly.
        *figure = figure.plus(added).unwrap_or(*figure);
    }
}
