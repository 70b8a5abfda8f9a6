//! Decision tables at the edges that no program of the workspace has: rows that conflict, sums without room, other formats.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

mod command_line;

use std::{fs, path::Path, sync::Arc};

use command_line::meed;
use meed::{
    diagnostic::{Findings, Source},
    engine::{self, FlawKind, Past, Tables},
    input::{ColumnMap, read_claims, wanted},
    outcome::Depth,
    program,
    script::Scripts,
};

const HEAD: &str = "
format: 1
program: acme/tables
currency: USD
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_even, scale: 2 }
order: [day, id]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, units: integer }
";
const CLAIMS: &str = "id,partner,day,units\n1,A,2026-01-01,5\n2,A,2026-01-01,15\n3,A,2026-01-01,25\n";

/// What a command prints of the three claims of a program with a table. Warnings go nowhere.
fn printed(name: &str, rules: &str, file: &str, table: &str, command: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for inside in ["programs/acme", "tables/acme"] {
        fs::create_dir_all(folder.join(inside)).unwrap();
    }
    fs::write(folder.join("programs/acme/tables.yaml"), format!("{HEAD}{rules}")).unwrap();
    fs::write(folder.join("tables/acme").join(file), table).unwrap();
    let claims = folder.join("claims.csv");
    fs::write(&claims, CLAIMS).unwrap();
    let (exit, stdout, stderr) = meed(&folder, &[command, &["--claims", claims.to_str().unwrap()]].concat());
    assert_eq!(exit, 0, "{stderr}");
    stdout
}

/// Status, award and reasons of each claim.
fn outcomes(printed: &str) -> Vec<String> {
    let column = |row: &str, number: usize| row.split(',').nth(number).unwrap().to_owned();
    let header = printed.lines().next().unwrap();
    let number = |name: &str| header.split(',').position(|known| known == name).unwrap();
    let columns = ["disposition", "award", "reasons"].map(number);
    printed
        .lines()
        .skip(1)
        .map(|row| columns.map(|number| column(row, number)).join(" ").trim_end().to_owned())
        .collect()
}

const DRY_RUN: [&str; 4] = ["dry-run", "acme/tables", "--format", "csv"];
const TIED: &str = "
tables:
  rate:
    file: acme/rates.csv
    match: { units: { from: units_from, value: claim.units } }
    hit: { priority: rank }
    fields: { units_from: integer, rank: integer, rate: decimal }
totals:
  before: { count: claims, of: standing, per: [participant] }
award:
  fee: { when: rate != (), amount: claim.units * rate.rate + totals.before }
";
const RATES: &str = "units_from,rank,rate\n0,2,1.00\n10,2,2.00\n20,1,3.00\n";

#[test]
fn rows_that_tie_hold_the_claim_and_the_next_one_is_decided() {
    let printed = printed("decision-tie", TIED, "rates.csv", RATES, &DRY_RUN);
    assert_eq!(outcomes(&printed), ["approved 5.00", "held 0.00 TABLE_CONFLICT", "approved 77.00"]);
}

#[test]
fn a_conflict_is_explained_with_its_rows() {
    let explained =
        printed("decision-explain", TIED, "rates.csv", RATES, &["explain", "2", "--program", "acme/tables"]);
    let told = "  TABLE_CONFLICT (held): lines 2 and 3 of `acme/rates.csv` match the claim with the same priority and say \
                different things\n";
    assert!(explained.contains(told), "{explained}");
    let rows = "  rate             2 rows conflict, so that none of them counts\n                   \
                row at tables/acme/rates.csv:2: units_from = 0, rank = 2, rate = 1\n                   \
                row at tables/acme/rates.csv:3: units_from = 10, rank = 2, rate = 2\n";
    assert!(explained.ends_with(rows), "{explained}");
}

#[test]
fn tied_rows_that_say_the_same_are_no_conflict() {
    let rates = RATES.replace("10,2,2.00", "10,2,1.00");
    let printed = printed("decision-same", TIED, "rates.csv", &rates, &DRY_RUN);
    assert_eq!(outcomes(&printed), ["approved 5.00", "approved 16.00", "approved 77.00"]);
}

#[test]
fn a_sum_without_room_holds_the_claim() {
    let rules = "
tables:
  points:
    file: acme/points.csv
    match: { units: { from: units_from, value: claim.units } }
    hit: { sum: points }
    fields: { units_from: integer, points: integer }
award:
  fee: { amount: points }
";
    let points = format!("units_from,points\n0,7\n10,{}\n20,-9\n", i64::MAX - 6);
    let printed = printed("decision-sum", rules, "points.csv", &points, &DRY_RUN);
    assert_eq!(outcomes(&printed)[..2], ["approved 7.00", "held 0.00 RULE_FAILED"]);
}

#[test]
fn bands_that_start_at_the_same_total_hold_the_claim() {
    let rules = "
tables:
  bands:
    file: acme/bands.csv
    match: { partner: claim.partner }
    hit: all
    fields: { partner: text, from: decimal, rate: decimal }
award:
  rebate:
    base: claim.units
    target: claim.units - 15
    tiers: { kind: retroactive, bands: bands }
";
    let printed = printed("decision-bands", rules, "bands.csv", "partner,from,rate\nA,2,0.4\nA,1,0.2\n", &DRY_RUN);
    // The edges are multiples of -10, 0 and 10.
    assert_eq!(outcomes(&printed), ["approved 1.00", "held 0.00 RULE_FAILED", "approved 10.00"]);
}

#[test]
fn tables_are_read_from_json_lines_with_blanks_left_out() {
    let rules = TIED.replace("rates.csv", "rates.jsonl").replace("{ priority: rank }", "first");
    let rules = rules.replace("units_from: integer", "units_from: optional integer");
    let rates = "{\"units_from\":10,\"rank\":1,\"rate\":2.00}\n{\"units_from\":null,\"rank\":1,\"rate\":1.00}\n";
    let printed = printed("decision-json", &rules, "rates.jsonl", rates, &DRY_RUN);
    assert_eq!(outcomes(&printed), ["approved 5.00", "approved 31.00", "approved 52.00"]);
}

#[test]
fn rows_that_overlap_unseen_hold_the_claim() {
    let text = format!("{HEAD}{}", TIED.replace("{ priority: rank }", "unique"));
    let source = Arc::new(Source { path: "programs/acme/tables.yaml".into(), text });
    let mut findings = Findings::new();
    let root = program::parse(&source, &mut findings).unwrap();
    let program = program::check(&root, &source, &Scripts::new(), &[], &mut findings).unwrap();
    let read = |csv: &str, fields| {
        read_claims("a.csv", csv.as_bytes(), &wanted(fields), &ColumnMap::default(), &mut |_| {}).unwrap().claims
    };
    let tables = Tables::new(&program, vec![read(RATES, &program.tables[0].fields)]).unwrap();
    let overlaps = |flaw: &engine::Flaw| matches!(flaw.kind, FlawKind::Overlap { .. });
    assert_eq!(tables.review(&program).iter().filter(|flaw| overlaps(flaw)).count(), 2);
    let mut told = Vec::new();
    let claims = read(CLAIMS, &program.claim.fields);
    engine::run(&program, &tables, &mut Past::new(&program), &claims, &|_, _| Depth::Words, &mut |outcome, _| {
        told.push(format!("{} {}", outcome.status(), outcome.reasons.first().map_or("", |reason| &reason.message)));
    });
    let held = "held lines 2, 3 and 4 of `acme/rates.csv` match the claim, and one may";
    assert_eq!(told, ["approved ", &held.replace("2, 3 and 4", "2 and 3"), held]);
}
