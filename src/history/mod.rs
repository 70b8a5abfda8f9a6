//! All that evaluation may know of the past: one map from (accumulator, key) to a running figure.

mod accumulator;
mod key;

use std::collections::HashMap;

pub use accumulator::{Accumulator, Change, Detail, Running};
pub use key::Key;

/// Which accumulator of a program: its totals, the bases of its components and its limits, in that order.
pub type AccumulatorId = usize;

/// One map, (accumulator, key) to a running figure. A plain value: cloned, compared, written down.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    accumulators: Vec<HashMap<Key, Accumulator>>,
}

impl History {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The running figure of a key; zero where nothing was counted.
    pub fn running(&self, accumulator: AccumulatorId, key: &Key) -> Running {
        self.get(accumulator, key).map_or_else(Running::default, Accumulator::running)
    }

    /// The accumulator of a key, where something was counted.
    pub fn get(&self, accumulator: AccumulatorId, key: &Key) -> Option<&Accumulator> {
        self.accumulators.get(accumulator)?.get(key)
    }

    /// Applies a change that a decision brought. The sums were checked when the decision was made.
    pub fn apply(&mut self, change: Change) {
        if self.accumulators.len() <= change.accumulator {
            self.accumulators.resize_with(change.accumulator + 1, HashMap::new);
        }
        if let Some(keys) = self.accumulators.get_mut(change.accumulator) {
            keys.entry(change.key).or_default().apply(change.delta, change.detail);
        }
    }
}
