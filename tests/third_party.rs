//! Every case that others published is a case here, or is listed as what it is in `docs/third-party.md`.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeMap, fs, path::Path};

/// The groups of cases, and how many there are in each.
const GROUPS: [(&str, usize); 18] = [
    ("D365M", 4),
    ("D365B", 4),
    ("D365G", 2),
    ("STR", 9),
    ("TIER", 14),
    ("LAGOX", 3),
    ("ERPT", 7),
    ("ERPP", 5),
    ("ZEN", 7),
    ("NUMA", 6),
    ("ZRND", 18),
    ("NPI", 2),
    ("PPRO", 2),
    ("DMNU", 3),
    ("DMNA", 3),
    ("DMNP", 3),
    ("DMNQ", 3),
    ("UCI", 15),
];

/// The heading above the ids that no case holds.
const ELSEWHERE: &str = "## Held elsewhere";

fn ids() -> impl Iterator<Item = String> {
    GROUPS.into_iter().flat_map(|(group, count)| (1..=count).map(move |number| format!("{group}-{number:02}")))
}

/// In which cases a plain expectation is written for a claim, by its id.
fn expectations() -> BTreeMap<String, Vec<String>> {
    let mut expectations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/third-party");
    for program in fs::read_dir(programs).unwrap() {
        for file in fs::read_dir(program.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let case: serde_yaml::Value = serde_yaml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            for claim in case["expect"].as_mapping().unwrap().keys() {
                expectations.entry(claim.as_str().unwrap().to_owned()).or_default().push(path.display().to_string());
            }
        }
    }
    expectations
}

/// The ids in the first column of the table of what no case holds.
fn elsewhere() -> Vec<String> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/third-party.md")).unwrap();
    let (_, behind) = page.split_once(ELSEWHERE).unwrap();
    let section = behind.split("\n## ").next().unwrap();
    let first_cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    first_cells.map(ToOwned::to_owned).collect()
}

#[test]
fn every_case_of_others_is_expected_once() {
    assert_eq!(ids().count(), 110);
    let (expectations, elsewhere) = (expectations(), elsewhere());
    for id in ids() {
        let cases = expectations.get(&id).map_or(&[][..], Vec::as_slice);
        let listed = elsewhere.iter().filter(|listed| **listed == id).count();
        assert_eq!(cases.len() + listed, 1, "{id} is expected in {cases:?} and listed {listed} times");
    }
}

#[test]
fn what_is_held_elsewhere_is_a_case_of_others() {
    let known: Vec<String> = ids().collect();
    for listed in elsewhere().iter().filter(|listed| listed.chars().any(|symbol| symbol.is_ascii_digit())) {
        assert!(known.contains(listed), "{listed} is no case of others");
    }
}
