//! What stands of claims once they were corrected, taken back or sent again.

use std::{collections::BTreeMap, fmt::Write};

use meed::{
    engine::{Past, evaluate},
    money::{Decimal, SplitMethod, add, split},
    outcome::Outcome,
};
use proptest::prelude::*;

use crate::desk::Desk;

const HEADER: &str = "no,who,day,net,units,fate,takes_back\n";

/// A retroactive tier under a quarterly cap, an amount of its own, and totals of each kind.
const DEFINITION: &str = "
format: 1
program: property/program
currency: EUR
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_even, scale: 2 }
order: [no]
claim:
  id: no
  participant: who
  date: day
  original: takes_back
  fields:
    no: text
    who: text
    day: date
    net: decimal
    units: integer
    fate: { one_of: [pay, reject, return, hold] }
    takes_back: optional text
totals:
  claims: { count: claims, of: all, per: [participant] }
  nets: { sum: claim.net, of: standing, per: [participant, month] }
  sizes: { distinct: claim.units, of: approved, per: [participant] }
  near: { count: claims, of: approved, per: [participant], within: 10 days }
  paid: { sum: award.bonus, of: approved, per: [participant] }
derived:
  claims: totals.claims
  nets: totals.nets
  sizes: totals.sizes
  near: totals.near
  paid: totals.paid
eligibility:
  REJECTED: { require: 'claim.fate != \"reject\"', else: reject }
  RETURNED: { require: 'claim.fate != \"return\"', else: return }
  HELD: { require: 'claim.fate != \"hold\"', else: hold }
award:
  rebate:
    base: claim.net
    per: [participant, quarter]
    tiers:
      kind: retroactive
      bands:
        - { from: 0, rate: 1%, flat: 3.00 }
        - { from: 1000, rate: 2% }
        - { from: 5000, rate: 3%, flat: 7.00 }
  alone:
    base: claim.net
    tiers: { kind: incremental, bands: [ { from: 0, rate: 0.5%, flat: 1.00 }, { above: 500, rate: 1% } ] }
  steep:
    base: claim.net
    measure: claim.units
    per: [participant, month]
    tiers: { kind: retroactive, bands: [ { from: 0, rate: 0.5%, flat: 2.00 }, { from: 6, rate: 2% } ] }
  bonus:
    base: claim.units
    amount: claim.units * 1.25
limits:
  CLAIM_CAP: { of: [bonus], per: [claim], max: 7, then: cut }
  CAP: { of: [rebate], per: [participant, quarter], max: 120, then: cut }
  BONUS_CAP: { of: [bonus], per: [participant, year], max: 60, then: cut }
";

#[derive(Debug, Clone)]
struct Version {
    day: u32,
    cents: i64,
    units: u32,
    fate: &'static str,
}

impl Version {
    fn row(&self, number: usize) -> String {
        let Self { day, cents, units, fate } = self;
        let (month, day) = (day / 28 + 1, day % 28 + 1);
        let net = Decimal::new(*cents, 2);
        format!("C-{number:02},P,2026-{month:02}-{day:02},{net},{units},{fate},\n")
    }
}

const FATES: [&str; 5] = ["pay", "pay", "pay", "reject", "return"];
const FATES_WITH_HOLDS: [&str; 5] = ["pay", "pay", "reject", "return", "hold"];

fn version(fates: &'static [&'static str]) -> impl Strategy<Value = Version> {
    let fate = prop::sample::select(fates);
    (0..168_u32, 1..300_000_i64, 1..12_u32, fate).prop_map(|(day, cents, units, fate)| Version {
        day,
        cents,
        units,
        fate,
    })
}

fn file<'v>(versions: impl IntoIterator<Item = (usize, &'v Version)>) -> String {
    let rows = versions.into_iter().map(|(number, version)| version.row(number));
    format!("{HEADER}{}", rows.collect::<String>())
}

fn decide(desk: &Desk, past: &mut Past, csv: &str) -> Vec<Outcome<'static>> {
    evaluate(&desk.loaded.program, &desk.loaded.tables, past, &desk.read(csv))
}

fn remembering(desk: &Desk) -> Past {
    Past::remembering(&desk.loaded.program)
}

/// What claims see of each accumulator in each quarter: totals and the base under the tier; the use of limits.
fn probe(desk: &Desk, past: &mut Past) -> Vec<[String; 2]> {
    let quarters = ["2026-01-05", "2026-02-20", "2026-04-11", "2026-06-28"];
    let row = |(number, day): (usize, &&str)| format!("X-{number},P,{day},0.01,1,pay,\n");
    let rows: String = quarters.iter().enumerate().map(row).collect();
    let shown = |outcome: &Outcome<'_>| {
        // A sum that was taken back keeps its places: `0.00` is `0`.
        let number = |text: &str| text.parse::<Decimal>().unwrap().normalize();
        let seen: Vec<Decimal> = outcome.derived.iter().map(|named| number(&named.value)).collect();
        let cuts: Vec<String> = outcome.cuts.iter().map(|cut| format!("{} {}", cut.code, cut.amount)).collect();
        [format!("{:?} {seen:?}", outcome.components), format!("{} {cuts:?}", outcome.award)]
    };
    decide(desk, past, &format!("{HEADER}{rows}")).iter().map(shown).collect()
}

fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Decimal {
    amounts.into_iter().fold(Decimal::ZERO, |sum, amount| add(sum, amount).unwrap())
}

/// Claims that were corrected, beside the corrected ones alone.
struct Corrected {
    nets: [Decimal; 2],
    /// Of totals and bases, and of limits.
    seen: [Vec<[String; 2]>; 2],
}

impl Corrected {
    fn new(definition: &str, first: &[Version], second: Vec<(prop::sample::Index, Version)>) -> Self {
        let mut corrected: BTreeMap<usize, Version> = BTreeMap::new();
        for (index, version) in second {
            corrected.insert(index.index(first.len()), version);
        }
        let corrected = || corrected.iter().map(|(number, version)| (*number, version));
        let mut last: BTreeMap<usize, &Version> = first.iter().enumerate().collect();
        last.extend(corrected());
        let desk = Desk::new(definition);
        let (mut past, mut alone) = (remembering(&desk), remembering(&desk));
        let before = decide(&desk, &mut past, &file(first.iter().enumerate()));
        let after = decide(&desk, &mut past, &file(corrected()));
        let expected = decide(&desk, &mut alone, &file(last));
        let net = sum(before.iter().map(|outcome| outcome.award).chain(after.iter().map(Outcome::net)));
        let seen = [probe(&desk, &mut past), probe(&desk, &mut alone)];
        Self { nets: [net, sum(expected.iter().map(|outcome| outcome.award))], seen }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A corrected claim leaves every accumulator as if only the corrected one had come, and what was awarded, net of what
    /// was taken back, is what it would have been.
    #[test]
    fn a_correction_leaves_no_trace_of_what_it_corrects(
        first in prop::collection::vec(version(&FATES), 1..9),
        second in prop::collection::vec((any::<prop::sample::Index>(), version(&FATES)), 1..6),
    ) {
        let corrected = Corrected::new(DEFINITION, &first, second);
        let [net, expected] = corrected.nets;
        prop_assert_eq!(net, expected);
        let [found, alone] = &corrected.seen;
        prop_assert_eq!(found, alone);
    }

    /// Totals and bases are so too where claims are held. What one of these asks of a limit depends on when it is decided,
    /// and nothing decided is decided again because another claim was corrected.
    #[test]
    fn a_correction_leaves_no_trace_in_totals_and_bases_beside_held_claims(
        first in prop::collection::vec(version(&FATES_WITH_HOLDS), 1..9),
        second in prop::collection::vec((any::<prop::sample::Index>(), version(&FATES_WITH_HOLDS)), 1..6),
    ) {
        // The total of what was awarded looks at a limit that never binds.
        let corrected = Corrected::new(&DEFINITION.replace("max: 60", "max: 60000"), &first, second);
        let [found, alone] = corrected.seen.map(|seen| seen.into_iter().map(|[figures, _]| figures).collect::<Vec<_>>());
        prop_assert_eq!(found, alone);
    }

    /// What is taken back in parts adds up to all that was awarded, to the last cent.
    #[test]
    fn parts_that_are_taken_back_add_up_to_the_whole(
        claims in prop::collection::vec(version(&FATES), 1..6),
        cuts in prop::collection::vec(1..100_u32, 1..4),
    ) {
        let desk = Desk::new(DEFINITION);
        let mut past = remembering(&desk);
        let claims: Vec<Version> = claims.into_iter().map(|version| Version { fate: "pay", ..version }).collect();
        let before = decide(&desk, &mut past, &file(claims.iter().enumerate()));
        let mut rows = HEADER.to_owned();
        for (number, version) in claims.iter().enumerate() {
            let weights: Vec<Decimal> = cuts.iter().map(|cut| Decimal::from(*cut)).collect();
            let nets = split(Decimal::new(version.cents, 2), 2, &weights, SplitMethod::LargestRemainder).unwrap();
            let units = split(Decimal::from(version.units), 0, &weights, SplitMethod::FirstShares).unwrap();
            for (part, (net, units)) in nets.iter().zip(units).enumerate() {
                writeln!(rows, "R-{number:02}-{part},P,2027-03-01,-{net},-{units},pay,C-{number:02}").unwrap();
            }
        }
        let back = decide(&desk, &mut past, &rows);
        prop_assert!(back.iter().all(|outcome| outcome.reasons.is_empty()), "{back:?}");
        prop_assert_eq!(sum(before.iter().chain(&back).map(|outcome| outcome.award)), Decimal::ZERO);
    }

    /// Whatever comes again, is corrected or taken back in whichever order: of no claim more is taken back than it was
    /// awarded, and what was paid in all is what the last versions alone would have been paid.
    #[test]
    fn what_was_paid_is_what_the_last_versions_would_be_paid(
        claims in prop::collection::vec(version(&["pay"]), 1..5),
        again in prop::collection::vec((any::<prop::sample::Index>(), 1..5_u32), 1..8),
    ) {
        let desk = Desk::new(DEFINITION);
        let (mut past, mut alone) = (remembering(&desk), remembering(&desk));
        let mut paid = sum(decide(&desk, &mut past, &file(claims.iter().enumerate())).iter().map(Outcome::net));
        let mut last: BTreeMap<usize, String> = BTreeMap::new();
        for (index, fifths) in again {
            let number = index.index(claims.len());
            let version = &claims[number];
            let net = Decimal::new(version.cents * i64::from(fifths) / 5, 2);
            let units = version.units * fifths / 5;
            // One return for each claim, which later ones correct.
            let row = format!("R-{number:02},P,2027-03-01,-{net},-{units},pay,C-{number:02}\n");
            paid = add(paid, sum(decide(&desk, &mut past, &format!("{HEADER}{row}")).iter().map(Outcome::net))).unwrap();
            last.insert(number, row);
        }
        let rows: String = last.values().map(String::as_str).collect();
        let first = sum(decide(&desk, &mut alone, &file(claims.iter().enumerate())).iter().map(Outcome::net));
        let then = sum(decide(&desk, &mut alone, &format!("{HEADER}{rows}")).iter().map(Outcome::net));
        prop_assert_eq!(paid, add(first, then).unwrap());
        prop_assert_eq!(probe(&desk, &mut past), probe(&desk, &mut alone));
    }

    /// A claim that is corrected after some of it was taken back stands as if it had been so from the start.
    #[test]
    fn a_correction_after_a_return_is_as_if_it_had_been_so_from_the_start(
        claims in prop::collection::vec(version(&["pay"]), 1..4),
        index in any::<prop::sample::Index>(),
        more in 0..50_000_i64,
    ) {
        let desk = Desk::new(DEFINITION);
        let number = index.index(claims.len());
        let corrected = Version { cents: claims[number].cents + more, units: claims[number].units + 1, ..claims[number].clone() };
        let half = claims[number].units / 2;
        let row = format!("R-1,P,2027-03-01,-{},-{half},pay,C-{number:02}\n", Decimal::new(claims[number].cents / 2, 2));
        let back = format!("{HEADER}{row}");
        let (mut past, mut alone) = (remembering(&desk), remembering(&desk));
        let mut paid = decide(&desk, &mut past, &file(claims.iter().enumerate()));
        paid.extend(decide(&desk, &mut past, &back));
        paid.extend(decide(&desk, &mut past, &file([(number, &corrected)])));
        let mut last: BTreeMap<usize, &Version> = claims.iter().enumerate().collect();
        last.insert(number, &corrected);
        let mut expected = decide(&desk, &mut alone, &file(last));
        expected.extend(decide(&desk, &mut alone, &back));
        // What is taken back in proportion was so of the older version: at most the part of one unit and its rounding.
        let (paid, expected) = (sum(paid.iter().map(Outcome::net)), sum(expected.iter().map(Outcome::net)));
        prop_assert!((paid - expected).abs() <= Decimal::new(130, 2), "{paid} {expected}");
    }

    /// The parts of an award add up to it, and none is more than a unit away from its exact share.
    #[test]
    fn an_award_is_split_to_the_last_unit(
        cents in -1_000_000_i64..1_000_000,
        weights in prop::collection::vec(0..1_000_u32, 1..8),
        first_shares in any::<bool>(),
    ) {
        let method = if first_shares { SplitMethod::FirstShares } else { SplitMethod::LargestRemainder };
        let weights: Vec<Decimal> = weights.into_iter().map(Decimal::from).collect();
        let parts = split(Decimal::new(cents, 2), 2, &weights, method).unwrap();
        prop_assert_eq!(sum(parts.iter().copied()), Decimal::new(cents, 2));
        let total: Decimal = sum(weights.iter().copied());
        for (part, weight) in parts.iter().zip(&weights).filter(|_| !total.is_zero()) {
            let off = (part * total - Decimal::new(cents, 2) * weight).abs();
            prop_assert!(off <= Decimal::new(1, 2) * total, "{parts:?}");
        }
    }
}

/// Every order of eight claims, returns among them, under a retroactive tier with a quarterly cap.
#[test]
fn the_sum_is_the_same_in_every_order_of_eight_claims() {
    let nets = ["900.00", "1800.50", "-400.25", "2500.00", "-1200.00", "3100.75", "-2600.00", "799.99"];
    // 4,900.99 in all is 98.02 at 2%; on the way it is more than either ceiling, and less.
    for (cap, expected) in [("120", 9_802), ("80", 8_000)] {
        let definition =
            DEFINITION.replace("order: [no]", "order: [units, no]").replace("max: 120", &format!("max: {cap}"));
        let desk = Desk::new(&definition);
        let claims = |turns: &[usize; 8]| {
            let row = |(number, net): (usize, &&str)| {
                format!("C-{number},P,2026-02-0{},{net},{},pay,\n", number + 1, turns[number])
            };
            format!("{HEADER}{}", nets.iter().enumerate().map(row).collect::<String>())
        };
        let mut sums: BTreeMap<Decimal, usize> = BTreeMap::new();
        each_order(&mut [0, 1, 2, 3, 4, 5, 6, 7], 8, &mut |turns| {
            let outcomes = decide(&desk, &mut Past::new(&desk.loaded.program), &claims(turns));
            let rebates = outcomes.iter().map(|outcome| {
                let cut = outcome.cuts.iter().filter(|cut| cut.code == "CAP").map(|cut| cut.amount);
                outcome.components[0] - sum(cut)
            });
            *sums.entry(sum(rebates)).or_default() += 1;
        });
        assert_eq!(sums, BTreeMap::from([(Decimal::new(expected, 2), 40_320)]));
    }
}

/// Heap's algorithm.
fn each_order(turns: &mut [usize; 8], count: usize, visit: &mut dyn FnMut(&[usize; 8])) {
    if count <= 1 {
        visit(turns);
        return;
    }
    for index in 0..count {
        each_order(turns, count - 1, visit);
        turns.swap(if count.is_multiple_of(2) { index } else { 0 }, count - 1);
    }
}
