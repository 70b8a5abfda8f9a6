//! All that evaluation may know of the past: one map from (accumulator, key) to a running figure.

mod accumulator;
mod kept;
mod key;

pub use accumulator::{Accumulator, Change, Detail, Figure, Running};
pub use kept::{KeptChange, net};
pub use key::Key;
use key::KeyMaker;

/// Which accumulator of a program: its totals, the bases of its components, its limits and what picks bands, in that order.
pub type AccumulatorId = usize;

/// Takes what a figure stands at, or a part of it: its accumulator, its key, and which part.
pub type MovedSink<'s, E> = dyn FnMut(AccumulatorId, &[u8], Detail<'_>, Running) -> Result<(), E> + 's;

/// One map, (accumulator, key) to a running figure. A plain value: cloned, written down.
#[derive(Debug, Clone, Default)]
pub struct History {
    accumulators: Vec<Accumulator>,
    keys: KeyMaker,
    /// What was applied since it is watched; `None` where nobody asks.
    watched: Option<Vec<KeptChange>>,
    /// Whether it is noted which figures move.
    notes_moved: bool,
}

impl History {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The key of canonical bytes, for this history.
    pub fn key<'a>(&self, bytes: &'a [u8]) -> Key<'a> {
        self.keys.key(bytes)
    }

    /// The running figure of a key; nothing where nothing was counted.
    pub fn figure<'h>(&'h self, accumulator: AccumulatorId, key: Key<'_>) -> Option<Figure<'h>> {
        self.accumulators.get(accumulator)?.figure(key)
    }

    /// What a part of a figure stands at, or the whole of it.
    pub fn stands_at(&self, accumulator: AccumulatorId, key: Key<'_>, part: Detail<'_>) -> Running {
        self.figure(accumulator, key).map_or(Running::ZERO, |figure| figure.part(part))
    }

    /// How many accumulators it has.
    pub fn accumulators(&self) -> usize {
        self.accumulators.len()
    }

    /// Hands out what every figure stands at, as the changes that would bring another history there.
    pub fn each(&self, sink: &mut dyn FnMut(&KeptChange)) {
        for (number, accumulator) in self.accumulators.iter().enumerate() {
            accumulator.each(&mut |key, delta, detail| {
                sink(&KeptChange::from(&Change { accumulator: number, key: self.key(key), delta, detail }));
            });
        }
    }

    /// Whether an accumulator stands at the same as one of another history, key by key; nothing and zero are the same.
    pub fn is_same(&self, accumulator: AccumulatorId, other: &Self, theirs: AccumulatorId) -> bool {
        let nothing = Accumulator::default();
        let one = self.accumulators.get(accumulator).unwrap_or(&nothing);
        one.figures() == other.accumulators.get(theirs).unwrap_or(&nothing).figures()
    }

    /// Puts a figure back that was taken down before, or a part of one: the whole of it knows that already.
    pub fn put_back(&mut self, change: &Change<'_>) {
        if let Some(accumulator) = self.accumulator_mut(change.accumulator) {
            accumulator.put_back(change);
        }
    }

    /// Takes back what a decision brought.
    pub fn take_back(&mut self, kept: &KeptChange) {
        let change = kept.taken_back(self);
        self.apply(&change);
    }

    /// Keeps from now on what is applied, for whoever [asks](Self::take_watched).
    pub fn watch(&mut self) {
        self.watched = Some(Vec::new());
    }

    /// Keeps nothing any more.
    pub fn unwatch(&mut self) {
        self.watched = None;
    }

    /// What was applied since this was asked before.
    pub fn take_watched(&mut self) -> Vec<KeptChange> {
        self.watched.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Notes from now on which figures move, for whoever asks for [all of them](Self::each_moved).
    pub fn note_moved(&mut self) {
        self.notes_moved = true;
    }

    /// Hands out what every figure stands at that has moved, whole and parts, by accumulator and key.
    pub fn each_moved<E>(&self, sink: &mut MovedSink<'_, E>) -> Result<(), E> {
        for (number, accumulator) in self.accumulators.iter().enumerate() {
            accumulator.each_moved(number, sink)?;
        }
        Ok(())
    }

    /// Applies a change that a decision brought. The sums were checked when the decision was made.
    pub fn apply(&mut self, change: &Change<'_>) {
        let notes_moved = self.notes_moved;
        if let Some(accumulator) = self.accumulator_mut(change.accumulator) {
            let slot = accumulator.apply(change);
            if notes_moved {
                accumulator.note_moved(slot, change.detail);
            }
        }
        if let Some(watched) = &mut self.watched {
            watched.push(KeptChange::from(change));
        }
    }

    fn accumulator_mut(&mut self, number: AccumulatorId) -> Option<&mut Accumulator> {
        if self.accumulators.len() <= number {
            self.accumulators.resize_with(number + 1, Accumulator::default);
        }
        self.accumulators.get_mut(number)
    }
}
