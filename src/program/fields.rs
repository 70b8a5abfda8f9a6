//! Reading a mapping key by key: what is missing, unknown or of another shape is reported, all of it at once.

use super::yaml::{Node, Text};
use crate::diagnostic::{Code, Diagnostic, Findings, Place};

/// The keys of a mapping, taken one by one; those that nobody took are unknown.
pub struct Fields<'n, 'f> {
    entries: &'n [(Text, Node)],
    place: Place,
    name: Option<Place>,
    asked: Vec<&'static str>,
    findings: &'f mut Findings,
}

impl<'n, 'f> Fields<'n, 'f> {
    /// The keys of a node; `None` if it has none.
    pub fn of(node: &'n Node, findings: &'f mut Findings) -> Option<Self> {
        match node {
            Node::Mapping(entries, place) => {
                Some(Self { entries, place: place.clone(), name: None, asked: Vec::new(), findings })
            }
            other => {
                findings.add(wrong_shape(other, "keys with values are expected"));
                None
            }
        }
    }

    /// The keys of what a name stands for; a missing key is reported at the name.
    pub fn named(name: &Text, node: &'n Node, findings: &'f mut Findings) -> Option<Self> {
        Self::of(node, findings).map(|fields| Self { name: Some(name.place.clone()), ..fields })
    }

    /// Where the mapping stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its name, or where its first key stands: the whole of a long mapping shows nothing.
    pub fn head(&self) -> Place {
        if let Some(name) = &self.name {
            return name.clone();
        }
        self.entries.first().map_or_else(|| self.place.clone(), |(name, _)| name.place.clone())
    }

    /// The findings, for reading what is inside.
    pub fn findings(&mut self) -> &mut Findings {
        self.findings
    }

    /// A key that may be there.
    pub fn optional(&mut self, key: &'static str) -> Option<&'n Node> {
        self.filled(key, "give it a value, or remove the key")
    }

    /// A key that has a value, if it is there.
    fn filled(&mut self, key: &'static str, help: &str) -> Option<&'n Node> {
        self.asked.push(key);
        let node = self.entries.iter().find(|(name, _)| name.text == key).map(|(_, node)| node)?;
        if node.is_empty() {
            let finding = Diagnostic::error(Code::WrongShape, node.place(), format!("`{key}` has no value"));
            self.findings.add(finding.help(help));
            return None;
        }
        Some(node)
    }

    /// A key that must be there.
    pub fn required(&mut self, key: &'static str, help: &str) -> Option<&'n Node> {
        let there = self.entries.iter().any(|(name, _)| name.text == key);
        if !there {
            self.asked.push(key);
            let finding = Diagnostic::error(Code::MissingKey, &self.head(), format!("`{key}` is missing"));
            self.findings.add(finding.help(help));
            return None;
        }
        self.filled(key, help)
    }

    /// A single value that may be there.
    pub fn optional_text(&mut self, key: &'static str) -> Option<Text> {
        let node = self.optional(key)?;
        text(node, self.findings)
    }

    /// A single value that must be there.
    pub fn required_text(&mut self, key: &'static str, help: &str) -> Option<Text> {
        let node = self.required(key, help)?;
        text(node, self.findings)
    }

    /// A list of single values, or one alone; empty if the key isn't there.
    pub fn texts(&mut self, key: &'static str) -> Vec<Text> {
        self.optional(key).map_or_else(Vec::new, |node| texts(node, self.findings))
    }

    /// A mapping from names of the author's own to nodes; empty if the key isn't there.
    pub fn entries(&mut self, key: &'static str) -> &'n [(Text, Node)] {
        match self.optional(key) {
            Some(Node::Mapping(entries, _)) => entries,
            Some(other) => {
                self.findings.add(wrong_shape(other, "names with values are expected"));
                &[]
            }
            None => &[],
        }
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self) {
        for (key, _) in self.entries {
            if !self.asked.contains(&key.text.as_str()) {
                let finding =
                    Diagnostic::error(Code::UnknownKey, &key.place, format!("key `{}` isn't known here", key.text));
                self.findings.add(finding.suggest(&key.text, self.asked.iter().copied()));
            }
        }
    }
}

/// A single value.
pub fn text(node: &Node, findings: &mut Findings) -> Option<Text> {
    match node {
        Node::Scalar(text) => Some(text.clone()),
        other => {
            findings.add(wrong_shape(other, "a single value is expected"));
            None
        }
    }
}

/// A list of single values, or one alone.
pub fn texts(node: &Node, findings: &mut Findings) -> Vec<Text> {
    match node {
        Node::Sequence(items, _) => items.iter().filter_map(|item| text(item, findings)).collect(),
        other => text(other, findings).into_iter().collect(),
    }
}

/// A node of another shape than expected.
pub fn wrong_shape(node: &Node, expected: &str) -> Diagnostic {
    Diagnostic::error(Code::WrongShape, node.place(), format!("{expected}, and this is {}", node.shape()))
}

/// Looks a word up among those allowed.
pub fn word<T: Copy>(text: &Text, what: &str, words: &[(&'static str, T)], findings: &mut Findings) -> Option<T> {
    let found = words.iter().find(|(word, _)| *word == text.text).map(|(_, value)| *value);
    if found.is_none() {
        let finding = Diagnostic::error(Code::UnknownWord, &text.place, format!("`{}` is not {what}", text.text));
        findings.add(finding.suggest(&text.text, words.iter().map(|(word, _)| *word)));
    }
    found
}
