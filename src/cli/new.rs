//! `meed new`: a program with its script, a first case and claims to try it on, from one of the archetypes.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::{Exit, Session, Trouble};
use crate::{
    program::ProgramName,
    report::for_terminal,
    workspace::{NotMade, Template, Workspace, WorkspaceError},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The new program, `client/name`
    program: String,
    /// The template to start from
    #[arg(long, value_enum, value_name = "channel-rebate|dealer-spiff|honoraria")]
    from: Archetype,
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
    let name: ProgramName = arguments.program.parse().map_err(|reason| {
        let help = "name the client and the program: `meed new acme/rebate --from channel-rebate`";
        Trouble::Usage(format!("`{}` {reason}", arguments.program), Some(help.to_owned()))
    })?;
    let start = session.workspace.as_ref().unwrap_or(&session.environment.folder);
    let workspace = Workspace::find_or_begin(start).map_err(unusable_folder)?;
    let is_new = !workspace.root().join("programs").is_dir();
    let made = workspace.scaffold(&name, arguments.from.into()).map_err(|error| match error {
        NotMade::Exists(_) => {
            let help = "choose another name, or move away what is there".to_owned();
            Trouble::Usage(error.to_string(), Some(help))
        }
        NotMade::Workspace(error) => Trouble::Workspace(error),
        NotMade::Findings(findings) => Trouble::Findings(findings),
    })?;
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
