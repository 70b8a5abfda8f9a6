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

/// One map, (accumulator, key) to a running figure. A plain value: cloned, written down.
#[derive(Debug, Clone, Default)]
pub struct History {
    accumulators: Vec<Accumulator>,
    keys: KeyMaker,
    /// What was applied since it is watched; `None` where nobody asks.
    watched: Option<Vec<KeptChange>>,
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
        let Some(figure) = self.figure(accumulator, key) else { return Running::ZERO };
        match part {
            Detail::None => figure.running(),
            Detail::Day(date) => figure.day(date),
            Detail::Member(member) => Running { count: figure.counted(member), ..Running::ZERO },
        }
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

    /// Puts a part back that was taken down before, of a figure whose whole is there or comes.
    pub fn put_part(&mut self, change: &Change<'_>) {
        if self.accumulators.len() <= change.accumulator {
            self.accumulators.resize_with(change.accumulator + 1, Accumulator::default);
        }
        if let Some(accumulator) = self.accumulators.get_mut(change.accumulator) {
            accumulator.put_part(change);
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

    /// Applies a change that a decision brought. The sums were checked when the decision was made.
    pub fn apply(&mut self, change: &Change<'_>) {
        if self.accumulators.len() <= change.accumulator {
            self.accumulators.resize_with(change.accumulator + 1, Accumulator::default);
        }
        if let Some(accumulator) = self.accumulators.get_mut(change.accumulator) {
            accumulator.apply(change);
        }
        if let Some(watched) = &mut self.watched {
            watched.push(KeptChange::from(change));
        }
    }
}
