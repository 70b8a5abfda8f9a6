//! The page of the definition, `docs/definition.md`, against the code: every block loads, every key stands in one.
//!
//! A block of YAML is a part of the program that the page builds, or a file of its own where it names a `program`. The word
//! `instead` behind its language marks another way to say a part; `refused M113` one that gives exactly that finding.
//! Blocks of Rhai and CSV are the scripts and tables, each under its path.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and it writes files of its own"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use meed::{
    calendar::Period,
    diagnostic::{Diagnostic, Findings, Source},
    money::{RoundingMode, SplitMethod},
    program::{Node, ProgramName, Text, parse},
    report::{Shown, as_text},
    schema::Scalar,
    workspace::Workspace,
};

const PAGE: &str = "docs/definition.md";
/// The program that the parts on the page are put together to.
const BUILT: &str = "inkwell/channel-rebate";

/// A fenced block of the page.
#[derive(Debug)]
struct Block {
    language: String,
    /// What stands behind the language.
    mark: String,
    line: usize,
    text: String,
}

impl Block {
    fn is_yaml(&self) -> bool {
        self.language == "yaml"
    }

    /// The program that it defines, where it is a file of its own.
    fn program(&self) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix("program: ")).filter(|_| self.is_yaml())
    }

    /// Whether it belongs to the program that the page builds.
    fn is_part(&self) -> bool {
        self.is_yaml() && self.mark.is_empty() && self.program().is_none_or(|name| name == BUILT)
    }

    /// The codes of the findings that it is an example of.
    fn refused(&self) -> Vec<&str> {
        self.mark.strip_prefix("refused ").map_or_else(Vec::new, |codes| codes.split(' ').collect())
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    fs::read_to_string(root().join(PAGE)).unwrap()
}

fn blocks() -> Vec<Block> {
    let page = page();
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (number, line) in page.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(info) => {
                let (language, mark) = info.split_once(' ').unwrap_or((info, ""));
                let (language, mark) = (language.to_owned(), mark.to_owned());
                blocks.push(Block { language, mark, line: number + 1, text: String::new() });
                is_open = true;
            }
            None if is_open => {
                let text = &mut blocks.last_mut().unwrap().text;
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    for block in &blocks {
        let is_known = match block.language.as_str() {
            "yaml" => block.mark.is_empty() || block.mark == "instead" || !block.refused().is_empty(),
            "csv" | "rhai" => !block.mark.is_empty(),
            _ => false,
        };
        assert!(is_known, "{PAGE}:{}: what is a block of `{} {}`?", block.line, block.language, block.mark);
    }
    blocks
}

/// A workspace with what stands on the page.
struct Written {
    folder: PathBuf,
    workspace: Workspace,
}

impl Written {
    fn new(name: &str, blocks: &[Block]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("definition-page").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(folder.join("programs")).unwrap();
        let workspace = Workspace::find(&folder).unwrap();
        let written = Self { folder, workspace };
        for block in blocks {
            match block.language.as_str() {
                "csv" => written.write("tables", &block.mark, &block.text),
                "rhai" => written.write("rules", &block.mark, &block.text),
                _ => {}
            }
        }
        written.build(blocks);
        for block in blocks.iter().filter(|block| !block.is_part()) {
            if let Some(program) = block.program() {
                written.write_program(program, &block.text);
            }
        }
        written
    }

    fn write(&self, folder: &str, path: &str, text: &str) {
        let path = self.folder.join(folder).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn write_program(&self, program: &str, text: &str) {
        self.write("programs", &format!("{program}.yaml"), text);
    }

    /// Puts the parts over each other, in the order of the page.
    fn build(&self, blocks: &[Block]) {
        let mut parts = blocks.iter().filter(|block| block.is_part());
        self.write_program(BUILT, &parts.next().unwrap().text);
        for part in parts {
            let name = self.write_layer(part);
            let mut findings = Findings::new();
            let definition = self.workspace.definition(&name, &mut findings);
            assert_none(part, &findings.into_sorted());
            let root = definition.unwrap().root;
            let shown = Shown { name: &name, root: &root, sources: Vec::new(), program: None }.to_yaml();
            let built = shown.replace(&format!("program: {name}\n"), &format!("program: {BUILT}\n"));
            self.write_program(BUILT, &built);
        }
    }

    /// Writes a block as a layer over the program that the page builds.
    fn write_layer(&self, block: &Block) -> ProgramName {
        let name: ProgramName = format!("inkwell/line-{}", block.line).parse().unwrap();
        let head = format!("format: 1\nprogram: {name}\nextends: {BUILT}\n");
        let own = block.text.strip_prefix(&format!("format: 1\nprogram: {BUILT}\n")).unwrap_or(&block.text);
        self.write_program(&name.to_string(), &format!("{head}{own}"));
        name
    }

    /// What is found in a program, and in how it runs with others.
    fn findings(&self, name: &ProgramName) -> Vec<Diagnostic> {
        let mut findings = Findings::new();
        if let Some(loaded) = self.workspace.load(name, &mut findings) {
            self.workspace.run_first(&loaded.program, &mut findings);
        }
        findings.into_sorted()
    }
}

#[track_caller]
fn assert_none(block: &Block, findings: &[Diagnostic]) {
    let texts: Vec<String> = findings.iter().map(|finding| as_text(finding, false)).collect();
    assert!(findings.is_empty(), "{PAGE}:{}:\n{}", block.line, texts.join("\n"));
}

#[test]
fn the_parts_of_the_page_are_one_program() {
    let blocks = blocks();
    let written = Written::new("built", &blocks);
    assert_none(&blocks[0], &written.findings(&BUILT.parse().unwrap()));
}

#[test]
fn each_block_loads_over_the_whole_or_is_refused_as_it_says() {
    let blocks = blocks();
    let written = Written::new("each", &blocks);
    for block in blocks.iter().filter(|block| block.is_yaml()) {
        let name = match block.program().filter(|name| *name != BUILT) {
            Some(name) => name.parse().unwrap(),
            None => written.write_layer(block),
        };
        let findings = written.findings(&name);
        let codes: Vec<&str> = findings.iter().map(|finding| finding.code.id()).collect();
        if codes != block.refused() {
            assert_none(block, &findings);
            panic!("{PAGE}:{}: nothing is found, though it is refused", block.line);
        }
    }
}

/// Where the keys that a source asks for stand: `*` is a name of the author's own.
const PLACES: [(&str, &[&str]); 13] = [
    ("allocation.rs", &["allocate"]),
    ("check.rs", &[""]),
    ("claim.rs", &["claim", "claim.fields.*", "tables.*.fields.*"]),
    ("component.rs", &["award.*"]),
    ("identity.rs", &["", "unit", "effective", "rounding"]),
    ("layer.rs", &[""]),
    ("limit.rs", &["limits.*"]),
    ("neighbour.rs", &[""]),
    ("param.rs", &["params.*"]),
    ("rule.rs", &["eligibility.*", "flags.*"]),
    ("schedule.rs", &["award.*.tiers", "award.*.tiers.bands"]),
    ("table", &["tables.*", "tables.*.effective", "tables.*.match.*"]),
    ("total.rs", &["totals.*"]),
];
/// The reader of keys itself.
const READER: &str = "fields.rs";

#[test]
fn every_key_that_the_code_asks_for_stands_in_a_block() {
    let shown = keys_on_the_page();
    let asked = keys_of_the_code();
    assert!(asked.len() > 80, "only {} keys were found in the code", asked.len());
    let is_shown = |place: &str, key: &str| shown.contains(&(place.to_owned(), key.to_owned()));
    let missing: Vec<String> = asked
        .iter()
        .filter(|(source, key)| {
            let (_, places) = PLACES.iter().find(|(name, _)| name == source).unwrap_or_else(|| {
                panic!("src/program/{source} asks for `{key}`: say in PLACES where in a definition that stands")
            });
            !places.iter().any(|place| is_shown(place, key))
        })
        .map(|(source, key)| format!("`{key}` (src/program/{source})"))
        .collect();
    assert!(missing.is_empty(), "{PAGE} has no example of {}", missing.join(", "));
}

#[test]
fn every_word_that_a_definition_chooses_from_is_on_the_page() {
    let page = page();
    let words = RoundingMode::NAMES.map(|(name, _)| name).into_iter();
    let words = words.chain(SplitMethod::NAMES.map(|(name, _)| name)).chain(Period::NAMES.map(|(name, _)| name));
    for word in words.chain(Scalar::NAMES.map(|(name, _)| name)) {
        assert!(page.contains(&format!("`{word}`")), "{PAGE} doesn't name `{word}`");
    }
}

/// Each key with the path of what it stands in, names of the author's own as `*`.
fn keys_on_the_page() -> BTreeSet<(String, String)> {
    let mut shown = BTreeSet::new();
    for block in blocks().iter().filter(|block| block.is_yaml()) {
        let source = Arc::new(Source { path: PAGE.into(), text: block.text.clone() });
        let mut findings = Findings::new();
        let root = parse(&source, &mut findings);
        assert_none(block, &findings.into_sorted());
        gather(&root.unwrap(), "", &mut shown);
    }
    shown
}

/// What the author names, by the path of what holds it.
const NAMED: [&str; 12] = [
    "award",
    "claim.fields",
    "derived",
    "earlier",
    "eligibility",
    "flags",
    "limits",
    "params",
    "tables",
    "tables.*.fields",
    "tables.*.match",
    "totals",
];

fn gather(node: &Node, path: &str, shown: &mut BTreeSet<(String, String)>) {
    match node {
        Node::Scalar(_) => {}
        Node::Sequence(items, _) => items.iter().for_each(|item| gather(item, path, shown)),
        Node::Mapping(entries, _) => {
            for (Text { text: key, .. }, value) in entries {
                shown.insert((path.to_owned(), key.clone()));
                let step = if NAMED.contains(&path) { "*" } else { key };
                let inner = if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
                gather(value, &inner, shown);
            }
        }
    }
}

/// Every key that the sources of definitions ask for, with the source: its file, or its folder below `src/program`.
fn keys_of_the_code() -> BTreeSet<(String, String)> {
    let mut asked = BTreeSet::new();
    let mut ahead = vec![root().join("src/program")];
    while let Some(path) = ahead.pop() {
        if path.is_dir() {
            ahead.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let inside = path.strip_prefix(root().join("src/program")).unwrap();
        let source = inside.iter().next().unwrap().to_str().unwrap().to_owned();
        if source == READER {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        asked.extend(keys_in(code).into_iter().map(|key| (source.clone(), key)));
    }
    asked
}

fn keys_in(code: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for method in ["optional", "required", "optional_text", "required_text", "entries", "texts"] {
        for (start, found) in code.match_indices(&format!(".{method}(")) {
            let argument = code[start + found.len()..].trim_start();
            match argument.strip_prefix('"') {
                Some(key) => keys.push(key.split('"').next().unwrap().to_owned()),
                None => keys.extend(keys_of_list(&code[..start], argument)),
            }
        }
    }
    keys
}

/// The keys of `["from", "above"].map(|key| fields.optional_text(key))`, of which `before` is what stands before the method.
fn keys_of_list(before: &str, argument: &str) -> Vec<String> {
    let list = before.rsplit_once(".map(|key|").filter(|(_, between)| !between.contains(';'));
    let list = list.filter(|_| argument.starts_with("key)")).and_then(|(list, _)| list.strip_suffix(']'));
    let (_, list) = list.and_then(|list| list.rsplit_once('[')).unwrap_or_else(|| {
        panic!("a key that isn't written out: {}", argument.lines().next().unwrap());
    });
    list.split(',').map(|key| key.trim().trim_matches('"').to_owned()).collect()
}
