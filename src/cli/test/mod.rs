//! `meed test`: runs the cases of programs against their snapshots and plain expectations.

mod coverage;
mod mutation;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use similar::TextDiff;

use super::{Exit, Session, Trouble, check::counted, program_name};
use crate::{
    cases::Ran,
    diagnostic::Findings,
    program::ProgramName,
    report::{as_text, for_terminal},
    workspace::{CaseName, Loaded, Workspace},
};

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("measure").args(["coverage", "mutate"]))]
pub(super) struct Arguments {
    /// A program (`client/name`), or a part of the cases' names; all cases, if not given
    filter: Option<String>,
    /// Makes what the cases give now their snapshots; review the difference before you commit it
    #[arg(long)]
    accept: bool,
    /// What of the rules the cases reach: each side of every condition, bands, limits, flags; the cases aren't judged
    #[arg(long, conflicts_with = "accept")]
    coverage: bool,
    /// Which small changes of the rules no case would notice; the cases aren't judged
    #[arg(long, conflicts_with_all = ["accept", "coverage"])]
    mutate: bool,
    /// With --coverage or --mutate: fails under so many percent of branches or mutants
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100), requires = "measure")]
    min: Option<u8>,
    /// With --coverage: also what the claims of a file reach, apart from the cases
    #[arg(long, value_name = "FILE", requires = "coverage")]
    claims: Option<PathBuf>,
    /// A YAML file that renames what a client sends
    #[arg(long, value_name = "FILE", requires = "claims")]
    map: Option<PathBuf>,
    /// With --coverage: an HTML page with the source coloured by what is reached
    #[arg(long, value_name = "FILE", requires = "coverage")]
    page: Option<PathBuf>,
    /// How what was found is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How what was found is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON document
    Json,
}

/// How a case ended.
enum Verdict {
    Passed,
    Accepted,
    Failed(Vec<String>),
    /// It could not be run.
    Error(Vec<String>),
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let filter = arguments.filter.as_deref().unwrap_or("");
    let cases = chosen(workspace.cases()?, filter);
    if cases.is_empty() {
        if !filter.is_empty() {
            program_name(&workspace, filter)?;
        }
        let help = "cases stand in `tests/programs/CLIENT/NAME/CASE.yaml`".to_owned();
        return Err(Trouble::Usage("there is no such case".to_owned(), Some(help)));
    }
    if arguments.coverage {
        return coverage::run(arguments, &cases, &workspace, session);
    }
    if arguments.mutate {
        return mutation::run(arguments, &cases, &workspace, session);
    }
    let (mut passed, mut failed, mut errors) = (0, 0, 0);
    let mut loaded: Option<(ProgramName, Result<Loaded, Vec<String>>)> = None;
    for case in &cases {
        if loaded.as_ref().is_none_or(|(name, _)| *name != case.program) {
            loaded = Some((case.program.clone(), load(&workspace, &case.program, session)));
        }
        let verdict = match &loaded {
            Some((_, Ok(loaded))) => judge(&workspace, case, loaded, arguments.accept, session)?,
            Some((_, Err(lines))) => Verdict::Error(lines.clone()),
            None => Verdict::Error(Vec::new()),
        };
        let (word, lines) = match verdict {
            Verdict::Passed => ("ok", Vec::new()),
            Verdict::Accepted => ("accepted", Vec::new()),
            Verdict::Failed(lines) => ("FAILED", lines),
            Verdict::Error(lines) => ("ERROR", lines),
        };
        match word {
            "FAILED" => failed += 1,
            "ERROR" => errors += 1,
            _ => passed += 1,
        }
        writeln!(session.stdout, "{word:<8} {case}")?;
        for line in lines {
            writeln!(session.stdout, "{}", for_terminal(&line))?;
        }
    }
    for orphan in workspace.orphan_snapshots()? {
        session.say(&format!("warning: no case belongs to the snapshot `{orphan}`; delete it"));
    }
    writeln!(
        session.stdout,
        "\n{}: {passed} passed, {failed} failed, {errors} could not be run",
        counted(cases.len(), "case")
    )?;
    Ok(if failed + errors == 0 { Exit::Done } else { Exit::Findings })
}

/// The cases of a program, or those with a part of their names.
fn chosen(cases: Vec<CaseName>, filter: &str) -> Vec<CaseName> {
    let is_program = cases.iter().any(|case| case.program.to_string() == filter);
    let fits = |case: &CaseName| match is_program {
        true => case.program.to_string() == filter,
        false => case.to_string().contains(filter),
    };
    cases.into_iter().filter(fits).collect()
}

/// The cases of each program; they come by program.
fn by_program(cases: &[CaseName]) -> Vec<(&ProgramName, &[CaseName])> {
    let chunks = cases.chunk_by(|one, other| one.program == other.program);
    chunks.filter_map(|chunk| Some((&chunk.first()?.program, chunk))).collect()
}

fn load(workspace: &Workspace, name: &ProgramName, session: &Session<'_>) -> Result<Loaded, Vec<String>> {
    let mut findings = Findings::new();
    let loaded = workspace.load(name, &mut findings);
    loaded.ok_or_else(|| texts(findings, session))
}

fn texts(findings: Findings, session: &Session<'_>) -> Vec<String> {
    findings.into_sorted().iter().map(|finding| as_text(finding, session.environment.stdout_colour)).collect()
}

fn judge(
    workspace: &Workspace,
    case: &CaseName,
    loaded: &Loaded,
    accept: bool,
    session: &Session<'_>,
) -> Result<Verdict, Trouble> {
    let mut findings = Findings::new();
    let Some(ran) = workspace.run_case(case, loaded, &mut findings) else {
        return Ok(Verdict::Error(texts(findings, session)));
    };
    let accepted = workspace.accepted(case, &mut findings);
    if findings.has_errors() {
        return Ok(Verdict::Error(texts(findings, session)));
    }
    let same = accepted.as_deref() == Some(ran.snapshot.contents.as_str());
    if !ran.unmet.is_empty() {
        let mut lines: Vec<String> = ran.unmet.iter().map(|line| format!("  {line}")).collect();
        if accept {
            lines.push("  it isn't accepted: correct the rules, or what is expected".to_owned());
        }
        return Ok(Verdict::Failed(lines));
    }
    if accept {
        // The outcomes may be the same and the claims in the snapshot's header not.
        let is_new = workspace.accept(case, &ran.snapshot)?;
        return Ok(if is_new { Verdict::Accepted } else { Verdict::Passed });
    }
    Ok(if same { Verdict::Passed } else { Verdict::Failed(difference(accepted.as_deref(), &ran)) })
}

/// How what a case gives now differs from its snapshot.
fn difference(accepted: Option<&str>, ran: &Ran) -> Vec<String> {
    let Some(accepted) = accepted else {
        return vec![
            "  it gives what it expects, and has no snapshot yet: write one with `--accept`, and review it".to_owned(),
        ];
    };
    let (old, new) = (format!("{accepted}\n"), format!("{}\n", ran.snapshot.contents));
    let difference = TextDiff::from_lines(old.as_str(), new.as_str());
    let text = difference.unified_diff().context_radius(4).header("accepted", "now").to_string();
    text.lines().map(|line| format!("  {line}")).collect()
}
