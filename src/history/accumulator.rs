//! The one type under totals, the bases of tiers and the use of limits.

use std::collections::BTreeMap;

use super::{AccumulatorId, Key};
use crate::{
    calendar::Date,
    money::{Decimal, Inexact, add},
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

    /// Both together, exactly.
    pub fn plus(self, other: Self) -> Result<Self, Inexact> {
        Ok(Self {
            count: self.count.checked_add(other.count).ok_or(Inexact::Overflow)?,
            sum: add(self.sum, other.sum)?,
            awarded: add(self.awarded, other.awarded)?,
        })
    }
}

/// Which part of an accumulator a change belongs to, where it keeps parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// It keeps no parts.
    None,
    /// The claim's date, for a total `within` some days.
    Day(Date),
    /// The value counted, for a total of distinct values.
    Member(Key),
}

/// A running figure, with the parts that a total within days or of distinct values needs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Accumulator {
    running: Running,
    parts: Option<Box<Parts>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Parts {
    Days(BTreeMap<Date, Running>),
    Members(BTreeMap<Key, i64>),
}

/// What a decision does to one accumulator.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which accumulator.
    pub accumulator: AccumulatorId,
    /// For what.
    pub key: Key,
    /// By how much.
    pub delta: Running,
    /// In which part.
    pub detail: Detail,
}

impl Accumulator {
    /// The running figure over all parts.
    pub fn running(&self) -> Running {
        self.running
    }

    /// The running figure over claims dated less than `days` days from a date, either side.
    pub fn within(&self, date: Date, days: u32) -> Result<Running, Inexact> {
        let Some(Parts::Days(by_day)) = self.parts.as_deref() else { return Ok(Running::ZERO) };
        let reach = i64::from(days.saturating_sub(1));
        let first = crate::calendar::add_days(date, -reach).unwrap_or(Date::MIN);
        let last = crate::calendar::add_days(date, reach).unwrap_or(Date::MAX);
        by_day.range(first..=last).try_fold(Running::ZERO, |total, (_, day)| total.plus(*day))
    }

    /// How many different values were counted.
    pub fn distinct(&self) -> i64 {
        match self.parts.as_deref() {
            Some(Parts::Members(members)) => i64::try_from(members.len()).unwrap_or(i64::MAX),
            _ => 0,
        }
    }

    pub(super) fn apply(&mut self, delta: Running, detail: Detail) {
        // INVARIANT: whoever made the change has added it to this figure exactly, so neither sum can fail here.
        self.running = self.running.plus(delta).unwrap_or(self.running);
        match detail {
            Detail::None => {}
            Detail::Day(date) => self.apply_to_day(date, delta),
            Detail::Member(member) => self.apply_to_member(member, delta.count),
        }
    }

    fn apply_to_day(&mut self, date: Date, delta: Running) {
        let parts = self.parts.get_or_insert_with(|| Box::new(Parts::Days(BTreeMap::new())));
        if let Parts::Days(days) = parts.as_mut() {
            let day = days.entry(date).or_default();
            *day = day.plus(delta).unwrap_or(*day);
        }
    }

    fn apply_to_member(&mut self, member: Key, count: i64) {
        let parts = self.parts.get_or_insert_with(|| Box::new(Parts::Members(BTreeMap::new())));
        if let Parts::Members(members) = parts.as_mut() {
            let counted = members.get(&member).copied().unwrap_or(0) + count;
            if counted == 0 {
                members.remove(&member);
            } else {
                members.insert(member, counted);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::parse_iso, claim::Value};

    const ONE: Running = Running { count: 1, sum: Decimal::ONE, awarded: Decimal::ZERO };
    const BACK: Running = Running { count: -1, sum: Decimal::NEGATIVE_ONE, awarded: Decimal::ZERO };

    #[test]
    fn within_counts_less_than_the_days_on_either_side() {
        let mut accumulator = Accumulator::default();
        for day in ["2026-01-01", "2026-01-07", "2026-01-08", "2026-01-14"] {
            accumulator.apply(ONE, Detail::Day(parse_iso(day).unwrap()));
        }
        let within = |date: &str| accumulator.within(parse_iso(date).unwrap(), 7).unwrap().count;
        assert_eq!((within("2026-01-07"), within("2026-01-08"), within("2026-02-01")), (3, 3, 0));
    }

    #[test]
    fn what_was_taken_back_is_not_distinct_any_more() {
        let mut accumulator = Accumulator::default();
        let member = |text| Detail::Member(Key::new([Value::Text(text)]));
        accumulator.apply(ONE, member("A"));
        accumulator.apply(ONE, member("A"));
        accumulator.apply(ONE, member("B"));
        accumulator.apply(BACK, member("B"));
        assert_eq!((accumulator.distinct(), accumulator.running().count), (1, 2));
    }
}
