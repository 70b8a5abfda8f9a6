//! Random small tables against a search through all claims that their edges tell apart.

use std::{collections::BTreeSet, fmt::Write, sync::Arc};

use bumpalo::Bump;
use proptest::prelude::*;

use super::{Example, FlawKind, Sample, decision::Decision, region::Coordinate, review::review};
use crate::{
    calendar::parse_iso,
    claim::{Claims, Value},
    diagnostic::{Findings, Source},
    input::{ColumnMap, read_claims, wanted},
    money::parse_decimal,
    program::{self, Hit, Program},
    script::Scripts,
};

/// A program with one table, and its rows.
fn table(matches: &str, hit: &str, fields: &str, csv: &str) -> (Program, Claims) {
    let text = format!(
        "format: 1\nprogram: acme/tables\ncurrency: USD\neffective: {{ from: 2026-01-01, until: 2026-12-31 }}\n\
         rounding: {{ mode: half_even, scale: 2 }}\norder: [day]\n\
         claim:\n  id: id\n  participant: id\n  date: day\n  fields:\n    id: text\n    day: date\n    \
         kind: optional text\n    size: {{ one_of: [S, M, L] }}\n    units: integer\n    net: optional decimal\n\
         tables:\n  grid:\n    file: grid.csv\n    match: {{ {matches} }}\n    hit: {hit}\n    fields: {{ {fields} }}\n\
         {}award:\n  fee: {{ amount: claim.units }}\n",
        if fields.contains("starts") { "    effective: { from: starts, until: ends }\n" } else { "" }
    );
    let source = Arc::new(Source { path: "p.yaml".into(), text });
    let mut findings = Findings::new();
    let root = program::parse(&source, &mut findings).unwrap();
    let program = program::check(&root, &source, &Scripts::new(), &[], &mut findings);
    let program = program.unwrap_or_else(|| panic!("{:?}", findings.into_sorted()));
    let fields = wanted(&program.tables[0].fields);
    let intake = read_claims("grid.csv", csv.as_bytes(), &fields, &ColumnMap::default(), &mut |_| {}).unwrap();
    assert_eq!(intake.claims.deficiencies().count(), 0, "{csv}");
    (program, intake.claims)
}

const MATCHES: &str = "kind: claim.kind, size: claim.size, units: { from: units_from, below: units_below, value: claim.units }, \
                       net: { above: net_above, until: net_until, value: claim.net }";
const FIELDS: &str = "kind: optional text, size: optional text, units_from: optional integer, units_below: optional integer, \
                      net_above: optional decimal, net_until: optional decimal, starts: optional date, ends: optional date, \
                      rank: integer, says: integer";
const HITS: [&str; 6] = ["unique", "first", "any", "{ priority: rank }", "all", "{ sum: says }"];

/// A row as its cells are written, blank ones empty.
#[derive(Debug, Clone)]
struct Line([String; 10]);

/// A claim as its cells are written.
type Place = [&'static str; 5];

/// Values on, between and beyond all edges that lines have.
const PLACES: [&[&str]; 5] = [
    &["", "A", "B", "Z"],
    &["S", "M", "L"],
    &["0", "1", "2", "3", "4", "5"],
    &["", "0.5", "1", "1.5", "2", "2.5"],
    &["2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04"],
];

fn line() -> impl Strategy<Value = Line> {
    let one = |values: &'static [&'static str]| prop::sample::select(values);
    (
        (one(&["", "A", "A", "B"]), one(&["", "", "S", "M", "L"])),
        (one(&["", "1", "3", "4"]), one(&["", "2", "3", "5"]), one(&["", "", "1", "2"]), one(&["", "", "1", "2"])),
        (one(&["", "", "2026-02-01", "2026-02-03"]), one(&["", "", "2026-02-01", "2026-02-02"])),
        (one(&["1", "2"]), one(&["7", "7", "8"])),
    )
        .prop_map(|((kind, size), (from, below, above, until), (starts, ends), (rank, says))| {
            // Turned upside down, a row would be nothing but that.
            let ends = if !ends.is_empty() && ends < starts { starts } else { ends };
            let until = if until <= above { "" } else { until };
            let below = if below <= from { "" } else { below };
            Line([kind, size, from, below, above, until, starts, ends, rank, says].map(str::to_owned))
        })
}

impl Line {
    fn matches(&self, place: &Place) -> bool {
        let [kind, size, from, below, above, until, starts, ends, ..] = &self.0;
        let [of_kind, of_size, units, net, day] = *place;
        let number = |text: &str| parse_decimal(text).unwrap();
        let within = |value: &str, low: &str, high: &str, fits: &dyn Fn(&str, &str) -> bool| {
            low.is_empty() && high.is_empty()
                || !value.is_empty() && (low.is_empty() || fits(low, value)) && (high.is_empty() || fits(value, high))
        };
        (kind.is_empty() || kind == of_kind)
            && (size.is_empty() || size == of_size)
            && (from.is_empty() || number(from) <= number(units))
            && (below.is_empty() || number(units) < number(below))
            && within(net, above, "", &|low, value| number(low) < number(value))
            && within(net, "", until, &|value, high| number(value) <= number(high))
            && (starts.is_empty() || starts.as_str() <= day)
            && (ends.is_empty() || day <= ends.as_str())
    }

    fn rank(&self) -> &str {
        &self.0[8]
    }

    fn says(&self) -> [&str; 2] {
        [&self.0[8], &self.0[9]]
    }
}

/// What can be told of a table by looking at every claim.
struct Naive<'l> {
    lines: &'l [Line],
    hit: Hit,
    places: Vec<Place>,
}

impl<'l> Naive<'l> {
    fn new(lines: &'l [Line], hit: Hit) -> Self {
        let [kinds, sizes, units, nets, days] = PLACES;
        let mut places = Vec::new();
        for (kind, size) in kinds.iter().flat_map(|kind| sizes.iter().map(move |size| (kind, size))) {
            for (unit, net) in units.iter().flat_map(|unit| nets.iter().map(move |net| (unit, net))) {
                places.extend(days.iter().map(|day| [*kind, *size, *unit, *net, *day]));
            }
        }
        Self { lines, hit, places }
    }

    fn matching(&self, place: &Place) -> Vec<usize> {
        (0..self.lines.len()).filter(|row| self.lines[*row].matches(place)).collect()
    }

    /// Whether both can't count, and which doesn't.
    fn conflict(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.lines[one], &self.lines[other]);
        match self.hit {
            Hit::Unique => true,
            Hit::Any => one.says() != other.says(),
            Hit::Priority(_) => one.rank() == other.rank() && one.says() != other.says(),
            _ => false,
        }
    }

    fn is_stronger(&self, one: usize, other: usize) -> bool {
        let (rank, other_rank) = (self.lines[one].rank(), self.lines[other].rank());
        match self.hit {
            Hit::First => one < other,
            Hit::Priority(_) => rank < other_rank,
            _ => false,
        }
    }

    /// Each row with the first one that it conflicts with.
    fn overlaps(&self) -> BTreeSet<(usize, usize)> {
        let pairs = self.places.iter().flat_map(|place| {
            let rows = self.matching(place);
            let of = |second: usize| {
                let first = rows.iter().copied().filter(|first| *first < second && self.conflict(*first, second));
                first.map(|first| (first, second)).collect::<Vec<_>>()
            };
            rows.iter().flat_map(|row| of(*row)).collect::<Vec<_>>()
        });
        let pairs: BTreeSet<(usize, usize)> = pairs.collect();
        let is_first = |pair: &&(usize, usize)| pairs.iter().all(|other| other.1 != pair.1 || pair.0 <= other.0);
        pairs.iter().filter(is_first).copied().collect()
    }

    /// Whether wherever a row matches one of some others does, and counts before it.
    fn is_masked(&self, row: usize, by: &[usize]) -> bool {
        let places = self.places.iter().filter(|place| self.lines[row].matches(place));
        places.clone().count() > 0
            && places
                .into_iter()
                .all(|place| by.iter().any(|one| self.is_stronger(*one, row) && self.lines[*one].matches(place)))
    }

    fn masked(&self) -> BTreeSet<usize> {
        let all: Vec<usize> = (0..self.lines.len()).collect();
        all.iter().copied().filter(|row| self.is_masked(*row, &all)).collect()
    }

    /// Whether no row matches there, and one does before and behind along a dimension.
    fn is_gap(&self, place: &Place, dimension: usize) -> bool {
        let along = |position: &str| {
            let mut other = *place;
            let values = PLACES[dimension].iter().filter(|value| !value.is_empty());
            let (below, above): (Vec<&str>, Vec<&str>) =
                values.filter(|value| **value != position).partition(|value| key(value) < key(position));
            [below, above].map(|side| {
                side.into_iter().any(|value| {
                    other[dimension] = PLACES[dimension].iter().copied().find(|known| *known == value).unwrap();
                    !self.matching(&other).is_empty()
                })
            })
        };
        !place[dimension].is_empty() && self.matching(place).is_empty() && along(place[dimension]) == [true, true]
    }

    fn gaps(&self) -> BTreeSet<&'static str> {
        let days = self.hit.is_one_row().then_some((4, "date"));
        let dimensions = [(2, "units"), (3, "net")].into_iter().chain(days);
        let has = |dimension: usize| self.places.iter().any(|place| self.is_gap(place, dimension));
        dimensions.filter(|(dimension, _)| has(*dimension)).map(|(_, name)| name).collect()
    }

    /// The kinds that lines list with the sizes that they don't come together with, and how many come together in all.
    fn missing(&self) -> (BTreeSet<(&'static str, &'static str)>, usize) {
        let kinds = ["A", "B"].into_iter().filter(|kind| self.lines.iter().any(|line| line.0[0] == *kind));
        let all: BTreeSet<_> = kinds.flat_map(|kind| PLACES[1].iter().map(move |size| (kind, *size))).collect();
        let is_missing = |(kind, size): &(&str, &str)| {
            self.places
                .iter()
                .filter(|place| place[0] == *kind && place[1] == *size)
                .all(|place| self.matching(place).is_empty())
        };
        (all.iter().copied().filter(is_missing).collect(), all.len())
    }
}

fn key(text: &str) -> (crate::money::Decimal, &str) {
    (parse_decimal(text).unwrap_or_default(), text)
}

/// Where a claim lies for the table.
fn coordinates(decision: &Decision, place: &Place) -> Vec<Coordinate> {
    let [kind, size, units, net, day] = *place;
    let text = |text: &'static str| if text.is_empty() { Value::Nothing } else { Value::Text(text) };
    let net = if net.is_empty() { Value::Nothing } else { Value::Decimal(parse_decimal(net).unwrap()) };
    let values =
        [text(kind), text(size), Value::Integer(units.parse().unwrap()), net, Value::Date(parse_iso(day).unwrap())];
    decision.dimensions.iter().zip(values).map(|(dimension, value)| dimension.coordinate(value)).collect()
}

/// A claim that an example stands for.
fn place_of(example: &Example) -> Place {
    let names = ["kind", "size", "units", "net", "date"];
    let mut place = ["Z", "S", "0", "0.5", "2026-01-31"];
    for (name, sample) in example {
        let at = names.iter().position(|known| known == name).unwrap();
        let text = match sample {
            Sample::Value(value) => value.single().unwrap().to_string(),
            Sample::Unlisted => "Z".to_owned(),
            Sample::Anything => continue,
        };
        place[at] = text.leak();
    }
    place
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_gives_and_is_told_what_a_search_through_all_claims_finds(
        lines in prop::collection::vec(line(), 1..7),
        hit in prop::sample::select(&HITS[..]),
    ) {
        let mut csv = "kind,size,units_from,units_below,net_above,net_until,starts,ends,rank,says\n".to_owned();
        for line in &lines {
            writeln!(csv, "{}", line.0.join(",")).unwrap();
        }
        let (program, rows) = table(MATCHES, hit, FIELDS, &csv);
        let (table, mut flaws) = (&program.tables[0], Vec::new());
        let decision = Decision::new(table, table.hit.unwrap(), rows, &mut flaws);
        prop_assert_eq!(&flaws, &[]);
        let naive = Naive::new(&lines, decision.hit);
        for place in &naive.places {
            let mut expected = naive.matching(place);
            if decision.hit == Hit::First {
                expected.truncate(1);
            }
            let (coordinates, scratch) = (coordinates(&decision, place), Bump::new());
            let rows = decision.rows_at(&coordinates, &scratch);
            prop_assert_eq!(rows.as_slice(), expected, "{:?}", place);
        }
        let (mut overlaps, mut masked, mut gaps) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut missing = (BTreeSet::new(), 0);
        for flaw in review(table, &decision) {
            match flaw {
                FlawKind::Overlap { first, second, example } => {
                    let rows = naive.matching(&place_of(&example));
                    prop_assert!(rows.contains(&first) && rows.contains(&second), "{:?}", example);
                    overlaps.insert((first, second));
                }
                FlawKind::Masked { row, by, .. } => {
                    prop_assert!(naive.is_masked(row, &by), "{row} {by:?}");
                    masked.insert(row);
                }
                FlawKind::Gap { range, example } => {
                    let dimension = ["kind", "size", "units", "net", "date"].iter().position(|name| *name == range).unwrap();
                    let place = place_of(&example);
                    prop_assert!(naive.is_gap(&place, dimension), "{:?} {:?}", range, example);
                    gaps.insert(range);
                }
                FlawKind::Missing { examples, others } => {
                    missing.1 = examples.len() + others;
                    for example in examples {
                        let [kind, size, ..] = place_of(&example);
                        missing.0.insert((kind.to_owned(), size.to_owned()));
                    }
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
        prop_assert_eq!(overlaps, naive.overlaps());
        prop_assert_eq!(masked, naive.masked());
        prop_assert_eq!(gaps.iter().map(String::as_str).collect::<BTreeSet<_>>(), naive.gaps());
        let (all_missing, combinations) = naive.missing();
        let wanted = decision.hit.is_one_row() && all_missing.len() * 2 < combinations;
        prop_assert_eq!(missing.1, if wanted { all_missing.len() } else { 0 });
        prop_assert!(missing.0.iter().all(|(kind, size)| all_missing.contains(&(kind.as_str(), size.as_str()))));
    }
}
