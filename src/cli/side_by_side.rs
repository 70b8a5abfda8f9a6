//! `meed dry-run … --set` and `--arrangement`: the rules as they stand and another side, over the same claims.

use std::collections::BTreeSet;

use super::{
    Exit, Session, Trouble, arrangement_name,
    claims::{ClaimsArguments, name_unread_rows},
    load, load_first,
    output::OutputFile,
    program_name,
    together::Together,
};
use crate::{
    claim::Claims,
    compare::{ClaimDifference, ClaimOutcome, Comparison, Pair, Side},
    diagnostic::Findings,
    engine::ArrangedProgram,
    input::wanted,
    program::ProgramName,
    report::{ReasonWords, SideBySide, as_text, reason_words},
    variant::Variant,
    workspace::{Loaded, LoadedArrangement, Workspace},
};

/// What is asked of a comparison.
pub(super) struct Asked<'a> {
    /// The program.
    pub(super) program: &'a str,
    /// What the other side is.
    pub(super) with: With<'a>,
    /// The claims.
    pub(super) claims: &'a ClaimsArguments,
    /// JSON instead of a page.
    pub(super) json: bool,
    /// Whether private figures are shown.
    pub(super) names: bool,
    /// How many participants and claims a page shows.
    pub(super) most: usize,
    /// Whether the exit code says that outcomes changed.
    pub(super) exit_code: bool,
    /// Where the outcomes of the other side are written.
    pub(super) out: Option<OutputFile>,
}

/// What is put beside the rules as they stand.
#[derive(Debug, Clone, Copy)]
pub(super) enum With<'a> {
    /// The program with changes, `KEY=VALUE`.
    Set(&'a [String]),
    /// The program with what these arrangements add.
    Arrangements(&'a [String]),
}

/// The other side.
struct Other {
    /// What it is called.
    name: String,
    fingerprint: String,
    /// The program, where it is another one.
    changed: Option<Loaded>,
    arrangements: Vec<LoadedArrangement>,
}

pub(super) fn run(asked: Asked<'_>, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let name = program_name(&workspace, asked.program)?;
    let standard = load(&workspace, &name)?;
    let other = match asked.with {
        With::Set(set) => changed(&workspace, &standard, set, session)?,
        With::Arrangements(names) => arranged(&workspace, &name, names, session)?,
    };
    let mut together = Together::behind(first(&workspace, standard, &asked)?);
    together.begin();
    let standard_claims = together.decide_first(asked.claims, session)?;
    let Some(standard) = together.programs.last() else { return Ok(Exit::Done) };
    let standard_earlier = asked.claims.read_all_earlier(&standard.program, session)?;
    let own = match &other.changed {
        Some(changed) => read_again(asked.claims, standard, changed, session)?,
        None => None,
    };
    let (claims, earlier) =
        own.as_ref().map_or((&standard_claims, &standard_earlier), |(claims, earlier)| (claims, earlier));
    let awards = together.awards();
    let arrangements: Vec<ArrangedProgram<'_>> = other.arrangements.iter().map(LoadedArrangement::ready).collect();
    let (program, tables) = (&standard.program, &standard.tables);
    let before =
        Side { program, tables, claims: &standard_claims, earlier: &standard_earlier, awards, arrangements: &[] };
    let (program, tables) = other.changed.as_ref().map_or((program, tables), |other| (&other.program, &other.tables));
    let after = Side { program, tables, claims, earlier, awards, arrangements: &arrangements };
    let pair = Pair::new(before, after);
    let comparison = match asked.out {
        Some(file) => written(file, &pair)?,
        None => pair.compare()?,
    };
    let Asked { json, names, most, exit_code, .. } = asked;
    let page = SideBySide {
        program: &standard.program,
        variant: &other.name,
        fingerprints: [&standard.fingerprint, &other.fingerprint],
        comparison: &comparison,
        reasons: reasons(if json { comparison.claims.len() } else { most }, names, &comparison, &pair),
        names,
        most,
    };
    match json {
        true => writeln!(session.stdout, "{}", page.to_json()?)?,
        false => write!(session.stdout, "{}", page.to_table()?)?,
    }
    session.stdout.flush()?;
    name_unread_rows(&standard_claims, &standard.program, names, session);
    Ok(if exit_code && !comparison.is_same() { Exit::Changed } else { Exit::Done })
}

/// The comparison, while what the other side decides is written to a file.
fn written(mut file: OutputFile, pair: &Pair<'_>) -> Result<Comparison, Trouble> {
    let mut result = Ok(());
    let comparison = pair.compare_and(&mut |outcome| {
        if result.is_ok() {
            result = file.write(outcome);
        }
    })?;
    result?;
    file.finish()?;
    Ok(comparison)
}

/// The claims as the changed program reads them, where that is another way.
fn read_again(
    files: &ClaimsArguments,
    standard: &Loaded,
    changed: &Loaded,
    session: &mut Session<'_>,
) -> Result<Option<(Claims, Vec<Claims>)>, Trouble> {
    if wanted(&standard.program.claim.fields) == wanted(&changed.program.claim.fields) {
        return Ok(None);
    }
    if files.claims.as_os_str() == "-" {
        let help = "name a file, which is read once for each side".to_owned();
        return Err(Trouble::Usage("standard input can't be read in two ways".to_owned(), Some(help)));
    }
    let earlier = files.read_all_earlier(&changed.program, session)?;
    Ok(Some((files.read(&changed.program, session)?, earlier)))
}

/// The program with the changes made. What is odd of them is said.
fn changed(
    workspace: &Workspace,
    standard: &Loaded,
    set: &[String],
    session: &mut Session<'_>,
) -> Result<Other, Trouble> {
    let mut findings = Findings::new();
    let variant = Variant::of_arguments("--set", set, &mut findings);
    let loaded = variant.and_then(|variant| {
        let loaded = workspace.load_with(&standard.program.identification.name, &variant, &mut findings)?;
        Some((variant, loaded))
    });
    let Some((variant, loaded)) = loaded else { return Err(Trouble::Findings(findings.into_sorted())) };
    let [before, after] = [standard, &loaded].map(|loaded| loaded.program.identification.unit.code().to_owned());
    if before != after {
        let message = format!("amounts in {before} and in {after} can't be put side by side");
        let help = "decide by a program in the other currency, and compare its outcomes file".to_owned();
        return Err(Trouble::Usage(message, Some(help)));
    }
    for finding in findings.into_sorted() {
        session.say(&as_text(&finding, session.environment.colour));
    }
    let fingerprint = loaded.fingerprint.clone();
    Ok(Other { name: variant.name, fingerprint, changed: Some(loaded), arrangements: Vec::new() })
}

/// The arrangements of the program, and what they are called.
fn arranged(
    workspace: &Workspace,
    program: &ProgramName,
    names: &[String],
    session: &Session<'_>,
) -> Result<Other, Trouble> {
    let arrangements = load_arrangements(workspace, program, names, session)?;
    let names: Vec<String> = arrangements.iter().map(|one| one.arrangement.name.to_string()).collect();
    let fingerprint = LoadedArrangement::fingerprint_of(&arrangements);
    let word = if names.len() == 1 { "arrangement" } else { "arrangements" };
    Ok(Other { name: format!("{word} {}", names.join(" ")), fingerprint, changed: None, arrangements })
}

/// The arrangements of a program, in the order of their names, so that nothing depends on how they were asked for.
pub(super) fn load_arrangements(
    workspace: &Workspace,
    program: &ProgramName,
    names: &[String],
    session: &Session<'_>,
) -> Result<Vec<LoadedArrangement>, Trouble> {
    let mut findings = Findings::new();
    let mut known = BTreeSet::new();
    for name in names {
        known.insert(arrangement_name(workspace, name, session)?);
    }
    let loaded: Vec<_> = known.iter().filter_map(|name| workspace.arrangement(name, &mut findings)).collect();
    if loaded.len() < known.len() {
        return Err(Trouble::Findings(findings.into_sorted()));
    }
    if let Some(other) = loaded.iter().find(|one| one.arrangement.program.0 != *program) {
        let (name, theirs) = (&other.arrangement.name, &other.arrangement.program.0);
        let message = format!("the arrangement `{name}` is for `{theirs}`, and not for `{program}`");
        return Err(Trouble::Usage(message, Some(format!("name `{theirs}`, or another arrangement"))));
    }
    Ok(loaded)
}

/// The programs that decide the claims before this one, and this one behind them.
fn first(workspace: &Workspace, standard: Loaded, asked: &Asked<'_>) -> Result<Vec<Loaded>, Trouble> {
    let mut programs = load_first(workspace, &standard.program)?;
    if !programs.is_empty() && !asked.claims.earlier.is_empty() {
        let option = match asked.with {
            With::Set(_) => "--set",
            With::Arrangements(_) => "--arrangement",
        };
        let message = format!("`{option}` and `--earlier` don't go together for a program that looks at others");
        let help = "put the claims into one file".to_owned();
        return Err(Trouble::Usage(message, Some(help)));
    }
    programs.push(standard);
    Ok(programs)
}

/// Why either side decides the first claims as it does. A side that gives no reason isn't asked.
fn reasons(shown: usize, names: bool, comparison: &Comparison, pair: &Pair<'_>) -> [ReasonWords; 2] {
    let lines = |side: fn(&ClaimDifference) -> &ClaimOutcome| -> BTreeSet<u64> {
        let claims = comparison.claims.iter().take(shown);
        let reasoned = claims.filter(|claim| !side(claim).reasons.is_empty() || !side(claim).flags.is_empty());
        reasoned.map(|claim| claim.line).collect()
    };
    let mut words = [ReasonWords::new(), ReasonWords::new()];
    let [before, after] = &mut words;
    pair.before_in_words(&lines(|claim| &claim.before), names, &mut |outcome| {
        before.insert(outcome.origin.line, reason_words(outcome));
    });
    pair.after_in_words(&lines(|claim| &claim.after), names, &mut |outcome| {
        after.insert(outcome.origin.line, reason_words(outcome));
    });
    words
}
