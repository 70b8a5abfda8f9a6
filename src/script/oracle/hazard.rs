//! Each known hazard of Rhai as a language of money rules: refused by the checker with a code, or the same as Rhai's
//! interpreter gives, or kept out by how Rhai is built and set.

use std::sync::Arc;

use super::{
    pairs::{check, said_by_both},
    random::Random,
    world::World,
};
use crate::{
    diagnostic::{Code, Findings, Source},
    script::{Scripts, limit, oracle},
};

/// The code with which an expression is refused.
fn refusal(expression: &str) -> Code {
    refusal_in("", expression)
}

/// The code with which a script is refused whose `f` an expression calls.
fn refusal_in(script: &str, expression: &str) -> Code {
    let mut findings = Findings::new();
    let form = check(script, &[expression.to_owned()], &mut findings);
    assert!(form.is_none() && findings.has_errors(), "`{expression}` is not refused");
    let first = findings.into_sorted().into_iter().next().unwrap();
    assert!(!first.message.is_empty() && !first.labels.is_empty(), "`{expression}` is refused without a place");
    first.code
}

/// What an expression gives, which is what Rhai gives for it.
fn value(expression: &str) -> String {
    value_in("", expression)
}

fn value_in(script: &str, expression: &str) -> String {
    let world = World::new(&mut Random::new(7), 1);
    said_by_both(script, expression, &world).unwrap_or_else(|trouble| panic!("`{expression}`: {trouble}"))
}

fn manifest() -> &'static str {
    include_str!("../../../Cargo.toml")
}

mod numbers {
    use super::*;

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
        for call in ["parse_decimal(\"1.5\")", "to_decimal(1)", "(1).to_float()", "parse_float(\"1.5\")", "to_int(1.5)"]
        {
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
}

mod typing {
    use super::*;

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
}

mod language {
    use super::*;

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
}

mod bounds {
    use super::*;

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
        let twenty = vec!["1"; 20].join(", ");
        let script = format!("fn f(t) {{ for x in [{twenty}] {{ t += t; }} len(t) }}");
        assert_eq!(value_in(&script, "f(\"ab\")"), "fails: TextLength");
        let script = format!("fn f(t) {{ for x in [{twenty}] {{ t = `${{t}}${{t}}`; }} len(t) }}");
        assert_eq!(value_in(&script, "f(\"ab\")"), "fails: TextLength");
        assert_eq!(value_in("fn f(t) { t += t; len(t) }", "f(\"ab\")"), "4");
    }

    #[test]
    fn what_many_locals_hold_together_is_bounded() {
        let (twelve, thousand) = (vec!["1"; 12].join(", "), vec!["1"; 40].join(", "));
        let grow = format!("for x in [{twelve}] {{ t += t; }} let l = [{thousand}];");
        let script = format!("fn f(t) {{ {grow} for x in l {{ for y in l {{ len(t + \"x\"); }} }} 1 }}");
        assert_eq!(value_in(&script, "f(\"abcdefgh\")"), "fails: Bytes");
    }

    #[test]
    fn the_steps_of_a_rule_are_bounded() {
        let list = vec!["1"; 40].join(", ");
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
        let many: String = (0..=limit::MAX_FUNCTIONS).map(|number| format!("fn f{number}() {{ 1 }} ")).collect();
        assert_eq!(refusal_in(&many, "f0()"), Code::TooLarge);
        let chain: String =
            (0..=limit::MAX_CALL_DEPTH).map(|number| format!("fn f{number}() {{ f{}() }} ", number + 1)).collect();
        let chain = format!("{chain}fn f{}() {{ 1 }}", limit::MAX_CALL_DEPTH + 1);
        assert_eq!(refusal_in(&chain, "f0()"), Code::TooLarge);
        let doubling: String =
            (0..25).map(|number| format!("fn f{number}() {{ f{0}() + f{0}() }} ", number + 1)).collect();
        assert_eq!(refusal_in(&(doubling + "fn f25() { 1 }"), "f0()"), Code::TooLarge);
    }

    #[test]
    fn many_locals_are_as_many_as_they_are_and_no_more() {
        let lets: String = (0..2_000).map(|number| format!("let v{number} = {number}; ")).collect();
        assert_eq!(value_in(&format!("fn f() {{ {lets} v1999 }}"), "f()"), "1999");
    }
}

mod settings {
    use super::*;

    #[test]
    fn rhai_is_pinned_with_these_features_and_no_others() {
        let rhai = manifest().split("rhai = {").nth(1).unwrap().split('}').next().unwrap();
        assert!(rhai.contains("version = \"=1.27.0\"") && rhai.contains("default-features = false"), "{rhai}");
        let list = rhai.split("features = [").nth(1).unwrap().split(']').next().unwrap();
        let mut features: Vec<&str> = list
            .split(',')
            .map(|feature| feature.trim().trim_matches('"'))
            .filter(|feature| !feature.is_empty())
            .collect();
        features.sort_unstable();
        let expected = [
            "decimal",
            "grain",
            "internals",
            "metadata",
            "no_closure",
            "no_custom_syntax",
            "no_float",
            "no_module",
            "no_time",
            "only_i64",
            "std",
            "sync",
        ];
        assert_eq!(features, expected);
    }

    #[test]
    fn the_features_are_those_that_are_at_work() {
        // Another package of the tree could switch features on or off.
        let engine = oracle::engine();
        assert_eq!(engine.eval::<String>("type_of(0.1)").unwrap(), "decimal");
        assert_eq!(engine.eval::<String>("type_of(1)").unwrap(), "i64");
        assert!(engine.compile("import \"x\" as y;").is_err(), "modules are there");
        assert!(engine.eval::<i64>("let x = 1; let f = || x; f.call()").is_err(), "closures are there");
        assert!(engine.eval::<rhai::Dynamic>("timestamp()").is_err(), "the clock is there");
        assert!(engine.eval::<i64>("9223372036854775807 + 1").is_err(), "overflow is unchecked");
    }

    #[test]
    fn a_script_that_was_refused_adds_no_function() {
        let (mut scripts, mut findings) = (Scripts::new(), Findings::new());
        let text = "fn f() { 1 }\nlet x = 1;\nfn broken( {".to_owned();
        scripts.add(&Arc::new(Source { path: "a.rhai".into(), text }), &mut findings);
        assert!(findings.has_errors() && scripts.function("f", 0).is_none());
    }
}
