//! What would have changed a decision: each change that is named is made in the file, and the claim decided again. What it
//! is said to take away is gone then; with one step less it is still there.

use meed::{
    calendar::{Date, add_days, days_between},
    claim::Constant,
    engine::{Past, run},
    money::{Decimal, add, subtract},
    outcome::{Aim, Depth, Disposition, Flip, Outcome, Step, Trace},
};
use proptest::prelude::*;

use crate::desk::Desk;

const DEFINITION: &str = "format: 1
program: property/program
title: Rules of every kind that a cell can decide
currency: USD
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_up, scale: 2 }
order: [position]
claim:
  id: claim_no
  participant: partner
  date: sold_on
  fields:
    claim_no: text
    position: integer
    partner: text
    sold_on: date
    sent_on: date
    region: { one_of: [N, S, E, W] }
    fresh: boolean
    units: integer
    net: decimal
    asked: decimal
params:
  regions: [N, S]
  window: 30
totals:
  week: { count: claims, of: all, per: [participant], within: 7 days }
  alike: { count: claims, of: all, per: [claim.units, claim.net] }
derived:
  days: days_between(claim.sold_on, claim.sent_on)
eligibility:
  REGION: { require: claim.region in params.regions, else: reject }
  LATE:
    require: days >= 0 && days_between(claim.sold_on, claim.sent_on) <= params.window
    else: reject
  FEW: { require: claim.units * 2 >= 7 || claim.fresh, else: hold }
  ODD: { require: claim.units % 5 != 2, else: return }
award:
  growth:
    base: claim.net
    per: [participant, quarter]
    tiers:
      kind: retroactive
      bands:
        - { from: 0, rate: 1% }
        - { above: 500, rate: 3% }
        - { from: 1500.50, rate: 5% }
  fee: { amount: claim.units * 1.5 }
limits:
  MONTH_CAP: { of: [fee], per: [participant, month], max: 25.00, then: cut }
  YEAR_CAP: { per: [participant, year], max: 60.00, then: hold }
  BUDGET: { per: [program], max: 120.00, then: reject }
flags:
  BUSY: { when: totals.week >= 2, then: hold }
  ALIKE: { when: totals.alike > 0, then: hold }
  VARIANCE: { when: abs(claim.asked - award.total) > 1, then: hold }
";
const HEADER: &str = "claim_no,position,partner,sold_on,sent_on,region,fresh,units,net,asked\n";

/// The cells of a claim, in the order of the fields.
type Row = Vec<String>;

fn row() -> impl Strategy<Value = Row> {
    let date = (-5..370_i64).prop_map(|days| add_days(Date::from_ymd_opt(2026, 1, 1).unwrap(), days).unwrap());
    let sent = prop_oneof![3 => 0..30_i64, 1 => -3..90_i64];
    let region = prop::sample::select(&["N", "N", "S", "E"][..]);
    let money = |most: i64| (-most / 4..most, 0..3_u32).prop_map(|(digits, places)| Decimal::new(digits, places));
    (date, sent, region, any::<bool>(), -2..14_i64, money(60_000), money(4_000), 0..2_u8).prop_map(
        |(sold, sent, region, new, units, net, asked, partner)| {
            let sent = add_days(sold, sent).unwrap();
            let texts = [sold.to_string(), sent.to_string(), region.to_owned(), new.to_string(), units.to_string()];
            [[format!("P{partner}")].as_slice(), &texts, &[net.to_string(), asked.to_string()]].concat()
        },
    )
}

fn file(rows: &[Row]) -> String {
    let lines = rows.iter().enumerate().map(|(number, cells)| format!("C-{number},{number},{}\n", cells.join(",")));
    [HEADER.to_owned()].into_iter().chain(lines).collect()
}

/// What a trace held.
struct Kept {
    flips: Option<Vec<Flip>>,
    /// The total after and the edge of the next band.
    schedule: Option<(Decimal, Option<(Decimal, bool)>)>,
    /// What each rule saw.
    seen: Vec<(String, Vec<(String, Constant)>)>,
}

impl Kept {
    fn new(trace: &Trace<'_>) -> Self {
        let seen = trace.steps.iter().filter_map(|step| match step {
            Step::Rule { code, seen, .. } => {
                let seen = seen.iter().map(|seen| (seen.name.to_owned(), seen.value.into()));
                Some(((*code).to_owned(), seen.collect()))
            }
            _ => None,
        });
        Self { flips: trace.flips.clone(), schedule: schedule(trace), seen: seen.collect() }
    }
}

fn explained(desk: &Desk, rows: &[Row], depth: Depth) -> Vec<(Outcome<'static>, Kept)> {
    let (program, tables, claims) = (&desk.loaded.program, &desk.loaded.tables, desk.read(&file(rows)));
    let mut explained = Vec::new();
    run(program, tables, &mut Past::new(program), &claims, &|_, _| depth, &mut |outcome, trace| {
        explained.push((outcome.clone().into_owned(), Kept::new(trace.unwrap())));
    });
    explained
}

/// The claim decided again with another value in a cell.
fn again(desk: &Desk, rows: &[Row], number: usize, field: usize, value: &Constant) -> (Outcome<'static>, Kept) {
    let mut rows = rows[..=number].to_vec();
    rows[number][field - 2] = match value {
        Constant::Date(date) => date.to_string(),
        Constant::Integer(integer) => integer.to_string(),
        Constant::Decimal(decimal) => decimal.to_string(),
        Constant::Boolean(boolean) => boolean.to_string(),
        Constant::Text(text) => text.to_string(),
        other => panic!("{other:?}"),
    };
    explained(desk, &rows, Depth::Steps).pop().unwrap()
}

/// The value one step nearer to what the cell holds; `None` for a choice.
fn one_step_less(now: &Constant, to: &Constant) -> Option<Constant> {
    Some(match (now, to) {
        (Constant::Date(now), Constant::Date(to)) => {
            Constant::Date(add_days(*to, days_between(*to, *now).signum()).unwrap())
        }
        (Constant::Integer(now), Constant::Integer(to)) => Constant::Integer(to + (now - to).signum()),
        (Constant::Decimal(now), Constant::Decimal(to)) => {
            let unit = Decimal::new(1, now.scale().max(2));
            Constant::Decimal(if to < now { add(*to, unit) } else { subtract(*to, unit) }.unwrap())
        }
        _ => return None,
    })
}

/// Whether what a flip is to take away is there; `edge` is where the band to be reached starts.
fn stands(aim: &Aim, (outcome, kept): &(Outcome<'static>, Kept), edge: Option<(Decimal, bool)>) -> bool {
    match (aim, edge) {
        (Aim::Objection(code), _) => {
            let reasons = outcome.reasons.iter().chain(outcome.flags.iter()).any(|reason| reason.code == *code);
            reasons || outcome.cuts.iter().any(|cut| cut.code == *code)
        }
        (Aim::Band(_), Some((edge, from))) => {
            let total = kept.schedule.map(|(total, _)| total);
            total.is_some_and(|total| if from { total < edge } else { total <= edge })
        }
        (Aim::Band(_), None) => panic!("there is no next band"),
    }
}

/// The total after and the edge of the next band.
fn schedule(trace: &Trace<'_>) -> Option<(Decimal, Option<(Decimal, bool)>)> {
    trace.steps.iter().find_map(|step| match step {
        Step::Component(component) => {
            let schedule = component.schedule.as_ref()?;
            let edge = schedule.band_next.as_ref().and_then(|band| Some((band.edge?, band.from)));
            Some((schedule.total_after, edge))
        }
        _ => None,
    })
}

fn check(desk: &Desk, rows: &[Row], number: usize, was: &(Outcome<'static>, Kept), flip: &Flip) {
    let edge = was.1.schedule.and_then(|(_, edge)| edge);
    assert!(stands(&flip.aim, was, edge), "{flip:?}");
    let flipped = again(desk, rows, number, flip.field, &flip.to);
    assert!(!stands(&flip.aim, &flipped, edge), "{flip:?}\n{}", file(rows));
    let (outcome, _) = &flipped;
    assert!(matches!(flip.aim, Aim::Band(_)) || outcome.disposition >= was.0.disposition, "{flip:?}");
    let award = add(outcome.award, outcome.pending).unwrap();
    assert_eq!((outcome.disposition, award), (flip.disposition, flip.award), "{flip:?}");
    if let Some(less) = one_step_less(&flip.now, &flip.to) {
        let kept = again(desk, rows, number, flip.field, &less);
        assert!(stands(&flip.aim, &kept, edge), "{flip:?}\n{}", file(rows));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_change_that_is_named_does_it_and_one_step_less_does_not(rows in prop::collection::vec(row(), 1..9)) {
        let desk = Desk::new(DEFINITION);
        for (number, was) in explained(&desk, &rows, Depth::Flips).iter().enumerate() {
            for flip in was.1.flips.as_deref().unwrap() {
                check(&desk, &rows, number, was, flip);
            }
        }
    }
}

/// A claim that passes, with other values in some cells.
fn claim(cells: &[(usize, &str)]) -> Row {
    let mut row = ["P0", "2026-03-01", "2026-03-11", "N", "false", "5", "300.00", "10.50"].map(str::to_owned).to_vec();
    for (cell, text) in cells {
        (*text).clone_into(&mut row[*cell]);
    }
    row
}

/// `CODE field value` for each flip of the last claim.
fn flips_of_last(rows: &[Row]) -> Vec<String> {
    let desk = Desk::new(DEFINITION);
    let (_, trace) = explained(&desk, rows, Depth::Flips).pop().unwrap();
    let words = |flip: &Flip| {
        let (Aim::Objection(name) | Aim::Band(name)) = &flip.aim;
        let field = &desk.loaded.program.claim.fields[flip.field].name;
        let value = match &flip.to {
            Constant::Date(date) => date.to_string(),
            Constant::Decimal(decimal) => decimal.to_string(),
            Constant::Text(text) => text.to_string(),
            other => format!("{other:?}"),
        };
        format!("{name} {field} {value}")
    };
    trace.flips.unwrap().iter().map(words).collect()
}

#[test]
fn the_smallest_change_is_found_for_rules_of_every_kind() {
    let band = "growth net 500.01";
    for (rows, flips) in [
        (vec![claim(&[(2, "2026-04-03")])], vec!["LATE sold_on 2026-03-04", "LATE sent_on 2026-03-31"]),
        (vec![claim(&[(3, "E")])], vec!["REGION region N", "REGION region S"]),
        (vec![claim(&[(5, "3"), (7, "8.50")])], vec!["FEW units Integer(4)", "FEW fresh Boolean(true)", band]),
        (vec![claim(&[(5, "7"), (7, "13.50")])], vec!["ODD units Integer(6)"]),
        (vec![claim(&[(7, "999.99")])], vec!["VARIANCE asked 11.50", band]),
        (vec![claim(&[(1, "2027-01-02"), (2, "2027-01-02")])], vec!["NOT_EFFECTIVE sold_on 2026-12-31"]),
        (vec![claim(&[(6, "3000.00"), (7, "157.50")])], vec!["BUDGET net 2250.09", "YEAR_CAP net 1500.49"]),
        (vec![claim(&[(6, "1400.00"), (7, "49.50")])], vec!["growth net 1500.50"]),
        // What has to differ from another claim, in whatever way, has no smallest change.
        (vec![claim(&[]), claim(&[(0, "P1")])], vec![band]),
    ] {
        assert_eq!(flips_of_last(&rows), flips, "{}", file(&rows));
    }
}

#[test]
fn a_claim_out_of_a_busy_week_is_moved_just_beyond_it() {
    let rows: Vec<Row> = ["2", "4", "6"].map(|units| claim(&[(5, units), (6, "10.00"), (7, "10.00")])).to_vec();
    let flips = flips_of_last(&rows);
    assert!(flips.contains(&"BUSY sold_on 2026-02-22".to_owned()), "{flips:?}");
}

#[test]
fn nothing_is_looked_for_unless_it_is_wanted() {
    let desk = Desk::new(DEFINITION);
    let (outcome, trace) = explained(&desk, &[claim(&[(3, "E")])], Depth::Steps).pop().unwrap();
    assert_eq!((outcome.disposition, trace.flips), (Disposition::Rejected, None));
}

#[test]
fn the_trace_shows_what_a_comparison_worked_out() {
    let desk = Desk::new(DEFINITION);
    let (_, kept) = explained(&desk, &[claim(&[(2, "2026-04-03")])], Depth::Flips).pop().unwrap();
    let seen_by = |wanted: &str| {
        let seen = &kept.seen.iter().find(|(code, _)| code == wanted).unwrap().1;
        seen.iter().map(|(name, value)| (name.as_str(), value.clone())).collect::<Vec<_>>()
    };
    let late = seen_by("LATE");
    assert!(late.contains(&("days_between(claim.sold_on, claim.sent_on)", Constant::Integer(33))), "{late:?}");
    let few = seen_by("FEW");
    assert!(few.contains(&("claim.units * 2", Constant::Integer(10))), "{few:?}");
    assert_eq!(seen_by("REGION").len(), 2);
}
