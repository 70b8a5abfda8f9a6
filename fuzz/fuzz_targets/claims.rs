//! Any bytes as a claims file: it is refused as a whole, or each row has exactly one outcome and the counts tie.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use meed::{
    diagnostic::{Findings, Source},
    engine::{Counts, Past, Tables, run},
    input::{ColumnMap, read_claims, wanted},
    outcome::{Depth, EngineReason},
    program::{Program, check, parse},
    script::Scripts,
};

static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    let source = |text: &str| Arc::new(Source { path: "authored".into(), text: text.into() });
    let definition = source(include_str!("../../programs/giftware/trade-rebate.yaml"));
    let script = source(include_str!("../../rules/giftware/trade_rebate.rhai"));
    let (mut findings, mut scripts) = (Findings::new(), Scripts::new());
    scripts.add(&script, &mut findings);
    let root = parse(&definition, &mut findings).expect("the definition is YAML");
    check(&root, &definition, &scripts, &[script], &mut findings).expect("the definition is a program")
});

fuzz_target!(|bytes: &[u8]| {
    for name in ["claims.csv", "claims.jsonl", "claims.csv.gz", "claims"] {
        let fields = wanted(&PROGRAM.claim.fields);
        let Ok(intake) = read_claims(name, bytes, &fields, &ColumnMap::default(), &mut |_| {}) else { continue };
        let tables = Tables::new(&PROGRAM, Vec::new()).expect("the program has no tables");
        let mut counts = Counts::default();
        run(&PROGRAM, &tables, &mut Past::new(&PROGRAM), &intake.claims, &|_, _| Depth::Steps, &mut |outcome, _| {
            counts.add(&outcome);
            assert!(outcome.reasons.iter().all(|reason| reason.code != EngineReason::EngineFailed.code()));
        });
        assert!(counts.tie() && counts.read == intake.claims.count() as u64);
    }
});
