//! Limits: what is granted is worked out again from what was asked, and never passes the ceiling.

use std::collections::BTreeMap;

use meed::{
    money::{Decimal, add, subtract},
    outcome::{Disposition, Outcome},
};
use proptest::prelude::*;

use crate::{
    desk::Desk,
    purchase::{Purchase, definition, file, number, purchase},
    schedule::schedule,
};

/// With A asked and R granted so far.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    asked: Decimal,
    granted: Decimal,
}

impl Use {
    /// `min(A after, max) − R`, kept between nothing and the ask.
    fn grant(&mut self, ask: Decimal, max: Decimal) -> Decimal {
        self.asked = add(self.asked, ask).unwrap();
        let wanted = subtract(self.asked.min(max), self.granted).unwrap();
        let grant = if ask.is_sign_negative() {
            wanted.max(ask).min(Decimal::ZERO)
        } else {
            wanted.min(ask).max(Decimal::ZERO)
        };
        self.granted = add(self.granted, grant).unwrap();
        grant
    }

    /// What is held gives nothing back of the ceiling.
    fn grant_unless_it_frees(&mut self, held: bool, ask: Decimal, max: Decimal) -> Decimal {
        let before = *self;
        let grant = self.grant(ask, max);
        if held && ask < Decimal::ZERO {
            *self = before;
        }
        grant
    }

    /// Whether the ask would pass the ceiling.
    fn would_pass(&self, ask: Decimal, max: Decimal) -> bool {
        Self { ..*self }.grant(ask, max) != ask
    }
}

fn cut_by(outcome: &Outcome, code: &str) -> Decimal {
    outcome.cuts.iter().filter(|cut| cut.code == code).map(|cut| cut.amount).sum()
}

/// What an outcome awards, or would.
fn granted(outcome: &Outcome) -> Decimal {
    add(outcome.award, outcome.pending).unwrap()
}

fn decide(desk: &Desk, purchases: &[Purchase]) -> Vec<Outcome<'static>> {
    desk.decide(&file(purchases, &(0..purchases.len()).collect::<Vec<_>>()))
}

const AWARD: &str =
    "  bonus:\n    amount: claim.bonus\n  rebate:\n    base: claim.net\n    per: [participant, quarter]\n";
const ROUNDING: &str = "{ mode: half_even, scale: 2 }";
const FATES: [&str; 8] = ["plain", "plain", "plain", "plain", "reject", "return", "hold", "flag"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_limit_that_cuts_grants_what_is_left_and_is_never_passed(
        schedule in schedule(),
        (bonus_cap, all_cap) in (0..60_i64, 0..500_i64),
        purchases in prop::collection::vec(purchase(60_000, &FATES), 1..18),
    ) {
        let award = format!("{AWARD}{}", schedule.yaml("    "));
        let limits = format!(
            "limits:\n  BONUS_CAP: {{ of: [bonus], per: [claim.region, month], max: {bonus_cap}, then: cut }}\n  \
             ALL_CAP: {{ per: [participant, year], max: {all_cap}, then: cut }}\n"
        );
        let desk = Desk::new(&definition(ROUNDING, &award, &limits));
        let (bonus_cap, all_cap) = (Decimal::from(bonus_cap), Decimal::from(all_cap));
        let mut uses: BTreeMap<String, Use> = BTreeMap::new();
        for outcome in decide(&desk, &purchases) {
            let purchase = &purchases[number(&outcome.claim)];
            if matches!(outcome.disposition, Disposition::Rejected | Disposition::Returned) {
                prop_assert!(outcome.cuts.is_empty() && granted(&outcome).is_zero());
                continue;
            }
            let held = outcome.disposition == Disposition::Held;
            let (bonus, rebate) = (outcome.components[0], outcome.components[1]);
            let bonus_use = uses.entry(purchase.key("claim.region, month")).or_default();
            let bonus_left = bonus_use.grant_unless_it_frees(held, bonus, bonus_cap);
            prop_assert!(bonus_use.granted <= bonus_cap);
            prop_assert_eq!(cut_by(&outcome, "BONUS_CAP"), subtract(bonus, bonus_left).unwrap());
            let asked = add(bonus_left, rebate).unwrap();
            let all_use = uses.entry(purchase.key("participant, year")).or_default();
            let left = all_use.grant_unless_it_frees(held, asked, all_cap);
            prop_assert!(all_use.granted <= all_cap);
            prop_assert_eq!(cut_by(&outcome, "ALL_CAP"), subtract(asked, left).unwrap());
            prop_assert_eq!(granted(&outcome), left);
            // Where every ask reaches the limit, what is granted in all is what is allowed of all asked.
            prop_assert_eq!(all_use.granted, all_use.asked.min(all_cap));
        }
    }

    #[test]
    fn a_limit_that_holds_or_rejects_acts_on_the_claim_that_would_pass_it_and_is_not_used_by_it(
        then in prop::sample::select(&["hold", "reject"][..]),
        (first_cap, second_cap) in (5..60_i64, 20..120_i64),
        purchases in prop::collection::vec(purchase(1_000, &FATES), 1..18),
    ) {
        let award = "  bonus:\n    amount: claim.bonus\n";
        let limits = format!(
            "limits:\n  FIRST: {{ per: [claim.region, quarter], max: {first_cap}, then: {then} }}\n  \
             SECOND: {{ per: [participant], max: {second_cap}, then: cut }}\n"
        );
        let desk = Desk::new(&definition(ROUNDING, award, &limits));
        let (first_cap, second_cap) = (Decimal::from(first_cap), Decimal::from(second_cap));
        let mut uses: BTreeMap<String, Use> = BTreeMap::new();
        for outcome in decide(&desk, &purchases) {
            let purchase = &purchases[number(&outcome.claim)];
            if ["reject", "return"].contains(&purchase.fate) {
                continue;
            }
            let asked = Decimal::new(purchase.bonus_cents, 2);
            let first = uses.entry(purchase.key("claim.region, quarter")).or_default();
            let passes = first.would_pass(asked, first_cap);
            prop_assert_eq!(outcome.reasons.iter().any(|reason| reason.code == "FIRST"), passes);
            let held = passes || purchase.fate != "plain";
            if !passes {
                first.grant_unless_it_frees(held, asked, first_cap);
                prop_assert!(first.granted <= first_cap);
            }
            if passes && then == "reject" {
                prop_assert_eq!(outcome.disposition, Disposition::Rejected);
                prop_assert!(granted(&outcome).is_zero());
                continue;
            }
            prop_assert_eq!(outcome.disposition == Disposition::Held, held);
            let second = uses.entry(purchase.key("participant")).or_default();
            let before = *second;
            let left = second.grant_unless_it_frees(held, asked, second_cap);
            prop_assert_eq!(granted(&outcome), left);
            if passes {
                *second = before;
            }
        }
    }
}
