//! Deciding claims: one pure function over program, tables, history and claim. No file, clock, environment,
//! randomness or thread order reaches it.

mod allocation;
mod arrangement;
mod assessment;
mod award;
mod budget;
mod counterpart;
mod decide;
mod decider;
mod desk;
mod due;
mod eligibility;
mod flip;
mod kept_per;
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
mod taking;
mod total;

pub use arrangement::{ArrangedProgram, Arrangements, Brought, BroughtShare, Ceiling, Touched, TouchedShare};
pub use budget::{Budget, budgets};
pub use counterpart::Counterpart;
pub use decide::{Decision, decide};
pub use decider::Decider;
pub use kept_per::KeptPer;
pub use known::{Awards, Earlier, Known, Original, Past};
pub use limit::after_limits;
pub use queue::Queue;
pub use run::{Again, Counts, EachId, Keeper, Repeats, Run, evaluate, run};
pub use schedule::Terms;
pub use settle::skipped;
pub use share::Shared;
pub use table::{Example, Flaw, FlawKind, MAX_CANDIDATES, Sample, Tables, Unchecked};
