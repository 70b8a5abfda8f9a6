//! How Rhai is built.

use std::sync::Arc;

use super::manifest;
use crate::{
    diagnostic::{Findings, Source},
    script::{Scripts, oracle},
};

#[test]
fn rhai_is_pinned_with_these_features_and_no_others() {
    let rhai = manifest().split("rhai = {").nth(1).unwrap().split('}').next().unwrap();
    assert!(rhai.contains("version = \"=1.27.0\"") && rhai.contains("default-features = false"), "{rhai}");
    let list = rhai.split("features = [").nth(1).unwrap().split(']').next().unwrap();
    let mut features: Vec<&str> =
        list.split(',').map(|feature| feature.trim().trim_matches('"')).filter(|feature| !feature.is_empty()).collect();
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
