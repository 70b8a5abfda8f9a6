//! The guide for designers, walked from top to bottom in a folder of its own: what it says to write is written, and every
//! command prints what the page shows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::{
    env,
    fmt::Write,
    fs,
    io::{self, Read},
    ops::Range,
    path::{Path, PathBuf},
    process::{self, Command},
};

/// A folder outside this workspace, gone afterwards.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A fenced block of a page.
struct Block<'p> {
    language: &'p str,
    /// The paragraph in front of it, on one line: it says what the block is for.
    lead: String,
    lines: Vec<&'p str>,
}

/// What the paragraph in front of a block says to do with it.
enum Edit<'l> {
    /// A file that isn't there yet.
    New { file: &'l str },
    /// All of a file that is there.
    Whole { file: &'l str },
    /// More lines at the end of a file.
    End { file: &'l str },
    /// A section in front of another one.
    Above { file: &'l str, key: &'l str },
    /// Lines behind a key and all that belongs to it.
    Below { file: &'l str, key: &'l str },
    /// A key and all that belongs to it.
    Key { file: &'l str, key: &'l str },
    /// Nothing: the file holds this, where `...` stands for lines that aren't shown.
    Holds { file: &'l str },
}

impl<'l> Edit<'l> {
    fn of(lead: &'l str) -> Self {
        let pieces: Vec<&str> = lead.split('`').collect();
        match *pieces.as_slice() {
            [.., file, ", above ", key, ":"] => Self::Above { file, key },
            [.., file, ", below ", key, ":"] => Self::Below { file, key },
            [.., file, ", ", key, " becomes:"] => Self::Key { file, key },
            [.., file, " becomes:"] => Self::Whole { file },
            [.., file, " holds:"] => Self::Holds { file },
            [.., before, file, ":"] if before.ends_with("New file ") => Self::New { file },
            [.., before, file, ":"] if before.ends_with("At the end of ") => Self::End { file },
            _ => panic!("a block stands behind words that don't say what to do with it: {lead}"),
        }
    }

    fn apply(&self, folder: &Path, block: &[&str]) {
        let text = format!("{}\n", block.join("\n"));
        match *self {
            Self::New { file } => {
                let path = folder.join(file);
                assert!(!path.exists(), "`{file}` is there already");
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Self::Whole { file } => {
                read(folder, file);
                fs::write(folder.join(file), text).unwrap();
            }
            Self::End { file } => fs::write(folder.join(file), format!("{}\n{text}", read(folder, file))).unwrap(),
            Self::Above { file, key } => {
                let block = [block, &[""]].concat();
                splice(folder, file, key, |section| section.start..section.start, &block);
            }
            Self::Below { file, key } => splice(folder, file, key, |section| section.end..section.end, block),
            Self::Key { file, key } => {
                assert!(block.first().is_some_and(|line| is_key(line, key)), "the block doesn't begin with `{key}`");
                splice(folder, file, key, |section| section, block);
            }
            Self::Holds { file } => assert!(matches(block, &read(folder, file)), "`{file}` doesn't hold: {text}"),
        }
    }
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("`{file}`: {error}"))
}

/// Puts lines into a file, at a place that the section of a key gives.
fn splice(folder: &Path, file: &str, key: &str, place: impl Fn(Range<usize>) -> Range<usize>, block: &[&str]) {
    let text = read(folder, file);
    let mut lines: Vec<&str> = text.lines().collect();
    lines.splice(place(section(&lines, key)), block.iter().copied());
    fs::write(folder.join(file), format!("{}\n", lines.join("\n"))).unwrap();
}

/// Where a key stands, with all that is indented deeper.
fn section(lines: &[&str], key: &str) -> Range<usize> {
    let found: Vec<usize> = (0..lines.len()).filter(|at| is_key(lines[*at], key)).collect();
    let [start] = *found.as_slice() else { panic!("`{key}` stands {} times", found.len()) };
    let depth = |line: &str| line.len() - line.trim_start().len();
    let deeper = |line: &&&str| !line.is_empty() && depth(line) > depth(lines[start]);
    start..start + 1 + lines[start + 1..].iter().take_while(deeper).count()
}

fn is_key(line: &str, key: &str) -> bool {
    line.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with(':'))
}

/// Whether a text is as written, where a line `...` stands for any lines.
fn matches(written: &[&str], text: &str) -> bool {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    let parts: Vec<&[&str]> = written.split(|line| *line == "...").collect();
    let [first, middle @ .., last] = parts.as_slice() else { return written == lines.as_slice() };
    let inner = lines.strip_prefix(*first).and_then(|rest| rest.strip_suffix(*last));
    let found = inner.and_then(|inner| {
        middle.iter().try_fold(inner, |rest, part| {
            let at = (0..=rest.len()).find(|at| rest[*at..].starts_with(part))?;
            Some(&rest[at + part.len()..])
        })
    });
    found.is_some()
}

/// The fenced blocks of a page in their order, each with the numbers of its lines.
fn blocks(page: &str) -> Vec<(Range<usize>, Block<'_>)> {
    let lines: Vec<&str> = page.lines().collect();
    let (mut blocks, mut paragraph, mut open): (Vec<_>, Vec<&str>, Option<(usize, &str)>) = Default::default();
    for (number, line) in lines.iter().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(language), None) => open = Some((number + 1, language)),
            (Some(_), Some((start, language))) => {
                let block = Block { language, lead: paragraph.join(" "), lines: lines[start..number].to_vec() };
                blocks.push((start..number, block));
                paragraph.clear();
                open = None;
            }
            (None, None) if line.is_empty() && lines.get(number + 1).is_some_and(|next| !next.starts_with("```")) => {
                paragraph.clear();
            }
            (None, None) if !line.is_empty() => paragraph.push(line),
            (None, _) => {}
        }
    }
    blocks
}

/// What a command prints on both streams, and whether it found nothing to complain of.
fn called(folder: &Path, command: &str) -> (String, bool) {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("meed"), "{command}");
    let (mut reader, writer) = io::pipe().unwrap();
    let mut meed = Command::new(env!("CARGO_BIN_EXE_meed"));
    meed.args(words).current_dir(folder).stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut child = meed.spawn().unwrap();
    drop(meed);
    let mut printed = String::new();
    reader.read_to_string(&mut printed).unwrap();
    (printed, child.wait().unwrap().success())
}

/// Runs the commands of a block. Comes back with the block as it would have to be, which is as it is where all is true.
fn run(folder: &Path, block: &[&str]) -> String {
    let mut true_block = String::new();
    let mut rest = block;
    while let Some((line, after)) = rest.split_first() {
        let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("`{line}` is not a command"));
        let end = after.iter().position(|line| line.starts_with("$ ")).unwrap_or(after.len());
        let (shown, others) = after.split_at(end);
        let shown = &shown[..shown.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1)];
        let (printed, done) = called(folder, command);
        let complains = printed.lines().any(|line| ["error", "ERROR", "FAILED"].iter().any(|w| line.starts_with(w)));
        assert_eq!(done, !complains, "{command}\n{printed}");
        let output = if matches(shown, &printed) { shown.join("\n") } else { printed.trim_end().to_owned() };
        writeln!(true_block, "{line}\n{output}").unwrap();
        if !others.is_empty() {
            true_block.push('\n');
        }
        rest = others;
    }
    true_block
}

/// A page with the outputs as they are, after all that it says was done.
fn walked(folder: &Path, page: &str) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let mut outputs = Vec::new();
    for (place, block) in blocks(page) {
        match block.language {
            "console" => outputs.push((place, run(folder, &block.lines))),
            // What comes before the first command: a folder, a repository.
            "sh" => {}
            _ => Edit::of(&block.lead).apply(folder, &block.lines),
        }
    }
    for (place, output) in outputs.into_iter().rev() {
        lines.splice(place, output.lines().map(str::to_owned));
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_guide_for_designers_does_what_it_says() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/guide-designer.md");
    let written = fs::read_to_string(&page).unwrap();
    let folder = Folder(env::temp_dir().join(format!("meed-guide-{}", process::id())));
    fs::create_dir_all(&folder.0).unwrap();
    let real = walked(&folder.0, &written);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&page, &real).unwrap();
        return;
    }
    let difference = similar::TextDiff::from_lines(&written, &real);
    assert!(written == real, "UPDATE_DOCS=1 cargo test --test guide writes this:\n{}", difference.unified_diff());
}
