//! `docs/guide-coordinator.md`: its commands run one behind the other and print what is written there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and writes files of its own"
)]

mod command_line;

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use command_line::meed;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The words of a command line, some of them in quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, piece) in line.split('"').enumerate() {
        match number % 2 {
            0 => words.extend(piece.split_whitespace().map(str::to_owned)),
            _ => words.push(piece.to_owned()),
        }
    }
    words
}

/// Heads as the page shows them, with the first digits of their hashes.
fn shortened(text: &str) -> String {
    let short = |word: &str| match word.split_once(':') {
        Some((number, hash)) if hash.len() == 64 && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{number}:{}…", &hash[..8])
        }
        _ => word.to_owned(),
    };
    let lines = text.lines().map(|line| line.split(' ').map(short).collect::<Vec<_>>().join(" ").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

fn workspace() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide_coordinator");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    for name in ["programs/inkwell", "rules/inkwell", "tables/inkwell", "samples/inkwell", "arrangements/inkwell"] {
        copy(&root().join(name), &folder.join(name));
    }
    folder
}

#[test]
fn the_guide_for_coordinators_does_what_it_says() {
    let (path, folder) = (root().join("docs/guide-coordinator.md"), workspace());
    let page = fs::read_to_string(&path).unwrap();
    let mut made = String::new();
    let mut rest = page.as_str();
    while let Some((before, behind)) = rest.split_once("```") {
        let (block, behind) = behind.split_once("```").unwrap();
        let (kind, text) = block.split_once('\n').unwrap();
        made.push_str(before);
        match kind {
            "csv" => {
                let named = before.rsplit('`').nth(1).unwrap();
                fs::write(folder.join(named), text).unwrap();
                write!(made, "```{block}```").unwrap();
            }
            "console" => {
                let line = text.lines().next().unwrap().strip_prefix("$ meed ").unwrap();
                let arguments = words(line);
                let (exit, stdout, stderr) = meed(&folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
                assert_eq!(exit, 0, "{line}: {stderr}");
                let said = [shortened(&stdout), shortened(&stderr)];
                let said: Vec<&str> = said.iter().map(|text| text.trim_end()).filter(|text| !text.is_empty()).collect();
                write!(made, "```console\n$ meed {line}\n{}\n```", said.join("\n")).unwrap();
            }
            other => panic!("{other}"),
        }
        rest = behind;
    }
    made.push_str(rest);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert!(page == made, "UPDATE_DOCS=1 cargo test --test guide_coordinator writes what the commands print");
}
