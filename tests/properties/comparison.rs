//! Comparisons: what two definitions decide differently adds up to the difference of two runs, by key and by claim.

use std::collections::BTreeMap;

use meed::{
    compare::{Comparison, DifferenceKind, Pair, Side},
    engine::Awards,
    money::{Decimal, add, subtract},
    outcome::{Disposition, Outcome},
};
use proptest::prelude::*;

use crate::{
    desk::Desk,
    purchase::{Purchase, definition, file, number, purchase},
    schedule::{Schedule, schedule},
};

const ROUNDING: &str = "{ mode: half_even, scale: 2 }";
const FATES: [&str; 8] = ["plain", "plain", "plain", "plain", "reject", "return", "hold", "flag"];

fn desk(schedule: &Schedule, caps: (i64, i64)) -> Desk {
    let award = format!(
        "  bonus:\n    amount: claim.bonus\n  rebate:\n    base: claim.net\n    per: [participant, quarter]\n{}",
        schedule.yaml("    ")
    );
    let limits = format!(
        "limits:\n  BONUS_CAP: {{ of: [bonus], per: [claim.region, month], max: {}, then: cut }}\n  \
         ALL_CAP: {{ per: [participant, year], max: {}, then: cut }}\n",
        caps.0, caps.1
    );
    Desk::new(&definition(ROUNDING, &award, &limits))
}

fn compared(before: &Desk, after: &Desk, csv: &str) -> Comparison {
    let (claims, awards) = ([before.read(csv), after.read(csv)], Awards::new());
    let [before, after] = [(before, &claims[0]), (after, &claims[1])].map(|(desk, claims)| Side {
        program: &desk.loaded.program,
        tables: &desk.loaded.tables,
        claims,
        earlier: &[],
        awards: &awards,
        arrangements: &[],
    });
    let pair = Pair::new(before, after);
    let comparison = pair.compare().unwrap();
    let lines = comparison.claims.iter().map(|claim| claim.line).collect();
    let mut words = [BTreeMap::new(), BTreeMap::new()];
    let [in_before, in_after] = &mut words;
    pair.before_in_words(&lines, false, &mut |outcome| {
        in_before.insert(outcome.origin.line, outcome.award);
    });
    pair.after_in_words(&lines, false, &mut |outcome| {
        in_after.insert(outcome.origin.line, outcome.award);
    });
    for claim in &comparison.claims {
        let awards = words.each_ref().map(|words| words[&claim.line]);
        assert_eq!(awards, [claim.before.award, claim.after.award]);
    }
    comparison
}

fn total(outcomes: &[Outcome<'_>]) -> Decimal {
    outcomes.iter().map(|outcome| outcome.award).fold(Decimal::ZERO, |sum, award| add(sum, award).unwrap())
}

/// The codes of an outcome.
fn codes(outcome: &Outcome<'_>) -> Vec<String> {
    let reasons = outcome.reasons.iter().chain(outcome.flags.iter()).map(|reason| reason.code.to_string());
    reasons.chain(outcome.cuts.iter().map(|cut| cut.code.to_string())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_definition_compared_with_itself_shows_nothing(
        schedule in schedule(),
        caps in (0..60_i64, 0..500_i64),
        purchases in prop::collection::vec(purchase(60_000, &FATES), 1..14),
    ) {
        let csv = file(&purchases, &(0..purchases.len()).collect::<Vec<_>>());
        let comparison = compared(&desk(&schedule, caps), &desk(&schedule, caps), &csv);
        prop_assert!(comparison.is_same() && comparison.keys.is_empty());
        prop_assert_eq!(&comparison.before, &comparison.after);
    }

    #[test]
    fn keys_and_claims_add_up_to_the_difference_of_two_runs(
        (one, other) in (schedule(), schedule()),
        (caps, other_caps) in ((0..60_i64, 0..500_i64), (0..60_i64, 0..500_i64)),
        purchases in prop::collection::vec(purchase(60_000, &FATES), 1..18),
    ) {
        let csv = file(&purchases, &(0..purchases.len()).collect::<Vec<_>>());
        let (before, after) = (desk(&one, caps), desk(&other, other_caps));
        let comparison = compared(&before, &after, &csv);
        let runs = [before.decide(&csv), after.decide(&csv)];
        prop_assert_eq!(comparison.before.award, total(&runs[0]));
        prop_assert_eq!(comparison.after.award, total(&runs[1]));
        let difference = subtract(total(&runs[1]), total(&runs[0])).unwrap();
        let of_keys: Decimal = comparison.keys.iter().map(meed::compare::KeyDifference::gain).sum();
        let of_claims: Decimal = comparison.claims.iter().map(meed::compare::ClaimDifference::gain).sum();
        prop_assert_eq!((of_keys, of_claims), (difference, difference));
        for totals in [&comparison.before, &comparison.after] {
            let components: Decimal = totals.components.iter().map(|(_, sum)| *sum).sum();
            prop_assert_eq!(components, totals.award);
        }
        let differing = runs[0].iter().zip(&runs[1]).filter(|(one, other)| {
            let same = (one.award, one.pending, one.status()) == (other.award, other.pending, other.status())
                && codes(one) == codes(other);
            let left = |program, outcome| meed::engine::after_limits(program, outcome).unwrap();
            !same || left(before.program(), one) != left(after.program(), other)
        });
        let differing: Vec<String> = differing.map(|(one, _)| one.claim.to_string()).collect();
        prop_assert_eq!(comparison.claims.iter().map(|claim| claim.claim.clone()).collect::<Vec<_>>(), differing);
    }

    #[test]
    fn claims_that_were_retimed_net_to_zero_in_their_key(
        schedule in schedule(),
        purchases in prop::collection::vec(purchase(40_000, &["plain"]), 2..18),
        fee in 1..400_i64,
    ) {
        // Some keys end in the last band, and some pass through it.
        let mut other = schedule.clone();
        if let Some(band) = other.bands.last_mut() {
            band.flat_cents += fee;
        }
        let csv = file(&purchases, &(0..purchases.len()).collect::<Vec<_>>());
        let (before, after) = (desk(&schedule, (60, 1_000_000)), desk(&other, (60, 1_000_000)));
        let comparison = compared(&before, &after, &csv);
        let key = |claim: &str| {
            let Purchase { partner, month, .. } = &purchases[number(claim)];
            (format!("P{partner}"), format!("2026-Q{}", month.div_ceil(3)))
        };
        let mut gains: BTreeMap<(String, String), Decimal> = BTreeMap::new();
        for claim in &comparison.claims {
            let gain = gains.entry(key(&claim.claim)).or_default();
            *gain = add(*gain, claim.gain()).unwrap();
        }
        let shown: BTreeMap<(String, String), Decimal> = comparison.keys.iter().map(|difference| {
            assert_eq!(difference.component, "rebate");
            let values: Vec<String> = difference.key.iter().map(|(_, value)| value.clone()).collect();
            ((values[0].clone(), values[1].clone()), difference.gain())
        }).collect();
        for claim in &comparison.claims {
            let moved = if gains[&key(&claim.claim)].is_zero() { DifferenceKind::Retimed } else { DifferenceKind::Repaid };
            prop_assert_eq!(claim.kind, moved, "{}", claim.claim);
            prop_assert_eq!(claim.after.status, Disposition::Approved.name());
        }
        gains.retain(|_, gain| !gain.is_zero());
        prop_assert_eq!(shown, gains);
    }
}
