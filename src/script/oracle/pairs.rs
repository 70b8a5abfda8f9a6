//! The typed form against the oracle on generated rules and claims.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, LazyLock},
};

use bumpalo::Bump;
use rhai::{AST, Dynamic, Engine};

use super::{
    census::{Census, Nodes},
    exact,
    generator::{self, Rules, Written},
    random::Random,
    verdict::{Given, Rhai, class_of_error, class_of_reason, compare, said},
    world::{World, vocabulary},
};
use crate::{
    claim::Constant,
    diagnostic::{Findings, Fragment, Place, Source},
    script::{
        Checker, Expression, Facts, Form, Scripts, Vocabulary, Wanted, code::Code, evaluate::evaluate_watched, limit,
        oracle,
    },
};

static ENGINES: LazyLock<Engines> = LazyLock::new(Engines::new);
static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(vocabulary);

/// Rhai's interpreter as it is, one that doesn't round, and one that bounds texts.
pub(super) struct Engines {
    pub(super) plain: Engine,
    pub(super) without_rounding: Engine,
    pub(super) with_bounded_texts: Engine,
}

impl Engines {
    pub(super) fn new() -> Self {
        let (mut without_rounding, mut with_bounded_texts) = (oracle::engine(), oracle::engine());
        exact::refuse_rounding(&mut without_rounding);
        with_bounded_texts.set_max_string_size(limit::MAX_TEXT_BYTES);
        Self { plain: oracle::engine(), without_rounding, with_bounded_texts }
    }
}

/// Rules as both sides run them.
pub(super) struct Ready {
    form: Form,
    code: Code<Nodes>,
    expressions: Vec<Expression>,
    as_written: Vec<AST>,
    without_points: Vec<AST>,
}

fn source(path: &str, text: &str) -> Arc<Source> {
    Arc::new(Source { path: path.into(), text: text.into() })
}

/// The typed form of expressions over a script. `None` if there are errors among the findings.
pub(super) fn check(script: &str, expressions: &[String], findings: &mut Findings) -> Option<(Form, Vec<Expression>)> {
    let mut scripts = Scripts::new();
    scripts.add(&source("rules.rhai", script), findings);
    let mut checker = Checker::new(&scripts);
    let mut checked = Vec::new();
    for text in expressions {
        let place = Place::new(&source("program.yaml", text), 0..text.len());
        let fragment = Fragment::of(&place, text);
        let expression = checker.expression(&fragment, &VOCABULARY, Wanted::Any, &Facts::none(), findings);
        checked.extend(expression.map(|(expression, _)| expression));
    }
    let form = checker.finish(&mut Findings::new());
    (!findings.has_errors() && checked.len() == expressions.len()).then_some((form, checked))
}

/// Checks rules and has Rhai parse them, also as they are written without points. The error says what the checker found.
pub(super) fn ready(rules: &Rules, without_points: &Rules, engine: &Engine) -> Result<Ready, String> {
    let mut findings = Findings::new();
    let Some((form, expressions)) = check(&rules.script, &rules.expressions, &mut findings) else {
        let messages = findings.into_sorted().into_iter().map(|finding| {
            let place = finding.labels.first().map_or_else(String::new, |label| {
                format!(" at {}, `{}`", label.place.path_and_line(), label.place.text())
            });
            format!("{}{place}", finding.message)
        });
        return Err(messages.collect::<Vec<_>>().join("; "));
    };
    let compiled = |rules: &Rules| {
        let functions = engine.compile(&rules.script).map_err(|error| error.to_string())?;
        let merged = rules.expressions.iter().map(|text| {
            let expression = engine.compile_expression(text).map_err(|error| error.to_string())?;
            Ok(functions.merge(&expression))
        });
        merged.collect::<Result<Vec<AST>, String>>()
    };
    let code = Code::of(&form);
    Ok(Ready { form, code, expressions, as_written: compiled(rules)?, without_points: compiled(without_points)? })
}

/// What both sides give for an expression on the first claim of a world, as text; the error says how they differ.
pub(super) fn said_by_both(script: &str, expression: &str, world: &World) -> Result<String, String> {
    let rules = Rules { script: script.to_owned(), expressions: vec![expression.to_owned()] };
    let engines = Engines::new();
    // `(a).f(b)`, as tests write it, without its point.
    let without_points = match expression.strip_prefix('(').and_then(|rest| rest.split_once(").")) {
        Some((subject, call)) if !call.contains("()") => {
            let (name, arguments) = call.split_once('(').unwrap();
            Rules { expressions: vec![format!("{name}({subject}, {arguments}")], ..rules.clone() }
        }
        _ => rules.clone(),
    };
    let ready = ready(&rules, &without_points, &engines.plain)?;
    let mut nodes = Nodes::new(&ready.form);
    let mut scope = world.samples[0].rhai_scope();
    let mut asked = Asked { ready: &ready, rule: 0, scope: &mut scope, engines: &engines };
    let typed = compare_one(&mut asked, world, 0, &mut nodes, &mut Census::default())?;
    Ok(said(&typed))
}

pub(super) fn interpreted(engine: &Engine, tree: &AST, scope: &mut rhai::Scope<'static>) -> Result<Given, String> {
    match engine.eval_ast_with_scope::<Dynamic>(scope, tree) {
        Ok(value) => Ok(Ok(oracle::constant(&value))),
        Err(error) => class_of_error(&error).map(Err).ok_or_else(|| error.to_string()),
    }
}

/// Rhai on one rule and one claim.
struct Asked<'p> {
    ready: &'p Ready,
    rule: usize,
    scope: &'p mut rhai::Scope<'static>,
    engines: &'p Engines,
}

impl Rhai for Asked<'_> {
    fn as_written(&mut self) -> Result<Given, String> {
        interpreted(&self.engines.plain, &self.ready.as_written[self.rule], self.scope)
    }

    fn without_points(&mut self) -> Result<Given, String> {
        interpreted(&self.engines.plain, &self.ready.without_points[self.rule], self.scope)
    }

    fn without_rounding(&mut self) -> Result<Given, String> {
        interpreted(&self.engines.without_rounding, &self.ready.without_points[self.rule], self.scope)
    }

    fn with_bounded_texts(&mut self) -> Result<Given, String> {
        interpreted(&self.engines.with_bounded_texts, &self.ready.without_points[self.rule], self.scope)
    }
}

/// Compares one rule on one claim; the error says how they differ.
fn compare_one(
    asked: &mut Asked<'_>,
    world: &World,
    claim: usize,
    nodes: &mut Nodes,
    census: &mut Census,
) -> Result<Given, String> {
    let scratch = Bump::new();
    let (form, code, expression) = (&asked.ready.form, &asked.ready.code, &asked.ready.expressions[asked.rule]);
    let given = world.scope(claim, &scratch, |scope| {
        let (given, seen) = evaluate_watched(form, code, expression, scope, std::mem::take(nodes));
        *nodes = seen;
        given.map(Constant::from)
    });
    let (typed, failed) = match given {
        Ok(value) => (Ok(value), None),
        Err(failure) => {
            let class = class_of_reason(&failure.reason).ok_or_else(|| format!("`{}` has no class", failure.reason))?;
            (Err(class), Some((class, failure.place)))
        }
    };
    let compared = compare(&typed, nodes.has_decimals(), asked);
    census.count(nodes, &oracle::called(), failed.as_ref().map(|(class, place)| (*class, place)));
    compared.map(|()| typed)
}

/// What comparing some rules came to.
#[derive(Debug, Default)]
struct Compared {
    census: Census,
    differences: Vec<String>,
    /// Hashes of the rules.
    rules: HashSet<u64>,
}

impl Compared {
    /// Compares every rule made of some choices on every claim.
    fn compare(
        &mut self,
        name: &str,
        rules: &Random,
        claims: &Random,
        (rule_count, claim_count): (usize, usize),
        engines: &Engines,
    ) {
        let Written { with_points: made, without_points } = generator::rules(rules, rule_count);
        let mut hasher = DefaultHasher::new();
        (&made.script, &made.expressions).hash(&mut hasher);
        if !self.rules.insert(hasher.finish()) {
            return;
        }
        let ready = match ready(&made, &without_points, &engines.plain) {
            Ok(ready) => ready,
            Err(trouble) => return self.differs(name, &made, "", &format!("not ready: {trouble}")),
        };
        let world = World::new(&mut claims.clone(), claim_count);
        let mut nodes = Nodes::new(&ready.form);
        for claim in 0..claim_count {
            let mut scope = world.samples[claim].rhai_scope();
            for (rule, text) in made.expressions.iter().enumerate() {
                let mut asked = Asked { ready: &ready, rule, scope: &mut scope, engines };
                if let Err(trouble) = compare_one(&mut asked, &world, claim, &mut nodes, &mut self.census) {
                    let sample = world.samples[claim].named_in(&format!("{text} {}", made.script));
                    self.differs(name, &made, text, &format!("{trouble}\n  for {sample}"));
                }
            }
        }
    }

    fn differs(&mut self, name: &str, rules: &Rules, expression: &str, trouble: &str) {
        if self.differences.len() < 20 {
            let called = |function: &str| expression.is_empty() || expression.contains(&format!("{function}("));
            let functions = rules.script.split("/// ").filter(|function| {
                let name = function.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
                name.is_some_and(|(name, _)| called(name))
            });
            let functions = functions.collect::<Vec<_>>().join("");
            self.differences.push(format!("{name}: {expression}\n  {trouble}\n{functions}"));
        }
    }

    #[cfg(test)]
    fn add(&mut self, other: Self) {
        self.census.add(&other.census);
        self.differences.extend(other.differences);
        assert!(self.rules.is_disjoint(&other.rules), "two seeds made the same rules");
        self.rules.extend(other.rules);
    }
}

/// Compares rules made of any bytes on claims made of their last quarter, and panics where the typed form and Rhai
/// differ.
pub(super) fn compare_rules_of(bytes: &[u8]) {
    let (rules, claims) = bytes.split_at(bytes.len() / 4 * 3);
    let mut compared = Compared::default();
    compared.compare("bytes", &Random::of_bytes(rules), &Random::of_bytes(claims), (4, 2), &ENGINES);
    assert!(compared.differences.is_empty(), "{}", compared.differences.join("\n"));
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        // Eight pairs each.
        #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn generated_rules_give_what_rhai_gives(bytes in prop::collection::vec(any::<u8>(), 0..1_000)) {
            compare_rules_of(&bytes);
        }
    }

    /// Compares so many pairs, shared out over threads by seed.
    fn compare_pairs(pairs: u64) -> Compared {
        const RULES: usize = 4;
        const CLAIMS: usize = 10;
        let seeds = pairs.div_ceil((RULES * CLAIMS) as u64);
        let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
        let one = |thread: u64| {
            let (engines, mut compared) = (Engines::new(), Compared::default());
            for seed in (0..seeds).filter(|seed| seed % threads == thread) {
                let (rules, claims) = (Random::new(seed), Random::new(!seed));
                compared.compare(&format!("seed {seed}"), &rules, &claims, (RULES, CLAIMS), &engines);
            }
            compared
        };
        let mut all = Compared::default();
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|thread| scope.spawn(move || one(thread))).collect();
            for running in running {
                all.add(running.join().unwrap());
            }
        });
        all
    }

    /// `cargo test --release --lib a_million_pairs -- --ignored`; `MEED_PAIRS` takes another number.
    #[test]
    #[ignore = "a million pairs take a minute"]
    fn a_million_pairs_give_what_rhai_gives_and_reach_everything_a_thousand_times() {
        let pairs = std::env::var_os("MEED_PAIRS").map_or(1_000_000, |pairs| pairs.to_str().unwrap().parse().unwrap());
        let compared = compare_pairs(pairs);
        let rows = compared.census.rows();
        let mut table = format!("{} pairs, {} of them with a value\n", compared.census.pairs, compared.census.values);
        for (name, count) in &rows {
            writeln!(table, "{count:>9}  {name}").unwrap();
        }
        // Not through `println!`, which the test runner hides for a test that passes.
        std::io::Write::write_all(&mut std::io::stderr(), table.as_bytes()).unwrap();
        assert!(compared.differences.is_empty(), "{}", compared.differences.join("\n"));
        assert!(compared.census.pairs >= pairs, "{} pairs", compared.census.pairs);
        let few: Vec<_> = rows.iter().filter(|(_, count)| *count < 1_000).collect();
        assert!(few.is_empty(), "reached less than 1,000 times: {few:?}");
    }
}
