//! `meed explain`: why a claim was decided as it was, or what a code means.

use std::path::PathBuf;

use clap::Args;

use super::{
    Exit, Session, Trouble,
    claims::ClaimsArguments,
    load, load_first, program_name,
    side_by_side::load_arrangements,
    story,
    together::{Shown, Together},
};
use crate::{
    diagnostic::Code,
    engine::ArrangedProgram,
    outcome::{Depth, EngineReason, Outcome, Trace},
    program::Program,
    report,
    workspace::LoadedArrangement,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A claim's id, `row:N` for the row on line N of the file, with a ledger also a participant; or a code such as M203
    #[arg(value_name = "CLAIM|PARTICIPANT|row:N|CODE")]
    subject: String,
    /// The program, `client/name`
    #[arg(long, requires = "what")]
    program: Option<String>,
    /// The claims: CSV or JSON Lines, also .gz or .zst; `-` for standard input
    #[arg(long, value_name = "FILE", requires = "program", group = "what")]
    claims: Option<PathBuf>,
    /// A ledger: what it knows of the claim or the participant
    #[arg(long, value_name = "DB", requires = "program", group = "what", conflicts_with = "claims")]
    ledger: Option<PathBuf>,
    /// A YAML file that renames what a client sends
    #[arg(long, value_name = "FILE", requires = "claims")]
    map: Option<PathBuf>,
    /// Claims decided before, file by file
    #[arg(long, value_name = "FILE", requires = "claims")]
    earlier: Vec<PathBuf>,
    /// Decides the claims under an arrangement as well, `client/name` or its file
    #[arg(long, value_name = "ARRANGEMENT", requires = "claims")]
    arrangement: Vec<String>,
    /// Shows private fields
    #[arg(long, requires = "program")]
    names: bool,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    if let (Some(program), Some(ledger)) = (&arguments.program, &arguments.ledger) {
        return story::tell(&arguments.subject, program, ledger, arguments.names, session);
    }
    let (Some(program), Some(claims)) = (&arguments.program, &arguments.claims) else {
        return explain_code(&arguments.subject, session);
    };
    let workspace = session.workspace()?;
    let name = program_name(&workspace, program)?;
    let loaded = load(&workspace, &name)?;
    let files =
        ClaimsArguments { claims: claims.clone(), map: arguments.map.clone(), earlier: arguments.earlier.clone() };
    let mut programs = load_first(&workspace, &loaded.program)?;
    programs.push(loaded);
    if programs.len() > 1 && !arguments.arrangement.is_empty() && !arguments.earlier.is_empty() {
        let message = "`--arrangement` and `--earlier` don't go together for a program that looks at others";
        return Err(Trouble::Usage(message.to_owned(), Some("put the claims into one file".to_owned())));
    }
    let arrangements = load_arrangements(&workspace, &name, &arguments.arrangement, session)?;
    let mut together = Together::behind(programs);
    together.decide_earlier(&files, session)?;
    let claims = together.decide_first(&files, session)?;
    let subject = arguments.subject.as_str();
    let line: Option<u64> = subject.strip_prefix("row:").and_then(|line| line.parse().ok());
    let wanted = |id: &str, at: u64| line.map_or(id == subject && !id.is_empty(), |line| line == at);
    let depth = |id: &str, line: u64| if wanted(id, line) { Depth::Flips } else { Depth::Codes };
    let mut pages = Vec::new();
    let mut explain = |program: &Program, outcome: &Outcome<'_>, trace: Option<&Trace<'_>>| {
        // A skipped row repeats an outcome and has no steps of its own.
        let asked = trace.is_some() || wanted(&outcome.claim, outcome.origin.line);
        if asked {
            pages.push(report::explain(program, outcome, trace.unwrap_or(&Trace::default()), arguments.names));
        }
    };
    let shown = Shown { depth: &depth, names: arguments.names };
    match arrangements.is_empty() {
        true => together.decide_last(&claims, &shown, &mut explain),
        false => {
            let ready: Vec<ArrangedProgram<'_>> = arrangements.iter().map(LoadedArrangement::ready).collect();
            let Some(last) = together.programs.last() else { return Ok(Exit::Done) };
            let earlier = files.read_all_earlier(&last.program, session)?;
            together.decide_arranged((&claims, &earlier), &ready, &shown, &mut explain);
        }
    }
    if pages.is_empty() {
        let help = match line {
            Some(line) => match row_before(&claims, line) {
                Some(before) => format!("no row starts on line {line}; the one before it is `row:{before}`"),
                None => format!(
                    "the file's rows stand on lines 2 to {}; `row:N` is the line that `source` shows",
                    last_line(&claims)
                ),
            },
            None => "give the id as the column `claim` of the outcomes shows it, or `row:N` for the row on line N"
                .to_owned(),
        };
        return Err(Trouble::Usage(format!("there is no claim `{subject}` in the file"), Some(help)));
    }
    write!(session.stdout, "{}", pages.join("\n"))?;
    Ok(Exit::Done)
}

/// The row that a line inside the file may belong to, as one of a cell of several lines.
fn row_before(claims: &crate::claim::Claims, line: u64) -> Option<u64> {
    let lines = || claims.iter().map(|claim| claim.origin().line);
    lines().any(|at| at > line).then(|| lines().filter(|at| *at < line).max()).flatten()
}

fn last_line(claims: &crate::claim::Claims) -> u64 {
    claims.count().checked_sub(1).map_or(1, |last| claims.claim(last).origin().line)
}

fn explain_code(subject: &str, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    if let Ok(code) = subject.parse::<Code>() {
        let page = code.explanation();
        writeln!(session.stdout, "{code}: {}\n\n{}", page.title, page.text)?;
        return Ok(Exit::Done);
    }
    if let Some(reason) = EngineReason::ALL.iter().find(|reason| reason.code().eq_ignore_ascii_case(subject)) {
        writeln!(session.stdout, "{} ({})\n\n{}", reason.code(), reason.effect(), reason.explanation())?;
        return Ok(Exit::Done);
    }
    let help = "to explain a claim add `--program CLIENT/NAME --claims FILE`; a program's own codes stand in its definition, all others in `docs/codes.md`";
    Err(Trouble::Usage(format!("`{subject}` is not a code"), Some(help.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Claims, ColumnKind};

    #[test]
    fn a_line_inside_the_file_belongs_to_the_row_before_it() {
        let mut claims = Claims::new("c.csv", [ColumnKind::Text]);
        for line in [2, 4, 9] {
            claims.push(line, [], Vec::new()).unwrap();
        }
        let before: Vec<Option<u64>> = [1, 3, 8, 10].into_iter().map(|line| row_before(&claims, line)).collect();
        assert_eq!(before, [None, Some(2), Some(4), None]);
    }
}
