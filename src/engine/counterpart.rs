//! What figures of one version of a program are in another: components and limits may be others there, or stand elsewhere.

use crate::{
    claim::Cell,
    history::{AccumulatorId, Change, History, KeptChange, Running},
    outcome::{Decided, Took, Usage},
    program::Layout,
};

/// The places of one version's figures in another.
#[derive(Debug)]
pub struct Counterpart {
    /// By accumulator of the one version; none where the other has no such figure.
    accumulators: Vec<Option<AccumulatorId>>,
    /// By component of the other version: that of the one.
    components: Vec<Option<usize>>,
    /// By limit of the other version: that of the one.
    limits: Vec<Option<usize>>,
    /// By field of the other version: that of the one.
    fields: Vec<Option<usize>>,
    is_same: bool,
}

impl Counterpart {
    /// What the figures of one version are in the other.
    pub fn new(one: &Layout, other: &Layout) -> Self {
        let places = |names: &[String], known: &[String]| -> Vec<Option<usize>> {
            names.iter().map(|name| known.iter().position(|known| known == name)).collect()
        };
        Self {
            accumulators: places(&one.accumulators(), &other.accumulators()),
            components: places(&other.components, &one.components),
            limits: places(&other.limits, &one.limits),
            fields: places(&other.fields, &one.fields),
            is_same: one == other,
        }
    }

    /// Applies a change of the one version's history to that of the other.
    pub fn apply(&self, change: &KeptChange, history: &mut History) {
        if let Some(accumulator) = self.accumulators.get(change.accumulator).copied().flatten() {
            let change = Change { accumulator, ..change.again(history) };
            history.apply(&change);
        }
    }

    /// What the one version decided, as the other would have.
    pub fn decided(&self, theirs: &Decided) -> Decided {
        if self.is_same {
            return theirs.clone();
        }
        let mut outcome = theirs.outcome.clone();
        outcome.components = arranged(&self.components, &theirs.outcome.components).into();
        let mut decided = Decided::new(theirs.content, outcome, self.changes(&theirs.changes));
        decided.received = theirs.received;
        decided.bases = arranged(&self.components, &theirs.bases);
        decided.measures = arranged(&self.components, &theirs.measures);
        decided.elsewhere.clone_from(&theirs.elsewhere);
        decided.usage = self.usage(&theirs.usage);
        decided.usage_before = self.usage(&theirs.usage_before);
        let took = theirs.took.as_ref();
        decided.seen = theirs.seen;
        decided.left = self.changes(&theirs.left);
        decided.took = took.map(|took| Took { original: took.original.clone(), usage: self.usage(&took.usage) });
        decided
    }

    /// The changes of the one version's history as those of the other, where it has the figure.
    pub fn changes(&self, theirs: &[KeptChange]) -> Vec<KeptChange> {
        let known = theirs.iter().filter_map(|change| {
            let accumulator = self.accumulators.get(change.accumulator).copied().flatten()?;
            let mut change = change.clone();
            change.accumulator = accumulator;
            Some(change)
        });
        known.collect()
    }

    /// The cells of a claim of the one version as those of the other.
    pub fn cells<'t>(&self, theirs: &[Cell<'t>]) -> Vec<Cell<'t>> {
        let cell = |place: &Option<usize>| place.and_then(|place| theirs.get(place)).cloned().unwrap_or(Cell::Empty);
        self.fields.iter().map(cell).collect()
    }

    /// What became of a claim by the figures of the one version, by those of the other.
    pub fn usage(&self, theirs: &Usage) -> Usage {
        Usage {
            taken: arranged(&self.components, &theirs.taken),
            gone: arranged(&self.components, &theirs.gone),
            per_claim: arranged::<Running>(&self.limits, &theirs.per_claim),
        }
    }
}

/// Figures of the one version in the places of the other; an empty list stays empty.
fn arranged<T: Copy + Default>(places: &[Option<usize>], theirs: &[T]) -> Vec<T> {
    if theirs.is_empty() {
        return Vec::new();
    }
    places.iter().map(|place| place.and_then(|place| theirs.get(place)).copied().unwrap_or_default()).collect()
}
