//! The stacking orders of a deal sheet: the same three programs, and `priority` alone says what is taken of what.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{fs, path::Path};

use meed::cli::{Environment, run};

const PROGRAMS: [&str; 3] = ["stack-volume", "stack-growth", "stack-freight"];
const DEAL: &str = "deal_no,dealer_id,signed_on,units,net,net_last_year,collected\n\
                    SD-1,D-10,2026-03-03,50,10000.00,9000.00,true\n";

/// What the three programs award together and each of them, by priorities in the order of [`PROGRAMS`].
fn awards(priorities: [u32; 3]) -> Vec<String> {
    let [volume, growth, freight] = priorities;
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("stacking-{volume}-{growth}-{freight}"));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(root.join("programs/summit")).unwrap();
    for (program, priority) in PROGRAMS.iter().zip(priorities) {
        let path = format!("programs/summit/{program}.yaml");
        let text = fs::read_to_string(here.join(&path)).unwrap();
        let lines = text.lines().map(|line| match line.starts_with("priority: ") {
            true => format!("priority: {priority}"),
            false => line.to_owned(),
        });
        fs::write(root.join(&path), lines.collect::<Vec<_>>().join("\n")).unwrap();
    }
    let claims = root.join("deals.csv");
    fs::write(&claims, DEAL).unwrap();
    let environment =
        Environment { folder: root.clone(), colour: false, stdout_colour: false, progress: false, now: String::new() };
    let names = PROGRAMS.map(|program| format!("summit/{program}"));
    let claims = ["--claims", claims.to_str().unwrap(), "--format", "json"].map(String::from);
    let arguments = ["meed", "dry-run"].map(String::from).into_iter().chain(names).chain(claims);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = run(arguments.map(Into::into), &environment, &mut &b""[..], &mut stdout, &mut stderr);
    assert_eq!(exit, 0, "{}", String::from_utf8_lossy(&stderr));
    fs::remove_dir_all(&root).unwrap();
    let summaries: Vec<serde_json::Value> = serde_json::from_slice(&stdout).unwrap();
    let award = |program: &str| {
        let summary = summaries.iter().find(|summary| summary["program"] == format!("summit/{program}")).unwrap();
        summary["awards"]["total"].as_str().unwrap().to_owned()
    };
    PROGRAMS.map(award).to_vec()
}

#[test]
fn each_order_of_the_deal_sheet_comes_from_priority_alone() {
    for (priorities, expected) in [
        ([10, 20, 30], ["1000.00", "450.00", "100.00"]),
        ([10, 30, 20], ["1000.00", "445.00", "100.00"]),
        ([30, 10, 20], ["940.00", "500.00", "100.00"]),
        ([20, 30, 10], ["990.00", "445.50", "100.00"]),
    ] {
        assert_eq!(awards(priorities), expected, "{priorities:?}");
    }
}
