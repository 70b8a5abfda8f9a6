//! `meed run`: decides a claims file against a ledger and posts what was decided.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{
    Exit, Session, Trouble,
    beside::{Arranged, refuse_others, say_ceilings},
    claims::{ClaimsArguments, name_unread_rows},
    load,
    output::{OutputFile, named, refuse_ledger},
    plan::Plan,
    program_name, rulebook,
    together::Together,
};
use crate::{
    claim::Claims,
    engine::Awards,
    ledger::{KeptRules, Ledger, NewRules},
    posting::{Post, Posting, before, post},
    report::{OutcomeColumns, Summary, for_terminal, grouped},
    workspace::{Loaded, Workspace},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Programs, `client/name`; several decide the same claims by their priority
    #[arg(required = true, value_name = "PROGRAM")]
    programs: Vec<String>,
    /// The claims: CSV or JSON Lines, also .gz or .zst
    #[arg(long, value_name = "FILE")]
    claims: PathBuf,
    /// The ledger; it is made where there is none
    #[arg(long, value_name = "DB")]
    ledger: PathBuf,
    /// A YAML file that renames what a client sends: `columns: { "Client's name": column }`
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Lets an arrangement of the workspace add to what the rules award, `client/name` or its file. Those that were ever beside
    /// the program in this ledger are there without being named
    #[arg(long, value_name = "ARRANGEMENT")]
    arrangement: Vec<String>,
    /// Posts exactly what a dry run has shown, which saved this plan, or refuses
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Writes the outcomes to a file: .csv, .jsonl or .xlsx; of several programs each to one of its own
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How the summary is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Shows private fields, too, in what is said of rows that can't be read
    #[arg(long)]
    names: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One JSON document
    Json,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let mut programs = Vec::new();
    for name in &arguments.programs {
        programs.push(load(&workspace, &program_name(&workspace, name)?)?);
    }
    let programs = Together::new(programs)?.programs;
    let Arguments { claims, map, .. } = arguments;
    let files = ClaimsArguments { claims: claims.clone(), map: map.clone(), earlier: Vec::new() };
    let file_hash = files.hash(session)?;
    for loaded in &programs {
        if let Some(out) = &arguments.out {
            let named = named(out, programs.len(), &loaded.program);
            files.refuse_as_output("--out", &named, session)?;
            refuse_ledger("--out", &named, &arguments.ledger, session)?;
        }
    }
    let plan = arguments.plan.as_deref().map(|plan| Plan::read(plan, session)).transpose()?;
    refuse_others(&workspace, &programs, &arguments.arrangement, session)?;
    let path = session.environment.folder.join(&arguments.ledger);
    let is_new = !path.exists();
    let mut ledger = Ledger::open(&path)?;
    if is_new {
        session.say(&format!("`{}` is a new ledger", arguments.ledger.display()));
    }
    let mut beside = Vec::new();
    for loaded in &programs {
        let one = Arranged::load(&workspace, loaded, &arguments.arrangement, Some(&ledger), session)?;
        let rules = (&loaded.program, loaded.fingerprint.as_str());
        before(&ledger, rules, &one.rules(), (&files.name(), &file_hash))?;
        beside.push(one);
    }
    if let Some(plan) = plan {
        plan.hold(&Plan::new(&programs, &beside, &file_hash, ledger.head()), &ledger, &file_hash)?;
    }
    // Nothing is posted of a file that one of them can't read, or whose outcomes can't be written.
    let mut ready = Vec::new();
    for (loaded, beside) in programs.iter().zip(&beside) {
        ready.push(Ready::of(arguments, (&files, programs.len()), loaded, beside, session)?);
    }
    let mut awards = Awards::new();
    let mut summaries = Vec::new();
    for (number, ((loaded, beside), ready)) in programs.iter().zip(&mut beside).zip(ready).enumerate() {
        let rules = kept(&mut ledger, &workspace, loaded)?;
        beside.keep(&mut ledger, &workspace)?;
        let is_asked = number + 1 < programs.len();
        let (beside, awards_before) = (&*beside, &awards);
        let name = &files.name();
        let one = One { name, loaded, rules: &rules, beside, file_hash, awards: awards_before, is_asked };
        let (summary, posting) = one.post(ready, &mut ledger, arguments.names, session)?;
        report(loaded, &posting, session);
        say_ceilings(loaded, &posting.ceilings, session);
        awards.absorb(posting.awards);
        summaries.push(summary);
    }
    print(arguments, &summaries, session)?;
    session.say(&format!("head {}", ledger.head().text()));
    Ok(Exit::Done)
}

/// What a program posts, read, and where its outcomes are written.
struct Ready {
    claims: Claims,
    out: Option<OutputFile>,
}

impl Ready {
    fn of(
        arguments: &Arguments,
        (files, programs): (&ClaimsArguments, usize),
        loaded: &Loaded,
        beside: &Arranged,
        session: &mut Session<'_>,
    ) -> Result<Self, Trouble> {
        let claims = files.read(&loaded.program, session)?;
        let output = |out: &PathBuf| {
            let named = named(out, programs, &loaded.program);
            let columns = OutcomeColumns::new(&loaded.program);
            let columns = if beside.is_empty() { columns } else { columns.with_arrangements() };
            OutputFile::create(&session.environment.folder.join(&named), &named, columns.with_corrections())
        };
        Ok(Self { claims, out: arguments.out.as_ref().map(output).transpose()? })
    }
}

/// The rules of a program, kept in the ledger with all their files.
pub(super) fn kept(ledger: &mut Ledger, workspace: &Workspace, loaded: &Loaded) -> Result<KeptRules, Trouble> {
    let files = workspace.files_of(&loaded.program.identification.name, loaded)?;
    Ok(ledger.keep_rules(&NewRules { files: &files, ..new_rules(loaded) })?)
}

/// The rules of a program, without their files.
pub(super) fn new_rules(loaded: &Loaded) -> NewRules<'_> {
    NewRules { program: &loaded.program, arrangement: "", fingerprint: &loaded.fingerprint, files: &[] }
}

/// One program that posts the claims.
struct One<'o> {
    name: &'o str,
    loaded: &'o Loaded,
    rules: &'o KeptRules,
    beside: &'o Arranged,
    file_hash: [u8; 32],
    awards: &'o Awards,
    is_asked: bool,
}

impl One<'_> {
    fn post(
        &self,
        ready: Ready,
        ledger: &mut Ledger,
        names: bool,
        session: &mut Session<'_>,
    ) -> Result<(Summary, Posting), Trouble> {
        let Loaded { program, tables, fingerprint, .. } = self.loaded;
        let Ready { claims, out: mut file } = ready;
        let beside = self.beside.rules();
        let summary = Summary::new(program, fingerprint);
        let mut summary = if beside.is_empty() { summary } else { summary.with_arrangements() };
        let mut result = Ok(());
        let what = Post {
            program,
            tables,
            rules: self.rules,
            claims: &claims,
            file: self.name,
            file_hash: self.file_hash,
            beside: &beside,
            awards: self.awards,
            is_asked: self.is_asked,
            rulebook: &rulebook::open,
        };
        let posting = post(&what, ledger, &mut |outcome| {
            if result.is_ok() {
                result = summary.add(outcome).map_err(Trouble::from).and_then(|()| match &mut file {
                    Some(file) => file.write(outcome),
                    None => Ok(()),
                });
            }
        })?;
        result?;
        if let Some(file) = file {
            file.finish()?;
        }
        name_unread_rows(&claims, program, names, session);
        Ok((summary, posting))
    }
}

/// Says what was posted.
fn report(loaded: &Loaded, posting: &Posting, session: &mut Session<'_>) {
    let name = &loaded.program.identification.name;
    let entries = grouped(&posting.entries.to_string());
    let noun = if posting.entries == 1 { "entry" } else { "entries" };
    let posted = match posting.entries {
        0 => "nothing was posted: all of it stands there already".to_owned(),
        _ => format!("{entries} {noun} posted"),
    };
    let resumed = match posting.resumed_at {
        0 => String::new(),
        done => {
            format!("; the first {} claims had been posted before the run was interrupted", grouped(&done.to_string()))
        }
    };
    session.say(&format!("{name}: {posted}{resumed}"));
}

fn print(arguments: &Arguments, summaries: &[Summary], session: &mut Session<'_>) -> Result<(), Trouble> {
    match (arguments.format, summaries) {
        (Format::Table, summaries) => {
            let pages: Vec<String> = summaries.iter().map(Summary::to_table).collect();
            write!(session.stdout, "{}", for_terminal(&pages.join("\n")))?;
        }
        (Format::Json, [only]) => writeln!(session.stdout, "{}", only.to_json().map_err(std::io::Error::from)?)?,
        (Format::Json, all) => {
            writeln!(session.stdout, "{}", Summary::all_to_json(all).map_err(std::io::Error::from)?)?;
        }
    }
    session.stdout.flush()?;
    Ok(())
}
