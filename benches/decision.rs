//! One decision by the rules of the yardsticks, three ways over the same claims in the same process: through the typed
//! form, through Rhai's interpreter, and by hand in Rust on the same decimals. The rebate is written as a script, so that
//! all of the decision goes through the language.
//!
//! Without arguments it times all three in turns and prints their ratios. `typed 1000`, `rhai 1000` or `native 1000` makes
//! so many decisions and nothing else, for a tool that counts instructions.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    clippy::panic,
    reason = "a measurement prints what it finds and stops where it can't go on"
)]

mod generated;

use std::cell::Cell;

use std::{hint::black_box, path::Path, time::Instant};

use bumpalo::Bump;
use meed::{
    calendar::{Date, days_between},
    claim::{Claim, Claims, Value},
    diagnostic::Findings,
    input::{ColumnMap, read_claims, wanted},
    money::{RoundingMode, round_to_places},
    program::{ComponentKind, Program},
    script::{Evaluation, Scope},
    workspace::Workspace,
};
use rhai::{AST, Dynamic, Engine, OptimizationLevel};
use rust_decimal::{Decimal, RoundingStrategy};

const CLAIMS: usize = 1_000;
const ROUNDS: usize = 30;

/// What a decision comes to: a bit for each rule that holds and flag that is raised.
type Verdict = u8;

/// The figures beside the claim: the same for all three.
fn award_of(number: usize) -> Decimal {
    Decimal::new(i64::try_from(number % 40_000).unwrap(), 2)
}

/// The total of the quarter before the claim, on either side of each band.
fn before_of(number: usize) -> Decimal {
    Decimal::new(i64::try_from(number * 31_013 % 30_000_000).unwrap(), 2)
}

fn copies_of(number: usize) -> i64 {
    i64::from(number.is_multiple_of(50))
}

/// The rules through the typed form.
struct Typed<'p> {
    program: &'p Program,
    claims: Vec<Claim<'p>>,
    params: Vec<Value<'p>>,
}

impl Typed<'_> {
    fn decide(&self, index: usize, scratch: &Bump) -> (Verdict, Decimal) {
        let totals = [Value::Integer(copies_of(index)), Value::Decimal(before_of(index))];
        let scope = Scope {
            claim: self.claims[index],
            params: &self.params,
            tables: &[],
            totals: &totals,
            derived: &[],
            components: &[],
            counted_on: meed::calendar::Date::MIN,
            received_first: None,
            earlier: &[],
            due_total: Decimal::ZERO,
            award_total: award_of(index),
            award_cut: Decimal::ZERO,
            scratch,
            built: &Cell::new(0),
        };
        let mut evaluation = Evaluation::new(&self.program.form, &scope);
        let mut verdict = 0;
        for rule in &self.program.rules {
            verdict = verdict << 1 | Verdict::from(evaluation.holds(&rule.require).unwrap());
        }
        for flag in &self.program.flags {
            verdict = verdict << 1 | Verdict::from(evaluation.holds(&flag.when).unwrap());
        }
        let ComponentKind::Amount { amount: rebate, .. } = &self.program.components[0].kind else {
            panic!("no amount")
        };
        (verdict, evaluation.number(rebate).unwrap())
    }
}

/// The rules through Rhai's interpreter, each expression parsed once, the claim ready as a map.
struct Interpreted {
    engine: Engine,
    conditions: Vec<AST>,
    rebate: AST,
    scopes: Vec<rhai::Scope<'static>>,
}

impl Interpreted {
    fn new(program: &Program, claims: &Claims) -> Self {
        let mut engine = Engine::new();
        engine.set_optimization_level(OptimizationLevel::None);
        engine.register_fn("days_between", |from: Date, to: Date| days_between(from, to));
        engine.register_fn("round_half_even", |x: Decimal, places: i64| {
            round_to_places(x, u32::try_from(places).unwrap(), RoundingMode::HalfEven)
        });
        let texts = [
            "claim.country in params.territory",
            "days_between(claim.sale_date, claim.submitted) <= params.claim_window_days",
            "claim.category in [\"DEVICE\", \"SUPPLIES\"]",
            "totals.same_line > 0",
            "abs(claim.claimed - award.total) > params.tolerance",
        ];
        let places = program.rules.iter().map(|rule| rule.require.place().clone());
        let places = places.chain(program.flags.iter().map(|flag| flag.when.place().clone()));
        for (text, place) in texts.iter().zip(places) {
            assert_eq!(place.text(), *text, "the program has changed");
        }
        let conditions = texts.iter().map(|text| engine.compile_expression(text).unwrap()).collect();
        let functions = engine.compile(include_str!("workspace/rules/bench/scripted.rhai")).unwrap();
        let rebate = engine.compile_expression("rebate(totals.before, claim.net_revenue)").unwrap();
        let rebate = functions.merge(&rebate);
        let scopes = (0..claims.count()).map(|index| Self::scope(program, claims, index)).collect();
        Self { engine, conditions, rebate, scopes }
    }

    fn scope(program: &Program, claims: &Claims, index: usize) -> rhai::Scope<'static> {
        let dynamic = |value: Value<'_>| match value {
            Value::Text(text) => Dynamic::from(text.to_owned()),
            Value::Decimal(decimal) => Dynamic::from(decimal),
            Value::Date(date) => Dynamic::from(date),
            other => panic!("{other}"),
        };
        let fields = program.claim.fields.iter().enumerate();
        let claim: rhai::Map = fields
            .map(|(field, declared)| (declared.name.as_str().into(), dynamic(claims.claim(index).value(field))))
            .collect();
        let territory: rhai::Array = ["DE", "FR", "BR", "IT", "US"].map(|code| Dynamic::from(code.to_owned())).into();
        let map = |pairs: Vec<(&str, Dynamic)>| -> rhai::Map {
            pairs.into_iter().map(|(name, value)| (name.into(), value)).collect()
        };
        let params = map(vec![
            ("territory", territory.into()),
            ("claim_window_days", Dynamic::from(60_i64)),
            ("tolerance", Dynamic::from(Decimal::new(500, 2))),
        ]);
        let mut scope = rhai::Scope::new();
        scope.push("claim", claim);
        scope.push("params", params);
        scope.push(
            "totals",
            map(vec![("same_line", Dynamic::from(copies_of(index))), ("before", Dynamic::from(before_of(index)))]),
        );
        scope.push("award", map(vec![("total", Dynamic::from(award_of(index)))]));
        scope
    }

    fn decide(&mut self, index: usize) -> (Verdict, Decimal) {
        let Self { engine, conditions, rebate, scopes } = self;
        let scope = &mut scopes[index];
        let verdict = conditions.iter().fold(0, |verdict, condition| {
            verdict << 1 | Verdict::from(engine.eval_ast_with_scope::<bool>(scope, condition).unwrap())
        });
        (verdict, engine.eval_ast_with_scope::<Decimal>(scope, rebate).unwrap())
    }
}

/// The rules by hand, on the cells as the reader left them.
struct Native<'c> {
    rows: Vec<NativeRow<'c>>,
}

struct NativeRow<'c> {
    country: &'c str,
    sale_date: Date,
    submitted: Date,
    category: &'c str,
    net_revenue: Decimal,
    claimed: Decimal,
}

impl<'c> Native<'c> {
    fn new(program: &Program, claims: &'c Claims) -> Self {
        let field = |name: &str| program.claim.fields.iter().position(|field| field.name == name).unwrap();
        let rows = claims.iter().map(|claim| {
            let row = claim.row();
            NativeRow {
                country: row.text(field("country")).unwrap(),
                sale_date: row.date(field("sale_date")).unwrap(),
                submitted: row.date(field("submitted")).unwrap(),
                category: row.text(field("category")).unwrap(),
                net_revenue: row.number(field("net_revenue")).unwrap(),
                claimed: row.number(field("claimed")).unwrap(),
            }
        });
        Self { rows: rows.collect() }
    }

    fn decide(&self, index: usize) -> (Verdict, Decimal) {
        let row = &self.rows[index];
        let checks = [
            ["DE", "FR", "BR", "IT", "US"].contains(&row.country),
            days_between(row.sale_date, row.submitted) <= 60,
            ["DEVICE", "SUPPLIES"].contains(&row.category),
            copies_of(index) > 0,
            row.claimed.checked_sub(award_of(index)).unwrap().abs() > Decimal::new(500, 2),
        ];
        let before = before_of(index);
        let rebate = due(before.checked_add(row.net_revenue).unwrap()).checked_sub(due(before)).unwrap();
        (checks.iter().fold(0, |verdict, check| verdict << 1 | Verdict::from(*check)), rebate)
    }
}

fn due(total: Decimal) -> Decimal {
    if total <= Decimal::ZERO {
        return Decimal::ZERO;
    }
    let rate = if total >= Decimal::new(250_000, 0) {
        Decimal::new(5, 2)
    } else if total >= Decimal::new(100_000, 0) {
        Decimal::new(3, 2)
    } else {
        Decimal::new(1, 2)
    };
    total.checked_mul(rate).unwrap().round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven)
}

fn main() {
    let workspace = Workspace::find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workspace")).unwrap();
    let program = workspace.load(&"bench/scripted".parse().unwrap(), &mut Findings::new()).unwrap().program;
    let text = generated::claims(CLAIMS);
    let fields = wanted(&program.claim.fields);
    let claims = read_claims("c.csv", text.as_bytes(), &fields, &ColumnMap::default(), &mut |_| {}).unwrap().claims;
    let arena = Bump::new();
    let params = program.params.iter().map(|param| param.value_on(Date::MIN).value(&arena)).collect();
    let typed = Typed { program: &program, claims: claims.iter().collect(), params };
    let mut interpreted = Interpreted::new(&program, &claims);
    let native = Native::new(&program, &claims);
    let mut scratch = Bump::new();
    for index in 0..CLAIMS {
        let verdict = typed.decide(index, &scratch);
        assert_eq!(verdict, interpreted.decide(index), "claim {index}");
        assert_eq!(verdict, native.decide(index), "claim {index}");
        scratch.reset();
    }
    let mut run = |way: &str, count: usize| {
        for index in (0..CLAIMS).cycle().take(count) {
            match way {
                "typed" => {
                    black_box(typed.decide(black_box(index), &scratch));
                    scratch.reset();
                }
                "rhai" => drop(black_box(interpreted.decide(black_box(index)))),
                _ => drop(black_box(native.decide(black_box(index)))),
            }
        }
    };
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let [way, count] = arguments.as_slice() {
        return run(way, count.parse().unwrap());
    }
    compare(&mut run);
}

/// Times the three ways in turns and prints the best round of each, with what it is of the others.
fn compare(run: &mut dyn FnMut(&str, usize)) {
    let ways = ["native", "typed", "rhai"];
    let mut best = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        for (way, best) in ways.iter().zip(&mut best) {
            let start = Instant::now();
            run(way, CLAIMS);
            *best = best.min(start.elapsed().as_nanos() as f64 / CLAIMS as f64);
        }
    }
    for (way, nanoseconds) in ways.iter().zip(best) {
        println!("{way:<8} {nanoseconds:>8.0} ns a decision");
    }
    println!("rhai / typed    {:>6.1}", best[2] / best[1]);
    println!("typed / native  {:>6.1}", best[1] / best[0]);
}
