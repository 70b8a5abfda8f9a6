//! What becomes of a claim.

use std::fmt;

/// What becomes of a claim; worst first, so that the least of several wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// Refused for good.
    Rejected,
    /// Sent back with a deficiency that the claimant can cure.
    Returned,
    /// Kept for a person to decide.
    Held,
    /// Awarded.
    Approved,
}

impl Disposition {
    /// The word that outcomes use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Returned => "returned",
            Self::Held => "held",
            Self::Approved => "approved",
        }
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
