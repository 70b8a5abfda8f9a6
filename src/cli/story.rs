//! `meed explain … --ledger`: where a claim is, why, what cures it and what comes next; or all claims of a participant.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use super::{Exit, Session, Trouble, load, program_name};
use crate::{
    ledger::{Act, Chapter, EntryKind, Ledger},
    money::{Decimal, at_scale},
    outcome::{Disposition, EngineReason, Outcome, Trace},
    program::Program,
    report::{self, for_terminal, grouped, table_of},
};

/// Tells what a ledger knows of a claim or a participant of a program.
pub(super) fn tell(
    subject: &str,
    program: &str,
    ledger: &Path,
    names: bool,
    session: &mut Session<'_>,
) -> Result<Exit, Trouble> {
    let workspace = session.workspace()?;
    let loaded = load(&workspace, &program_name(&workspace, program)?)?;
    let ledger = Ledger::read(&session.environment.folder.join(ledger))?;
    let name = loaded.program.identification.name.to_string();
    let number = ledger.program(&name)?;
    let story = number.map_or_else(|| Ok(Vec::new()), |number| ledger.story(number, subject))?;
    let page = match story.as_slice() {
        [] => {
            let claims = number.map_or_else(|| Ok(Vec::new()), |number| ledger.claims_of(number, subject))?;
            if claims.is_empty() {
                let help = "give the id as the column `claim` of the outcomes shows it, or a participant".to_owned();
                let message = format!("`{subject}` is no claim and no participant of `{name}` in this ledger");
                return Err(Trouble::Usage(message, Some(help)));
            }
            let scale = loaded.program.identification.scale;
            let earned = number.map(|number| ledger.earned_by_claim(number, subject, scale)).transpose()?;
            of_participant(&loaded.program, subject, (&claims, &earned.unwrap_or_default()), names)
        }
        chapters => of_claim(&loaded.program, chapters, names),
    };
    writeln!(session.stdout, "{}", page.trim_end())?;
    session.stdout.flush()?;
    Ok(Exit::Done)
}

/// What stands of a claim, what comes next, and what happened to it.
fn of_claim(program: &Program, chapters: &[Chapter], names: bool) -> String {
    let stands = chapters.iter().rev().find(|chapter| chapter.stands());
    let Some(stands) = stands.or(chapters.last()) else { return String::new() };
    let mut outcome = stands.outcome.clone();
    // What was held had awarded nothing that an act could correct.
    outcome.reversed = outcome.reversed.filter(|reversed| stands.kind == EntryKind::Decided || !reversed.is_zero());
    let mut page = report::explain(program, &outcome, &Trace::default(), names);
    for reason in stands.outcome.reasons.iter().chain(stands.outcome.flags.iter()) {
        if let Some(known) = EngineReason::ALL.iter().find(|known| known.code() == reason.code) {
            let _ = writeln!(page, "{}: {}", reason.code, known.explanation());
        }
    }
    // Writing to a text can't fail.
    let _ = writeln!(page, "\nNext: {}\n\nWhat happened:", next(&stands.outcome));
    for chapter in chapters {
        let _ = writeln!(page, "  entry {:<6} {}", chapter.entry, happened(program, chapter));
    }
    for_terminal(&page).into_owned()
}

/// What comes next.
fn next(outcome: &Outcome<'_>) -> &'static str {
    match outcome.disposition {
        Disposition::Approved => "nothing is to be done: it is awarded.",
        Disposition::Held => "somebody releases or rejects it (`meed ledger release`, `meed ledger reject`).",
        Disposition::Returned => "the claimant cures what is said above and sends it again under the same id.",
        Disposition::Rejected => "it stays rejected, unless a corrected claim comes under the same id.",
    }
}

fn happened(program: &Program, chapter: &Chapter) -> String {
    let unit = program.identification.unit.code();
    let amount = |amount| grouped(&at_scale(amount, program.identification.scale));
    let outcome = &chapter.outcome;
    let fate = match outcome.disposition {
        Disposition::Approved => format!("approved, {} {unit}", amount(outcome.award)),
        Disposition::Held => format!("held, {} {unit} pending", amount(outcome.pending)),
        other => other.to_string(),
    };
    match &chapter.act {
        Some(act) => {
            let (act_words, Act { by, at, reason, .. }) = (act_words(act), act);
            match chapter.kind {
                EntryKind::Proposed => {
                    let amount = amount(outcome.pending);
                    let would = format!("it would be {}, {amount} {unit}", outcome.disposition);
                    format!("{act_words} proposed by {by} at {at}: {reason}; {would}")
                }
                _ => format!("{act_words} by {by} at {at}: {reason}; then {fate}"),
            }
        }
        None => match &outcome.arranged {
            Some(arranged) if !arranged.names.is_empty() => format!("with {}: {fate}", arranged.names.join(", ")),
            _ if chapter.kind == EntryKind::Arranged => format!("without arrangements again: {fate}"),
            _ => format!("{fate}, from {}", outcome.origin),
        },
    }
}

/// What a person does, with codes, last day and reference.
pub(super) fn act_words(act: &Act) -> String {
    let codes = if act.overridden.is_empty() { String::new() } else { format!(" of {}", act.overridden.join(", ")) };
    let until = act.until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
    let reference = act.reference.as_ref().map_or_else(String::new, |reference| format!(" ({reference})"));
    format!("{}{codes}{until}{reference}", act.verb)
}

fn of_participant(
    program: &Program,
    participant: &str,
    (claims, earned): (&[Chapter], &BTreeMap<String, Decimal>),
    names: bool,
) -> String {
    let hides = program.hides(program.claim.participant) && !names;
    let shown = if hides { "(private)" } else { participant };
    let head = ["claim", "date", "stands as", "award", "pending", "earned", "codes"].map(str::to_owned);
    let amount = |amount| grouped(&at_scale(amount, program.identification.scale));
    let row = |Chapter { outcome, act, kind, .. }: &Chapter| {
        if let (EntryKind::Adjusted, Some(act)) = (kind, act) {
            let (date, by) = (act.at.chars().take(10).collect(), format!("{}: {}", act.by, act.reason));
            let award = amount(outcome.award);
            return ["(adjusted)".to_owned(), date, String::new(), award.clone(), amount(Decimal::ZERO), award, by];
        }
        let codes: Vec<String> =
            outcome.reasons.iter().chain(outcome.flags.iter()).map(|reason| reason.code.to_string()).collect();
        let date = outcome.date.map_or_else(String::new, |date| date.to_string());
        let id = if program.hides_id() && !names { "(private)".to_owned() } else { outcome.claim.to_string() };
        let amounts = [outcome.award, outcome.pending, earned.get(&*outcome.claim).copied().unwrap_or_default()];
        let [award, pending, earned] = amounts.map(amount);
        [id, date, outcome.disposition.to_string(), award, pending, earned, codes.join(", ")]
    };
    let total = earned.values().copied().fold(Decimal::ZERO, Decimal::saturating_add);
    let empty = || String::new();
    let in_all = ["in all".to_owned(), empty(), empty(), empty(), empty(), amount(total), empty()];
    let rows = claims.iter().map(row).chain([in_all]);
    let page = format!("{shown}, {}\n\n{}\n", program.identification.name, table_of(&head, rows, &[3, 4, 5]));
    for_terminal(&page).into_owned()
}
