//! Arrangements on the command line: what they cost beside the standard rules, their ceiling, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, and writes files of its own"
)]

mod command_line;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use command_line::meed;
use rust_decimal::Decimal;
use serde_json::Value;

const PROGRAM: &str = "\
format: 1
program: acme/rebate
title: Rebate
currency: EUR
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_up, scale: 2 }
order: [day, id]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, sold: decimal }
params: { fee: 10 }
eligibility:
  SMALL: { require: claim.sold >= 100, else: reject }
award:
  rebate:
    base: claim.sold
    per: [participant, quarter]
    tiers: { kind: retroactive, bands: [{ from: 0, rate: 1% }, { from: 5000, rate: 2% }] }
  fee:
    amount: params.fee
limits:
  BUDGET: { per: [program], max: 100000, then: hold }
";
const ARRANGEMENT: &str = "\
format: 1
arrangement: acme/spring
program: acme/rebate
reason: to keep the accounts
reference: CRM-1
asked_by: a.meyer
approved_by: c.ruiz
effective: { from: 2026-02-01, until: 2026-03-31 }
expires: 2026-03-31
ceiling: 1000
scope: { when: claim.partner != \"P-3\" }
change:
  award.rebate.tiers.bands.1.rate: 3%
  award.rebate.tiers.bands.2.rate: 5%
";

/// A workspace with the program, this arrangement and claims of four partners over half a year.
fn workspace(name: &str, arrangement: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("arrangements").join(name);
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    for (path, text) in [
        ("programs/acme/rebate.yaml", PROGRAM.to_owned()),
        ("arrangements/acme/spring.yaml", arrangement.to_owned()),
        ("claims.csv", claims()),
    ] {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    }
    root
}

/// Sales, some of which were given back.
fn claims() -> String {
    let mut text = "id,partner,day,sold\n".to_owned();
    for number in 0..600_u32 {
        let (partner, month, day) = (number % 4, number % 6 + 1, number % 28 + 1);
        let sold = Decimal::new(i64::from(number * 7919 % 300_000) - 9_000, 2);
        writeln!(text, "C-{number},P-{partner},2026-{month:02}-{day:02},{sold}").unwrap();
    }
    text
}

fn dry_run(root: &Path, more: &[&str]) -> String {
    let arguments: Vec<&str> =
        ["dry-run", "acme/rebate", "--claims", "claims.csv"].into_iter().chain(more.iter().copied()).collect();
    let (exit, stdout, stderr) = meed(root, &arguments);
    assert_eq!(exit, 0, "{stderr}");
    stdout
}

/// The rows of an outcomes file by claim, cell by column.
fn outcomes(path: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        (row[0].to_owned(), header.iter().cloned().zip(row.iter().map(str::to_owned)).collect())
    });
    rows.collect()
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn a_ceiling_of_a_thousand_over_five_thousand_adds_exactly_a_thousand() {
    let whole = workspace("whole", &ARRANGEMENT.replace("ceiling: 1000", "ceiling: 9000"));
    let cut = workspace("cut", ARRANGEMENT);
    let with = ["--arrangement", "acme/spring", "--format", "json"];
    let [page, whole] = [&cut, &whole].map(|root| serde_json::from_str::<Value>(&dry_run(root, &with)).unwrap());
    let asked = |page: &Value| amount(page["changed"]["ceilings"][0]["asked"].as_str().unwrap());
    assert!(asked(&whole) > Decimal::from(5_000), "{}", asked(&whole));
    assert_eq!(whole["difference"]["award"], whole["changed"]["ceilings"][0]["used"]);
    assert_eq!(page["difference"]["award"], "1000.00");
    assert_eq!(page["changed"]["ceilings"][0]["used"], "1000.00");
    let components = |side: &str| page[side]["awards"]["by_component_after_limits"].clone();
    let (standard, mut changed) = (components("standard"), components("changed"));
    assert_eq!(changed.as_object_mut().unwrap().remove("arrangement").unwrap(), "1000.00");
    assert_eq!(standard, changed);
    dry_run(&cut, &["--out", "standard.csv"]);
    dry_run(&cut, &["--arrangement", "acme/spring", "--out", "arranged.csv"]);
    let (standard, arranged) = (outcomes(&cut.join("standard.csv")), outcomes(&cut.join("arranged.csv")));
    assert_eq!(standard.len(), arranged.len());
    for (claim, row) in &arranged {
        let standard = &standard[claim];
        let added = amount(&row["award.arrangement"]);
        assert_eq!(amount(&row["award"]) - added, amount(&standard["award"]), "{claim}");
        assert_eq!((&row["award.rebate"], &row["award.fee"]), (&standard["award.rebate"], &standard["award.fee"]));
        let inside = row["participant"] != "P-3" && ["2026-02", "2026-03"].contains(&&row["date"][..7]);
        assert!(inside || (added.is_zero() && row["arrangement"].is_empty() && row["award"] == standard["award"]));
        assert_eq!(row["arrangement"].is_empty(), row == &with_columns(standard), "{claim}");
    }
    let sum: Decimal = arranged.values().map(|row| amount(&row["award.arrangement"])).sum();
    assert_eq!(sum, Decimal::from(1_000));
}

/// A standard row as the file with arrangements would have it.
fn with_columns(standard: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut row = standard.clone();
    row.insert("award.arrangement".to_owned(), "0.00".to_owned());
    row
}

#[test]
fn a_set_becomes_the_file_of_an_arrangement_that_does_the_same() {
    let root = workspace("new", ARRANGEMENT);
    let set = ["--set", "params.fee=25", "--set", "award.rebate.tiers.bands.2.rate=4%", "--set", "SMALL=~"];
    let (exit, made, stderr) = meed(
        &root,
        &[
            &["new", "arrangement", "acme/summer", "--program", "acme/rebate", "--ceiling", "100000"][..],
            &["--from", "2026-01-01", "--until", "2026-12-31", "--expires", "2026-12-31", "--when", "true"],
            &["--reason", "a \"trial\"", "--reference", "CRM-2", "--asked-by", "a", "--approved-by", "b"],
            &set,
        ]
        .concat(),
    );
    assert_eq!((exit, made.as_str()), (0, "schemas/arrangement.json\narrangements/acme/summer.yaml\n"), "{stderr}");
    assert_eq!(meed(&root, &["check"]).0, 0);
    let json = ["--format", "json"];
    let set: Value = serde_json::from_str(&dry_run(&root, &[&set[..], &json].concat())).unwrap();
    let page = dry_run(&root, &[&["--arrangement", "arrangements/acme/summer.yaml"][..], &json].concat());
    let arranged: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(arranged["changed"]["awards"]["total"], set["changed"]["awards"]["total"]);
    assert_eq!(arranged["changed"]["counts"], set["changed"]["counts"]);
    assert!(arranged["difference"]["award"] != "0.00");
}

#[test]
fn what_a_new_arrangement_lacks_is_named_and_what_is_wrong_is_not_written() {
    let root = workspace("lacking", ARRANGEMENT);
    let new = ["new", "arrangement", "acme/late", "--program", "acme/rebate"];
    let (exit, _, stderr) = meed(&root, &[&new[..], &["--set", "params.fee=25"]].concat());
    assert!(exit == 0 && stderr.contains("fill in: reason, reference, asked_by, approved_by, effective"), "{stderr}");
    assert_eq!(meed(&root, &["check"]).0, 1);
    let (exit, _, stderr) = meed(&root, &[&new[..], &["--set", "params.fee=25"]].concat());
    assert!(exit == 2 && stderr.contains("`arrangements/acme/late.yaml` is there already"), "{stderr}");
    fs::remove_file(root.join("arrangements/acme/late.yaml")).unwrap();
    let whole = [
        &new[..],
        &["--ceiling", "1", "--from", "2026-01-01", "--until", "2026-12-31", "--expires", "2026-12-31"],
        &["--participants", "P-1,P-2", "--reason", "r", "--reference", "r", "--asked-by", "a", "--approved-by", "b"],
    ]
    .concat();
    let (exit, _, stderr) = meed(&root, &[&whole[..], &["--set", "params.free=25"]].concat());
    assert!(exit == 1 && stderr.contains("there is no `free` in `params`"), "{stderr}");
    assert!(!root.join("arrangements/acme/late.yaml").exists());
    assert_eq!(meed(&root, &[&whole[..], &["--set", "params.fee=25"]].concat()).0, 0);
    let text = fs::read_to_string(root.join("arrangements/acme/late.yaml")).unwrap();
    assert!(text.contains("  participants: [\"P-1\", \"P-2\"]\nchange:\n  params.fee: 25\n"), "{text}");
}

#[test]
fn an_arrangement_is_named_inside_the_workspace() {
    let root = workspace("named", ARRANGEMENT);
    fs::write(root.join("outside.yaml"), ARRANGEMENT).unwrap();
    fs::write(root.with_file_name("outside.yaml"), ARRANGEMENT).unwrap();
    let by_file = ["--arrangement", "../claims/../arrangements/acme/spring.yaml"];
    fs::create_dir_all(root.join("claims")).unwrap();
    assert_eq!(
        meed(&root.join("claims"), &[&["dry-run", "acme/rebate", "--claims", "../claims.csv"], &by_file[..]].concat())
            .0,
        0
    );
    for (named, told) in [
        ("outside.yaml", "there is no arrangement `outside.yaml`"),
        ("../outside.yaml", "there is no arrangement"),
        ("acme/sprnig", "did you mean `acme/spring`?"),
        ("spring", "did you mean `acme/spring`?"),
    ] {
        let arguments = ["dry-run", "acme/rebate", "--claims", "claims.csv", "--arrangement", named];
        let (exit, _, stderr) = meed(&root, &arguments);
        assert!(exit == 2 && stderr.contains(told), "{named}: {stderr}");
    }
    #[cfg(unix)]
    {
        let link = root.join("arrangements/acme/link.yaml");
        let outside = root.with_file_name("outside.yaml");
        fs::write(&outside, ARRANGEMENT.replace("acme/spring", "acme/link")).unwrap();
        std::os::unix::fs::symlink(&outside, link).unwrap();
        let arguments = ["dry-run", "acme/rebate", "--claims", "claims.csv", "--arrangement", "acme/link"];
        let (exit, _, stderr) = meed(&root, &arguments);
        assert!(exit != 0, "{stderr}");
    }
}

#[test]
fn an_arrangement_of_another_program_is_refused() {
    let root = workspace("other", ARRANGEMENT);
    let other = PROGRAM.replace("acme/rebate", "acme/other");
    fs::write(root.join("programs/acme/other.yaml"), other).unwrap();
    let arguments = ["dry-run", "acme/other", "--claims", "claims.csv", "--arrangement", "acme/spring"];
    let (exit, _, stderr) = meed(&root, &arguments);
    assert!(exit == 2 && stderr.contains("is for `acme/rebate`, and not for `acme/other`"), "{stderr}");
}

/// A program whose claims can be taken back, two arrangements that contradict each other, and a claim with its return.
#[test]
fn a_claim_that_arrangements_hold_stands_as_held_for_all_that_come_behind() {
    let root = workspace(
        "conflict",
        &ARRANGEMENT
            .replace("award.rebate.tiers.bands.1.rate: 3%\n  award.rebate.tiers.bands.2.rate: 5%", "params.fee: 60")
            .replace("2026-02-01", "2026-01-01"),
    );
    let program = PROGRAM
        .replace("  date: day\n", "  date: day\n  original: original\n")
        .replace("sold: decimal }", "sold: decimal, original: optional text }")
        .replace("  fee:\n    amount", "  fee:\n    base: claim.sold\n    amount")
        .replace("claim.sold >= 100", "claim.sold != 0");
    fs::write(root.join("programs/acme/rebate.yaml"), program).unwrap();
    let other = fs::read_to_string(root.join("arrangements/acme/spring.yaml")).unwrap();
    fs::write(
        root.join("arrangements/acme/autumn.yaml"),
        other.replace("acme/spring", "acme/autumn").replace("fee: 60", "fee: 70"),
    )
    .unwrap();
    fs::write(
        root.join("claims.csv"),
        "id,partner,day,sold,original\nC-1,P,2026-02-05,4000,\nC-2,P,2026-02-06,-4000,C-1\nC-3,P-3,2026-02-07,4000,\n",
    )
    .unwrap();
    dry_run(&root, &["--arrangement", "acme/spring", "--arrangement", "acme/autumn", "--out", "out.csv"]);
    let rows = outcomes(&root.join("out.csv"));
    let shown = |claim: &str| {
        ["disposition", "award", "pending", "reasons", "arrangement"].map(|column| rows[claim][column].clone())
    };
    assert_eq!(shown("C-1"), ["held", "0.00", "50.00", "ARRANGEMENT_CONFLICT", "acme/autumn;acme/spring"]);
    assert_eq!(shown("C-2"), ["held", "0.00", "-10.00", "ORIGINAL_HELD", ""]);
    assert_eq!(shown("C-3"), ["approved", "50.00", "0.00", "", ""]);
}

/// What takes from one participant gives nothing to another beyond the ceiling.
#[test]
fn an_arrangement_takes_nothing_away() {
    let root = workspace(
        "taking",
        &ARRANGEMENT.replace("ceiling: 1000", "ceiling: 100").replace(
            "  award.rebate.tiers.bands.1.rate: 3%\n  award.rebate.tiers.bands.2.rate: 5%\n",
            "  award.extra: { amount: 'if claim.partner == \"P-1\" { -500.00 } else { 600.00 }' }\n",
        ),
    );
    fs::write(root.join("claims.csv"), "id,partner,day,sold\nC-1,P-1,2026-02-05,100\nC-2,P-2,2026-02-06,100\n")
        .unwrap();
    dry_run(&root, &["--arrangement", "acme/spring", "--out", "out.csv"]);
    let rows = outcomes(&root.join("out.csv"));
    let shown = |claim: &str| ["award", "award.arrangement", "flags"].map(|column| rows[claim][column].clone());
    assert_eq!(shown("C-1"), ["11.00", "0.00", "ARRANGEMENT_WITHHELD"]);
    assert_eq!(shown("C-2"), ["111.00", "100.00", "ARRANGEMENT_CEILING"]);
}

/// A corrected claim doesn't count itself, so it is the first one still.
#[test]
fn a_scope_does_not_see_an_earlier_version_of_the_claim() {
    let root = workspace(
        "scope",
        &ARRANGEMENT
            .replace("claim.partner != \"P-3\"", "totals.mine == 0")
            .replace("award.rebate.tiers.bands.1.rate: 3%\n  award.rebate.tiers.bands.2.rate: 5%", "params.fee: 60"),
    );
    let program = PROGRAM
        .replace("eligibility:", "totals:\n  mine: { count: claims, of: all, per: [participant] }\neligibility:");
    fs::write(root.join("programs/acme/rebate.yaml"), program).unwrap();
    fs::write(root.join("before.csv"), "id,partner,day,sold\nC-1,P,2026-02-05,4000\n").unwrap();
    fs::write(root.join("claims.csv"), "id,partner,day,sold\nC-1,P,2026-02-05,3000\n").unwrap();
    dry_run(&root, &["--earlier", "before.csv", "--arrangement", "acme/spring", "--out", "out.csv"]);
    let rows = outcomes(&root.join("out.csv"));
    let shown = ["award", "award.arrangement", "reversed", "net"].map(|column| rows["C-1"][column].clone());
    assert_eq!(shown, ["90.00", "50.00", "100.00", "-10.00"]);
}

#[test]
fn an_outcome_under_an_arrangement_is_explained() {
    let root = workspace("explained", ARRANGEMENT);
    fs::write(root.join("claims.csv"), "id,partner,day,sold\nC-1,P-1,2026-02-05,4000\n").unwrap();
    let explain = ["explain", "C-1", "--program", "acme/rebate", "--claims", "claims.csv"];
    let (exit, page, stderr) = meed(&root, &[&explain[..], &["--arrangement", "acme/spring"]].concat());
    assert_eq!(exit, 0, "{stderr}");
    let line = "  arrangement acme/spring: by its rules awards 130.00 EUR; it adds 80.00 EUR\n";
    assert!(page.contains("Awarded: 130.00 EUR.\n") && page.contains(line), "{page}");
    assert!(!page.contains("What would change it"), "{page}");
    assert!(meed(&root, &explain).1.contains("Awarded: 50.00 EUR.\n"));
}
