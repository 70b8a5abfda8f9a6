//! Mutants: small changes of a definition and its scripts, each of which some case should notice.

mod definition;
mod figure;
mod rule;
mod search;

pub use search::Attempt;
pub(in crate::cases) use search::{attempts, renamed};

use std::sync::Arc;

use crate::{
    diagnostic::{Place, Source},
    program::{Node, Program},
};

/// One change: a range of a file and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// What is changed.
    pub place: Place,
    /// Where it is shown: the key of what is left out, or the same.
    pub shown: Place,
    /// By what.
    pub with: String,
    /// The change in words.
    pub words: String,
    /// Whether an operator or literal of an expression is changed, and nothing else.
    pub in_rule: bool,
}

impl Mutant {
    fn new(place: Place, with: impl Into<String>, words: impl Into<String>) -> Self {
        Self { shown: place.clone(), place, with: with.into(), words: words.into(), in_rule: false }
    }

    /// The same, shown elsewhere.
    fn shown_at(self, shown: &Place) -> Self {
        Self { shown: shown.clone(), ..self }
    }

    /// A token in the place of another.
    fn instead(place: &Place, with: String) -> Self {
        let words = format!("`{}` becomes `{with}`", place.text());
        Self::new(place.clone(), with, words)
    }

    /// The file as it would be.
    pub fn source(&self) -> Arc<Source> {
        let Source { path, text } = &*self.place.source;
        let (before, behind) = (text.get(..self.place.span.start), text.get(self.place.span.end..));
        let text = [before.unwrap_or(""), &self.with, behind.unwrap_or("")].concat();
        Arc::new(Source { path: path.clone(), text })
    }
}

/// The mutants of a program, in the order of files and places, none twice.
pub fn mutants(root: &Node, program: &Program) -> Vec<Mutant> {
    let mut mutants = definition::mutants(root);
    mutants.extend(rule::mutants(program));
    let key = |mutant: &Mutant| (mutant.place.source.path.clone(), mutant.place.span, mutant.with.clone());
    mutants.sort_by_key(key);
    mutants.dedup_by(|one, other| key(one) == key(other));
    mutants
}

/// What the rules of a program come to, without the places of what they say.
pub fn rules_of(program: &Program) -> String {
    program.form.without_places()
}
