//! What the cases of the shipped programs reach and notice, and how `meed test` writes, judges and reports.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod command_line;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

use command_line::meed;
use serde_json::Value;

/// Those whose cases are held to reach everything and to notice nearly everything.
const MEASURED: [&str; 4] =
    ["inkwell/channel-rebate", "summit/dealer-spiff", "panelworks/honoraria", "giftware/trade-rebate"];

const PROGRAM: &str = "format: 1
program: acme/rebate
title: <b>Rebate</b>
currency: USD
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_even, scale: 2 }
order: [day, claim_no]
claim:
  id: claim_no
  participant: partner
  date: day
  fields: { claim_no: text, partner: text, day: date, units: integer, kind: { one_of: [\"A<B\", C] } }
eligibility:
  FEW:
    require: claim.units >= 5 || claim.kind == \"A<B\"
    else: reject
    message: only {claim.units} units
award:
  rebate:
    amount: claim.units * 2.00
limits:
  CAP: { per: [claim], max: 40.00, then: cut }
";
const CASE: &str = "format: 1
title: Units under five earn nothing
claims:
  - { claim_no: C-1, partner: P-1, day: 2026-02-01, units: 7, kind: C }
  - { claim_no: C-2, partner: P-1, day: 2026-02-02, units: 3, kind: C }
";

/// A workspace with one program, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("meed-measures-{}-{name}", process::id()));
        fs::create_dir_all(path.join("programs/acme")).unwrap();
        fs::create_dir_all(path.join("tests/programs/acme/rebate")).unwrap();
        let folder = Self(path.canonicalize().unwrap());
        folder.write("programs/acme/rebate.yaml", PROGRAM);
        folder.write("tests/programs/acme/rebate/units.yaml", CASE);
        folder
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let (_, stdout, stderr) = meed(folder, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"))
}

#[test]
fn the_cases_of_the_archetypes_reach_every_branch_and_notice_nearly_every_mutant() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for program in MEASURED {
        let (exit, _, said) = meed(root, &["test", program, "--coverage", "--min", "100"]);
        assert_eq!(exit, 0, "{said}");
        let (exit, _, said) = meed(root, &["test", program, "--mutate", "--min", "90"]);
        assert_eq!(exit, 0, "{said}");
    }
}

#[test]
fn every_survivor_of_the_archetypes_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/testing.md")).unwrap();
    for program in MEASURED {
        let document = json(root, &["test", program, "--mutate"]);
        for survivor in document["survivors"].as_array().unwrap() {
            let (file, text, with) = (&survivor["file"], &survivor["text"], &survivor["with"]);
            let source = fs::read_to_string(root.join(file.as_str().unwrap())).unwrap();
            let number = usize::try_from(survivor["line"].as_u64().unwrap()).unwrap();
            let line = source.lines().nth(number - 1).unwrap().trim().split("  #").next().unwrap().trim();
            let row = page.lines().find(|row| {
                row.contains(&format!("`{line}`").replace('|', "\\|"))
                    && row.contains(&format!("`{}` → `{}`", text.as_str().unwrap(), with.as_str().unwrap()))
            });
            assert!(row.is_some(), "docs/testing.md doesn't explain {file}:{number} `{line}`: `{text}` → `{with}`");
        }
    }
}

#[test]
fn two_runs_print_the_same_bytes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for measure in ["--coverage", "--mutate"] {
        let arguments = ["test", "giftware/trade-rebate", measure, "--format", "json"];
        assert_eq!(meed(root, &arguments), meed(root, &arguments));
    }
}

#[test]
fn what_isnt_reached_comes_first_and_under_the_minimum_the_command_fails() {
    let folder = Folder::new("coverage");
    let (exit, text, said) = meed(&folder.0, &["test", "--coverage", "--min", "100"]);
    assert_eq!((exit, said.as_str()), (1, "error: 75% of the branches are reached by cases, and 100% are asked for\n"));
    let missed = text.find("reached by no case").unwrap();
    assert!(missed < text.find("\nreached by\n").unwrap(), "{text}");
    let line = "  programs/acme/rebate.yaml:15  `claim.kind == \"A<B\"` holds\n      require: claim.units >= 5";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("programs/acme/rebate.yaml:22  CAP cuts"), "{text}");
    assert_eq!(meed(&folder.0, &["test", "--coverage", "--min", "75"]).0, 0);
}

#[test]
fn claims_of_a_file_are_measured_apart() {
    let folder = Folder::new("claims");
    folder
        .write("claims.csv", "claim_no,partner,day,units,kind\nX-1,P-9,2026-03-01,30,A<B\nX-2,P-9,2026-03-01,1,A<B\n");
    let document = json(&folder.0, &["test", "acme/rebate", "--coverage", "--claims", "claims.csv"]);
    let item = |text: &str, what: &str| {
        let items = document["items"].as_array().unwrap();
        let is_it = |item: &&Value| item["text"] == text && item["what"] == what;
        items.iter().find(is_it).unwrap_or_else(|| panic!("{document:#}")).clone()
    };
    let equal = item("claim.kind == \"A<B\"", "holds");
    assert_eq!((equal["cases"].as_array().unwrap().len(), &equal["by_claims"]), (0, &Value::Bool(true)));
    let few = item("claim.kind == \"A<B\"", "doesn't hold");
    assert_eq!((&few["cases"][0], &few["by_claims"]), (&Value::from("units"), &Value::Bool(false)));
}

#[test]
fn the_page_never_replaces_the_claims() {
    let folder = Folder::new("replaced");
    let claims = "claim_no,partner,day,units,kind\nX-1,P-9,2026-03-01,30,C\n";
    folder.write("claims.csv", claims);
    let files = ["--claims", "claims.csv", "--page", "claims.csv"];
    let (exit, _, said) = meed(&folder.0, &[&["test", "acme/rebate", "--coverage"][..], &files].concat());
    assert!(exit == 2 && said.starts_with("error: `--page` names `claims.csv`, which is read"), "{said}");
    assert_eq!(folder.read("claims.csv"), claims);
}

#[test]
fn the_page_shows_the_source_and_obeys_none_of_it() {
    let folder = Folder::new("page");
    assert_eq!(meed(&folder.0, &["test", "acme/rebate", "--coverage", "--page", "page.html"]).0, 0);
    let page = folder.read("page.html");
    assert!(page.contains("&lt;b&gt;Rebate&lt;/b&gt;") && !page.contains("<b>Rebate"), "{page}");
    assert!(page.contains("claim.kind == &quot;A&lt;B&quot;"), "{page}");
    assert!(page.contains("class=\"some\"") && page.contains("class=\"all\""), "{page}");
    assert!(!folder.0.join(".page.html.partial").exists());
}

#[test]
fn a_survivor_comes_with_a_claim_that_a_case_can_take() {
    let folder = Folder::new("killer");
    meed(&folder.0, &["test", "--accept"]);
    let document = json(&folder.0, &["test", "--mutate"]);
    let is_boundary = |survivor: &&Value| survivor["text"] == ">=" && survivor["with"] == ">";
    let survivor = document["survivors"].as_array().unwrap().iter().find(is_boundary).unwrap();
    assert_eq!(survivor["killer"]["claim"]["units"], "5", "{survivor:#}");
    let (_, text, _) = meed(&folder.0, &["test", "--mutate"]);
    let claim = text.lines().find(|line| line.contains("units: 5 ") || line.contains("units: 5,")).unwrap();
    folder.write("tests/programs/acme/rebate/edge.yaml", &format!("format: 1\ntitle: Five\nclaims:\n{claim}\n"));
    let again = json(&folder.0, &["test", "--mutate"]);
    let survivors = again["survivors"].as_array().unwrap();
    assert!(!survivors.iter().any(|survivor| is_boundary(&survivor)), "{again:#}");
    assert!(again["score"].as_u64() > document["score"].as_u64());
}

#[test]
fn differences_are_named_by_claim_and_accepted_with_a_reason() {
    let folder = Folder::new("accept");
    assert_eq!(meed(&folder.0, &["test"]).0, 1);
    assert_eq!(meed(&folder.0, &["test", "--accept"]).0, 0);
    folder.write("programs/acme/rebate.yaml", &PROGRAM.replace("2.00", "3.00"));
    let (exit, text, _) = meed(&folder.0, &["test", "--explain"]);
    assert_eq!(exit, 1);
    assert!(text.contains("  C-1: award: 14.00 → 21.00\n  C-1: components.rebate: 14.00 → 21.00\n"), "{text}");
    assert!(text.contains("    Claim C-1 of P-1") && !text.contains("Claim C-2"), "{text}");
    let (_, text, _) = meed(&folder.0, &["test", "--diff", "yaml"]);
    assert!(text.contains("-  award: '14.00'\n  +  award: '21.00'"), "{text}");
    let document = json(&folder.0, &["test"]);
    assert_eq!(document["cases"][0]["differences"][0]["changes"][0]["now"], "21.00", "{document:#}");
    assert_eq!(meed(&folder.0, &["test", "--accept", "none-such"]).0, 2);
    assert_eq!(meed(&folder.0, &["test", "--accept", "units", "--reason", "agreed: \"three\""]).0, 0);
    let case = folder.read("tests/programs/acme/rebate/units.yaml");
    assert_eq!(
        case,
        format!("{CASE}\naccepted:\n  - \"agreed: \\\"three\\\"\"\n").replace("\n\naccepted", "\naccepted")
    );
    assert_eq!(meed(&folder.0, &["test", "--ci"]).0, 0);
    assert_eq!(meed(&folder.0, &["test", "--accept", "--reason", "again"]).0, 0);
    assert_eq!(folder.read("tests/programs/acme/rebate/units.yaml"), case, "nothing was accepted");
}

#[test]
fn a_pipeline_gets_junit_and_no_snapshot_without_a_case_passes() {
    let folder = Folder::new("junit");
    meed(&folder.0, &["test", "--accept"]);
    folder.write("programs/acme/rebate.yaml", &PROGRAM.replace("only {claim.units}", "just <{claim.units}>"));
    folder.write("tests/programs/acme/rebate/broken.yaml", "format: 1\ntitle: Broken\n");
    folder.write("tests/programs/acme/rebate/gone.snap", "---\n---\n");
    let before = folder.read("tests/programs/acme/rebate/units.snap");
    let (exit, xml, said) = meed(&folder.0, &["test", "--ci", "--format", "junit"]);
    assert_eq!(exit, 1);
    assert!(said.contains("error: no case belongs to the snapshot `tests/programs/acme/rebate/gone.snap`"), "{said}");
    assert!(xml.contains("<testsuites name=\"meed\" tests=\"3\" failures=\"2\" errors=\"1\">"), "{xml}");
    assert!(xml.contains("only 3 units → FEW (rejected): just &lt;3&gt; units</failure>"), "{xml}");
    assert!(xml.contains("<error message=\"it could not be run\">error[M"), "{xml}");
    assert_eq!(folder.read("tests/programs/acme/rebate/units.snap"), before);
    assert_eq!(meed(&folder.0, &["test", "--ci", "--accept"]).0, 2);
    assert_eq!(meed(&folder.0, &["test", "--coverage", "--format", "junit"]).0, 2);
}
