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
                let member = Member { read: Read::Derived(derived.len()), kind: value.kind() };
                // Another name for a field has its choices; a param would be known by the name of the figure alone.
                let copied =
                    value.reads().first().filter(|(_, read)| value.is_read() && !matches!(read, Read::Param(_)));
                let values = copied.and_then(|(_, read)| context.vocabulary.values(*read).cloned());
                context.vocabulary.declare_values(member.read, values);
                derived.push(Derived { name: name.text.clone(), value });
                member
            }
            None => Member { read: Read::Presence, kind: Type::Never },
        };
        context.vocabulary.add_value(&name.text, member);
    }
    derived
}
