//! Standard and changed side by side: totals, who gains and who loses, and each changed claim with both reasons.

mod json;
mod table;

use std::collections::BTreeMap;

use crate::{
    compare::{ClaimDifference, ClaimOutcome, Comparison},
    money::{Decimal, Inexact, add, negated},
    outcome::Outcome,
    program::Program,
};

/// The words of reasons by the lines of their claims.
pub type ReasonWords = BTreeMap<u64, Vec<String>>;

/// The reasons and flags of an outcome in words.
pub fn reason_words(outcome: &Outcome<'_>) -> Vec<String> {
    let words = outcome.reasons.iter().chain(outcome.flags.iter());
    words
        .map(|reason| match reason.message.is_empty() {
            true => format!("{} ({})", reason.code, reason.effect()),
            false => format!("{} ({}): {}", reason.code, reason.effect(), reason.message),
        })
        .collect()
}

/// A program as it stands and with a variant made of it, side by side.
pub struct SideBySide<'c> {
    /// The program as it stands.
    pub program: &'c Program,
    /// What the variant is called.
    pub variant: &'c str,
    /// The fingerprints of both.
    pub fingerprints: [&'c str; 2],
    /// What they decide differently.
    pub comparison: &'c Comparison,
    /// Why, on either side.
    pub reasons: [ReasonWords; 2],
    /// Whether private figures are shown.
    pub names: bool,
    /// How many participants and claims a page for people shows.
    pub most: usize,
}

/// What participants gain or lose.
struct Movement {
    /// By participant, the most first.
    participants: Vec<(String, Decimal)>,
    total: Decimal,
}

impl SideBySide<'_> {
    /// Who gains and who loses. Amounts are above zero in both.
    fn movements(&self) -> Result<[Movement; 2], Inexact> {
        let mut gains: BTreeMap<&str, Decimal> = BTreeMap::new();
        for claim in &self.comparison.claims {
            let gain = gains.entry(&claim.participant).or_default();
            *gain = add(*gain, claim.gain())?;
        }
        let movement = |sign: fn(Decimal) -> Decimal| {
            let moved = gains.iter().map(|(name, gain)| ((*name).to_owned(), sign(*gain)));
            let mut participants: Vec<_> = moved.filter(|(_, amount)| *amount > Decimal::ZERO).collect();
            participants.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
            let total = participants.iter().try_fold(Decimal::ZERO, |sum, (_, amount)| add(sum, *amount))?;
            Ok(Movement { participants, total })
        };
        Ok([movement(|gain| gain)?, movement(negated)?])
    }

    /// A participant as it is shown.
    fn participant<'n>(&self, name: &'n str) -> &'n str {
        if self.program.hides(self.program.claim.participant) && !self.names { "(private)" } else { name }
    }

    /// The id of a claim as it is shown.
    fn id<'n>(&self, claim: &'n ClaimDifference) -> &'n str {
        if self.program.hides_id() && !self.names { "(private)" } else { &claim.claim }
    }

    /// Why a side decided as it did; its codes, where there are no words.
    fn reasons(&self, side: usize, line: u64, outcome: &ClaimOutcome) -> Vec<String> {
        let words = self.reasons.get(side).and_then(|reasons| reasons.get(&line)).cloned();
        let cuts = outcome.cuts.iter().map(|code| format!("{code} (cut)"));
        let codes = || outcome.reasons.iter().chain(&outcome.flags).cloned().collect();
        words.unwrap_or_else(codes).into_iter().chain(cuts).collect()
    }
}
