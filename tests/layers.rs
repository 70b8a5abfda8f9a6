//! Layers, from files: what of them counts in a fingerprint, and that a layer decides as if it were written out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and it writes files of its own"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use meed::{
    diagnostic::Findings,
    engine::{Past, run},
    input::{ColumnMap, read_claims, wanted},
    outcome::Depth,
    workspace::{Loaded, Workspace},
};

const BASE: &str = "\
format: 1
program: acme/base
currency: EUR
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_up, scale: 2 }
order: [day]
scripts: [acme/base.rhai]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, amount: decimal }
params: { share: 2% }
eligibility:
  SOLD:
    require: claim.amount > 0
    else: reject
award:
  bonus: { amount: \"bonus(claim.amount, params.share)\" }
";
const LAYER: &str = "format: 1\nprogram: acme/layer\nextends: acme/base\n";
const BASE_SCRIPT: &str = "fn bonus(amount, share) { amount * share }\n";
const CLAIMS: &str = "id,partner,day,amount\nA,P,2026-02-01,100.00\nB,P,2026-02-02,-5.00\n";

fn workspace(name: &str, files: &[(&str, &str)]) -> Workspace {
    let root: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("layers").join(name);
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Workspace::find(&root).unwrap()
}

fn load(workspace: &Workspace, name: &str) -> Loaded {
    let mut findings = Findings::new();
    let loaded = workspace.load(&name.parse().unwrap(), &mut findings);
    loaded.unwrap_or_else(|| panic!("{:?}", findings.into_sorted()))
}

/// The fingerprint of a layer over a definition.
fn fingerprint(name: &str, base: &str, layer: &str) -> String {
    let files = [
        ("programs/acme/base.yaml", base),
        ("programs/acme/layer.yaml", layer),
        ("rules/acme/base.rhai", BASE_SCRIPT),
        ("rules/acme/layer.rhai", "fn more(a) { a }\n"),
    ];
    load(&workspace(name, &files), "acme/layer").fingerprint
}

/// Each claim with what became of it.
fn outcomes(loaded: &Loaded) -> Vec<String> {
    let wanted = wanted(&loaded.program.claim.fields);
    let claims = read_claims("claims.csv", CLAIMS.as_bytes(), &wanted, &ColumnMap::default(), &mut |_| {}).unwrap();
    let mut outcomes = Vec::new();
    let mut keep = |outcome: &meed::outcome::Outcome<'_>| {
        let codes: Vec<&str> = outcome.reasons.iter().map(|reason| reason.code.as_ref()).collect();
        outcomes.push(format!("{} {} {}", outcome.claim, outcome.award, codes.join(";")));
    };
    run(
        &loaded.program,
        &loaded.tables,
        &mut Past::new(&loaded.program),
        &claims.claims,
        &|_, _| Depth::Codes,
        &mut |outcome, _| {
            keep(outcome);
        },
    );
    outcomes
}

#[test]
fn a_fingerprint_is_of_what_the_layers_say_together() {
    let plain = fingerprint("plain", BASE, LAYER);
    let others = [
        ("comment", BASE.replace("currency: EUR", "currency:   EUR   # euros"), format!("# a layer\n\n{LAYER}"), true),
        ("title", format!("{BASE}title: T\n"), LAYER.to_owned(), false),
        ("same", BASE.to_owned(), format!("{LAYER}params: {{ share: 2% }}\n"), true),
        ("moved", BASE.replace("params: { share: 2% }\n", "") + "params: { share: 2% }\n", LAYER.to_owned(), true),
        ("base", BASE.replace("2%", "3%"), LAYER.to_owned(), false),
        ("layer", BASE.to_owned(), format!("{LAYER}params: {{ share: 3% }}\n"), false),
        ("script", BASE.to_owned(), format!("{LAYER}scripts: [acme/layer.rhai]\n"), false),
        ("hidden", BASE.replace("2%", "3%"), format!("{LAYER}params: {{ share: 2% }}\n"), true),
    ];
    for (name, base, layer, is_same) in others {
        assert_eq!(fingerprint(name, &base, &layer) == plain, is_same, "{name}");
    }
}

#[test]
fn a_layer_that_changes_nothing_decides_the_same_under_its_own_name() {
    let files =
        [("programs/acme/base.yaml", BASE), ("programs/acme/layer.yaml", LAYER), ("rules/acme/base.rhai", BASE_SCRIPT)];
    let workspace = workspace("nothing", &files);
    let (base, layer) = (load(&workspace, "acme/base"), load(&workspace, "acme/layer"));
    assert_eq!(outcomes(&layer), ["A 2.00 ", "B 0.00 SOLD"]);
    assert_eq!(outcomes(&layer), outcomes(&base));
    assert_eq!(layer.program.identification.name.to_string(), "acme/layer");
    assert_ne!(layer.fingerprint, base.fingerprint);
}

#[test]
fn the_uppermost_layer_has_the_last_word() {
    let region =
        "format: 1\nprogram: acme/region\nextends: acme/base\nparams: { share: 3% }\neligibility: { SOLD: ~ }\n";
    let layer = "format: 1\nprogram: acme/layer\nextends: acme/region\nscripts: [acme/layer.rhai]\n\
                 eligibility: { LARGE: { require: is_large(claim.amount), else: hold } }\n";
    let files = [
        ("programs/acme/base.yaml", BASE),
        ("programs/acme/region.yaml", region),
        ("programs/acme/layer.yaml", layer),
        ("rules/acme/base.rhai", BASE_SCRIPT),
        ("rules/acme/layer.rhai", "fn is_large(amount) { amount >= 0 }\n"),
    ];
    let workspace = workspace("chain", &files);
    assert_eq!(outcomes(&load(&workspace, "acme/region")), ["A 3.00 ", "B -0.15 "]);
    assert_eq!(outcomes(&load(&workspace, "acme/layer")), ["A 3.00 ", "B 0.00 LARGE"]);
}
