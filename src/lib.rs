//! Meed: an embedded, scripted rules engine for incentive programs.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should"))]

pub mod calendar;
pub mod cases;
pub mod claim;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod history;
pub mod input;
pub mod money;
pub mod outcome;
pub mod program;
pub mod report;
pub mod schema;
pub mod script;
pub mod workspace;
