//! The ledger: what is posted is what was shown, once and not twice, whatever interrupts it.

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
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use command_line::meed;
use ledger_support::{PROGRAM, assert_whole, claims, contents, open, post, rows, run, workspace};
use rusqlite::{Connection, types::Value};

fn open_if_there(root: &Path, ledger: &str) -> Option<Connection> {
    root.join(ledger).exists().then(|| open(root, ledger))
}

#[test]
fn a_run_posts_what_a_dry_run_on_the_ledger_shows() {
    let root = workspace("shown");
    claims(&root, "a.csv", 0..900);
    claims(&root, "b.csv", 700..1500);
    // The same claims as in the first file, some of them with another content.
    let corrected =
        fs::read_to_string(root.join("a.csv")).unwrap().replace(",F-10,", ",F-10x,").replace("57.57", "60.00");
    fs::write(root.join("c.csv"), corrected).unwrap();
    for file in ["a.csv", "b.csv", "c.csv", "a.csv"] {
        let dry = ["dry-run", "acme/rebate", "--claims", file, "--ledger", "l.db", "--out", "shown.csv"];
        let (exit, shown, stderr) = meed(&root, &dry);
        assert_eq!(exit, 0, "{stderr}");
        let (_, posted, _) = run(&root, file, "l.db", &["--out", "posted.csv"]);
        assert_eq!(shown, posted, "{file}");
        let [shown, posted] = ["shown.csv", "posted.csv"].map(|file| fs::read_to_string(root.join(file)).unwrap());
        assert!(shown == posted, "{file}");
    }
    assert_whole(&root, "l.db");
}

#[test]
fn the_same_file_twice_changes_nothing_and_says_so() {
    let root = workspace("twice");
    claims(&root, "a.csv", 0..900);
    post(&root, "a.csv", "l.db");
    let before = contents(&root, "l.db");
    let said = post(&root, "a.csv", "l.db");
    assert!(said.contains("nothing was posted: all of it stands there already"), "{said}");
    assert!(before == contents(&root, "l.db"));
    let (_, summary, _) = run(&root, "a.csv", "l.db", &["--format", "json"]);
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!((&summary["counts"]["approved"], &summary["awards"]["total"]), (&0.into(), &"0.00".into()));
    assert!(summary["counts"]["skipped"].as_u64().unwrap() > 800);
}

#[test]
fn files_behind_each_other_leave_what_one_file_leaves() {
    let root = workspace("files");
    let months: Vec<(String, String)> =
        (1..=12).map(|month| (format!("-{month:02}-"), format!("{month}.csv"))).collect();
    claims(&root, "all.csv", 0..1200);
    let all = fs::read_to_string(root.join("all.csv")).unwrap();
    post(&root, "all.csv", "one.db");
    for (month, file) in &months {
        let lines = all.lines().enumerate().filter(|(number, line)| *number == 0 || line.contains(month));
        let text: String = lines.fold(String::new(), |text, (_, line)| text + line + "\n");
        fs::write(root.join(file), text).unwrap();
        post(&root, file, "many.db");
    }
    let earned = |ledger: &str| meed(&root, &["ledger", "balance", "acme/rebate", "--ledger", ledger]).1;
    assert_eq!(earned("one.db"), earned("many.db"));
    assert_whole(&root, "many.db");
}

/// A process of the real program, which can be killed.
fn process(root: &Path, claims: &str, ledger: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_meed"))
        .args(["run", "acme/rebate", "--claims", claims, "--ledger", ledger])
        .current_dir(root)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Killed fifty times while it posts, a run ends as one that nobody disturbed.
#[test]
fn a_run_that_is_killed_goes_on_where_it_stopped() {
    let root = workspace("killed");
    claims(&root, "a.csv", 0..25_000);
    let began = std::time::Instant::now();
    let mut clean = process(&root, "a.csv", "clean.db");
    assert!(clean.wait().unwrap().success());
    // Nothing depends on how long it took but how often it is killed in the midst of posting.
    let whole = u64::try_from(began.elapsed().as_millis()).unwrap();
    let expected = contents(&root, "clean.db");
    let (mut kills, mut inside, mut seed) = (0, 0, 0x2545_F491_4F6C_DD1D_u64);
    while kills < 50 {
        let ledger = format!("killed-{kills}.db");
        loop {
            // The delays differ from kill to kill and not from run to run of the test.
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let mut child = process(&root, "a.csv", &ledger);
            std::thread::sleep(Duration::from_millis(whole / 4 + seed % whole));
            if let Some(ended) = child.try_wait().unwrap() {
                assert!(ended.success(), "{ledger}");
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            let done = open_if_there(&root, &ledger)
                .and_then(|ledger| ledger.query_row("SELECT done FROM run", [], |row| row.get::<_, i64>(0)).ok());
            inside += u32::from(done.is_some());
            // What was let stand is whole, also where it stops halfway.
            if kills % 4 == 0 && done.is_some_and(|done| done > 0) {
                let (exit, stdout, stderr) = meed(&root, &["ledger", "verify", "--ledger", &ledger]);
                assert_eq!(exit, 0, "{stdout}{stderr}");
            }
            if done == Some(25_000) {
                break;
            }
        }
        assert!(expected == contents(&root, &ledger), "{ledger}");
    }
    assert!(inside >= 10, "most kills came before anything was posted: {inside}");
    assert_whole(&root, "killed-0.db");
}

/// Two that post at once: one waits or fails cleanly, and nothing is lost or awarded twice.
#[test]
fn two_runs_at_once_post_everything_once() {
    let root = workspace("two");
    claims(&root, "a.csv", 0..12_000);
    claims(&root, "b.csv", 12_000..18_000);
    let mut children: Vec<Child> =
        ["a.csv", "a.csv", "b.csv"].iter().map(|file| process(&root, file, "l.db")).collect();
    let ends: Vec<bool> = children.iter_mut().map(|child| child.wait().unwrap().success()).collect();
    for (child, is_done) in children.into_iter().zip(&ends) {
        let mut said = String::new();
        std::io::Read::read_to_string(&mut child.stderr.unwrap(), &mut said).unwrap();
        assert!(*is_done || said.contains("another run is posting into"), "{said}");
    }
    assert!(ends.contains(&true));
    // Whoever failed is called again.
    for file in ["a.csv", "b.csv"] {
        post(&root, file, "l.db");
    }
    assert_whole(&root, "l.db");
    let sum = "SELECT count(*), count(DISTINCT claim) FROM entry WHERE kind = 0";
    assert_eq!(rows(&open(&root, "l.db"), sum)[0][0], rows(&open(&root, "l.db"), sum)[0][1]);
    let spent = "SELECT awarded FROM figure JOIN accumulator ON id = accumulator WHERE name LIKE 'limit CAP%'";
    let most = rust_decimal::Decimal::from(400);
    for row in rows(&open(&root, "l.db"), spent) {
        let Value::Text(text) = &row[0] else { panic!("{row:?}") };
        assert!(text.parse::<rust_decimal::Decimal>().unwrap() <= most, "{text}");
    }
}

/// Each decision is made again by the rules of its time.
#[test]
fn decisions_are_made_again_by_the_rules_of_the_time() {
    let root = workspace("replayed");
    let change = |from: &str, to: &str| {
        let path = root.join("programs/acme/rebate.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    claims(&root, "a.csv", 0..600);
    claims(&root, "b.csv", 400..900);
    claims(&root, "c.csv", 800..1300);
    post(&root, "a.csv", "l.db");
    change("rate: 2%", "rate: 3%");
    change(
        "  CAP: { per: [participant, year], max: 400, then: cut }\n",
        "  FIRST: { per: [participant, month], max: 90, then: cut }\n  CAP: { per: [participant, year], max: 500, then: cut }\n",
    );
    post(&root, "b.csv", "l.db");
    change("award:\n", "award:\n  extra:\n    amount: 0.50\n");
    change("most: 900", "most: 700");
    post(&root, "c.csv", "l.db");
    let (exit, stdout, stderr) = meed(&root, &["ledger", "replay", "--ledger", "l.db"]);
    assert!(exit == 0 && stdout.contains(" 0 of them come out otherwise"), "{stdout}{stderr}");
    assert_whole(&root, "l.db");
    assert_eq!(rows(&open(&root, "l.db"), "SELECT count(*) FROM rules")[0][0], Value::Integer(3));
}

#[test]
fn a_plan_is_posted_as_it_was_shown_or_not_at_all() {
    let root = workspace("plan");
    claims(&root, "a.csv", 0..300);
    claims(&root, "b.csv", 300..400);
    let plan = |file: &str| {
        let dry = ["dry-run", "acme/rebate", "--claims", file, "--ledger", "l.db", "--save-plan", "plan.json"];
        let (exit, _, stderr) = meed(&root, &dry);
        assert_eq!(exit, 0, "{stderr}");
    };
    let refused = |claims: &str, told: &str| {
        let (exit, _, stderr) = run(&root, claims, "l.db", &["--plan", "plan.json"]);
        assert!(exit == 3 && stderr.contains(told), "{stderr}");
    };
    plan("a.csv");
    refused("b.csv", "the claims have changed since the plan was saved");
    assert_eq!(run(&root, "a.csv", "l.db", &["--plan", "plan.json"]).0, 0);
    plan("b.csv");
    claims(&root, "c.csv", 400..500);
    post(&root, "c.csv", "l.db");
    refused("b.csv", "the ledger has changed since the plan was saved");
    plan("b.csv");
    fs::write(root.join("programs/acme/rebate.yaml"), PROGRAM.replace("2%", "3%")).unwrap();
    refused("b.csv", "the rules of `acme/rebate` have changed since the plan was saved");
}

/// Nothing that is written replaces what is read or kept.
#[test]
fn no_output_replaces_the_ledger_or_the_claims() {
    let root = workspace("outputs");
    claims(&root, "a.csv", 0..50);
    post(&root, "a.csv", "l.csv");
    let before = contents(&root, "l.csv");
    let given = ["acme/rebate", "--claims", "a.csv", "--ledger", "l.csv"];
    let refused = |command: &[&str], more: &[&str], told: &str| {
        let (exit, _, stderr) = meed(&root, &[command, more].concat());
        assert!(
            exit == 2 && stderr.contains(told) && stderr.contains("help: give what is written"),
            "{more:?}: {stderr}"
        );
    };
    let [dry, run] = ["dry-run", "run"].map(|verb| [&[verb][..], &given].concat());
    for part in ["l.csv", "./l.csv", "l.csv-wal", "l.csv-shm", "l.csv.lock"] {
        refused(&dry, &["--save-plan", part], "which belongs to the ledger");
        refused(&["ledger", "backup", "--ledger", "l.csv"], &["--to", part], "which belongs to the ledger");
    }
    for command in [&dry, &run] {
        refused(command, &["--out", "l.csv"], "`--out` names `l.csv`, which belongs to the ledger");
        refused(command, &["--out", "a.csv"], "`--out` names `a.csv`, which is read");
    }
    refused(&dry, &["--save-plan", "a.csv"], "`--save-plan` names `a.csv`, which is read");
    refused(&dry, &["--save-plan", "o.csv", "--out", "./o.csv"], "`--save-plan` and `--out` both name `o.csv`");
    assert!(before == contents(&root, "l.csv"));
}

#[test]
fn what_cannot_be_used_as_a_ledger_is_said_and_left_as_it_is() {
    let root = workspace("unusable");
    claims(&root, "a.csv", 0..50);
    fs::write(root.join("text.db"), "no ledger at all, and longer than the head of a database file would be").unwrap();
    let before = fs::read(root.join("text.db")).unwrap();
    let (exit, _, stderr) = run(&root, "a.csv", "text.db", &[]);
    assert!(exit == 3 && stderr.contains("`text.db`") || stderr.contains("is not a ledger of Meed"), "{stderr}");
    assert_eq!(fs::read(root.join("text.db")).unwrap(), before);
    open(&root, "other.db").execute_batch("CREATE TABLE x (y)").unwrap();
    let other = fs::read(root.join("other.db")).unwrap();
    assert!(run(&root, "a.csv", "other.db", &[]).2.contains("is not a ledger of Meed"));
    assert_eq!(fs::read(root.join("other.db")).unwrap(), other);
    // One that was made, and whose maker was stopped then, is a new one.
    fs::write(root.join("begun.db"), "").unwrap();
    post(&root, "a.csv", "begun.db");
    post(&root, "a.csv", "l.db");
    open(&root, "l.db").execute_batch("PRAGMA user_version = 99").unwrap();
    let (exit, _, stderr) = run(&root, "a.csv", "l.db", &[]);
    assert!(exit == 3 && stderr.contains("was written by a later version of Meed"), "{stderr}");
    let (exit, _, stderr) = meed(&root, &["ledger", "verify", "--ledger", "missing.db"]);
    assert!(exit == 3 && stderr.contains("there is no ledger `") && !root.join("missing.db").exists(), "{stderr}");
}

#[test]
fn a_ledger_that_somebody_else_writes_is_busy() {
    let root = workspace("busy");
    claims(&root, "a.csv", 0..50);
    claims(&root, "b.csv", 50..90);
    post(&root, "a.csv", "l.db");
    let before = contents(&root, "l.db");
    let other = open(&root, "l.db");
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (exit, _, stderr) = run(&root, "b.csv", "l.db", &[]);
    assert!(exit == 3 && stderr.contains("another run is posting into"), "{stderr}");
    drop(other);
    assert!(before == contents(&root, "l.db"));
    post(&root, "b.csv", "l.db");
    assert_whole(&root, "l.db");
}

/// A disk that is full, by a bound on how large files may grow; the rest is posted once there is room.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_whole_batches() {
    let root = workspace("full");
    claims(&root, "a.csv", 0..25_000);
    let bounded = |blocks: u32| {
        let command = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec '{}' run acme/rebate --claims a.csv --ledger l.db",
            env!("CARGO_BIN_EXE_meed")
        );
        Command::new("sh").args(["-c", &command]).current_dir(&root).output().unwrap()
    };
    let output = bounded(12_000);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(3) && said.contains("the system can't write or read `"), "{said}");
    let (exit, stdout, _) = meed(&root, &["ledger", "verify", "--ledger", "l.db"]);
    assert_eq!(exit, 0, "{stdout}");
    post(&root, "a.csv", "l.db");
    post(&root, "a.csv", "clean.db");
    assert!(contents(&root, "clean.db") == contents(&root, "l.db"));
}

#[test]
fn a_copy_is_a_ledger_and_replaces_nothing() {
    let root = workspace("copied");
    claims(&root, "a.csv", 0..300);
    post(&root, "a.csv", "l.db");
    let copy = ["ledger", "backup", "--ledger", "l.db", "--to", "copy.db"];
    assert_eq!(meed(&root, &copy).0, 0);
    assert!(contents(&root, "l.db") == contents(&root, "copy.db"));
    assert_whole(&root, "copy.db");
    assert_ne!(meed(&root, &copy).0, 0);
}

/// The workspace with a second program behind the first one.
fn two_programs(name: &str) -> PathBuf {
    let root = workspace(name);
    let bonus = PROGRAM
        .replace("acme/rebate", "acme/bonus")
        .replace("order:", "priority: 20\nearlier: { rebate: acme/rebate }\norder:")
        .replace("  rebate:\n    base: claim.sold\n    per: [participant, quarter]\n    tiers: { kind: retroactive, bands: [{ from: 0, rate: 1% }, { from: 5000, rate: 2% }] }\n", "  bonus: { amount: earlier.rebate * 0.1 }\n");
    fs::write(root.join("programs/acme/bonus.yaml"), bonus).unwrap();
    fs::write(root.join("programs/acme/rebate.yaml"), PROGRAM.replace("order:", "priority: 10\norder:")).unwrap();
    root
}

/// A plan of several programs is posted to its end also where it was interrupted between two of them.
#[test]
fn a_plan_goes_on_between_two_programs() {
    let root = two_programs("between");
    claims(&root, "a.csv", 0..300);
    let with_ledger = ["--claims", "a.csv", "--ledger", "l.db"];
    let plan = [&["dry-run", "acme/rebate", "acme/bonus", "--save-plan", "plan.json"][..], &with_ledger].concat();
    assert_eq!(meed(&root, &plan).0, 0);
    post(&root, "a.csv", "l.db");
    let both = [&["run", "acme/rebate", "acme/bonus", "--plan", "plan.json"][..], &with_ledger].concat();
    let (exit, _, stderr) = meed(&root, &both);
    assert!(
        exit == 0 && stderr.contains("acme/rebate: nothing was posted") && stderr.contains("entries posted"),
        "{stderr}"
    );
    // What somebody else did meanwhile is another ledger.
    let adjust = ["ledger", "adjust", "P-1", "5", "--program", "acme/rebate", "--ledger", "l.db", "--by", "ana"];
    assert_eq!(meed(&root, &[&adjust[..], &["--reason", "goodwill", "--yes"]].concat()).0, 0);
    let (exit, _, stderr) = meed(&root, &both);
    assert!(exit == 3 && stderr.contains("the ledger has changed since the plan was saved"), "{stderr}");
}

/// A total that figures something else is another one, and begins at nothing.
#[test]
fn a_total_that_is_redefined_begins_at_nothing() {
    let root = workspace("redefined");
    claims(&root, "a.csv", 0..50);
    claims(&root, "b.csv", 50..90);
    let define = |total: &str| {
        let program = PROGRAM.replace("same: { count: claims, of: all", total);
        fs::write(root.join("programs/acme/rebate.yaml"), program).unwrap();
    };
    post(&root, "a.csv", "l.db");
    define("same: { sum: claim.sold, of: all");
    post(&root, "b.csv", "l.db");
    // The same in other spacing goes on.
    define("same: { sum: \" claim.sold \", of: all");
    claims(&root, "c.csv", 90..120);
    post(&root, "c.csv", "l.db");
    let known = rows(&open(&root, "l.db"), "SELECT name FROM accumulator WHERE name LIKE 'total same%' ORDER BY id");
    let names = [
        "total same, count of claims, of All per claim.invoice",
        "total same, sum of claim . sold, of All per claim.invoice",
    ];
    assert_eq!(known, names.map(|name| vec![Value::Text(name.to_owned())]));
    assert_whole(&root, "l.db");
}

/// Programs that decide the same claims one behind the other, also where some of them are skipped.
#[test]
fn several_programs_post_one_file() {
    let root = two_programs("several");
    claims(&root, "a.csv", 0..300);
    claims(&root, "b.csv", 200..500);
    let both = |file: &str, out: &str| {
        let arguments = ["acme/rebate", "acme/bonus", "--claims", file, "--ledger", "l.db", "--out", out];
        let shown = meed(&root, &[&["dry-run"][..], &arguments].concat());
        assert_eq!(shown.0, 0, "{}", shown.2);
        let of = |program: &str| {
            fs::read_to_string(root.join(out.replace(".csv", &format!(".acme-{program}.csv")))).unwrap()
        };
        let dry = [of("rebate"), of("bonus")];
        let posted = meed(&root, &[&["run"][..], &arguments].concat());
        assert_eq!(posted.0, 0, "{}", posted.2);
        assert!(dry == [of("rebate"), of("bonus")], "{file}");
        posted.2
    };
    for file in ["a.csv", "b.csv"] {
        both(file, "out.csv");
    }
    let said = both("a.csv", "out.csv");
    assert_eq!(said.matches("nothing was posted").count(), 2, "{said}");
    assert_whole(&root, "l.db");
}

/// Ledgers of every version of the schema that there was are opened and go on.
#[test]
fn every_schema_that_was_is_opened() {
    let root = workspace("schemas");
    claims(&root, "a.csv", 0..100);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ledger");
    let schema = |version: usize| fs::read_to_string(folder.join(format!("{version}.sql"))).ok();
    let known = (1..100).take_while(|version| schema(*version).is_some()).count();
    assert!(known >= 1);
    for version in 1..=known {
        let name = format!("{version}.db");
        let old = open(&root, &name);
        (1..=version).for_each(|version| old.execute_batch(&schema(version).unwrap()).unwrap());
        old.execute_batch(&format!("PRAGMA application_id = {}; PRAGMA user_version = {version}", 0x4D65_6564))
            .unwrap();
        drop(old);
        post(&root, "a.csv", &name);
        assert_whole(&root, &name);
        assert_eq!(
            rows(&open(&root, &name), "PRAGMA user_version")[0][0],
            Value::Integer(i64::try_from(known).unwrap())
        );
    }
}

/// A file that may not be written is said to be one, and stays as it is.
#[cfg(unix)]
#[test]
fn a_ledger_that_may_only_be_read_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let root = workspace("read_only");
    claims(&root, "a.csv", 0..100);
    claims(&root, "b.csv", 100..150);
    post(&root, "a.csv", "l.db");
    let path = root.join("l.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let may_write = fs::OpenOptions::new().write(true).open(&path).is_ok();
    if may_write {
        let _ = writeln!(std::io::stderr(), "SKIPPED: whoever runs this may write files that nobody may");
        return;
    }
    let (exit, _, stderr) = run(&root, "b.csv", "l.db", &[]);
    assert!(exit == 3 && stderr.contains("may only be read"), "{stderr}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_whole(&root, "l.db");
}
