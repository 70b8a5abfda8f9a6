//! Amounts as whole numbers of the smallest unit, and figures as text.

use crate::money::{Decimal, parse_decimal};

/// An amount in the smallest unit of a program; `None` where it has more digits than fit.
pub(super) fn minor(amount: Decimal, scale: u32) -> Option<i64> {
    let mut amount = amount;
    amount.rescale(scale);
    i64::try_from(amount.mantissa()).ok()
}

/// The amount that a whole number stands for.
pub(super) fn major(minor: i64, scale: u32) -> Decimal {
    Decimal::new(minor, scale)
}

/// A figure that isn't money, with its places.
pub(super) fn figure(text: &str) -> Option<Decimal> {
    parse_decimal(text).ok()
}
