//! Claims that come again in a ledger: corrected after the rules have changed or the participant was erased, taken back and
//! corrected, and in a file that came before.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads and writes files of its own"
)]

mod command_line;
mod ledger_support;

use std::{fs, path::Path};

use command_line::meed;
use ledger_support::{PROGRAM, act, assert_whole, contents, explained, listed, post, run, workspace};

/// Writes claims by their rows, and posts them.
#[track_caller]
fn file(root: &Path, name: &str, rows: &[&str]) -> String {
    fs::write(root.join(name), format!("id,partner,day,invoice,sold,original\n{}\n", rows.join("\n"))).unwrap();
    post(root, name, "l.db")
}

fn define(root: &Path, change: &dyn Fn(&str) -> String) {
    fs::write(root.join("programs/acme/rebate.yaml"), change(PROGRAM)).unwrap();
}

/// What is due by a field of the claim leaves as it came once the field is erased, and is made again as it was before.
#[test]
fn a_claim_that_was_erased_is_corrected_as_it_came() {
    let root = workspace("erased_due");
    let due = "due: 'if claim.invoice != \"\" { total * 0.02 } else { total * 0.01 }'";
    let tiers = "tiers: { kind: retroactive, bands: [{ from: 0, rate: 1% }, { from: 5000, rate: 2% }] }";
    let program = PROGRAM.replace(tiers, &format!("terms: from_here\n    {due}"));
    assert_ne!(program, PROGRAM);
    fs::write(root.join("programs/acme/rebate.yaml"), program).unwrap();
    let file = |name: &str, rows: &[&str]| {
        fs::write(root.join(name), format!("id,partner,day,invoice,sold,original\n{}\n", rows.join("\n"))).unwrap();
        post(&root, name, "l.db");
    };
    file("a.csv", &["A,Pat,2026-02-01,F-1,800,", "B,Pat,2026-02-02,F-2,200,"]);
    // Corrected before the participant is erased, and after; both by somebody else.
    file("b.csv", &["A,Sam,2026-02-01,F-1,600,"]);
    let said = ["--ledger", "l.db", "--by", "ana", "--reason", "asked for it", "--yes"];
    assert_eq!(meed(&root, &[&["ledger", "erase", "Pat"][..], &said].concat()).0, 0);
    file("c.csv", &["B,Sam,2026-02-02,F-2,100,"]);
    let balance = listed(&root, "balance", &[]);
    // Who has earned nothing is in no balance.
    assert!(balance.contains("Sam                14.00  0.00") && !balance.contains("(erased 1)"), "{balance}");
    assert_whole(&root, "l.db");
}

/// What waits for another claim is decided anew once that one is, and an amount without a base isn't taken back twice.
#[test]
fn what_the_engine_holds_is_released_once_it_is_cured() {
    let root = workspace("cured_holds");
    let fee = "  fee: { amount: claim.sold * 0.1, when: claim.original == () || claim.sold < 0 }\nlimits:";
    let tiers = "  rebate:\n    base: claim.sold\n    per: [participant, quarter]\n    tiers: { kind: retroactive, bands: \
                 [{ from: 0, rate: 1% }, { from: 5000, rate: 2% }] }\n";
    let program = PROGRAM.replace(tiers, "").replace("limits:", fee);
    assert!(!program.contains("tiers"));
    fs::write(root.join("programs/acme/rebate.yaml"), program).unwrap();
    let file = |name: &str, rows: &[&str]| {
        fs::write(root.join(name), format!("id,partner,day,invoice,sold,original\n{}\n", rows.join("\n"))).unwrap();
        post(&root, name, "l.db")
    };
    let balance = || listed(&root, "balance", &[]);
    // A return of what is held waits, until that is released.
    file("a.csv", &["L,Pat,2026-02-01,F-1,1000,", "R,Pat,2026-02-02,F-2,-1000,L"]);
    let waits = act(&root, "release", "R", "ana", &["--yes"]);
    assert!(waits.0 == 3 && waits.2.contains("was decided anew, and is held for ORIGINAL_HELD still"), "{}", waits.2);
    assert_eq!(act(&root, "release", "L", "ana", &["--yes"]).0, 0);
    assert!(balance().contains("100.00"), "{}", balance());
    let cured = act(&root, "release", "R", "ana", &["--yes"]);
    assert!(cured.0 == 0 && cured.1.contains("then  approved, -100.00 EUR"), "{}{}", cured.1, cured.2);
    // Corrected to less than was taken back of it, it waits for a person, and nothing more is taken back of it.
    file("b.csv", &["L,Pat,2026-02-01,F-1,400,"]);
    assert!(explained(&root, "L").contains("ORIGINAL_EXCEEDED"), "{}", explained(&root, "L"));
    file("c.csv", &["S,Pat,2026-02-03,F-3,-400,L"]);
    assert!(explained(&root, "S").contains("ORIGINAL_HELD"), "{}", explained(&root, "S"));
    assert_whole(&root, "l.db");
}

/// Rules of before that have the same figures take back what they decided as a full return of it would; so words can change
/// without moving money. Fields that stand elsewhere by then are found by their names.
#[test]
fn what_earlier_rules_decided_leaves_by_them() {
    let root = workspace("earlier");
    let define = |change: &dyn Fn(&str) -> String| {
        fs::write(root.join("programs/acme/rebate.yaml"), change(&PROGRAM.replace("most: 900", "most: 9000"))).unwrap();
    };
    let file = |name: &str, head: &str, rows: &[&str]| {
        fs::write(root.join(name), format!("{head}\n{}\n", rows.join("\n"))).unwrap();
        post(&root, name, "l.db");
    };
    let head = "id,partner,day,invoice,sold,original";
    let balance = || listed(&root, "balance", &[]);
    define(&str::to_owned);
    file("a.csv", head, &["A,Pat,2026-02-01,F-1,800,", "B,Pat,2026-02-02,F-2,4500,", "H,Pat,2026-02-03,F-2,10,"]);
    assert!(balance().contains("106.00  0.20"), "{}", balance());
    // Other words: what is due on the whole stays as it was, to the cent.
    define(&|text| text.replace("is more than", "exceeds"));
    file("b.csv", head, &["A,Pat,2026-02-01,F-1,801,"]);
    assert!(balance().contains("106.02  0.20"), "{}", balance());
    // Other rates: it leaves by those of before, and comes by those of today.
    define(&|text| text.replace("rate: 2%", "rate: 4%"));
    file("c.csv", head, &["A,Pat,2026-02-01,F-1,800,"]);
    // 5,301 at 2% less 4,500 at 1%, and 5,300 at 4% less 4,500 at 1%.
    assert!(balance().contains("212.00  0.20"), "{}", balance());
    let fields = "fields: { id: text, partner: text, day: date, invoice: text, sold: decimal,";
    define(&|text| {
        text.replace(
            fields,
            "fields: { id: text, sold: decimal, note: optional text, partner: text, day: date, invoice: text,",
        )
    });
    let release = act(&root, "release", "H", "ana", &["--yes"]);
    assert!(release.0 == 0 && release.1.contains("then  approved, 0.20 EUR"), "{}{}", release.1, release.2);
    assert_whole(&root, "l.db");
}

/// A file that came before says nothing new, whatever the rules are by now: what was corrected since stays corrected.
#[test]
fn a_file_that_came_before_corrects_nothing() {
    let root = workspace("again");
    let rows = ["A,Pat,2026-02-01,F-1,800,", "B,Pat,2026-02-02,F-2,400,", "U,Pat,2026-02-03,F-3,six,"];
    file(&root, "a.csv", &rows);
    file(&root, "b.csv", &["A,Pat,2026-02-01,F-1,700,", "U,Pat,2026-02-03,F-3,6,"]);
    let before = contents(&root, "l.db");
    define(&root, &|text| text.replace("is more than", "exceeds"));
    assert!(post(&root, "a.csv", "l.db").contains("nothing was posted"));
    assert!(before == contents(&root, "l.db"));
    let dry = ["dry-run", "acme/rebate", "--claims", "a.csv", "--ledger", "l.db"];
    let shown = meed(&root, &dry).1;
    assert!(shown.lines().any(|line| line.split_whitespace().eq(["skipped", "3"])), "{shown}");
    // A row more is another file, and what it says of the others is a correction.
    file(&root, "c.csv", &[&rows[..], &["C,Pat,2026-02-04,F-4,10,"]].concat());
    assert!(explained(&root, "U").contains("returned"));
    assert_whole(&root, "l.db");
}

/// Nothing is posted, and nothing of the rules kept, where the run would be refused.
#[test]
fn a_file_that_is_in_the_way_is_said_before_anything_is_kept() {
    let root = workspace("in_the_way");
    file(&root, "a.csv", &["A,Pat,2026-02-01,F-1,800,"]);
    // As a run leaves it that is stopped in the midst.
    let ledger = ledger_support::open(&root, "l.db");
    ledger.execute_batch("UPDATE run SET is_whole = 0, done = 0").unwrap();
    drop(ledger);
    fs::write(root.join("b.csv"), "id,partner,day,invoice,sold,original\nB,Pat,2026-02-02,F-2,400,\n").unwrap();
    let before = contents(&root, "l.db");
    let (exit, _, stderr) = run(&root, "b.csv", "l.db", &[]);
    assert!(exit == 3 && stderr.contains("posting `a.csv` was interrupted, and has to end first"), "{stderr}");
    let dry = ["dry-run", "acme/rebate", "--claims", "b.csv", "--ledger", "l.db"];
    assert!(meed(&root, &dry).2.contains("until then `meed run` refuses what is shown here"));
    define(&root, &|text| text.replace("is more than", "exceeds"));
    let (exit, _, stderr) = run(&root, "a.csv", "l.db", &[]);
    assert!(exit == 3 && stderr.contains("the rules have changed since"), "{stderr}");
    assert!(before == contents(&root, "l.db"));
    define(&root, &str::to_owned);
    post(&root, "a.csv", "l.db");
}
