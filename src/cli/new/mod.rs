//! `meed new`: a program with its script, a first case and claims to try it on, from one of the archetypes; or an
//! arrangement.

mod arrangement;

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};

use super::{Exit, Session, Trouble};
use crate::{
    program::ProgramName,
    report::for_terminal,
    workspace::{NotMade, Template, Workspace, WorkspaceError},
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, disable_help_subcommand = true)]
pub(super) struct Arguments {
    /// The new program, `client/name`
    #[arg(required = true)]
    program: Option<String>,
    /// The template to start from
    #[arg(long, value_enum, value_name = "channel-rebate|dealer-spiff|honoraria", required = true)]
    from: Option<Archetype>,
    #[command(subcommand)]
    other: Option<Other>,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Makes an arrangement from changes as `dry-run --set` takes them
    Arrangement(arrangement::Arguments),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Archetype {
    /// A rebate by quarterly tiers, with a claim window, and a tolerance for what is claimed
    ChannelRebate,
    /// Points for each unit sold, with a promotion, a cap for the month, a budget, and duplicates
    DealerSpiff,
    /// Fees by profession and time, with ceilings, and one registration for each person
    Honoraria,
}

impl From<Archetype> for Template {
    fn from(archetype: Archetype) -> Self {
        match archetype {
            Archetype::ChannelRebate => Self::ChannelRebate,
            Archetype::DealerSpiff => Self::DealerSpiff,
            Archetype::Honoraria => Self::Honoraria,
        }
    }
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    match arguments {
        Arguments { other: Some(Other::Arrangement(arguments)), .. } => arrangement::run(arguments, session),
        Arguments { program: Some(program), from: Some(archetype), .. } => new_program(program, *archetype, session),
        // The parser asks for them.
        _ => Err(Trouble::Usage("a program and a template are expected".to_owned(), None)),
    }
}

fn new_program(program: &str, archetype: Archetype, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let name: ProgramName = program.parse().map_err(|reason| {
        let help = "name the client and the program: `meed new acme/rebate --from channel-rebate`";
        Trouble::Usage(format!("`{program}` {reason}"), Some(help.to_owned()))
    })?;
    let start = session.workspace.as_ref().unwrap_or(&session.environment.folder);
    let workspace = Workspace::find_or_begin(start).map_err(unusable_folder)?;
    let is_new = !workspace.root().join("programs").is_dir();
    let made = workspace.scaffold(&name, archetype.into()).map_err(not_made)?;
    let is_here = session.environment.folder.canonicalize().is_ok_and(|here| here == workspace.root());
    let place = if is_here { "this folder".to_owned() } else { shown(workspace.root()) };
    let what = if is_new { "is a workspace now, with:" } else { "has these new files:" };
    session.say(&format!("{place} {what}"));
    for file in &made.files {
        writeln!(session.stdout, "{file}")?;
    }
    session.stdout.flush()?;
    let claims = if is_here { made.claims } else { shown(&workspace.root().join(&made.claims)) };
    let meed = session.workspace.as_ref().map_or("meed".to_owned(), |path| format!("meed --workspace {}", shown(path)));
    session.say(&format!(
        "\nnext:\n  {meed} check {name}\n  {meed} test {name}\n  {meed} dry-run {name} --claims {claims}"
    ));
    Ok(Exit::Done)
}

fn not_made(error: NotMade) -> Trouble {
    match error {
        NotMade::Exists(_) => {
            let help = "choose another name, or move away what is there".to_owned();
            Trouble::Usage(error.to_string(), Some(help))
        }
        NotMade::Workspace(error) => Trouble::Workspace(error),
        NotMade::Findings(findings) => Trouble::Findings(findings),
    }
}

fn unusable_folder(error: WorkspaceError) -> Trouble {
    match error {
        WorkspaceError::NotFound | WorkspaceError::NotEmpty => {
            let help = "go to an empty folder, or make a folder `programs/` where the workspace is to be";
            Trouble::Usage(error.to_string(), Some(help.to_owned()))
        }
        error => Trouble::Workspace(error),
    }
}

/// A path as a command line takes it.
fn shown(path: &Path) -> String {
    let path = for_terminal(&path.display().to_string()).into_owned();
    if path.contains(' ') { format!("\"{path}\"") } else { path }
}
