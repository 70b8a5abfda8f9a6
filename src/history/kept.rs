//! A change that owns what it names, so that it can be taken back when the claim that brought it leaves.

use std::collections::BTreeMap;

use super::{AccumulatorId, Change, Detail, History, Running};
use crate::calendar::Date;

/// A change that owns what it names.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptChange {
    /// Of which accumulator.
    pub accumulator: AccumulatorId,
    /// By how much.
    pub delta: Running,
    key: Box<[u8]>,
    detail: KeptDetail,
}

/// A part of a figure that owns what it names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeptDetail {
    None,
    Day(Date),
    Member(Box<[u8]>),
}

impl From<&Change<'_>> for KeptChange {
    fn from(change: &Change<'_>) -> Self {
        let Change { accumulator, delta, key, detail } = *change;
        Self { accumulator, delta, key: key.bytes.into(), detail: detail.into() }
    }
}

impl From<Detail<'_>> for KeptDetail {
    fn from(detail: Detail<'_>) -> Self {
        match detail {
            Detail::None => Self::None,
            Detail::Day(date) => Self::Day(date),
            Detail::Member(member) => Self::Member(member.into()),
        }
    }
}

impl KeptDetail {
    pub(super) fn lend(&self) -> Detail<'_> {
        match self {
            Self::None => Detail::None,
            Self::Day(date) => Detail::Day(*date),
            Self::Member(member) => Detail::Member(member),
        }
    }
}

impl KeptChange {
    /// The bytes of its key.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// In which part of the figure it is.
    pub fn part(&self) -> Detail<'_> {
        self.detail.lend()
    }

    /// The change that leaves the figure as if this one had never come.
    pub fn taken_back(&self, history: &History) -> Change<'_> {
        Change { delta: self.delta.negated(), ..self.again(history) }
    }

    /// The change that takes this one back.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { delta: self.delta.negated(), ..self.clone() }
    }

    /// The same change, for a history.
    pub fn again(&self, history: &History) -> Change<'_> {
        let (accumulator, delta, detail) = (self.accumulator, self.delta, self.part());
        Change { accumulator, key: history.key(&self.key), delta, detail }
    }
}

/// The changes that come to the same as some: one for each figure and part that is moved at all.
pub fn net(changes: impl IntoIterator<Item = KeptChange>) -> Vec<KeptChange> {
    let mut sums: BTreeMap<(AccumulatorId, Box<[u8]>, KeptDetail), Running> = BTreeMap::new();
    for KeptChange { accumulator, delta, key, detail } in changes {
        let sum = sums.entry((accumulator, key, detail)).or_default();
        // INVARIANT: a history has added them exactly.
        *sum = sum.plus(delta).unwrap_or(*sum);
    }
    let moves = |delta: &Running| delta.count != 0 || !delta.sum.is_zero() || !delta.awarded.is_zero();
    let moved = sums.into_iter().filter(|(_, delta)| moves(delta));
    moved.map(|((accumulator, key, detail), delta)| KeptChange { accumulator, delta, key, detail }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Decimal;

    #[test]
    fn what_is_taken_back_leaves_nothing() {
        let mut history = History::new();
        let delta = Running { count: 1, sum: Decimal::TEN, awarded: Decimal::ONE };
        for detail in [Detail::None, Detail::Day(Date::MAX), Detail::Member(b"A")] {
            let change = Change { accumulator: 0, key: history.key(b"key"), delta, detail };
            history.apply(&change);
            history.apply(&KeptChange::from(&change).taken_back(&history.clone()));
        }
        let figure = history.figure(0, history.key(b"key")).unwrap();
        assert_eq!((figure.running(), figure.distinct(), figure.day(Date::MAX).count), (Running::ZERO, 0, 0));
    }
}
