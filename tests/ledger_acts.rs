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

use std::{collections::BTreeMap, fmt::Write as _, fs, process::Command};

use command_line::meed;
use ledger_support::{PROGRAM, act, assert_whole, claims, contents, explained, listed, open, post, rows, workspace};
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

/// The program with other words, and claims of two invoices, two of them too large.
fn with_program(name: &str, change: impl Fn(&str) -> String) -> std::path::PathBuf {
    let root = workspace(name);
    fs::write(root.join("programs/acme/rebate.yaml"), change(PROGRAM)).unwrap();
    let text = "id,partner,day,invoice,sold,original\nA,Pat,2026-02-01,F-1,1000,\nB,Pat,2026-02-02,F-2,2000,\n\
                C,Sam,2026-02-03,F-3,100,\n";
    fs::write(root.join("a.csv"), text).unwrap();
    post(&root, "a.csv", "l.db");
    root
}

fn two_people(program: &str) -> String {
    program.replace("order:", "approval: two_people\norder:")
}

/// What somebody says to do to a claim.
#[test]
fn two_people_are_two_people() {
    let root = with_program("people", two_people);
    let release = |by: &str| act(&root, "release", "A", by, &["--yes"]);
    assert!(release("ana").2.contains("proposed by `ana`"));
    for by in ["ana", " Ana ", "ANA"] {
        let (exit, _, stderr) = release(by);
        assert!(exit == 3 && stderr.contains("somebody else has to confirm it"), "{by}: {stderr}");
    }
    let story = explained(&root, "A");
    assert!(story.contains("release proposed by ana at : checked; it would be approved, 10.00 EUR"), "{story}");
    assert!(release("bo").2.contains("done; head"));
    assert_whole(&root, "l.db");
}

/// What is confirmed is what was proposed: anything else is a proposal of its own.
#[test]
fn a_confirmation_is_of_the_same_act() {
    let root = with_program("same_act", two_people);
    let over = |by: &str, code: &str, until: &str, reference: &str| {
        act(&root, "override", "A", by, &["--code", code, "--until", until, "--reference", reference, "--yes"]).2
    };
    assert!(over("ana", "LARGE", "2090-01-01", "M-1").contains("proposed by `ana`"));
    for (until, reference) in [("2090-01-02", "M-1"), ("2090-01-01", "M-2")] {
        let said = over("bo", "LARGE", until, reference);
        let other = "` has proposed something else: override of LARGE until 2090-01-0";
        assert!(said.contains("proposed by `bo`") && said.contains(other), "{said}");
    }
    assert!(act(&root, "reject", "A", "bo", &["--yes"]).2.contains("proposed by `bo`"));
    assert!(over("bo", "LARGE", "2090-01-01", "M-1 ").contains("done; head"));
    assert_whole(&root, "l.db");
}

/// What was proposed before something else was done to the claim, or makes something else of it by now, is not confirmed.
#[test]
fn a_proposal_is_confirmed_as_it_was_shown() {
    let root = with_program("stale", two_people);
    let release = |by: &str| act(&root, "release", "A", by, &["--yes"]).2;
    assert!(release("ana").contains("proposed by `ana`"));
    // Another claim of the same invoice makes a second reason to hold it.
    fs::write(root.join("b.csv"), "id,partner,day,invoice,sold,original\nD,Sam,2026-02-04,F-1,50,\n").unwrap();
    post(&root, "b.csv", "l.db");
    let said = release("bo");
    let told =
        "what `ana` proposed made of claim `A`: approved with 10.00, LARGE (noted); now it makes: held with 10.00";
    assert!(said.contains(told) && said.contains("help: let them propose it again"), "{said}");
    assert!(release("ana").contains("proposed by `ana`"));
    assert!(release("ana").contains("somebody else has to confirm it"));
    assert!(release("bo").contains("done; head"));
    // It is held for the other reason now, and what was proposed before counts no more.
    assert!(release("bo").contains("proposed by `bo`"));
    assert!(release("ana").contains("done; head"));
    let claims = fs::read_to_string(root.join("a.csv")).unwrap().replace("F-2,2000", "F-2,2500");
    assert!(act(&root, "release", "B", "ana", &["--yes"]).2.contains("proposed by `ana`"));
    fs::write(root.join("c.csv"), claims).unwrap();
    post(&root, "c.csv", "l.db");
    assert!(act(&root, "release", "B", "bo", &["--yes"]).2.contains("proposed by `bo`"), "it was decided anew since");
    assert_whole(&root, "l.db");
}

#[test]
fn what_is_only_shown_stores_nothing() {
    let root = with_program("only_shown", str::to_owned);
    fs::write(root.join("programs/acme/rebate.yaml"), PROGRAM.replace("rate: 2%", "rate: 3%")).unwrap();
    let stands = || {
        let rules = rows(&open(&root, "l.db"), "SELECT * FROM rules");
        (contents(&root, "l.db"), rules)
    };
    let before = stands();
    assert!(act(&root, "release", "A", "ana", &[]).2.contains("nothing was done"));
    assert!(act(&root, "reject", "A", "ana", &[]).2.contains("nothing was done"));
    assert!(act(&root, "adjust", "A", "ana", &["5"]).2.contains("nothing was done"));
    assert_eq!(act(&root, "release", "C", "ana", &["--yes"]).0, 3);
    assert!(before == stands());
}

/// The day on which an override ends is told by the real clock.
#[test]
fn an_override_ends_today_or_later() {
    let root = with_program("over", str::to_owned);
    let said =
        ["--program", "acme/rebate", "--ledger", "l.db", "--by", "ana", "--reason", "checked", "--reference", "M-1"];
    let over = |until: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_meed"));
        command.current_dir(&root).args(["ledger", "override", "A", "--code", "LARGE", "--until", until]).args(said);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (exit, stderr) = over("2026-01-31");
    assert!(
        exit == 2 && stderr.contains("2026-01-31 is over") && stderr.contains("help: name the last day"),
        "{stderr}"
    );
    assert_eq!(over("2090-01-01").0, 0);
}

#[test]
fn a_story_tells_what_people_did() {
    let root = with_program("story", str::to_owned);
    let over = ["--code", "LARGE", "--until", "2090-01-01", "--reference", "M-1", "--yes"];
    assert_eq!(act(&root, "override", "A", "ana", &over).0, 0);
    let story = explained(&root, "A");
    assert!(story.contains("(a.csv:2)") && !story.contains("ledger:2"), "{story}");
    assert!(!story.contains("It corrects a decision made before"), "{story}");
    let told = "override of LARGE until 2090-01-01 (M-1) by ana at : checked; then approved, 10.00 EUR";
    assert!(story.contains(told), "{story}");
    assert_eq!(act(&root, "release", "B", "bo", &["--yes"]).0, 0);
    assert!(explained(&root, "B").contains("release of LARGE by bo at : checked; then approved"));
}

/// A row that could not be read is told of until it is read.
#[test]
fn a_participant_is_told_of_rows_until_they_are_read() {
    let root = workspace("read_later");
    let file = |name: &str, sold: &str| {
        let text = format!("id,partner,day,invoice,sold,original\nA,Pat,2026-02-01,F-1,{sold},\n");
        fs::write(root.join(name), text).unwrap();
        post(&root, name, "l.db");
    };
    file("a.csv", "six");
    assert!(explained(&root, "Pat").contains("returned"));
    file("b.csv", "6");
    let story = explained(&root, "Pat");
    assert!(story.contains("approved") && !story.contains("returned"), "{story}");
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
    let (_, said, _) = meed(&root, &["ledger", "replay", "--ledger", "l.db"]);
    assert!(said.contains(" 0 of them come out otherwise; ") && !said.contains("; 0 erased"), "{said}");
}

/// What was erased is in no file any more, not even where pages were moved or set free.
#[test]
fn what_is_erased_is_gone_from_the_files() {
    let root = workspace("bytes");
    // Nothing is kept per participant or invoice, as a key would stay.
    let program = PROGRAM
        .replace("per: [participant, quarter]", "per: [quarter]")
        .replace("per: [participant, year]", "per: [year]")
        .replace("per: [participant], within", "per: [program], within")
        .replace("per: [claim.invoice]", "per: [month]");
    fs::write(root.join("programs/acme/rebate.yaml"), program).unwrap();
    let mut text = "id,partner,day,invoice,sold,original\n".to_owned();
    for number in 0..3_000_u32 {
        let mixed = number.wrapping_mul(2_654_435_761);
        writeln!(text, "C-{number},Partner-{mixed:08x},2026-02-01,Invoice-{mixed:08x},5,").unwrap();
    }
    fs::write(root.join("a.csv"), text).unwrap();
    post(&root, "a.csv", "l.db");
    // Whoever has it open keeps the log from being removed.
    let other = open(&root, "l.db");
    rows(&other, "SELECT count(*) FROM entry");
    let bytes = || -> Vec<u8> {
        ["l.db", "l.db-wal"].iter().filter_map(|file| fs::read(root.join(file)).ok()).flatten().collect()
    };
    let mut copies: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for name in bytes().windows("Partner-00000000".len()).filter(|window| window.starts_with(b"Partner-")) {
        *copies.entry(name.to_vec()).or_default() += 1;
    }
    // Those who stand in the most places, also where none of them should be.
    let mut names: Vec<(usize, Vec<u8>)> = copies.into_iter().map(|(name, count)| (count, name)).collect();
    names.sort();
    for (count, name) in names.into_iter().rev().take(3) {
        assert!(count > 3, "somebody stands in a row, as a name and in its index, and where they were before");
        let name = String::from_utf8(name).unwrap();
        let said = ["--ledger", "l.db", "--by", "ana", "--reason", "asked for it", "--yes"];
        let (exit, _, stderr) = meed(&root, &[&["ledger", "erase", &name][..], &said].concat());
        assert!(exit == 0 && !stderr.contains("note:"), "{stderr}");
        for text in [name.clone(), name.replace("Partner", "Invoice")] {
            let left = bytes().windows(text.len()).filter(|window| *window == text.as_bytes()).count();
            assert_eq!(left, 0, "{text}");
        }
    }
    drop(other);
    assert_whole(&root, "l.db");
}

/// A held claim of somebody who was erased can't be decided again, and is rejected as it stands.
#[test]
fn a_held_claim_of_somebody_erased_is_rejected() {
    let root = with_program("erased_held", str::to_owned);
    let text =
        "id,partner,day,invoice,sold,original\nD,erased 1,2026-02-01,F-9,1000,\nE,(erased 1),2026-02-01,F-8,10,\n";
    fs::write(root.join("b.csv"), text).unwrap();
    post(&root, "b.csv", "l.db");
    let said = ["--ledger", "l.db", "--by", "ana", "--reason", "asked for it", "--yes"];
    assert_eq!(meed(&root, &[&["ledger", "erase", "Pat"][..], &said].concat()).0, 0);
    let holds = listed(&root, "holds", &[]);
    assert!(holds.contains("(erased 1)") && holds.contains(" erased 1 "), "{holds}");
    assert_eq!(listed(&root, "balance", &[]).matches("(erased 1)").count(), 2);
    let (exit, _, stderr) = act(&root, "release", "A", "ana", &["--yes"]);
    assert!(
        exit == 3 && stderr.contains("was erased") && stderr.contains("`meed ledger reject` rejects it"),
        "{stderr}"
    );
    let (exit, shown, stderr) = act(&root, "reject", "A", "ana", &[]);
    assert!(exit == 0 && shown.contains("then  rejected") && shown.contains("REVIEW_REJECTED"), "{shown}{stderr}");
    for claim in ["A", "B"] {
        assert_eq!(act(&root, "reject", claim, "ana", &["--yes"]).0, 0);
    }
    let holds = listed(&root, "holds", &[]);
    assert!(!holds.contains("(erased 1)") && holds.contains(" erased 1 "), "{holds}");
    let budget = "SELECT sum FROM figure JOIN accumulator ON id = accumulator WHERE name LIKE 'limit BUDGET%'";
    // What is left are the pending 10.00 of D, and what C and E are awarded.
    assert_eq!(rows(&open(&root, "l.db"), budget), [[Value::Text("11.10".to_owned())]]);
    assert!(explained(&root, "A").contains("reject by ana at : checked; then rejected"));
    assert_whole(&root, "l.db");
}

#[test]
fn private_participants_are_shown_by_name_alone() {
    let private = |program: &str| program.replace("partner: text", "partner: { type: text, private: true }");
    let root = with_program("private", private);
    for verb in ["holds", "balance"] {
        for format in ["table", "json"] {
            let hidden = listed(&root, verb, &["--format", format]);
            assert!(hidden.contains("(private)") && !hidden.contains("Pat"), "{hidden}");
            let shown = listed(&root, verb, &["--format", format, "--names"]);
            assert!(!shown.contains("(private)") && shown.contains("Pat"), "{shown}");
        }
    }
}

/// Sums have more room than single amounts, and what would have none is refused.
#[test]
fn amounts_that_are_too_large_are_refused() {
    let root = with_program("large", str::to_owned);
    let most = "9000000000000000";
    for participant in ["X", "Y"] {
        assert_eq!(act(&root, "adjust", participant, "ana", &[most, "--yes"]).0, 0);
    }
    for (amount, more) in [(most, &["--yes"][..]), (most, &[]), ("90000000000000000", &["--yes"])] {
        let (exit, _, stderr) = act(&root, "adjust", "X", "ana", &[&[amount][..], more].concat());
        let told = "with this, what `X` has earned would have more than 18 digits";
        assert!(exit == 3 && stderr.contains(told), "{amount}: {stderr}");
    }
    assert_eq!(act(&root, "adjust", "X", "ana", &["-1", "--yes"]).0, 0);
    let balance = listed(&root, "balance", &[]);
    assert!(balance.contains("9,000,000,000,000,000.00") && balance.contains("8,999,999,999,999,999.00"), "{balance}");
    assert_whole(&root, "l.db");
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
