//! Bounds of time and memory.

use rhai::EvalAltResult;

use super::{refusal, refusal_in, value_in};
use crate::{
    diagnostic::Code,
    script::{limit, oracle},
};

fn joined(numbers: std::ops::Range<usize>, make: impl Fn(usize) -> String) -> String {
    numbers.map(make).collect::<Vec<_>>().concat()
}

#[test]
fn nothing_is_made_as_large_as_a_number_says() {
    for call in [
        "[1].pad(50000000, 0)",
        "\"a\".pad(50000000, \"b\")",
        "blob(50000000)",
        "[1].push(2)",
        "[1].append([2])",
        "\"a\".repeat(50000000)",
        "[1].insert(0, 1)",
    ] {
        assert_eq!(refusal(call), Code::UnknownFunction, "{call}");
    }
    assert_eq!(refusal("[1] + [2]"), Code::WrongType);
    assert_eq!(refusal_in("fn f() { let l = [1]; l += [2]; l }", "f()"), Code::WrongType);
    assert_eq!(refusal("[[1], [2]]"), Code::WrongType);
}

#[test]
fn a_text_that_doubles_ends_at_its_limit() {
    let twenty = ["1"; 20].join(", ");
    let script = format!("fn f(t) {{ for x in [{twenty}] {{ t += t; }} len(t) }}");
    assert_eq!(value_in(&script, "f(\"ab\")"), "fails: TextLength");
    let script = format!("fn f(t) {{ for x in [{twenty}] {{ t = `${{t}}${{t}}`; }} len(t) }}");
    assert_eq!(value_in(&script, "f(\"ab\")"), "fails: TextLength");
    assert_eq!(value_in("fn f(t) { t += t; len(t) }", "f(\"ab\")"), "4");
}

#[test]
fn rhai_that_goes_on_where_a_rule_has_failed_ends_at_a_limit_too() {
    let given = oracle::engine().eval::<i64>("let t = \"ab\"; for x in 0..25 { t += t; } t.len");
    assert!(matches!(*given.unwrap_err(), EvalAltResult::ErrorDataTooLarge(..)));
}

#[test]
fn what_many_locals_hold_together_is_bounded() {
    let (twelve, forty) = (["1"; 12].join(", "), ["1"; 40].join(", "));
    let grow = format!("for x in [{twelve}] {{ t += t; }} let l = [{forty}];");
    let script = format!("fn f(t) {{ {grow} for x in l {{ for y in l {{ len(t + \"x\"); }} }} 1 }}");
    assert_eq!(value_in(&script, "f(\"abcdefgh\")"), "fails: Bytes");
}

#[test]
fn the_steps_of_a_rule_are_bounded() {
    let list = ["1"; 40].join(", ");
    let work = "for x in l { for y in l { for z in l { for u in l { } } } }";
    assert_eq!(value_in(&format!("fn f() {{ let l = [{list}]; {work} 1 }}"), "f()"), "fails: Steps");
}

#[test]
fn depth_is_bounded() {
    let deep = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(500), close.repeat(500));
    assert_eq!(refusal(&deep("(", "1", ")")), Code::TooLarge);
    assert_eq!(refusal(&deep("!", "true", "")), Code::TooLarge);
    assert_eq!(refusal(&deep("if true { ", "1", " } else { 2 }")), Code::TooLarge);
    assert_eq!(refusal(&deep("[", "1", "]")), Code::TooLarge);
    assert_eq!(refusal_in(&format!("fn f() {{ {} 1 }}", deep("{ ", "", " }")), "f()"), Code::TooLarge);
}

#[test]
fn scripts_are_bounded() {
    let long = format!("fn f() {{ 1 }} // {}", "x".repeat(limit::MAX_SCRIPT_BYTES));
    assert_eq!(refusal_in(&long, "f()"), Code::TooLarge);
    let many = joined(0..limit::MAX_FUNCTIONS + 1, |number| format!("fn f{number}() {{ 1 }} "));
    assert_eq!(refusal_in(&many, "f0()"), Code::TooLarge);
    let chain = joined(0..limit::MAX_CALL_DEPTH + 1, |number| format!("fn f{number}() {{ f{}() }} ", number + 1));
    let chain = format!("{chain}fn f{}() {{ 1 }}", limit::MAX_CALL_DEPTH + 1);
    assert_eq!(refusal_in(&chain, "f0()"), Code::TooLarge);
    let doubling = joined(0..25, |number| format!("fn f{number}() {{ f{0}() + f{0}() }} ", number + 1));
    assert_eq!(refusal_in(&(doubling + "fn f25() { 1 }"), "f0()"), Code::TooLarge);
}

#[test]
fn many_locals_are_as_many_as_they_are_and_no_more() {
    let lets = joined(0..2_000, |number| format!("let v{number} = {number}; "));
    assert_eq!(value_in(&format!("fn f() {{ {lets} v1999 }}"), "f()"), "1999");
}
