//! The values beside the one in a cell, by how many steps they lie from it: days, whole numbers, units of the last place.

use crate::{
    calendar::{add_days, days_between},
    claim::{Constant, Value},
    money::{Decimal, RoundingMode, add, round_to_places, subtract},
};

/// The furthest that a date is moved: ten years.
const MOST_DAYS: i64 = 3_653;
/// The furthest that a number is moved, in its steps.
const MOST_UNITS: i64 = 1_000_000_000_000_000;

/// The value of a cell among its neighbours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'v> {
    now: Value<'v>,
    /// The decimal places of a step.
    places: u32,
    /// Whether a number stays on its side of zero.
    keeps_sign: bool,
}

impl<'v> Line<'v> {
    /// The line that a date or number lies on. A decimal moves by a unit of its last place, or of the program's amounts
    /// where these have more. A number that `keeps_sign` isn't moved to zero or beyond it.
    pub(super) fn new(now: Value<'v>, scale: u32, keeps_sign: bool) -> Option<Self> {
        let places = match now {
            Value::Date(_) | Value::Integer(_) => 0,
            Value::Decimal(decimal) => decimal.scale().max(scale),
            Value::Nothing | Value::Boolean(_) | Value::Text(_) | Value::List(_) => return None,
        };
        Some(Self { now, places, keeps_sign })
    }

    /// How far it is worth looking.
    pub(super) const fn reach(&self) -> i64 {
        if self.is_date() { MOST_DAYS } else { MOST_UNITS }
    }

    /// Whether its steps are days.
    pub(super) const fn is_date(&self) -> bool {
        matches!(self.now, Value::Date(_))
    }

    /// The value so many steps up or down.
    pub(super) fn at(&self, steps: i64) -> Option<Constant> {
        let moved = match self.now {
            Value::Date(date) => add_days(date, steps).map(Constant::Date),
            Value::Integer(integer) => integer.checked_add(steps).map(Constant::Integer),
            Value::Decimal(decimal) => add(decimal, Decimal::new(steps, self.places)).ok().map(Constant::Decimal),
            _ => None,
        };
        let same_side = |moved: &Constant| match (self.now.number(), moved.number()) {
            (Some(now), Some(moved)) if !now.is_zero() => {
                !moved.is_zero() && moved.is_sign_negative() == now.is_sign_negative()
            }
            _ => true,
        };
        moved.filter(|moved| !self.keeps_sign || same_side(moved))
    }

    /// How many whole steps lead towards a value.
    pub(super) fn steps_to(&self, value: &Constant) -> Option<i64> {
        match (self.now, value) {
            (Value::Date(now), Constant::Date(date)) => Some(days_between(now, *date)),
            (now, value) => self.steps_in(subtract(value.number()?, now.number()?).ok()?),
        }
    }

    /// How many whole steps are in an amount; `None` where that is too far.
    pub(super) fn steps_in(&self, amount: Decimal) -> Option<i64> {
        let mut whole = round_to_places(amount, self.places, RoundingMode::Down);
        whole.rescale(self.places);
        let within = |steps: &i64| steps.unsigned_abs() <= self.reach().unsigned_abs();
        i64::try_from(whole.mantissa()).ok().filter(within).filter(|_| whole.scale() == self.places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::parse_iso, money::parse_decimal};

    #[test]
    fn a_step_is_a_day_a_unit_or_one_of_the_last_place() {
        let decimal = |text: &str| Constant::Decimal(parse_decimal(text).unwrap());
        let date = |text: &str| parse_iso(text).unwrap();
        let days = Line::new(Value::Date(date("2026-03-01")), 2, true).unwrap();
        assert_eq!(days.at(-1), Some(Constant::Date(date("2026-02-28"))));
        assert_eq!(days.steps_to(&Constant::Date(date("2026-03-04"))), Some(3));
        assert_eq!(days.steps_to(&Constant::Integer(3)), None);
        for (now, steps, to) in [("4.2", 1, "4.21"), ("4.205", -5, "4.200"), ("100", -10_000, "0.00")] {
            let line = Line::new(Value::Decimal(parse_decimal(now).unwrap()), 2, false).unwrap();
            assert_eq!(line.at(steps), Some(decimal(to)), "{now}");
            assert_eq!(line.steps_to(&decimal(to)), Some(steps), "{now}");
        }
        let sold = Line::new(Value::Integer(2), 2, true).unwrap();
        assert_eq!((sold.at(-1), sold.at(-2), sold.at(-3)), (Some(Constant::Integer(1)), None, None));
        assert_eq!(Line::new(Value::Integer(0), 2, true).unwrap().at(-1), Some(Constant::Integer(-1)));
        let whole = Line::new(Value::Integer(i64::MAX), 2, false).unwrap();
        assert_eq!((whole.at(1), whole.steps_to(&decimal("0.5"))), (None, None));
        assert!(Line::new(Value::Text("a"), 2, false).is_none());
    }
}
