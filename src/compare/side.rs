//! A definition with the claims that it decides, and what it decided before.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    claim::Claims,
    engine::{Awards, Past, Run, Tables, after_limits},
    money::{Decimal, Inexact},
    outcome::{Depth, Outcome},
    program::Program,
};

/// A definition with the claims that it decides.
#[derive(Clone, Copy)]
pub struct Side<'p> {
    /// The program.
    pub program: &'p Program,
    /// Its tables.
    pub tables: &'p Tables,
    /// The claims as this program reads them.
    pub claims: &'p Claims,
    /// Claims that it decides first, run by run: the history.
    pub earlier: &'p [Claims],
    /// What programs that came first decided for the claims.
    pub awards: &'p Awards,
}

/// Takes an outcome with what limits left of its components.
pub(super) type Sink<'s> = dyn FnMut(&Outcome<'_>, &[Decimal]) -> Result<(), Inexact> + 's;

impl Side<'_> {
    /// The past that the claims are decided on.
    fn past(&self) -> Past {
        let mut past = match self.earlier {
            [] => Past::new(self.program),
            _ => Past::remembering(self.program),
        };
        for claims in self.earlier {
            self.run(claims, &mut past, &|_, _| Depth::Codes, &mut |_| {});
        }
        past
    }

    fn run(
        &self,
        claims: &Claims,
        past: &mut Past,
        depth: &dyn Fn(&str, u64) -> Depth,
        sink: &mut dyn FnMut(&Outcome<'_>),
    ) {
        let Self { program, tables, awards, .. } = *self;
        Run { program, tables, claims, awards, depth, names: false }.decide(past, &mut |outcome, _| sink(outcome));
    }

    /// Decides the claims and hands out each outcome with what limits left of its components.
    pub(super) fn decide(&self, sink: &mut Sink<'_>) -> Result<(), Inexact> {
        let mut result = Ok(());
        self.run(self.claims, &mut self.past(), &|_, _| Depth::Codes, &mut |outcome| {
            if result.is_ok() {
                result = match outcome.cuts.is_empty() {
                    true => sink(outcome, &outcome.components),
                    false => after_limits(self.program, outcome).and_then(|left| sink(outcome, &left)),
                };
            }
        });
        result
    }
}

/// The outcomes of the claims on some lines with the words of their reasons, which takes another run. Private figures
/// aren't shown.
pub fn words(side: &Side<'_>, lines: &BTreeSet<u64>) -> BTreeMap<u64, Outcome<'static>> {
    let mut outcomes = BTreeMap::new();
    if lines.is_empty() {
        return outcomes;
    }
    let depth = |_: &str, line: u64| if lines.contains(&line) { Depth::Words } else { Depth::Codes };
    side.run(side.claims, &mut side.past(), &depth, &mut |outcome| {
        if lines.contains(&outcome.origin.line) {
            outcomes.insert(outcome.origin.line, outcome.clone().into_owned());
        }
    });
    outcomes
}
