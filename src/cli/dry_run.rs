//! `meed dry-run`: decides a claims file and changes nothing.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Exit, Session, Trouble, claims::ClaimsArguments, load, output::OutputFile, program_name};
use crate::{
    claim::Claims,
    engine::{Past, run as decide_all},
    outcome::{Depth, Outcome},
    report::{CommaWriter, JsonLinesWriter, OutcomeColumns, OutcomeWriter, Summary, for_terminal},
    workspace::Loaded,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The program, `client/name`
    program: String,
    #[command(flatten)]
    claims: ClaimsArguments,
    /// Writes the outcomes to a file: .csv, .jsonl or .xlsx
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What is printed: the summary (`table`, `json`) or the outcomes (`csv`, `jsonl`)
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The summary, for people
    Table,
    /// The summary
    Json,
    /// The outcomes
    Csv,
    /// The outcomes
    Jsonl,
}

/// The most returned rows that are named; all are in the outcomes.
const MAX_NAMED_ROWS: usize = 10;

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let name = program_name(&workspace, &arguments.program)?;
    let loaded = load(&workspace, &name)?;
    let columns = OutcomeColumns::new(&loaded.program);
    if let Some(out) = &arguments.out {
        arguments.claims.refuse_as_output(out, session)?;
    }
    let mut file = arguments
        .out
        .as_ref()
        .map(|path| OutputFile::create(&session.environment.folder.join(path), path, columns.clone()))
        .transpose()?;
    let claims = arguments.claims.read(&loaded.program, session)?;
    let mut summary = Summary::new(&loaded.program, &loaded.fingerprint);
    {
        let mut printed: Option<Box<dyn OutcomeWriter + '_>> = match arguments.format {
            Format::Csv => Some(Box::new(CommaWriter::new(columns, &mut *session.stdout)?)),
            Format::Jsonl => Some(Box::new(JsonLinesWriter::new(columns, &mut *session.stdout))),
            Format::Table | Format::Json => None,
        };
        decide(&loaded, &claims, &mut |outcome| {
            summary.add(outcome)?;
            if let Some(file) = &mut file {
                file.write(outcome)?;
            }
            if let Some(printed) = &mut printed {
                printed.write(outcome)?;
            }
            Ok(())
        })?;
        if let Some(printed) = &mut printed {
            printed.finish()?;
        }
    }
    if let Some(file) = file {
        file.finish()?;
    }
    name_unread_rows(&claims, session);
    match arguments.format {
        Format::Table => write!(session.stdout, "{}", for_terminal(&summary.to_table()))?,
        Format::Json => writeln!(session.stdout, "{}", summary.to_json().map_err(std::io::Error::from)?)?,
        Format::Csv | Format::Jsonl => {}
    }
    session.stdout.flush()?;
    Ok(Exit::Done)
}

/// Decides all claims; the first trouble with an outcome stops taking them.
fn decide(
    loaded: &Loaded,
    claims: &Claims,
    take: &mut dyn FnMut(&Outcome<'_>) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut result = Ok(());
    decide_all(
        &loaded.program,
        &loaded.tables,
        &mut Past::new(&loaded.program),
        claims,
        &|_, _| Depth::Codes,
        &mut |outcome, _| {
            if result.is_ok() {
                result = take(outcome);
            }
        },
    );
    result
}

/// Names the first rows that could not be read, with column, text and remedy.
fn name_unread_rows(claims: &Claims, session: &mut Session<'_>) {
    let mut rows = 0;
    for (claim, deficiencies) in claims.deficiencies() {
        rows += 1;
        if rows <= MAX_NAMED_ROWS {
            for deficiency in deficiencies {
                session.say(&format!("{}: {}", claim.origin(), for_terminal(&deficiency.to_string())));
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
