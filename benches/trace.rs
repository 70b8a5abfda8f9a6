//! What the trace costs: the same claims decided with codes alone and with every step kept, in turns in one process.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a measurement prints what it finds and stops where it can't go on"
)]

mod generated;

use std::{hint::black_box, path::Path, time::Instant};

use meed::{
    diagnostic::Findings,
    engine::{Past, run},
    input::{ColumnMap, read_claims, wanted},
    outcome::Depth,
    workspace::Workspace,
};

const CLAIMS: usize = 50_000;
const ROUNDS: usize = 15;

fn main() {
    let workspace = Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let loaded = workspace.load(&"bench/rebate".parse().unwrap(), &mut Findings::new()).unwrap();
    let (text, fields) = (generated::claims(CLAIMS), wanted(&loaded.program.claim.fields));
    let claims = read_claims("c.csv", text.as_bytes(), &fields, &ColumnMap::default(), &mut |_| {}).unwrap().claims;
    let decide = |depth: Depth| {
        let start = Instant::now();
        run(
            &loaded.program,
            &loaded.tables,
            &mut Past::new(&loaded.program),
            &claims,
            &|_, _| depth,
            &mut |outcome, trace| {
                black_box((outcome, trace));
            },
        );
        start.elapsed().as_nanos() as f64 / CLAIMS as f64
    };
    let depths = [Depth::Codes, Depth::Steps, Depth::Words];
    let mut best = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        for (depth, best) in depths.iter().zip(&mut best) {
            *best = best.min(decide(*depth));
        }
    }
    for (depth, nanoseconds) in depths.iter().zip(best) {
        println!("{:<6} {nanoseconds:>6.0} ns a claim", format!("{depth:?}").to_lowercase());
    }
    println!("steps / codes  {:>5.2}", best[1] / best[0]);
}
