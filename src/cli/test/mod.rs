//! `meed test`: runs the cases of programs against their snapshots and plain expectations.

mod coverage;
mod mutation;
mod verdict;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use similar::TextDiff;

use super::{Exit, Session, Trouble, check::counted, program_name};
use crate::{
    cases::{Ran, differences},
    diagnostic::Findings,
    program::ProgramName,
    report::{self, as_text},
    workspace::{CaseName, Loaded, Workspace},
};
use verdict::{Ending, Verdict};

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(group = clap::ArgGroup::new("measure").args(["coverage", "mutate"]))]
pub(super) struct Arguments {
    /// A program (`client/name`), or a part of the cases' names; all cases, if not given
    filter: Option<String>,
    /// Makes what the cases give now their snapshots: of all that run, or of those with a part of their names
    #[arg(long, value_name = "FILTER", num_args = 0..=1, default_missing_value = "", conflicts_with = "measure")]
    accept: Option<String>,
    /// Why, kept under `accepted:` in each case whose outcomes are accepted
    #[arg(long, value_name = "TEXT", requires = "accept")]
    reason: Option<String>,
    /// Why the claims that differ are decided as they are
    #[arg(long, conflicts_with = "measure")]
    explain: bool,
    /// How a difference is shown
    #[arg(long, value_enum, default_value_t = Difference::Terms, conflicts_with = "measure")]
    diff: Difference,
    /// For pipelines: a snapshot without a case is an error, and nothing is ever written
    #[arg(long, conflicts_with_all = ["accept", "measure"])]
    ci: bool,
    /// What of the rules the cases reach: each side of every condition, bands, limits, flags; the cases aren't judged
    #[arg(long)]
    coverage: bool,
    /// Which small changes of the rules no case would notice; the cases aren't judged
    #[arg(long)]
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
    /// The XML that pipelines read; not for --coverage and --mutate
    Junit,
}

/// How a difference from a snapshot is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Difference {
    /// By claim: amounts, components, reasons
    Terms,
    /// As lines of the snapshot
    Yaml,
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
    if (arguments.coverage || arguments.mutate) && arguments.format == Format::Junit {
        let help = "write `--format json`, or leave it out".to_owned();
        return Err(Trouble::Usage("JUnit has no place for coverage and mutants".to_owned(), Some(help)));
    }
    if arguments.coverage {
        return coverage::run(arguments, &cases, &workspace, session);
    }
    if arguments.mutate {
        return mutation::run(arguments, &cases, &workspace, session);
    }
    judge_all(arguments, &cases, &workspace, session)
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

/// Prints what was measured of each program as one document, where that is asked, and fails where the least is too little.
fn measured(
    arguments: &Arguments,
    mut documents: Vec<serde_json::Value>,
    least: usize,
    said: &str,
    session: &mut Session<'_>,
) -> Result<Exit, Trouble> {
    if arguments.format == Format::Json {
        let document = if documents.len() == 1 { documents.swap_remove(0) } else { documents.into() };
        writeln!(session.stdout, "{document:#}")?;
    }
    match arguments.min {
        Some(min) if least < usize::from(min) => {
            session.say(&format!("error: {said}, and {min}% are asked for"));
            Ok(Exit::Findings)
        }
        _ => Ok(Exit::Done),
    }
}

fn judge_all(
    arguments: &Arguments,
    cases: &[CaseName],
    workspace: &Workspace,
    session: &mut Session<'_>,
) -> Result<Exit, Trouble> {
    let accepted = arguments.accept.as_deref().map(|filter| chosen(cases.to_vec(), filter)).unwrap_or_default();
    if arguments.accept.is_some() && accepted.is_empty() {
        let help = "name a part of the cases that run, or nothing to accept all of them".to_owned();
        return Err(Trouble::Usage("there is no such case to accept".to_owned(), Some(help)));
    }
    let mut verdicts = Vec::new();
    for (name, cases) in by_program(cases) {
        let colour = session.environment.stdout_colour && arguments.format == Format::Text;
        let loaded = load(workspace, name, colour);
        for case in cases {
            let verdict = match &loaded {
                Ok(loaded) => {
                    let accept = accepted.contains(case);
                    Judge { arguments, workspace, loaded, accept, colour }.judge(case)?
                }
                Err(lines) => Verdict::new(case, Ending::Error, lines.clone()),
            };
            if arguments.format == Format::Text {
                write!(session.stdout, "{}", verdict.as_text())?;
            }
            verdicts.push(verdict);
        }
    }
    let orphans = workspace.orphan_snapshots()?;
    let severity = if arguments.ci { "error" } else { "warning" };
    for orphan in &orphans {
        session.say(&format!("{severity}: no case belongs to the snapshot `{orphan}`; delete it"));
    }
    let (passed, failed, errors) = verdict::counts(&verdicts);
    let unreferenced = if arguments.ci { orphans.as_slice() } else { &[] };
    match arguments.format {
        Format::Text => {
            let cases = counted(cases.len(), "case");
            writeln!(session.stdout, "\n{cases}: {passed} passed, {failed} failed, {errors} could not be run")?;
        }
        Format::Json => writeln!(session.stdout, "{:#}", verdict::as_json(&verdicts, unreferenced))?,
        Format::Junit => write!(session.stdout, "{}", verdict::as_junit(&verdicts, unreferenced))?,
    }
    Ok(if failed + errors + unreferenced.len() == 0 { Exit::Done } else { Exit::Findings })
}

fn load(workspace: &Workspace, name: &ProgramName, colour: bool) -> Result<Loaded, Vec<String>> {
    let mut findings = Findings::new();
    let loaded = workspace.load(name, &mut findings);
    loaded.ok_or_else(|| texts(findings, colour))
}

fn texts(findings: Findings, colour: bool) -> Vec<String> {
    findings.into_sorted().iter().map(|finding| as_text(finding, colour)).collect()
}

/// What cases of one program are judged with.
struct Judge<'j> {
    arguments: &'j Arguments,
    workspace: &'j Workspace,
    loaded: &'j Loaded,
    /// Whether what the case gives is accepted.
    accept: bool,
    /// Whether findings are coloured.
    colour: bool,
}

impl Judge<'_> {
    fn judge(&self, case: &CaseName) -> Result<Verdict, Trouble> {
        let mut findings = Findings::new();
        let Some(ran) = self.workspace.run_case(case, self.loaded, &mut findings) else {
            return Ok(Verdict::new(case, Ending::Error, texts(findings, self.colour)));
        };
        let accepted = self.workspace.accepted(case, &mut findings);
        if findings.has_errors() {
            return Ok(Verdict::new(case, Ending::Error, texts(findings, self.colour)));
        }
        if !ran.unmet.is_empty() {
            let mut lines = ran.unmet.clone();
            if self.accept {
                lines.push("it isn't accepted: correct the rules, or what is expected".to_owned());
            }
            let mut verdict = Verdict::new(case, Ending::Failed, lines);
            self.explain(&mut verdict, &ran.unmet_claims);
            return Ok(verdict);
        }
        let same = accepted.as_deref() == Some(ran.snapshot.contents.as_str());
        if self.accept {
            // The outcomes may be the same and the claims in the snapshot's header not.
            let is_new = self.workspace.accept(case, &ran.snapshot)?;
            if let Some(reason) = self.arguments.reason.as_ref().filter(|_| !same) {
                self.workspace.keep_reason(case, reason)?;
            }
            return Ok(Verdict::new(case, if is_new { Ending::Accepted } else { Ending::Passed }, Vec::new()));
        }
        if same {
            return Ok(Verdict::new(case, Ending::Passed, Vec::new()));
        }
        Ok(self.differs(case, accepted.as_deref(), &ran))
    }

    /// How what a case gives now differs from its snapshot.
    fn differs(&self, case: &CaseName, accepted: Option<&str>, ran: &Ran) -> Verdict {
        let Some(accepted) = accepted else {
            let line = "it gives what it expects, and has no snapshot yet: write one with `--accept`, and review it";
            return Verdict::new(case, Ending::Failed, vec![line.to_owned()]);
        };
        let found = differences(accepted, &ran.snapshot.contents).filter(|found| !found.is_empty());
        let mut verdict = Verdict::new(case, Ending::Failed, Vec::new());
        match found {
            Some(found) => verdict.differences = found,
            // Only the order or the writing of the file differs.
            None => verdict.reasons = lines_that_differ(accepted, &ran.snapshot.contents),
        }
        let claims: Vec<String> = verdict.differences.iter().map(|one| one.claim.clone()).collect();
        if self.arguments.diff == Difference::Yaml {
            verdict.reasons = lines_that_differ(accepted, &ran.snapshot.contents);
            if self.arguments.format != Format::Json {
                verdict.differences.clear();
            }
        }
        self.explain(&mut verdict, &claims);
        verdict
    }

    fn explain(&self, verdict: &mut Verdict, claims: &[String]) {
        if !self.arguments.explain {
            return;
        }
        let mut pages = Vec::new();
        self.workspace.explain_case(&verdict.case, self.loaded, claims, &mut |outcome, trace| {
            pages.push(report::explain(&self.loaded.program, outcome, trace, false));
        });
        verdict.explanations = pages;
    }
}

fn lines_that_differ(accepted: &str, now: &str) -> Vec<String> {
    let (old, new) = (format!("{accepted}\n"), format!("{now}\n"));
    let difference = TextDiff::from_lines(old.as_str(), new.as_str());
    let text = difference.unified_diff().context_radius(4).header("accepted", "now").to_string();
    text.lines().map(ToOwned::to_owned).collect()
}
