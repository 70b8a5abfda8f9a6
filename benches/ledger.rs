//! What posting costs: generated claims posted into a ledger, and the rows that this left there inserted into an empty one with
//! the same schema and settings, table by table. CPU seconds of this process, user and system.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a measurement prints what it finds and stops where it can't go on"
)]

mod generated;

use std::{fs, path::Path};

use meed::{
    diagnostic::Findings,
    engine::Awards,
    input::{ColumnMap, read_claims, wanted},
    ledger::{Ledger, NewRules},
    posting::{Post, post},
    workspace::{Loaded, Workspace},
};
use rusqlite::{Connection, params_from_iter, types::Value};

/// Claims, if none are asked for: `cargo bench --bench ledger -- 1000000`.
const CLAIMS: usize = 200_000;
/// Rows of one transaction.
const BATCH: usize = 10_000;

fn main() {
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let claims: usize = asked.unwrap_or(CLAIMS);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger_bench");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let (posted, bare) = (folder.join("posted.db"), folder.join("bare.db"));
    let whole = seconds(|| post_all(claims, &posted));
    let decided = seconds(|| read(claims));
    drop(Ledger::open(&bare).unwrap());
    let source = Connection::open(&posted).unwrap();
    source.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let target = Connection::open(&bare).unwrap();
    target.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768").unwrap();
    println!("{claims} claims, {:.0} bytes a claim", fs::metadata(&posted).unwrap().len() as f64 / claims as f64);
    println!("reading the claims        {decided:>8.2} s");
    println!("posting, without that     {:>8.2} s", whole - decided);
    let mut sum = 0.0;
    for table in [
        "program",
        "content",
        "rules",
        "rules_file",
        "run",
        "run_beside",
        "participant",
        "entry",
        "row",
        "taken",
        "accumulator",
        "figure",
    ] {
        let rows = rows(&source, table);
        let taken = seconds(|| insert(&target, table, &rows));
        println!(
            "  inserts into {table:<12} {taken:>8.2} s  {:>9} rows  {:>6.2} µs a claim",
            rows.len(),
            taken * 1e6 / claims as f64
        );
        sum += taken;
    }
    println!("bare inserts              {sum:>8.2} s");
    println!("posting / bare inserts    {:>8.2}", (whole - decided) / sum);
}

fn read(claims: usize) {
    let workspace = Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let loaded = workspace.load(&"bench/rebate".parse().unwrap(), &mut Findings::new()).unwrap();
    let (text, fields) = (generated::claims(claims), wanted(&loaded.program.claim.fields));
    read_claims("c.csv", text.as_bytes(), &fields, &ColumnMap::default(), &mut |_| {}).unwrap();
}

fn post_all(claims: usize, path: &Path) {
    let workspace = Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let name = "bench/rebate".parse().unwrap();
    let loaded = workspace.load(&name, &mut Findings::new()).unwrap();
    let (text, fields) = (generated::claims(claims), wanted(&loaded.program.claim.fields));
    let claims = read_claims("c.csv", text.as_bytes(), &fields, &ColumnMap::default(), &mut |_| {}).unwrap().claims;
    let mut ledger = Ledger::open(path).unwrap();
    let files = workspace.files_of(&name, &loaded).unwrap();
    let Loaded { program, tables, fingerprint, .. } = &loaded;
    let rules = ledger.keep_rules(&NewRules { program, arrangement: "", fingerprint, files: &files }).unwrap();
    let what = Post {
        program,
        tables,
        rules: &rules,
        claims: &claims,
        file: "c.csv",
        file_hash: [1; 32],
        beside: &[],
        awards: &Awards::new(),
        is_asked: false,
        rulebook: &|_, _| panic!("nothing was decided before"),
    };
    post(&what, &mut ledger, &mut |_| {}).unwrap();
}

fn rows(source: &Connection, table: &str) -> Vec<Vec<Value>> {
    let mut select = source.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn insert(target: &Connection, table: &str, rows: &[Vec<Value>]) {
    let Some(first) = rows.first() else { return };
    let marks = vec!["?"; first.len()].join(",");
    for batch in rows.chunks(BATCH) {
        target.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut insert = target.prepare_cached(&format!("INSERT INTO {table} VALUES ({marks})")).unwrap();
        for row in batch {
            insert.execute(params_from_iter(row)).unwrap();
        }
        drop(insert);
        target.execute_batch("COMMIT").unwrap();
    }
}

/// The CPU seconds that something takes.
fn seconds(mut work: impl FnMut()) -> f64 {
    let before = cpu();
    work();
    cpu() - before
}

/// User and system time of this process so far, in seconds: fields 14 and 15, in hundredths.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let behind = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = behind.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}
