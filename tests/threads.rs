//! How many threads there are shows in no outcome.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use meed::cli::{Environment, run};
use rayon::ThreadPoolBuilder;

const HEADER: &str =
    "claim_no,partner_id,country,sale_date,submitted,sku,category,net_revenue,claimed,invoice_no,note\r\n";

/// Claims of many blocks, with cells of several lines, ids that come again, cells that can't be read and few days, so that
/// much hangs on the order.
fn claims() -> String {
    let mut text = HEADER.to_owned();
    for number in 0..30_000 {
        let (country, category) = (["DE", "FR", "JP"][number % 3], ["DEVICE", "SUPPLIES", "OTHER"][number % 7 % 3]);
        let (id, day, revenue) = (number / 10 * 9 + number % 10, number * 31 % 28 + 1, number * 7_919 % 160_000);
        let revenue =
            if number % 997 == 0 { "much".to_owned() } else { format!("{}.{:02}", revenue / 100, revenue % 100) };
        let note = ["\"one\r\nand \"\"two\"\"\"", "plain", ""][number % 11 % 3];
        let row = format!(
            "C{id},P{},{country},2026-03-{day:02},2026-04-02,S{},{category},{revenue},7.10,I{},{note}\r\n",
            number % 40,
            number % 17,
            number % 900,
        );
        text.push_str(&row.repeat(if number % 50 == 3 { 2 } else { 1 }));
    }
    text
}

fn outcomes(threads: usize, claims: &str) -> (i32, String, String) {
    let environment = Environment {
        folder: Path::new(env!("CARGO_MANIFEST_DIR")).into(),
        colour: false,
        stdout_colour: false,
        progress: false,
        now: String::new(),
    };
    let arguments = ["meed", "dry-run", "bench/rebate", "--claims", "-", "--format", "csv"].map(Into::into);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let exit = pool.install(|| run(arguments, &environment, &mut claims.as_bytes(), &mut stdout, &mut stderr));
    (exit.into(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn one_thread_and_many_give_the_same_bytes() {
    let claims = claims();
    let alone = outcomes(1, &claims);
    let lines = |word: &str| alone.1.lines().filter(|line| line.contains(word)).count();
    assert!(alone.0 == 0 && lines(",") == 30_601, "{}", alone.2);
    for word in ["approved", "held", "returned", "rejected", "skipped", "DUPLICATE", "ID_TWICE"] {
        assert!(lines(word) > 0, "{word}");
    }
    for threads in [2, 3, 8] {
        assert!(outcomes(threads, &claims) == alone, "{threads} threads");
    }
}
