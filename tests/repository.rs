//! The repository's own rules: layers, one place for each outside package, documents that keep up with the code.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Every module may use those behind it, and none before it.
const LAYERS: [&str; 19] = [
    "cli",
    "workspace",
    "report",
    "cases",
    "compare",
    "posting",
    "engine",
    "ledger",
    "input",
    "variant",
    "program",
    "script",
    "schema",
    "outcome",
    "history",
    "claim",
    "calendar",
    "money",
    "diagnostic",
];

/// Outside packages with the modules that may use them; the vocabulary's packages may be used everywhere.
const PACKAGES: [(&str, &[&str]); 25] = [
    ("annotate_snippets", &["report"]),
    ("blake3", &["engine", "ledger", "posting", "program", "workspace"]),
    ("bumpalo", &["cases", "claim", "compare", "engine", "script"]),
    ("clap", &["cli"]),
    ("comfy_table", &["report"]),
    ("csv_core", &["input", "report"]),
    ("encoding_rs", &["input"]),
    ("flate2", &["input"]),
    ("granit_parser", &["program"]),
    ("hashbrown", &["engine", "history", "input"]),
    ("indicatif", &["cli"]),
    ("iso_currency", &["money"]),
    ("itoa", &["money", "report"]),
    ("maud", &["report"]),
    ("memchr", &["input"]),
    ("postcard", &["ledger"]),
    ("rayon", &["cli", "engine", "input", "workspace"]),
    ("rhai", &["script"]),
    ("rusqlite", &["ledger"]),
    ("rust_xlsxwriter", &["report"]),
    ("serde_yaml", &["cases"]),
    ("similar", &["cli"]),
    ("strsim", &["diagnostic", "input"]),
    ("wide", &["input"]),
    ("zstd", &["input", "ledger"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source of the library with the module that it belongs to, without its tests.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.strip_prefix(root().join("src")).unwrap().to_owned();
            let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
            if module != "lib" && module != "main" {
                sources.push((module, relative, code));
            }
        }
    }
    sources
}

/// Those of them that are compiled into the library: the oracle runs in tests only, and may look at everything.
fn library() -> impl Iterator<Item = (String, PathBuf, String)> {
    sources().into_iter().filter(|(_, path, _)| !path.starts_with("script/oracle"))
}

/// The modules of this crate that a source names, in `use crate::{a, b}` or as `crate::a`.
fn named_modules(code: &str) -> Vec<String> {
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut named = Vec::new();
    for (start, _) in code.match_indices("crate::") {
        let rest = &code[start + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            named.extend(top_level_names(list));
        } else {
            named.push(rest.chars().take_while(|symbol| symbol.is_alphanumeric() || *symbol == '_').collect());
        }
    }
    named
}

fn top_level_names(list: &str) -> Vec<String> {
    let (mut names, mut depth, mut name) = (Vec::new(), 0, String::new());
    for symbol in list.chars() {
        match symbol {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut name)),
            _ if depth == 0 => name.push(symbol),
            _ => {}
        }
    }
    names.push(name);
    let first = |name: &String| name.trim().split("::").next().unwrap().trim().to_owned();
    names.iter().map(first).filter(|name| !name.is_empty()).collect()
}

#[test]
fn no_module_uses_one_above_it() {
    let rank = |module: &str| LAYERS.iter().position(|layer| *layer == module);
    for (module, path, code) in library() {
        let own = rank(&module).unwrap_or_else(|| panic!("{module} is in no layer"));
        for used in named_modules(&code) {
            let Some(used_rank) = rank(&used) else { continue };
            assert!(used_rank >= own, "{} is in `{module}` and uses `{used}` above it", path.display());
        }
    }
}

#[test]
fn each_outside_package_is_used_in_its_place() {
    for (module, path, code) in library() {
        for (package, places) in PACKAGES {
            let used = code.contains(&format!("{package}::")) && !code.contains(&format!("::{package}::"));
            assert!(!used || places.contains(&module.as_str()), "{} uses `{package}`", path.display());
        }
    }
}

#[test]
fn only_the_reader_of_revisions_starts_a_process() {
    for (_, path, code) in library() {
        let starts = code.contains("process::Command") || code.contains("Command::new");
        assert!(!starts || path == Path::new("workspace/revision.rs"), "{} starts a process", path.display());
    }
}

#[test]
fn files_stay_readable() {
    for (_, path, code) in sources() {
        let lines = code.lines().count();
        assert!(lines <= 500, "{} has {lines} lines: redesign it", path.display());
    }
}

#[test]
fn names_say_what_things_are() {
    let banned = ["util", "helper", "common", "manager", "handler", "record", "info"];
    for (_, path, _) in sources() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(!banned.contains(&name), "{}", path.display());
    }
}

/// A generated document against what the code makes; `UPDATE_DOCS=1 cargo test --test repository` writes it.
fn assert_document(path: &str, made: &str) {
    let path: PathBuf = root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, made).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == made, "{} is out of date: run UPDATE_DOCS=1 cargo test --test repository", path.display());
}

#[test]
fn every_code_is_documented() {
    assert_document("docs/codes.md", &meed::report::codes_page());
}

#[test]
fn every_built_in_function_is_documented() {
    const MARK: &str = "<!-- made from the table in the code -->\n";
    let page = fs::read_to_string(root().join("docs/language.md")).unwrap();
    let (written, _) = page.split_once(MARK).unwrap();
    assert_document(
        "docs/language.md",
        &format!("{written}{MARK}{}", meed::report::functions_page(&meed::script::Functions::standard())),
    );
}

#[test]
fn every_command_is_in_the_readme() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for command in ["check", "dry-run", "explain", "impact", "new", "schema", "show", "test"] {
        assert!(readme.contains(&format!("meed {command}")), "{command}");
    }
}

/// Decimals go through binary floats in these features, also when another package of the tree switches them on.
#[test]
fn no_feature_lets_money_pass_through_a_float() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for feature in ["arbitrary_precision", "serde-float", "serde-arbitrary-precision", "\"unchecked\"", "\"serde\"]"] {
        let offending = manifest.lines().find(|line| line.contains(feature));
        assert_eq!(offending, None);
    }
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let versions: BTreeMap<&str, usize> = ["rhai", "rust_decimal"]
        .into_iter()
        .map(|package| (package, lock.matches(&format!("name = \"{package}\"\n")).count()))
        .collect();
    assert_eq!(versions, BTreeMap::from([("rhai", 1), ("rust_decimal", 1)]));
}

#[test]
fn paths_of_the_machine_are_in_no_file() {
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // In a second working tree `.git` is a file that names the first.
            if ["target", ".git"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let machine = ["/wo", "rk/"].concat();
                assert!(!text.contains(&machine) || path == Path::new(file!()), "{}", path.display());
            }
        }
    }
}
