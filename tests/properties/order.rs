//! What the order of claims, and the order of rows in the file, may not change.

use std::collections::BTreeMap;

use meed::money::{Decimal, add};
use proptest::prelude::*;

use crate::{
    desk::Desk,
    purchase::{HEADER, Purchase, definition, file, number, purchase, row},
    schedule::{Rounding, Schedule, rounding, schedule},
};

const PER: &str = "participant, quarter";
const FATES: [&str; 6] = ["plain", "plain", "plain", "reject", "return", "flag"];

/// A program in which no limit holds or rejects or is finer than its component, and no rule reads `award` or a total.
fn program(schedule: &Schedule, rounding: &Rounding, cap: u32) -> Desk {
    let tiers = schedule.yaml("    ");
    let award = format!("  rebate:\n    base: claim.net\n    per: [{PER}]\n{tiers}  bonus:\n    amount: claim.bonus\n");
    let limits = format!("limits:\n  CAP: {{ of: [rebate], per: [participant, year], max: {cap}, then: cut }}\n");
    Desk::new(&definition(&rounding.yaml(), &award, &limits))
}

/// The same program without its limit.
fn unlimited(schedule: &Schedule, rounding: &Rounding) -> Desk {
    let award = format!("  rebate:\n    base: claim.net\n    per: [{PER}]\n{}", schedule.yaml("    "));
    Desk::new(&definition(&rounding.yaml(), &award, ""))
}

/// Awards by key, those that are held with them.
fn sums(desk: &Desk, purchases: &[Purchase], positions: &[usize], per: &str) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for outcome in desk.decide(&file(purchases, positions)) {
        let sum = sums.entry(purchases[number(&outcome.claim)].key(per)).or_default();
        *sum = add(*sum, outcome.award).unwrap();
    }
    sums
}

/// The positions 0, 1, 2 … of so many claims in any order.
fn positions(count: usize) -> impl Strategy<Value = Vec<usize>> {
    Just((0..count).collect::<Vec<usize>>()).prop_shuffle()
}

fn purchases_in_two_orders() -> impl Strategy<Value = (Vec<Purchase>, Vec<usize>)> {
    let purchases = prop::collection::vec(purchase(40_000, &FATES), 1..14);
    purchases.prop_flat_map(|purchases| {
        let count = purchases.len();
        (Just(purchases), positions(count))
    })
}

fn approved_in_two_orders() -> impl Strategy<Value = (Vec<Purchase>, Vec<usize>)> {
    let purchases = prop::collection::vec(purchase(40_000, &["plain", "plain", "reject"]), 1..14);
    purchases.prop_flat_map(|purchases| {
        let count = purchases.len();
        (Just(purchases), positions(count))
    })
}

/// Rows of a file: some stand twice, some have the id of another and a place of their own in the order.
fn rows() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let purchases = prop::collection::vec((purchase(40_000, &FATES), 0..8_u8), 1..14);
    purchases.prop_flat_map(|purchases| {
        let mut rows = Vec::new();
        for (number, (purchase, kind)) in purchases.iter().enumerate() {
            rows.push(row(number, number, purchase));
            match kind {
                0 => rows.push(row(number, number, purchase)),
                1 => rows.push(row(number, number + 100, purchase)),
                _ => {}
            }
        }
        let shuffled = Just(rows.clone()).prop_shuffle();
        (Just(rows), shuffled)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_claims_changes_no_sum_of_a_key(
        schedule in schedule(),
        rounding in rounding(),
        (purchases, other) in purchases_in_two_orders(),
    ) {
        let desk = unlimited(&schedule, &rounding);
        let first: Vec<usize> = (0..purchases.len()).collect();
        prop_assert_eq!(sums(&desk, &purchases, &first, PER), sums(&desk, &purchases, &other, PER));
    }

    #[test]
    fn under_a_coarser_limit_that_cuts_the_order_changes_no_sum_either(
        schedule in schedule(),
        rounding in rounding(),
        cap in 0..400_u32,
        (purchases, other) in approved_in_two_orders(),
    ) {
        let desk = program(&schedule, &rounding, cap);
        let first: Vec<usize> = (0..purchases.len()).collect();
        let per = "participant, year";
        prop_assert_eq!(sums(&desk, &purchases, &first, per), sums(&desk, &purchases, &other, per));
    }

    #[test]
    fn rows_in_another_order_give_the_same_bytes_apart_from_their_source(
        schedule in schedule(),
        rounding in rounding(),
        cap in 0..400_u32,
        (rows, shuffled) in rows(),
    ) {
        let desk = program(&schedule, &rounding, cap);
        let written = |rows: &[String]| {
            desk.written_without_source(&desk.decide(&format!("{HEADER}{}", rows.concat())))
        };
        prop_assert_eq!(written(&rows), written(&shuffled));
    }

    #[test]
    fn deciding_twice_gives_the_same_bytes(
        schedule in schedule(),
        rounding in rounding(),
        cap in 0..400_u32,
        (rows, _) in rows(),
    ) {
        let csv = format!("{HEADER}{}", rows.concat());
        let written = || {
            let desk = program(&schedule, &rounding, cap);
            (desk.loaded.fingerprint.clone(), desk.written(&desk.decide(&csv)))
        };
        prop_assert_eq!(written(), written());
    }
}
