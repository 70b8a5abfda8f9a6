//! Every limit of the rule language, stated by name and the same in every build.

/// The longest script file, in bytes.
pub const MAX_SCRIPT_BYTES: usize = 1 << 20;
/// How deep expressions and blocks may be nested, in a function and outside.
pub const MAX_DEPTH: usize = 64;
/// Functions in one script file.
pub const MAX_FUNCTIONS: usize = 1_000;
/// How deep functions may call each other.
pub const MAX_CALL_DEPTH: usize = 32;
/// Functions of a program, each counted once for every set of argument types that it is called with.
pub const MAX_INSTANCES: usize = 4_000;
/// Nodes of a program's typed form.
pub const MAX_NODES: usize = 1_000_000;
/// Nodes that one expression may evaluate, those of the functions that it calls included and each round of a `for`
/// counted once. So calls that double at every level are refused when the program loads.
pub const MAX_COST: usize = 100_000;
/// Nodes that a program may evaluate on one claim at worst, every round of every `for` counted.
pub const MAX_PROGRAM_COST: usize = 1_000_000;
/// Rounds that count for a `for` over a list of the claim, of which no longer one is read. [`MAX_STEPS`] stops a longer one
/// that comes from elsewhere.
pub const COUNTED_ROUNDS: usize = crate::schema::MAX_LIST_VALUES;
/// The longest text that a rule may build, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 << 10;
/// What the texts and lists that rules build for one claim may take, in bytes.
pub const MAX_SCRATCH_BYTES: usize = 16 << 20;
/// Calls and rounds of `for` that one expression may take on one claim.
pub const MAX_STEPS: usize = 1_000_000;
