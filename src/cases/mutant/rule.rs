//! Changes inside expressions and scripts: comparisons and their boundaries, operators, literals.

use super::{Mutant, figure::near};
use crate::{
    diagnostic::{Place, Span},
    program::Program,
    script::{Expression, Token, TokenKind},
};

/// What is tried in the place of an operator.
const OPERATORS: [(&str, &str); 12] = [
    ("<", "<="),
    ("<=", "<"),
    (">", ">="),
    (">=", ">"),
    ("==", "!="),
    ("!=", "=="),
    ("&&", "||"),
    ("||", "&&"),
    ("+", "-"),
    ("-", "+"),
    ("+=", "-="),
    ("-=", "+="),
];

/// The mutants of everything that decides; what stands in messages decides nothing.
pub(super) fn mutants(program: &Program) -> Vec<Mutant> {
    let of_rules = program.rules.iter().flat_map(|rule| rule.message.expressions());
    let of_flags = program.flags.iter().flat_map(|flag| flag.message.expressions());
    let words: Vec<&Expression> = of_rules.chain(of_flags).collect();
    let of_tokens = program.form.tokens(&words).into_iter().flat_map(|token| of_token(&token));
    of_tokens.map(|mutant| Mutant { in_rule: true, ..mutant }).collect()
}

fn of_token(token: &Token) -> Vec<Mutant> {
    let text = token.place.text();
    match token.kind {
        TokenKind::Operator => {
            let others = OPERATORS.iter().filter(|(operator, _)| *operator == text);
            others.map(|(_, other)| Mutant::instead(&token.place, (*other).to_owned())).collect()
        }
        TokenKind::Literal => match text {
            "true" => vec![Mutant::instead(&token.place, "false".to_owned())],
            "false" => vec![Mutant::instead(&token.place, "true".to_owned())],
            _ => of_figure(&token.place),
        },
    }
}

/// A number, or a date in its quotes.
fn of_figure(place: &Place) -> Vec<Mutant> {
    let quote = |sign: &char| matches!(sign, '"' | '\'' | '`');
    let is_quoted = place.text().starts_with(|sign| quote(&sign)) && place.text().len() > 2;
    let inside = match is_quoted {
        true => Place { span: Span { start: place.span.start + 1, end: place.span.end - 1 }, ..place.clone() },
        false => place.clone(),
    };
    let near = near(inside.text()).into_iter();
    near.filter(|other| !other.starts_with('-')).map(|other| Mutant::instead(&inside, other)).collect()
}
