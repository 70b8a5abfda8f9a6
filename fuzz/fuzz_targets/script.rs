//! Any text as a rule script, and as an expression of a definition: the check comes back with a program or findings.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use meed::{
    diagnostic::{Findings, Source},
    program::{check, parse},
    report::{as_github, as_json, as_text},
    script::Scripts,
};

const DEFINITION: &str = include_str!("../../programs/giftware/trade-rebate.yaml");
const CONDITION: &str = "is_goods(claim.stock_code, params.not_goods)";

fuzz_target!(|text: &str| {
    let script = Arc::new(Source { path: "rules/a/b.rhai".into(), text: text.into() });
    // As the script that the definition calls, then as the condition itself.
    let as_condition = DEFINITION.replace(CONDITION, &format!("|\n      {}", text.replace('\n', "\n      ")));
    for definition in [DEFINITION.to_owned(), as_condition] {
        let definition = Arc::new(Source { path: "programs/a/b.yaml".into(), text: definition });
        let (mut findings, mut scripts) = (Findings::new(), Scripts::new());
        scripts.add(&script, &mut findings);
        let program = parse(&definition, &mut findings)
            .and_then(|root| check(&root, &definition, &scripts, &[Arc::clone(&script)], &mut findings));
        assert_eq!(program.is_none(), findings.has_errors(), "a program comes with errors, or none without");
        for finding in findings.into_sorted() {
            assert!(!as_text(&finding, false).is_empty() && !as_github(&finding).is_empty() && as_json(&finding).is_ok());
        }
    }
});
