//! Layers: a definition over another one. Here trees are put together, and nothing is read; which files they come from
//! the places in them know.

use super::{
    Fields, Node, ProgramName, Text,
    identity::{self, check_format},
};
use crate::diagnostic::{Code, Diagnostic, Findings};

/// The sections of a definition, in the order in which they are shown. Their order in a file has no meaning.
const SECTIONS: [&str; 26] = [
    "format",
    "program",
    "title",
    "currency",
    "unit",
    "effective",
    "rounding",
    "order",
    "scripts",
    "fiscal_year_starts",
    "approval",
    "priority",
    "earlier",
    "excludes",
    "requires",
    "meant",
    "claim",
    "params",
    "tables",
    "totals",
    "derived",
    "eligibility",
    "award",
    "limits",
    "flags",
    "allocate",
];

/// What becomes of a key that a layer writes and that stands below it.
#[derive(Debug)]
enum Part {
    /// The layer's value takes the place of the other.
    Whole,
    /// The layer's items stand behind the others, each once.
    Added,
    /// Both are keys with values, and are put together key by key.
    Keys {
        /// What becomes of these keys.
        named: &'static [(&'static str, Part)],
        /// What becomes of all others.
        others: &'static Part,
        /// A key, and those in whose place it stands: where the layer brings it anew, they fall away.
        instead: &'static [(&'static str, &'static [&'static str])],
    },
}

/// Keys whose values are whole.
const VALUES: Part = Part::Keys { named: &[], others: &Part::Whole, instead: &[] };
/// Names or codes with keys whose values are whole.
const ENTRIES: Part = Part::Keys { named: &[], others: &VALUES, instead: &[] };

const TABLE: Part = Part::Keys {
    named: &[("match", VALUES), ("fields", VALUES), ("effective", VALUES)],
    others: &Part::Whole,
    instead: &[],
};

const TOTAL: Part = Part::Keys {
    named: &[],
    others: &Part::Whole,
    instead: &[("count", &["sum", "distinct"]), ("sum", &["count", "distinct"]), ("distinct", &["count", "sum"])],
};

const COMPONENT: Part = Part::Keys {
    named: &[("tiers", VALUES)],
    others: &Part::Whole,
    instead: &[
        ("amount", &["base", "measure", "per", "target", "terms", "tiers", "due"]),
        ("tiers", &["amount", "due"]),
        ("due", &["amount", "tiers"]),
    ],
};

const DEFINITION: Part = Part::Keys {
    named: &[
        ("effective", VALUES),
        ("earlier", VALUES),
        (
            "rounding",
            Part::Keys { named: &[], others: &Part::Whole, instead: &[("scale", &["step"]), ("step", &["scale"])] },
        ),
        ("scripts", Part::Added),
        ("claim", Part::Keys { named: &[("fields", VALUES)], others: &Part::Whole, instead: &[] }),
        ("params", VALUES),
        ("tables", Part::Keys { named: &[], others: &TABLE, instead: &[] }),
        ("totals", Part::Keys { named: &[], others: &TOTAL, instead: &[] }),
        ("derived", VALUES),
        ("eligibility", ENTRIES),
        ("award", Part::Keys { named: &[], others: &COMPONENT, instead: &[] }),
        ("limits", ENTRIES),
        ("flags", ENTRIES),
    ],
    others: &Part::Whole,
    instead: &[("currency", &["unit"]), ("unit", &["currency"])],
};

/// What a definition says of its place among others.
#[derive(Debug, Clone)]
pub struct Head {
    /// What it extends.
    pub extends: Option<(ProgramName, Text)>,
}

/// Reads the head of the file of a program. `None` if it extends something that can't be named.
pub fn head(root: &Node, name: &ProgramName, findings: &mut Findings) -> Option<Head> {
    let mut fields = Fields::of(root, findings)?;
    check_format(&mut fields);
    let written = identity::program_text(&mut fields);
    let is_layer = matches!(root, Node::Mapping(entries, _) if entries.iter().any(|(key, _)| key.text == "extends"));
    let extends = fields.optional_text("extends");
    let findings = fields.findings();
    let other = written.and_then(|text| Some((identity::program_named(&text, findings)?, text)));
    if let Some((other, text)) = other.filter(|(other, _)| other != name) {
        let message = format!("the definition names itself `{other}`");
        let finding = Diagnostic::error(Code::WrongName, &text.place, message);
        findings.add(finding.help(format!("write `program: {name}`, or move the file")));
    }
    match extends {
        Some(text) => identity::program_named(&text, findings).map(|base| Head { extends: Some((base, text)) }),
        None => (!is_layer).then_some(Head { extends: None }),
    }
}

/// A layer over a definition: keyed parts by key, coded entries by code (new ones last), all else whole. Its `extends`
/// goes away.
pub fn layered(base: Node, layer: Node, findings: &mut Findings) -> Node {
    let mut layer = layer;
    if let Node::Mapping(entries, _) = &mut layer {
        entries.retain(|(key, _)| key.text != "extends");
    }
    merged(base, layer, &DEFINITION, findings)
}

/// A definition with its sections in their order, so that two files that say the same are the same.
pub fn in_order(root: Node) -> Node {
    let Node::Mapping(mut entries, place) = root else { return root };
    let rank = |key: &Text| SECTIONS.iter().position(|section| *section == key.text).unwrap_or(SECTIONS.len());
    entries.sort_by_key(|(key, _)| rank(key));
    Node::Mapping(entries, place)
}

/// A layer is no definition without what it extends.
pub(super) fn refuse_alone(fields: &mut Fields<'_, '_>) {
    if let Some(extends) = fields.optional_text("extends") {
        let message = format!("what stands in `{}` has to be put under this layer first", extends.text);
        let finding = Diagnostic::error(Code::MissingKey, &extends.place, message);
        fields.findings().add(finding.help("load the program by its name from its workspace"));
    }
}

fn merged(base: Node, layer: Node, part: &Part, findings: &mut Findings) -> Node {
    match (base, layer, part) {
        (Node::Mapping(base, _), Node::Mapping(layer, place), Part::Keys { named, others, instead }) => {
            let part = |key: &str| named.iter().find(|(name, _)| *name == key).map_or(*others, |(_, part)| part);
            Node::Mapping(by_key(base, layer, &part, instead, findings), place)
        }
        (base, layer, Part::Added) => added(base, layer),
        (_, layer, _) => layer,
    }
}

fn by_key(
    base: Vec<(Text, Node)>,
    layer: Vec<(Text, Node)>,
    part: &dyn Fn(&str) -> &'static Part,
    instead: &[(&str, &[&str])],
    findings: &mut Findings,
) -> Vec<(Text, Node)> {
    let known: Vec<String> = base.iter().map(|(key, _)| key.text.clone()).collect();
    let is_known = |key: &str| known.iter().any(|known| known == key);
    let brought = instead.iter().filter(|(key, _)| !is_known(key) && layer.iter().any(|(own, _)| own.text == *key));
    let fallen: Vec<&str> = brought.flat_map(|(_, others)| others.iter().copied()).collect();
    let mut entries: Vec<_> = base.into_iter().filter(|(key, _)| !fallen.contains(&key.text.as_str())).collect();
    for (key, value) in layer {
        let below = entries.iter().position(|(known, _)| known.text == key.text);
        match &value {
            // A tilde; the reader gives one for an unfinished line as well.
            Node::Scalar(text) if value.is_empty() && !text.place.text().is_empty() => {
                match below {
                    Some(below) => drop(entries.remove(below)),
                    None if is_known(&key.text) => {}
                    None => findings.add(nothing_to_take_out(&key, &known)),
                }
                continue;
            }
            _ if value.is_empty() && is_known(&key.text) => {
                findings.add(without_value(&key, &value));
                continue;
            }
            _ => {}
        }
        match below.map(|below| (entries.remove(below), below)) {
            Some(((_, old), below)) => {
                let value = merged(old, value, part(&key.text), findings);
                entries.insert(below, (key, value));
            }
            None => entries.push((key, value)),
        }
    }
    entries
}

/// The items of both lists; one alone may stand without brackets.
fn added(base: Node, layer: Node) -> Node {
    let place = layer.place().clone();
    let items = |node| match node {
        Node::Sequence(items, _) => items,
        alone => vec![alone],
    };
    let text = |node: &Node| node.scalar().map(|text| text.text.clone());
    let mut all = items(base);
    for item in items(layer) {
        let stands_there = text(&item).is_some() && all.iter().any(|known| text(known) == text(&item));
        if !stands_there {
            all.push(item);
        }
    }
    Node::Sequence(all, place)
}

fn nothing_to_take_out(key: &Text, known: &[String]) -> Diagnostic {
    let message = format!("there is no `{}` below this layer that could be taken out", key.text);
    let finding = Diagnostic::error(Code::NothingToTakeOut, &key.place, message);
    finding.suggest(&key.text, known.iter().map(String::as_str))
}

/// An unfinished line takes nothing out.
fn without_value(key: &Text, value: &Node) -> Diagnostic {
    let finding = Diagnostic::error(Code::WrongShape, value.place(), format!("`{}` has no value", key.text));
    finding.help(format!("give it a value, or write `{}: ~` to take out what stands below this layer", key.text))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{diagnostic::Source, program::parse};

    fn tree(path: &str, text: &str) -> Node {
        let source = Arc::new(Source { path: path.into(), text: text.into() });
        parse(&source, &mut Findings::new()).unwrap()
    }

    fn says(node: &Node) -> Vec<u8> {
        let mut bytes = Vec::new();
        node.canonical(&mut bytes);
        bytes
    }

    /// What a layer makes of a definition, and the findings.
    fn put_together(base: &str, layer: &str) -> (Node, Vec<String>) {
        let mut findings = Findings::new();
        let root = layered(tree("base", base), tree("layer", layer), &mut findings);
        (root, findings.into_sorted().into_iter().map(|finding| finding.message).collect())
    }

    #[track_caller]
    fn assert_layered(base: &str, layer: &str, wanted: &str) {
        let (root, findings) = put_together(base, layer);
        assert_eq!(findings, Vec::<String>::new());
        assert!(says(&root) == says(&tree("wanted", wanted)), "{root:?}");
    }

    #[test]
    fn keyed_parts_are_put_together_by_key_and_new_ones_stand_last() {
        assert_layered(
            "title: Base\neffective: { from: 2026-01-01, until: 2026-12-31 }\norder: [day, id]",
            "extends: a/b\norder: [id]\neffective: { until: 2027-12-31 }\nflags: { F: { when: a, then: hold } }",
            "title: Base\neffective: { from: 2026-01-01, until: 2027-12-31 }\norder: [id]\nflags: { F: { when: a, then: hold } }",
        );
        assert_layered(
            "eligibility: { A: { require: a, else: hold }, B: { require: b, else: hold, message: m } }",
            "eligibility: { C: { require: c, else: reject }, B: { else: reject } }",
            "eligibility: { A: { require: a, else: hold }, B: { require: b, else: reject, message: m }, \
             C: { require: c, else: reject } }",
        );
    }

    #[test]
    fn lists_dated_params_and_field_declarations_are_whole() {
        assert_layered(
            "params: { rate: [{ from: 2026-01-01, value: 1 }], land: [DE, FR] }\n\
             claim: { id: [a, b], fields: { day: { type: date, column: Tag }, sku: text } }",
            "params: { land: [UK], rate: 2 }\nclaim: { id: [a], fields: { day: { type: date }, more: text } }",
            "params: { rate: 2, land: [UK] }\n\
             claim: { id: [a], fields: { day: { type: date }, sku: text, more: text } }",
        );
        assert_layered(
            "award: { r: { base: x, tiers: { kind: retroactive, bands: [{ rate: 1% }, { from: 5, rate: 2% }] } } }",
            "award: { r: { tiers: { bands: [{ rate: 3% }] } } }",
            "award: { r: { base: x, tiers: { kind: retroactive, bands: [{ rate: 3% }] } } }",
        );
        assert_layered(
            "tables: { t: { file: a.csv, match: { a: x, b: { from: f, value: y } }, fields: { a: text } } }",
            "tables: { t: { match: { b: { below: g, value: y } }, fields: { c: text } } }",
            "tables: { t: { file: a.csv, match: { a: x, b: { below: g, value: y } }, fields: { a: text, c: text } } }",
        );
    }

    #[test]
    fn scripts_stand_behind_those_below_each_once() {
        assert_layered("scripts: [a, b]", "scripts: [b, c]", "scripts: [a, b, c]");
        assert_layered("scripts: a", "scripts: c", "scripts: [a, c]");
        assert_layered("scripts: [a]", "scripts: [\"a\", c]", "scripts: [a, c]");
    }

    #[test]
    fn a_key_that_stands_in_place_of_others_makes_them_fall_away() {
        assert_layered("currency: EUR", "unit: { code: PTS, scale: 0 }", "unit: { code: PTS, scale: 0 }");
        assert_layered("rounding: { mode: up, scale: 2 }", "rounding: { step: 5 }", "rounding: { mode: up, step: 5 }");
        assert_layered(
            "totals: { t: { count: claims, of: all, per: [claim] } }",
            "totals: { t: { sum: claim.a } }",
            "totals: { t: { of: all, per: [claim], sum: claim.a } }",
        );
        assert_layered(
            "award: { r: { when: w, base: x, per: [day], target: t, terms: whole, tiers: { kind: k, bands: [] } } }",
            "award: { r: { amount: 5 } }",
            "award: { r: { when: w, amount: 5 } }",
        );
        assert_layered(
            "award: { r: { when: w, amount: 5 } }",
            "award: { r: { base: x, tiers: { kind: k, bands: [] } } }",
            "award: { r: { when: w, base: x, tiers: { kind: k, bands: [] } } }",
        );
        // An amount with the base that it is taken back by stays as it is.
        assert_layered(
            "award: { r: { amount: 5, base: x } }",
            "award: { r: { amount: 6 } }",
            "award: { r: { amount: 6, base: x } }",
        );
    }

    #[test]
    fn a_tilde_takes_out_what_stands_below() {
        assert_layered(
            "eligibility: { A: { require: a, else: hold, message: m }, B: { require: b, else: hold } }\nlimits: { L: { max: 5 } }",
            "eligibility: { A: { message: ~ }, B: null }\nlimits: ~",
            "eligibility: { A: { require: a, else: hold } }",
        );
        assert_layered(
            "award: { r: { base: x, tiers: { kind: k, bands: [] } } }",
            "award: { r: { amount: 5, tiers: ~ } }",
            "award: { r: { amount: 5 } }",
        );
        let quoted = "params: { a: \"~\" }";
        assert_layered("params: { a: 1 }", quoted, quoted);
    }

    #[test]
    fn a_tilde_without_anything_below_and_an_unfinished_line_are_refused() {
        let (_, findings) = put_together("limits: { CAP: { max: 5 } }", "limits: { CUP: ~ }");
        assert_eq!(findings, ["there is no `CUP` below this layer that could be taken out"]);
        let (root, findings) = put_together("limits: { CAP: { max: 5 } }", "limits: { CAP: }");
        assert_eq!(findings, ["`CAP` has no value"]);
        assert!(says(&root) == says(&tree("wanted", "limits: { CAP: { max: 5 } }")));
    }

    #[test]
    fn each_part_knows_the_file_that_it_stands_in() {
        let base = "eligibility:\n  A: { require: a, else: hold }\n";
        let (root, _) = put_together(base, "eligibility:\n  A: { else: reject }\n");
        let Node::Mapping(sections, _) = &root else { panic!() };
        let Node::Mapping(rules, _) = &sections[0].1 else { panic!() };
        let (code, rule) = &rules[0];
        let Node::Mapping(keys, _) = rule else { panic!() };
        let files = |places: &[&crate::diagnostic::Place]| -> Vec<String> {
            places.iter().map(|place| place.path_and_line()).collect()
        };
        assert_eq!(files(&[&code.place, rule.place(), keys[0].1.place()]), ["layer:2", "layer:2", "base:2"]);
        assert_eq!(files(&[&keys[1].0.place, keys[1].1.place()]), ["layer:2", "layer:2"]);
    }

    #[test]
    fn a_layer_is_checked_together_with_what_it_extends() {
        let source = Arc::new(Source { path: "layer".into(), text: "format: 1\nextends: a/b\n".into() });
        let (mut findings, scripts) = (Findings::new(), crate::script::Scripts::new());
        let root = parse(&source, &mut findings).unwrap();
        assert!(crate::program::check(&root, &source, &scripts, &[], &mut findings).is_none());
        let messages: Vec<_> = findings.into_sorted().into_iter().map(|finding| finding.message).collect();
        assert!(messages.iter().any(|text| text == "what stands in `a/b` has to be put under this layer first"));
    }

    #[test]
    fn sections_have_one_order() {
        let root = in_order(tree("a", "flags: {}\nnew: 1\ncurrency: EUR\nformat: 1"));
        assert!(says(&root) == says(&tree("b", "format: 1\ncurrency: EUR\nflags: {}\nnew: 1")));
    }
}
