//! What an arrangement may still add: up to its ceiling, and never so little that a participant has less than by the standard
//! rules.

use std::collections::HashMap;

use crate::{
    engine::limit::grant,
    history::Running,
    money::{Decimal, Inexact, add, negated, subtract},
};

/// What was asked and granted of a ceiling.
#[derive(Debug, Default)]
pub(super) struct Purse {
    /// By all claims.
    pub(super) used: Running,
    /// By participant: what the changed rules would have awarded beyond the standard ones, and what was granted of it.
    participants: HashMap<Box<str>, (Decimal, Decimal)>,
}

/// What a claim asks of a ceiling, and gets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant {
    /// By the changed rules.
    pub(super) wanted: Decimal,
    /// Of the ceiling: no participant has less in all than by the standard rules.
    pub(super) asked: Decimal,
    pub(super) granted: Decimal,
}

impl Purse {
    /// What is granted of what a claim would get more, or less.
    pub(super) fn grant(&self, participant: &str, wanted: Decimal, ceiling: Decimal) -> Result<Grant, Inexact> {
        let (before, granted) = self.participants.get(participant).copied().unwrap_or_default();
        let asked = subtract(add(before, wanted)?.max(Decimal::ZERO), before.max(Decimal::ZERO))?;
        let granted = grant(self.used, asked, ceiling)?.max(negated(granted));
        Ok(Grant { wanted, asked, granted })
    }

    /// Takes what was granted out of the purse.
    pub(super) fn take(&mut self, participant: &str, grant: Grant) -> Result<(), Inexact> {
        self.used = self.used.plus(Running { count: 1, sum: grant.asked, awarded: grant.granted })?;
        let known = self.participants.get(participant).copied().unwrap_or_default();
        let now = (add(known.0, grant.wanted)?, add(known.1, grant.granted)?);
        self.participants.insert(participant.into(), now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each of some wants, by participants, gets under a ceiling of 100.
    fn granted(wants: &[(&str, i64)]) -> Vec<i64> {
        let mut purse = Purse::default();
        wants
            .iter()
            .map(|(participant, wanted)| {
                let grant = purse.grant(participant, Decimal::from(*wanted), Decimal::ONE_HUNDRED).unwrap();
                purse.take(participant, grant).unwrap();
                i64::try_from(grant.granted.mantissa()).unwrap()
            })
            .collect()
    }

    #[test]
    fn nobody_has_less_in_all_than_by_the_standard_rules() {
        assert_eq!(granted(&[("A", -30), ("A", 50), ("A", -10), ("A", -40)]), [0, 20, -10, -10]);
        assert_eq!(granted(&[("A", -500), ("B", 600)]), [0, 100]);
    }

    #[test]
    fn what_a_ceiling_refused_one_is_not_taken_back_from_them() {
        assert_eq!(granted(&[("A", 100), ("B", 50), ("A", -80), ("B", -50)]), [100, 0, -30, 0]);
    }
}
