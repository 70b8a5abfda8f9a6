//! The typed form against the oracle: a table of expressions.

use std::{collections::BTreeMap, sync::Arc};

use bumpalo::Bump;
use rhai::Engine;

use super::{
    verdict::{Given, alike, class_of_error, class_of_reason},
    world::Kind::{self, Many, Maybe, One},
};
use crate::{
    calendar::parse_iso,
    claim::{Cell, Claims, Constant, PackedList, Value},
    diagnostic::{Findings, Fragment, Place, Source},
    money::{Decimal, parse_decimal},
    schema::Scalar,
    script::{Checker, Facts, Member, Read, RowType, Scope, Scripts, Vocabulary, Wanted, evaluate, oracle},
};

/// The claim's fields, with their types.
const FIELDS: [(&str, Kind); 11] = [
    ("flag", One(Scalar::Boolean)),
    ("units", One(Scalar::Integer)),
    ("price", One(Scalar::Decimal)),
    ("sku", One(Scalar::Text)),
    ("day", One(Scalar::Date)),
    ("units_maybe", Maybe(Scalar::Integer)),
    ("price_maybe", Maybe(Scalar::Decimal)),
    ("sku_maybe", Maybe(Scalar::Text)),
    ("sizes", Many(Scalar::Integer)),
    ("weights", Many(Scalar::Decimal)),
    ("proofs", Many(Scalar::Text)),
];

/// One claim of a test.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) flag: bool,
    pub(super) units: i64,
    pub(super) price: Decimal,
    pub(super) sku: String,
    pub(super) day: crate::calendar::Date,
    /// Whether optional fields and lists hold anything.
    pub(super) filled: bool,
}

impl Sample {
    fn usual() -> Self {
        let (price, day) = (parse_decimal("12.50").unwrap(), parse_iso("2026-07-01").unwrap());
        Self { flag: true, units: 7, price, sku: "LAMP-01".into(), day, filled: true }
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        let filled = |cell| if self.filled { cell } else { Cell::Empty };
        let list = |items: &[Cell<'static>]| Cell::List(PackedList::new(items.iter().filter(|_| self.filled).cloned()));
        vec![
            Cell::Boolean(self.flag),
            Cell::Integer(self.units),
            Cell::Decimal(self.price),
            Cell::Text(&self.sku),
            Cell::Date(self.day),
            filled(Cell::Integer(self.units)),
            filled(Cell::Decimal(self.price)),
            filled(Cell::Text(&self.sku)),
            list(&[Cell::Integer(self.units), Cell::Integer(3), Cell::Integer(-1)]),
            list(&[Cell::Decimal(self.price), Cell::Decimal(Decimal::TWO)]),
            list(&[Cell::Text("POD"), Cell::Text("INVOICE")]),
        ]
    }
}

pub(super) fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    let row = vocabulary.add_row(RowType { name: "claim".into(), member_word: "field", members: BTreeMap::new() });
    for (number, (name, kind)) in FIELDS.iter().enumerate() {
        vocabulary.add_member(row, name, Member { read: Read::Field(number), kind: kind.declared() });
    }
    vocabulary
}

pub(super) fn source(path: &str, text: &str) -> Arc<Source> {
    Arc::new(Source { path: path.into(), text: text.into() })
}

/// What the typed form gives; the outer error is that it doesn't check.
pub(super) fn typed(script: &str, expression: &str, sample: &Sample) -> Result<Given, String> {
    let mut findings = Findings::new();
    let mut scripts = Scripts::new();
    scripts.add(&source("rules.rhai", script), &mut findings);
    let place = source("program.yaml", expression);
    let fragment = Fragment::of(&Place::new(&place, 0..expression.len()), expression);
    let vocabulary = vocabulary();
    let mut checker = Checker::new(&scripts);
    let checked = checker.expression(&fragment, &vocabulary, Wanted::Any, &Facts::none(), &mut findings);
    let form = checker.finish(&mut Findings::new());
    if findings.has_errors() || checked.is_none() {
        let messages: Vec<String> = findings.into_sorted().into_iter().map(|finding| finding.message).collect();
        return Err(messages.join("; "));
    }
    let mut claims = Claims::new("test", FIELDS.iter().map(|(_, kind)| kind.column()));
    claims.push(1, sample.cells(), Vec::new()).unwrap();
    let scratch = Bump::new();
    let scope = Scope {
        claim: claims.claim(0),
        params: &[],
        tables: &[],
        totals: &[],
        derived: &[],
        components: &[],
        counted_on: crate::calendar::Date::MIN,
        received_first: None,
        earlier: &[],
        due_total: Decimal::ZERO,
        award_total: Decimal::ZERO,
        award_cut: Decimal::ZERO,
        scratch: &scratch,
        built: &std::cell::Cell::new(0),
    };
    let (expression, _) = checked.unwrap();
    let given = evaluate(&form, &expression, &scope).map(Constant::from);
    Ok(given.map_err(|failure| class_of_reason(&failure.reason).unwrap()))
}

fn interpreted(engine: &Engine, script: &str, expression: &str, sample: &Sample) -> Given {
    let mut claims = Claims::new("test", FIELDS.iter().map(|(_, kind)| kind.column()));
    claims.push(1, sample.cells(), Vec::new()).unwrap();
    let names = FIELDS.iter().enumerate();
    let scratch = Bump::new();
    let cell = |number| Constant::from(claims.claim(0).row().value_in(number, &scratch));
    let cells = names.map(|(number, (name, kind))| ((*name).into(), oracle::typed(&cell(number), kind.declared())));
    let given = oracle::evaluate(engine, script, expression, &BTreeMap::from([("claim", cells.collect())]));
    given.map_err(|error| class_of_error(&error).unwrap_or_else(|| panic!("{expression}: {error}")))
}

const SCRIPT: &str = r#"
/// The band of a number of units.
fn band(units) { if units >= 10 { return "high"; } if units >= 5 { "middle" } else { "low" } }
/// A price with a share taken off.
fn less(price, share) { let left = price - price * share; left }
/// A price, or zero where there is none.
fn or_zero(price) { if price == () { return 0.0; } price }
/// The sum of squares up to a bound.
fn squares(list, bound) { let total = 0; for x in list { if x <= bound { total += x * x; } } total }
/// The place of a value in a list.
fn place(list, wanted) { for (x, i) in list { if x == wanted { return i; } } -1 }
/// A word for a code.
fn word(code) { switch code { "A" => "first", "B" | "C" => "later", _ => `other ${code}` } }
/// A function that calls another.
fn twice(price) { less(price, 0.5) * 2 }
/// A local that changes.
fn climb(units) { let level = 1; if units > 3 { level += 1; } if units > 6 { level = level * 10; } level }
/// A list that is walked with a constant beside it.
fn scaled(units) { const FACTOR = 3; units * FACTOR }
"#;

/// Expressions with what they come to for the usual claim.
const EXPRESSIONS: &[(&str, &str)] = &[
    ("claim.units + 3", "10"),
    ("claim.units * claim.price", "87.50"),
    ("claim.price / 4", "3.1250"),
    ("1.0 / 3.0", "0.3333333333333333333333333333"),
    ("claim.units % 4", "3"),
    ("-claim.units + 1", "-6"),
    ("-claim.price", "-12.50"),
    ("0.1 + 0.2 == 0.3", "true"),
    ("claim.price > -5.5", "true"),
    ("- 2.5 + claim.price", "10.00"),
    ("2.5.abs()", "2.5"),
    ("`${-(claim.price - claim.price)}`", "-0.00"),
    ("claim.units < claim.price", "true"),
    ("claim.price >= 12.5", "true"),
    ("claim.sku == \"LAMP-01\" && !claim.flag", "false"),
    ("claim.sku in [\"A\", \"LAMP-01\"]", "true"),
    ("claim.units in [1, 2, 3]", "false"),
    ("\"MP\" in claim.sku", "true"),
    ("claim.sku.starts_with(\"LAMP\")", "true"),
    ("claim.sku.lower().ends_with(\"01\")", "true"),
    ("`${claim.sku} x ${claim.units} on ${claim.day}`", "LAMP-01 x 7 on 2026-07-01"),
    ("claim.sku + \"!\"", "LAMP-01!"),
    ("if claim.flag { claim.units } else { 0 }", "7"),
    ("switch claim.units { 7 => \"seven\", _ => \"other\" }", "seven"),
    ("claim.price_maybe != () && claim.price_maybe > 10", "true"),
    ("claim.price_maybe == () || claim.price_maybe > 100", "false"),
    ("or_else(claim.units_maybe, 0) + 1", "8"),
    ("min(claim.units, 5)", "5"),
    ("max(claim.units, 7.5)", "7.5"),
    ("clamp(claim.price, 1, 10)", "10"),
    ("abs(3 - claim.units)", "4"),
    ("idiv(claim.units, 2)", "3"),
    ("whole(claim.price)", "12"),
    ("round_half_even(2.345, 2)", "2.34"),
    ("round_half_up(2.345, 2)", "2.35"),
    ("round_up(claim.units, 0)", "7"),
    ("days_between(date(\"2026-06-01\"), claim.day)", "30"),
    ("business_days_between(claim.day, add_days(claim.day, 7))", "5"),
    ("month_of(claim.day)", "2026-07"),
    ("quarter_of(add_months(claim.day, -1))", "2026-Q2"),
    ("claim.day >= date(\"2026-07-01\")", "true"),
    ("weekday(claim.day)", "3"),
    ("sum([1, 2, claim.units])", "10"),
    ("sum([0.5, claim.price])", "13.00"),
    ("count([claim.sku, \"A\"])", "2"),
    ("or_else(first([claim.units, 2]), 0)", "7"),
    ("sorted([3, 1, claim.units])", "[1, 3, 7]"),
    ("or_else(largest([0.5, claim.price]), 0.0)", "12.50"),
    ("claim.proofs.contains(\"POD\")", "true"),
    ("\"POS\" in claim.proofs", "false"),
    ("2 in claim.weights", "true"),
    ("claim.sizes.count()", "3"),
    ("sum(claim.sizes)", "9"),
    ("sum(claim.weights) / 2", "7.250"),
    ("or_else(first(claim.proofs), \"none\")", "POD"),
    ("claim.sizes.sorted()", "[-1, 3, 7]"),
    ("squares(claim.sizes, 5)", "10"),
    ("place(sorted(claim.sizes), 7)", "2"),
    ("claim.proofs == [\"POD\", \"INVOICE\"]", "true"),
    ("band(claim.units)", "middle"),
    ("band(claim.units + 5)", "high"),
    ("less(claim.price, 0.1)", "11.250"),
    ("or_zero(claim.price_maybe)", "12.50"),
    ("squares([1, 2, 3, 4], 3)", "14"),
    ("place([5, claim.units], 7)", "1"),
    ("place([5, 6], 7)", "-1"),
    ("word(\"C\")", "later"),
    ("word(claim.sku)", "other LAMP-01"),
    ("twice(claim.price)", "12.500"),
    ("climb(claim.units)", "20"),
    ("climb(4)", "2"),
    ("scaled(claim.units)", "21"),
    ("claim.units * 9223372036854775807", "fails"),
    ("claim.units / 0.0", "fails"),
    ("claim.units % 0", "fails"),
    ("date(claim.sku) == claim.day", "fails"),
];

#[test]
fn every_expression_of_the_table_is_what_rhai_gives() {
    let (engine, sample) = (oracle::engine(), Sample::usual());
    for (expression, expected) in EXPRESSIONS {
        let typed = typed(SCRIPT, expression, &sample).unwrap_or_else(|trouble| panic!("{expression}: {trouble}"));
        let interpreted = interpreted(&engine, SCRIPT, expression, &sample);
        assert!(alike(&typed, &interpreted), "{expression}: {typed:?} is not {interpreted:?}");
        let scratch = Bump::new();
        let shown = typed.map_or("fails".to_owned(), |constant| constant.value(&scratch).to_string());
        assert_eq!(shown, *expected, "{expression}");
    }
}

#[test]
fn an_empty_value_is_what_rhai_gives() {
    let (engine, sample) = (oracle::engine(), Sample { filled: false, ..Sample::usual() });
    for expression in [
        "claim.price_maybe != () && claim.price_maybe > 10",
        "claim.price_maybe == () || claim.price_maybe > 10",
        "or_else(claim.sku_maybe, \"none\")",
        "or_zero(claim.price_maybe)",
        "if claim.units_maybe == () { 0 } else { claim.units_maybe }",
        "claim.proofs.contains(\"POD\") || \"POD\" in claim.proofs",
        "count(claim.proofs)",
        "sum(claim.sizes) + squares(claim.sizes, 5)",
        "sum(claim.weights)",
        "5 / (sum(claim.weights) + 3)",
        "5 / (sum(sorted(claim.weights)) + 3)",
        "`${-sum(claim.weights)}`",
        "or_else(first(claim.proofs), \"none\")",
        "largest(claim.weights) == ()",
        "sorted(claim.sizes)",
        "place(claim.sizes, 7)",
        "claim.sizes == sorted(claim.sizes)",
        "claim.proofs == [\"POD\"]",
    ] {
        let typed = typed(SCRIPT, expression, &sample).unwrap_or_else(|trouble| panic!("{expression}: {trouble}"));
        let interpreted = interpreted(&engine, SCRIPT, expression, &sample);
        assert!(alike(&typed, &interpreted), "{expression}: {typed:?} is not {interpreted:?}");
    }
}

#[test]
fn a_value_widens_only_to_a_decimal() {
    assert_eq!(Value::Integer(2).number(), Some(Decimal::TWO));
    assert_eq!(Value::Text("2").number(), None);
}
