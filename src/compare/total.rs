//! The sums of one side.

use std::collections::BTreeMap;

use super::side::{Side, Spent};
use crate::{
    engine::{Budget, Ceiling, Counts},
    money::{Decimal, Inexact, add},
    outcome::{Disposition, Outcome, Reason},
};

/// How many claims carry a code, and the money of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Claims.
    pub claims: u64,
    /// What they are awarded, or would be; under a limit's code what it cut of approved claims.
    pub amount: Decimal,
}

/// The sums of one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// How many claims were read, and what became of them.
    pub counts: Counts,
    /// What was awarded.
    pub award: Decimal,
    /// What held claims would be awarded.
    pub pending: Decimal,
    /// What was taken back of claims that were corrected; not in the award.
    pub reversed: Decimal,
    /// What each component is of the award, after limits, in the order of the program; last what arrangements add.
    pub components: Vec<(String, Decimal)>,
    /// By the codes of reasons.
    pub reasons: BTreeMap<String, Tally>,
    /// By the codes of flags.
    pub flags: BTreeMap<String, Tally>,
    /// By the codes of limits that cut.
    pub cuts: BTreeMap<String, Tally>,
    /// The ceilings on all awards together, with what history and claims used of them.
    pub budgets: Vec<Budget>,
    /// What arrangements may add, with what history and claims used of it, by their names.
    pub ceilings: Vec<Ceiling>,
}

impl Totals {
    pub(super) fn new(side: &Side<'_>) -> Self {
        let components = side.names().map(|name| (name.to_owned(), Decimal::ZERO));
        Self {
            counts: Counts::default(),
            award: Decimal::ZERO,
            pending: Decimal::ZERO,
            reversed: Decimal::ZERO,
            components: components.collect(),
            reasons: BTreeMap::new(),
            flags: BTreeMap::new(),
            cuts: BTreeMap::new(),
            budgets: Vec::new(),
            ceilings: Vec::new(),
        }
    }

    pub(super) fn spend(&mut self, spent: Spent) {
        (self.budgets, self.ceilings) = (spent.budgets, spent.ceilings);
    }

    /// Adds an outcome with what limits left of its components.
    pub(super) fn add(&mut self, outcome: &Outcome<'_>, left: &[Decimal]) -> Result<(), Inexact> {
        self.counts.add(outcome);
        if outcome.skipped {
            return Ok(());
        }
        self.award = add(self.award, outcome.award)?;
        self.pending = add(self.pending, outcome.pending)?;
        self.reversed = add(self.reversed, outcome.reversed.unwrap_or_default())?;
        let approved = outcome.disposition == Disposition::Approved;
        if approved {
            for ((_, sum), amount) in self.components.iter_mut().zip(left) {
                *sum = add(*sum, *amount)?;
            }
        }
        let money = add(outcome.award, outcome.pending)?;
        count(&mut self.reasons, &outcome.reasons, money)?;
        count(&mut self.flags, &outcome.flags, money)?;
        for cut in outcome.cuts.iter() {
            tally(&mut self.cuts, &cut.code, if approved { cut.amount } else { Decimal::ZERO })?;
        }
        Ok(())
    }
}

/// Counts each code of a claim once.
fn count(tallies: &mut BTreeMap<String, Tally>, reasons: &[Reason<'_>], money: Decimal) -> Result<(), Inexact> {
    for (index, reason) in reasons.iter().enumerate() {
        if !reasons.iter().take(index).any(|other| other.code == reason.code) {
            tally(tallies, &reason.code, money)?;
        }
    }
    Ok(())
}

fn tally(tallies: &mut BTreeMap<String, Tally>, code: &str, amount: Decimal) -> Result<(), Inexact> {
    if !tallies.contains_key(code) {
        tallies.insert(code.to_owned(), Tally::default());
    }
    if let Some(tally) = tallies.get_mut(code) {
        tally.claims += 1;
        tally.amount = add(tally.amount, amount)?;
    }
    Ok(())
}
