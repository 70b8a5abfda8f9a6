//! Decimals: read, printed, and rounded.

use meed::money::{Decimal, Rounding, RoundingMode, at_scale, parse_decimal, plain, round_to_places, subtract};
use proptest::prelude::*;

const MOST: i128 = 79_228_162_514_264_337_593_543_950_335;

fn any_decimal() -> impl Strategy<Value = Decimal> {
    let mantissa = prop_oneof![
        -MOST..=MOST,
        any::<i64>().prop_map(i128::from),
        (-2_000_i128..2_000),
        prop::sample::select(&[0, 1, -1, MOST, -MOST, 5, 25, 50][..]),
    ];
    (mantissa, 0..=28_u32).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
}

/// Amounts of a size and fineness that programs work with, many of them ties.
fn amount() -> impl Strategy<Value = Decimal> {
    let any = (-1_000_000_000_000_i64..1_000_000_000_000, 0..=9_u32)
        .prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale));
    let tie = (-100_000_i64..100_000, 1..=6_u32).prop_map(|(half, scale)| Decimal::new(half * 5, scale));
    prop_oneof![any, tie]
}

fn mode() -> impl Strategy<Value = RoundingMode> {
    prop::sample::select(&RoundingMode::NAMES[..]).prop_map(|(_, mode)| mode)
}

fn step() -> impl Strategy<Value = Decimal> {
    let steps = ["0.01", "0.05", "0.25", "0.3", "0.7", "1", "3", "5", "50", "1000", "0.125"];
    prop::sample::select(steps.to_vec()).prop_map(|step| parse_decimal(step).unwrap())
}

/// A whole number of 10⁻⁹, so that a test needs no arithmetic of decimals.
fn billionths(value: Decimal) -> i128 {
    let value = value.normalize();
    value.mantissa() * 10_i128.pow(9 - value.scale())
}

fn check(value: Decimal, rounded: Decimal, step: Decimal, mode: RoundingMode) -> Result<(), TestCaseError> {
    let (value, rounded, step) = (billionths(value), billionths(rounded), billionths(step));
    let off = rounded - value;
    prop_assert_eq!(rounded % step, 0, "no multiple of the step");
    prop_assert!(off.abs() < step, "off by a step or more");
    match mode {
        RoundingMode::HalfEven | RoundingMode::HalfUp | RoundingMode::HalfDown => prop_assert!(off.abs() * 2 <= step),
        RoundingMode::Up => prop_assert!(rounded.abs() >= value.abs()),
        RoundingMode::Down => prop_assert!(rounded.abs() <= value.abs()),
        RoundingMode::Ceiling => prop_assert!(off >= 0),
        RoundingMode::Floor => prop_assert!(off <= 0),
    }
    if off.abs() * 2 == step {
        match mode {
            RoundingMode::HalfEven => prop_assert_eq!(rounded / step % 2, 0),
            RoundingMode::HalfUp => prop_assert!(rounded.abs() > value.abs()),
            RoundingMode::HalfDown => prop_assert!(rounded.abs() < value.abs()),
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_the_same(decimal in any_decimal()) {
        let text = decimal.to_string();
        let read = parse_decimal(&text).unwrap();
        prop_assert_eq!(read, decimal);
        prop_assert_eq!(read.scale(), decimal.scale());
        prop_assert_eq!(read.to_string(), text);
        prop_assert_eq!(parse_decimal(&plain(decimal)).unwrap(), decimal);
    }

    #[test]
    fn what_is_read_is_printed_as_it_was_written(text in "(0|-?[1-9][0-9]{0,16})(\\.[0-9]{1,11})?") {
        prop_assert_eq!(parse_decimal(&text).unwrap().to_string(), text);
    }

    #[test]
    fn any_text_is_read_as_its_digits_or_not_at_all(text in "[-+0-9._,eE ]{0,34}") {
        if let Ok(read) = parse_decimal(&text) {
            let digits = |text: &str| text.trim_start_matches('-').trim_start_matches('0').to_owned();
            prop_assert_eq!(digits(&read.to_string()), digits(&text));
            prop_assert!(read.is_zero() || read.is_sign_negative() == text.starts_with('-'));
        }
    }

    #[test]
    fn an_amount_at_its_scale_or_a_finer_one_loses_no_digit(decimal in any_decimal(), finer in 0..=12_u32) {
        let scale = decimal.normalize().scale().max(finer);
        let shown = at_scale(decimal, scale);
        prop_assert_eq!(parse_decimal(&shown).unwrap(), decimal);
        prop_assert!(!shown.starts_with('-') || !decimal.is_zero());
    }

    #[test]
    fn a_rounded_amount_is_a_multiple_of_the_step_and_the_neighbour_that_its_mode_names(
        value in amount(), mode in mode(), step in step(), scale in 0..=6_u32,
    ) {
        check(value, Rounding::to_step(mode, step).round(value).unwrap(), step, mode)?;
        check(value, Rounding::to_scale(mode, scale).round(value).unwrap(), Decimal::new(1, scale), mode)?;
        prop_assert_eq!(round_to_places(value, scale, mode), Rounding::to_scale(mode, scale).round(value).unwrap());
    }

    #[test]
    fn rounding_of_any_decimal_is_within_a_step_or_fails(value in any_decimal(), mode in mode(), step in step()) {
        for rounding in [Rounding::to_step(mode, step), Rounding::to_scale(mode, 2)] {
            if let Ok(rounded) = rounding.round(value)
                && let Ok(off) = subtract(rounded, value)
            {
                prop_assert!(off.abs() < rounding.step(), "{} is off by {}", rounded, off);
                prop_assert_eq!(rounding.round(rounded).unwrap(), rounded, "rounding again changes it");
            }
        }
    }
}
