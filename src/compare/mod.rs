//! One comparison of two definitions over the same claims: totals, then by component and key, then claim by claim.

mod claim;
mod key;
mod side;
mod total;

pub use claim::{ClaimDifference, ClaimOutcome, DifferenceKind};
pub use key::KeyDifference;
pub use side::{Pair, Side};
pub use total::{Tally, Totals};

use claim::{Codes, Kept, KeptClaims};

use crate::{
    money::{Decimal, Inexact},
    outcome::Outcome,
};

/// What two definitions decide differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The sums of the first side.
    pub before: Totals,
    /// The sums of the second side.
    pub after: Totals,
    /// The sums of components and keys that differ, by component and key. Together they are the difference of the awards.
    pub keys: Vec<KeyDifference>,
    /// The claims that differ, in the order in which the second side decides them.
    pub claims: Vec<ClaimDifference>,
}

impl Comparison {
    /// Whether both sides decide every claim alike.
    pub fn is_same(&self) -> bool {
        self.claims.is_empty()
    }

    /// The changed claims of a kind.
    pub fn of_kind(&self, kind: DifferenceKind) -> impl Iterator<Item = &ClaimDifference> {
        self.claims.iter().filter(move |claim| claim.kind == kind)
    }
}

/// Lets both sides decide their claims, which are the rows of one file, and says what differs. Claims are told apart by
/// their lines, since an id may be made of other fields on either side. Fails where a sum needs more than 28 digits.
pub fn compare(before: &Side<'_>, after: &Side<'_>) -> Result<Comparison, Inexact> {
    Pair::new(*before, *after).compare()
}

impl Pair<'_> {
    /// Says what differs; see [`compare`].
    pub fn compare(&self) -> Result<Comparison, Inexact> {
        self.compare_and(&mut |_| {})
    }

    /// The same, and hands out what the second side decides on the way.
    pub fn compare_and(&self, take: &mut dyn FnMut(&Outcome<'_>)) -> Result<Comparison, Inexact> {
        let (before, after) = (&self.before, &self.after);
        let names = names(before, after);
        let mut codes = Codes::default();
        let mut kept = KeptClaims::new(before.claims.count(), names.len());
        let mut sums = Totals::new(before);
        let spent = self.decide_before(&mut |outcome, left| {
            sums.add(outcome, left)?;
            if let Some(row) = before.claims.on_line(outcome.origin.line) {
                kept.put(row.number(), outcome, &arranged(&names, before, left), &mut codes);
            }
            Ok(())
        })?;
        sums.spend(spent);
        let before_sums = std::mem::replace(&mut sums, Totals::new(after));
        let mut claims = Vec::new();
        let spent = self.decide_after(&mut |outcome, left| {
            take(outcome);
            sums.add(outcome, left)?;
            let row = before.claims.on_line(outcome.origin.line);
            let earlier = row.and_then(|row| kept.get(row.number())).unwrap_or_else(|| Kept::nothing(names.len()));
            let later = Kept::of(outcome, arranged(&names, after, left), &mut codes);
            if earlier != later {
                let before = earlier.shown(&names, &codes);
                claims.push(difference(outcome, before, later.shown(&names, &codes)));
            }
            Ok(())
        })?;
        sums.spend(spent);
        let keys = key::sum_up(&names, before, after, &kept, &mut claims)?;
        Ok(Comparison { before: before_sums, after: sums, keys, claims })
    }
}

/// What either side awards: components, those of the second side first, and what arrangements add.
fn names(before: &Side<'_>, after: &Side<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in after.names().chain(before.names()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Amounts by component in the places of `names`.
fn arranged(names: &[String], side: &Side<'_>, left: &[Decimal]) -> Vec<Decimal> {
    let amount = |name: &String| {
        let number = side.names().position(|own| own == name)?;
        left.get(number).copied()
    };
    names.iter().map(|name| amount(name).unwrap_or_default()).collect()
}

fn difference(outcome: &Outcome<'_>, before: ClaimOutcome, after: ClaimOutcome) -> ClaimDifference {
    ClaimDifference {
        claim: outcome.claim.to_string(),
        participant: outcome.participant.to_string(),
        date: outcome.date,
        line: outcome.origin.line,
        kind: DifferenceKind::Reasoned,
        before,
        after,
    }
}
