//! Exact decimals: a strict written form, and operations that fail rather than lose a digit.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::Short;

/// Why a text is not an exact decimal. Each has a remedy in the reader's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDecimal {
    /// Nothing was written.
    #[error("is empty")]
    Empty,
    /// An exponent, as in `1e3`.
    #[error("has an exponent: write all digits, `1000` for `1e3`")]
    Exponent,
    /// A separator between groups of digits, as in `1_000` or `1,000`.
    #[error("has a separator between digits: write `1000`, with a point before the decimals")]
    Separator,
    /// A point without a digit on both sides.
    #[error("needs a digit before and after the point")]
    BarePoint,
    /// More digits than can be kept exactly.
    #[error("has more than 28 digits and can't be kept exactly")]
    TooLong,
    /// Anything else.
    #[error("is not a number: digits, at most one point, `-` in front if negative")]
    NotNumber,
}

/// An operation whose exact result doesn't fit in 28 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Inexact {
    /// The result is too large, or needs more digits than can be kept exactly.
    #[error("the result needs more than 28 digits")]
    Overflow,
    /// Division by zero.
    #[error("division by zero")]
    DivisionByZero,
}

/// Reads a decimal written as digits with at most one point, `-` in front if negative.
///
/// Stricter than the library's parser, which rounds past 28 digits and takes `1_000`.
pub fn parse_decimal(text: &str) -> Result<Decimal, NotDecimal> {
    if let Some(decimal) = parse_short(text.as_bytes()) {
        return Ok(decimal);
    }
    if text.is_empty() {
        return Err(NotDecimal::Empty);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(whole) && fraction.is_none_or(is_digits) {
        return Decimal::from_str_exact(text).map_err(|_| NotDecimal::TooLong);
    }
    Err(reason_not_decimal(digits, whole, fraction))
}

/// The most digits that a number of 64 bits holds whatever they are.
const SHORT_DIGITS: usize = 18;

/// Reads what nearly every decimal is: a few digits. `None` is no verdict.
fn parse_short(text: &[u8]) -> Option<Decimal> {
    let (negative, rest) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    let (mut digits, mut count, mut point) = (0_i64, 0, None);
    for byte in rest {
        match byte {
            b'0'..=b'9' => {
                digits = digits.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
                count += 1;
            }
            b'.' if point.is_none() && count > 0 => point = Some(count),
            _ => return None,
        }
    }
    let places = count - point.unwrap_or(count);
    let is_whole = count > 0 && count <= SHORT_DIGITS && (point.is_none() || places > 0);
    // Minus zero keeps its sign on the long way.
    (is_whole && !(negative && digits == 0))
        .then(|| Decimal::new(if negative { -digits } else { digits }, u32::try_from(places).unwrap_or_default()))
}

fn reason_not_decimal(digits: &str, whole: &str, fraction: Option<&str>) -> NotDecimal {
    let first_is_digit = digits.starts_with(|first: char| first.is_ascii_digit());
    let only = |allowed: &str| digits.chars().all(|symbol| symbol.is_ascii_digit() || allowed.contains(symbol));
    if first_is_digit && only("eE+-.") && digits.contains(['e', 'E']) {
        NotDecimal::Exponent
    } else if digits.trim() != digits {
        NotDecimal::NotNumber
    } else if first_is_digit && only("_,'. ") && digits.contains(['_', ',', '\'', ' ']) {
        NotDecimal::Separator
    } else if only(".") && (whole.is_empty() || fraction == Some("")) && !matches!(digits, "" | ".") {
        NotDecimal::BarePoint
    } else {
        NotDecimal::NotNumber
    }
}

/// Both numbers, where they are short.
#[inline]
fn both_short(left: Decimal, right: Decimal) -> Option<(Short, Short)> {
    Some((Short::of(left)?, Short::of(right)?))
}

/// The exact sum.
#[inline]
pub fn add(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    match both_short(left, right).and_then(|(one, other)| one.plus(other)) {
        Some(sum) => Ok(sum.decimal()),
        None => add_long(left, right),
    }
}

fn add_long(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    let sum = left.checked_add(right).ok_or(Inexact::Overflow)?;
    // The library rounds a sum whose operands lie too far apart; its scale then falls below theirs.
    if sum.scale() < left.scale().max(right.scale()) {
        let exact = sum.checked_sub(right) == Some(left) && sum.checked_sub(left) == Some(right);
        return if exact { Ok(sum) } else { Err(Inexact::Overflow) };
    }
    Ok(sum)
}

/// The exact difference.
pub fn subtract(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    add(left, negated(right))
}

/// The number with the other sign, which is always exact.
pub fn negated(mut number: Decimal) -> Decimal {
    if !number.is_zero() {
        number.set_sign_negative(number.is_sign_positive());
    }
    number
}

/// The exact product.
#[inline]
pub fn multiply(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    match both_short(left, right).and_then(|(one, other)| one.times(other)) {
        Some(product) => Ok(product.decimal()),
        None => multiply_long(left, right),
    }
}

fn multiply_long(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    let product = left.checked_mul(right).ok_or(Inexact::Overflow)?;
    let dropped = (left.scale() + right.scale()).saturating_sub(product.scale());
    if dropped == 0 || left.is_zero() || right.is_zero() {
        return Ok(product);
    }
    // The library drops places that don't fit, and rounds. Only zeros are dropped if ten divides the product that often.
    let often = |factor| divisible(left, factor, dropped) + divisible(right, factor, dropped) >= dropped;
    if !product.is_zero() && often(2) && often(5) { Ok(product) } else { Err(Inexact::Overflow) }
}

/// Ten to a power, where that is a number of 64 bits.
pub(super) fn power_of_ten(power: u32) -> Option<i64> {
    #[expect(clippy::indexing_slicing, reason = "worked out when compiling")]
    const POWERS: [i64; 19] = {
        let mut powers = [1; 19];
        let mut power = 1;
        while power < 19 {
            powers[power] = powers[power - 1] * 10;
            power += 1;
        }
        powers
    };
    POWERS.get(power as usize).copied()
}

/// How two numbers compare.
#[inline]
pub fn compare(left: Decimal, right: Decimal) -> Ordering {
    let order = both_short(left, right).and_then(|(one, other)| one.order(other));
    order.unwrap_or_else(|| left.cmp(&right))
}

/// How often a factor divides the digits of a number, counted up to `most`.
fn divisible(number: Decimal, factor: i128, most: u32) -> u32 {
    let (mut digits, mut times) = (number.mantissa(), 0);
    while times < most && digits % factor == 0 {
        digits /= factor;
        times += 1;
    }
    times
}

/// The quotient to 28 digits: the one operation that can't be exact.
pub fn divide(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    if right.is_zero() {
        return Err(Inexact::DivisionByZero);
    }
    left.checked_div(right).ok_or(Inexact::Overflow)
}

/// An amount with exactly `scale` places, as outcomes and pages print it. The value must need no more places.
pub fn at_scale(amount: Decimal, scale: u32) -> String {
    let mut shown = amount;
    shown.rescale(scale);
    if shown.is_zero() {
        shown.set_sign_positive(true);
    }
    shown.to_string()
}

/// Appends an amount with exactly `scale` places, as [`at_scale`] prints it.
pub fn write_at_scale(amount: Decimal, scale: u32, bytes: &mut Vec<u8>) {
    let short = scale.checked_sub(amount.scale()).and_then(|missing| {
        let digits = u64::try_from(amount.mantissa().unsigned_abs()).ok()?;
        digits.checked_mul(power_of_ten(missing)?.unsigned_abs())
    });
    let Some(digits) = short else {
        bytes.extend_from_slice(at_scale(amount, scale).as_bytes());
        return;
    };
    if amount.is_sign_negative() && digits != 0 {
        bytes.push(b'-');
    }
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(digits).as_bytes();
    let places = scale as usize;
    if places == 0 {
        bytes.extend_from_slice(digits);
        return;
    }
    // At least one digit stands before the point.
    let Some((whole, fraction)) = digits.len().checked_sub(places).and_then(|whole| digits.split_at_checked(whole))
    else {
        bytes.extend_from_slice(b"0.");
        bytes.resize(bytes.len() + places - digits.len(), b'0');
        bytes.extend_from_slice(digits);
        return;
    };
    bytes.extend_from_slice(if whole.is_empty() { b"0" } else { whole });
    bytes.push(b'.');
    bytes.extend_from_slice(fraction);
}

/// A figure without needless zeros, as traces print it.
pub fn plain(figure: Decimal) -> String {
    figure.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_as_written() {
        for text in ["0", "1.10", "-0.01", "123456789012345678.123456789", "5.00"] {
            assert_eq!(parse_decimal(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_number_that_a_float_or_a_locale_could_bend_is_refused() {
        for (text, reason) in [
            ("", NotDecimal::Empty),
            ("-", NotDecimal::NotNumber),
            ("1e3", NotDecimal::Exponent),
            ("1.5E-3", NotDecimal::Exponent),
            ("1_000", NotDecimal::Separator),
            ("1,000.00", NotDecimal::Separator),
            (".5", NotDecimal::BarePoint),
            ("5.", NotDecimal::BarePoint),
            ("+1", NotDecimal::NotNumber),
            ("5 ", NotDecimal::NotNumber),
            ("0x10", NotDecimal::NotNumber),
            ("1.2.3", NotDecimal::NotNumber),
            ("12345678901234567890123456789.1", NotDecimal::TooLong),
            ("0.12345678901234567890123456789", NotDecimal::TooLong),
        ] {
            assert_eq!(parse_decimal(text), Err(reason), "{text:?}");
        }
    }

    #[test]
    fn a_product_or_sum_that_would_lose_a_digit_fails() {
        let long = parse_decimal("1.234567890123456789").unwrap();
        assert_eq!(multiply(long, long), Err(Inexact::Overflow));
        let tiny = parse_decimal("0.0000000000000001").unwrap();
        assert_eq!(multiply(tiny, tiny), Err(Inexact::Overflow));
        let large = parse_decimal("1000000000000000000000000000").unwrap();
        assert_eq!(add(large, parse_decimal("0.001").unwrap()), Err(Inexact::Overflow));
        assert_eq!(multiply(Decimal::ZERO, long), Ok(Decimal::ZERO));
    }

    #[test]
    fn a_product_that_drops_only_zeros_is_exact() {
        let of = |text| parse_decimal(text).unwrap();
        for (left, right, product) in [
            ("3663251523784.3514893409367776", "5", "18316257618921.757446704683888"),
            ("149.95077910341127862983633833", "-10", "-1499.5077910341127862983633833"),
            ("1.0000000000000000000000000000", "7.41", "7.4100000000000000000000000000"),
        ] {
            assert_eq!(multiply(of(left), of(right)).unwrap().to_string(), product);
        }
    }

    #[test]
    fn an_amount_prints_at_its_scale_and_never_as_minus_zero() {
        assert_eq!(at_scale(parse_decimal("3100").unwrap(), 2), "3100.00");
        assert_eq!(at_scale(parse_decimal("-0.00").unwrap(), 2), "0.00");
        assert_eq!(plain(parse_decimal("1.500").unwrap()), "1.5");
    }

    #[test]
    fn numbers_compare_as_the_library_compares_them() {
        let texts = ["0", "0.00", "-0", "1", "1.0", "1.01", "-1.5", "250000.0", "249999.99", "0.0000000000000000001"];
        let long = ["9223372036854775807", "92233720368547758.08", "7.9228162514264337593543950335", "-1e"];
        let numbers: Vec<Decimal> = texts.into_iter().chain(long).filter_map(|text| parse_decimal(text).ok()).collect();
        for left in &numbers {
            assert!(numbers.iter().all(|right| compare(*left, *right) == left.cmp(right)), "{left}");
        }
    }

    #[test]
    fn an_amount_is_appended_as_it_is_printed() {
        for text in
            ["0", "-0", "7", "-7", "0.05", "-0.050", "12.3", "1844674407370955161.5", "-99999999999999999999.75"]
        {
            let amount = parse_decimal(text).unwrap();
            for scale in amount.normalize().scale()..=12 {
                let mut bytes = Vec::new();
                write_at_scale(amount, scale, &mut bytes);
                assert_eq!(String::from_utf8(bytes).unwrap(), at_scale(amount, scale), "{text} {scale}");
            }
        }
    }
}
