//! Paths into a definition: keys and numbers of items with points between them.

use super::nothing_there;
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place},
    program::{Node, Text},
};

/// Sections whose entries have names or codes.
const NAMED: [&str; 8] = ["params", "tables", "totals", "derived", "eligibility", "award", "limits", "flags"];
/// The sections whose entries have codes, which no two of them share.
const CODED: [&str; 3] = ["eligibility", "limits", "flags"];

/// What stands at a path.
pub fn at<'n>(root: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('.').try_fold(root, |node, part| match node {
        Node::Mapping(entries, _) => entries.iter().find(|(key, _)| key.text == part).map(|(_, value)| value),
        Node::Sequence(items, _) => items.get(number(part)?),
        Node::Scalar(_) => None,
    })
}

/// The place in a list that a number counted from 1 means.
fn number(part: &str) -> Option<usize> {
    part.parse::<usize>().ok()?.checked_sub(1)
}

/// The part of a path that is at hand, with where the whole of it stands.
struct Step<'p> {
    path: &'p Text,
    parts: Vec<&'p str>,
    /// How many parts lie behind.
    done: usize,
}

impl<'p> Step<'p> {
    fn part(&self) -> &'p str {
        self.parts.get(self.done).copied().unwrap_or_default()
    }

    fn is_last(&self) -> bool {
        self.done + 1 >= self.parts.len()
    }

    /// The part's own place.
    fn place(&self) -> Place {
        let whole = &self.path.place;
        let before: usize = self.parts.iter().take(self.done).map(|part| part.len() + 1).sum();
        if whole.text() != self.path.text {
            return whole.clone();
        }
        let start = whole.span.start + before;
        Place::new(&whole.source, start..start + self.part().len())
    }

    /// The part as a key.
    fn key(&self) -> Text {
        Text { text: self.part().to_owned(), place: self.place(), plain: true }
    }

    /// Whether a key may be new with this value: what an entry may hold the check says, and a new entry has keys of its
    /// own, so that a mistyped name is none.
    fn may_be_new(&self, value: &Node) -> bool {
        let is_entry = self.done == 1 && self.parts.first().is_some_and(|first| NAMED.contains(first));
        self.done > 0 && (!is_entry || matches!(value, Node::Mapping(..)))
    }

    /// What messages call that which the path has led to so far.
    fn within(&self) -> String {
        match self.done {
            0 => "the definition".to_owned(),
            done => format!("`{}`", self.parts.get(..done).unwrap_or_default().join(".")),
        }
    }

    fn missing<'k>(&self, known: impl Iterator<Item = &'k str>) -> Diagnostic {
        let message = format!("there is no `{}` in {}", self.part(), self.within());
        nothing_there(&self.place(), message).suggest(self.part(), known)
    }

    fn is_code(&self) -> Diagnostic {
        let code = self.part();
        let message = format!("`{code}` is a rule, limit or flag, and has no value of its own");
        let help = format!("`'{code}=~'` takes it out; the quotes keep a shell from reading the `~`");
        nothing_there(&self.place(), message).help(help)
    }

    fn no_item(&self, count: usize) -> Diagnostic {
        let message = format!("{} has no item `{}`", self.within(), self.part());
        nothing_there(&self.place(), message).help(format!("items are counted from 1 to {count}"))
    }

    fn leads_nowhere(&self) -> Diagnostic {
        let message = format!("{} is a single value, and has no `{}`", self.within(), self.part());
        nothing_there(&self.place(), message).help("end the path there")
    }
}

/// The codes of rules, limits and flags.
fn codes(root: &Node) -> Vec<String> {
    let Node::Mapping(sections, _) = root else { return Vec::new() };
    let coded = sections.iter().filter(|(section, _)| CODED.contains(&section.text.as_str()));
    let entries =
        coded.filter_map(|(_, section)| if let Node::Mapping(entries, _) = section { Some(entries) } else { None });
    entries.flatten().map(|(key, _)| key.text.clone()).collect()
}

fn steps(path: &Text) -> Step<'_> {
    Step { path, parts: path.text.split('.').collect(), done: 0 }
}

/// Puts a value at a path. Says whether it could.
pub(super) fn set(root: &mut Node, path: &Text, value: &Node, findings: &mut Findings) -> bool {
    if value.is_empty() {
        let finding = Diagnostic::error(Code::WrongShape, value.place(), format!("`{}` has no value", path.text));
        findings.add(finding.help("give it a value; `~` takes it out"));
        return false;
    }
    let codes = codes(root);
    let (mut node, mut step) = (root, steps(path));
    loop {
        let is_last = step.is_last();
        let found = match node {
            Node::Mapping(entries, _) => {
                let place = entries.iter().position(|(key, _)| key.text == step.part());
                if place.is_none() && is_last && step.may_be_new(value) {
                    entries.push((step.key(), value.clone()));
                    return true;
                }
                let known: Vec<String> = entries.iter().map(|(key, _)| key.text.clone()).collect();
                let found = place.and_then(|place| entries.get_mut(place)).map(|(_, value)| value);
                found.ok_or_else(|| match step.done == 0 && is_last && codes.iter().any(|code| code == step.part()) {
                    true => step.is_code(),
                    false => step.missing(known.iter().map(String::as_str)),
                })
            }
            Node::Sequence(items, _) => {
                let count = items.len();
                number(step.part()).and_then(|place| items.get_mut(place)).ok_or_else(|| step.no_item(count))
            }
            Node::Scalar(_) => Err(step.leads_nowhere()),
        };
        match found {
            Err(finding) => {
                findings.add(finding);
                return false;
            }
            Ok(found) if is_last => {
                *found = value.clone();
                return true;
            }
            Ok(found) => node = found,
        }
        step.done += 1;
    }
}

/// Takes out what stands at a path, or the rule, limit or flag with a code. Says whether it could.
pub(super) fn take_out(root: &mut Node, path: &Text, findings: &mut Findings) -> bool {
    if !path.text.contains('.') && root.at(&[&path.text]).is_none() {
        return take_out_code(root, path, findings);
    }
    let (mut node, mut step) = (root, steps(path));
    loop {
        let is_last = step.is_last();
        let found = match node {
            Node::Mapping(entries, _) => {
                let Some(place) = entries.iter().position(|(key, _)| key.text == step.part()) else {
                    findings.add(step.missing(entries.iter().map(|(key, _)| key.text.as_str())));
                    return false;
                };
                if is_last {
                    entries.remove(place);
                    return true;
                }
                entries.get_mut(place).map(|(_, value)| value)
            }
            Node::Sequence(items, _) => match number(step.part()).filter(|place| *place < items.len()) {
                Some(place) if is_last => {
                    items.remove(place);
                    return true;
                }
                Some(place) => items.get_mut(place),
                None => {
                    findings.add(step.no_item(items.len()));
                    return false;
                }
            },
            Node::Scalar(_) => None,
        };
        let Some(found) = found else {
            findings.add(step.leads_nowhere());
            return false;
        };
        node = found;
        step.done += 1;
    }
}

fn take_out_code(root: &mut Node, code: &Text, findings: &mut Findings) -> bool {
    let mut known: Vec<String> = Vec::new();
    if let Node::Mapping(sections, _) = root {
        let coded = sections.iter_mut().filter(|(section, _)| CODED.contains(&section.text.as_str()));
        for (_, section) in coded {
            let Node::Mapping(entries, _) = section else { continue };
            if let Some(place) = entries.iter().position(|(key, _)| key.text == code.text) {
                entries.remove(place);
                return true;
            }
            known.extend(entries.iter().map(|(key, _)| key.text.clone()));
        }
    }
    let finding = nothing_there(&code.place, format!("there is no rule, limit or flag `{}`", code.text));
    findings.add(finding.suggest(&code.text, known.iter().map(String::as_str)));
    false
}
