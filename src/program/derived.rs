//! Derived figures: named once, seen by every rule below, the trace and the cases.

use super::{
    context::Context,
    fields::text,
    name::{RESERVED_NAMES, check_word},
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic},
    schema::Type,
    script::{Expression, Facts, Member, Read, Wanted},
};

/// A named figure.
#[derive(Debug, Clone)]
pub struct Derived {
    /// As rules call it.
    pub name: String,
    /// What it comes to.
    pub value: Expression,
}

/// Checks `derived`; each sees those above it.
pub(super) fn check(entries: &[(Text, Node)], context: &mut Context<'_>) -> Vec<Derived> {
    let mut derived = Vec::new();
    for (name, node) in entries {
        if !check_word(name, "a figure", context) {
            continue;
        }
        if context.vocabulary.has(&name.text) || RESERVED_NAMES.contains(&name.text.as_str()) {
            let finding =
                Diagnostic::error(Code::NameTaken, &name.place, format!("`{}` already has a meaning", name.text));
            context.findings.add(finding.help("give the figure another name"));
            continue;
        }
        let expression = text(node, context.findings);
        let checked = expression.and_then(|text| context.expression(&text, Wanted::Printable, &Facts::none()));
        let member = match checked {
            Some((value, _)) => {
                let kind = value.kind();
                derived.push(Derived { name: name.text.clone(), value });
                Member { read: Read::Derived(derived.len() - 1), kind }
            }
            None => Member { read: Read::Presence, kind: Type::Never },
        };
        context.vocabulary.add_value(&name.text, member);
    }
    derived
}
