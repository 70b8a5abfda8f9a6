//! What can be wrong with the rows of a table, by their numbers.

use crate::{claim::Constant, money::Decimal};

/// Something about the rows of a table that is wrong, or probably not as meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Flaw {
    /// The table's number in the program.
    pub table: usize,
    /// What it is.
    pub kind: FlawKind,
}

/// What is wrong with the rows of a table. Rows are named by their numbers, from 0.
#[derive(Debug, Clone, PartialEq)]
pub enum FlawKind {
    /// Two rows match at the same time, and one may.
    Overlap {
        /// The row that stands first.
        first: usize,
        /// The other row.
        second: usize,
        /// A claim that both match; empty where the table says so without ranges and blanks.
        example: Example,
    },
    /// A range that no value lies in.
    EmptyRange {
        /// The row.
        row: usize,
        /// The name of the range.
        range: String,
    },
    /// A row asks for a value that no claim can have.
    Impossible {
        /// The row.
        row: usize,
        /// The column.
        column: String,
        /// What it asks for.
        value: Constant,
        /// What claims can have.
        choices: Vec<Constant>,
    },
    /// A row that never counts.
    Masked {
        /// The row.
        row: usize,
        /// The rows that count in its place.
        by: Vec<usize>,
        /// Whether they say what it says.
        says_the_same: bool,
    },
    /// Rows match claims on both sides, and none in between.
    Gap {
        /// The range, or `date`.
        range: String,
        /// A claim in between.
        example: Example,
    },
    /// Values that the table lists, or all that a claim can have, come together in no row.
    Missing {
        /// Some such claims.
        examples: Vec<Example>,
        /// How many more there are.
        others: usize,
    },
    /// Two rows are bands that start at the same total.
    SameStart {
        /// The row that stands first.
        first: usize,
        /// The other row.
        second: usize,
        /// Where they start; `None` without a lower end.
        start: Option<Decimal>,
        /// A claim that both match.
        example: Example,
    },
    /// A band pays as much as its base, or more.
    LargeRate {
        /// The row.
        row: usize,
        /// What it pays of one unit.
        rate: Decimal,
    },
    /// A claim would have to be compared with too many rows.
    TooManyCandidates {
        /// How many.
        rows: usize,
    },
    /// Something wasn't looked for, since that would take too long.
    Unchecked(Unchecked),
}

/// What wasn't looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchecked {
    /// Rows that match at the same time.
    Overlaps,
    /// Rows that never count.
    Masked,
    /// Claims that no row matches.
    Gaps,
}

/// A claim as an example: each thing that is looked up, by name.
pub type Example = Vec<(String, Sample)>;

/// What is looked up in an example.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// This value; nothing where the claim has none.
    Value(Constant),
    /// Whatever it is.
    Anything,
    /// A value that the table doesn't list.
    Unlisted,
}
