//! `meed show`: what it prints of a program says the same when it is read again, and names where each part stands.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and it writes and reads files of its own"
)]

mod command_line;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use command_line::meed;
use meed::{diagnostic::Findings, workspace::Workspace};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shown(workspace: &Path, arguments: &[&str]) -> String {
    let (exit, stdout, stderr) = meed(workspace, &[&["show"], arguments].concat());
    assert_eq!((exit, stderr.as_str()), (0, ""), "{arguments:?}");
    stdout
}

/// A workspace of its own with these files.
fn workspace(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("show").join(name);
    if workspace.exists() {
        fs::remove_dir_all(&workspace).unwrap();
    }
    for (path, text) in files {
        let path = workspace.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    workspace
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn what_is_shown_of_a_program_is_the_same_program() {
    let own = Workspace::find(root()).unwrap();
    for name in own.programs(&mut Findings::new()) {
        let yaml = shown(root(), &[&name.to_string(), "--format", "yaml"]);
        let path = format!("programs/{}", name.path());
        let again = workspace(&name.path().replace(['/', '.'], "-"), &[(&path, &yaml)]);
        copy(&root().join("rules"), &again.join("rules"));
        copy(&root().join("tables"), &again.join("tables"));
        let load = |workspace: &Workspace| workspace.load(&name, &mut Findings::new()).unwrap().fingerprint;
        assert_eq!(load(&Workspace::find(&again).unwrap()), load(&own), "{yaml}");
    }
}

#[test]
fn every_part_of_the_json_names_the_file_and_line_that_it_comes_from() {
    let page: Value = serde_json::from_str(&shown(root(), &["example/partner-bonus-uk", "--format", "json"])).unwrap();
    let (layer, base) = ("programs/example/partner-bonus-uk.yaml", "programs/example/partner-bonus.yaml");
    assert_eq!(page["layers"], serde_json::json!([layer, base]));
    assert_eq!((page["version"].as_str(), page["program"].as_str()), (Some("1.0"), Some("example/partner-bonus-uk")));
    assert_eq!(page["definition"]["limits"]["BUDGET"]["max"], "7000.00");
    let mut files = BTreeSet::new();
    for (pointer, origin) in page["origins"].as_object().unwrap() {
        let value = page["definition"].pointer(pointer).unwrap();
        let file = origin["file"].as_str().unwrap();
        let text = fs::read_to_string(root().join(file)).unwrap();
        let line = text.lines().nth(usize::try_from(origin["line"].as_u64().unwrap()).unwrap() - 1).unwrap();
        let column = usize::try_from(origin["column"].as_u64().unwrap()).unwrap() - 1;
        let rest: String = line.chars().skip(column).collect();
        let key = pointer.rsplit('/').next().unwrap();
        let is_item = key.parse::<usize>().is_ok();
        let start = if is_item { value.as_str().unwrap_or("{") } else { key };
        assert!(rest.trim_start_matches('"').starts_with(start), "{pointer}: {rest}");
        files.insert(file.to_owned());
    }
    assert_eq!(files, BTreeSet::from([layer.to_owned(), base.to_owned()]));
    assert_eq!(page["origins"]["/eligibility/TERRITORY/else"]["file"], base);
    assert_eq!(page["origins"]["/eligibility/LATE/else"]["file"], layer);
    assert_eq!(page["origins"]["/eligibility/LATE/require"]["file"], base);
}

#[test]
fn a_definition_with_errors_is_shown_with_them() {
    let base = format!("{HEAD}award:\n  r: {{ amount: claim.amount }}\n").replace("acme/tiers", "acme/base");
    let layer = "format: 1\nprogram: acme/layer\nextends: acme/base\nclaim:\n  fields: { amount: ~ }\n";
    let files = [("programs/acme/base.yaml", base.as_str()), ("programs/acme/layer.yaml", layer)];
    let workspace = workspace("errors", &files);
    let (exit, stdout, stderr) = meed(&workspace, &["show", "acme/layer"]);
    assert_eq!(exit, 1);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines[..4], ["acme/layer", "programs/acme/layer.yaml", "over programs/acme/base.yaml", ""]);
    assert!(stdout.contains("layer:5      fields:\n base:11       id: text\n") && !stdout.contains("amount: decimal"));
    assert!(stderr.starts_with("error[M203]: `claim` has no field `amount`"), "{stderr}");
    // What can't be put together can't be shown.
    fs::write(workspace.join("programs/acme/layer.yaml"), layer.replace("acme/base", "acme/basis")).unwrap();
    let (exit, stdout, stderr) = meed(&workspace, &["show", "acme/layer"]);
    assert_eq!((stdout.as_str(), exit), ("", 1));
    assert!(stderr.starts_with("error[M118]: there is no program `acme/basis`"), "{stderr}");
}

/// What the programs below have in common.
const HEAD: &str = "\
format: 1
program: acme/tiers
currency: EUR
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_up, scale: 2 }
order: [day]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, units: integer, amount: decimal, own_rate: decimal }
";

/// The schedules that are drawn of a program, without the definition before them.
fn schedules(name: &str, rest: &str) -> String {
    let definition = format!("{HEAD}{rest}");
    let workspace = workspace(name, &[("programs/acme/tiers.yaml", &definition)]);
    let page = shown(&workspace, &["acme/tiers"]);
    let start = page.find("\nr: ").map_or(page.len(), |start| start + 1);
    page[start..].to_owned()
}

/// The schedules of a program with one component, which is written here.
fn assert_drawn(name: &str, rest: &str, wanted: &str) {
    assert_eq!(schedules(name, rest), wanted);
}

#[test]
fn amounts_that_are_params_are_shown_by_name_and_value() {
    assert_drawn(
        "params",
        "params:
  silver: 1000.00
  best: [{ from: 2026-01-01, value: 2% }, { from: 2026-07-01, value: 3% }]
award:
  r:
    base: claim.amount
    per: [participant, year]
    terms: from_here
    tiers:
      kind: retroactive
      bands:
        - { from: 0, rate: 1% }
        - { from: params.silver, rate: params.best, flat: 7.50 }
",
        "\
r: retroactive tiers, the band reached pays on the whole total
  base    claim.amount
  per     participant, year
  terms   from_here
  drawn by the values in force on 2026-01-01

  total                       pays                                                due at its start  due at its end
  below 0                     nothing
  from 0                      1%                                                              0.00           10.00
  from params.silver (1,000)  params.best (2%, 3% from 2026-07-01) and 7.50 flat             27.50

  47.50 ┤                          ▁▂▄▅▆▇
        │                    ▁▃▄▅▇███████
        │                ▄▆▇█████████████
        │                ████████████████
        │             ▁▁▂████████████████
        │ ▁▂▂▃▃▄▅▅▆▇▇████████████████████
   0.00 ┼┬───────────────┬───────────────
         0               1,000           2,000
",
    );
}

#[test]
fn incremental_bands_over_counted_things_may_have_no_lower_end() {
    assert_drawn(
        "counted",
        "award:
  r:
    base: claim.units
    tiers:
      kind: incremental
      bands:
        - { per_unit: 7 }
        - { above: 5, per_unit: 6.50 }
        - { above: 10, flat: 20 }
",
        "\
r: incremental tiers, each slice pays at its own band
  base    claim.units
  per     this claim alone

  total                pays        due at its start  due at its end
  without a lower end  7 a unit                               35.00
  above 5              6.5 a unit             35.00           67.50
  above 10             20.00 flat             87.50

  87.50 ┤                                ████████████████
        │                            ▁▂▃▄████████████████
        │                     ▁▂▄▅▆▇█████████████████████
        │              ▁▃▄▅▆▇████████████████████████████
        │       ▁▂▃▅▆▇███████████████████████████████████
        │▁▂▃▄▅▇██████████████████████████████████████████
   0.00 ┼┬───────────────┬───────────────┬───────────────
         0               5               10              15
",
    );
}

#[test]
fn bands_that_differ_from_claim_to_claim_are_shown_by_their_words_alone() {
    assert_drawn(
        "computed",
        "award:
  r:
    when: claim.units > 0
    base: claim.amount
    target: claim.own_rate * 100
    tiers:
      kind: retroactive
      bands:
        - { above: 50%, rate: claim.own_rate }
        - from: 1
          rate: |
            claim.own_rate
              * 2
",
        "\
r: retroactive tiers, the band reached pays on the whole total
  when    claim.units > 0
  base    claim.amount
  per     this claim alone
  target  claim.own_rate * 100
  what is due can't be drawn, since the bands differ from claim to claim

  of the target  pays
  up to 50%      nothing
  above 50%      claim.own_rate
  from 100%      claim.own_rate * 2
",
    );
}

#[test]
fn a_single_band_needs_no_chart() {
    assert_drawn(
        "single",
        "award:
  r:
    base: claim.amount
    tiers: { kind: retroactive, bands: [{ rate: 1% }] }
  fixed:
    amount: 5
",
        "\
r: retroactive tiers, the band reached pays on the whole total
  base    claim.amount
  per     this claim alone

  total                pays  due at its start  due at its end
  without a lower end  1%
",
    );
}
