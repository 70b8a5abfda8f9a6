//! Reading the claims file that a command names, with a progress bar on a terminal.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Session, Trouble, output::is_same_file};
use crate::{
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings, Place, Source},
    input::{ColumnMap, InputError, open, read_claims, wanted},
    ledger::hash_of,
    program::{self, Fields, Program, Text},
    report::for_terminal,
};

/// The most returned rows that are named; all are in the outcomes.
const MAX_NAMED_ROWS: usize = 10;

/// The largest map, in bytes.
const MAX_MAP_BYTES: u64 = 1 << 20;

#[derive(Debug, Args)]
pub(super) struct ClaimsArguments {
    /// The claims: CSV or JSON Lines, also .gz or .zst; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(super) claims: PathBuf,
    /// A YAML file that renames what a client sends: `columns: { "Client's name": column }`
    #[arg(long, value_name = "FILE")]
    pub(super) map: Option<PathBuf>,
    /// Claims decided before, file by file: copies of them are skipped, corrections take back what was decided
    #[arg(long, value_name = "FILE")]
    pub(super) earlier: Vec<PathBuf>,
}

impl ClaimsArguments {
    /// Refuses an output file that is one of the inputs: it would replace what the client sent.
    pub(super) fn refuse_as_output(&self, option: &str, out: &Path, session: &Session<'_>) -> Result<(), Trouble> {
        let folder = &session.environment.folder;
        let mut inputs = [Some(&self.claims), self.map.as_ref()].into_iter().flatten().chain(&self.earlier);
        match inputs.find(|input| is_same_file(&folder.join(input), &folder.join(out))) {
            None => Ok(()),
            Some(input) => {
                let help = "give what is written a file of its own".to_owned();
                Err(Trouble::Usage(format!("`{option}` names `{}`, which is read", input.display()), Some(help)))
            }
        }
    }

    /// The hash by which a ledger knows the claims file, read through this map.
    pub(super) fn hash(&self, session: &Session<'_>) -> Result<[u8; 32], Trouble> {
        if self.claims.as_os_str() == "-" {
            let help = "name a file: it is known again by what it holds".to_owned();
            return Err(Trouble::Usage("a ledger doesn't take claims from standard input".to_owned(), Some(help)));
        }
        let folder = &session.environment.folder;
        let mut claims = open(&folder.join(&self.claims), &self.claims)?;
        let mut map = self.map.as_ref().map(|map| open(&folder.join(map), map)).transpose()?;
        let mut readers: Vec<&mut dyn Read> = vec![&mut claims];
        readers.extend(map.as_mut().map(|map| map as &mut dyn Read));
        hash_of(&mut readers).map_err(|source| {
            let file = self.claims.display().to_string();
            Trouble::Input(InputError::Unopened { file, source })
        })
    }

    /// Its name, without its folder.
    pub(super) fn name(&self) -> String {
        self.claims.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    /// Reads the claims of a program. Notes on the file are printed.
    pub(super) fn read(&self, program: &Program, session: &mut Session<'_>) -> Result<Claims, Trouble> {
        self.read_file(&self.claims, program, session)
    }

    /// Reads claims that were decided before.
    pub(super) fn read_earlier(
        &self,
        path: &Path,
        program: &Program,
        session: &mut Session<'_>,
    ) -> Result<Claims, Trouble> {
        if path.as_os_str() == "-" {
            let help = "name a file: standard input is for `--claims`".to_owned();
            return Err(Trouble::Usage("`--earlier` can't read standard input".to_owned(), Some(help)));
        }
        self.read_file(path, program, session)
    }

    /// Reads all claims that were decided before, file by file.
    pub(super) fn read_all_earlier(
        &self,
        program: &Program,
        session: &mut Session<'_>,
    ) -> Result<Vec<Claims>, Trouble> {
        self.earlier.iter().map(|path| self.read_earlier(path, program, session)).collect()
    }

    fn read_file(&self, path: &Path, program: &Program, session: &mut Session<'_>) -> Result<Claims, Trouble> {
        let map = match &self.map {
            Some(map) => read_map(&session.environment.folder.join(map), map, program)?,
            None => ColumnMap::default(),
        };
        let wanted = wanted(&program.claim.fields);
        let intake = if path.as_os_str() == "-" {
            read_claims("stdin", &mut *session.stdin, &wanted, &map, &mut |_| {})?
        } else {
            let file = open(&session.environment.folder.join(path), path)?;
            let bar = progress_bar(session.environment.progress, file.metadata().map_or(0, |metadata| metadata.len()));
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let intake = read_claims(&name, file, &wanted, &map, &mut |bytes| bar.set_position(bytes));
            bar.finish_and_clear();
            intake?
        };
        for note in &intake.notes {
            session.say(&format!("note: {note}"));
        }
        if intake.claims.count() == 0 {
            session.say("note: the file has a header and no claims");
        }
        Ok(intake.claims)
    }
}

fn progress_bar(shown: bool, bytes: u64) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    if let Ok(style) = ProgressStyle::with_template("reading {bar:40} {percent}%") {
        bar.set_style(style);
    }
    bar
}

/// Reads a map: `format: 1` and `columns`, from the client's names to those of the definition.
fn read_map(path: &Path, named: &Path, program: &Program) -> Result<ColumnMap, Trouble> {
    let shown = named.display().to_string();
    let unreadable = |source| Trouble::Input(InputError::Unopened { file: shown.clone(), source });
    let mut text = String::new();
    open(path, named)?.take(MAX_MAP_BYTES).read_to_string(&mut text).map_err(unreadable)?;
    let source = std::sync::Arc::new(Source { path: shown.clone(), text });
    let mut findings = Findings::new();
    let pairs = program::parse(&source, &mut findings).and_then(|root| {
        let mut fields = Fields::of(&root, &mut findings)?;
        fields.required_text("format", "write `format: 1`");
        let columns = fields.entries("columns");
        if columns.is_empty() {
            let finding = Diagnostic::error(Code::ColumnMap, &Place::start_of(&source), "the map renames nothing");
            fields.findings().add(finding.help("write `columns: { \"Client's name\": column }`"));
        }
        fields.finish();
        let pairs = columns.iter().map(|(from, to)| {
            let to = program::text(to, &mut findings)?;
            check_column(&to, program, &mut findings);
            Some((from.text.clone(), to.text))
        });
        pairs.collect::<Option<Vec<_>>>()
    });
    match pairs {
        Some(pairs) if !findings.has_errors() => Ok(pairs.into_iter().collect()),
        _ => Err(Trouble::Map(findings.into_sorted())),
    }
}

/// Reports a column that the program doesn't read: the file would be blamed for the map's mistake.
fn check_column(to: &Text, program: &Program, findings: &mut Findings) {
    let columns: Vec<&str> = program.claim.fields.iter().map(|field| field.column.as_str()).collect();
    if !columns.contains(&to.text.as_str()) {
        let finding =
            Diagnostic::error(Code::ColumnMap, &to.place, format!("the program reads no column `{}`", to.text));
        findings.add(finding.suggest(&to.text, columns));
    }
}

/// Names the first rows that could not be read, with column, text and remedy.
pub(super) fn name_unread_rows(claims: &Claims, program: &Program, names: bool, session: &mut Session<'_>) {
    let private: Vec<bool> = program.claim.fields.iter().map(|field| field.private && !names).collect();
    let mut rows = 0;
    for (claim, deficiencies) in claims.deficiencies() {
        rows += 1;
        if rows <= MAX_NAMED_ROWS {
            for deficiency in deficiencies {
                let hidden = deficiency.field.is_some_and(|field| private.get(field) == Some(&true));
                let words = if hidden { deficiency.without_text() } else { deficiency.to_string() };
                session.say(&format!("{}: {}", claim.origin(), for_terminal(&words)));
            }
        }
    }
    if rows > 0 {
        let shown = if rows > MAX_NAMED_ROWS {
            format!(", the first {MAX_NAMED_ROWS} of which are named here")
        } else {
            String::new()
        };
        let verb = if rows == 1 {
            "row lacks something or can't be read, and is"
        } else {
            "rows lack something or can't be read, and are"
        };
        session.say(&format!("{rows} {verb} returned{shown}"));
    }
}
