//! `meed dry-run`: decides a claims file and changes nothing.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};

use super::{
    Exit, Session, Trouble,
    beside::{Arranged, refuse_others, say_ceilings},
    claims::{ClaimsArguments, name_unread_rows},
    freeze, load,
    output::{OutputFile, is_same_file, named, refuse_ledger},
    plan::Plan,
    program_name,
    side_by_side::{self, Asked, With},
    together::{Shown, Together},
};
use crate::{
    engine::Repeats,
    ledger::{Ledger, LedgerError, Link},
    outcome::{Depth, Outcome, Trace},
    posting::{PostError, before},
    program::Program,
    report::{CommaWriter, JsonLinesWriter, OutcomeColumns, OutcomeWriter, Summary, for_terminal},
    workspace::Loaded,
};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("other_side").args(["set", "arrangement"]).multiple(true)))]
pub(super) struct Arguments {
    /// The program, `client/name`; several decide the same claims by their priority
    #[arg(required = true, value_name = "PROGRAM")]
    programs: Vec<String>,
    #[command(flatten)]
    claims: ClaimsArguments,
    /// Writes the outcomes to a file: .csv, .jsonl or .xlsx; of several programs each to one of its own
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What is printed: the summary (`table`, `json`) or the outcomes (`csv`, `jsonl`)
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Shows private fields, too, in what is said of rows that can't be read and of claims that change
    #[arg(long)]
    names: bool,
    /// Changes the program for this run, and shows it side by side with the rules as they stand: `params.tolerance=50`,
    /// `limits.CAP.max=800`, `award.rebate.tiers.bands.2.rate=3%` (counted from 1), `'LATE=~'` (takes the rule out)
    #[arg(long, value_name = "KEY=VALUE", conflicts_with_all = ["freeze", "arrangement"])]
    set: Vec<String>,
    /// Shows side by side what an arrangement of the workspace adds, `client/name` or its file; `--out` has what both decide.
    /// With `--ledger` it decides as `meed run` would with it
    #[arg(long, value_name = "ARRANGEMENT", conflicts_with = "freeze")]
    arrangement: Vec<String>,
    /// Decides on what stands in a ledger, which is read and not changed
    #[arg(long, value_name = "DB", conflicts_with_all = ["set", "freeze", "earlier"])]
    ledger: Option<PathBuf>,
    /// Saves what was shown as a plan, which `meed run --plan` posts exactly
    #[arg(long, value_name = "FILE", requires = "ledger")]
    save_plan: Option<PathBuf>,
    /// How many participants and claims are shown side by side
    #[arg(long, value_name = "COUNT", default_value_t = 10, requires = "other_side")]
    top: usize,
    /// Comes back with exit code 4 where outcomes changed
    #[arg(long, requires = "other_side")]
    exit_code: bool,
    /// Makes a case of the claims in `--only`, which decides them in the same way, with pseudonyms for ids and private cells
    #[arg(long, value_name = "CASE", requires = "only", conflicts_with = "out")]
    freeze: Option<String>,
    /// The ids of the claims to freeze
    #[arg(long, value_name = "CLAIM", value_delimiter = ',', requires = "freeze")]
    only: Vec<String>,
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

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    if !arguments.set.is_empty() || (!arguments.arrangement.is_empty() && arguments.ledger.is_none()) {
        return side_by_side::run(side_by_side(arguments, session)?, session);
    }
    let workspace = session.workspace()?;
    let mut programs = Vec::new();
    for name in &arguments.programs {
        programs.push(load(&workspace, &program_name(&workspace, name)?)?);
    }
    refuse(arguments, programs.len())?;
    if let Some(case) = &arguments.freeze {
        return freeze::run(case, &arguments.only, programs, &arguments.claims, &workspace, session);
    }
    if let (Some(plan), Some(ledger)) = (&arguments.save_plan, &arguments.ledger) {
        arguments.claims.refuse_as_output("--save-plan", plan, session)?;
        refuse_ledger("--save-plan", plan, ledger, session)?;
        refuse_twice(arguments, plan, session)?;
    }
    let mut together = Together::new(programs)?;
    let ledger = arguments.ledger.as_ref().map(|path| reading(path, session)).transpose()?;
    let mut beside = Vec::new();
    if let Some(ledger) = &ledger {
        refuse_others(&workspace, &together.programs, &arguments.arrangement, session)?;
        for loaded in &together.programs {
            let one = Arranged::load(&workspace, loaded, &arguments.arrangement, ledger.as_ref(), session)?;
            beside.push(one);
        }
    }
    let mut outputs = Vec::new();
    for (number, loaded) in together.programs.iter().enumerate() {
        let arranges = beside.get(number).is_some_and(|beside| !beside.is_empty());
        outputs.push((output(arguments, loaded, (together.programs.len(), arranges), session)?, arranges));
    }
    match &ledger {
        Some(ledger) => together.remember(ledger.as_ref(), &beside)?,
        None => together.decide_earlier(&arguments.claims, session)?,
    }
    let mut summaries = Vec::new();
    for (number, file) in outputs.into_iter().enumerate() {
        let on = ledger.as_ref().zip(beside.get(number));
        let on = on.map(|(ledger, beside)| On { ledger: ledger.as_ref(), beside });
        summaries.push(decide(arguments, &mut together, number, file, on.as_ref(), session)?);
    }
    if let (Some(path), Some(ledger)) = (&arguments.save_plan, &ledger) {
        let head = ledger.as_ref().map_or(Link::START, Ledger::head);
        Plan::new(&together.programs, &beside, &arguments.claims.hash(session)?, head).save(path, session)?;
    }
    match (arguments.format, summaries.as_slice()) {
        (Format::Table, summaries) => {
            let pages: Vec<String> = summaries.iter().map(Summary::to_table).collect();
            write!(session.stdout, "{}", for_terminal(&pages.join("\n")))?;
        }
        (Format::Json, [only]) => writeln!(session.stdout, "{}", only.to_json().map_err(std::io::Error::from)?)?,
        (Format::Json, all) => {
            writeln!(session.stdout, "{}", Summary::all_to_json(all).map_err(std::io::Error::from)?)?;
        }
        (Format::Csv | Format::Jsonl, _) => {}
    }
    session.stdout.flush()?;
    Ok(Exit::Done)
}

/// A ledger to read; none where there is none yet, which is the same as an empty one.
fn reading(path: &Path, session: &mut Session<'_>) -> Result<Option<Ledger>, Trouble> {
    let whole = session.environment.folder.join(path);
    match Ledger::read(&whole) {
        Ok(ledger) => Ok(Some(ledger)),
        Err(LedgerError::Missing(_)) => {
            session.say(&format!("there is no ledger `{}` yet: decided as on an empty one", path.display()));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// What is asked where there is another side.
fn side_by_side<'a>(arguments: &'a Arguments, session: &mut Session<'_>) -> Result<Asked<'a>, Trouble> {
    let refuse = |message: &str, help: &str| Err(Trouble::Usage(message.to_owned(), Some(help.to_owned())));
    let [program] = arguments.programs.as_slice() else {
        return match arguments.set.is_empty() {
            false => refuse("`--set` changes one program, and several are named", "name the one that is to be changed"),
            true => refuse(
                "arrangements are of one program, and several are named",
                "name the one that the arrangement is for; those that come before it decide first by themselves",
            ),
        };
    };
    let lists = matches!(arguments.format, Format::Csv | Format::Jsonl);
    if lists || (arguments.out.is_some() && !arguments.set.is_empty()) {
        let help = "leave it out; `--format json` has every claim that changes";
        return refuse("two sides have no single list of outcomes", help);
    }
    let with = match arguments.set.as_slice() {
        [] => With::Arrangements(&arguments.arrangement),
        set => With::Set(set),
    };
    let out = match &arguments.out {
        None => None,
        Some(_) => {
            let workspace = session.workspace()?;
            let loaded = load(&workspace, &program_name(&workspace, program)?)?;
            output(arguments, &loaded, (1, !arguments.arrangement.is_empty()), session)?
        }
    };
    Ok(Asked {
        program,
        with,
        claims: &arguments.claims,
        json: arguments.format == Format::Json,
        names: arguments.names,
        most: arguments.top,
        exit_code: arguments.exit_code,
        out,
    })
}

/// What can't be done with several programs.
fn refuse(arguments: &Arguments, programs: usize) -> Result<(), Trouble> {
    if programs > 1 && matches!(arguments.format, Format::Csv | Format::Jsonl) {
        let help = "write each program's outcomes to a file of its own with `--out FILE`".to_owned();
        return Err(Trouble::Usage("the outcomes of several programs can't be printed".to_owned(), Some(help)));
    }
    if programs > 1 && arguments.claims.claims.as_os_str() == "-" {
        let help = "name a file, which each program reads by its own fields".to_owned();
        return Err(Trouble::Usage("several programs can't share standard input".to_owned(), Some(help)));
    }
    Ok(())
}

fn columns(arguments: &Arguments, program: &Program, arranges: bool) -> OutcomeColumns {
    let columns = OutcomeColumns::new(program);
    let columns = if arranges { columns.with_arrangements() } else { columns };
    let corrects = !arguments.claims.earlier.is_empty() || arguments.ledger.is_some();
    if corrects { columns.with_corrections() } else { columns }
}

/// The file for the outcomes of a program.
fn output(
    arguments: &Arguments,
    loaded: &Loaded,
    (programs, arranges): (usize, bool),
    session: &mut Session<'_>,
) -> Result<Option<OutputFile>, Trouble> {
    let Some(out) = &arguments.out else { return Ok(None) };
    let named = named(out, programs, &loaded.program);
    arguments.claims.refuse_as_output("--out", &named, session)?;
    if let Some(ledger) = &arguments.ledger {
        refuse_ledger("--out", &named, ledger, session)?;
    }
    let path = session.environment.folder.join(&named);
    OutputFile::create(&path, &named, columns(arguments, &loaded.program, arranges)).map(Some)
}

/// What claims are decided on, and with.
struct On<'o> {
    /// The ledger; none where there is none yet.
    ledger: Option<&'o Ledger>,
    beside: &'o Arranged,
}

/// What posting the file would repeat. What would keep it from being posted is said.
fn repeats(
    arguments: &Arguments,
    loaded: &Loaded,
    (ledger, beside): (&Ledger, &Arranged),
    session: &mut Session<'_>,
) -> Result<Repeats, Trouble> {
    let (name, hash) = (arguments.claims.name(), arguments.claims.hash(session)?);
    match before(ledger, (&loaded.program, &loaded.fingerprint), &beside.rules(), (&name, &hash)) {
        Ok(before) => Ok(before.repeats),
        Err(PostError::Ledger(error)) => Err(error.into()),
        Err(error) => {
            session.say(&format!("{error}: until then `meed run` refuses what is shown here"));
            Ok(Repeats::Nothing)
        }
    }
}

/// Refuses a plan that would be written over the outcomes.
fn refuse_twice(arguments: &Arguments, plan: &Path, session: &Session<'_>) -> Result<(), Trouble> {
    let folder = &session.environment.folder;
    match &arguments.out {
        Some(out) if is_same_file(&folder.join(out), &folder.join(plan)) => {
            let message = format!("`--save-plan` and `--out` both name `{}`", plan.display());
            Err(Trouble::Usage(message, Some("give what is written a file of its own".to_owned())))
        }
        _ => Ok(()),
    }
}

/// Lets a program decide the claims, and writes what becomes of them.
fn decide(
    arguments: &Arguments,
    together: &mut Together,
    number: usize,
    (mut file, arranges): (Option<OutputFile>, bool),
    on: Option<&On<'_>>,
    session: &mut Session<'_>,
) -> Result<Summary, Trouble> {
    let loaded = together.programs.get(number).ok_or_else(|| Trouble::Usage("no program".to_owned(), None))?;
    let claims = arguments.claims.read(&loaded.program, session)?;
    let repeats = match on {
        Some(On { ledger: Some(ledger), beside }) => repeats(arguments, loaded, (ledger, beside), session)?,
        _ => Repeats::Nothing,
    };
    let summary = Summary::new(&loaded.program, &loaded.fingerprint);
    let mut summary = if arranges { summary.with_arrangements() } else { summary };
    let columns = columns(arguments, &loaded.program, arranges);
    let mut ceilings = Vec::new();
    {
        let mut printed: Option<Box<dyn OutcomeWriter + '_>> = match arguments.format {
            Format::Csv => Some(Box::new(CommaWriter::new(columns, &mut *session.stdout)?)),
            Format::Jsonl => Some(Box::new(JsonLinesWriter::new(columns, &mut *session.stdout))),
            Format::Table | Format::Json => None,
        };
        let mut take = |outcome: &Outcome<'_>| -> Result<(), Trouble> {
            summary.add(outcome)?;
            if let Some(file) = &mut file {
                file.write(outcome)?;
            }
            if let Some(printed) = &mut printed {
                printed.write(outcome)?;
            }
            Ok(())
        };
        // The first trouble with an outcome stops taking them.
        let mut result = Ok(());
        let shown = Shown { depth: &|_, _| Depth::Codes, names: false };
        let mut sink = |outcome: &Outcome<'_>, _: Option<&Trace<'_>>| {
            if result.is_ok() {
                result = take(outcome);
            }
        };
        match on {
            Some(On { ledger, beside }) => {
                ceilings = together.decide_on(number, &claims, (*ledger, repeats, beside), &mut sink)?;
            }
            None => together.decide(number, &claims, &shown, &mut sink),
        }
        result?;
        if let Some(printed) = &mut printed {
            printed.finish()?;
        }
    }
    if let Some(file) = file {
        file.finish()?;
    }
    if let Some(loaded) = together.programs.get(number) {
        name_unread_rows(&claims, &loaded.program, arguments.names, session);
        say_ceilings(loaded, &ceilings, session);
    }
    Ok(summary)
}
