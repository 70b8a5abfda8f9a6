//! Each known hazard of Rhai as a language of money rules: refused by the checker with a code, or the same as Rhai's
//! interpreter gives, or kept out by how Rhai is built and set.

mod bounds;
mod language;
mod numbers;
mod settings;
mod typing;

use super::{
    pairs::{check, said_by_both},
    random::Random,
    world::World,
};
use crate::diagnostic::{Code, Findings};

/// The code with which an expression is refused.
fn refusal(expression: &str) -> Code {
    refusal_in("", expression)
}

/// The code with which a script is refused whose `f` an expression calls.
fn refusal_in(script: &str, expression: &str) -> Code {
    let mut findings = Findings::new();
    let form = check(script, &[expression.to_owned()], &mut findings);
    assert!(form.is_none() && findings.has_errors(), "`{expression}` is not refused");
    let first = findings.into_sorted().into_iter().next().unwrap();
    assert!(!first.message.is_empty() && !first.labels.is_empty(), "`{expression}` is refused without a place");
    first.code
}

/// What an expression gives, which is what Rhai gives for it.
fn value(expression: &str) -> String {
    value_in("", expression)
}

fn value_in(script: &str, expression: &str) -> String {
    let world = World::new(&mut Random::new(7), 1);
    said_by_both(script, expression, &world).unwrap_or_else(|trouble| panic!("`{expression}`: {trouble}"))
}

fn manifest() -> &'static str {
    include_str!("../../../../Cargo.toml")
}
