//! The command line: arguments, printing and exit codes. Nothing below this module prints.

mod beside;
mod check;
mod claims;
mod dry_run;
mod explain;
mod freeze;
mod impact;
mod ledger;
mod new;
mod output;
mod plan;
mod rulebook;
mod run;
mod schema;
mod show;
mod side_by_side;
mod story;
mod test;
mod together;

use std::{
    ffi::OsString,
    io::{self, Read, Write},
    path::PathBuf,
};

use clap::{Parser, Subcommand};

use crate::{
    diagnostic::{Diagnostic, Findings, nearest},
    input::InputError,
    ledger::LedgerError,
    posting::{ActError, PostError},
    program::{Program, ProgramName},
    report::{as_text, for_terminal},
    workspace::{Loaded, RevisionError, Workspace, WorkspaceError},
};

/// What the process knows of its surroundings.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The folder that the command is called in.
    pub folder: PathBuf,
    /// Whether messages may be coloured.
    pub colour: bool,
    /// Whether data on standard output may be coloured.
    pub stdout_colour: bool,
    /// Whether a progress bar may be shown.
    pub progress: bool,
    /// What time it is, as it is written beside what people do: `2026-07-01T09:30:00Z`.
    pub now: String,
}

/// Exit codes, the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Done, whatever the dispositions.
    Done = 0,
    /// Findings: a failed check, a failing case.
    Findings = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Input or environment can't be used.
    Unusable = 3,
    /// Outcomes changed, where the exit code is to say so.
    Changed = 4,
}

/// Decides claims by the rules of incentive programs, says why, and checks and tests these rules
#[derive(Debug, Parser)]
#[command(name = "meed", version, disable_help_subcommand = true, after_help = EXIT_HELP)]
struct Arguments {
    /// The folder with `programs/`, `rules/` and `tests/`; here or the nearest above, if not given
    #[arg(long, global = true, value_name = "FOLDER")]
    workspace: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXIT_HELP: &str = "Exit codes: 0 done; 1 findings (a failed check, a failing case); 2 wrong usage; \
                         3 input or environment can't be used; \
                         4 outcomes changed, with --exit-code; 101 a bug in meed.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Looks for mistakes in programs and their cases, before anything is decided
    Check(check::Arguments),
    /// Decides a claims file and changes nothing
    DryRun(dry_run::Arguments),
    /// Says why a claim was decided as it was, or what a code means
    Explain(explain::Arguments),
    /// Decides history under two versions of the rules: who is paid differently, how much and why
    Impact(impact::Arguments),
    /// Looks after a ledger: what is held, what is owed, whether it is whole
    Ledger(ledger::Arguments),
    /// Makes a program with its script, a first case and claims to try it on
    New(new::Arguments),
    /// Decides a claims file and posts what was decided into a ledger
    Run(run::Arguments),
    /// Prints the JSON Schema of definitions, cases or arrangements, for editors
    Schema(schema::Arguments),
    /// Prints what a definition and its layers say together, where each part comes from, and draws what tiers pay
    Show(show::Arguments),
    /// Runs the cases of programs: whether what is expected comes out, and whether anything else moved
    Test(test::Arguments),
}

/// Why a command can't go on.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}")]
    Usage(String, Option<String>),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Revision(#[from] RevisionError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Post(#[from] PostError),
    #[error(transparent)]
    Act(#[from] ActError),
    #[error("{0}")]
    Plan(String),
    #[error("the definition has errors")]
    Findings(Vec<Diagnostic>),
    #[error("the map has errors")]
    Map(Vec<Diagnostic>),
    #[error("`{0}` can't be written")]
    Output(String, #[source] io::Error),
    #[error("standard output can't be written")]
    Stdout(#[from] io::Error),
    #[error("the sums of this run need more than 28 digits")]
    Sum(#[from] crate::money::Inexact),
}

/// What a command works with.
struct Session<'e> {
    environment: &'e Environment,
    workspace: Option<PathBuf>,
    stdin: &'e mut dyn Read,
    stdout: &'e mut dyn Write,
    stderr: &'e mut dyn Write,
}

/// Runs the command that the arguments name and comes back with the exit code.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    stdin: &mut dyn Read,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let (target, exit): (&mut dyn Write, _) =
                if error.use_stderr() { (stderr, Exit::Usage) } else { (stdout, Exit::Done) };
            // There is nobody left to tell if this can't be written either.
            let _ = write!(target, "{}", error.render());
            return exit as u8;
        }
    };
    let mut session = Session { environment, workspace: arguments.workspace, stdin, stdout, stderr };
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, &mut session),
        Command::DryRun(arguments) => dry_run::run(&arguments, &mut session),
        Command::Explain(arguments) => explain::run(&arguments, &mut session),
        Command::Impact(arguments) => impact::run(&arguments, &mut session),
        Command::Ledger(arguments) => ledger::run(&arguments, &mut session),
        Command::New(arguments) => new::run(&arguments, &mut session),
        Command::Run(arguments) => run::run(&arguments, &mut session),
        Command::Schema(arguments) => schema::run(&arguments, &mut session),
        Command::Show(arguments) => show::run(&arguments, &mut session),
        Command::Test(arguments) => test::run(&arguments, &mut session),
    };
    match result {
        Ok(exit) => exit as u8,
        Err(trouble) => session.report(&trouble) as u8,
    }
}

impl Session<'_> {
    fn workspace(&self) -> Result<Workspace, Trouble> {
        let start = self.workspace.as_ref().unwrap_or(&self.environment.folder);
        Workspace::find(start).map_err(|error| {
            let help = "go to the folder with `programs/`, or name it with `--workspace FOLDER`";
            Trouble::Usage(error.to_string(), Some(help.to_owned()))
        })
    }

    /// A line for people. That it can't be written is no reason to stop.
    fn say(&mut self, text: &str) {
        let _ = writeln!(self.stderr, "{text}");
    }

    fn report(&mut self, trouble: &Trouble) -> Exit {
        match trouble {
            Trouble::Findings(findings) | Trouble::Map(findings) => {
                for finding in findings {
                    self.say(&as_text(finding, self.environment.colour));
                }
                return if matches!(trouble, Trouble::Map(_)) { Exit::Unusable } else { Exit::Findings };
            }
            Trouble::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => return Exit::Done,
            _ => {}
        }
        let code = if let Trouble::Input(error) = trouble { format!("[{}]", error.code()) } else { String::new() };
        let mut line = format!("error{code}: {}", for_terminal(&trouble.to_string()));
        let mut cause = std::error::Error::source(trouble);
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&for_terminal(&error.to_string()));
            cause = error.source();
        }
        self.say(&line);
        let help = match trouble {
            Trouble::Usage(_, help) => help.clone(),
            Trouble::Input(error) => error.help(),
            Trouble::Ledger(error) => error.help().map(ToOwned::to_owned),
            Trouble::Post(error) => error.help().map(ToOwned::to_owned),
            Trouble::Act(error) => error.help().map(ToOwned::to_owned),
            Trouble::Plan(_) => Some("look at a new dry run, and save a plan of that".to_owned()),
            Trouble::Revision(error) => error.help().map(ToOwned::to_owned),
            _ => None,
        };
        if let Some(help) = help {
            self.say(&format!("help: {}", for_terminal(&help)));
        }
        match trouble {
            Trouble::Usage(..) | Trouble::Revision(RevisionError::Name(_) | RevisionError::Unknown(_)) => Exit::Usage,
            _ => Exit::Unusable,
        }
    }
}

/// Loads a program that the command names. Warnings are for those who write programs: `check` prints them.
fn load(workspace: &Workspace, name: &ProgramName) -> Result<Loaded, Trouble> {
    let mut findings = Findings::new();
    let loaded = workspace.load(name, &mut findings);
    loaded.ok_or_else(|| Trouble::Findings(findings.into_sorted()))
}

/// The programs that decide claims before this one, in their order.
fn load_first(workspace: &Workspace, program: &Program) -> Result<Vec<Loaded>, Trouble> {
    let mut findings = Findings::new();
    let first = workspace.run_first(program, &mut findings);
    first.ok_or_else(|| Trouble::Findings(findings.into_sorted()))
}

/// A program of the workspace by the name, or by the path of its file.
fn program_name(workspace: &Workspace, written: &str) -> Result<ProgramName, Trouble> {
    program_among(&workspace.programs(&mut Findings::new()), written)
}

/// An arrangement of the workspace by the name, or by the path of its file from where the command is called.
fn arrangement_name(workspace: &Workspace, written: &str, session: &Session<'_>) -> Result<ProgramName, Trouble> {
    let known = workspace.arrangements(&mut Findings::new());
    let file = session.environment.folder.join(written).canonicalize().ok();
    let folder = workspace.root().join("arrangements");
    let inside = file.as_deref().and_then(|file| file.strip_prefix(folder).ok()).map(|path| path.display().to_string());
    let own = known.iter().filter(|name| name.name() == written).map(ToString::to_string).collect::<Vec<_>>();
    let written = match (inside, own.as_slice()) {
        (Some(inside), _) => inside,
        // A name without its client can mean only one.
        (None, [only]) => {
            let help = format!("did you mean `{only}`?");
            return Err(Trouble::Usage(format!("there is no arrangement `{written}`"), Some(help)));
        }
        (None, _) => written.to_owned(),
    };
    named_among(&known, ["arrangement", "arrangements"], &written)
}

/// One of these programs, likewise.
fn program_among(known: &[ProgramName], written: &str) -> Result<ProgramName, Trouble> {
    named_among(known, ["program", "programs"], written)
}

/// One of what is known of a kind, of which there are one and several in a folder of that name.
fn named_among(known: &[ProgramName], [one, several]: [&str; 2], written: &str) -> Result<ProgramName, Trouble> {
    let name = written.strip_prefix("./").unwrap_or(written);
    let name = name.strip_prefix(several).and_then(|name| name.strip_prefix('/')).unwrap_or(name);
    let name = name.strip_suffix(".yaml").unwrap_or(name);
    let found = known.iter().find(|known| known.to_string() == name);
    found.cloned().ok_or_else(|| {
        let names: Vec<String> = known.iter().map(ToString::to_string).collect();
        let near = nearest(name, &names.iter().map(String::as_str).collect::<Vec<_>>());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => format!("put it into `{several}/CLIENT/NAME.yaml`"),
            None => format!("{several} here: {}", names.join(", ")),
        };
        Trouble::Usage(format!("there is no {one} `{written}`"), Some(help))
    })
}
