//! `meed show`: the effective definition of a program, where each part comes from, and its schedules drawn.

use clap::{Args, ValueEnum};

use super::{Exit, Session, Trouble, program_name};
use crate::{diagnostic::Findings, report::Shown};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The program, `client/name`
    program: String,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With file and line beside each part, and schedules drawn
    Text,
    /// The definition alone, as one file that says the same
    Yaml,
    /// The definition and, beside it, where each part comes from
    Json,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let name = program_name(&workspace, &arguments.program)?;
    let mut findings = Findings::new();
    let Some(definition) = workspace.definition(&name, &mut findings) else {
        return Err(Trouble::Findings(findings.into_sorted()));
    };
    // Of a definition with errors what can be read is shown: they may lie in how its layers fit together.
    let mut findings = Findings::new();
    let loaded = workspace.load(&name, &mut findings);
    let shown = Shown {
        name: &name,
        root: &definition.root,
        sources: definition.files.iter().map(|file| &file.source).collect(),
        program: loaded.as_ref().map(|loaded| (&loaded.program, loaded.fingerprint.as_str())),
    };
    let page = match arguments.format {
        Format::Text => shown.to_text(),
        Format::Yaml => shown.to_yaml(),
        Format::Json => shown.to_json().map_err(std::io::Error::from)? + "\n",
    };
    session.stdout.write_all(page.as_bytes())?;
    if loaded.is_some() {
        return Ok(Exit::Done);
    }
    Err(Trouble::Findings(findings.into_sorted()))
}
