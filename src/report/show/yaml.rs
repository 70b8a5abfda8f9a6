//! A definition written as YAML, line by line: what stood on one line in brackets stays there, all else gets lines of
//! its own. Read again it says the same.

use std::{fmt::Write, sync::Arc};

use crate::{
    diagnostic::Place,
    program::{Node, Text},
};

/// A line with the place of the key or item that it starts with; a line of a longer text has none.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) place: Option<Place>,
}

/// The lines of a definition, its sections apart.
pub(super) fn lines(root: &Node) -> Vec<Line> {
    match root {
        Node::Mapping(entries, _) if !entries.is_empty() => {
            let of_section = |entry| {
                let lines = of_entries(std::slice::from_ref(entry), 0);
                let gap = (lines.len() > 1).then_some(Line { text: String::new(), place: None });
                gap.into_iter().chain(lines)
            };
            entries.iter().flat_map(of_section).collect()
        }
        Node::Sequence(items, _) if !items.is_empty() => of_items(items, 0),
        other => of_value("", other.place(), other, 0),
    }
}

fn of_entries(entries: &[(Text, Node)], indent: usize) -> Vec<Line> {
    let of_entry = |(key, value): &(Text, Node)| {
        of_value(&format!("{:indent$}{}: ", "", of_scalar(key, indent)), &key.place, value, indent)
    };
    entries.iter().flat_map(of_entry).collect()
}

fn of_items(items: &[Node], indent: usize) -> Vec<Line> {
    items.iter().flat_map(|item| of_item(item, indent)).collect()
}

/// An item of a list; one with lines of its own starts behind the dash.
fn of_item(item: &Node, indent: usize) -> Vec<Line> {
    let dash = format!("{:indent$}- ", "");
    let mut lines = match item {
        Node::Mapping(entries, _) if in_brackets(item).is_none() => of_entries(entries, indent + 2),
        Node::Sequence(items, _) if in_brackets(item).is_none() => of_items(items, indent + 2),
        _ => return of_value(&dash, item.place(), item, indent),
    };
    if let Some(first) = lines.first_mut() {
        first.text = format!("{dash}{}", first.text.trim_start());
    }
    lines
}

/// A value behind its key or dash.
fn of_value(head: &str, place: &Place, value: &Node, indent: usize) -> Vec<Line> {
    let written = match value {
        Node::Scalar(text) => Some(as_block(text, indent).unwrap_or_else(|| of_scalar(text, indent))),
        Node::Sequence(..) | Node::Mapping(..) => in_brackets(value),
    };
    let behind = written.as_deref().unwrap_or_default().split('\n').enumerate();
    let own = behind.map(|(number, text)| match number {
        0 => Line { text: format!("{head}{text}").trim_end().to_owned(), place: Some(place.clone()) },
        _ => Line { text: text.to_owned(), place: None },
    });
    let below = match value {
        Node::Mapping(entries, _) if written.is_none() => of_entries(entries, indent + 2),
        Node::Sequence(items, _) if written.is_none() => of_items(items, indent + 2),
        _ => Vec::new(),
    };
    own.chain(below).collect()
}

/// A list or mapping that was written in brackets, all of it on one line of one file.
fn in_brackets(node: &Node) -> Option<String> {
    let (items, open, close) = match node {
        // Without quotes a line break is an empty line.
        Node::Scalar(text) if text.plain && text.text.contains('\n') => return None,
        Node::Scalar(text) => return Some(of_scalar(text, 0)),
        Node::Sequence(items, _) => (items.iter().map(in_brackets).collect::<Option<Vec<_>>>()?, "[", "]"),
        Node::Mapping(entries, _) => {
            let entry = |(key, value): &(Text, Node)| Some(format!("{}: {}", of_scalar(key, 0), in_brackets(value)?));
            (entries.iter().map(entry).collect::<Option<Vec<_>>>()?, "{ ", " }")
        }
    };
    if items.is_empty() {
        return Some(format!("{}{}", open.trim_end(), close.trim_start()));
    }
    let is_written_so = node.place().text().starts_with(open.trim_end());
    (is_written_so && is_on_one_line(node, node.place())).then(|| format!("{open}{}{close}", items.join(", ")))
}

/// Whether a node and all in it stand on the line on which a place starts.
fn is_on_one_line(node: &Node, first: &Place) -> bool {
    let here = |place: &Place| {
        let between = first.source.text.get(first.span.start..place.span.end);
        Arc::ptr_eq(&place.source, &first.source) && between.is_some_and(|text| !text.contains('\n'))
    };
    here(node.place())
        && match node {
            Node::Scalar(_) => true,
            Node::Sequence(items, _) => items.iter().all(|item| is_on_one_line(item, first)),
            Node::Mapping(entries, _) => {
                entries.iter().all(|(key, value)| here(&key.place) && is_on_one_line(value, first))
            }
        }
}

/// A text with its quotes, if it had any. Without them YAML reads several line breaks as one less.
fn of_scalar(text: &Text, indent: usize) -> String {
    if !text.plain {
        return quoted(&text.text);
    }
    let mut written = String::new();
    let mut breaks = false;
    for symbol in text.text.chars() {
        match (symbol == '\n', breaks) {
            (true, false) => written.push('\n'),
            (false, true) => written.push_str(&" ".repeat(indent + 2)),
            _ => {}
        }
        breaks = symbol == '\n';
        written.push(symbol);
    }
    written
}

fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for symbol in text.chars() {
        match symbol {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            symbol if is_hidden(symbol) => {
                // Writing to a String can't fail.
                let _ = write!(written, "\\U{:08X}", u32::from(symbol));
            }
            symbol => written.push(symbol),
        }
    }
    written.push('"');
    written
}

/// Characters that a reader of YAML refuses or takes for something else, or that can't be seen.
fn is_hidden(symbol: char) -> bool {
    symbol.is_control()
        || matches!(symbol, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
        || matches!(symbol, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text of several lines that was written behind `|` or `>`.
fn as_block(text: &Text, indent: usize) -> Option<String> {
    let body = text.text.trim_end_matches('\n');
    let is_block = !text.plain && text.place.text().starts_with(['|', '>']);
    let is_simple = !body.is_empty()
        && !body.starts_with([' ', '\n', '\t'])
        && !body.contains(|symbol: char| symbol != '\n' && symbol != '\t' && is_hidden(symbol));
    if !is_block || !is_simple {
        return None;
    }
    // More than one line break at the end would take in what is left free behind the text.
    let mark = match text.text.len() - body.len() {
        0 => "|-",
        1 => "|",
        _ => return None,
    };
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("{}{line}", " ".repeat(indent + 2)) };
    Some([mark.to_owned()].into_iter().chain(body.split('\n').map(line)).collect::<Vec<_>>().join("\n"))
}
