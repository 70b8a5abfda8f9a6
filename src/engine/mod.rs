//! Deciding claims: one pure function over program, tables, history and claim. No file, clock, environment,
//! randomness or thread order reaches it.

mod allocation;
mod assessment;
mod award;
mod decide;
mod decider;
mod due;
mod eligibility;
mod flip;
mod key;
mod known;
mod limit;
mod lookup;
mod neighbour;
mod queue;
mod reversal;
mod run;
mod schedule;
mod settle;
mod share;
mod table;
mod total;

pub use decide::{Decision, decide};
pub use decider::Decider;
pub use known::{Awards, Known, Past};
pub use run::{Counts, Run, evaluate, run};
pub use schedule::Terms;
pub use share::Shared;
pub use table::{Example, Flaw, FlawKind, MAX_CANDIDATES, Sample, Tables, Unchecked};
