//! Any text as a definition: the check comes back with a program or findings.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use meed::{
    diagnostic::{Findings, Source},
    program::{check, parse},
    report::as_text,
    script::Scripts,
};

const SCRIPTS: [&str; 2] =
    [include_str!("../../rules/example/partner_bonus.rhai"), include_str!("../../rules/giftware/trade_rebate.rhai")];

fuzz_target!(|text: &str| {
    let definition = Arc::new(Source { path: "programs/a/b.yaml".into(), text: text.into() });
    let (mut findings, mut scripts) = (Findings::new(), Scripts::new());
    for script in SCRIPTS {
        scripts.add(&Arc::new(Source { path: "rules/a/b.rhai".into(), text: script.into() }), &mut findings);
    }
    let program =
        parse(&definition, &mut findings).and_then(|root| check(&root, &definition, &scripts, &[], &mut findings));
    assert_eq!(program.is_none(), findings.has_errors(), "a program comes with errors, or none without");
    for finding in findings.into_sorted() {
        assert!(!as_text(&finding, false).is_empty());
    }
});
