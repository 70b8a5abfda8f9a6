//! `meed impact`: decides history under two versions of the rules, and shows who is paid differently, how much and why.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, ValueEnum};

use super::{Exit, Session, Trouble, claims::ClaimsArguments, output::write_whole, program_among, together::Together};
use crate::{
    calendar::{Date, parse_iso},
    claim::Claims,
    compare::{Pair, Side},
    diagnostic::Findings,
    engine::Awards,
    input::wanted,
    money::{Decimal, parse_decimal},
    program::{Program, ProgramName},
    report::{ArrangementChange, Bounds, Change, Compared, Direction, Impact, ProgramImpact, Scope, for_terminal},
    workspace::{Loaded, Workspace},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Programs, `client/name`; those whose effective definition changed, if none is named
    #[arg(value_name = "PROGRAM")]
    programs: Vec<String>,
    /// The revision of git before the change: a commit, branch or tag
    #[arg(long, value_name = "REV")]
    base: String,
    /// The revision after the change; the files as they are, if not given
    #[arg(long, value_name = "REV")]
    head: Option<String>,
    #[command(flatten)]
    claims: ClaimsArguments,
    /// How the impact is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Writes the impact also as a page for a browser
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// How many keys and claims that differ are shown; JSON has all keys
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    first: usize,
    /// Shows all keys and claims that differ
    #[arg(long, conflicts_with = "first")]
    all: bool,
    /// Fails if another program changed than these, with `,` between them
    #[arg(long, value_name = "PROGRAM", value_delimiter = ',')]
    only_programs: Option<Vec<String>>,
    /// Fails if the awards of all programs together move further than this, up or down
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_negative_numbers = true)]
    max_total: Option<Decimal>,
    /// Fails if a key, or a claim that stands alone, is paid less (`up`) or more (`down`)
    #[arg(long, value_enum)]
    direction: Option<Way>,
    /// Fails if a claim dated this day or earlier is decided otherwise
    #[arg(long, value_name = "DATE", value_parser = date)]
    only_after: Option<Date>,
    /// Exits with 4 if any outcome changed
    #[arg(long)]
    exit_code: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// With a version, amounts as strings
    Json,
    /// For a comment of a pull request
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// Nobody gets less
    Up,
    /// Nobody gets more
    Down,
}

fn amount(text: &str) -> Result<Decimal, String> {
    let amount = parse_decimal(text).map_err(|error| error.to_string())?;
    if amount.is_sign_negative() { Err("is how far awards may move, so it has no sign".to_owned()) } else { Ok(amount) }
}

fn date(text: &str) -> Result<Date, String> {
    parse_iso(text).map_err(|_| "is not a day of the calendar; dates are written 2026-12-31".to_owned())
}

/// The workspace before and after, with the names of both.
struct Revisions<'a> {
    base: (Workspace, &'a str),
    head: (Workspace, &'a str),
}

/// One version of a program with the claims as it reads them.
struct Version {
    loaded: Loaded,
    /// `None` where the other version reads the file alike.
    claims: Option<Claims>,
    earlier: Vec<Claims>,
    awards: Awards,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    if arguments.claims.claims.as_os_str() == "-" {
        let help = "name a file, which each version of the rules reads by its own fields".to_owned();
        return Err(Trouble::Usage("`meed impact` can't read claims from standard input".to_owned(), Some(help)));
    }
    if let Some(page) = &arguments.page {
        arguments.claims.refuse_as_output("--page", page, session)?;
    }
    let workspace = session.workspace()?;
    let head = arguments.head.as_ref().map_or_else(|| Ok(workspace.clone()), |head| workspace.at(head))?;
    let revisions = Revisions {
        base: (workspace.at(&arguments.base)?, &arguments.base),
        head: (head, arguments.head.as_deref().unwrap_or("the files as they are")),
    };
    let impact = impact(arguments, &revisions, session)?;
    if let Some(page) = &arguments.page {
        write_whole(&session.environment.folder.join(page), page, &impact.to_page())?;
    }
    let printed = match arguments.format {
        Format::Text => impact.to_text(),
        Format::Json => impact.to_json().map_err(std::io::Error::from)? + "\n",
        Format::Markdown => impact.to_markdown(),
    };
    session.stdout.write_all(printed.as_bytes())?;
    session.stdout.flush()?;
    let breaches = impact.breaches();
    for breach in breaches.iter().filter(|_| arguments.format != Format::Text) {
        let of = breach.program.as_ref().map_or_else(String::new, |program| format!("`{program}` "));
        session.say(&for_terminal(&format!("{}: {of}{}", breach.option, breach.words)));
    }
    Ok(match (breaches.is_empty(), arguments.exit_code && impact.has_changed()) {
        (false, _) => Exit::Findings,
        (true, true) => Exit::Changed,
        (true, false) => Exit::Done,
    })
}

fn impact(arguments: &Arguments, revisions: &Revisions<'_>, session: &mut Session<'_>) -> Result<Impact, Trouble> {
    let mut known = revisions.head.0.programs(&mut Findings::new());
    known.extend(revisions.base.0.programs(&mut Findings::new()));
    known.sort();
    known.dedup();
    let named = |names: &[String]| -> Result<Vec<ProgramName>, Trouble> {
        names.iter().map(|name| program_among(&known, name)).collect()
    };
    let only_programs = arguments.only_programs.as_deref().map(named).transpose()?;
    let asked = named(&arguments.programs)?;
    // What may change is said of the whole workspace, whichever programs are decided.
    let everywhere = asked.is_empty() || only_programs.is_some();
    let mut programs = Vec::new();
    for name in known.iter().filter(|name| everywhere || asked.contains(name)) {
        let is_asked = asked.is_empty() || asked.contains(name);
        let change = change(name, is_asked, arguments, revisions, session)?;
        if asked.contains(name) || !matches!(change, Change::None) {
            programs.push(ProgramImpact { name: name.clone(), change });
        }
    }
    Ok(Impact {
        base: arguments.base.clone(),
        head: arguments.head.clone(),
        claims: arguments.claims.claims.display().to_string(),
        programs,
        arrangements: arrangement_changes(revisions)?,
        scope: Scope {
            only_programs,
            max_total: arguments.max_total,
            direction: arguments.direction.map(|way| match way {
                Way::Up => Direction::Up,
                Way::Down => Direction::Down,
            }),
            only_after: arguments.only_after,
        },
        first: arguments.first(),
    })
}

/// What became of the arrangements of the whole workspace.
fn arrangement_changes(revisions: &Revisions<'_>) -> Result<Vec<ArrangementChange>, Trouble> {
    let bounds = |workspace: &Workspace| -> Result<BTreeMap<ProgramName, Bounds>, Trouble> {
        let (mut findings, mut all) = (Findings::new(), BTreeMap::new());
        for name in workspace.arrangements(&mut Findings::new()) {
            let Some(loaded) = workspace.arrangement(&name, &mut findings) else { continue };
            all.insert(name, Bounds::new(&loaded.arrangement, &loaded.file_hash));
        }
        if findings.has_errors() { Err(Trouble::Findings(findings.into_sorted())) } else { Ok(all) }
    };
    let (mut before, after) = (bounds(&revisions.base.0)?, bounds(&revisions.head.0)?);
    let mut changes: Vec<ArrangementChange> = after
        .into_iter()
        .map(|(name, after)| ArrangementChange { before: before.remove(&name), name, after: Some(after) })
        .collect();
    changes.extend(before.into_iter().map(|(name, before)| ArrangementChange {
        name,
        before: Some(before),
        after: None,
    }));
    changes.retain(|change| change.before != change.after);
    changes.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(changes)
}

/// What became of a program. One that wasn't asked for is not decided.
fn change(
    name: &ProgramName,
    is_asked: bool,
    arguments: &Arguments,
    revisions: &Revisions<'_>,
    session: &mut Session<'_>,
) -> Result<Change, Trouble> {
    let is_there = |workspace: &Workspace| workspace.programs(&mut Findings::new()).contains(name);
    match (is_there(&revisions.base.0), is_there(&revisions.head.0)) {
        (false, _) => return Ok(Change::New),
        (true, false) => return Ok(Change::Gone),
        (true, true) => {}
    }
    let (before, first_before) = load(name, &revisions.base, session)?;
    let (after, first_after) = load(name, &revisions.head, session)?;
    let meanings = |first: &[Loaded]| -> BTreeMap<ProgramName, String> {
        first.iter().map(|one| (one.program.identification.name.clone(), one.meaning.clone())).collect()
    };
    let (meanings_before, meanings_after) = (meanings(&first_before), meanings(&first_after));
    let is_own = before.meaning != after.meaning;
    if !is_own && meanings_before == meanings_after {
        return Ok(Change::None);
    }
    if !is_asked {
        return Ok(Change::Undecided);
    }
    let changed = meanings_after.iter().filter(|(first, meaning)| meanings_before.get(*first) != Some(*meaning));
    let gone = meanings_before.keys().filter(|first| !meanings_after.contains_key(*first));
    let because_of: Vec<ProgramName> =
        changed.map(|(first, _)| first).chain(gone).filter(|_| !is_own).cloned().collect();
    let after = Version::read(after, first_after, None, arguments, session)?;
    let shared = after.claims.as_ref().map(|_| &after.loaded.program);
    let before = Version::read(before, first_before, shared, arguments, session).inspect_err(|_| {
        session.say(&for_terminal(&format!("in the revision `{}`:", revisions.base.1)));
    })?;
    let mut compared = before.compared(&after, arguments.first())?;
    compared.because_of = because_of;
    Ok(Change::Compared(Box::new(compared)))
}

/// A program of one side, and those that come first.
fn load(
    name: &ProgramName,
    (workspace, side): &(Workspace, &str),
    session: &mut Session<'_>,
) -> Result<(Loaded, Vec<Loaded>), Trouble> {
    let mut findings = Findings::new();
    let loaded = workspace.load(name, &mut findings);
    let first = loaded.as_ref().and_then(|loaded| workspace.run_first(&loaded.program, &mut findings));
    match (loaded, first) {
        (Some(loaded), Some(first)) => Ok((loaded, first)),
        _ => {
            session.say(&for_terminal(&format!("in `{side}`:")));
            Err(Trouble::Findings(findings.into_sorted()))
        }
    }
}

impl Arguments {
    fn first(&self) -> Option<usize> {
        (!self.all).then_some(self.first)
    }
}

impl Version {
    /// Reads the claims by a version's fields, unless the other version reads them alike, and lets the programs that come
    /// first decide them.
    fn read(
        loaded: Loaded,
        first: Vec<Loaded>,
        other: Option<&Program>,
        arguments: &Arguments,
        session: &mut Session<'_>,
    ) -> Result<Self, Trouble> {
        let files = &arguments.claims;
        let is_alike = other.is_some_and(|other| wanted(&other.claim.fields) == wanted(&loaded.program.claim.fields));
        let earlier = files.read_all_earlier(&loaded.program, session)?;
        if first.is_empty() {
            let claims = if is_alike { None } else { Some(files.read(&loaded.program, session)?) };
            return Ok(Self { loaded, claims, earlier, awards: Awards::new() });
        }
        let mut together = Together::behind(first.into_iter().chain([loaded]).collect());
        together.decide_earlier(files, session)?;
        let claims = together.decide_first(files, session)?;
        let (loaded, awards) = together.into_last()?;
        Ok(Self { loaded, claims: (!is_alike).then_some(claims), earlier, awards })
    }

    /// What two versions decide differently.
    fn compared(&self, after: &Self, first: Option<usize>) -> Result<Compared, Trouble> {
        let Some(claims_after) = &after.claims else {
            return Err(Trouble::Usage("no claims are read".to_owned(), None));
        };
        let claims_before = self.claims.as_ref().unwrap_or(claims_after);
        let pair = Pair::new(self.side(claims_before), after.side(claims_after));
        let comparison = pair.compare()?;
        let fingerprints = (self.loaded.fingerprint.clone(), after.loaded.fingerprint.clone());
        let mut compared = Compared::new(&self.loaded.program, &after.loaded.program, fingerprints, comparison);
        let (lines_before, lines_after) = compared.lines_in_words(first);
        pair.before_in_words(&lines_before, false, &mut |outcome| {
            compared.words_before.insert(outcome.origin.line, outcome.clone().into_owned());
        });
        pair.after_in_words(&lines_after, false, &mut |outcome| {
            compared.words_after.insert(outcome.origin.line, outcome.clone().into_owned());
        });
        Ok(compared)
    }

    fn side<'v>(&'v self, claims: &'v Claims) -> Side<'v> {
        let Loaded { program, tables, .. } = &self.loaded;
        Side { program, tables, claims, earlier: &self.earlier, awards: &self.awards, arrangements: &[] }
    }
}
