//! What a total, a base or a limit is kept per.

use super::{
    context::Context,
    fields::texts,
    yaml::{Node, Text},
};
use crate::{
    calendar::Period,
    diagnostic::{Code, Diagnostic, Place},
    script::{Expression, Facts, Wanted},
};

/// One part of a key.
#[derive(Debug, Clone)]
pub enum KeyPart {
    /// This claim alone.
    Claim,
    /// Who earns.
    Participant,
    /// All claims of the program together.
    Program,
    /// A calendar period of the claim's date.
    Period(Period),
    /// An expression over the claim.
    Expression(Box<Expression>),
}

/// A `per` list.
#[derive(Debug, Clone)]
pub struct KeyPlan {
    /// Its parts with the words that the definition uses.
    pub parts: Vec<(String, KeyPart)>,
    /// Where it stands.
    pub place: Place,
}

impl KeyPlan {
    /// Whether it names the claim, so that nothing accumulates.
    pub fn is_claim(&self) -> bool {
        self.parts.iter().any(|(_, part)| matches!(part, KeyPart::Claim))
    }

    /// Whether every key of this plan lies within one key of the other, so that the other is as coarse or coarser.
    pub(super) fn determines(&self, other: &Self) -> bool {
        other.parts.iter().all(|(word, part)| match part {
            KeyPart::Program => true,
            KeyPart::Period(wanted) => self.parts.iter().any(|(_, have)| match have {
                KeyPart::Period(have) => have == wanted || contains(*have, *wanted),
                _ => false,
            }),
            _ => self.parts.iter().any(|(have, _)| have == word),
        })
    }

    /// Whether both name the same keys.
    pub fn same_as(&self, other: &Self) -> bool {
        self.determines(other) && other.determines(self)
    }
}

/// Whether a period always lies within one of the larger.
fn contains(small: Period, large: Period) -> bool {
    let rank = |period| match period {
        Period::Day => Some(0),
        Period::Month => Some(1),
        Period::Quarter => Some(2),
        Period::Year => Some(3),
        Period::Week | Period::FiscalQuarter | Period::FiscalYear => None,
    };
    match (small, large) {
        (Period::Day, _) | (Period::FiscalQuarter, Period::FiscalYear) => true,
        _ => matches!((rank(small), rank(large)), (Some(small), Some(large)) if small < large),
    }
}

/// Checks a `per` list.
pub(super) fn check(node: &Node, context: &mut Context<'_>) -> Option<KeyPlan> {
    let words = texts(node, context.findings);
    let parts: Vec<_> = words.iter().map(|text| check_part(text, context)).collect();
    let parts: Vec<_> = parts.into_iter().collect::<Option<_>>()?;
    if parts.is_empty() {
        let finding = Diagnostic::error(Code::WrongShape, node.place(), "a key names at least one thing");
        context
            .findings
            .add(finding.help("write `per: [participant, quarter]`, or `per: [program]` for all claims together"));
        return None;
    }
    Some(KeyPlan { parts, place: node.place().clone() })
}

fn check_part(text: &Text, context: &mut Context<'_>) -> Option<(String, KeyPart)> {
    let word = text.text.as_str();
    let part = match word {
        "claim" => KeyPart::Claim,
        "participant" => KeyPart::Participant,
        "program" => KeyPart::Program,
        _ => match Period::NAMES.iter().find(|(name, _)| *name == word) {
            Some((_, period)) if period.is_fiscal() && context.fiscal_year_starts.is_none() => {
                let finding =
                    Diagnostic::error(Code::MissingKey, &text.place, format!("`{word}` needs `fiscal_year_starts`"));
                context.findings.add(finding.help("write `fiscal_year_starts: 04-01` at the top of the definition"));
                return None;
            }
            Some((_, period)) => KeyPart::Period(*period),
            None if word.chars().all(|symbol| symbol.is_ascii_lowercase() || symbol == '_') => {
                let known =
                    ["claim", "participant", "program"].into_iter().chain(Period::NAMES.iter().map(|(name, _)| *name));
                let finding = Diagnostic::error(Code::UnknownWord, &text.place, format!("a key has no part `{word}`"));
                let field = context.vocabulary.row_with(word).is_some_and(|row| row == "claim");
                context.findings.add(if field {
                    finding.help(format!("for the field of the claim write `claim.{word}`"))
                } else {
                    finding.suggest(word, known)
                });
                return None;
            }
            None => KeyPart::Expression(Box::new(key_expression(text, context)?)),
        },
    };
    Some((word.to_owned(), part))
}

fn key_expression(text: &Text, context: &mut Context<'_>) -> Option<Expression> {
    let checked = context.over_claim(|context| context.expression(text, Wanted::Key, &Facts::none()));
    checked.map(|(expression, _)| expression)
}
