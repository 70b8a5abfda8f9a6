//! The one type under totals, the bases of tiers and the use of limits.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AccumulatorId, Key, MovedSink,
    kept::KeptDetail,
    key::{Keys, Slot},
};
use crate::{
    calendar::Date,
    money::{Decimal, Inexact, add, negated},
};

/// A running figure.
///
/// A total keeps the claims that it counted and their sum; a base under tiers also what they were awarded for it;
/// a limit what was asked (`sum`) and what was granted (`awarded`).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Running {
    /// Claims counted.
    pub count: i64,
    /// Their sum.
    pub sum: Decimal,
    /// What they got.
    pub awarded: Decimal,
}

impl Running {
    /// Nothing counted.
    pub const ZERO: Self = Self { count: 0, sum: Decimal::ZERO, awarded: Decimal::ZERO };

    /// The same taken back.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { count: self.count.saturating_neg(), sum: negated(self.sum), awarded: negated(self.awarded) }
    }

    /// Both together, exactly.
    pub fn plus(self, other: Self) -> Result<Self, Inexact> {
        Ok(Self {
            count: self.count.checked_add(other.count).ok_or(Inexact::Overflow)?,
            sum: plus(self.sum, other.sum)?,
            awarded: plus(self.awarded, other.awarded)?,
        })
    }
}

/// The sum; where claims are only counted there is nothing to add. A zero of more places brings its places.
fn plus(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    if right.is_zero() && right.scale() <= left.scale() { Ok(left) } else { add(left, right) }
}

/// Which part of a figure a change belongs to, where it keeps parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Detail<'a> {
    /// It keeps no parts.
    None,
    /// The claim's date, for a total `within` some days.
    Day(Date),
    /// The bytes of the value counted, for a total of distinct values.
    Member(&'a [u8]),
}

/// What a decision does to one figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change<'a> {
    /// Of which accumulator.
    pub accumulator: AccumulatorId,
    /// For what.
    pub key: Key<'a>,
    /// By how much.
    pub delta: Running,
    /// In which part.
    pub detail: Detail<'a>,
}

/// A running figure for each key. What no change ever brought, such as sums where claims are counted, takes no room.
#[derive(Debug, Clone, Default)]
pub struct Accumulator {
    keys: Keys,
    counts: Vec<i64>,
    sums: Vec<Decimal>,
    awarded: Vec<Decimal>,
    parts: Vec<Parts>,
    /// By slot, whether it has moved since that is noted.
    moved: Vec<bool>,
    /// The parts that have.
    moved_parts: BTreeSet<(Slot, KeptDetail)>,
}

/// The parts that a total within days or of distinct values needs.
#[derive(Debug, Clone, Default, PartialEq)]
struct Parts {
    days: BTreeMap<Date, Running>,
    members: BTreeMap<Box<[u8]>, i64>,
}

/// What a key stands at, so that two can be compared.
#[derive(Debug, Default, PartialEq)]
pub(super) struct StandsAt {
    count: i64,
    sum: Decimal,
    awarded: Decimal,
    days: BTreeMap<Date, (i64, Decimal)>,
    members: BTreeMap<Box<[u8]>, i64>,
}

impl Parts {
    fn apply(&mut self, delta: Running, detail: Detail<'_>) {
        match detail {
            Detail::None => {}
            Detail::Day(date) => {
                let day = self.days.entry(date).or_default();
                // INVARIANT: as for the whole.
                *day = day.plus(delta).unwrap_or(*day);
            }
            Detail::Member(member) => {
                let counted = self.members.get(member).copied().unwrap_or(0) + delta.count;
                if counted == 0 {
                    self.members.remove(member);
                } else {
                    self.members.insert(member.into(), counted);
                }
            }
        }
    }
}

/// The running figure of one key.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'h> {
    accumulator: &'h Accumulator,
    slot: usize,
}

impl Figure<'_> {
    /// The running figure over all parts.
    pub fn running(&self) -> Running {
        let Accumulator { counts, sums, awarded, .. } = self.accumulator;
        let at = |list: &[Decimal]| list.get(self.slot).copied().unwrap_or_default();
        Running { count: counts.get(self.slot).copied().unwrap_or_default(), sum: at(sums), awarded: at(awarded) }
    }

    /// The running figure over claims dated less than `days` days from a date, either side.
    pub fn within(&self, date: Date, days: u32) -> Result<Running, Inexact> {
        let Some(parts) = self.accumulator.parts.get(self.slot) else { return Ok(Running::ZERO) };
        let reach = i64::from(days.saturating_sub(1));
        let first = crate::calendar::add_days(date, -reach).unwrap_or(Date::MIN);
        let last = crate::calendar::add_days(date, reach).unwrap_or(Date::MAX);
        parts.days.range(first..=last).try_fold(Running::ZERO, |total, (_, day)| total.plus(*day))
    }

    /// The running figure of the claims of one date, where days are kept.
    pub fn day(&self, date: Date) -> Running {
        let parts = self.accumulator.parts.get(self.slot);
        parts.and_then(|parts| parts.days.get(&date)).copied().unwrap_or_default()
    }

    /// The running figure of a part, or of the whole.
    pub fn part(&self, part: Detail<'_>) -> Running {
        match part {
            Detail::None => self.running(),
            Detail::Day(date) => self.day(date),
            Detail::Member(member) => Running { count: self.counted(member), ..Running::ZERO },
        }
    }

    /// How many claims with a value were counted, where values are kept.
    pub fn counted(&self, member: &[u8]) -> i64 {
        let parts = self.accumulator.parts.get(self.slot);
        parts.and_then(|parts| parts.members.get(member)).copied().unwrap_or_default()
    }

    /// How many different values were counted.
    pub fn distinct(&self) -> i64 {
        let parts = self.accumulator.parts.get(self.slot);
        parts.map_or(0, |parts| i64::try_from(parts.members.len()).unwrap_or(i64::MAX))
    }
}

impl Accumulator {
    /// The figure of a key; nothing where nothing was counted.
    pub fn figure(&self, key: Key<'_>) -> Option<Figure<'_>> {
        self.keys.find(key).map(|slot| Figure { accumulator: self, slot: slot as usize })
    }

    /// Hands out changes that bring another accumulator to what this one stands at: the parts, and what is in no part.
    pub(super) fn each<'a>(&'a self, sink: &mut dyn FnMut(&'a [u8], Running, Detail<'a>)) {
        for (slot, key) in self.keys.all() {
            let slot = slot as usize;
            let mut rest = Figure { accumulator: self, slot }.running();
            if let Some(parts) = self.parts.get(slot) {
                let days = parts.days.iter().map(|(date, day)| (Detail::Day(*date), *day));
                let members = parts.members.iter();
                let members =
                    members.map(|(member, count)| (Detail::Member(member), Running { count: *count, ..Running::ZERO }));
                for (detail, part) in days.chain(members) {
                    // INVARIANT: the whole is the sum of its parts and more.
                    rest = rest.plus(part.negated()).unwrap_or(rest);
                    sink(key, part, detail);
                }
            }
            sink(key, rest, Detail::None);
        }
    }

    /// What all keys stand at, with their parts, apart from those that stand at nothing.
    pub(super) fn figures(&self) -> BTreeMap<&[u8], StandsAt> {
        let keys = self.keys.all().filter_map(|(slot, key)| {
            let Running { count, sum, awarded } = Figure { accumulator: self, slot: slot as usize }.running();
            let parts = self.parts.get(slot as usize).cloned().unwrap_or_default();
            let days = parts.days.into_iter().filter(|(_, day)| day.count != 0 || !day.sum.is_zero());
            let stands = StandsAt {
                count,
                sum: sum.normalize(),
                awarded: awarded.normalize(),
                days: days.map(|(date, day)| (date, (day.count, day.sum.normalize()))).collect(),
                members: parts.members,
            };
            (stands != StandsAt::default()).then_some((key, stands))
        });
        keys.collect()
    }

    pub(super) fn apply(&mut self, change: &Change<'_>) -> Slot {
        let kept = self.keys.keep(change.key);
        let slot = kept as usize;
        let before = Figure { accumulator: self, slot }.running();
        // INVARIANT: whoever made the change has added it to this figure exactly, so the sum can't fail here.
        let after = before.plus(change.delta).unwrap_or(before);
        put(&mut self.counts, slot, after.count);
        for (list, figure) in [(&mut self.sums, after.sum), (&mut self.awarded, after.awarded)] {
            if !figure.is_zero() || figure.scale() > 0 || slot < list.len() {
                put(list, slot, figure);
            }
        }
        self.apply_part(slot, change);
        kept
    }

    /// Puts a whole back, or a part of one that knows it already.
    pub(super) fn put_back(&mut self, change: &Change<'_>) {
        if change.detail == Detail::None {
            self.apply(change);
        } else {
            let slot = self.keys.keep(change.key) as usize;
            self.apply_part(slot, change);
        }
    }

    /// Notes that a figure has moved, and the part.
    pub(super) fn note_moved(&mut self, slot: Slot, part: Detail<'_>) {
        put(&mut self.moved, slot as usize, true);
        if part != Detail::None {
            self.moved_parts.insert((slot, part.into()));
        }
    }

    /// Hands out what has moved of this accumulator, by key: the whole, then its parts.
    pub(super) fn each_moved<E>(&self, own: AccumulatorId, sink: &mut MovedSink<'_, E>) -> Result<(), E> {
        let slots = (0..Slot::MAX).zip(&self.moved);
        let mut moved: Vec<Slot> = slots.filter(|(_, has_moved)| **has_moved).map(|(slot, _)| slot).collect();
        moved.sort_unstable_by_key(|slot| self.keys.bytes(*slot));
        for slot in moved {
            let key = self.keys.bytes(slot);
            let figure = Figure { accumulator: self, slot: slot as usize };
            sink(own, key, Detail::None, figure.running())?;
            let parts = (slot, KeptDetail::None)..(slot.saturating_add(1), KeptDetail::None);
            for (_, part) in self.moved_parts.range(parts) {
                sink(own, key, part.lend(), figure.part(part.lend()))?;
            }
        }
        Ok(())
    }

    fn apply_part(&mut self, slot: usize, change: &Change<'_>) {
        if change.detail == Detail::None {
            return;
        }
        if self.parts.len() <= slot {
            self.parts.resize_with(slot + 1, Parts::default);
        }
        if let Some(parts) = self.parts.get_mut(slot) {
            parts.apply(change.delta, change.detail);
        }
    }
}

fn put<T: Copy + Default>(list: &mut Vec<T>, slot: usize, figure: T) {
    if list.len() <= slot {
        list.resize(slot + 1, T::default());
    }
    if let Some(place) = list.get_mut(slot) {
        *place = figure;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::parse_iso, history::History};

    fn apply(history: &mut History, count: i64, detail: Detail<'_>) {
        let delta = Running { count, sum: Decimal::from(count), awarded: Decimal::ZERO };
        history.apply(&Change { accumulator: 0, key: history.key(b"key"), delta, detail });
    }

    #[test]
    fn within_counts_less_than_the_days_on_either_side() {
        let mut history = History::new();
        for day in ["2026-01-01", "2026-01-07", "2026-01-08", "2026-01-14"] {
            apply(&mut history, 1, Detail::Day(parse_iso(day).unwrap()));
        }
        let figure = history.figure(0, history.key(b"key")).unwrap();
        let within = |date: &str| figure.within(parse_iso(date).unwrap(), 7).unwrap().count;
        assert_eq!((within("2026-01-07"), within("2026-01-08"), within("2026-02-01")), (3, 3, 0));
    }

    #[test]
    fn what_was_taken_back_is_not_distinct_any_more() {
        let mut history = History::new();
        for (count, member) in [(1, "A"), (1, "A"), (1, "B"), (-1, "B")] {
            apply(&mut history, count, Detail::Member(member.as_bytes()));
        }
        let figure = history.figure(0, history.key(b"key")).unwrap();
        assert_eq!((figure.distinct(), figure.running().count, figure.running().sum), (1, 2, Decimal::TWO));
        assert!(history.figure(0, history.key(b"other")).is_none());
    }
}
