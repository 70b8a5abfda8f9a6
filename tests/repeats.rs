//! The same claim twice in one file.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use meed::cli::{Environment, run};

const PROGRAM: &str = "
format: 1
program: acme/proof
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

const CLAIMS: &str = "id,partner,day,invoice,amount,proof
A,P,2026-02-03,I1,60,
A,P,2026-02-03,I1,60,
B,P,2026-02-04,I1,60,seen
C,P,2026-02-05,I2,60,seen
C,P,2026-02-05,I2,60,seen
";

#[test]
fn a_returned_claim_that_comes_again_is_returned_again_and_never_sees_itself() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("repeats");
    fs::create_dir_all(folder.join("programs/acme")).unwrap();
    fs::write(folder.join("programs/acme/proof.yaml"), PROGRAM).unwrap();
    let environment = Environment { folder, colour: false, stdout_colour: false, progress: false };
    let arguments = ["meed", "dry-run", "acme/proof", "--claims", "-", "--format", "csv"];
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = run(arguments.map(Into::into), &environment, &mut CLAIMS.as_bytes(), &mut stdout, &mut stderr);
    assert_eq!((exit, String::from_utf8(stderr).unwrap().as_str()), (0, ""));
    let text = String::from_utf8(stdout).unwrap();
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
