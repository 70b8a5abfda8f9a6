//! `meed test --coverage`: what of programs their cases reach, and claims of a file.

use std::path::Path;

use super::{Arguments, Format, by_program, measured};
use crate::{
    cases::{Coverage, CoveredPart},
    cli::{
        Exit, Session, Trouble,
        claims::ClaimsArguments,
        load, load_first,
        output::write_whole,
        together::{Shown, Together},
    },
    diagnostic::Findings,
    outcome::Depth,
    program::ProgramName,
    report::Reached,
    workspace::{CaseName, Workspace},
};

pub(super) fn run(
    arguments: &Arguments,
    cases: &[CaseName],
    workspace: &Workspace,
    session: &mut Session<'_>,
) -> Result<Exit, Trouble> {
    let programs = by_program(cases);
    if programs.len() > 1 && (arguments.page.is_some() || arguments.claims.is_some()) {
        let help = "name one program: `meed test CLIENT/NAME --coverage …`".to_owned();
        return Err(Trouble::Usage("`--page` and `--claims` are for one program".to_owned(), Some(help)));
    }
    if let Some((page, claims)) = arguments.page.as_ref().zip(arguments.claims.as_ref()) {
        files(arguments, claims).refuse_as_output("--page", page, session)?;
    }
    let (mut pages, mut least) = (Vec::new(), 100);
    for (name, cases) in programs {
        let mut loaded = load(workspace, name)?;
        let mut findings = Findings::new();
        let Some(by_cases) = workspace.coverage(cases, &mut loaded, &mut findings) else {
            return Err(Trouble::Findings(findings.into_sorted()));
        };
        let by_claims = match &arguments.claims {
            Some(file) => {
                let coverage = of_claims(&files(arguments, file), name, workspace, session)?;
                Some((file.display().to_string(), coverage))
            }
            None => None,
        };
        let by_claims = by_claims.as_ref().map(|(file, coverage)| (file.clone(), coverage));
        let reached = Reached { program: name.to_string(), by_cases: &by_cases, by_claims };
        least = least.min(by_cases.share(CoveredPart::Branch).percent());
        if let Some(page) = &arguments.page {
            write_whole(&session.environment.folder.join(page), page, &reached.as_page())?;
        }
        match arguments.format {
            Format::Json => pages.push(reached.as_json()),
            Format::Text | Format::Junit => writeln!(session.stdout, "{}", reached.as_text())?,
        }
    }
    measured(arguments, pages, least, &format!("{least}% of the branches are reached by cases"), session)
}

fn files(arguments: &Arguments, claims: &Path) -> ClaimsArguments {
    ClaimsArguments { claims: claims.to_owned(), map: arguments.map.clone(), earlier: Vec::new() }
}

/// What the claims of a file reach, decided as a dry run decides them.
fn of_claims(
    files: &ClaimsArguments,
    name: &ProgramName,
    workspace: &Workspace,
    session: &mut Session<'_>,
) -> Result<Coverage, Trouble> {
    let mut loaded = load(workspace, name)?;
    let mut programs = load_first(workspace, &loaded.program)?;
    let tally = loaded.program.form.watch();
    let mut coverage = Coverage::new(&loaded.program, &loaded.tables);
    programs.push(loaded);
    let mut together = Together::behind(programs);
    together.decide_earlier(files, session)?;
    let claims = together.decide_first(files, session)?;
    let shown = Shown { depth: &|_, _| Depth::Steps, names: false };
    together.decide_last(&claims, &shown, &mut |program, outcome, trace| coverage.see(program, outcome, trace));
    coverage.finish(files.claims.display().to_string(), &tally);
    Ok(coverage)
}
