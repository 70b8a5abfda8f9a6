//! What of the claims a row of a decision table matches, one extent for each of its matches; and where a claim lies.

use crate::money::{Decimal, RoundingMode, add, round_to_places};

/// A place on a line of numbers, right before one of them or right behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    /// Before every number.
    Start,
    /// At a number, and whether behind it.
    At(Decimal, bool),
    /// Behind every number.
    End,
}

/// What a row matches in one dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Whatever it is, also nothing.
    Anything,
    /// One of the values that the table lists, by its number.
    Point(usize),
    /// What lies between two places.
    Stretch(Cut, Cut),
}

/// Where a claim lies in one dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coordinate {
    /// It has no value there.
    Empty,
    /// A value that the table lists, by its number.
    Point(usize),
    /// A value that the table doesn't list.
    Unlisted,
    /// A number, or a day by its number.
    At(Decimal),
}

impl Extent {
    /// Whether a claim that lies there matches.
    pub(super) fn matches(&self, coordinate: Coordinate) -> bool {
        match (self, coordinate) {
            (Self::Anything, _) => true,
            (Self::Point(own), Coordinate::Point(value)) => *own == value,
            (Self::Stretch(low, high), Coordinate::At(number)) => {
                *low <= Cut::At(number, false) && Cut::At(number, true) <= *high
            }
            _ => false,
        }
    }

    /// Whether it matches all that another does.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anything, _) => true,
            (Self::Point(own), Self::Point(value)) => own == value,
            (Self::Stretch(low, high), Self::Stretch(start, end)) => low <= start && end <= high,
            _ => false,
        }
    }

    /// What both match; `None` if no value does.
    pub(super) fn common(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Anything, extent) | (extent, Self::Anything) => Some(extent),
            (Self::Stretch(..), Self::Stretch(..)) => {
                let (low, high) = (self.low().max(other.low()), self.high().min(other.high()));
                is_filled(low, high).then_some(Self::Stretch(low, high))
            }
            _ => (self == other).then_some(self),
        }
    }

    /// Where it starts on a line.
    pub(super) const fn low(&self) -> Cut {
        if let Self::Stretch(low, _) = self { *low } else { Cut::Start }
    }

    /// Where it ends on a line.
    pub(super) const fn high(&self) -> Cut {
        if let Self::Stretch(_, high) = self { *high } else { Cut::End }
    }
}

/// Whether there are numbers between two places.
pub(super) fn is_filled(low: Cut, high: Cut) -> bool {
    match (low, high) {
        // The edges of whole numbers and days are all of them before a value.
        (Cut::At(one, true), Cut::At(other, false)) => between(one, other).is_some(),
        _ => low < high,
    }
}

/// The number with the fewest places between two others; `None` if there is none with as many places as a number can have.
pub(super) fn between(one: Decimal, other: Decimal) -> Option<Decimal> {
    (0..=Decimal::MAX_SCALE).find_map(|places| {
        let floor = round_to_places(one, places, RoundingMode::Floor);
        let next = add(floor, Decimal::new(1, places)).ok()?;
        (one < next && next < other).then_some(next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::parse_decimal;

    #[test]
    fn an_edge_belongs_to_a_stretch_or_it_does_not() {
        let at = |number: i64, behind| Cut::At(Decimal::from(number), behind);
        let from_5_below_9 = Extent::Stretch(at(5, false), at(9, false));
        let above_5_until_9 = Extent::Stretch(at(5, true), at(9, true));
        for (number, first, second) in [(4, false, false), (5, true, false), (6, true, true), (9, false, true)] {
            let coordinate = Coordinate::At(Decimal::from(number));
            assert_eq!((from_5_below_9.matches(coordinate), above_5_until_9.matches(coordinate)), (first, second));
        }
        let open = Extent::Stretch(Cut::Start, at(9, false));
        assert!(open.matches(Coordinate::At(Decimal::MIN)) && open.covers(&from_5_below_9));
        assert!(!open.covers(&above_5_until_9) && Extent::Anything.covers(&open));
    }

    #[test]
    fn what_has_no_value_is_matched_by_anything_alone() {
        assert!(Extent::Anything.matches(Coordinate::Empty) && Extent::Anything.matches(Coordinate::Unlisted));
        let all = Extent::Stretch(Cut::Start, Cut::At(Decimal::ONE, false));
        assert!(!Extent::Point(0).matches(Coordinate::Empty) && !all.matches(Coordinate::Empty));
        assert!(Extent::Point(0).matches(Coordinate::Point(0)) && !Extent::Point(0).matches(Coordinate::Unlisted));
    }

    #[test]
    fn between_two_numbers_lies_the_one_with_the_fewest_places() {
        let number = |text: &str| parse_decimal(text).unwrap();
        for (one, other, middle) in [
            ("10", "20", Some("11")),
            ("10", "11", Some("10.1")),
            ("-0.5", "0.5", Some("0")),
            ("5.24", "5.26", Some("5.25")),
            ("5.250", "5.2501", Some("5.25001")),
            ("0.0000000000000000000000000001", "0.0000000000000000000000000002", None),
            ("3", "3", None),
        ] {
            assert_eq!(between(number(one), number(other)), middle.map(number), "{one} {other}");
        }
        let (low, high) = (Cut::At(number("3"), true), Cut::At(number("4"), false));
        assert!(is_filled(low, high) && !is_filled(high, low) && !is_filled(low, low));
    }
}
