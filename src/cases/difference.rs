//! What changed between accepted outcomes and those of now, in the words of outcomes: claim, amount, component, reason.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use crate::{
    diagnostic::{Findings, Source},
    program::{Node, Text, parse},
};

/// What changed of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimDifference {
    /// Its id; empty where it has none.
    pub claim: String,
    /// What changed; nothing for a claim that is new or gone.
    pub changes: Vec<Change>,
    /// Whether it is decided now.
    pub is_decided: bool,
    /// Whether it was decided before.
    pub was_decided: bool,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What: `award`, `components.volume_rebate`, `reasons`.
    pub what: String,
    /// What it was; empty where there was none.
    pub accepted: String,
    /// What it is; empty where there is none.
    pub now: String,
}

/// A claim of a snapshot by its id and how often that stood before.
type Key = (String, usize);

/// What changed, claim by claim: those of now in their order, then those that are gone. `None` where a snapshot can't be
/// read as one.
pub fn differences(accepted: &str, now: &str) -> Option<Vec<ClaimDifference>> {
    let (accepted, now) = (claims(accepted)?, claims(now)?);
    let before: BTreeMap<&Key, &Node> = accepted.iter().map(|(key, node)| (key, node)).collect();
    let after: BTreeMap<&Key, &Node> = now.iter().map(|(key, node)| (key, node)).collect();
    let of_now = now.iter().map(|(key, node)| {
        let changes = before.get(key).map_or_else(Vec::new, |before| changes(before, node));
        let was_decided = before.contains_key(key);
        ClaimDifference { claim: key.0.clone(), changes, is_decided: true, was_decided }
    });
    let gone = accepted.iter().filter(|(key, _)| !after.contains_key(key)).map(|(key, _)| ClaimDifference {
        claim: key.0.clone(),
        changes: Vec::new(),
        is_decided: false,
        was_decided: true,
    });
    let all = of_now.chain(gone);
    Some(all.filter(|one| !one.changes.is_empty() || !one.was_decided || !one.is_decided).collect())
}

impl ClaimDifference {
    /// The lines that say it.
    pub fn lines(&self) -> Vec<String> {
        let claim = if self.claim.is_empty() { "a row without an id" } else { &self.claim };
        match (self.was_decided, self.is_decided) {
            (false, _) => vec![format!("{claim}: is new")],
            (_, false) => vec![format!("{claim}: is gone")],
            _ => self.changes.iter().map(|change| format!("{claim}: {}", change.line())).collect(),
        }
    }
}

impl Change {
    fn line(&self) -> String {
        match (self.accepted.as_str(), self.now.as_str()) {
            ("", now) => format!("{}: now also {now}", self.what),
            (accepted, "") => format!("{}: no longer {accepted}", self.what),
            (accepted, now) => format!("{}: {accepted} → {now}", self.what),
        }
    }
}

fn claims(contents: &str) -> Option<Vec<(Key, Node)>> {
    let source = Arc::new(Source { path: "snapshot".to_owned(), text: format!("{contents}\n") });
    let Node::Sequence(items, _) = parse(&source, &mut Findings::new())? else { return None };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let keyed = items.into_iter().map(|item| {
        let id = item.at(&["claim"])?.scalar()?.text.clone();
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        Some(((id, *count), item))
    });
    keyed.collect()
}

fn changes(before: &Node, after: &Node) -> Vec<Change> {
    let (before, after) = (leaves("", before), leaves("", after));
    let mut changes = Vec::new();
    let mut names: Vec<&String> = after.iter().map(|(name, _)| name).collect();
    names.extend(before.iter().map(|(name, _)| name).filter(|name| after.iter().all(|(other, _)| other != *name)));
    names.dedup();
    for name in names {
        let of = |leaves: &'_ [(String, Vec<String>)]| -> Vec<String> {
            leaves.iter().find(|(other, _)| other == name).map_or_else(Vec::new, |(_, texts)| texts.clone())
        };
        let (old, new) = (of(&before), of(&after));
        let change = |accepted: &str, now: &str| Change {
            what: name.clone(),
            accepted: accepted.to_owned(),
            now: now.to_owned(),
        };
        match (old.as_slice(), new.as_slice()) {
            ([old], [new]) if old != new => changes.push(change(old, new)),
            (old, new) => {
                let gone = old.iter().filter(|text| !new.contains(text)).map(|text| change(text, ""));
                let added = new.iter().filter(|text| !old.contains(text)).map(|text| change("", text));
                changes.extend(gone.chain(added));
            }
        }
    }
    changes
}

/// The values of a claim by their names; a list has several.
fn leaves(name: &str, node: &Node) -> Vec<(String, Vec<String>)> {
    match node {
        Node::Scalar(text) => vec![(name.to_owned(), vec![text.text.clone()])],
        Node::Sequence(items, _) => {
            let texts = items.iter().filter_map(Node::scalar).map(|text| text.text.clone());
            vec![(name.to_owned(), texts.collect())]
        }
        Node::Mapping(entries, _) => {
            let inside = |(key, value): &(Text, Node)| {
                let below = if name.is_empty() { key.text.clone() } else { format!("{name}.{}", key.text) };
                leaves(&below, value)
            };
            // The number of a claim moves with every claim before it.
            entries.iter().filter(|(key, _)| key.text != "nth").flat_map(inside).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(accepted: &str, now: &str) -> Vec<String> {
        differences(accepted, now).unwrap().iter().flat_map(ClaimDifference::lines).collect()
    }

    #[test]
    fn amounts_components_and_reasons_are_named_and_what_stays_is_not() {
        let accepted = "- claim: A\n  nth: 1\n  award: '1.00'\n  components:\n    bonus: '1.00'\n  reasons:\n  - 'LATE (reject): x'\n\
                        - claim: B\n  nth: 2\n  award: '0.00'\n- claim: B\n  nth: 3\n  award: '0.00'";
        let now = "- claim: N\n  nth: 1\n  award: '0.00'\n- claim: A\n  nth: 2\n  award: '2.00'\n  components:\n    bonus: '2.00'\n  \
                   reasons:\n  - 'EARLY (hold): y'\n  cuts:\n  - 'CAP: 1.00'\n- claim: B\n  nth: 3\n  award: '0.00'";
        assert_eq!(
            lines(accepted, now),
            [
                "N: is new",
                "A: award: 1.00 → 2.00",
                "A: components.bonus: 1.00 → 2.00",
                "A: reasons: LATE (reject): x → EARLY (hold): y",
                "A: cuts: now also CAP: 1.00",
                "B: is gone",
            ]
        );
        assert_eq!(lines(now, now), Vec::<String>::new());
    }
}
