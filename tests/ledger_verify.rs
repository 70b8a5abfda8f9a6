//! Verifying a ledger: nobody changes it unnoticed.

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

use std::{fs, path::Path};

use command_line::meed;
use ledger_support::{claims, open, post, rows, workspace};
use rusqlite::types::Value;

/// What `verify` says of a ledger that somebody edited.
fn verified_after(root: &Path, name: &str, edit: &[&str], head: Option<&str>) -> (u8, String) {
    fs::copy(root.join("l.db"), root.join(name)).unwrap();
    let connection = open(root, name);
    for trigger in rows(&connection, "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
        let Value::Text(trigger) = &trigger[0] else { panic!("{trigger:?}") };
        connection.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for sql in edit {
        connection.execute_batch(sql).unwrap();
    }
    drop(connection);
    let arguments = ["ledger", "verify", "--ledger", name];
    let with_head: Vec<&str> = head.iter().flat_map(|head| ["--head", head]).collect();
    let (exit, stdout, _) = meed(root, &[&arguments[..], &with_head].concat());
    (exit, stdout)
}

#[test]
fn verify_finds_what_was_changed_removed_or_swapped() {
    let root = workspace("edited");
    claims(&root, "a.csv", 0..500);
    let said = post(&root, "a.csv", "l.db");
    // All of it in the one file, so that it can be copied.
    open(&root, "l.db").execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE").unwrap();
    let head = said.lines().find_map(|line| line.strip_prefix("head ")).unwrap().to_owned();
    assert_eq!(verified_after(&root, "same.db", &[], Some(&head)).0, 0);
    let is_found = |name: &str, edit: &[&str], head: Option<&str>, words: &str| {
        let (exit, stdout) = verified_after(&root, name, edit, head);
        assert!(exit == 1 && stdout.contains(words), "{name}: {stdout}");
    };
    is_found(
        "amount.db",
        &["UPDATE entry SET award = award + 1 WHERE id = 100"],
        None,
        "entry 100: it is not what was written",
    );
    is_found("removed.db", &["DELETE FROM entry WHERE id = 100"], None, "entries between 99 and 101 are missing");
    let swap = [
        "UPDATE entry SET id = -1 WHERE id = 100",
        "UPDATE entry SET id = 100 WHERE id = 101",
        "UPDATE entry SET id = 101 WHERE id = -1",
    ];
    is_found("swapped.db", &swap, None, "entry 100: it is not what was written");
    let tail = ["DELETE FROM row WHERE entry > 490", "DELETE FROM entry WHERE id > 490"];
    is_found("tail.db", &tail, Some(&head), "entries behind the last one are missing");
    is_found("row.db", &["UPDATE row SET cells = x'00' WHERE entry = 7"], None, "entry 7: its row, its words");
    is_found(
        "figure.db",
        &[
            "UPDATE figure SET awarded = '1.00' WHERE accumulator = (SELECT id FROM accumulator WHERE name LIKE 'limit BUDGET%')",
        ],
        None,
        "`limit BUDGET per program` doesn't stand at the sum",
    );
    let (exit, _, stderr) = meed(&root, &["ledger", "verify", "--ledger", "l.db", "--head", "nonsense"]);
    assert!(exit == 2 && stderr.contains("is no head of a ledger"), "{stderr}");
}

/// What stands beside the chain is proved by it.
#[test]
fn verify_finds_what_was_changed_beside_the_chain() {
    let root = workspace("beside");
    claims(&root, "a.csv", 0..500);
    claims(&root, "b.csv", 500..600);
    post(&root, "a.csv", "l.db");
    let program = root.join("programs/acme/rebate.yaml");
    fs::write(&program, fs::read_to_string(&program).unwrap().replace("rate: 2%", "rate: 3%")).unwrap();
    post(&root, "b.csv", "l.db");
    let adjust = ["P-NEW", "5", "--program", "acme/rebate", "--by", "ana", "--reason", "goodwill", "--yes"];
    assert_eq!(meed(&root, &[&["ledger", "adjust", "--ledger", "l.db"][..], &adjust].concat()).0, 0);
    let erase = ["P-9", "--by", "ana", "--reason", "asked for it", "--yes"];
    assert_eq!(meed(&root, &[&["ledger", "erase", "--ledger", "l.db"][..], &erase].concat()).0, 0);
    open(&root, "l.db").execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE").unwrap();
    let (exit, said) = verified_after(&root, "same.db", &[], None);
    assert!(exit == 0 && said.starts_with("it is whole: entries 602, "), "{said}");
    let chain = "it is not what was written, or its rules or its file are not";
    let name = "its participant's name are not what was written";
    for (number, (edit, words)) in [
        ("UPDATE participant SET name = 'P-X' WHERE name = 'P-7'", name),
        ("UPDATE participant SET name = 'P-X' WHERE name = 'P-NEW'", name),
        ("DELETE FROM participant WHERE name = 'P-7'", name),
        ("DELETE FROM accumulator WHERE name LIKE 'limit CAP%'", "a running figure that it moved is missing"),
        ("DELETE FROM accumulator", "a running figure that it moved is missing"),
        ("DELETE FROM summed", "up to where figures are summed is missing"),
        ("UPDATE run SET last = 1 WHERE id = 2", "how far `b.csv` was posted is not what was written"),
        ("UPDATE summed SET entry = 40", "doesn't stand at the sum of what its entries moved"),
        ("UPDATE summed SET entry = 4000000", "running figures are said to hold more entries than there are"),
        ("DELETE FROM figure WHERE accumulator = 2", "doesn't stand at the sum of what its entries moved"),
        ("DELETE FROM taken WHERE claim = (SELECT min(claim) FROM taken)", "that it took back some of claim `C-"),
        (
            "INSERT INTO taken SELECT claim, program, 1 FROM taken LIMIT 1",
            "what is noted of claims that were taken back",
        ),
        ("DELETE FROM row WHERE entry = 7", "entry 7: its row is missing, and its participant was not erased"),
        ("UPDATE run SET done = done - 1 WHERE id = 2", "how far `b.csv` was posted is not what was written"),
        ("UPDATE run SET is_whole = 0 WHERE id = 1", "how far `a.csv` was posted is not what was written"),
        ("UPDATE run SET file_hash = x'00' WHERE id = 2", chain),
        ("UPDATE run SET file = 'c.csv' WHERE id = 2", chain),
        ("UPDATE program SET unit = 'USD'", chain),
        ("UPDATE program SET scale = 3", chain),
        ("UPDATE program SET name = 'acme/other'", chain),
        ("UPDATE rules SET fingerprint = 'other' WHERE id = 1", chain),
        ("UPDATE rules_file SET content = (SELECT max(id) FROM content)", chain),
        ("DELETE FROM rules_file WHERE rules = 2", chain),
        ("UPDATE rules SET layout = (SELECT layout FROM rules WHERE id = 1), id = id + 10", chain),
        ("UPDATE content SET hash = x'00' WHERE id = 1", chain),
    ]
    .iter()
    .enumerate()
    {
        let (exit, stdout) = verified_after(&root, &format!("{number}.db"), &[edit], None);
        assert!(exit == 1 && stdout.contains(words), "{edit}: {stdout}");
    }
}

#[test]
fn entries_cannot_be_changed_or_removed() {
    let root = workspace("kept");
    claims(&root, "a.csv", 0..50);
    post(&root, "a.csv", "l.db");
    for (sql, told) in [
        ("UPDATE entry SET award = 1", "entries are never changed"),
        ("DELETE FROM entry", "entries are never removed"),
        ("UPDATE rules SET fingerprint = 'x'", "rules are never changed"),
        (
            "INSERT INTO entry SELECT 99, program, rules, run, kind, claim, participant, content, disposition, 1.5, pending, \
          reversed, detail, row_hash, hash FROM entry LIMIT 1",
            "cannot store REAL value",
        ),
    ] {
        let refused = open(&root, "l.db").execute_batch(sql).unwrap_err().to_string();
        assert!(refused.contains(told), "{sql}: {refused}");
    }
}
