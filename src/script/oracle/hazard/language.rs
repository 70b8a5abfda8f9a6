//! What the language has not, and what Rhai might do with what it has.

use super::{manifest, refusal, refusal_in, value, value_in};
use crate::{
    diagnostic::{Code, Findings},
    script::oracle::pairs::check,
};

#[test]
fn there_are_no_maps() {
    assert_eq!(refusal("#{ a: 1 }"), Code::NotCovered);
    assert_eq!(refusal("#{ a: 1 }.a"), Code::NotCovered);
}

#[test]
fn the_typed_form_of_a_switch_is_the_same_in_every_run() {
    // Rhai keeps the cases in a map under hashes whose seed differs from run to run.
    let cases: Vec<String> = (0..40).map(|number| format!("\"case {number}\" => {number}")).collect();
    let expression = [format!("switch claim.sku {{ {}, _ => -1 }}", cases.join(", "))];
    let forms: Vec<String> = (0..5)
        .map(|_| {
            let (form, _) = check("", &expression, &mut Findings::new()).unwrap();
            format!("{:?} {:?}", form.nodes, form.constants)
        })
        .collect();
    assert!(forms.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn there_are_no_closures_and_no_functions_as_values() {
    for closure in ["|x| x + 1", "[1].map(|x| x + 1)", "|| 1"] {
        assert_eq!(refusal(closure), Code::ScriptSyntax, "{closure}");
    }
    assert_eq!(refusal_in("fn f() { let g = |x| x; 1 }", "f()"), Code::ScriptSyntax);
    for call in ["Fn(\"f\")", "call(\"f\")", "curry(\"f\", 1)", "[1].filter(\"is_odd\")", "[1].map(\"eval\")"] {
        assert!(matches!(refusal(call), Code::UnknownFunction | Code::ScriptSyntax), "{call}");
    }
}

#[test]
fn no_text_is_run() {
    for call in ["eval(\"1\")", "Fn(\"eval\")", "call(Fn(\"ev\" + \"al\"), \"1\")", "\"1\".eval()"] {
        assert!(matches!(refusal(call), Code::UnknownFunction | Code::ScriptSyntax), "{call}");
    }
}

#[test]
fn nothing_is_imported() {
    assert_eq!(refusal_in("import \"x\" as y;\nfn f() { 1 }", "f()"), Code::ScriptSyntax);
    assert_eq!(refusal_in("fn f() { import \"x\" as y; 1 }", "f()"), Code::ScriptSyntax);
    assert_eq!(refusal("x::f(1)"), Code::ScriptSyntax);
    assert!(manifest().contains("\"no_module\""));
}

#[test]
fn nothing_is_printed_and_no_clock_is_read() {
    for call in ["print(1)", "debug(1)", "timestamp()", "sleep(1)", "rand()", "type_of(1)"] {
        assert!(matches!(refusal(call), Code::UnknownFunction | Code::ScriptSyntax), "{call}");
    }
    assert!(manifest().contains("\"no_time\""));
}

#[test]
fn nothing_is_tried_or_thrown() {
    assert_eq!(refusal_in("fn f() { try { 1 } catch { 2 } }", "f()"), Code::NotCovered);
    assert_eq!(refusal_in("fn f() { throw \"x\"; }", "f()"), Code::NotCovered);
}

#[test]
fn every_rule_ends() {
    for script in [
        "fn f() { while true { } 1 }",
        "fn f() { loop { } 1 }",
        "fn f() { do { } while true; 1 }",
        "fn f() { do { } until false; 1 }",
        "fn f() { for x in [1] { break; } 1 }",
        "fn f() { for x in [1] { continue; } 1 }",
        "fn f() { f() }",
        "fn g() { f() } fn f() { g() }",
    ] {
        assert_eq!(refusal_in(script, "f()"), Code::NotCovered, "{script}");
    }
    for list in ["0..1000000000", "0..=9", "range(0, 1000000000)", "\"text\""] {
        let code = refusal_in(&format!("fn f() {{ for x in {list} {{ }} 1 }}"), "f()");
        assert!(matches!(code, Code::NotCovered | Code::UnknownFunction | Code::WrongType), "{list}: {code:?}");
    }
    assert_eq!(refusal_in("fn f(n) { for x in n { } 1 }", "f(1000000000)"), Code::WrongType);
}

#[test]
fn no_code_is_dropped_before_it_is_checked() {
    assert_eq!(refusal("if true { 1 } else { \"a\" }"), Code::BranchTypes);
    assert_eq!(refusal("if false { claim.amuont } else { 1 }"), Code::UnknownMember);
    assert_eq!(refusal("true || claim.amuont"), Code::UnknownMember);
    // Nor is anything run: a built-in that fails on its literal does so for the claim.
    assert_eq!(value("date(\"no date\") == claim.day"), "fails: NotDate");
    assert_eq!(value_in("fn f(x) { x = x * 1.1; x }", "f(2.0)"), "2.20");
}

#[test]
fn nothing_that_is_written_makes_the_parser_panic() {
    for text in [
        "",
        "\u{0}",
        "\u{feff}1",
        "/*",
        "//",
        "`${",
        "`${`${1}`}`",
        "\"\\u{110000}\"",
        "\"\\x\"",
        "'",
        "'ab'",
        "0x",
        "0b2",
        "1__0",
        "._",
        "1..2",
        "a.b.c.d",
        "((((",
        "{{{{",
        "[[[[",
        "-(-(-(1",
        "if",
        "switch",
        "fn",
        "#{",
        "x =>",
        "1;;;",
        "let x",
        "$symbol$",
        "\u{202e}1",
        "claim.\u{0}",
        "- 9223372036854775808",
        "--1",
        "!!!true",
        "a = b = c",
    ] {
        let mut findings = Findings::new();
        check(text, &[text.to_owned()], &mut findings);
        check(&format!("fn f() {{ {text} }}"), &["f()".to_owned()], &mut findings);
    }
}
