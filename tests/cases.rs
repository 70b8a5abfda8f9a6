//! Every case under `tests/programs/` against its snapshot: the same files that `meed test` runs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, path::Path};

use meed::{diagnostic::Findings, report::as_text, workspace::Workspace};

#[test]
fn every_case_decides_as_its_snapshot_says() {
    let workspace = Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let cases = workspace.cases().unwrap();
    assert!(!cases.is_empty(), "there are no cases");
    let mut programs = BTreeMap::new();
    for case in cases {
        let mut findings = Findings::new();
        let loaded = programs
            .entry(case.program.clone())
            .or_insert_with(|| workspace.load(&case.program, &mut findings))
            .as_ref();
        let ran = loaded.and_then(|loaded| workspace.run_case(&case, loaded, &mut findings));
        let Some(ran) = ran else {
            let texts: Vec<String> = findings.into_sorted().iter().map(|finding| as_text(finding, false)).collect();
            panic!("{case} can't be run:\n{}", texts.join("\n"));
        };
        assert!(ran.unmet.is_empty(), "{case}: {}", ran.unmet.join("\n"));
        let snapshot = workspace.root().join(case.snapshot_path());
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(snapshot.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_description(&ran.snapshot.header.title);
        settings.set_info(&ran.snapshot.header);
        let name = snapshot.file_stem().unwrap().to_string_lossy().into_owned();
        settings.bind(|| insta::assert_snapshot!(name, ran.snapshot.contents));
    }
}

#[test]
fn no_snapshot_is_without_its_case() {
    let workspace = Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert_eq!(workspace.orphan_snapshots().unwrap(), Vec::<String>::new());
}
