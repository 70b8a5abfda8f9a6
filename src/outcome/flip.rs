//! What would have changed a decision: one cell with another value, all else being as it was.

use super::Disposition;
use crate::{claim::Constant, money::Decimal};

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// The rule, flag or limit with this code would not object any more, or not cut.
    Objection(String),
    /// The component with this name would reach its next band.
    Band(String),
}

/// A change of one cell that would do it, decided again to be sure. For dates and numbers it is the smallest in its
/// neighbourhood: one step less doesn't do it.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// What the change would do.
    pub aim: Aim,
    /// The claim's field, by its number.
    pub field: usize,
    /// What it is.
    pub now: Constant,
    /// What it would have to be.
    pub to: Constant,
    /// What would then become of the claim.
    pub disposition: Disposition,
    /// The codes of what would then still stand against it, or newly.
    pub objections: Vec<String>,
    /// What it would then be awarded, or would be once it is released.
    pub award: Decimal,
}
