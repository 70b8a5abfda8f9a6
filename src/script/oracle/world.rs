//! The program that generated rules belong to: the names that they see, and claims with values at the edges.

use std::collections::{BTreeMap, HashSet};

use bumpalo::Bump;
use rhai::{Dynamic, Map};

use super::{random::Random, typed};
use crate::{
    calendar::{add_days, parse_iso},
    claim::{Cell, Claims, ColumnKind, Constant, PackedList, Value},
    money::{Decimal, parse_decimal},
    schema::{Base, Scalar, Type},
    script::{Found, Member, Read, RowType, Scope, Vocabulary},
};

/// The type of a value of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    One(Scalar),
    Maybe(Scalar),
    Many(Scalar),
}

use Kind::{Many, Maybe, One};
use Scalar::{Boolean, Date, Integer, Text};

pub(super) const SCALARS: [Scalar; 5] = [Boolean, Integer, Scalar::Decimal, Text, Date];

/// Named values with their types.
pub(super) type Members = &'static [(&'static str, Kind)];

pub(super) const CLAIM: Members = &[
    ("flag", One(Boolean)),
    ("units", One(Integer)),
    ("price", One(Scalar::Decimal)),
    ("sku", One(Text)),
    ("day", One(Date)),
    ("pieces", One(Integer)),
    ("cost", One(Scalar::Decimal)),
    ("note", One(Text)),
    ("paid", One(Date)),
    ("flag_maybe", Maybe(Boolean)),
    ("units_maybe", Maybe(Integer)),
    ("price_maybe", Maybe(Scalar::Decimal)),
    ("sku_maybe", Maybe(Text)),
    ("day_maybe", Maybe(Date)),
    ("marks", Many(Boolean)),
    ("sizes", Many(Integer)),
    ("weights", Many(Scalar::Decimal)),
    ("proofs", Many(Text)),
    ("visits", Many(Date)),
];

pub(super) const PARAMS: Members = &[
    ("on", One(Boolean)),
    ("bound", One(Integer)),
    ("rate", One(Scalar::Decimal)),
    ("word", One(Text)),
    ("since", One(Date)),
    ("flags", Many(Boolean)),
    ("steps", Many(Integer)),
    ("rates", Many(Scalar::Decimal)),
    ("words", Many(Text)),
    ("days", Many(Date)),
];

pub(super) const TOTALS: Members = &[("seen", One(Integer)), ("sold", One(Scalar::Decimal))];

/// The columns of the table, whose row may be missing.
pub(super) const GRID: Members = &[
    ("cap", One(Scalar::Decimal)),
    ("level", One(Text)),
    ("least", One(Integer)),
    ("open", One(Boolean)),
    ("from", One(Date)),
    ("ends", Maybe(Date)),
];

pub(super) const AWARD: Members = &[
    ("bonus", One(Scalar::Decimal)),
    ("volume", One(Scalar::Decimal)),
    ("total", One(Scalar::Decimal)),
    ("cut", One(Scalar::Decimal)),
];

/// The columns of a table whose rows all count.
pub(super) const OFFERS: Members = &[("points", Many(Integer)), ("shares", Many(Scalar::Decimal))];

pub(super) const EARLIER: Members = &[("fund", One(Scalar::Decimal)), ("drive", One(Scalar::Decimal))];

/// Derived figures, and as the last the total on which something is due.
pub(super) const DERIVED: Members = &[
    ("late", One(Boolean)),
    ("after", One(Integer)),
    ("share", One(Scalar::Decimal)),
    ("band", One(Text)),
    ("due", One(Date)),
    ("spare", Maybe(Scalar::Decimal)),
    ("total", One(Scalar::Decimal)),
];

/// The rows by name; `grid` alone may be missing. Any list may be empty.
pub(super) const ROWS: [(&str, Members); 7] = [
    ("claim", CLAIM),
    ("params", PARAMS),
    ("totals", TOTALS),
    ("award", AWARD),
    ("earlier", EARLIER),
    ("offers", OFFERS),
    ("grid", GRID),
];

impl Kind {
    pub(super) const fn declared(self) -> Type {
        match self {
            One(scalar) => Type::Some(Base::Scalar(scalar)),
            Maybe(scalar) => Type::Optional(Base::Scalar(scalar)),
            Many(scalar) => Type::Some(Base::List(scalar)),
        }
    }

    /// The column of a row that keeps it.
    pub(super) const fn column(self) -> ColumnKind {
        match self {
            One(scalar) | Maybe(scalar) => scalar.column(),
            Many(_) => ColumnKind::List,
        }
    }
}

pub(super) fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for (name, members) in ROWS {
        let row = RowType { name: name.into(), member_word: "member", members: BTreeMap::new() };
        let row = if name == "grid" { vocabulary.add_table(0, row) } else { vocabulary.add_row(row) };
        for (number, (member, kind)) in members.iter().enumerate() {
            let read = match (name, number) {
                ("claim", _) => Read::Field(number),
                ("params", _) => Read::Param(number),
                ("totals", _) => Read::Total(number),
                ("award", 2) => Read::AwardTotal,
                ("award", 3) => Read::AwardCut,
                ("award", _) => Read::Component(number),
                ("earlier", _) => Read::Earlier(number),
                ("offers", _) => Read::TableCell { table: 1, column: number },
                _ => Read::TableCell { table: 0, column: number },
            };
            vocabulary.add_member(row, member, Member { read, kind: kind.declared() });
        }
    }
    for (number, (name, kind)) in DERIVED.iter().enumerate() {
        let read = if *name == "total" { Read::DueTotal } else { Read::Derived(number) };
        vocabulary.add_value(name, Member { read, kind: kind.declared() });
    }
    vocabulary
}

/// What one evaluation sees.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) claim: Vec<Constant>,
    pub(super) params: Vec<Constant>,
    pub(super) totals: Vec<Constant>,
    pub(super) award: Vec<Constant>,
    pub(super) earlier: Vec<Constant>,
    pub(super) offers: Vec<Constant>,
    pub(super) grid: Option<Vec<Constant>>,
    pub(super) derived: Vec<Constant>,
}

impl Sample {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut of =
            |members: Members| members.iter().map(|(_, kind)| constant(*kind, random)).collect::<Vec<Constant>>();
        let (claim, params, totals) = (of(CLAIM), of(PARAMS), of(TOTALS));
        let (award, earlier, offers, derived) = (of(AWARD), of(EARLIER), of(OFFERS), of(DERIVED));
        let grid = of(GRID);
        let claim = claim.into_iter().map(as_kept).collect();
        let grid = (!random.one_in(3)).then_some(grid);
        Self { claim, params, totals, award, earlier, offers, grid, derived }
    }

    /// The cells of a row; the table's may be missing.
    fn cells(&self, row: &str) -> Option<&Vec<Constant>> {
        match row {
            "claim" => Some(&self.claim),
            "params" => Some(&self.params),
            "totals" => Some(&self.totals),
            "award" => Some(&self.award),
            "earlier" => Some(&self.earlier),
            "offers" => Some(&self.offers),
            _ => self.grid.as_ref(),
        }
    }

    /// The values that a rule names, long texts cut.
    pub(super) fn named_in(&self, rule: &str) -> String {
        let mut shown_values = Vec::new();
        for (name, members) in ROWS {
            let Some(cells) = self.cells(name) else {
                shown_values.push(format!("{name}: ()"));
                continue;
            };
            let named = members.iter().zip(cells).filter(|((member, _), _)| rule.contains(&format!(".{member}")));
            shown_values.extend(named.map(|((member, _), value)| format!("{name}.{member}: {value:?}")));
        }
        let derived = DERIVED.iter().zip(&self.derived).filter(|((name, _), _)| rule.contains(name));
        shown_values.extend(derived.map(|((name, _), value)| format!("{name}: {value:?}")));
        shown_values.iter().map(|value| value.chars().take(200).collect::<String>()).collect::<Vec<_>>().join(", ")
    }

    /// The same as Rhai sees it.
    pub(super) fn rhai_scope(&self) -> rhai::Scope<'static> {
        let mut scope = rhai::Scope::new();
        for (name, members) in ROWS {
            let row = self.cells(name).map_or(Dynamic::UNIT, |cells| {
                let cells = members.iter().zip(cells);
                cells.map(|((name, kind), cell)| ((*name).into(), typed(cell, kind.declared()))).collect::<Map>().into()
            });
            scope.push_dynamic(name, row);
        }
        for ((name, kind), value) in DERIVED.iter().zip(&self.derived) {
            scope.push_dynamic(*name, typed(value, kind.declared()));
        }
        scope
    }
}

/// Samples as the typed form sees them, no two of them the same.
pub(super) struct World {
    pub(super) samples: Vec<Sample>,
    claims: Claims,
    grids: Claims,
}

impl World {
    pub(super) fn new(random: &mut Random, count: usize) -> Self {
        let mut seen = HashSet::new();
        let mut samples = Vec::new();
        while samples.len() < count {
            let sample = Sample::new(random);
            if seen.insert(format!("{sample:?}")) {
                samples.push(sample);
            }
        }
        Self::of(samples)
    }

    pub(super) fn of(samples: Vec<Sample>) -> Self {
        let kinds = |members: Members| members.iter().map(|(_, kind)| kind.column()).collect::<Vec<_>>();
        let (mut claims, mut grids) = (Claims::new("test", kinds(CLAIM)), Claims::new("test", kinds(GRID)));
        for (line, sample) in (1..).zip(&samples) {
            claims.push(line, sample.claim.iter().map(cell), Vec::new()).unwrap();
            grids.push(line, sample.grid.iter().flatten().map(cell), Vec::new()).unwrap();
        }
        Self { samples, claims, grids }
    }

    /// Does something with what an evaluation of a sample sees.
    pub(super) fn scope<'a, T>(&'a self, number: usize, scratch: &'a Bump, act: impl FnOnce(&Scope<'a, '_>) -> T) -> T {
        let sample = &self.samples[number];
        let values = |constants: &'a [Constant]| constants.iter().map(|one| one.value(scratch)).collect::<Vec<_>>();
        let numbers = |constants: &[Constant]| constants.iter().map(|one| one.number().unwrap()).collect::<Vec<_>>();
        let award = numbers(&sample.award);
        let grid = sample.grid.as_ref().map_or(Found::Nothing, |_| Found::Row(self.grids.claim(number).row()));
        act(&Scope {
            claim: self.claims.claim(number),
            params: &values(&sample.params),
            tables: &[grid, Found::Columns(scratch.alloc_slice_copy(&values(&sample.offers)))],
            totals: &values(&sample.totals),
            derived: &values(&sample.derived),
            components: &award[..2],
            counted_on: crate::calendar::Date::MIN,
            received_first: None,
            earlier: &numbers(&sample.earlier),
            due_total: sample.derived.last().and_then(Constant::number).unwrap(),
            award_total: award[2],
            award_cut: award[3],
            scratch,
            built: &std::cell::Cell::new(0),
        })
    }
}

/// A constant as a cell of a row.
pub(super) fn cell(constant: &Constant) -> Cell<'_> {
    match constant {
        Constant::List(items) => Cell::List(PackedList::new(items.iter().map(cell))),
        single => single.single().and_then(Value::cell).unwrap(),
    }
}

/// As a cell of a claim keeps it: a list of decimals without the zeros at their ends.
fn as_kept(constant: Constant) -> Constant {
    match constant {
        Constant::List(items) => Constant::List(items.into_iter().map(as_kept_in_list).collect()),
        single => single,
    }
}

fn as_kept_in_list(constant: Constant) -> Constant {
    match constant {
        Constant::Decimal(decimal) => Constant::Decimal(decimal.normalize()),
        other => other,
    }
}

fn constant(kind: Kind, random: &mut Random) -> Constant {
    match kind {
        Maybe(_) if random.one_in(3) => Constant::Nothing,
        One(scalar) | Maybe(scalar) => single(scalar, random),
        Many(scalar) => Constant::List((0..random.below(5)).map(|_| single(scalar, random)).collect()),
    }
}

fn single(scalar: Scalar, random: &mut Random) -> Constant {
    match scalar {
        Boolean => Constant::Boolean(random.one_in(2)),
        Integer => Constant::Integer(integer(random)),
        Scalar::Decimal => Constant::Decimal(decimal(random)),
        Text => Constant::Text(text(random).into()),
        Date => Constant::Date(date(random)),
    }
}

fn integer(random: &mut Random) -> i64 {
    match random.below(16) {
        0 => random.pick(&[i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, 3_037_000_500, -3_037_000_500]),
        1 => random.bits().cast_signed(),
        2..=4 => 0,
        5 => random.between(-30, 30),
        _ => random.between(-12, 12),
    }
}

/// Whole, with places, close to zero, and as long as can be kept; zeros with places and with a sign.
fn decimal(random: &mut Random) -> Decimal {
    const EDGES: [&str; 12] = [
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "7.9228162514264337593543950335",
        "9999999999999999999999999999",
        "-9999999999999.999999999999999",
        "0.0000000000000000000000000001",
        "-0.0000000000000000000000000001",
        "1.0000000000000000000000000000",
        "0.3333333333333333333333333333",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808.5",
    ];
    match random.below(16) {
        0 => Decimal::from_str_exact(random.pick(&EDGES)).unwrap(),
        1 => {
            let mut wide =
                Decimal::from_parts(low_word(random), low_word(random), low_word(random), random.one_in(2), 0);
            wide.set_scale(u32::try_from(random.below(29)).unwrap()).unwrap();
            wide
        }
        2..=4 => parse_decimal(random.pick(&["0", "0.0", "0.00", "-0.0", "-0.00", "1", "1.0", "-1.00"])).unwrap(),
        5 => Decimal::new(random.between(-99, 99) * 10 + 5, u32::try_from(random.below(4)).unwrap()),
        6 => Decimal::new(random.bits().cast_signed(), u32::try_from(random.below(19)).unwrap()),
        _ => Decimal::new(random.between(-5_000, 5_000), u32::try_from(random.below(4)).unwrap()),
    }
}

fn low_word(random: &mut Random) -> u32 {
    u32::try_from(random.bits() >> 32).unwrap()
}

fn text(random: &mut Random) -> String {
    const TEXTS: [&str; 18] = [
        "",
        " ",
        "A",
        "B",
        "a",
        "LAMP-01",
        "10",
        "ü x",
        " pad\t",
        "ß",
        "İ",
        "日本語",
        "e\u{301}",
        "\u{1F9EA}",
        "2026-02-28",
        "2028-02-29",
        "2026-02-29",
        "0000-01-01",
    ];
    match random.below(60) {
        // As long as a text can be; in capitals, or in small letters, it is longer than that.
        0 => random.pick(&["ΐ", "İ"]).repeat(1 << 15),
        1 => "A".repeat(1 << 15),
        _ => random.pick(&TEXTS).to_owned(),
    }
}

fn date(random: &mut Random) -> crate::calendar::Date {
    const EDGES: [&str; 8] = [
        "0000-01-01",
        "9999-12-31",
        "9999-01-31",
        "2024-02-29",
        "2026-12-31",
        "2020-12-28",
        "1900-02-28",
        "0001-03-01",
    ];
    match random.below(6) {
        0 => parse_iso(random.pick(&EDGES)).unwrap(),
        _ => add_days(parse_iso("2024-01-01").unwrap(), random.between(0, 1_500)).unwrap(),
    }
}

/// A value as a test shows it, scale and sign of numbers included.
pub(super) fn shown(value: &Constant) -> String {
    let scratch = Bump::new();
    let value: Value<'_> = value.value(&scratch);
    format!("{value}")
}
