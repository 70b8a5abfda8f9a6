//! One thing by which the rows of a decision table are picked: values that it lists, or a line of numbers or days.

use std::collections::HashMap;

use super::region::{Coordinate, Cut, Extent, between};
use crate::{
    calendar::{Date, add_days, days_between},
    claim::{Constant, Row, Value, canonical},
    money::{Decimal, RoundingMode, add, round_to_places, subtract},
    program::{Match, MatchKind, Range},
    schema::{Base, Scalar, Type},
};

/// One thing by which the rows of a decision table are picked.
#[derive(Debug)]
pub(super) struct Dimension {
    /// As messages call it.
    pub(super) name: String,
    /// Whether a claim may have no value.
    pub(super) is_optional: bool,
    pub(super) kind: Kind,
}

/// What the values of a dimension are.
#[derive(Debug)]
pub(super) enum Kind {
    Points(Points),
    Line(Line),
}

/// Values of which a row names one.
#[derive(Debug, Default)]
pub(super) struct Points {
    values: Vec<Constant>,
    by_value: HashMap<Vec<u8>, usize>,
    /// How many of the values, from the first, are all that a claim can have, where that is known.
    pub(super) choices: Option<usize>,
}

/// What lies on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Numbers, and between two of them always another.
    Decimals,
    /// Whole numbers.
    Integers,
    /// Days, by their numbers.
    Days,
}

impl Dimension {
    /// The dimension of a match.
    pub(super) fn new(one: &Match) -> Self {
        let kind = one.value.kind();
        let of_line = match one.kind {
            MatchKind::Equal(_) => None,
            MatchKind::Range(_) => Some(match kind.present() {
                Type::Some(Base::Scalar(Scalar::Date)) => Line::Days,
                Type::INTEGER => Line::Integers,
                _ => Line::Decimals,
            }),
        };
        let booleans = [false, true].map(Constant::Boolean);
        let choices = match kind.present() {
            Type::BOOLEAN => Some(booleans.as_slice()),
            _ => one.choices.as_deref(),
        };
        let kind_of = |line: Option<Line>| line.map_or_else(|| Kind::Points(Points::new(choices)), Kind::Line);
        Self { name: one.name.clone(), is_optional: kind != kind.present(), kind: kind_of(of_line) }
    }

    /// The days between which a row is in force.
    pub(super) fn of_dates() -> Self {
        Self { name: "date".to_owned(), is_optional: false, kind: Kind::Line(Line::Days) }
    }

    /// What a row matches.
    pub(super) fn extent(&mut self, kind: &MatchKind, row: Row<'_>) -> Extent {
        match (&mut self.kind, kind) {
            (Kind::Points(points), MatchKind::Equal(column)) => match row.value(*column) {
                Value::Nothing => Extent::Anything,
                value => Extent::Point(points.number(value)),
            },
            (Kind::Line(line), MatchKind::Range(range)) => line.extent(range, row),
            (Kind::Points(_) | Kind::Line(_), _) => Extent::Anything,
        }
    }

    /// Where a value lies.
    pub(super) fn coordinate(&self, value: Value<'_>) -> Coordinate {
        match (&self.kind, value) {
            (_, Value::Nothing) => Coordinate::Empty,
            (Kind::Points(points), value) => points.find(value).map_or(Coordinate::Unlisted, Coordinate::Point),
            (Kind::Line(_), value) => position(value).map_or(Coordinate::Unlisted, Coordinate::At),
        }
    }

    /// A value that an extent matches, for messages; `None` where any would do.
    pub(super) fn example(&self, extent: Extent) -> Option<Constant> {
        match (&self.kind, extent) {
            (Kind::Points(points), Extent::Point(number)) => points.value(number).cloned(),
            (Kind::Line(line), Extent::Stretch(low, high)) => {
                let number = match (low, high) {
                    (Cut::At(first, false), _) => Some(first),
                    (Cut::At(one, true), Cut::At(other, false)) => between(one, other),
                    (_, Cut::At(last, true)) => Some(last),
                    (Cut::At(one, true), _) => add(one, Decimal::ONE).ok(),
                    (_, Cut::At(other, false)) => subtract(other, Decimal::ONE).ok(),
                    _ => None,
                };
                line.constant(number?)
            }
            _ => None,
        }
    }
}

impl Points {
    fn new(choices: Option<&[Constant]>) -> Self {
        let mut points = Self::default();
        for value in choices.into_iter().flatten().filter_map(Constant::single) {
            points.number(value);
        }
        points.choices = choices.map(|_| points.values.len());
        points
    }

    /// The number of a value, which is listed from now on.
    fn number(&mut self, value: Value<'_>) -> usize {
        let next = self.values.len();
        let number = *self.by_value.entry(canonical([value])).or_insert(next);
        if number == next {
            self.values.push(Constant::from(value));
        }
        number
    }

    fn find(&self, value: Value<'_>) -> Option<usize> {
        self.by_value.get(&canonical([value])).copied()
    }

    /// The value of a number.
    pub(super) fn value(&self, number: usize) -> Option<&Constant> {
        self.values.get(number)
    }

    /// All that a claim can have, where that is known.
    pub(super) fn choices(&self) -> &[Constant] {
        self.values.get(..self.choices.unwrap_or(0)).unwrap_or_default()
    }

    /// How many values count for what is complete: the choices, or where these aren't known those that are listed.
    pub(super) fn count(&self) -> usize {
        self.choices.unwrap_or(self.values.len())
    }

    /// Whether no claim can have a value.
    pub(super) fn is_impossible(&self, number: usize) -> bool {
        self.choices.is_some_and(|choices| number >= choices)
    }
}

impl Line {
    fn extent(self, range: &Range, row: Row<'_>) -> Extent {
        let cell = |column: usize| position(row.value(column));
        let lower = range.lower.and_then(|bound| Some((cell(bound.column)?, !bound.inclusive)));
        let upper = range.upper.and_then(|bound| Some((cell(bound.column)?, bound.inclusive)));
        if lower.is_none() && upper.is_none() {
            return Extent::Anything;
        }
        let cut = |(number, behind), open| self.cut(number, behind).unwrap_or(open);
        let low = lower.map_or(Cut::Start, |edge| cut(edge, Cut::Start));
        Extent::Stretch(low, upper.map_or(Cut::End, |edge| cut(edge, Cut::End)))
    }

    /// The stretch of days in which a row is in force.
    pub(super) fn days(from: Value<'_>, until: Value<'_>) -> Extent {
        let cut =
            |day: Value<'_>, behind, open| position(day).and_then(|day| Self::Days.cut(day, behind)).unwrap_or(open);
        match (cut(from, false, Cut::Start), cut(until, true, Cut::End)) {
            (Cut::Start, Cut::End) => Extent::Anything,
            (low, high) => Extent::Stretch(low, high),
        }
    }

    /// A place on the line. Of whole numbers it stands before one, so that equal places are one. `None` where that would lie
    /// behind all numbers.
    fn cut(self, number: Decimal, behind: bool) -> Option<Cut> {
        match self {
            Self::Decimals => Some(Cut::At(number, behind)),
            Self::Integers | Self::Days if behind => {
                let whole = round_to_places(number, 0, RoundingMode::Floor);
                add(whole, Decimal::ONE).ok().map(|next| Cut::At(next, false))
            }
            Self::Integers | Self::Days => Some(Cut::At(round_to_places(number, 0, RoundingMode::Ceiling), false)),
        }
    }

    fn constant(self, number: Decimal) -> Option<Constant> {
        match self {
            Self::Decimals => Some(Constant::Decimal(number)),
            Self::Integers => whole(number).map(Constant::Integer),
            Self::Days => add_days(Date::default(), whole(number)?).map(Constant::Date),
        }
    }
}

/// Where a value lies on a line; days by their number.
fn position(value: Value<'_>) -> Option<Decimal> {
    match value {
        Value::Date(date) => Some(Decimal::from(days_between(Date::default(), date))),
        other => other.number(),
    }
}

fn whole(number: Decimal) -> Option<i64> {
    i64::try_from(round_to_places(number, 0, RoundingMode::Floor).mantissa()).ok()
}
