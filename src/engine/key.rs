//! The values of a `per` list for one claim.

use crate::{
    calendar::Date,
    claim::Value,
    history::Key,
    outcome::Seen,
    program::{KeyPart, KeyPlan, Program},
    script::{Failure, Scope, evaluate},
};

/// A key with the values that it was made of.
#[derive(Debug, Clone)]
pub(super) struct KeyValues<'a> {
    pub(super) key: Key,
    words: Vec<(&'a str, Value<'a>)>,
}

impl<'a> KeyValues<'a> {
    /// The key of a plan for a claim. The words `claim` and `program` add nothing: the first is never kept, the second
    /// is the same for all.
    pub(super) fn new(
        program: &'a Program,
        plan: &'a KeyPlan,
        date: Date,
        scope: &Scope<'a, '_>,
    ) -> Result<Self, Failure> {
        let mut words = Vec::with_capacity(plan.parts.len());
        for (word, part) in &plan.parts {
            let value = match part {
                KeyPart::Claim | KeyPart::Program => continue,
                KeyPart::Participant => scope.claim.value(program.claim.participant),
                KeyPart::Period(period) => {
                    let start = program.identification.fiscal_year_starts.unwrap_or_default();
                    Value::Text(scope.scratch.alloc_str(&period.name(date, start)))
                }
                KeyPart::Expression(expression) => evaluate(&program.form, expression, scope)?,
            };
            words.push((word.as_str(), value));
        }
        Ok(Self { key: Key::new(words.iter().map(|(_, value)| *value)), words })
    }

    /// The values, for the trace.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.words.iter().map(|(word, value)| Seen { name: (*word).to_owned(), value: (*value).into() }).collect()
    }
}
