//! What figures of the standard program are in one that an arrangement changed: components and limits may be others there.

use crate::{
    history::{AccumulatorId, Change, History, KeptChange, Running},
    outcome::{Decided, Took, Usage},
    program::{KeyPlan, Program},
};

/// The places of the standard program's figures in the changed one.
pub(super) struct Counterpart {
    /// By accumulator of the standard program; none where the changed one has no such figure.
    accumulators: Vec<Option<AccumulatorId>>,
    /// By component of the changed program: that of the standard one.
    components: Vec<Option<usize>>,
    /// By limit of the changed program: that of the standard one.
    limits: Vec<Option<usize>>,
}

impl Counterpart {
    pub(super) fn new(standard: &Program, changed: &Program) -> Self {
        let components: Vec<Option<usize>> = changed
            .components
            .iter()
            .map(|one| {
                // Under another key the figure is another one.
                let same = |key: Option<&KeyPlan>, other: Option<&KeyPlan>| match (key, other) {
                    (Some(key), Some(other)) => key.same_as(other),
                    (key, other) => key.is_none() && other.is_none(),
                };
                standard.components.iter().position(|other| other.name == one.name && same(one.key(), other.key()))
            })
            .collect();
        let limits: Vec<Option<usize>> = changed
            .limits
            .iter()
            .map(|one| standard.limits.iter().position(|other| other.code == one.code && other.key.same_as(&one.key)))
            .collect();
        let figures = standard.totals.len() + 2 * standard.components.len() + standard.limits.len();
        let mut accumulators = vec![None; figures];
        let mut put = |one: AccumulatorId, other: AccumulatorId| {
            if let Some(place) = accumulators.get_mut(one) {
                *place = Some(other);
            }
        };
        for total in 0..standard.totals.len() {
            put(standard.total_accumulator(total), changed.total_accumulator(total));
        }
        for (own, theirs) in components.iter().enumerate().filter_map(|(own, theirs)| Some((own, (*theirs)?))) {
            put(standard.base_accumulator(theirs), changed.base_accumulator(own));
            put(standard.measure_accumulator(theirs), changed.measure_accumulator(own));
        }
        for (own, theirs) in limits.iter().enumerate().filter_map(|(own, theirs)| Some((own, (*theirs)?))) {
            put(standard.limit_accumulator(theirs), changed.limit_accumulator(own));
        }
        Self { accumulators, components, limits }
    }

    /// Applies a change of the standard history to the changed one.
    pub(super) fn apply(&self, change: &KeptChange, history: &mut History) {
        if let Some(accumulator) = self.accumulators.get(change.accumulator).copied().flatten() {
            let change = Change { accumulator, ..change.again(history) };
            history.apply(&change);
        }
    }

    /// What the standard rules decided, as the changed program would have.
    pub(super) fn decided(&self, theirs: &Decided) -> Decided {
        let mut outcome = theirs.outcome.clone();
        outcome.components = arranged(&self.components, &theirs.outcome.components).into();
        let changes = theirs.changes.iter().filter_map(|change| {
            let accumulator = self.accumulators.get(change.accumulator).copied().flatten()?;
            let mut change = change.clone();
            change.accumulator = accumulator;
            Some(change)
        });
        let mut decided = Decided::new(theirs.content, outcome, changes.collect());
        decided.received = theirs.received;
        decided.bases = arranged(&self.components, &theirs.bases);
        decided.measures = arranged(&self.components, &theirs.measures);
        decided.elsewhere.clone_from(&theirs.elsewhere);
        decided.usage = self.usage(&theirs.usage);
        let took = theirs.took.as_ref();
        decided.took = took.map(|took| Took { original: took.original.clone(), usage: self.usage(&took.usage) });
        decided
    }

    fn usage(&self, theirs: &Usage) -> Usage {
        Usage {
            taken: arranged(&self.components, &theirs.taken),
            gone: arranged(&self.components, &theirs.gone),
            per_claim: arranged::<Running>(&self.limits, &theirs.per_claim),
        }
    }
}

/// Figures of the standard program in the places of the changed one; an empty list stays empty.
fn arranged<T: Copy + Default>(places: &[Option<usize>], theirs: &[T]) -> Vec<T> {
    if theirs.is_empty() {
        return Vec::new();
    }
    places.iter().map(|place| place.and_then(|place| theirs.get(place)).copied().unwrap_or_default()).collect()
}
