//! `meed check`: loads, type-checks and lints programs and their cases.

use clap::{Args, ValueEnum};

use super::{Exit, Session, Trouble, program_name};
use crate::{
    diagnostic::{Findings, Severity},
    program::{Cost, ProgramName, total_cost},
    report::{as_github, as_json, as_text},
    script::limit::MAX_PROGRAM_COST,
    workspace::Workspace,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Programs (`client/name`) or their files; all of the workspace, if none is named
    #[arg(value_name = "PROGRAM")]
    programs: Vec<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also what each part of a program may take on one claim at worst
    #[arg(long, conflicts_with = "format")]
    cost: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With excerpt, caret and remedy
    Text,
    /// One JSON object a line
    Json,
    /// Annotations of GitHub Actions
    Github,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let mut findings = Findings::new();
    let names = if arguments.programs.is_empty() {
        workspace.programs(&mut findings)
    } else {
        arguments.programs.iter().map(|name| program_name(&workspace, name)).collect::<Result<_, _>>()?
    };
    if names.is_empty() && findings.count() == 0 {
        let help = "definitions stand in `programs/CLIENT/NAME.yaml`".to_owned();
        return Err(Trouble::Usage("there are no programs".to_owned(), Some(help)));
    }
    let cases = workspace.cases()?;
    let (mut costs, mut broken) = (String::new(), Vec::new());
    for name in &names {
        if let Some(loaded) = workspace.load(name, &mut findings) {
            // Cases would find the same again.
            let fits = workspace.run_first(&loaded.program, &mut findings).is_some();
            for case in cases.iter().filter(|case| fits && case.program == *name) {
                let mut of_case = Findings::new();
                workspace.run_case(case, &loaded, &mut of_case);
                findings.absorb(of_case);
            }
            if arguments.cost {
                costs.push_str(&cost_table(name, &loaded.program.costs()));
            }
        } else {
            broken.push(name);
        }
    }
    let named = (!arguments.programs.is_empty()).then_some(names.as_slice());
    let arrangements = check_arrangements(&workspace, named, &broken, &mut findings);
    let failed = findings.has_errors();
    let findings = findings.into_sorted();
    for finding in &findings {
        let text = match arguments.format {
            Format::Text => format!("{}\n", as_text(finding, session.environment.stdout_colour)),
            Format::Json => as_json(finding).map_err(std::io::Error::from)?,
            Format::Github => as_github(finding),
        };
        writeln!(session.stdout, "{text}")?;
    }
    session.stdout.write_all(costs.as_bytes())?;
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let checked = match arrangements {
        0 => counted(names.len(), "program"),
        _ => format!("{}, {}", counted(names.len(), "program"), counted(arrangements, "arrangement")),
    };
    session.say(&match (errors, warnings) {
        (0, 0) => format!("all checks passed: {checked}"),
        _ => format!("{checked}: {}, {}", counted(errors, "error"), counted(warnings, "warning")),
    });
    Ok(if failed { Exit::Findings } else { Exit::Done })
}

/// Checks the arrangements of the named programs, or all where `all` is asked for, and comes back with how many there are.
/// What is wrong with a program itself was said already.
fn check_arrangements(
    workspace: &Workspace,
    named: Option<&[ProgramName]>,
    broken: &[&ProgramName],
    findings: &mut Findings,
) -> usize {
    let (mut count, mut of_names) = (0, Findings::new());
    let names = workspace.arrangements(&mut of_names);
    if named.is_none() {
        findings.absorb(of_names);
    }
    for name in names {
        let program = workspace.program_of_arrangement(&name);
        let is_asked = named.is_none_or(|named| program.as_ref().is_some_and(|program| named.contains(program)));
        let is_broken = program.as_ref().is_some_and(|program| broken.contains(&program));
        count += usize::from(is_asked);
        if is_asked && !is_broken {
            workspace.arrangement(&name, findings);
        }
    }
    count
}

/// What a program and each of its parts may take: names, and nodes in one column.
fn cost_table(name: &ProgramName, costs: &[Cost]) -> String {
    let (total, name) = (total_cost(costs).to_string(), name.to_string());
    let names = costs.iter().map(|cost| cost.name.len() + 2).chain([name.len()]);
    let (width, digits) = (names.max().unwrap_or(0), total.len());
    let head = format!("{name:width$}  {total}  nodes on one claim at most, of {MAX_PROGRAM_COST} allowed\n");
    let parts = costs.iter().map(|cost| format!("{:width$}  {:digits$}\n", format!("  {}", cost.name), cost.nodes));
    [head].into_iter().chain(parts).chain(["\n".to_owned()]).collect()
}

/// `1 program`, `2 programs`.
pub(super) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
