//! What people do to claims that stand in a ledger, and to participants.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, and reads and writes files of its own"
)]

mod command_line;
mod ledger_support;

use std::fs;

use command_line::meed;
use ledger_support::{PROGRAM, assert_whole, claims, open, post, rows, workspace};
use rusqlite::types::Value;

/// Who does what to a held claim, and what is refused.
#[test]
fn held_claims_are_released_overridden_and_rejected_by_people() {
    let root = workspace("held");
    let text = "id,partner,day,invoice,sold,original\nA,P,2026-02-01,F-1,1000,\nB,P,2026-02-02,F-1,2000,\nC,P,2026-02-03,F-3,100,\n";
    fs::write(root.join("a.csv"), text).unwrap();
    post(&root, "a.csv", "l.db");
    let act = |verb: &str, claim: &str, more: &[&str]| {
        let said = ["--program", "acme/rebate", "--ledger", "l.db", "--by", "ana", "--reason", "checked"];
        meed(&root, &[&["ledger", verb, claim][..], &said, more].concat())
    };
    let (exit, shown, stderr) = act("release", "A", &[]);
    assert!(exit == 0 && stderr.contains("nothing was done"), "{stderr}");
    // It is decided anew, and now there is another claim of the same invoice.
    assert!(shown.contains("now   held, 10.00 EUR pending") && shown.contains("then  held, 10.00 EUR"), "{shown}");
    assert!(shown.contains("LARGE (noted)") && shown.contains("TWICE (held)"), "{shown}");
    assert_eq!(act("release", "A", &["--yes"]).0, 0);
    let (_, shown, stderr) = act("release", "A", &["--yes"]);
    assert!(shown.contains("then  approved, 10.00 EUR") && stderr.contains("done; head"), "{shown}{stderr}");
    let over = ["--code", "LARGE", "--until", "2030-01-01", "--reference", "M-1", "--yes"];
    let (exit, shown, stderr) = act("override", "B", &over);
    assert!(exit == 0 && shown.contains("LARGE (noted)") && shown.contains("TWICE (held)"), "{shown}{stderr}");
    let (exit, _, stderr) = act("override", "B", &["--code", "SMALL", "--until", "2030-01-01", "--reference", "M-1"]);
    assert!(exit == 3 && stderr.contains("is not held for SMALL, but for TWICE"), "{stderr}");
    assert_eq!(act("override", "B", &["--code", "TWICE", "--until", "2030-01-01", "--yes"]).0, 2, "no reference");
    assert_eq!(act("reject", "B", &["--yes"]).0, 0);
    assert!(act("release", "C", &["--yes"]).2.contains("is approved, and not held"));
    assert!(act("release", "D", &["--yes"]).2.contains("there is no claim `D`"));
    let balance = meed(&root, &["ledger", "balance", "acme/rebate", "--ledger", "l.db", "--format", "json"]).1;
    assert!(balance.contains("\"earned\": \"11.00\"") && balance.contains("\"held\": \"0.00\""), "{balance}");
    // What was ruled stands: the same file again changes nothing.
    assert!(post(&root, "a.csv", "l.db").contains("nothing was posted"));
    assert_whole(&root, "l.db");
}

#[test]
fn two_people_are_two_people() {
    let root = workspace("people");
    let program = PROGRAM.replace("order:", "approval: two_people\norder:");
    fs::write(root.join("programs/acme/rebate.yaml"), program).unwrap();
    fs::write(root.join("a.csv"), "id,partner,day,invoice,sold,original\nA,P,2026-02-01,F-1,1000,\n").unwrap();
    post(&root, "a.csv", "l.db");
    let release = |by: &str| {
        let said = ["--program", "acme/rebate", "--ledger", "l.db", "--by", by, "--reason", "checked", "--yes"];
        meed(&root, &[&["ledger", "release", "A"][..], &said].concat())
    };
    assert!(release("ana").2.contains("proposed by `ana`"));
    let (exit, _, stderr) = release("ana");
    assert!(exit == 3 && stderr.contains("somebody else has to confirm it"), "{stderr}");
    assert!(release("bo").2.contains("done; head"));
    assert_whole(&root, "l.db");
}

/// Erasing takes away what names a participant, and nothing of what was decided.
#[test]
fn erasing_leaves_the_chain_and_replaying_sound() {
    let root = workspace("erased");
    claims(&root, "a.csv", 0..300);
    claims(&root, "b.csv", 300..400);
    post(&root, "a.csv", "l.db");
    let erase = |more: &[&str]| {
        let said = ["--ledger", "l.db", "--by", "ana", "--reason", "asked for it"];
        meed(&root, &[&["ledger", "erase", "P-7"][..], &said, more].concat())
    };
    assert!(erase(&[]).2.contains("nothing was done"));
    assert!(erase(&["--yes"]).2.contains(" rows erased; head "));
    assert_eq!(erase(&["--yes"]).0, 2, "nobody is called so any more");
    let left = rows(&open(&root, "l.db"), "SELECT count(*) FROM row WHERE instr(cells, CAST('P-7' AS BLOB)) > 0");
    assert_eq!(left[0][0], Value::Integer(0));
    post(&root, "b.csv", "l.db");
    assert_whole(&root, "l.db");
    let (_, _, said) = meed(&root, &["ledger", "replay", "--ledger", "l.db"]);
    assert!(said.contains(" 0 of them come out otherwise; ") && !said.contains("; 0 erased"), "{said}");
}

#[test]
fn an_adjustment_is_in_the_balance() {
    let root = workspace("adjusted");
    claims(&root, "a.csv", 0..50);
    post(&root, "a.csv", "l.db");
    let adjust = |amount: &str, more: &[&str]| {
        let said = ["--program", "acme/rebate", "--ledger", "l.db", "--by", "ana", "--reason", "goodwill"];
        meed(&root, &[&["ledger", "adjust", "P-NEW", amount][..], &said, more].concat())
    };
    assert!(adjust("12.50", &[]).2.contains("nothing was done"));
    assert_eq!(adjust("12.505", &["--yes"]).0, 2);
    assert_eq!(adjust("12.50", &["--yes"]).0, 0);
    assert_eq!(adjust("-2.50", &["--yes"]).0, 0);
    let balance = meed(&root, &["ledger", "balance", "acme/rebate", "--ledger", "l.db"]).1;
    assert!(balance.lines().any(|line| line.split_whitespace().eq(["P-NEW", "10.00", "0.00"])), "{balance}");
    assert_whole(&root, "l.db");
}
