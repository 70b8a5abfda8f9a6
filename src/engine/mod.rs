//! Deciding claims: one pure function over program, tables, history and claim. No file, clock, environment,
//! randomness or thread order reaches it.

mod assessment;
mod award;
mod decide;
mod decider;
mod eligibility;
mod flip;
mod key;
mod limit;
mod queue;
mod run;
mod schedule;
mod table;

pub use decide::{Decision, decide};
pub use decider::Decider;
pub use run::{Counts, run};
pub use schedule::Terms;
pub use table::{Overlap, Tables};
