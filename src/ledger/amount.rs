//! Amounts as whole numbers of the smallest unit, and figures as text.

use crate::money::{Decimal, parse_decimal};

/// The first amount that is too large: sums of those below it stay within what a ledger adds up.
const TOO_LARGE: u64 = 1_000_000_000_000_000_000;

/// An amount in the smallest unit of a program; `None` where it has more digits than fit.
pub(super) fn minor(amount: Decimal, scale: u32) -> Option<i64> {
    let mut amount = amount;
    amount.rescale(scale);
    i64::try_from(amount.mantissa()).ok().filter(|minor| minor.unsigned_abs() < TOO_LARGE)
}

/// The amount that a whole number stands for.
pub(super) fn major(minor: i64, scale: u32) -> Decimal {
    Decimal::new(minor, scale)
}

/// What amounts are split by to be summed in the database: neither part of a sum can run over.
pub(super) const HALF: i64 = 1_000_000_000;

/// The sum of amounts that were split.
pub(super) fn joined((high, low): (i64, i64), scale: u32) -> Decimal {
    let sum = i128::from(high).saturating_mul(i128::from(HALF)).saturating_add(i128::from(low));
    // INVARIANT: a sum of 64-bit numbers that fewer than 2^32 entries have is below 2^96.
    Decimal::try_from_i128_with_scale(sum, scale).unwrap_or_default()
}

/// A figure that isn't money, with its places.
pub(super) fn figure(text: &str) -> Option<Decimal> {
    parse_decimal(text).ok()
}
