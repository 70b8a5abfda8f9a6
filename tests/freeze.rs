//! Freezing: claims of the samples become cases that decide the same and show neither who claims nor what is private.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

mod command_line;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use command_line::meed;
use meed::{
    cases::{NotFrozen, Part, freeze},
    claim::Claims,
    diagnostic::Findings,
    input::{ColumnMap, read_claims, wanted},
    program::Program,
    workspace::{Loaded, Workspace},
};

/// Programs with their samples, the earlier ones first.
const SAMPLES: [(&str, &[&str]); 6] = [
    ("giftware/trade-rebate", &["trade-claims.csv"]),
    ("inkwell/channel-rebate", &["inkwell/claims.csv"]),
    ("inkwell/price-protection", &["inkwell/price-protection.csv"]),
    ("panelworks/honoraria", &["panelworks/claims.csv"]),
    ("summit/dealer-spiff", &["summit/claims.csv"]),
    ("summit/dealer-spiff", &["summit/claims.csv", "summit/claims-again.csv"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn load(program: &str) -> Loaded {
    let workspace = Workspace::find(root()).unwrap();
    workspace.load(&program.parse().unwrap(), &mut Findings::new()).unwrap()
}

fn read(program: &Program, sample: &str) -> Claims {
    let bytes = fs::read(root().join("samples").join(sample)).unwrap();
    let wanted = wanted(&program.claim.fields);
    read_claims(sample, bytes.as_slice(), &wanted, &ColumnMap::default(), &mut |_| {}).unwrap().claims
}

fn part<'p>(loaded: &'p Loaded, samples: &[&str]) -> Part<'p> {
    let (last, earlier) = samples.split_last().unwrap();
    let earlier = earlier.iter().map(|sample| read(&loaded.program, sample)).collect();
    Part::new(&loaded.program, &loaded.tables, earlier, read(&loaded.program, last))
}

/// The ids of the claims of a sample, as outcomes show them.
fn ids(loaded: &Loaded, claims: &Claims) -> BTreeSet<String> {
    let past = &mut meed::engine::Past::new(&loaded.program);
    let outcomes = meed::engine::evaluate(&loaded.program, &loaded.tables, past, claims);
    outcomes.iter().map(|outcome| outcome.claim.to_string()).filter(|id| !id.is_empty()).collect()
}

/// The texts of the cells of some columns, those of one symbol left out, which stand in any text.
fn texts(program: &Program, samples: &[&str], columns: &[String]) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for sample in samples {
        let claims = read(program, sample);
        for (number, field) in program.claim.fields.iter().enumerate() {
            if columns.contains(&field.column) {
                texts.extend(claims.iter().map(|claim| claim.value(number).to_string()).filter(|text| text.len() > 1));
            }
        }
    }
    texts
}

#[test]
fn every_claim_of_the_samples_freezes_without_what_pseudonyms_stand_for() {
    for (program, samples) in SAMPLES {
        let loaded = load(program);
        let parts = [part(&loaded, samples)];
        let ids = ids(&loaded, &read(&loaded.program, samples.last().unwrap()));
        let one_by_one = ids.iter().map(|id| vec![id.clone()]);
        for only in one_by_one.chain([ids.iter().cloned().collect()]) {
            let frozen = freeze(&parts, &only, "frozen").unwrap_or_else(|error| panic!("{program} {only:?}: {error}"));
            for field in loaded.program.claim.fields.iter().filter(|field| field.private) {
                assert!(frozen.replaced.contains(&field.column), "{program} {}", field.column);
            }
            let text = format!("{}{}", frozen.text, frozen.snapshot.to_file());
            let kept = texts(&loaded.program, samples, &frozen.kept);
            for known in texts(&loaded.program, samples, &frozen.replaced).difference(&kept) {
                let is_shown = text.lines().any(|line| line.split([' ', '\'', ',', ';']).any(|word| word == *known));
                assert!(!is_shown, "{program} {only:?}: `{known}` in\n{text}");
            }
        }
    }
}

#[test]
fn ids_keep_their_order_and_equal_texts_stay_equal() {
    let loaded = load("panelworks/honoraria");
    let parts = [part(&loaded, &["panelworks/claims.csv"])];
    let ids: Vec<String> = ids(&loaded, &read(&loaded.program, "panelworks/claims.csv")).into_iter().collect();
    let frozen = freeze(&parts, &ids, "all of them").unwrap();
    let field = |name: &str| frozen.text.lines().filter_map(|line| line.split_once(name)).collect::<Vec<_>>().len();
    assert_eq!((field("claim_no: C-"), frozen.others), (read(&loaded.program, "panelworks/claims.csv").count(), 0));
    assert!(frozen.text.contains("claim_no: C-01") && frozen.text.contains("account: P-"), "{}", frozen.text);
}

#[test]
fn a_claim_that_is_not_there_is_named() {
    let loaded = load("giftware/trade-rebate");
    let parts = [part(&loaded, &["trade-claims.csv"])];
    let refused = freeze(&parts, &["nobody".to_owned()], "nothing").unwrap_err();
    assert!(matches!(&refused, NotFrozen::Unknown(id) if id == "nobody"), "{refused}");
}

/// A total over all claims of the program, of which a case has few.
const OVER_ALL: &str = "format: 1\nprogram: acme/first\ntitle: The first two\ncurrency: EUR\n\
effective: { from: 2026-01-01, until: 2026-12-31 }\nrounding: { mode: half_up, scale: 2 }\norder: [day, no]\n\
claim:\n  id: no\n  participant: who\n  date: day\n  fields: { no: text, who: text, day: date, note: { type: text, private: true } }\n\
totals:\n  before: { count: claims, of: all, per: [program] }\n\
award:\n  bonus: { amount: \"if totals.before < 2 { 5.00 } else { 0.00 }\" }\n";

fn workspace(name: &str, definition: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("freeze").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("programs/acme")).unwrap();
    fs::write(folder.join("programs/acme/first.yaml"), definition).unwrap();
    let claims = "no,who,day,note\nA1,ann,2026-01-02,call me\nA2,bob,2026-01-03,at home\nA3,ann,2026-01-04,in May\n";
    fs::write(folder.join("claims.csv"), claims).unwrap();
    folder
}

#[test]
fn the_command_writes_a_case_that_passes_and_overwrites_nothing() {
    let folder = workspace("written", OVER_ALL);
    let command = ["dry-run", "acme/first", "--claims", "claims.csv", "--freeze", "second", "--only", "A1,A2"];
    let (exit, files, said) = meed(&folder, &command);
    assert_eq!(
        (exit, files.as_str()),
        (0, "tests/programs/acme/first/second.yaml\ntests/programs/acme/first/second.snap\n"),
        "{said}"
    );
    let case = fs::read_to_string(folder.join("tests/programs/acme/first/second.yaml")).unwrap();
    for text in ["ann", "bob", "call me", "A1"] {
        assert!(!case.contains(text), "{case}");
    }
    let (exit, tested, _) = meed(&folder, &["test"]);
    assert_eq!(exit, 0, "{tested}");
    let (exit, _, said) = meed(&folder, &command);
    assert_eq!(exit, 2);
    assert!(said.starts_with("error: `tests/programs/acme/first/second.yaml` is there already"), "{said}");
    let (exit, _, said) =
        meed(&folder, &["dry-run", "acme/first", "--claims", "claims.csv", "--freeze", "../x", "--only", "A1"]);
    assert_eq!(exit, 2, "{said}");
}

#[test]
fn what_would_decide_otherwise_is_refused_with_the_reason_and_nothing_is_written() {
    let folder = workspace("refused", OVER_ALL);
    let (exit, _, said) =
        meed(&folder, &["dry-run", "acme/first", "--claims", "claims.csv", "--freeze", "third", "--only", "A3"]);
    assert_eq!(exit, 2);
    let wanted = "error: the case would not decide as the file did: claim `A3` had the award 0.00 and would have 5.00, before \
                  anything is replaced\nhelp: its decision depends on claims that share no key with it";
    assert!(said.starts_with(wanted), "{said}");
    assert!(!folder.join("tests").exists());
}

#[test]
fn a_private_cell_in_which_rules_look_is_no_pseudonym() {
    let (head, _) = OVER_ALL.split_once("totals:").unwrap();
    let looking = format!("{head}award:\n  bonus: {{ when: claim.note.contains(\"home\"), amount: 5.00 }}\n");
    let folder = workspace("private", &looking);
    let freeze =
        |claim| meed(&folder, &["dry-run", "acme/first", "--claims", "claims.csv", "--freeze", claim, "--only", claim]);
    let (exit, _, said) = freeze("A2");
    assert!(exit == 2 && said.contains("claim `A2` had the award 5.00 and would have 0.00\n"), "{said}");
    let (exit, _, said) = freeze("A1");
    assert_eq!(exit, 0, "{said}");
}
