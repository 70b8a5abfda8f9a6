//! The awards of a key are what is due on the total of its approved bases, no cent more or less.

use std::collections::BTreeMap;

use meed::{money::Decimal, outcome::Disposition};
use proptest::prelude::*;

use crate::{
    desk::Desk,
    purchase::{Purchase, definition, file, number, purchase},
    schedule::{Millionths, rounding, schedule},
};

const KEYS: [&str; 6] = [
    "participant",
    "participant, quarter",
    "participant, month",
    "program",
    "claim.region",
    "participant, claim.region",
];
const FATES: [&str; 8] = ["plain", "plain", "plain", "plain", "reject", "return", "hold", "flag"];

fn millionths(amount: Decimal) -> Millionths {
    let mut amount = amount;
    amount.rescale(6);
    amount.mantissa()
}

/// What the outcomes file says became of a claim with this fate.
fn disposition(purchase: &Purchase) -> Disposition {
    match purchase.fate {
        "reject" => Disposition::Rejected,
        "return" => Disposition::Returned,
        "hold" | "flag" => Disposition::Held,
        _ => Disposition::Approved,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_awards_of_a_key_are_what_is_due_on_its_approved_bases_after_every_claim(
        schedule in schedule(),
        rounding in rounding(),
        per in prop::sample::select(&KEYS[..]),
        purchases in prop::collection::vec(purchase(40_000, &FATES), 1..14),
    ) {
        let award = format!("  rebate:\n    base: claim.net\n    per: [{per}]\n{}", schedule.yaml("    "));
        let desk = Desk::new(&definition(&rounding.yaml(), &award, ""));
        let positions: Vec<usize> = (0..purchases.len()).collect();
        let mut keys: BTreeMap<String, (i64, Millionths)> = BTreeMap::new();
        for outcome in desk.decide(&file(&purchases, &positions)) {
            let purchase = &purchases[number(&outcome.claim)];
            prop_assert_eq!(outcome.disposition, disposition(purchase), "{}", outcome.claim);
            if outcome.disposition != Disposition::Approved {
                prop_assert!(outcome.award.is_zero());
                if outcome.disposition != Disposition::Held {
                    prop_assert!(outcome.pending.is_zero());
                    continue;
                }
                // What it would get, on what is counted so far.
                let (total, awarded) = keys.get(&purchase.key(per)).copied().unwrap_or_default();
                let due = rounding.round(schedule.due(total + purchase.cents));
                prop_assert_eq!(millionths(outcome.pending), due - awarded);
                continue;
            }
            let (total, awarded) = keys.entry(purchase.key(per)).or_default();
            *total += purchase.cents;
            *awarded += millionths(outcome.award);
            prop_assert_eq!(*awarded, rounding.round(schedule.due(*total)), "{} cents of {}", total, purchase.key(per));
            prop_assert!(outcome.pending.is_zero());
        }
    }

    #[test]
    fn a_component_without_a_key_pays_what_is_due_on_the_claim_alone(
        schedule in schedule(),
        rounding in rounding(),
        purchases in prop::collection::vec(purchase(60_000, &["plain"]), 1..6),
    ) {
        let award = format!("  rebate:\n    base: claim.net\n{}", schedule.yaml("    "));
        let desk = Desk::new(&definition(&rounding.yaml(), &award, ""));
        let positions: Vec<usize> = (0..purchases.len()).collect();
        for outcome in desk.decide(&file(&purchases, &positions)) {
            let due = rounding.round(schedule.due(purchases[number(&outcome.claim)].cents));
            prop_assert_eq!(millionths(outcome.award), due);
        }
    }
}
