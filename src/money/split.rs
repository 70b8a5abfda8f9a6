//! Splitting an amount to its last unit, so that the parts add up to it.

use super::{Decimal, Inexact, negated};

/// Who gets the units that are left when every part is cut down to whole units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitMethod {
    /// The parts that lost most by it; of equal ones the first.
    LargestRemainder,
    /// The first parts.
    FirstShares,
}

impl SplitMethod {
    /// Every method with the name that definitions use.
    pub const NAMES: [(&'static str, Self); 2] =
        [("largest_remainder", Self::LargestRemainder), ("first_shares", Self::FirstShares)];
}

/// Splits an amount of so many decimal places by weights, none of which is below zero; equally, if all are zero. A negative
/// amount is split as the mirror of the positive one.
pub fn split(amount: Decimal, scale: u32, weights: &[Decimal], method: SplitMethod) -> Result<Vec<Decimal>, Inexact> {
    let units = at(amount.abs(), scale)?;
    let places = weights.iter().map(Decimal::scale).max().unwrap_or(0);
    let mut shares: Vec<i128> = weights.iter().map(|weight| at(*weight, places)).collect::<Result<_, _>>()?;
    if shares.iter().all(|share| *share == 0) {
        shares.fill(1);
    }
    let total = shares.iter().try_fold(0_i128, |sum, share| sum.checked_add(*share)).ok_or(Inexact::Overflow)?;
    let mut parts = Vec::with_capacity(shares.len());
    let mut left = units;
    for share in &shares {
        let product = units.checked_mul(*share).ok_or(Inexact::Overflow)?;
        let (whole, lost) =
            (product.checked_div(total).unwrap_or_default(), product.checked_rem(total).unwrap_or_default());
        left -= whole;
        parts.push((whole, lost));
    }
    let mut next: Vec<usize> =
        shares.iter().enumerate().filter(|(_, share)| **share > 0).map(|(index, _)| index).collect();
    if method == SplitMethod::LargestRemainder {
        // A stable order: of equal ones the first.
        next.sort_by_key(|index| std::cmp::Reverse(parts.get(*index).map(|(_, lost)| *lost)));
    }
    // Fewer units are left than there are shares above zero.
    for index in next.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some((whole, _)) = parts.get_mut(index) {
            *whole += 1;
        }
    }
    let part = |(units, _): (i128, i128)| {
        let part = Decimal::try_from_i128_with_scale(units, scale).map_err(|_| Inexact::Overflow)?;
        Ok(if amount.is_sign_negative() && units != 0 { negated(part) } else { part })
    };
    parts.into_iter().map(part).collect()
}

/// How many units of so many places a number has; it has no smaller ones.
fn at(number: Decimal, scale: u32) -> Result<i128, Inexact> {
    let number = number.normalize();
    let missing = scale.checked_sub(number.scale()).ok_or(Inexact::Overflow)?;
    let factor = 10_i128.checked_pow(missing).ok_or(Inexact::Overflow)?;
    number.mantissa().checked_mul(factor).ok_or(Inexact::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::parse_decimal;

    fn parts(amount: &str, scale: u32, weights: &[&str], method: SplitMethod) -> Vec<String> {
        let weights: Vec<Decimal> = weights.iter().map(|weight| parse_decimal(weight).unwrap()).collect();
        let parts = split(parse_decimal(amount).unwrap(), scale, &weights, method).unwrap();
        parts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn units_that_are_left_go_to_the_first_shares() {
        use SplitMethod::FirstShares;
        assert_eq!(parts("15", 0, &["0.8", "0.08", "0.12"], FirstShares), ["13", "1", "1"]);
        assert_eq!(parts("77", 0, &["0.1", "0.2", "0.7"], FirstShares), ["8", "16", "53"]);
        assert_eq!(parts("100", 0, &["0.6", "0.355", "0.045"], FirstShares), ["61", "35", "4"]);
        assert_eq!(parts("77", 0, &["1", "1"], FirstShares), ["39", "38"]);
        assert_eq!(parts("1", 0, &["0", "1"], FirstShares), ["0", "1"]);
    }

    #[test]
    fn units_that_are_left_go_where_most_was_lost() {
        use SplitMethod::LargestRemainder;
        assert_eq!(parts("15", 0, &["0.8", "0.08", "0.12"], LargestRemainder), ["12", "1", "2"]);
        assert_eq!(parts("0.10", 2, &["1", "1", "1"], LargestRemainder), ["0.04", "0.03", "0.03"]);
        assert_eq!(parts("-0.10", 2, &["1", "1", "1"], LargestRemainder), ["-0.04", "-0.03", "-0.03"]);
        assert_eq!(parts("5.00", 2, &["0", "0"], LargestRemainder), ["2.50", "2.50"]);
        assert_eq!(parts("0", 2, &["1", "2"], LargestRemainder), ["0.00", "0.00"]);
    }

    #[test]
    fn what_has_smaller_units_is_not_split() {
        assert!(split(parse_decimal("0.001").unwrap(), 2, &[Decimal::ONE], SplitMethod::FirstShares).is_err());
    }
}
