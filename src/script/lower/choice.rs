//! Texts that a field with declared choices is compared with.

use super::review::Review;
use crate::{
    claim::Constant,
    diagnostic::{Code, Diagnostic, Place, nearest},
    script::form::{Node, NodeId, Read},
};

/// The most choices that a label names.
const MAX_NAMED: usize = 8;

impl Review<'_> {
    /// The places of what a value is compared with, each with a finding if it is none of the value's choices.
    pub(super) fn strangers(&self, subject: NodeId, other: NodeId) -> Vec<(Place, Option<Diagnostic>)> {
        // Also where there are no choices the question is noted, since this may be one call of several.
        let choices = self.choices(subject);
        let is_stranger = |value: &Constant| choices.is_some_and(|choices| !choices.contains(value));
        match self.form.node(other) {
            Node::Read(read @ Read::Param(_)) => {
                let Some(place) = self.form.extent(other) else { return Vec::new() };
                let values = self.vocabulary.values(read).map(|values| values.to_vec()).unwrap_or_default();
                let mut strangers: Vec<Constant> =
                    values.into_iter().flat_map(members).filter(|value| is_stranger(value)).collect();
                strangers.dedup();
                let finding = (!strangers.is_empty()).then(|| self.param_holds(subject, &place, &strangers)).flatten();
                vec![(place, finding)]
            }
            _ => {
                let literals = self.literals(other).into_iter();
                let looked_at = literals.map(|(place, value)| {
                    let finding = is_stranger(&value).then(|| self.no_choice(subject, &place, &value)).flatten();
                    (place, finding)
                });
                looked_at.collect()
            }
        }
    }

    /// The literals of a literal or of a list of literals.
    fn literals(&self, id: NodeId) -> Vec<(Place, Constant)> {
        let literals = |ids: &mut dyn Iterator<Item = NodeId>| {
            ids.filter_map(|id| Some((self.form.extent(id)?, self.form.literal(id)?))).collect()
        };
        match (self.form.node(id), self.form.literal(id)) {
            // INVARIANT: the literals of a constant list are the nodes right before it.
            (_, Some(Constant::List(items))) => {
                let count = NodeId::try_from(items.len()).unwrap_or(id);
                literals(&mut (id.saturating_sub(count)..id))
            }
            (Node::List(items), _) => literals(&mut self.form.run(items).iter().copied()),
            (_, Some(_)) => literals(&mut std::iter::once(id)),
            _ => Vec::new(),
        }
    }

    fn no_choice(&self, subject: NodeId, place: &Place, value: &Constant) -> Option<Diagnostic> {
        let (choices, name) = (self.choices(subject)?, self.form.extent(subject)?);
        let text = shown(value);
        let finding = Diagnostic::error(Code::NoChoice, place, format!("`{}` is never `{text}`", name.text()));
        let finding = finding.labelled("none of the choices").and(&name, listed("one of", choices));
        let known: Vec<String> = choices.iter().map(shown).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Some(match nearest(&text, &known) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("write one of its choices, or add `{text}` to them where it is declared")),
        })
    }

    fn param_holds(&self, subject: NodeId, place: &Place, strangers: &[Constant]) -> Option<Diagnostic> {
        let (choices, name) = (self.choices(subject)?, self.form.extent(subject)?);
        let message = format!("{}, and `{}` never is", listed("the param holds", strangers), name.text());
        let finding = Diagnostic::warning(Code::NoChoice, place, message);
        let finding = finding.and(&name, listed("one of", choices));
        Some(finding.help("correct the param, or add what is missing to the choices where they are declared"))
    }
}

/// The values of a list, or the value itself.
fn members(value: Constant) -> Vec<Constant> {
    match value {
        Constant::List(items) => items,
        other => vec![other],
    }
}

fn shown(value: &Constant) -> String {
    value.value(&bumpalo::Bump::new()).to_string()
}

/// The first of some values, as labels name them.
pub(super) fn listed(words: &str, values: &[Constant]) -> String {
    let named: Vec<String> = values.iter().take(MAX_NAMED).map(|value| format!("`{}`", shown(value))).collect();
    let more = if values.len() > MAX_NAMED { ", …" } else { "" };
    format!("{words} {}{more}", named.join(", "))
}
