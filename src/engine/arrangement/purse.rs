//! What an arrangement may still add: up to its ceiling, and never so little that a participant has less than by the standard
//! rules.

use crate::{
    engine::limit::grant,
    history::{Change, Detail, History, Running},
    money::{Decimal, Inexact, add, negated, subtract},
    program::Layout,
};

/// What was asked and granted of a ceiling, as figures of the arrangement's own history: over all claims, and by participant
/// what the changed rules would have awarded beyond the standard ones, and what was granted of it.
pub(super) struct Purse<'h> {
    history: &'h mut History,
    /// The figures that an arranged program has before those of its purse.
    figures: usize,
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

impl<'h> Purse<'h> {
    pub(super) fn new(history: &'h mut History, layout: &Layout) -> Self {
        Self { history, figures: layout.accumulators().len() - layout.purse.len() }
    }

    /// What was asked and granted by all claims.
    pub(super) fn used(&self) -> Running {
        self.stands_at(self.figures, b"")
    }

    fn of_participant(&self, participant: &str) -> Running {
        self.stands_at(self.figures + 1, participant.as_bytes())
    }

    fn stands_at(&self, accumulator: usize, key: &[u8]) -> Running {
        self.history.stands_at(accumulator, self.history.key(key), Detail::None)
    }

    /// What is granted of what a claim would get more, or less.
    pub(super) fn grant(&self, participant: &str, wanted: Decimal, ceiling: Decimal) -> Result<Grant, Inexact> {
        let Running { sum: before, awarded: granted, .. } = self.of_participant(participant);
        let asked = subtract(add(before, wanted)?.max(Decimal::ZERO), before.max(Decimal::ZERO))?;
        let granted = grant(self.used(), asked, ceiling)?.max(negated(granted));
        Ok(Grant { wanted, asked, granted })
    }

    /// Takes what was granted out of the purse.
    pub(super) fn take(&mut self, participant: &str, grant: Grant) -> Result<(), Inexact> {
        let of_all = Running { count: 1, sum: grant.asked, awarded: grant.granted };
        let own = Running { sum: grant.wanted, ..of_all };
        self.used().plus(of_all)?;
        self.of_participant(participant).plus(own)?;
        for (accumulator, key, delta) in [(self.figures, "", of_all), (self.figures + 1, participant, own)] {
            let key = self.history.key(key.as_bytes());
            self.history.apply(&Change { accumulator, key, delta, detail: Detail::None });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each of some wants, by participants, gets under a ceiling of 100.
    fn granted(wants: &[(&str, i64)]) -> Vec<i64> {
        let mut history = History::new();
        let mut purse = Purse { history: &mut history, figures: 3 };
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
