//! What one claim does to those beside it: only what totals, tiers and limits say.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

mod command_line;

use std::{fmt::Write as _, fs, path::Path};

use command_line::meed;

const HEAD: &str = "
format: 1
program: acme/beside
currency: USD
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_even, scale: 2 }
order: [day, id]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, count: integer, amount: decimal }
award:
  fee: { amount: claim.amount }
";

/// What a command prints of claims of a program with these rules.
fn printed(name: &str, rules: &str, script: &str, claims: &str, command: &[&str]) -> String {
    printed_of(name, &format!("{HEAD}{rules}"), script, claims, command)
}

/// What a command prints of claims of a program, and nothing but that.
fn printed_of(name: &str, program: &str, script: &str, claims: &str, command: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("programs/acme")).unwrap();
    fs::create_dir_all(folder.join("rules/acme")).unwrap();
    fs::write(folder.join("programs/acme/beside.yaml"), program).unwrap();
    fs::write(folder.join("rules/acme/beside.rhai"), script).unwrap();
    fs::write(folder.join("claims.csv"), claims).unwrap();
    let claims = folder.join("claims.csv");
    let (exit, stdout, stderr) = meed(&folder, &[command, &["--claims", claims.to_str().unwrap()]].concat());
    assert_eq!((exit, stderr.as_str()), (0, ""));
    stdout
}

fn statuses(outcomes: &str) -> Vec<&str> {
    outcomes.lines().skip(1).map(|row| row.split(',').nth(3).unwrap()).collect()
}

const DRY_RUN: [&str; 4] = ["dry-run", "acme/beside", "--format", "csv"];

#[test]
fn what_a_rule_builds_for_one_claim_leaves_the_next_its_own_room() {
    // Some ten megabytes a claim, of the sixteen that it may take.
    let script = "/// Whether a long text could be built many times.
fn grown(count) {
    let text = \"abcdefgh\";
    for step in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] { text += text; }
    let met = 0;
    for one in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] {
        for other in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26] {
            met += len(text + \"x\") + one * 0 + other * 0 + step_of(count);
        }
    }
    met > 0
}

/// A number of its own for each count.
fn step_of(count) { count * 0 }
";
    let rules = "scripts: [acme/beside.rhai]\neligibility:\n  GROWN: { require: grown(claim.count), else: reject }\n";
    let mut claims = "id,partner,day,count,amount\n".to_owned();
    (0..6).for_each(|number| writeln!(claims, "A{number},P,2026-02-03,1,60").unwrap());
    let outcomes = printed("neighbours-room", rules, script, &claims, &DRY_RUN);
    assert_eq!(statuses(&outcomes), ["approved"; 6], "{outcomes}");
}

#[test]
fn a_repeat_is_explained_with_the_words_of_the_first() {
    let rules = "eligibility:\n  MANY: { require: claim.count < 5, else: hold, message: \"{claim.count} are many\" }\n";
    let claims = "id,partner,day,count,amount\nA,P,2026-02-03,7,60\nA,P,2026-02-03,7,60\n";
    let command = ["explain", "row:3", "--program", "acme/beside"];
    let page = printed("neighbours-repeat", rules, "", claims, &command);
    assert!(page.contains("7 are many") && page.contains("held with 60.00 pending"), "{page}");
}

#[test]
fn a_total_that_has_no_room_holds_the_claim_that_would_fill_it_and_no_later_one() {
    let rules = "totals:\n  pieces: { sum: claim.count, of: all, per: [participant] }\neligibility:\n  \
                 SOME: { require: totals.pieces >= 0, else: reject }\n";
    let most = i64::MAX;
    let claims =
        format!("id,partner,day,count,amount\nA,P,2026-02-03,{most},60\nB,P,2026-02-03,1,60\nC,P,2026-02-03,0,60\n");
    let outcomes = printed("neighbours-total", rules, "", &claims, &DRY_RUN);
    assert_eq!(statuses(&outcomes), ["approved", "held", "approved"], "{outcomes}");
}

const PROOF: &str = "
format: 1
program: acme/beside
currency: USD
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_even, scale: 2 }
order: [day, id]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, invoice: text, amount: decimal, proof: optional text }
totals:
  same: { count: claims, of: all, per: [claim.invoice] }
eligibility:
  DUPLICATE: { require: totals.same == 0, else: reject }
  PROOF: { require: claim.proof != (), else: return }
award:
  fee: { amount: claim.amount }
";

const PROVED: &str = "id,partner,day,invoice,amount,proof
A,P,2026-02-03,I1,60,
A,P,2026-02-03,I1,60,
B,P,2026-02-04,I1,60,seen
C,P,2026-02-05,I2,60,seen
C,P,2026-02-05,I2,60,seen
";

#[test]
fn a_returned_claim_that_comes_again_is_returned_again_and_never_sees_itself() {
    let text = printed_of("neighbours-proof", PROOF, "", PROVED, &DRY_RUN);
    let columns = |row: &str| {
        row.split(',')
            .enumerate()
            .filter(|(at, _)| [0, 3, 4, 8].contains(at))
            .map(|(_, cell)| cell.to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let rows: Vec<String> = text.lines().skip(1).map(columns).collect();
    assert_eq!(
        rows,
        [
            "A returned 0.00 PROOF",
            "A returned 0.00 PROOF",
            "B rejected 0.00 DUPLICATE",
            "C approved 60.00 ",
            "C skipped 0.00 ALREADY_DECIDED",
        ]
    );
}
