//! Arrangements on a ledger: their ceilings hold across runs, what they decide is what one run over everything would, and it
//! can be proved, corrected and decided again.

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

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use command_line::meed;
use ledger_support::contents;
use rusqlite::Connection;
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
  original: original
  fields: { id: text, partner: text, day: date, sold: decimal, original: optional text }
params: { most: 900, fee: 3 }
totals:
  week: { count: claims, of: standing, per: [participant], within: 7 days }
eligibility:
  SMALL: { require: claim.sold >= 30 || claim.original != (), else: reject }
  LARGE: { require: claim.sold <= params.most, else: hold, message: \"{claim.sold} is more than {params.most}\" }
award:
  rebate:
    base: claim.sold
    per: [participant, quarter]
    tiers: { kind: retroactive, bands: [{ from: 0, rate: 1% }, { from: 5000, rate: 2% }] }
  fee: { amount: params.fee, when: claim.original == () }
limits:
  CAP: { per: [participant, year], max: 400, then: cut }
";

/// An arrangement of the program.
fn arrangement(name: &str, more: &str) -> String {
    format!(
        "format: 1\narrangement: acme/{name}\nprogram: acme/rebate\nreason: to keep the accounts\nreference: CRM-1\n\
         asked_by: a.meyer\napproved_by: c.ruiz\neffective: {{ from: 2026-02-01, until: 2026-10-31 }}\n\
         expires: 2026-10-31\n{more}"
    )
}

const SPRING: &str = "\
ceiling: 300
scope: { when: claim.partner != \"P-3\" && totals.week < 4 }
change:
  award.rebate.tiers.bands.1.rate: 3%
  award.rebate.tiers.bands.2.rate: 4%
  params.most: 950
waive: [SMALL]
";
const SUMMER: &str = "\
ceiling: 100
scope: { participants: [P-1, P-2, P-3] }
change: { params.fee: 8 }
";

fn workspace(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger_arrangements").join(name);
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    fs::create_dir_all(root.join("programs/acme")).unwrap();
    fs::create_dir_all(root.join("arrangements/acme")).unwrap();
    fs::write(root.join("programs/acme/rebate.yaml"), PROGRAM).unwrap();
    arrange(&root, "spring", SPRING);
    root
}

fn arrange(root: &Path, name: &str, more: &str) {
    fs::write(root.join(format!("arrangements/acme/{name}.yaml")), arrangement(name, more)).unwrap();
}

/// A claim: number, version, and what it was worth.
fn row(number: u32, version: u32) -> String {
    let (partner, month, day) = (number % 5, number / 40 % 12 + 1, number * 7 % 28 + 1);
    let cents = i64::from((number + 31 * version).wrapping_mul(7919) % 100_000);
    let (original, cents) = match number % 7 {
        3 if number > 40 => (format!("C-{}", number - 40), -cents / 4),
        _ => (String::new(), cents),
    };
    format!("C-{number},P-{partner},2026-{month:02}-{day:02},{:.2},{original}\n", Decimal::new(cents, 2))
}

/// Claims by their order, as one file has them, and with corrections of some of them behind.
fn claims(root: &Path, file: &str, numbers: impl IntoIterator<Item = u32>, version: u32) {
    let mut rows: Vec<String> = numbers.into_iter().map(|number| row(number, version)).collect();
    // As the program orders them: by day, then by id.
    rows.sort_by_key(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        (cells[2].to_owned(), cells[0].to_owned())
    });
    let mut text = "id,partner,day,sold,original\n".to_owned();
    for row in rows {
        write!(text, "{row}").unwrap();
    }
    fs::write(root.join(file), text).unwrap();
}

#[track_caller]
fn done(root: &Path, arguments: &[&str]) -> String {
    let (exit, stdout, stderr) = meed(root, arguments);
    assert_eq!(exit, 0, "{stdout}{stderr}");
    format!("{stdout}{stderr}")
}

/// Posts a file, and holds it against what a dry run on the ledger has shown.
#[track_caller]
fn post(root: &Path, claims: &str, ledger: &str, arrangements: &[&str]) -> String {
    let out = format!("{claims}.{ledger}.csv");
    let mut said = String::new();
    let mut shown = Vec::new();
    for verb in ["dry-run", "run"] {
        let mut arguments = vec![verb, "acme/rebate", "--claims", claims, "--ledger", ledger, "--out", &out];
        arguments.extend(arrangements.iter().flat_map(|name| ["--arrangement", name]));
        said = done(root, &arguments);
        shown.push(fs::read_to_string(root.join(&out)).unwrap());
    }
    assert_eq!(shown[0], shown[1]);
    said
}

#[track_caller]
fn assert_whole(root: &Path, ledger: &str) {
    for verb in ["verify", "replay"] {
        done(root, &["ledger", verb, "--ledger", ledger]);
    }
}

fn balances(root: &Path, ledger: &str) -> Vec<(String, String, String)> {
    let said = done(root, &["ledger", "balance", "acme/rebate", "--ledger", ledger, "--format", "json"]);
    let page: Value = serde_json::from_str(&said).unwrap();
    let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
    let all = page["balances"].as_array().unwrap().iter();
    all.map(|one| (text(one, "participant"), text(one, "earned"), text(one, "held"))).collect()
}

/// The rows of outcomes files behind each other, without the places of the claims.
fn outcomes(root: &Path, files: &[String]) -> Vec<String> {
    let rows = files.iter().flat_map(|file| {
        let text = fs::read_to_string(root.join(file)).unwrap();
        text.lines().skip(1).map(|row| row.rsplit_once(',').unwrap().0.to_owned()).collect::<Vec<_>>()
    });
    rows.collect()
}

#[test]
fn a_ceiling_holds_across_runs_as_in_one() {
    let root = workspace("across");
    claims(&root, "all.csv", 0..480, 0);
    let said = post(&root, "all.csv", "one.db", &["acme/spring"]);
    assert!(said.contains("of its ceiling of 300.00 EUR"), "{said}");
    let text = fs::read_to_string(root.join("all.csv.one.db.csv")).unwrap();
    assert!(text.contains("ARRANGEMENT_CEILING"));
    let files: Vec<String> = (0..6).map(|part| format!("{part}.csv")).collect();
    for (part, file) in (0..).zip(&files) {
        claims(&root, file, part * 80..(part + 1) * 80, 0);
        // It is named once; from then on it is beside the program.
        post(&root, file, "six.db", if part == 0 { &["spring.yaml", "acme/spring"][1..] } else { &[] });
    }
    let parts: Vec<String> = files.iter().map(|file| format!("{file}.six.db.csv")).collect();
    assert_eq!(outcomes(&root, &["all.csv.one.db.csv".to_owned()]), outcomes(&root, &parts));
    assert_eq!(balances(&root, "one.db"), balances(&root, "six.db"));
    for file in &files {
        assert!(post(&root, file, "six.db", &[]).contains("nothing was posted"), "{file}");
    }
    for ledger in ["one.db", "six.db"] {
        assert_whole(&root, ledger);
    }
}

/// Killed in the midst of posting, a run with an arrangement ends as one that wasn't.
#[test]
fn a_run_with_an_arrangement_that_is_killed_goes_on() {
    let root = workspace("killed");
    claims(&root, "a.csv", 0..25_000, 0);
    let posted = |ledger: &str| {
        let out = ledger.replace(".db", ".csv");
        let arguments = ["run", "acme/rebate", "--claims", "a.csv", "--arrangement", "acme/spring", "--ledger", ledger];
        let arguments = [&arguments[..], &["--out", &out]].concat();
        let mut command = Command::new(env!("CARGO_BIN_EXE_meed"));
        command.current_dir(&root).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let began = Instant::now();
    assert!(posted("clean.db").wait().unwrap().success());
    let whole = began.elapsed();
    let expected = contents(&root, "clean.db");
    let mut stopped = 0;
    for eighths in 1..8 {
        let ledger = format!("{eighths}.db");
        let mut child = posted(&ledger);
        std::thread::sleep(whole * eighths / 8);
        child.kill().unwrap();
        child.wait().unwrap();
        let is_begun = done_of(&root, &ledger).is_some_and(|done| done > 0 && done < 25_000);
        stopped += u32::from(is_begun);
        if is_begun {
            done(&root, &["ledger", "verify", "--ledger", &ledger]);
        }
        assert!(posted(&ledger).wait().unwrap().success());
        assert!(expected == contents(&root, &ledger), "{ledger}");
        // What was decided before it was killed is said as well.
        let [one, other] = ["clean.csv".to_owned(), ledger.replace(".db", ".csv")]
            .map(|out| fs::read_to_string(root.join(out)).unwrap());
        let first = one.lines().zip(other.lines()).find(|(one, other)| one != other);
        assert!(one == other, "{ledger}: {first:?}");
    }
    assert!(stopped > 0, "none was killed between two batches");
    assert_whole(&root, "clean.db");
}

/// How many claims of its only run were posted.
fn done_of(root: &Path, ledger: &str) -> Option<i64> {
    let path = root.join(ledger);
    let ledger = path.exists().then(|| Connection::open(path).unwrap())?;
    ledger.query_row("SELECT done FROM run", [], |row| row.get(0)).ok()
}

#[test]
fn a_ledger_decides_what_one_memory_would() {
    let root = workspace("memory");
    arrange(&root, "summer", SUMMER);
    for (round, arrangements) in [&["acme/spring"][..], &["acme/spring", "acme/summer"]].into_iter().enumerate() {
        let ledger = format!("{round}.db");
        let mut files: Vec<String> = Vec::new();
        for part in 0..6_u32 {
            let file = format!("{round}-{part}.csv");
            // Each has new claims, some that were there before, and corrections.
            let numbers = (part * 60..(part + 1) * 60).chain((0..part * 60).step_by(7 + part as usize));
            claims(&root, &file, numbers, part % 3);
            post(&root, &file, &ledger, arrangements);
            let mut alone = vec!["dry-run", "acme/rebate", "--claims", &file, "--out", "alone.csv"];
            alone.extend(arrangements.iter().flat_map(|name| ["--arrangement", name]));
            alone.extend(files.iter().flat_map(|file| ["--earlier", file]));
            done(&root, &alone);
            let posted = outcomes(&root, &[format!("{file}.{ledger}.csv")]);
            let alone = fs::read_to_string(root.join("alone.csv")).unwrap();
            let columns = |text: &str| text.lines().next().unwrap().matches(',').count();
            let header = fs::read_to_string(root.join(format!("{file}.{ledger}.csv"))).unwrap();
            // Without earlier claims nothing can be corrected, and two columns aren't there.
            if columns(&alone) == columns(&header) {
                assert_eq!(posted, outcomes(&root, &["alone.csv".to_owned()]), "{file}");
            }
            files.push(file);
        }
        assert_whole(&root, &ledger);
    }
}

#[test]
fn an_arrangement_reaches_what_was_decided_before_it() {
    let root = workspace("before");
    claims(&root, "all.csv", 0..100, 0);
    claims(&root, "some.csv", 60..70, 0);
    claims(&root, "corrected.csv", (0..100).step_by(5), 1);
    post(&root, "all.csv", "l.db", &[]);
    post(&root, "all.csv", "plain.db", &[]);
    let before = balances(&root, "l.db");
    let said = post(&root, "some.csv", "l.db", &["acme/spring"]);
    assert!(said.contains("claims of its scope"), "{said}");
    let after = balances(&root, "l.db");
    assert_ne!(before, after);
    let text = fs::read_to_string(root.join("some.csv.l.db.csv")).unwrap();
    assert!(text.contains(",acme/spring,"), "{text}");
    // What was approved before shows what it was awarded as taken back, and its net is what is added.
    let head = text.lines().next().unwrap().split(',').map(str::to_owned).collect::<Vec<_>>();
    let place = |name: &str| head.iter().position(|column| column == name).unwrap();
    for row in text.lines().skip(1).filter(|row| row.contains(",approved,")) {
        let cells: Vec<&str> = row.split(',').collect();
        let amount = |name: &str| cells[place(name)].parse::<Decimal>().unwrap_or_default();
        assert_eq!(amount("net"), amount("award") - amount("reversed"), "{row}");
        assert_eq!(amount("net"), amount("award.arrangement"), "{row}");
    }
    assert!(post(&root, "some.csv", "l.db", &[]).contains("nothing was posted"));
    assert_eq!(balances(&root, "l.db"), after);
    post(&root, "corrected.csv", "l.db", &[]);
    post(&root, "corrected.csv", "plain.db", &[]);
    assert_whole(&root, "l.db");
}

#[test]
fn what_an_arrangement_has_awarded_is_taken_back_as_it_was_though_it_changed() {
    let root = workspace("changed");
    claims(&root, "a.csv", 0..200, 0);
    claims(&root, "b.csv", (0..200).step_by(3), 1);
    post(&root, "a.csv", "l.db", &["acme/spring"]);
    arrange(&root, "spring", &SPRING.replace("3%", "2.5%").replace("ceiling: 300", "ceiling: 500"));
    let changed = PROGRAM.replace("rate: 1%", "rate: 1.5%");
    fs::write(root.join("programs/acme/rebate.yaml"), changed).unwrap();
    assert!(post(&root, "a.csv", "l.db", &[]).contains("nothing was posted"));
    post(&root, "b.csv", "l.db", &[]);
    let text = fs::read_to_string(root.join("b.csv.l.db.csv")).unwrap();
    assert!(text.contains(",acme/spring,"), "{text}");
    assert_whole(&root, "l.db");
    // What every claim was awarded last, and took back, comes to the balance.
    let earned: Decimal = balances(&root, "l.db").iter().map(|(_, earned, _)| earned.parse::<Decimal>().unwrap()).sum();
    let net = |file: &str| -> Decimal {
        let text = fs::read_to_string(root.join(file)).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let place = reader.headers().unwrap().iter().position(|column| column == "net").unwrap();
        reader.records().map(|row| row.unwrap()[place].parse::<Decimal>().unwrap()).sum()
    };
    claims(&root, "again.csv", 0..0, 0);
    post(&root, "a.csv", "first.db", &[]);
    fs::write(root.join("programs/acme/rebate.yaml"), PROGRAM).unwrap();
    arrange(&root, "spring", SPRING);
    post(&root, "a.csv", "first.db.old", &["acme/spring"]);
    assert_eq!(net("a.csv.first.db.old.csv") + net("b.csv.l.db.csv"), earned);
}

#[test]
fn an_arrangement_that_is_gone_or_of_another_program_is_said() {
    let root = workspace("gone");
    claims(&root, "a.csv", 0..100, 0);
    claims(&root, "b.csv", 100..120, 0);
    let other = PROGRAM.replace("acme/rebate", "acme/other");
    fs::write(root.join("programs/acme/other.yaml"), other).unwrap();
    let (exit, _, stderr) =
        meed(&root, &["run", "acme/other", "--claims", "a.csv", "--ledger", "l.db", "--arrangement", "acme/spring"]);
    assert!(exit == 2 && stderr.contains("is for `acme/rebate`"), "{stderr}");
    assert!(!root.join("l.db").exists());
    post(&root, "a.csv", "l.db", &["acme/spring"]);
    let plan = ["dry-run", "acme/rebate", "--claims", "b.csv", "--ledger", "l.db", "--save-plan", "p.json"];
    done(&root, &plan);
    arrange(&root, "spring", &SPRING.replace("300", "400"));
    let planned = ["run", "acme/rebate", "--claims", "b.csv", "--ledger", "l.db", "--plan", "p.json"];
    let (exit, _, stderr) = meed(&root, &planned);
    assert!(exit != 0 && stderr.contains("the arrangements beside `acme/rebate`"), "{stderr}");
    fs::remove_file(root.join("arrangements/acme/spring.yaml")).unwrap();
    let (exit, _, stderr) = meed(&root, &["run", "acme/rebate", "--claims", "b.csv", "--ledger", "l.db"]);
    assert!(exit == 2 && stderr.contains("put `arrangements/acme/spring.yaml` back"), "{stderr}");
}

/// A file of claims by their rows.
fn file(root: &Path, name: &str, rows: &[&str]) {
    fs::write(root.join(name), format!("id,partner,day,sold,original\n{}\n", rows.join("\n"))).unwrap();
}

fn act(root: &Path, verb: &str, claim: &str, more: &[&str]) -> String {
    let said =
        ["ledger", verb, claim, "--program", "acme/rebate", "--ledger", "l.db", "--by", "ann", "--reason", "agreed"];
    done(root, &[&said[..], more].concat())
}

fn holds(root: &Path) -> Vec<(String, String, String)> {
    let said = done(root, &["ledger", "holds", "acme/rebate", "--ledger", "l.db", "--format", "json"]);
    let page: Value = serde_json::from_str(&said).unwrap();
    let held = page["held"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    held.map(|one| (text(&one["claim"]), text(&one["pending"]), text(&one["codes"][0]))).collect()
}

#[test]
fn what_stands_of_a_claim_is_what_arrangements_made_of_it() {
    let root = workspace("stands");
    file(
        &root,
        "a.csv",
        &["A-1,P-1,2026-03-02,920,", "A-2,P-1,2026-03-03,10,", "A-3,P-1,2026-03-04,960,", "A-4,P-3,2026-03-04,10,"],
    );
    post(&root, "a.csv", "l.db", &["acme/spring"]);
    // By the standard rules A-1 is held and A-2 rejected; 3% of 920 and of 10, and the fee of each.
    assert_eq!(balances(&root, "l.db"), [("P-1".to_owned(), "33.90".to_owned(), "31.80".to_owned())]);
    assert_eq!(holds(&root), [("A-3".to_owned(), "31.80".to_owned(), "LARGE".to_owned())]);
    let told = done(&root, &["explain", "A-1", "--program", "acme/rebate", "--ledger", "l.db"]);
    assert!(told.contains("with acme/spring: approved, 30.60 EUR") && told.contains("Awarded: 30.60 EUR"), "{told}");
    let told = done(&root, &["explain", "P-1", "--program", "acme/rebate", "--ledger", "l.db"]);
    assert_eq!(told.matches("A-1").count(), 1, "{told}");
    let shown = act(&root, "release", "A-3", &[]);
    assert!(shown.contains("now   held, 31.80 EUR pending") && shown.contains("then  approved, 31.80 EUR"), "{shown}");
    act(&root, "release", "A-3", &["--yes"]);
    assert_eq!(balances(&root, "l.db"), [("P-1".to_owned(), "65.70".to_owned(), "0.00".to_owned())]);
    assert!(holds(&root).is_empty());
    assert_whole(&root, "l.db");
    // A correction takes back both parts, and one that leaves the scope all that was added.
    file(&root, "b.csv", &["A-3,P-1,2026-03-04,100,", "A-1,P-1,2026-01-02,500,"]);
    post(&root, "b.csv", "l.db", &[]);
    assert_eq!(balances(&root, "l.db"), [("P-1".to_owned(), "17.30".to_owned(), "0.00".to_owned())]);
    assert_whole(&root, "l.db");
    let (exit, _, stderr) = meed(
        &root,
        &["ledger", "release", "A-1", "--program", "acme/rebate", "--ledger", "l.db", "--by", "a", "--reason", "b"],
    );
    assert!(exit != 0 && stderr.contains("is approved, and not held"), "{stderr}");
}

#[test]
fn what_arrangements_contradict_each_other_on_is_held_until_one_of_them_ends() {
    let root = workspace("conflict");
    arrange(&root, "summer", &SUMMER.replace("params.fee: 8", "award.rebate.tiers.bands.1.rate: 2%"));
    file(&root, "a.csv", &["A-1,P-1,2026-03-02,500,", "A-2,P-4,2026-03-02,500,"]);
    post(&root, "a.csv", "l.db", &["acme/spring", "acme/summer"]);
    assert_eq!(holds(&root), [("A-1".to_owned(), "8.00".to_owned(), "ARRANGEMENT_CONFLICT".to_owned())]);
    // Nothing is built on it: still held, for the same reason.
    let release = ["ledger", "release", "A-1", "--program", "acme/rebate", "--ledger", "l.db", "--by", "ann"];
    let (exit, _, stderr) = meed(&root, &[&release[..], &["--reason", "agreed", "--yes"]].concat());
    assert!(exit == 3 && stderr.contains("is held for ARRANGEMENT_CONFLICT still"), "{stderr}");
    arrange(&root, "summer", &SUMMER.replace("[P-1, P-2, P-3]", "[P-2]"));
    let shown = act(&root, "release", "A-1", &["--yes"]);
    assert!(shown.contains("then  approved, 18.00 EUR"), "{shown}");
    assert!(holds(&root).is_empty());
    let earned = |who: &str| balances(&root, "l.db").into_iter().find(|one| one.0 == who).unwrap().1;
    assert_eq!((earned("P-1").as_str(), earned("P-4").as_str()), ("18.00", "18.00"));
    assert_whole(&root, "l.db");
}

/// What is returned by the standard rules, and again for the same reasons, is posted where an arrangement makes something of it.
#[test]
fn what_an_arrangement_makes_of_a_returned_claim_is_posted() {
    let root = workspace("returned");
    fs::write(root.join("programs/acme/rebate.yaml"), PROGRAM.replace("else: reject", "else: return")).unwrap();
    file(&root, "a.csv", &["A-1,P-1,2026-03-02,10,"]);
    post(&root, "a.csv", "l.db", &[]);
    file(&root, "b.csv", &["A-1,P-1,2026-03-02,10,", "A-2,P-1,2026-03-03,500,"]);
    post(&root, "b.csv", "l.db", &["acme/spring"]);
    let earned = || balances(&root, "l.db").into_iter().map(|one| one.1).collect::<Vec<_>>();
    assert_eq!(earned(), ["21.30"]);
    assert_whole(&root, "l.db");
    // It is out of the scope by then, and what was added is taken back.
    arrange(&root, "spring", &SPRING.replace("\"P-3\"", "\"P-1\""));
    file(&root, "c.csv", &["A-1,P-1,2026-03-02,10,", "A-2,P-1,2026-03-03,501,"]);
    post(&root, "c.csv", "l.db", &[]);
    assert_whole(&root, "l.db");
}

/// An interrupted run isn't locked out by an arrangement that was named when it was called again.
#[test]
fn an_arrangement_that_is_refused_is_not_kept() {
    let root = workspace("refused");
    claims(&root, "a.csv", 0..50, 0);
    post(&root, "a.csv", "l.db", &[]);
    Connection::open(root.join("l.db")).unwrap().execute_batch("UPDATE run SET is_whole = 0, done = 0").unwrap();
    let again = ["run", "acme/rebate", "--claims", "a.csv", "--ledger", "l.db"];
    let (exit, _, stderr) = meed(&root, &[&again[..], &["--arrangement", "acme/spring"]].concat());
    assert!(exit == 3 && stderr.contains("other arrangements were beside it"), "{stderr}");
    done(&root, &again);
}

#[test]
fn what_was_changed_of_an_arrangement_is_found() {
    let root = workspace("tampered");
    claims(&root, "a.csv", 0..100, 0);
    post(&root, "a.csv", "whole.db", &["acme/spring"]);
    for edit in [
        "UPDATE program SET behind = 40 WHERE arrangement <> ''",
        "UPDATE program SET arrangement = 'acme/other' WHERE arrangement <> ''",
        "DELETE FROM run_beside",
        "UPDATE figure SET awarded = '1.00' WHERE accumulator = (SELECT max(accumulator) FROM figure WHERE awarded <> '0')",
        "DELETE FROM figure WHERE accumulator IN (SELECT accumulator.id FROM accumulator JOIN program ON program.id = program \
         WHERE arrangement <> '')",
        "DROP TRIGGER entry_is_kept; UPDATE entry SET award = award + 1 WHERE id = (SELECT max(id) FROM entry WHERE kind = 5)",
        "DELETE FROM row WHERE entry = (SELECT max(id) FROM entry WHERE kind = 5)",
    ] {
        let _ = fs::remove_file(root.join("l.db"));
        done(&root, &["ledger", "backup", "--ledger", "whole.db", "--to", "l.db"]);
        Connection::open(root.join("l.db")).unwrap().execute_batch(edit).unwrap();
        let (exit, stdout, stderr) = meed(&root, &["ledger", "verify", "--ledger", "l.db"]);
        assert_eq!(exit, 1, "{edit}: {stdout}{stderr}");
    }
}
