//! Whatever an author writes: the check returns, with findings or with a program, and what it lets through decides
//! claims without failing.

use std::sync::Arc;

use meed::{
    claim::Claims,
    diagnostic::{Findings, Source},
    engine::{Past, Tables, run},
    input::{ColumnMap, Wanted, read_claims},
    outcome::Depth,
    program::{self, Node, Program},
    report::{Shown, as_github, as_json, as_text},
    script::Scripts,
};
use proptest::prelude::*;

const DEFINITIONS: [&str; 3] = [
    include_str!("../../programs/example/partner-bonus.yaml"),
    include_str!("../../programs/giftware/trade-rebate.yaml"),
    include_str!("../../programs/bench/rebate.yaml"),
];
/// A layer over the first of them.
const LAYER: &str = include_str!("../../programs/example/partner-bonus-uk.yaml");
const SCRIPTS: [&str; 2] =
    [include_str!("../../rules/example/partner_bonus.rhai"), include_str!("../../rules/giftware/trade_rebate.rhai")];

/// What an author could mistype, from both languages.
const TOKENS: [&str; 72] = [
    "claim",
    "params",
    "totals",
    "award",
    "award.total",
    "()",
    "\"",
    "\"\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "- ",
    "  ",
    "\t",
    "#",
    "&a",
    "*a",
    "<<",
    "!!str",
    "|",
    ">",
    "~",
    "null",
    "true",
    "no",
    "0",
    "-1",
    "1e3",
    "0x10",
    "1%",
    "1.5",
    "999999999999999999999999999999",
    "2026-02-30",
    "2026-01-01",
    "from",
    "above",
    "rate",
    "flat",
    "cut",
    "hold",
    "per",
    "program",
    "month",
    "if",
    "else",
    "fn f(a) { a }",
    "let x = 1;",
    "return",
    "while true {}",
    "loop {}",
    "|x| x",
    "switch",
    "=>",
    "==",
    "&&",
    "||",
    "!",
    "%",
    "/ 0",
    "ünïcode 日本",
    "?.",
    "??",
    "`${",
    "for x in [1] {",
    "const X = 1;",
    "this",
    "x += 1;",
    "[0]",
];

#[derive(Debug, Clone)]
enum Edit {
    DeleteLine(usize),
    RepeatLine(usize),
    SwapLines(usize, usize),
    /// The nth word becomes this token.
    Replace(usize, usize),
    Insert(usize, usize),
    DeleteWord(usize),
    /// The nth word becomes another word of the same text.
    Borrow(usize, usize),
    Cut(usize),
    Indent(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let (one, other) = (any::<u16>().prop_map(usize::from), any::<u16>().prop_map(usize::from));
    prop_oneof![
        2 => one.clone().prop_map(Edit::DeleteLine),
        1 => one.clone().prop_map(Edit::RepeatLine),
        1 => (one.clone(), other.clone()).prop_map(|(one, other)| Edit::SwapLines(one, other)),
        4 => (one.clone(), other.clone()).prop_map(|(one, other)| Edit::Replace(one, other)),
        2 => (one.clone(), other.clone()).prop_map(|(one, other)| Edit::Insert(one, other)),
        2 => one.clone().prop_map(Edit::DeleteWord),
        4 => (one.clone(), other).prop_map(|(one, other)| Edit::Borrow(one, other)),
        1 => one.clone().prop_map(Edit::Cut),
        1 => one.prop_map(Edit::Indent),
    ]
}

/// The ranges of words: letters and digits, or one other symbol that is no space.
fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    let is_word = |symbol: char| symbol.is_alphanumeric() || "_.%".contains(symbol);
    let mut words: Vec<std::ops::Range<usize>> = Vec::new();
    let mut joins = false;
    for (start, symbol) in text.char_indices().filter(|(_, symbol)| *symbol != '\n') {
        let end = start + symbol.len_utf8();
        match words.last_mut() {
            Some(last) if joins && is_word(symbol) && last.end == start => last.end = end,
            _ if symbol == ' ' => {}
            _ => words.push(start..end),
        }
        joins = is_word(symbol);
    }
    words
}

fn edited(text: &str, edit: &Edit) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let words = words(text);
    if lines.is_empty() || words.is_empty() {
        return text.to_owned();
    }
    let (line, count) = (|number: usize| number % text.lines().count(), words.len());
    let mut changed = text.to_owned();
    match edit {
        Edit::DeleteLine(number) => _ = lines.remove(line(*number)),
        Edit::RepeatLine(number) => lines.insert(line(*number), lines[line(*number)]),
        Edit::SwapLines(one, other) => lines.swap(line(*one), line(*other)),
        Edit::Replace(word, token) => changed.replace_range(words[word % count].clone(), TOKENS[token % TOKENS.len()]),
        Edit::Insert(word, token) => changed.insert_str(words[word % count].start, TOKENS[token % TOKENS.len()]),
        Edit::DeleteWord(word) => changed.replace_range(words[word % count].clone(), ""),
        Edit::Borrow(word, other) => {
            changed.replace_range(words[word % count].clone(), &text[words[other % count].clone()]);
        }
        Edit::Cut(word) => changed.truncate(words[word % count].end),
        Edit::Indent(number) => {
            let indented = format!("  {}", lines[line(*number)]);
            lines[line(*number)] = &indented;
            return lines.join("\n") + "\n";
        }
    }
    if matches!(edit, Edit::DeleteLine(_) | Edit::RepeatLine(_) | Edit::SwapLines(..)) {
        changed = lines.join("\n") + "\n";
    }
    changed
}

fn source(path: &str, text: String) -> Arc<Source> {
    Arc::new(Source { path: path.to_owned(), text })
}

/// Checks a definition with a script, over another one if it is a layer; every finding must be one that can be shown.
fn check(base: Option<&str>, definition: String, script: String) -> Result<Option<Program>, TestCaseError> {
    let mut findings = Findings::new();
    let (definition, script) = (source("programs/a/b.yaml", definition), source("rules/a/b.rhai", script));
    let mut scripts = Scripts::new();
    scripts.add(&script, &mut findings);
    let root = program::parse(&definition, &mut findings).map(|root| match base {
        Some(base) => {
            let base = program::parse(&source("programs/a/c.yaml", base.to_owned()), &mut Findings::new());
            program::in_order(program::layered(base.unwrap(), root, &mut findings))
        }
        None => root,
    });
    if let Some(root) = &root {
        shown_reads_the_same(root)?;
    }
    let program = root.and_then(|root| program::check(&root, &definition, &scripts, &[script], &mut findings));
    prop_assert_eq!(program.is_none(), findings.has_errors(), "a program comes with errors, or none without");
    for finding in findings.into_sorted() {
        prop_assert!(!finding.message.is_empty() && !finding.labels.is_empty());
        prop_assert!(!as_text(&finding, false).is_empty() && !as_github(&finding).is_empty());
        prop_assert!(as_json(&finding).is_ok());
    }
    Ok(program)
}

/// A definition as `meed show` writes it says what it says.
fn shown_reads_the_same(root: &Node) -> Result<(), TestCaseError> {
    let shown = Shown { name: &"a/b".parse().unwrap(), root, sources: Vec::new(), program: None };
    let written = source("programs/a/b.yaml", shown.to_yaml());
    let bytes = |node: &Node| {
        let mut bytes = Vec::new();
        node.canonical(&mut bytes);
        bytes
    };
    let read = program::parse(&written, &mut Findings::new());
    prop_assert_eq!(read.as_ref().map(bytes), Some(bytes(root)), "{}", written.text);
    prop_assert!(!shown.to_text().is_empty() && shown.to_json().is_ok());
    Ok(())
}

/// Two claims with a plausible cell under each column, and no row in any table.
fn decide(program: &Program) -> Result<(), TestCaseError> {
    let fields = &program.claim.fields;
    let mut columns: Vec<&str> = fields.iter().map(|field| field.column.as_str()).collect();
    columns.sort_unstable();
    columns.dedup();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let cell = |column: &&str, text: &str| {
        let field = fields.iter().rfind(|field| field.column == **column).unwrap();
        match (field.kind.kind().present().to_string().as_str(), &field.kind.choices) {
            (_, Some(choices)) => choices.first().cloned().unwrap_or_default(),
            ("date", _) => "2026-05-04".to_owned(),
            ("boolean", _) => "true".to_owned(),
            _ => text.to_owned(),
        }
    };
    let row = |text: &str| columns.iter().map(|column| quoted(&cell(column, text))).collect::<Vec<_>>().join(",");
    let header = columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(",");
    let wanted: Vec<Wanted<'_>> =
        fields.iter().map(|field| Wanted { column: &field.column, kind: &field.kind }).collect();
    let csv = format!("{header}\n{}\n{}\n", row("3"), row("9223372036854775807"));
    let Ok(intake) = read_claims("a.csv", csv.as_bytes(), &wanted, &ColumnMap::default(), &mut |_| {}) else {
        return Ok(());
    };
    let empty = |table: &program::Table| Claims::new("t", table.fields.iter().map(|field| field.kind.scalar.column()));
    let tables = Tables::new(program, program.tables.iter().map(empty).collect()).unwrap();
    let mut failed = None;
    run(program, &tables, &mut Past::new(program), &intake.claims, &|_, _| Depth::Steps, &mut |outcome, _| {
        let found = outcome.reasons.iter().find(|reason| reason.code == "ENGINE_FAILED");
        failed = failed.take().or(found.map(|reason| reason.message.to_string()));
    });
    prop_assert_eq!(failed, None);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mistyped_definition_is_a_program_or_has_findings(
        number in 0..DEFINITIONS.len(),
        edits in prop::collection::vec(edit(), 1..6),
    ) {
        let text = edits.iter().fold(DEFINITIONS[number].to_owned(), |text, edit| edited(&text, edit));
        let script = SCRIPTS[number.min(1)].to_owned();
        if let Some(program) = check(None, text, script)? {
            decide(&program)?;
        }
    }

    #[test]
    fn any_mistyped_layer_is_a_program_or_has_findings(edits in prop::collection::vec(edit(), 1..6)) {
        let text = edits.iter().fold(LAYER.to_owned(), |text, edit| edited(&text, edit));
        if let Some(program) = check(Some(DEFINITIONS[0]), text, SCRIPTS[0].to_owned())? {
            decide(&program)?;
        }
    }

    #[test]
    fn any_mistyped_script_is_a_program_or_has_findings(
        number in 0..SCRIPTS.len(),
        edits in prop::collection::vec(edit(), 1..6),
    ) {
        let text = edits.iter().fold(SCRIPTS[number].to_owned(), |text, edit| edited(&text, edit));
        if let Some(program) = check(None, DEFINITIONS[number].to_owned(), text)? {
            decide(&program)?;
        }
    }

    #[test]
    fn any_text_is_a_definition_or_has_findings(text in "([a-z]{1,6}: |\\{|\\}|\\[|\\]|- |\n|  |\"|'|&|\\*|\\|\\PC){0,60}") {
        check(None, text, String::new())?;
    }

    #[test]
    fn any_text_is_a_script_or_has_findings(
        parts in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..40),
        text in "\\PC{0,40}",
    ) {
        check(None, DEFINITIONS[2].to_owned(), format!("{} {text}", parts.join(" ")))?;
        check(None, DEFINITIONS[1].to_owned(), format!("fn is_goods(a, b) {{ {} }} {text}", parts.join(" ")))?;
    }
}
