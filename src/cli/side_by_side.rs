//! `meed dry-run … --set`: the rules as they stand and changed, over the same claims.

use std::collections::BTreeSet;

use super::{Exit, Session, Trouble, claims::ClaimsArguments, load, load_first, program_name, together::Together};
use crate::{
    compare::{ClaimDifference, ClaimOutcome, Comparison, Pair, Side},
    diagnostic::Findings,
    input::wanted,
    program::ProgramName,
    report::{ReasonWords, SideBySide, reason_words},
    variant::Variant,
    workspace::{Loaded, Workspace},
};

/// What is asked of a comparison.
pub(super) struct Asked<'a> {
    /// The program.
    pub(super) program: &'a str,
    /// The changes, `KEY=VALUE`.
    pub(super) set: &'a [String],
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
}

pub(super) fn run(asked: &Asked<'_>, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let name = program_name(&workspace, asked.program)?;
    let standard = load(&workspace, &name)?;
    let (variant, changed) = changed(&workspace, &name, asked.set)?;
    let mut together = Together::behind(first(&workspace, standard, asked)?);
    together.begin();
    let standard_claims = together.decide_first(asked.claims, session)?;
    let Some(standard) = together.programs.last() else { return Ok(Exit::Done) };
    let standard_earlier = asked.claims.read_all_earlier(&standard.program, session)?;
    let reads_alike = wanted(&standard.program.claim.fields) == wanted(&changed.program.claim.fields);
    if !reads_alike && asked.claims.claims.as_os_str() == "-" {
        let help = "name a file, which is read once for each side".to_owned();
        return Err(Trouble::Usage("standard input can't be read in two ways".to_owned(), Some(help)));
    }
    let own = match reads_alike {
        true => None,
        false => {
            let earlier = asked.claims.read_all_earlier(&changed.program, session)?;
            Some((asked.claims.read(&changed.program, session)?, earlier))
        }
    };
    let (claims, earlier) =
        own.as_ref().map_or((&standard_claims, &standard_earlier), |(claims, earlier)| (claims, earlier));
    let awards = together.awards();
    let (program, tables) = (&standard.program, &standard.tables);
    let before = Side { program, tables, claims: &standard_claims, earlier: &standard_earlier, awards };
    let (program, tables) = (&changed.program, &changed.tables);
    let after = Side { program, tables, claims, earlier, awards };
    let pair = Pair::new(before, after);
    let comparison = pair.compare()?;
    let reasons = reasons(asked, &comparison, &pair);
    let page = SideBySide {
        program: &standard.program,
        variant: &variant.name,
        fingerprints: [&standard.fingerprint, &changed.fingerprint],
        comparison: &comparison,
        reasons,
        names: asked.names,
        most: asked.most,
    };
    match asked.json {
        true => writeln!(session.stdout, "{}", page.to_json()?)?,
        false => write!(session.stdout, "{}", page.to_table()?)?,
    }
    session.stdout.flush()?;
    Ok(if asked.exit_code && !comparison.is_same() { Exit::Changed } else { Exit::Done })
}

/// The program with the changes made.
fn changed(workspace: &Workspace, name: &ProgramName, set: &[String]) -> Result<(Variant, Loaded), Trouble> {
    let mut findings = Findings::new();
    let variant = Variant::of_arguments("--set", set, &mut findings);
    let loaded = variant.and_then(|variant| {
        let loaded = workspace.load_with(name, &variant, &mut findings)?;
        Some((variant, loaded))
    });
    loaded.ok_or_else(|| Trouble::Findings(findings.into_sorted()))
}

/// The programs that decide the claims before this one, and this one behind them.
fn first(workspace: &Workspace, standard: Loaded, asked: &Asked<'_>) -> Result<Vec<Loaded>, Trouble> {
    let mut programs = load_first(workspace, &standard.program)?;
    if !programs.is_empty() && !asked.claims.earlier.is_empty() {
        let message = "`--set` and `--earlier` don't go together for a program that looks at others".to_owned();
        let help = "put the claims into one file".to_owned();
        return Err(Trouble::Usage(message, Some(help)));
    }
    programs.push(standard);
    Ok(programs)
}

/// Why either side decides the claims that are shown as it does. A side that gives no reason isn't asked.
fn reasons(asked: &Asked<'_>, comparison: &Comparison, pair: &Pair<'_>) -> [ReasonWords; 2] {
    let shown = if asked.json { comparison.claims.len() } else { asked.most };
    let lines = |side: fn(&ClaimDifference) -> &ClaimOutcome| -> BTreeSet<u64> {
        let claims = comparison.claims.iter().take(shown);
        let reasoned = claims.filter(|claim| !side(claim).reasons.is_empty() || !side(claim).flags.is_empty());
        reasoned.map(|claim| claim.line).collect()
    };
    let mut words = [ReasonWords::new(), ReasonWords::new()];
    let [before, after] = &mut words;
    pair.before_in_words(&lines(|claim| &claim.before), asked.names, &mut |outcome| {
        before.insert(outcome.origin.line, reason_words(outcome));
    });
    pair.after_in_words(&lines(|claim| &claim.after), asked.names, &mut |outcome| {
        after.insert(outcome.origin.line, reason_words(outcome));
    });
    words
}
