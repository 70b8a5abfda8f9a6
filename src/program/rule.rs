//! Eligibility rules and flags: coded checks with a disposition.

use super::{
    context::Context,
    fields::{Fields, word},
    name::check_code,
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    outcome::Disposition,
    script::{Expression, Facts, Template, Wanted},
};

/// An eligibility rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its code.
    pub code: String,
    /// Where it stands.
    pub place: Place,
    /// What must hold.
    pub require: Expression,
    /// What becomes of the claim otherwise.
    pub otherwise: Disposition,
    /// What it says then.
    pub message: Template,
    /// The rule that must have held for this one to be evaluated.
    pub after: Option<usize>,
}

/// A flag, evaluated after the award.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Its code.
    pub code: String,
    /// Where it stands.
    pub place: Place,
    /// When it is raised.
    pub when: Expression,
    /// What becomes of the claim then; approved if it is only noted.
    pub then: Disposition,
    /// What it says.
    pub message: Template,
}

/// Checks `eligibility`. Comes back with what its rejecting and returning rules establish for the award.
pub(super) fn check_eligibility(entries: &[(Text, Node)], context: &mut Context<'_>) -> (Vec<Rule>, Facts) {
    let (mut rules, mut established, mut facts_of) = (Vec::new(), Facts::none(), Vec::<(Facts, bool)>::new());
    let mut codes: Vec<String> = Vec::new();
    for (code, node) in entries {
        if !check_code(code, context) {
            continue;
        }
        let Some((rule, facts)) = check_rule(code, node, &codes, &facts_of, context) else {
            // Its number is kept, so that rules behind it still find those that they come after.
            codes.push(code.text.clone());
            facts_of.push((Facts::none(), false));
            continue;
        };
        let stops = matches!(rule.otherwise, Disposition::Rejected | Disposition::Returned);
        let reached = rule.after.and_then(|after| facts_of.get(after)).is_none_or(|(_, certain)| *certain);
        let certain = stops && reached;
        if certain {
            established = established.and(&facts);
        }
        codes.push(code.text.clone());
        facts_of.push((facts, certain));
        rules.push(rule);
    }
    (rules, established)
}

fn check_rule(
    code: &Text,
    node: &Node,
    codes: &[String],
    facts_of: &[(Facts, bool)],
    context: &mut Context<'_>,
) -> Option<(Rule, Facts)> {
    let mut fields = Fields::named(code, node, context.findings)?;
    let require = fields.required_text("require", "say what must hold");
    let otherwise = fields
        .required_text("else", "say what becomes of the claim if it doesn't hold: `else: reject`, `return` or `hold`");
    let (message, after) = (fields.optional_text("message"), fields.optional_text("after"));
    let findings = fields.findings();
    let words = [("reject", Disposition::Rejected), ("return", Disposition::Returned), ("hold", Disposition::Held)];
    let otherwise = otherwise.and_then(|text| word(&text, "a disposition of eligibility", &words, findings));
    fields.finish();
    let after = after.map(|text| check_after(&text, codes, context));
    let known =
        after.flatten().and_then(|after| facts_of.get(after)).map_or_else(Facts::none, |(facts, _)| facts.clone());
    let checked = require.as_ref().and_then(|text| context.expression(text, Wanted::Boolean, &known));
    let message = check_message(message, require.as_ref(), "requires", &known, context);
    let (require, facts) = checked?;
    if after == Some(None) {
        return None;
    }
    let (place, after) = (code.place.clone(), after.flatten());
    Some((Rule { code: code.text.clone(), place, require, otherwise: otherwise?, message: message?, after }, facts))
}

fn check_after(text: &Text, codes: &[String], context: &mut Context<'_>) -> Option<usize> {
    let found = codes.iter().position(|code| *code == text.text);
    if found.is_none() {
        let finding =
            Diagnostic::error(Code::RuleOrder, &text.place, format!("no rule `{}` stands above this one", text.text));
        context.findings.add(finding.suggest(&text.text, codes.iter().map(String::as_str)));
    }
    found
}

/// The message, or the condition itself where none is written.
fn check_message(
    message: Option<Text>,
    condition: Option<&Text>,
    verb: &str,
    facts: &Facts,
    context: &mut Context<'_>,
) -> Option<Template> {
    match message {
        Some(message) => context.template(&message, facts),
        None => condition.map(|condition| {
            let words: Vec<&str> = condition.text.split_whitespace().collect();
            Template::fixed(format!("{verb} {}", words.join(" ")))
        }),
    }
}

/// Checks `flags`.
pub(super) fn check_flags(entries: &[(Text, Node)], established: &Facts, context: &mut Context<'_>) -> Vec<Flag> {
    let mut flags = Vec::new();
    for (code, node) in entries {
        if check_code(code, context) {
            flags.extend(check_flag(code, node, established, context));
        }
    }
    flags
}

fn check_flag(code: &Text, node: &Node, established: &Facts, context: &mut Context<'_>) -> Option<Flag> {
    let mut fields = Fields::named(code, node, context.findings)?;
    let when = fields.required_text("when", "say when the flag is raised");
    let then = fields.required_text("then", "say what becomes of the claim: `then: hold`, `reject` or `note`");
    let message = fields.optional_text("message");
    let findings = fields.findings();
    let words = [("hold", Disposition::Held), ("reject", Disposition::Rejected), ("note", Disposition::Approved)];
    let then = then.and_then(|text| word(&text, "a disposition of flags", &words, findings));
    fields.finish();
    let checked = when.as_ref().and_then(|text| context.expression(text, Wanted::Boolean, established));
    let facts = checked.as_ref().map_or_else(|| established.clone(), |(_, facts)| facts.clone());
    let message = check_message(message, when.as_ref(), "because", &facts, context);
    let (when, _) = checked?;
    Some(Flag { code: code.text.clone(), place: code.place.clone(), when, then: then?, message: message? })
}
