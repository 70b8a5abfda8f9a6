//! `meed dry-run … --freeze CASE --only CLAIM,…`: claims as they were decided become a case.

use super::{Exit, Session, Trouble, check::counted, claims::ClaimsArguments, load_first};
use crate::{
    cases::{NotFrozen, Part, freeze},
    workspace::{CaseName, Loaded, NotMade, Workspace},
};

pub(super) fn run(
    case: &str,
    only: &[String],
    programs: Vec<Loaded>,
    files: &ClaimsArguments,
    workspace: &Workspace,
    session: &mut Session<'_>,
) -> Result<Exit, Trouble> {
    let [loaded] = <[Loaded; 1]>::try_from(programs).map_err(|_| {
        let help = "name the program that the case is to test; those that it looks at come along".to_owned();
        Trouble::Usage("a case is frozen for one program".to_owned(), Some(help))
    })?;
    let is_plain = |symbol: char| symbol.is_ascii_alphanumeric() || symbol == '-' || symbol == '_';
    if case.is_empty() || !case.chars().all(is_plain) {
        let help = "use letters, digits, `-` and `_`: `--freeze second-invoice`".to_owned();
        return Err(Trouble::Usage(format!("`{case}` is no name for a case"), Some(help)));
    }
    let first = load_first(workspace, &loaded.program)?;
    if files.claims.as_os_str() == "-" && !first.is_empty() {
        let help = "name a file, which each program reads by its own fields".to_owned();
        return Err(Trouble::Usage("several programs can't share standard input".to_owned(), Some(help)));
    }
    let name = CaseName { program: loaded.program.identification.name.clone(), name: case.to_owned() };
    let mut parts = Vec::new();
    for loaded in first.iter().chain([&loaded]) {
        let earlier = files.read_all_earlier(&loaded.program, session)?;
        parts.push(Part::new(&loaded.program, &loaded.tables, earlier, files.read(&loaded.program, session)?));
    }
    let title = format!("{} as decided, frozen from a claims file", counted(only.len(), "claim"));
    let frozen = freeze(&parts, only, &title).map_err(|reason| refused(&reason))?;
    let written = workspace.write_frozen(&name, &frozen).map_err(|error| match error {
        NotMade::Workspace(error) => Trouble::Workspace(error),
        error => {
            let help = "choose another name for the case, or move away what is there".to_owned();
            Trouble::Usage(error.to_string(), Some(help))
        }
    })?;
    for file in written {
        writeln!(session.stdout, "{file}")?;
    }
    session.stdout.flush()?;
    let list = |columns: &[String]| columns.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ");
    session.say(&format!(
        "{} and {} before, with the same outcomes",
        counted(only.len(), "claim"),
        counted(frozen.others, "claim")
    ));
    if !frozen.replaced.is_empty() {
        session.say(&format!("pseudonyms stand in {}", list(&frozen.replaced)));
    }
    if !frozen.kept.is_empty() {
        session.say(&format!("as they were, since rules or tables look at them: {}", list(&frozen.kept)));
    }
    session.say(&format!("say in its title what the case shows, then: meed test {name}"));
    Ok(Exit::Done)
}

fn refused(reason: &NotFrozen) -> Trouble {
    let help = match reason {
        NotFrozen::Unknown(_) => Some("write ids as the outcomes show them"),
        NotFrozen::TooMany => Some("freeze claims with a shorter past, or write the case by hand"),
        NotFrozen::Row(_) => Some("mend the row, or leave out claims that share a key with it"),
        NotFrozen::Private(_) | NotFrozen::Original => Some("write the case by hand, with cells that are made up"),
        NotFrozen::Differs { replaced: false, .. } => {
            Some("its decision depends on claims that share no key with it, such as a budget's; write the case by hand")
        }
        NotFrozen::Differs { replaced: true, .. } => {
            Some("its decision depends on more of an id or a private cell than a pseudonym has; write the case by hand")
        }
    };
    Trouble::Usage(reason.to_string(), help.map(ToOwned::to_owned))
}
