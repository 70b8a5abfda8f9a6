//! Numbers: exact, checked, rounded by name.

use super::{manifest, refusal, refusal_in, value};
use crate::{diagnostic::Code, script::oracle};

#[test]
fn a_literal_with_a_point_is_an_exact_decimal() {
    let engine = oracle::engine();
    assert_eq!(engine.eval::<String>("type_of(0.1)").unwrap(), "decimal");
    assert_eq!(value("0.1 + 0.2"), "0.3");
    assert_eq!(value("0.1 + 0.2 == 0.3"), "true");
    assert_eq!(value("1.15 * 100.0"), "115.000");
}

#[test]
fn a_number_has_no_exponent() {
    for literal in ["1e3", "1.5e3", "1.5e-3", "1E3", "2.0 * 1e2"] {
        assert_eq!(refusal(literal), Code::ScriptSyntax, "{literal}");
    }
}

#[test]
fn a_text_is_made_no_number_and_no_number_a_float() {
    for call in ["parse_decimal(\"1.5\")", "to_decimal(1)", "(1).to_float()", "parse_float(\"1.5\")", "to_int(1.5)"] {
        assert_eq!(refusal(call), Code::UnknownFunction, "{call}");
    }
}

#[test]
fn a_decimal_keeps_its_digits_and_places_and_is_never_serialised_through_a_float() {
    assert_eq!(value("12345678901234567.89"), "12345678901234567.89");
    assert_eq!(value("1.10"), "1.10");
    assert_eq!(value("`${1.10}`"), "1.10");
    for call in ["to_json(1.10)", "(1.10).to_json()", "parse_json(\"1.10\")"] {
        assert_eq!(refusal(call), Code::UnknownFunction, "{call}");
    }
    let rhai = manifest().split("rhai = {").nth(1).unwrap().split('}').next().unwrap();
    assert!(!rhai.contains("serde"), "{rhai}");
}

#[test]
fn whole_numbers_are_divided_only_by_name() {
    for division in ["5 / 2", "100 / 3 * 3", "(5 / 2) + 0.5", "claim.units / 2"] {
        assert_eq!(refusal(division), Code::IntegerDivision, "{division}");
    }
    assert_eq!(refusal_in("fn f(x) { x /= 2; x }", "f(claim.units)"), Code::IntegerDivision);
    assert_eq!(value("idiv(5, 2)"), "2");
    assert_eq!(value("5 / 2.0"), "2.5");
}

#[test]
fn a_whole_number_never_wraps_and_a_literal_never_changes_its_type() {
    assert_eq!(value("9223372036854775807 + 1"), "fails: WholeNumber");
    assert_eq!(value("-9223372036854775807 - 2"), "fails: WholeNumber");
    assert_eq!(refusal("9223372036854775808"), Code::InexactLiteral);
    assert_eq!(refusal("claim.units + 99999999999999999999"), Code::InexactLiteral);
}

#[test]
fn a_decimal_is_never_rounded_unasked() {
    assert_eq!(refusal("12345678901234567890123456789.1"), Code::InexactLiteral);
    assert_eq!(refusal("0.12345678901234567890123456789"), Code::InexactLiteral);
    assert_eq!(value("9999999999999999.9 * 9999999999999999.9"), "fails: Digits");
    assert_eq!(value("1000000000000000000000000000.0 + 0.001"), "fails: Digits");
    assert_eq!(value("0.0000000000000001 * 0.0000000000000001"), "fails: Digits");
    // Division alone can't be exact; both stop at the same digit.
    assert_eq!(value("1.0 / 3.0 * 3.0"), "0.9999999999999999999999999999");
    assert_eq!(value("5.0 / 2.0"), "2.50");
}

#[test]
fn numbers_are_equal_whatever_their_places() {
    assert_eq!(value("1.10 == 1.1"), "true");
    assert_eq!(value("2.0 == 2"), "true");
    assert_eq!(value("-0.0 == 0.0"), "true");
    assert_eq!(value("1.10 in [1.1]"), "true");
}

#[test]
fn a_rounding_is_named() {
    for call in ["round(2.345, 2)", "(2.345).round(2)", "round(2.345)", "(2.345).round()"] {
        assert_eq!(refusal(call), Code::UnnamedRounding, "{call}");
    }
    assert_eq!(value("round_half_even(2.345, 2)"), "2.34");
    assert_eq!(value("round_half_up(2.345, 2)"), "2.35");
    assert_eq!(value("(2.345).round_half_up(2)"), "2.35");
}

#[test]
fn there_are_no_powers_roots_or_logarithms() {
    assert_eq!(refusal("2.0 ** 0.5"), Code::NotCovered);
    assert_eq!(refusal("2 ** 3"), Code::NotCovered);
    for name in ["sqrt", "ln", "exp", "log", "sin"] {
        assert_eq!(refusal(&format!("{name}(2.0)")), Code::UnknownFunction, "{name}");
    }
}
