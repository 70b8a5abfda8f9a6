//! The effective definition as JSON: its keys in their order and its values as written, and beside it where each part
//! comes from.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

use super::Shown;
use crate::{diagnostic::Place, program::Node};

/// The version of this JSON; its minor number only adds.
const VERSION: &str = "1.0";

#[derive(Serialize)]
struct Page<'s> {
    version: &'static str,
    program: String,
    fingerprint: Option<&'s str>,
    layers: Vec<&'s str>,
    definition: Definition<'s>,
    origins: Origins<'s>,
}

pub(super) fn page(shown: &Shown<'_>) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Page {
        version: VERSION,
        program: shown.name.to_string(),
        fingerprint: shown.program.map(|(_, fingerprint)| fingerprint),
        layers: shown.sources.iter().map(|source| source.path.as_str()).collect(),
        definition: Definition(shown.root),
        origins: Origins(shown.root),
    })
}

/// Mappings as objects, lists as arrays, every value as the text that was written.
struct Definition<'n>(&'n Node);

impl Serialize for Definition<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Node::Scalar(text) => serializer.serialize_str(&text.text),
            Node::Sequence(items, _) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Definition(item)))?;
                list.end()
            }
            Node::Mapping(entries, _) => {
                let mut object = serializer.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|(key, value)| object.serialize_entry(&key.text, &Definition(value)))?;
                object.end()
            }
        }
    }
}

/// Where each key and item stands, by its JSON pointer into the definition.
struct Origins<'n>(&'n Node);

#[derive(Serialize)]
struct Origin<'n> {
    file: &'n str,
    line: usize,
    column: usize,
    /// Whether a value was written in quotes, so that `"60"` is text and `60` a number.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    quoted: bool,
}

impl Serialize for Origins<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut origins = Vec::new();
        collect(self.0, "", &mut origins);
        serializer.collect_map(origins)
    }
}

fn collect<'n>(node: &'n Node, pointer: &str, origins: &mut Vec<(String, Origin<'n>)>) {
    let mut add = |pointer: String, place: &'n Place, value: &'n Node| {
        let (line, column) = place.line_and_column();
        let quoted = value.scalar().is_some_and(|text| !text.plain);
        origins.push((pointer.clone(), Origin { file: &place.source.path, line, column, quoted }));
        collect(value, &pointer, origins);
    };
    match node {
        Node::Scalar(_) => {}
        Node::Sequence(items, _) => {
            for (number, item) in items.iter().enumerate() {
                add(format!("{pointer}/{number}"), item.place(), item);
            }
        }
        Node::Mapping(entries, _) => {
            for (key, value) in entries {
                let key_text = key.text.replace('~', "~0").replace('/', "~1");
                add(format!("{pointer}/{key_text}"), &key.place, value);
            }
        }
    }
}
