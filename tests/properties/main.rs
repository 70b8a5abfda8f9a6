//! Properties: what holds for every program and every claims file of a kind, tried on generated ones.
//!
//! Programs are written as YAML and claims as CSV, so that a failing input can be read and kept as a case.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "a test that can't go on fails"
)]

mod arrangements;
mod authored_text;
mod calendar;
mod claims_file;
mod comparison;
mod corrections;
mod desk;
mod flips;
mod limits;
mod money;
mod order;
mod purchase;
mod schedule;
mod shown;
mod sums;
mod values;
