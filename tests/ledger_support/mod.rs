//! A workspace with a program and claims, and what stands in its ledger.

#![allow(dead_code, reason = "each of the tests of the ledger uses a part of it")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, types::Value};

use crate::command_line::meed;

/// A program with totals, tiers, limits and flags.
pub(crate) const PROGRAM: &str = "\
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
  original: original
  fields: { id: text, partner: text, day: date, invoice: text, sold: decimal, original: optional text }
params: { most: 900 }
totals:
  same: { count: claims, of: all, per: [claim.invoice] }
  week: { count: claims, of: standing, per: [participant], within: 7 days }
eligibility:
  SMALL: { require: claim.sold != 0, else: reject }
  LARGE: { require: claim.sold <= params.most, else: hold, message: \"{claim.sold} is more than {params.most}\" }
award:
  rebate:
    base: claim.sold
    per: [participant, quarter]
    tiers: { kind: retroactive, bands: [{ from: 0, rate: 1% }, { from: 5000, rate: 2% }] }
limits:
  CAP: { per: [participant, year], max: 400, then: cut }
  BUDGET: { per: [program], max: 100000, then: hold }
flags:
  TWICE: { when: totals.same > 0 && claim.original == (), then: hold }
";

/// A workspace with the program.
pub(crate) fn workspace(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger").join(name);
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    fs::create_dir_all(root.join("programs/acme")).unwrap();
    fs::write(root.join("programs/acme/rebate.yaml"), PROGRAM).unwrap();
    root
}

/// Sales of forty partners, some of them given back, claimed twice, too large, or not to be read.
pub(crate) fn claims(root: &Path, file: &str, numbers: std::ops::Range<u32>) {
    let mut text = "id,partner,day,invoice,sold,original\n".to_owned();
    for number in numbers {
        let (partner, month, day) = (number % 40, number % 12 + 1, number * 7 % 28 + 1);
        let invoice = if number % 97 == 0 { number / 2 } else { number };
        let cents = i64::from(number.wrapping_mul(7919) % 100_000);
        let (original, cents) = match number % 11 {
            3 if number > 40 => (format!("C-{}", number - 40), -cents / 4),
            _ => (String::new(), cents),
        };
        let sold =
            if number % 101 == 0 { "six".to_owned() } else { format!("{:.2}", rust_decimal::Decimal::new(cents, 2)) };
        writeln!(text, "C-{number},P-{partner},2026-{month:02}-{day:02},F-{invoice},{sold},{original}").unwrap();
    }
    fs::write(root.join(file), text).unwrap();
}

pub(crate) fn run(root: &Path, claims: &str, ledger: &str, more: &[&str]) -> (u8, String, String) {
    meed(root, &[&["run", "acme/rebate", "--claims", claims, "--ledger", ledger][..], more].concat())
}

#[track_caller]
pub(crate) fn post(root: &Path, claims: &str, ledger: &str) -> String {
    let (exit, _, stderr) = run(root, claims, ledger, &[]);
    assert_eq!(exit, 0, "{stderr}");
    stderr
}

#[track_caller]
pub(crate) fn assert_whole(root: &Path, ledger: &str) {
    for verb in ["verify", "replay"] {
        let (exit, stdout, stderr) = meed(root, &["ledger", verb, "--ledger", ledger]);
        assert_eq!(exit, 0, "{stdout}{stderr}");
    }
}

pub(crate) fn open(root: &Path, ledger: &str) -> Connection {
    Connection::open(root.join(ledger)).unwrap()
}

/// All rows of what a query finds.
pub(crate) fn rows(connection: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut select = connection.prepare(sql).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| (0..columns).map(|column| row.get(column)).collect());
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

/// Entries with their hashes, rows, what became of claims, and what figures stand at.
pub(crate) fn contents(root: &Path, ledger: &str) -> Vec<Vec<Vec<Value>>> {
    let connection = open(root, ledger);
    let tables = [
        "SELECT * FROM entry ORDER BY id",
        "SELECT * FROM row ORDER BY entry",
        "SELECT * FROM taken ORDER BY claim, program, entry",
        "SELECT name, key, part, count, sum, awarded FROM figure JOIN accumulator ON id = accumulator ORDER BY 1, 2, 3",
        "SELECT file, done, is_whole FROM run ORDER BY id",
        "SELECT entry FROM summed",
    ];
    tables.iter().map(|sql| rows(&connection, sql)).collect()
}

/// Does something to a claim, as somebody.
pub(crate) fn act(root: &Path, verb: &str, claim: &str, by: &str, more: &[&str]) -> (u8, String, String) {
    let said = ["--program", "acme/rebate", "--ledger", "l.db", "--by", by, "--reason", "checked"];
    meed(root, &[&["ledger", verb, claim][..], &said, more].concat())
}

/// What is told of a claim or a participant.
pub(crate) fn explained(root: &Path, subject: &str) -> String {
    meed(root, &["explain", subject, "--program", "acme/rebate", "--ledger", "l.db"]).1
}

/// What a verb lists.
#[track_caller]
pub(crate) fn listed(root: &Path, verb: &str, more: &[&str]) -> String {
    let (exit, stdout, stderr) = meed(root, &[&["ledger", verb, "acme/rebate", "--ledger", "l.db"][..], more].concat());
    assert_eq!(exit, 0, "{stderr}");
    stdout
}
