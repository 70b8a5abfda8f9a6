//! What is said of conditions, against what they do: one that is always true or false can be written out as that.

use proptest::{prelude::*, test_runner::Config};

use super::differential::{Sample, source, typed, vocabulary};
use crate::{
    calendar::parse_iso,
    diagnostic::{Code, Diagnostic, Findings, Fragment, Place},
    money::Decimal,
    script::{Checker, Facts, Scripts, Wanted},
};

/// Conditions over few values, so that they often decide each other.
fn condition() -> impl Strategy<Value = String> {
    let order = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let sku = prop::sample::select(vec!["A", "B", "C"]);
    let leaf = prop_oneof![
        4 => (order.clone(), 0..5_i64).prop_map(|(order, units)| format!("claim.units {order} {units}")),
        2 => (order.clone(), 0..5_i64).prop_map(|(order, units)| format!("{units} {order} claim.units")),
        1 => (order, 0..3_i64).prop_map(|(order, price)| format!("claim.price {order} {price}.5")),
        2 => sku.clone().prop_map(|sku| format!("claim.sku == \"{sku}\"")),
        1 => sku.clone().prop_map(|sku| format!("claim.sku in [\"A\", \"{sku}\"]")),
        1 => sku.prop_map(|sku| format!("claim.sku.starts_with(\"{sku}\")")),
        1 => (0..5_i64).prop_map(|units| format!("[1, 2, {units}].contains(claim.units)")),
        1 => Just("claim.flag".to_owned()),
        1 => Just("2 > 1".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one} && {other})")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one} || {other})")),
            inner.clone().prop_map(|inner| format!("!({inner})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(test, one, other)| format!("(if {test} {{ {one} }} else {{ {other} }})")),
        ]
    })
}

/// A function that returns early, branches and switches over such conditions.
fn script() -> impl Strategy<Value = String> {
    prop::collection::vec(condition(), 8).prop_map(|parts| {
        let [early, given, round, leaving, then, first, second, other] = parts.try_into().unwrap();
        format!(
            "fn f(claim) {{\n if {early} {{ return {given}; }}\n let n = 0;\n for x in [1, 2] {{ let y = claim.units + x; \
             if y > 3 && ({round}) {{ n += y; }} if y > 3 {{ n += 10; }} if n > 20 {{ return {leaving}; }} }}\n \
             if n > 12 {{ {then} }} else {{ \
             switch claim.sku {{ \"A\" | \"B\" => {first}, \"C\" => {second}, _ => {other} }} }}\n}}"
        )
    })
}

fn samples() -> impl Strategy<Value = Sample> {
    let sku = prop::sample::select(vec!["A", "B", "C", "D"]).prop_map(str::to_owned);
    let day = parse_iso("2026-07-01").unwrap();
    (any::<bool>(), -1..6_i64, 0..7_i64, sku).prop_map(move |(flag, units, halves, sku)| {
        let price = Decimal::new(halves * 5, 1);
        Sample { flag, units, price, sku, day, filled: true }
    })
}

/// What is said of the conditions of a script.
fn decided(script: &str) -> Vec<Diagnostic> {
    let (mut scripts, mut findings) = (Scripts::new(), Findings::new());
    scripts.add(&source("rules.rhai", script), &mut findings);
    let call = source("program.yaml", "f(claim)");
    let fragment = Fragment::whole(&call);
    let mut checker = Checker::new(&scripts);
    checker.expression(&fragment, &vocabulary(), Wanted::Any, &Facts::none(), &mut findings);
    checker.report_remarks(&mut findings);
    findings.into_sorted().into_iter().filter(|finding| finding.code == Code::AlwaysDecided).collect()
}

/// The script with a condition written out as what is said of it.
fn written_out(script: &str, place: &Place, message: &str) -> String {
    let answer = message.starts_with("this is always true");
    format!("{}{answer}{}", &script[..place.span.start], &script[place.span.end..])
}

proptest! {
    #![proptest_config(Config { cases: 100, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_condition_that_is_always_the_same_can_be_written_out(
        script in script(),
        samples in prop::collection::vec(samples(), 8),
    ) {
        for finding in decided(&script) {
            let written = written_out(&script, &finding.labels[0].place, &finding.message);
            for sample in &samples {
                let (meant, written) = (typed(&script, "f(claim)", sample), typed(&written, "f(claim)", sample));
                prop_assert_eq!(meant, written, "{} at {}", finding.message, finding.labels[0].place.text());
            }
        }
    }
}

#[test]
fn what_is_said_of_conditions_is_said_of_some() {
    let script = "fn f(claim) { if claim.units > 3 { return claim.units > 2; } claim.units > 5 || claim.units == 4 }";
    assert_eq!(decided(script).len(), 3);
}
