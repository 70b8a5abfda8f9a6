//! Rounding, always by a named rule.

use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Inexact, Short, divide, multiply};

/// Which neighbour a value between two takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundingMode {
    /// To the nearest; a tie to the even neighbour.
    HalfEven,
    /// To the nearest; a tie away from zero.
    HalfUp,
    /// To the nearest; a tie toward zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Toward zero.
    Down,
    /// Toward plus infinity.
    Ceiling,
    /// Toward minus infinity.
    Floor,
}

/// A name that is not one of [`RoundingMode::NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a rounding mode")]
pub struct UnknownRoundingMode;

impl RoundingMode {
    /// Every mode with the name that definitions and functions use.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("half_even", Self::HalfEven),
        ("half_up", Self::HalfUp),
        ("half_down", Self::HalfDown),
        ("up", Self::Up),
        ("down", Self::Down),
        ("ceiling", Self::Ceiling),
        ("floor", Self::Floor),
    ];

    /// The name that definitions use.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }

    const fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfDown => RoundingStrategy::MidpointTowardZero,
            Self::Up => RoundingStrategy::AwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
            Self::Ceiling => RoundingStrategy::ToPositiveInfinity,
            Self::Floor => RoundingStrategy::ToNegativeInfinity,
        }
    }
}

impl FromStr for RoundingMode {
    type Err = UnknownRoundingMode;

    fn from_str(name: &str) -> Result<Self, UnknownRoundingMode> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode).ok_or(UnknownRoundingMode)
    }
}

/// A value rounded to a number of decimal places.
pub fn round_to_places(value: Decimal, places: u32, mode: RoundingMode) -> Decimal {
    if let Some(rounded) = round_short(value, places, mode) {
        return rounded;
    }
    value.round_dp_with_strategy(places, mode.strategy())
}

/// A number of a few digits, rounded. `None` is no verdict.
fn round_short(value: Decimal, places: u32, mode: RoundingMode) -> Option<Decimal> {
    if value.scale() <= places { Some(value) } else { Short::of(value)?.rounded(places, mode).map(Short::decimal) }
}

/// Whether rounding goes one step away from zero, from a number of whole units with a rest of the unit.
#[inline]
pub(super) fn steps_away(whole: i64, rest: i64, unit: i64, mode: RoundingMode) -> Option<bool> {
    if rest == 0 {
        return Some(false);
    }
    let half = rest.unsigned_abs().checked_mul(2)?.cmp(&unit.unsigned_abs());
    Some(match mode {
        RoundingMode::HalfEven => half.is_gt() || half.is_eq() && whole % 2 != 0,
        RoundingMode::HalfUp => half.is_ge(),
        RoundingMode::HalfDown => half.is_gt(),
        RoundingMode::Up => true,
        RoundingMode::Down => false,
        RoundingMode::Ceiling => rest > 0,
        RoundingMode::Floor => rest < 0,
    })
}

/// How a program rounds each component of an award: a mode, and a number of places or a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounding {
    mode: RoundingMode,
    scale: u32,
    /// Amounts are multiples of this, where it is not one unit of `scale`.
    step: Option<Decimal>,
}

impl Rounding {
    /// Rounding to `scale` decimal places.
    pub const fn to_scale(mode: RoundingMode, scale: u32) -> Self {
        Self { mode, scale, step: None }
    }

    /// Rounding to a multiple of `step`, which is above zero.
    pub fn to_step(mode: RoundingMode, step: Decimal) -> Self {
        let step = step.normalize();
        Self { mode, scale: step.scale(), step: Some(step) }
    }

    /// Decimal places that a rounded amount needs.
    pub const fn scale(self) -> u32 {
        self.scale
    }

    /// The mode.
    pub const fn mode(self) -> RoundingMode {
        self.mode
    }

    /// The smallest difference between two rounded amounts.
    pub fn step(self) -> Decimal {
        self.step.unwrap_or_else(|| Decimal::new(1, self.scale))
    }

    /// Rounds an amount.
    pub fn round(self, amount: Decimal) -> Result<Decimal, Inexact> {
        match self.step {
            None => Ok(round_to_places(amount, self.scale, self.mode)),
            Some(step) => multiply(self.steps(amount, step)?, step),
        }
    }

    /// Rounds a quotient, which division alone might have to cut before it could be seen on which side of a tie it lies.
    pub fn round_quotient(self, dividend: Decimal, divisor: Decimal) -> Result<Decimal, Inexact> {
        if divisor.is_zero() {
            return Err(Inexact::DivisionByZero);
        }
        let dividend = if divisor.is_sign_negative() { super::negated(dividend) } else { dividend };
        let step = self.step();
        multiply(self.steps(dividend, multiply(divisor.abs(), step)?)?, step)
    }

    /// The rounded number of steps in an amount. A quotient that division had to cut could look like a tie
    /// that the amount isn't, so ties are decided on the exact remainder.
    fn steps(self, amount: Decimal, step: Decimal) -> Result<Decimal, Inexact> {
        let remainder = amount.checked_rem(step).ok_or(Inexact::Overflow)?;
        let whole = divide(super::subtract(amount, remainder)?, step)?;
        let half = match multiply(remainder.abs(), Decimal::TWO)?.cmp(&step) {
            std::cmp::Ordering::Less if remainder.is_zero() => Decimal::ZERO,
            std::cmp::Ordering::Less => Decimal::new(25, 2),
            std::cmp::Ordering::Equal => Decimal::new(5, 1),
            std::cmp::Ordering::Greater => Decimal::new(75, 2),
        };
        let signed = if remainder.is_sign_negative() { super::negated(half) } else { half };
        Ok(round_to_places(super::add(whole, signed)?, 0, self.mode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::parse_decimal;

    fn rounded(mode: &str, text: &str, step: Option<&str>) -> String {
        let mode = mode.parse().unwrap();
        let rounding =
            step.map_or(Rounding::to_scale(mode, 0), |step| Rounding::to_step(mode, parse_decimal(step).unwrap()));
        rounding.round(parse_decimal(text).unwrap()).unwrap().normalize().to_string()
    }

    #[test]
    fn a_quotient_is_rounded_on_its_exact_value() {
        let quotient = |mode: &str, dividend: &str, divisor: &str| {
            let rounding = Rounding::to_scale(mode.parse().unwrap(), 2);
            let number = |text| parse_decimal(text).unwrap();
            rounding.round_quotient(number(dividend), number(divisor)).unwrap().normalize().to_string()
        };
        assert_eq!(quotient("half_even", "100", "3"), "33.33");
        assert_eq!(quotient("half_even", "0.125", "1"), "0.12");
        assert_eq!(quotient("half_up", "1", "-8"), "-0.13");
        assert_eq!(quotient("up", "1", "3000000"), "0.01");
        // The quotient is above the tie by less than division could show.
        assert_eq!(quotient("half_even", "1125000000000.0000000000000001", "9000000000000"), "0.13");
    }

    #[test]
    fn each_mode_rounds_as_its_name_says() {
        let values = ["2.5", "-2.5", "3.5", "2.1", "-2.1", "2.9"];
        for (mode, expected) in [
            ("half_even", ["2", "-2", "4", "2", "-2", "3"]),
            ("half_up", ["3", "-3", "4", "2", "-2", "3"]),
            ("half_down", ["2", "-2", "3", "2", "-2", "3"]),
            ("up", ["3", "-3", "4", "3", "-3", "3"]),
            ("down", ["2", "-2", "3", "2", "-2", "2"]),
            ("ceiling", ["3", "-2", "4", "3", "-2", "3"]),
            ("floor", ["2", "-3", "3", "2", "-3", "2"]),
        ] {
            for (value, expected) in values.iter().zip(expected) {
                assert_eq!(rounded(mode, value, None), expected, "{mode} {value}");
            }
        }
    }

    #[test]
    fn a_short_number_is_rounded_as_the_library_rounds_it() {
        for digits in (-3_000..3_000).chain([i64::MAX, i64::MIN, i64::MIN + 1]) {
            for (_, mode) in RoundingMode::NAMES {
                for (scale, places) in [(3, 1), (3, 2), (2, 2), (1, 2), (18, 0), (19, 2)] {
                    let value = Decimal::from_i128_with_scale(i128::from(digits), scale);
                    let expected = value.round_dp_with_strategy(places, mode.strategy());
                    let rounded = round_to_places(value, places, mode);
                    assert_eq!(rounded.to_string(), expected.to_string(), "{value} {mode:?} {places}");
                }
            }
        }
    }

    #[test]
    fn a_step_rounds_to_its_multiples() {
        for (value, expected) in [("125", "100"), ("175", "200"), ("125.01", "150"), ("-125", "-100"), ("24.99", "0")] {
            assert_eq!(rounded("half_even", value, Some("50")), expected, "{value}");
        }
        assert_eq!(rounded("half_up", "0.125", Some("0.05")), "0.15");
        assert_eq!(rounded("floor", "-0.01", Some("0.05")), "-0.05");
        assert_eq!(rounded("half_even", "1.5", Some("3")), "0");
        assert_eq!(rounded("half_even", "1.5000000000000000000000000001", Some("3")), "3");
    }
}
