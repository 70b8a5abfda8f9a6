//! `meed show --format yaml`: whatever style a definition is written in, what is shown of it reads the same.

use std::{fmt::Write, sync::Arc};

use meed::{
    diagnostic::{Findings, Source},
    program::{Node, parse},
    report::Shown,
};
use proptest::prelude::*;

/// A value with the style that it is written in.
#[derive(Debug, Clone)]
enum Written {
    /// On one line: without quotes, or in quotes of either kind.
    Line(String),
    /// Behind `|` or `>`, with a mark for what becomes of the end.
    Block(&'static str, Vec<String>),
    /// Without quotes, over several lines.
    Lines(Vec<String>),
    /// In brackets; over several lines if so wished.
    List(bool, Vec<Written>),
    Keys(bool, Vec<(String, Written)>),
    /// Indented.
    Items(Vec<Written>),
    Entries(Vec<(String, Written)>),
}

impl Written {
    /// Its text behind a key or dash, and the lines below.
    fn write(&self, indent: usize, below: &mut String) -> String {
        let pad = " ".repeat(indent);
        match self {
            Self::Line(text) => format!(" {text}"),
            Self::Block(mark, lines) => {
                for line in lines {
                    let pad = if line.is_empty() { "" } else { &pad };
                    writeln!(below, "{pad}{line}").unwrap();
                }
                format!(" {mark}")
            }
            Self::Lines(lines) => {
                for line in &lines[1..] {
                    writeln!(below, "{pad}{line}").unwrap();
                }
                format!(" {}", lines[0])
            }
            Self::List(broken, items) => {
                let items: Vec<String> = items.iter().map(|item| item.write(indent, below)).collect();
                format!(" [{}]", items.join(if *broken { ",\n      " } else { "," }))
            }
            Self::Keys(broken, entries) => {
                let entry =
                    |(key, value): &(String, Self)| format!("{key}:{}", value.write(indent, &mut String::new()));
                let entries: Vec<String> = entries.iter().map(entry).collect();
                format!(" {{ {} }}", entries.join(if *broken { ",\n      " } else { ", " }))
            }
            Self::Items(items) => {
                for item in items {
                    let mut further = String::new();
                    let first = item.write(indent + 2, &mut further);
                    write!(below, "{pad}-{first}\n{further}").unwrap();
                }
                String::new()
            }
            Self::Entries(entries) => {
                for (key, value) in entries {
                    let mut further = String::new();
                    let first = value.write(indent + 2, &mut further);
                    write!(below, "{pad}{key}:{first}\n{further}").unwrap();
                }
                String::new()
            }
        }
    }
}

/// Keys, each once.
fn entries(value: impl Strategy<Value = Written>) -> impl Strategy<Value = Vec<(String, Written)>> {
    let key = prop::sample::select(&["a", "B_1", "\"c d\"", "'e'", "claim.f", "1"][..]).prop_map(str::to_owned);
    prop::collection::btree_map(key, value, 1..4).prop_map(|entries| entries.into_iter().collect())
}

fn quoted() -> impl Strategy<Value = Written> {
    let text = "([a-z #:,{}\\[\\]\"'\\\\~-]|\n|\t|\u{2028}|\u{feff}|\u{7}|ü){0,8}";
    let double = text.prop_map(|text| Written::Line(serde_json::to_string(&text).unwrap()));
    let single = "[a-z #:,{}\"]{0,8}".prop_map(|text| Written::Line(format!("'{text}'")));
    prop_oneof![double, single]
}

fn in_brackets() -> impl Strategy<Value = Written> {
    let plain =
        prop::sample::select(&["a", "1.10", "-5", "2026-01-01", "a b", "~", "x > 1", "a\n\n                  b"][..]);
    let leaf = prop_oneof![plain.prop_map(|text| Written::Line(text.to_owned())), quoted()];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let list = (any::<bool>(), prop::collection::vec(inner.clone(), 0..3));
        let keys = (any::<bool>(), entries(inner));
        prop_oneof![
            list.prop_map(|(broken, items)| Written::List(broken, items)),
            keys.prop_map(|(broken, entries)| Written::Keys(broken, entries)),
        ]
    })
}

fn written() -> impl Strategy<Value = Written> {
    let plain = prop::sample::select(&["a", "a in [b, c]", "x, {y}", "-5", "", "f(a, b)", "it's", "a - b"][..]);
    let plain = plain.prop_map(|text| Written::Line(text.to_owned()));
    let lines =
        prop::collection::vec(prop::sample::select(&["a", "b c", "x: y", "- d", "# e", "", "  f", "g  "][..]), 1..4);
    let marks = prop::sample::select(&["|", "|-", "|+", ">", ">-", ">+"][..]);
    let block = (marks, lines).prop_map(|(mark, lines)| {
        let first = ["start".to_owned()].into_iter();
        Written::Block(mark, first.chain(lines.into_iter().map(str::to_owned)).collect())
    });
    let several = prop::collection::vec(prop::sample::select(&["b c", "", "- d", "e"][..]), 1..4).prop_map(|lines| {
        let lines = ["a".to_owned()].into_iter().chain(lines.into_iter().map(str::to_owned));
        Written::Lines(lines.chain(["end".to_owned()]).collect())
    });
    let leaf = prop_oneof![plain, quoted(), in_brackets(), block, several];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let items = prop::collection::vec(inner.clone(), 1..4).prop_map(Written::Items);
        prop_oneof![items, entries(inner).prop_map(Written::Entries)]
    })
}

fn read(text: &str) -> Option<Node> {
    parse(&Arc::new(Source { path: "programs/a/b.yaml".into(), text: text.into() }), &mut Findings::new())
}

fn says(node: &Node) -> Vec<u8> {
    let mut bytes = Vec::new();
    node.canonical(&mut bytes);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_reads_the_same(entries in entries(written())) {
        let mut text = String::new();
        Written::Entries(entries).write(0, &mut text);
        let root = read(&text);
        prop_assert!(root.is_some(), "{}", text);
        let root = root.unwrap();
        let shown = Shown { name: &"a/b".parse().unwrap(), root: &root, sources: Vec::new(), program: None }.to_yaml();
        prop_assert_eq!(read(&shown).as_ref().map(says), Some(says(&root)), "{}\n---\n{}", text, shown);
        // Shown once more it stays as it is, but for texts behind `>`, which are folded once.
        prop_assert_eq!(
            Shown { name: &"a/b".parse().unwrap(), root: &read(&shown).unwrap(), sources: Vec::new(), program: None }.to_yaml(),
            shown
        );
    }
}
