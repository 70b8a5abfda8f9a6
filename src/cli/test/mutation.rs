//! `meed test --mutate`: which small changes of programs no case would notice.

use std::fmt::Write;

use serde::Serialize;

use super::{Arguments, Format, by_program, measured};
use crate::{
    cli::{Exit, Session, Trouble, check::counted},
    diagnostic::Findings,
    report::for_terminal,
    workspace::{CaseName, Mutation, Survivor, Workspace},
};

/// The most cases that are named for a survivor.
const NAMED_CASES: usize = 4;

pub(super) fn run(
    arguments: &Arguments,
    cases: &[CaseName],
    workspace: &Workspace,
    session: &mut Session<'_>,
) -> Result<Exit, Trouble> {
    let (mut documents, mut least) = (Vec::new(), 100);
    for (name, cases) in by_program(cases) {
        let mut findings = Findings::new();
        let Some(mutation) = workspace.mutation(cases, name, &mut findings) else {
            return Err(Trouble::Findings(findings.into_sorted()));
        };
        least = least.min(mutation.score());
        match arguments.format {
            Format::Text | Format::Junit => {
                writeln!(session.stdout, "{}", for_terminal(&as_text(&mutation, cases.len())))?;
            }
            Format::Json => documents.push(as_json(&mutation)),
        }
    }
    measured(arguments, documents, least, &format!("cases notice {least}% of the mutants"), session)
}

fn as_text(mutation: &Mutation, cases: usize) -> String {
    let mut text = format!(
        "{}: {}% of {} are noticed by {} ({} survive; {} are no program, {} the same program)\n",
        mutation.program,
        mutation.score(),
        counted(mutation.counted(), "mutant"),
        counted(cases, "case"),
        mutation.survivors.len(),
        mutation.no_program,
        mutation.same,
    );
    for survivor in &mutation.survivors {
        text.push('\n');
        one_as_text(survivor, &mut text);
    }
    text
}

fn one_as_text(survivor: &Survivor, text: &mut String) {
    let place = &survivor.mutant.shown;
    let line = place.line_and_column().0;
    let _ = writeln!(text, "{}  {}", place.path_and_line(), survivor.mutant.words);
    let source = place.source.text.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let _ = writeln!(text, "    {}", source.trim());
    let named: Vec<&str> = survivor.cases.iter().take(NAMED_CASES).map(String::as_str).collect();
    let more = survivor.cases.len().saturating_sub(named.len());
    let _ = match (named.is_empty(), more) {
        (true, _) => writeln!(text, "    no case reaches it"),
        (false, 0) => writeln!(text, "    not noticed by {}", named.join(", ")),
        (false, more) => writeln!(text, "    not noticed by {} and {more} more", named.join(", ")),
    };
    if let Some(killer) = &survivor.killer {
        let _ = match &killer.behind {
            Some(case) => writeln!(text, "    `{case}` would notice it with this claim behind its others:"),
            None => writeln!(text, "    a case with this claim would notice it (made of `{}`):", killer.made_of),
        };
        let cells = killer.claim.iter().filter(|(_, cell)| !cell.is_empty());
        let cells: Vec<String> = cells.map(|(column, cell)| format!("{column}: {}", quoted(cell))).collect();
        let _ = writeln!(text, "      - {{ {} }}", cells.join(", "));
    }
}

/// A cell as YAML writes it in braces.
fn quoted(cell: &str) -> String {
    let is_plain = |symbol: char| symbol.is_ascii_alphanumeric() || matches!(symbol, '.' | '_' | '/');
    let starts_plain = cell.starts_with(|symbol: char| symbol.is_ascii_alphanumeric());
    match starts_plain && cell.chars().all(|symbol| is_plain(symbol) || symbol == '-') {
        true => cell.to_owned(),
        false => format!("\"{}\"", cell.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")),
    }
}

#[derive(Serialize)]
struct JsonMutation<'m> {
    version: &'static str,
    program: String,
    score: usize,
    killed: usize,
    survived: usize,
    no_program: usize,
    same_program: usize,
    survivors: Vec<JsonSurvivor<'m>>,
}

#[derive(Serialize)]
struct JsonSurvivor<'m> {
    file: &'m str,
    line: usize,
    column: usize,
    change: &'m str,
    text: &'m str,
    with: &'m str,
    cases: &'m [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    killer: Option<JsonKiller<'m>>,
}

#[derive(Serialize)]
struct JsonKiller<'m> {
    claim: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<&'m str>,
    made_of: &'m str,
}

fn as_json(mutation: &Mutation) -> serde_json::Value {
    let json = JsonMutation {
        version: "1",
        program: mutation.program.to_string(),
        score: mutation.score(),
        killed: mutation.killed,
        survived: mutation.survivors.len(),
        no_program: mutation.no_program,
        same_program: mutation.same,
        survivors: mutation.survivors.iter().map(json_survivor).collect(),
    };
    serde_json::to_value(json).unwrap_or_default()
}

fn json_survivor(survivor: &Survivor) -> JsonSurvivor<'_> {
    let (line, column) = survivor.mutant.shown.line_and_column();
    let killer = survivor.killer.as_ref().map(|killer| JsonKiller {
        claim: killer.claim.iter().map(|(column, cell)| (column.clone(), cell.clone().into())).collect(),
        behind: killer.behind.as_deref(),
        made_of: &killer.made_of,
    });
    JsonSurvivor {
        file: &survivor.mutant.shown.source.path,
        line,
        column,
        change: &survivor.mutant.words,
        text: survivor.mutant.shown.text(),
        with: &survivor.mutant.with,
        cases: &survivor.cases,
        killer,
    }
}
