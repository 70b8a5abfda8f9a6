//! Types and names: known before anything runs.

use super::{refusal, refusal_in, value, value_in};
use crate::diagnostic::Code;

#[test]
fn a_missing_field_is_refused_and_not_false() {
    assert_eq!(refusal("claim.amuont > 1000"), Code::UnknownMember);
    assert_eq!(refusal("!(claim.amuont > 1000)"), Code::UnknownMember);
    assert_eq!(refusal("claim?.units == ()"), Code::NotCovered);
    assert_eq!(refusal("claim.units_maybe ?? 0"), Code::NotCovered);
    assert_eq!(refusal("claim[\"units\"]"), Code::NotCovered);
    assert_eq!(refusal("claim.units_maybe > 5"), Code::MaybeEmpty);
    assert_eq!(refusal("grid.cap"), Code::MaybeEmpty);
}

#[test]
fn values_of_different_types_are_not_compared() {
    for comparison in ["\"10\" > 9", "true > 0", "\"10\" != 9", "claim.day == \"2026-01-01\"", "1 in [\"1\"]"] {
        assert_eq!(refusal(comparison), Code::MixedComparison, "{comparison}");
    }
    for comparison in ["() < 1", "() == ()", "1 == ()"] {
        assert_eq!(refusal(comparison), Code::WrongType, "{comparison}");
    }
    assert_eq!(refusal("true < false"), Code::WrongType);
    assert_eq!(value("2 > 1.5"), "true");
}

#[test]
fn a_text_and_a_number_are_not_added() {
    for sum in ["\"10\" + 5", "1 + \"a\"", "\"a\" + true", "\"a\" + claim.day", "\"a\" - \"a\"", "\"a\" * 3"] {
        assert_eq!(refusal(sum), Code::WrongType, "{sum}");
    }
    assert_eq!(value("`${10}5`"), "105");
    assert_eq!(value("\"10\" + \"5\""), "105");
}

#[test]
fn a_switch_can_leave_nothing_out_and_match_nothing_by_hash() {
    assert_eq!(refusal("switch 1.0 { 1 => 2, _ => 3 }"), Code::WrongType);
    assert_eq!(refusal("switch claim.units { 1.0 => 2, _ => 3 }"), Code::SwitchCases);
    assert_eq!(refusal("switch claim.units { \"1\" => 2, _ => 3 }"), Code::SwitchCases);
    assert_eq!(refusal("switch claim.units { 0..=9 => 2, _ => 3 }"), Code::SwitchCases);
    assert_eq!(refusal("switch claim.units { 1 => 2 }"), Code::SwitchCases);
    assert_eq!(refusal("switch claim.units { 1 if claim.flag => 2, _ => 3 }"), Code::SwitchCases);
    assert_eq!(refusal("switch claim.units { 1 => 2, 1 => 4, _ => 3 }"), Code::SwitchCases);
    assert_eq!(refusal("switch claim.units_maybe { 1 => 2, _ => 3 }"), Code::MaybeEmpty);
    assert_eq!(value("switch 1 { 1 => \"one\", _ => \"other\" }"), "one");
}

#[test]
fn functions_methods_and_fields_are_known_before_anything_runs() {
    assert_eq!(refusal("is_odd(1)"), Code::UnknownFunction);
    assert_eq!(refusal("(1).is_odd()"), Code::UnknownFunction);
    assert_eq!(refusal("claim.units.value"), Code::UnknownMember);
    assert_eq!(refusal("min(1)"), Code::WrongArguments);
    assert_eq!(refusal("len(1)"), Code::WrongArguments);
    assert_eq!(refusal("unknown"), Code::UnknownName);
    // Also where nothing would ever run it.
    assert_eq!(refusal_in("fn f() { if false { nothing_of_the_kind(); } 1 }", "f()"), Code::UnknownFunction);
    assert_eq!(refusal_in("fn f() { return 1; nothing_of_the_kind(); }", "f()"), Code::UnknownFunction);
}

#[test]
fn a_name_has_one_meaning() {
    assert_eq!(refusal_in("fn f() { let amount = 5; let amount = 6; amount }", "f()"), Code::LocalName);
    assert_eq!(refusal_in("fn f(x) { for x in [1] { } x }", "f(1)"), Code::LocalName);
    assert_eq!(refusal_in("fn f() { const X = 1; X = 2; X }", "f()"), Code::LocalName);
    assert_eq!(refusal_in("fn f() { let x = 1; { let x = 2; } x }", "f()"), Code::LocalName);
    assert_eq!(refusal_in("fn len(x) { 1 }", "len(\"a\")"), Code::NameTaken);
}

#[test]
fn nothing_but_a_functions_own_locals_can_be_changed() {
    assert_eq!(refusal_in("fn f(c) { c.units = 5; 1 }", "f(claim)"), Code::NotCovered);
    assert_eq!(refusal_in("fn f(l) { l[0] = 5; 1 }", "f([1])"), Code::NotCovered);
    assert_eq!(refusal_in("fn f() { this.units = 1; 1 }", "f()"), Code::NotCovered);
    assert_eq!(refusal_in("fn f() { claim.units }", "f()"), Code::UnknownName);
    // An argument is a copy.
    assert_eq!(value_in("fn g(x) { x += 1; x } fn f() { let x = 1; g(x); x }", "f()"), "1");
}
