//! `meed new arrangement`: the file of an arrangement, from changes as `dry-run --set` takes them.

use clap::Args;

use super::{not_made, shown};
use crate::{
    cli::{Exit, Session, Trouble, load, program_name},
    program::ProgramName,
    variant::Draft,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The new arrangement, `client/name`
    name: String,
    /// The program that it changes
    #[arg(long, value_name = "PROGRAM")]
    program: String,
    /// What it changes: `params.tolerance=50`, `award.volume_rebate.tiers.bands.2.rate=3%`, `'LATE=~'` (waives the rule)
    #[arg(long, value_name = "KEY=VALUE", required = true)]
    set: Vec<String>,
    /// The most that it may add to the standard awards
    #[arg(long, value_name = "AMOUNT")]
    ceiling: Option<String>,
    /// The first day of the claims that it is for
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day of the claims that it is for
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// The last day on which a claim may come in
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// The participants that it is for
    #[arg(long, value_name = "PARTICIPANT", value_delimiter = ',')]
    participants: Vec<String>,
    /// The claims that it is for
    #[arg(long, value_name = "CLAIM", value_delimiter = ',')]
    only: Vec<String>,
    /// An expression over the claims that it is for
    #[arg(long, value_name = "EXPRESSION")]
    when: Option<String>,
    /// Why it is granted
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Where the approval stands
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// Who asked for it
    #[arg(long, value_name = "WHO")]
    asked_by: Option<String>,
    /// Who approved it
    #[arg(long, value_name = "WHO")]
    approved_by: Option<String>,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let name: ProgramName = arguments.name.parse().map_err(|reason| {
        let help = "name the client and the arrangement: `meed new arrangement acme/spring --program acme/rebate …`";
        let reason = format!("{reason}").replace("a program name", "the name of an arrangement");
        Trouble::Usage(format!("`{}` {reason}", arguments.name), Some(help.to_owned()))
    })?;
    let program = program_name(&workspace, &arguments.program)?;
    let standard = load(&workspace, &program)?;
    let draft = Draft {
        name: &name,
        program: &program,
        set: &arguments.set,
        reason: arguments.reason.as_deref(),
        reference: arguments.reference.as_deref(),
        asked_by: arguments.asked_by.as_deref(),
        approved_by: arguments.approved_by.as_deref(),
        dates: [arguments.from.as_deref(), arguments.until.as_deref()],
        expires: arguments.expires.as_deref(),
        ceiling: arguments.ceiling.as_deref(),
        participants: &arguments.participants,
        claims: &arguments.only,
        when: arguments.when.as_deref(),
    };
    let missing = draft.missing();
    let made = workspace.write_arrangement(&draft, &standard.program).map_err(not_made)?;
    for file in made {
        writeln!(session.stdout, "{file}")?;
    }
    session.stdout.flush()?;
    let meed = session.workspace.as_ref().map_or("meed".to_owned(), |path| format!("meed --workspace {}", shown(path)));
    if !missing.is_empty() {
        session.say(&format!("\nfill in: {}", missing.join(", ")));
    }
    session.say(&format!("\nnext:\n  {meed} check\n  {meed} dry-run {program} --claims FILE --arrangement {name}"));
    Ok(Exit::Done)
}
