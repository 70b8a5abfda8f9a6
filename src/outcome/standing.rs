//! What stands of the claims decided so far, by id: what a copy, a correction or a return of one of them looks at.

use std::collections::HashMap;

use super::{Disposition, Outcome};
use crate::{
    calendar::Date,
    claim::{Cell, Claim, ColumnKind, Row, Rows},
    history::{AccumulatorId, KeptChange, Running},
    money::{Decimal, negated},
};

/// What another program decided for a claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elsewhere {
    /// What became of it.
    pub disposition: Disposition,
    /// What it awards, or would: after its limits.
    pub award: Decimal,
}

/// Which rules decided what stands of a claim, which say what leaves with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecidedBy {
    /// Those at hand.
    #[default]
    These,
    /// Those of before with a number, which have the same figures: by them it leaves.
    Earlier(i64),
    /// Others, or nobody knows: it leaves as it came, since nobody can say what would leave with it.
    Others,
    /// The standard ones, before the arrangement at hand was there: for that it is decided anew, though it is the same claim.
    Standard,
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
    /// By component: what it added to the base, or what its amount is taken back in proportion to.
    pub bases: Vec<Decimal>,
    /// By component: what it added to the figure that picks the band, where that isn't the base.
    pub measures: Vec<Decimal>,
    /// What the programs that this one names had decided.
    pub elsewhere: Vec<Option<Elsewhere>>,
    /// What became of it by claims that took some of it back.
    pub usage: Usage,
    /// What had become of it when it was decided.
    pub usage_before: Usage,
    /// What it took back of another claim.
    pub took: Option<Took>,
    /// All that its decision changed of what became of others: what it took back, and what it gave back before.
    pub uses: Vec<Took>,
    /// Which rules decided it.
    pub by: DecidedBy,
    /// What left the history before it, where the claim was decided before.
    pub left: Vec<KeptChange>,
    /// A mark of the figures that it was decided on, where they changed with it.
    pub seen: u64,
    row: usize,
}

/// What became of a claim by those that took some of it back, and what stands under ceilings that it has for itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// By component: the base (`sum`) and the amount (`awarded`) that approved and held claims took back, both above zero.
    pub taken: Vec<Running>,
    /// By component: the base that approved claims alone took back, and of the figure that picks the band.
    pub gone: Vec<[Decimal; 2]>,
    /// By limit: what the claim and those that took it back asked and got of a ceiling per claim.
    pub per_claim: Vec<Running>,
}

impl Usage {
    /// What was taken back of a component.
    pub fn taken(&self, component: usize) -> Running {
        self.taken.get(component).copied().unwrap_or(Running::ZERO)
    }

    /// What approved claims took back of a component's base, and of what picks its band.
    pub fn gone(&self, component: usize) -> [Decimal; 2] {
        self.gone.get(component).copied().unwrap_or_default()
    }

    /// What was asked and given of a ceiling per claim.
    pub fn per_claim(&self, limit: usize) -> Running {
        self.per_claim.get(limit).copied().unwrap_or(Running::ZERO)
    }

    /// Both together.
    pub fn add(&mut self, other: &Self) {
        add_each(&mut self.taken, &other.taken);
        add_each(&mut self.per_claim, &other.per_claim);
        self.gone.resize(self.gone.len().max(other.gone.len()), [Decimal::ZERO; 2]);
        for (gone, more) in self.gone.iter_mut().zip(&other.gone) {
            for (figure, more) in gone.iter_mut().zip(more) {
                *figure = figure.saturating_add(*more);
            }
        }
    }

    /// The same given back.
    #[must_use]
    pub fn negated(&self) -> Self {
        let each = |list: &[Running]| list.iter().map(|one| one.negated()).collect();
        let gone = self.gone.iter().map(|gone| gone.map(negated)).collect();
        Self { taken: each(&self.taken), gone, per_claim: each(&self.per_claim) }
    }
}

fn add_each(figures: &mut Vec<Running>, added: &[Running]) {
    figures.resize(figures.len().max(added.len()), Running::ZERO);
    for (figure, added) in figures.iter_mut().zip(added) {
        // INVARIANT: whoever took it back has added it to this figure exactly.
        *figure = figure.plus(*added).unwrap_or(*figure);
    }
}

/// What a claim took back of another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Took {
    /// The id of the other one.
    pub original: Box<str>,
    /// How much.
    pub usage: Usage,
}

impl Decided {
    /// What was decided, for a claim whose row is kept.
    pub fn new(content: u128, outcome: Outcome<'static>, changes: Vec<KeptChange>) -> Self {
        Self {
            content,
            outcome,
            received: None,
            changes,
            bases: Vec::new(),
            measures: Vec::new(),
            elsewhere: Vec::new(),
            usage: Usage::default(),
            usage_before: Usage::default(),
            took: None,
            uses: Vec::new(),
            left: Vec::new(),
            by: DecidedBy::These,
            seen: 0,
            row: 0,
        }
    }

    /// Whether it was decided: what was returned may come back with any content.
    pub fn is_final(&self) -> bool {
        self.outcome.disposition != Disposition::Returned
    }

    /// What it changed in an accumulator.
    pub fn change(&self, accumulator: AccumulatorId) -> Option<&KeptChange> {
        self.changes.iter().find(|change| change.accumulator == accumulator)
    }

    /// What it added to a component's base.
    pub fn base(&self, component: usize) -> Decimal {
        self.bases.get(component).copied().unwrap_or_default()
    }

    /// What it added to the figure that picks a component's band.
    pub fn measure(&self, component: usize) -> Decimal {
        self.measures.get(component).copied().unwrap_or_default()
    }

    /// What a component came to, before limits.
    pub fn amount(&self, component: usize) -> Decimal {
        self.outcome.components.get(component).copied().unwrap_or_default()
    }
}

/// What stands of the claims decided so far, by id.
#[derive(Debug, Default)]
pub struct Standing {
    claims: HashMap<Box<str>, Decided>,
    rows: Rows,
    /// What became of others since a decision was kept.
    uses: Vec<Took>,
}

impl Standing {
    /// Nothing yet, of claims with these columns.
    pub fn new(kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        Self { claims: HashMap::new(), rows: Rows::new(kinds), uses: Vec::new() }
    }

    /// What stands of a claim.
    pub fn find(&self, id: &str) -> Option<&Decided> {
        self.claims.get(id)
    }

    /// What stands of a claim, to be changed.
    pub fn find_mut(&mut self, id: &str) -> Option<&mut Decided> {
        self.claims.get_mut(id)
    }

    /// The cells of a claim that stands.
    pub fn row(&self, decided: &Decided) -> Row<'_> {
        self.rows.row(decided.row)
    }

    /// Lets a decision stand in place of what stood before.
    pub fn keep(&mut self, id: &str, claim: Claim<'_>, mut decided: Decided) {
        decided.row = self.rows.count();
        decided.uses = std::mem::take(&mut self.uses);
        decided.usage_before.clone_from(&decided.usage);
        self.rows.push_row(claim.row());
        self.claims.insert(id.into(), decided);
    }

    /// Brings what stood of a claim before, with its cells.
    pub fn bring<'t>(&mut self, id: &str, cells: impl IntoIterator<Item = Cell<'t>>, mut decided: Decided) {
        decided.row = self.rows.count();
        self.rows.push(cells);
        self.claims.insert(id.into(), decided);
    }

    /// Hands out what stands of every claim, with its cells, by id.
    pub fn each(&self, mut sink: impl FnMut(&str, &Decided, Row<'_>)) {
        let mut ids: Vec<&str> = self.claims.keys().map(AsRef::as_ref).collect();
        ids.sort_unstable();
        for id in ids {
            if let Some(decided) = self.claims.get(id) {
                sink(id, decided, self.row(decided));
            }
        }
    }

    /// Forgets what became of others, where a decision that was kept says it.
    pub fn forget_uses(&mut self) {
        self.uses.clear();
    }

    /// Forgets all claims; whoever brought them can bring them again.
    pub fn clear(&mut self) {
        self.claims.clear();
        self.rows.clear();
    }

    /// Adds to what became of a claim.
    pub fn use_up(&mut self, id: &str, usage: &Usage) {
        self.uses.push(Took { original: id.into(), usage: usage.clone() });
        if let Some(decided) = self.claims.get_mut(id) {
            decided.usage.add(usage);
        }
    }
}
