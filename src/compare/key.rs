//! Sums by component and key, and what kind of difference each claim shows by them.

use std::collections::{BTreeMap, HashMap};

use bumpalo::Bump;

use super::{
    Side,
    claim::{ClaimDifference, ClaimOutcome, DifferenceKind, KeptClaims},
};
use crate::{
    calendar::Date,
    engine::KeptPer,
    money::{Decimal, Inexact, add, negated},
};

/// What a component and key is awarded differently.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyDifference {
    /// The component.
    pub component: String,
    /// The words of its key with their values; none where each claim stands alone, whose sums are put together.
    pub key: Vec<(String, String)>,
    /// What the first side awards, after limits.
    pub before: Decimal,
    /// What the second side awards, after limits.
    pub after: Decimal,
}

impl KeyDifference {
    /// What the second side awards more.
    pub fn gain(&self) -> Decimal {
        self.after.saturating_sub(self.before)
    }
}

/// The sums of a key.
struct Sums {
    before: Decimal,
    after: Decimal,
    /// One of its claims, by its number, and the date by which that was decided.
    claim: (usize, Option<Date>),
}

/// One component with the side by whose definition its keys are told apart: the second, if that has it.
struct Keyed<'s> {
    /// Its place among the components of both sides.
    place: usize,
    name: &'s str,
    before: &'s Side<'s>,
    side: &'s Side<'s>,
    /// Its number in the program of that side.
    number: usize,
}

/// Sums up what both sides award by component and key, and says of each claim what kind of difference it shows.
pub(super) fn sum_up<'s>(
    names: &'s [String],
    before: &'s Side<'_>,
    after: &'s Side<'_>,
    kept: &KeptClaims,
    claims: &mut [ClaimDifference],
) -> Result<Vec<KeyDifference>, Inexact> {
    let places: HashMap<u64, usize> = claims.iter().enumerate().map(|(place, claim)| (claim.line, place)).collect();
    let mut differences = Vec::new();
    for claim in claims.iter_mut().filter(|claim| claim.before.pending != claim.after.pending) {
        claim.kind = DifferenceKind::Pending;
    }
    let taken_back = |claim: &ClaimOutcome| negated(claim.reversed.unwrap_or_default());
    if claims.iter().any(|claim| taken_back(&claim.before) != taken_back(&claim.after)) {
        differences.push(unkeyed(TAKEN_BACK, claims, &taken_back)?);
        for claim in claims.iter_mut().filter(|claim| taken_back(&claim.before) != taken_back(&claim.after)) {
            claim.kind = DifferenceKind::Repaid;
        }
    }
    for (place, name) in names.iter().enumerate() {
        let differs = |claim: &ClaimDifference| claim.before.awarded(place) != claim.after.awarded(place);
        if !claims.iter().any(differs) {
            continue;
        }
        let Some(keyed) = Keyed::new(place, name, before, after) else {
            differences.push(unkeyed(name, claims, &|claim| claim.awarded(place))?);
            for claim in claims.iter_mut().filter(|claim| differs(claim)) {
                claim.kind = DifferenceKind::Repaid;
            }
            continue;
        };
        let arena = Bump::new();
        let kept_per = KeptPer::new(keyed.side.program, keyed.side.tables, &arena);
        let sums = keyed.sums(&kept_per, kept, |line| claims.get(*places.get(&line)?))?;
        let mut scratch = Bump::new();
        for claim in claims.iter_mut().filter(|claim| differs(claim)) {
            let row = keyed.side.claims.on_line(claim.line);
            let key = row.and_then(|row| kept_per.key(keyed.number, row, claim.date, &scratch));
            let is_even = key.and_then(|key| sums.get(key)).is_some_and(|sums| sums.before == sums.after);
            let kind = if is_even { DifferenceKind::Retimed } else { DifferenceKind::Repaid };
            claim.kind = claim.kind.min(kind);
            scratch.reset();
        }
        differences.extend(keyed.differences(&kept_per, sums));
    }
    Ok(differences)
}

/// What is taken back of claims that were corrected, beside the components. No component can have this name.
const TAKEN_BACK: &str = "taken back";

/// The sums of what accumulates under no key: what arrangements add, what is taken back.
fn unkeyed(
    name: &str,
    claims: &[ClaimDifference],
    amount: &dyn Fn(&ClaimOutcome) -> Decimal,
) -> Result<KeyDifference, Inexact> {
    let sum = |side: fn(&ClaimDifference) -> &ClaimOutcome| {
        claims.iter().try_fold(Decimal::ZERO, |sum, claim| add(sum, amount(side(claim))))
    };
    let (before, after) = (sum(|claim| &claim.before)?, sum(|claim| &claim.after)?);
    Ok(KeyDifference { component: name.to_owned(), key: Vec::new(), before, after })
}

impl<'s> Keyed<'s> {
    fn new(place: usize, name: &'s str, before: &'s Side<'_>, after: &'s Side<'_>) -> Option<Self> {
        let number_on = |side: &Side<'_>| side.program.components.iter().position(|component| component.name == name);
        let (side, number) = match number_on(after) {
            Some(number) => (after, number),
            None => (before, number_on(before)?),
        };
        Some(Self { place, name, before, side, number })
    }

    /// The sums by key; `changed` finds a claim that differs by its line.
    fn sums<'c>(
        &self,
        kept_per: &KeptPer<'_>,
        kept: &KeptClaims,
        changed: impl Fn(u64) -> Option<&'c ClaimDifference>,
    ) -> Result<BTreeMap<Box<[u8]>, Sums>, Inexact> {
        let mut sums: BTreeMap<Box<[u8]>, Sums> = BTreeMap::new();
        let mut scratch = Bump::new();
        for claim in self.side.claims.iter() {
            let (date, before, after) = match changed(claim.line()) {
                Some(claim) => (claim.date, claim.before.awarded(self.place), claim.after.awarded(self.place)),
                None => {
                    let Some(row) = self.before.claims.on_line(claim.line()) else { continue };
                    let (date, awarded) = kept.awarded(row.number(), self.place);
                    (date, awarded, awarded)
                }
            };
            if before.is_zero() && after.is_zero() {
                continue;
            }
            let key = kept_per.key(self.number, claim, date, &scratch).unwrap_or_default();
            match sums.get_mut(key) {
                Some(sums) => (sums.before, sums.after) = (add(sums.before, before)?, add(sums.after, after)?),
                None => drop(sums.insert(key.into(), Sums { before, after, claim: (claim.number(), date) })),
            }
            scratch.reset();
        }
        Ok(sums)
    }

    /// The keys whose sums differ, by the values of the keys.
    fn differences(&self, kept_per: &KeptPer<'_>, sums: BTreeMap<Box<[u8]>, Sums>) -> Vec<KeyDifference> {
        let differing = sums.into_values().filter(|sums| sums.before != sums.after);
        let mut differences: Vec<KeyDifference> = differing
            .map(|Sums { before, after, claim: (number, date) }| {
                let key = kept_per.words(self.number, self.side.claims.claim(number), date);
                KeyDifference { component: self.name.to_owned(), key, before, after }
            })
            .collect();
        differences.sort_by(|one, other| one.key.cmp(&other.key));
        differences
    }
}
