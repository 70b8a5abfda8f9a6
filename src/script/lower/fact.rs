//! What is known where a rule stands: which optional values were found to be there.

use std::collections::BTreeSet;

use crate::script::form::Read;

/// A value that can be known to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    Read(Read),
    Local(u32),
}

/// Values that are known to be there.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Facts(BTreeSet<Known>);

impl Facts {
    /// Nothing is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// What is known if both are.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }

    /// What is known if one of them is.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    pub(super) fn has(&self, known: Known) -> bool {
        self.0.contains(&known)
    }

    #[must_use]
    pub(super) fn with(&self, known: Option<Known>) -> Self {
        let mut facts = self.clone();
        facts.0.extend(known);
        facts
    }

    /// Only what is known of the program's figures, not of locals.
    #[must_use]
    pub(super) fn of_reads(&self) -> Self {
        Self(self.0.iter().filter(|known| matches!(known, Known::Read(_))).copied().collect())
    }
}
