//! A decimal of few digits in one word, which most are: it travels in a register, where the library's would be written to
//! memory piece by piece and waited for.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{RoundingMode, decimal::power_of_ten, rounding::steps_away};

/// A decimal of at most 55 bits of digits: the digits, and in the lowest byte the places. Never minus zero, which has no
/// digits to carry its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short(u64);

/// In place of the places: these bits are no short decimal.
const NONE: u64 = 0xFF;

impl Short {
    /// A number, where it is short.
    #[inline]
    pub fn of(number: Decimal) -> Option<Self> {
        let parts = number.unpack();
        let digits = i64::from(parts.lo) | i64::from(parts.mid) << 32;
        let is_short = parts.hi == 0 && parts.mid <= i32::MAX.unsigned_abs() && !(parts.negative && digits == 0);
        if is_short { Self::new(if parts.negative { -digits } else { digits }, parts.scale) } else { None }
    }

    #[inline]
    fn new(digits: i64, places: u32) -> Option<Self> {
        let packed = digits << 8;
        (packed >> 8 == digits && places <= Decimal::MAX_SCALE)
            .then_some(Self(packed.cast_unsigned() | u64::from(places)))
    }

    /// The bits, which mean nothing else than this number.
    #[inline]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The number of bits that [`Short::bits`] gave; `None` for those of [`Short::marked`].
    #[inline]
    pub const fn from_bits(bits: u64) -> Option<Self> {
        if bits & NONE == NONE { None } else { Some(Self(bits)) }
    }

    /// Bits that are no short decimal and carry a number of 56 bits.
    #[inline]
    pub const fn marked(number: u64) -> u64 {
        number << 8 | NONE
    }

    /// The number that [`Short::marked`] put into bits.
    #[inline]
    pub const fn mark(bits: u64) -> u64 {
        bits >> 8
    }

    #[inline]
    const fn digits(self) -> i64 {
        self.0.cast_signed() >> 8
    }

    #[inline]
    const fn places(self) -> u32 {
        (self.0 & NONE) as u32
    }

    /// The number itself.
    #[inline]
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.digits(), self.places())
    }

    /// The sum. `None` is no verdict: it may be long, or a zero whose sign the library decides.
    #[inline]
    pub fn plus(self, other: Self) -> Option<Self> {
        // Both have less than 56 bits.
        let digits = self.digits() + other.digits();
        if self.places() == other.places() && digits != 0 { Self::new(digits, self.places()) } else { None }
    }

    /// The difference. `None` is no verdict.
    #[inline]
    pub fn minus(self, other: Self) -> Option<Self> {
        let digits = self.digits() - other.digits();
        if self.places() == other.places() && digits != 0 { Self::new(digits, self.places()) } else { None }
    }

    /// The product. `None` is no verdict.
    #[inline]
    pub fn times(self, other: Self) -> Option<Self> {
        let digits = self.digits().checked_mul(other.digits())?;
        if digits == 0 { None } else { Self::new(digits, self.places() + other.places()) }
    }

    /// How it compares with another. `None` is no verdict.
    #[inline]
    pub fn order(self, other: Self) -> Option<Ordering> {
        let (places, others) = (self.places(), other.places());
        if places == others {
            return Some(self.digits().cmp(&other.digits()));
        }
        let left = self.digits().checked_mul(power_of_ten(others.saturating_sub(places))?)?;
        let right = other.digits().checked_mul(power_of_ten(places.saturating_sub(others))?)?;
        Some(left.cmp(&right))
    }

    /// Rounded to so many places. `None` is no verdict.
    #[inline]
    pub fn rounded(self, places: u32, mode: RoundingMode) -> Option<Self> {
        let Some(dropped) = self.places().checked_sub(places) else { return Some(self) };
        let unit = power_of_ten(dropped)?;
        let (whole, rest) = (self.digits() / unit, self.digits() % unit);
        let rounded = if steps_away(whole, rest, unit, mode)? { whole + self.digits().signum() } else { whole };
        // A negative number that becomes zero keeps the sign that the library gives it.
        if rounded == 0 { None } else { Self::new(rounded, places) }
    }

    /// Without its sign.
    #[inline]
    pub fn absolute(self) -> Option<Self> {
        Self::new(self.digits().abs(), self.places())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{add, multiply, parse_decimal, round_to_places, subtract};

    fn numbers() -> Vec<Decimal> {
        let texts = [
            "0",
            "0.00",
            "-0",
            "1",
            "1.0",
            "1.01",
            "-1.5",
            "250000.0",
            "249999.99",
            "0.0000000000000000001",
            "0.005",
            "-0.004",
            "36028797018963967",
            "36028797018963968",
            "-36028797018963968",
            "12345678901234567890.5",
        ];
        texts.iter().map(|text| parse_decimal(text).unwrap()).collect()
    }

    #[test]
    fn what_is_said_of_short_numbers_is_true_of_decimals() {
        let same = |short: Option<Short>, long: Decimal, what: &str| {
            assert!(
                short.is_none_or(|short| short.decimal().to_string() == long.to_string()),
                "{what}: {short:?} {long}"
            );
        };
        for left in numbers() {
            let Some(one) = Short::of(left) else { continue };
            assert_eq!(one.decimal().to_string(), left.to_string());
            assert_eq!(Short::from_bits(one.bits()), Some(one));
            same(one.absolute(), left.abs(), "absolute");
            for (_, mode) in RoundingMode::NAMES {
                (0..4)
                    .for_each(|places| same(one.rounded(places, mode), round_to_places(left, places, mode), "rounded"));
            }
            for right in numbers() {
                let Some(other) = Short::of(right) else { continue };
                same(one.plus(other), add(left, right).unwrap_or_default(), "plus");
                same(one.minus(other), subtract(left, right).unwrap_or_default(), "minus");
                same(one.times(other), multiply(left, right).unwrap_or_default(), "times");
                assert!(one.order(other).is_none_or(|order| order == left.cmp(&right)), "{left} {right}");
            }
        }
        assert_eq!((Short::from_bits(Short::marked(7)), Short::mark(Short::marked(7))), (None, 7));
    }
}
