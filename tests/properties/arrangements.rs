//! Arrangements: the standard decisions never move, a ceiling is never passed, and a claim of the scope is decided on what
//! stood before it.

use std::collections::BTreeMap;

use meed::{
    engine::{ArrangedProgram, Arrangements, Awards, Past, Queue, Run, run},
    money::Decimal,
    outcome::{Depth, Disposition, Outcome},
    program::parse,
    variant::Arrangement,
};
use proptest::prelude::*;

use crate::{
    desk::Desk,
    purchase::{Purchase, definition, file, purchase},
    schedule::{Schedule, schedule},
};

const ROUNDING: &str = "{ mode: half_even, scale: 2 }";
const FATES: [&str; 8] = ["plain", "plain", "plain", "plain", "reject", "return", "hold", "flag"];

fn desk(schedule: &Schedule, (of_bonus, of_all): (i64, i64)) -> Desk {
    let award = format!(
        "  bonus:\n    amount: claim.bonus\n  rebate:\n    base: claim.net\n    per: [participant, quarter]\n{}",
        schedule.yaml("    ")
    );
    let limits = format!(
        "limits:\n  BONUS_CAP: {{ of: [bonus], per: [claim.region, month], max: {of_bonus}, then: cut }}\n  \
         ALL_CAP: {{ per: [participant, year], max: {of_all}, then: cut }}\n"
    );
    Desk::new(&definition(ROUNDING, &award, &limits))
}

fn arrangement(scope: &str, ceiling: i64) -> Arrangement {
    let text = format!(
        "format: 1\narrangement: property/more\nprogram: property/program\nreason: r\nreference: r\nasked_by: a\n\
         approved_by: b\neffective: {{ from: 2026-01-01, until: 2026-12-31 }}\nexpires: 2026-12-31\n\
         ceiling: {ceiling}\nscope: {scope}\nchange: {{ limits.ALL_CAP.max: 1 }}\n"
    );
    let source = std::sync::Arc::new(meed::diagnostic::Source { path: "arrangement".into(), text });
    let mut findings = meed::diagnostic::Findings::new();
    let root = parse(&source, &mut findings).unwrap();
    Arrangement::read(&root, &"property/more".parse().unwrap(), &mut findings).unwrap()
}

/// What one program decides of files, one behind the other, with an arrangement that makes it into another one, and what is
/// used of the ceiling.
fn arranged(standard: &Desk, changed: &Desk, by: &Arrangement, files: &[&str]) -> (Vec<Outcome<'static>>, Decimal) {
    let (program, tables) = (standard.program(), &standard.loaded.tables);
    let with = ArrangedProgram { arrangement: by, program: changed.program(), tables: &changed.loaded.tables };
    let mut past = past(standard, files);
    let mut arrangements = Arrangements::new(program, &[with], &past);
    let mut outcomes = Vec::new();
    let awards = Awards::new();
    for csv in files {
        let claims = standard.read(csv);
        let run = Run { program, tables, claims: &claims, awards: &awards, depth: &|_, _| Depth::Words, names: false };
        run.decide_arranged(&Queue::new(program, &claims), &mut past, &mut arrangements, &mut |outcome, _| {
            outcomes.push(outcome.clone().into_owned());
        });
    }
    (outcomes, arrangements.ceilings()[0].granted)
}

fn past(desk: &Desk, files: &[&str]) -> Past {
    if files.len() > 1 { Past::remembering(desk.program()) } else { Past::new(desk.program()) }
}

/// What a program decides of files, one behind the other.
fn alone(desk: &Desk, files: &[&str]) -> Vec<Outcome<'static>> {
    let mut past = past(desk, files);
    let mut outcomes = Vec::new();
    for csv in files {
        let (program, tables) = (desk.program(), &desk.loaded.tables);
        run(program, tables, &mut past, &desk.read(csv), &|_, _| Depth::Words, &mut |outcome, _| {
            outcomes.push(outcome.clone().into_owned());
        });
    }
    outcomes
}

/// What participants are paid in all, less what is taken back of them.
fn nets(outcomes: &[Outcome<'_>]) -> BTreeMap<String, Decimal> {
    let mut nets: BTreeMap<String, Decimal> = BTreeMap::new();
    for outcome in outcomes {
        *nets.entry(outcome.participant.to_string()).or_default() += outcome.net();
    }
    nets
}

/// What participants are paid where those whom the changed rules would pay less are paid by the standard ones.
fn better(standard: &[Outcome<'_>], changed: &[Outcome<'_>]) -> BTreeMap<String, Decimal> {
    let changed = nets(changed);
    nets(standard).into_iter().map(|(participant, net)| (participant.clone(), net.max(changed[&participant]))).collect()
}

fn money(outcome: &Outcome<'_>) -> (Disposition, Decimal, Decimal) {
    (outcome.disposition, outcome.award, outcome.pending)
}

/// Outcomes in the order of their lines, whoever is first.
fn monies(outcomes: &[Outcome<'_>]) -> Vec<(String, (Disposition, Decimal, Decimal))> {
    outcomes.iter().map(|outcome| (outcome.claim.to_string(), money(outcome))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn for_every_claim_and_without_end_everybody_has_the_better_of_two_programs(
        (one, other) in (schedule(), schedule()),
        (caps, other_caps) in ((0..60_i64, 0..500_i64), (0..60_i64, 0..500_i64)),
        purchases in prop::collection::vec(purchase(60_000, &FATES), 1..18),
    ) {
        let csv = file(&purchases, &(0..purchases.len()).collect::<Vec<_>>());
        let (standard, changed) = (desk(&one, caps), desk(&other, other_caps));
        let (outcomes, _) = arranged(&standard, &changed, &arrangement("{ when: true }", 1_000_000_000), &[&csv]);
        prop_assert_eq!(nets(&outcomes), better(&standard.decide(&csv), &changed.decide(&csv)));
    }

    #[test]
    fn what_is_corrected_costs_what_it_would_have_cost(
        (one, other) in (schedule(), schedule()),
        (caps, other_caps) in ((0..60_i64, 0..500_i64), (0..60_i64, 0..500_i64)),
        purchases in prop::collection::vec(purchase(60_000, &FATES), 2..14),
        corrected in prop::collection::vec(purchase(60_000, &FATES), 1..6),
    ) {
        let first = file(&purchases, &(0..purchases.len()).collect::<Vec<_>>());
        let corrected: Vec<Purchase> = corrected
            .into_iter()
            .zip(&purchases)
            .map(|(now, before)| Purchase { partner: before.partner, ..now })
            .collect();
        let second = file(&corrected, &(0..corrected.len()).collect::<Vec<_>>());
        let (standard, changed, files) = (desk(&one, caps), desk(&other, other_caps), [first.as_str(), &second]);
        let (outcomes, _) = arranged(&standard, &changed, &arrangement("{ when: true }", 1_000_000_000), &files);
        prop_assert_eq!(nets(&outcomes), better(&alone(&standard, &files), &alone(&changed, &files)));
    }

    #[test]
    fn the_standard_award_stays_and_the_ceiling_holds(
        (one, other) in (schedule(), schedule()),
        (caps, other_caps) in ((0..60_i64, 0..500_i64), (0..60_i64, 0..500_i64)),
        purchases in prop::collection::vec(purchase(60_000, &FATES), 1..18),
        partner in 0..4_u8,
        ceiling in 1..200_i64,
    ) {
        let csv = file(&purchases, &(0..purchases.len()).collect::<Vec<_>>());
        let (standard, changed) = (desk(&one, caps), desk(&other, other_caps));
        let by = arrangement(&format!("{{ participants: [P{partner}] }}"), ceiling);
        let (outcomes, granted) = arranged(&standard, &changed, &by, &[&csv]);
        let mut added = Decimal::ZERO;
        for (outcome, standard) in outcomes.iter().zip(&standard.decide(&csv)) {
            match &outcome.arranged {
                None => prop_assert_eq!(money(outcome), money(standard)),
                Some(arranged) if outcome.disposition == Disposition::Approved => {
                    prop_assert_eq!(outcome.participant.as_ref(), format!("P{partner}"));
                    prop_assert_eq!(outcome.award - arranged.amount, standard.award);
                    added += arranged.amount;
                    prop_assert!(added <= Decimal::from(ceiling), "{} of {}", added, ceiling);
                }
                Some(_) => prop_assert!(outcome.award.is_zero()),
            }
        }
        prop_assert_eq!(added, granted);
    }

    #[test]
    fn one_claim_of_the_scope_is_decided_on_what_the_standard_rules_left(
        (one, other) in (schedule(), schedule()),
        (caps, other_caps) in ((0..60_i64, 0..500_i64), (0..60_i64, 0..500_i64)),
        purchases in prop::collection::vec(purchase(60_000, &FATES), 1..18),
    ) {
        let csv = file(&purchases, &(0..purchases.len()).collect::<Vec<_>>());
        let (standard, changed) = (desk(&one, caps), desk(&other, other_caps));
        let order = standard.decide(&csv);
        let (before, last) = order.split_at(order.len() - 1);
        let lines: Vec<&str> = csv.lines().collect();
        let of = |outcomes: &[Outcome<'_>]| {
            let rows = outcomes.iter().map(|outcome| lines[usize::try_from(outcome.origin.line).unwrap() - 1]);
            [lines[0]].into_iter().chain(rows).collect::<Vec<_>>().join("\n") + "\n"
        };
        // Both programs have the same figures, so that the one can go on where the other stopped.
        let mut past = Past::new(standard.program());
        let (program, tables) = (standard.program(), &standard.loaded.tables);
        run(program, tables, &mut past, &standard.read(&of(before)), &|_, _| Depth::Words, &mut |_, _| {});
        let (program, tables) = (changed.program(), &changed.loaded.tables);
        let mut expected = None;
        run(program, tables, &mut past, &changed.read(&of(last)), &|_, _| Depth::Words, &mut |outcome, _| {
            expected = Some(money(outcome));
        });
        let by = arrangement(&format!("{{ claims: [{}] }}", last[0].claim), 1_000_000_000);
        let (outcomes, _) = arranged(&standard, &changed, &by, &[&csv]);
        let (expected, standard) = (expected.unwrap(), money(&last[0]));
        let better = (expected.0, expected.1.max(standard.1), expected.2.max(standard.2));
        prop_assert_eq!(outcomes.last().map(money), Some(better));
        prop_assert_eq!(monies(&outcomes[..before.len()]), monies(before));
    }
}
