//! Changes of a definition's keys and values: figures, rules, flags and limits dropped or turned around, bands and limits
//! that change places, words for others.

use super::{Mutant, figure::near};
use crate::{
    diagnostic::{Place, Span},
    program::{Node, Text},
};

/// Words that stand for what is done, with another that could stand there; by the key before them.
const WORDS: [(&str, &str, &str); 15] = [
    ("kind", "retroactive", "incremental"),
    ("kind", "incremental", "retroactive"),
    ("mode", "half_even", "half_up"),
    ("mode", "half_up", "half_even"),
    ("mode", "up", "down"),
    ("mode", "down", "up"),
    ("else", "reject", "hold"),
    ("else", "hold", "reject"),
    ("else", "return", "reject"),
    ("then", "reject", "hold"),
    ("then", "hold", "reject"),
    ("then", "note", "hold"),
    ("then", "cut", "hold"),
    ("then", "return", "reject"),
    ("then", "reject", "note"),
];

/// Sections whose numbers and dates are terms of the program.
const TERMS: [&str; 7] = ["effective", "params", "totals", "award", "limits", "allocate", "flags"];
/// Sections whose parts are dropped.
const DROPPED: [&str; 3] = ["eligibility", "limits", "flags"];
/// Keys of conditions that are turned around.
const CONDITIONS: [&str; 2] = ["require", "when"];

/// The mutants of a definition.
pub(super) fn mutants(root: &Node) -> Vec<Mutant> {
    let mut found = Vec::new();
    let Node::Mapping(sections, _) = root else { return found };
    for (section, node) in sections {
        let name = section.text.as_str();
        if TERMS.contains(&name) {
            terms(node, &mut found);
        }
        if DROPPED.contains(&name)
            && let Node::Mapping(parts, _) = node
        {
            drop_each(section, parts, &mut found);
        }
        if name == "limits"
            && let Node::Mapping(limits, _) = node
        {
            swap_neighbours(limits, &mut found);
        }
        words(node, &mut found);
    }
    found
}

/// Numbers and dates.
fn terms(node: &Node, found: &mut Vec<Mutant>) {
    match node {
        Node::Scalar(text) if !text.text.trim().is_empty() && text.place.text() == text.text => {
            found.extend(near(&text.text).into_iter().map(|other| Mutant::instead(&text.place, other)));
        }
        Node::Scalar(_) => {}
        Node::Sequence(items, _) => items.iter().for_each(|item| terms(item, found)),
        Node::Mapping(entries, _) => entries.iter().for_each(|(_, value)| terms(value, found)),
    }
}

/// Words, conditions and bands, wherever they stand.
fn words(node: &Node, found: &mut Vec<Mutant>) {
    match node {
        Node::Scalar(_) => {}
        Node::Sequence(items, _) => items.iter().for_each(|item| words(item, found)),
        Node::Mapping(entries, _) => {
            for (key, value) in entries {
                if let Some(text) = value.scalar() {
                    let others = WORDS.iter().filter(|(at, word, _)| *at == key.text && *word == text.text);
                    found.extend(others.map(|(_, _, other)| Mutant::instead(&text.place, (*other).to_owned())));
                    if CONDITIONS.contains(&key.text.as_str()) {
                        found.push(turned_around(text));
                    }
                }
                if key.text == "when" && entries.iter().any(|(key, _)| key.text == "base" || key.text == "amount") {
                    found.push(Mutant::new(entry(entries, key), "", "`when` is dropped").shown_at(&key.place));
                }
                if let ("bands", Node::Sequence(bands, _)) = (key.text.as_str(), value) {
                    edges(bands, found);
                    swap_rates(bands, found);
                }
                words(value, found);
            }
        }
    }
}

/// A condition that holds where it didn't.
fn turned_around(text: &Text) -> Mutant {
    let written = text.place.text();
    let is_block = !text.plain && !written.starts_with(['"', '\'']);
    let with = match is_block {
        true => format!("!({written})"),
        false => format!("'!({})'", text.text.trim().replace('\'', "''")),
    };
    Mutant::new(text.place.clone(), with, format!("`{}` is turned around", text.text.trim()))
}

/// Each part of a section left out.
fn drop_each(section: &Text, parts: &[(Text, Node)], found: &mut Vec<Mutant>) {
    for (code, value) in parts {
        let place = match parts {
            [_] => covering(&section.place, value.place()),
            _ => entry(parts, code),
        };
        found.push(Mutant::new(place, "", format!("`{}` is dropped", code.text)).shown_at(&code.place));
    }
}

/// Each pair of neighbours the other way around.
fn swap_neighbours(parts: &[(Text, Node)], found: &mut Vec<Mutant>) {
    for pair in parts.windows(2) {
        let [(first, of_first), (second, of_second)] = pair else { continue };
        let (one, other) = (covering(&first.place, of_first.place()), covering(&second.place, of_second.place()));
        let words = format!("`{}` and `{}` change places", first.text, second.text);
        found.extend(swapped(&one, &other, words));
    }
}

/// `from` where it said `above`, and the other way around.
fn edges(bands: &[Node], found: &mut Vec<Mutant>) {
    for band in bands {
        let Node::Mapping(entries, _) = band else { continue };
        for (key, _) in entries {
            match key.text.as_str() {
                "from" => found.push(Mutant::instead(&key.place, "above".to_owned())),
                "above" => found.push(Mutant::instead(&key.place, "from".to_owned())),
                _ => {}
            }
        }
    }
}

/// The rates of neighbouring bands the other way around.
fn swap_rates(bands: &[Node], found: &mut Vec<Mutant>) {
    for pair in bands.windows(2) {
        let [one, other] = pair else { continue };
        for key in ["rate", "per_unit", "flat"] {
            let (Some(one), Some(other)) = (one.at(&[key]), other.at(&[key])) else { continue };
            let (one, other) = (one.place(), other.place());
            if one.text() != other.text() {
                let words = format!("the bands' `{key}` `{}` and `{}` change places", one.text(), other.text());
                found.extend(swapped(one, other, words));
            }
        }
    }
}

/// Two ranges of a file that change places.
fn swapped(one: &Place, other: &Place, words: String) -> Option<Mutant> {
    let between = one.source.text.get(one.span.end..other.span.start)?;
    let with = [other.text(), between, one.text()].concat();
    (one.source == other.source).then(|| Mutant::new(covering(one, other), with, words))
}

/// From the start of one place to the end of another.
fn covering(start: &Place, end: &Place) -> Place {
    Place { source: start.source.clone(), span: Span { start: start.span.start, end: end.span.end } }
}

/// A key with its value and what stands up to the next key, so that nothing is left of it.
fn entry(entries: &[(Text, Node)], key: &Text) -> Place {
    let at = entries.iter().position(|(other, _)| other.place == key.place).unwrap_or(0);
    let own_end = entries.get(at).map_or(key.place.span.end, |(_, value)| value.place().span.end);
    let next =
        at.checked_add(1).and_then(|next| entries.get(next)).filter(|(next, _)| next.place.source == key.place.source);
    let before = at.checked_sub(1).and_then(|before| entries.get(before));
    let span = match (next, before) {
        (Some((next, _)), _) if next.place.span.start > own_end => {
            Span { start: key.place.span.start, end: next.place.span.start }
        }
        (_, Some((_, before))) if before.place().source == key.place.source => {
            Span { start: before.place().span.end, end: own_end }
        }
        _ => Span { start: key.place.span.start, end: own_end },
    };
    Place { source: key.place.source.clone(), span }
}
