//! What one person proposes to do to a claim, and another one confirms.

use super::{ActError, Ruled, Wanted};
use crate::{
    ledger::{Act, Chapter, EntryKind, Ledger, Posted},
    money::{Decimal, at_scale},
    outcome::{Disposition, Outcome},
};

/// Whether somebody else has proposed what is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// Somebody has: it may be done.
    Given,
    /// Nobody has, so it can be proposed; what was proposed otherwise.
    Missing(Option<Act>),
}

/// Whether somebody else has proposed the same since the claim was decided or anything was done to it, and it makes of the claim
/// what it made then.
pub fn confirmation(wanted: &Wanted<'_>, ruled: &Ruled, ledger: &Ledger) -> Result<Confirmation, ActError> {
    let chapters = ledger.story(wanted.rules.program, wanted.claim)?;
    let after_last =
        chapters.iter().rev().take_while(|one| matches!(one.kind, EntryKind::Proposed | EntryKind::Undecided));
    let proposed: Vec<(&Chapter, &Act)> = after_last.filter_map(|one| Some((one, one.act.as_ref()?))).collect();
    let is = fate(&ruled.after, amount_of(&ruled.after), wanted);
    let was = |one: &Chapter| fate(&one.outcome, one.outcome.pending, wanted);
    let own = |act: &Act| person(&act.by) == person(&wanted.act.by);
    let same: Vec<_> = proposed.iter().filter(|(_, act)| is_same(act, &wanted.act)).collect();
    if same.iter().any(|(one, act)| !own(act) && was(one) == is) {
        return Ok(Confirmation::Given);
    }
    match same.first() {
        Some((one, act)) if own(act) && was(one) == is => Err(ActError::SamePerson(act.by.clone())),
        Some((_, act)) if own(act) => Ok(Confirmation::Missing(None)),
        Some((one, act)) => {
            let (by, was) = (act.by.clone(), was(one));
            Err(ActError::Stale(Box::new(Stale { by, claim: wanted.claim.to_owned(), was, is })))
        }
        None => Ok(Confirmation::Missing(proposed.first().map(|(_, act)| (*act).clone()))),
    }
}

/// A proposal that would make something else of its claim by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Who proposed it.
    pub by: String,
    /// The claim.
    pub claim: String,
    /// What it made of the claim then.
    pub was: String,
    /// What it would make of it now.
    pub is: String,
}

/// Proposes what a person wants to do to a claim, with what it makes of it, for somebody else to confirm.
pub fn propose(wanted: &Wanted<'_>, ruled: &Ruled, ledger: &mut Ledger) -> Result<(), ActError> {
    let Wanted { rules, claim, act, .. } = wanted;
    let known = ledger.find(rules.program, claim)?.ok_or_else(|| ActError::Unknown((*claim).to_owned()))?;
    // It awards nothing: what it would award is pending.
    let mut outcome = ruled.after.clone();
    outcome.pending = amount_of(&ruled.after);
    (outcome.award, outcome.reversed) = (Decimal::ZERO, None);
    let posted = Posted {
        rules,
        run: None,
        kind: EntryKind::Proposed,
        outcome: &outcome,
        decided: None,
        claim: None,
        content: known.decided.content,
        act: Some(act.clone()),
    };
    ledger.begin()?;
    ledger.post_on(posted, &known)?;
    Ok(ledger.commit(&[])?)
}

fn person(by: &str) -> String {
    by.trim().to_lowercase()
}

/// Whether two acts do the same: who, when and why may differ.
fn is_same(one: &Act, other: &Act) -> bool {
    let reference = |act: &Act| act.reference.as_deref().unwrap_or_default().trim().to_owned();
    one.verb == other.verb
        && one.overridden == other.overridden
        && one.until == other.until
        && reference(one) == reference(other)
}

fn amount_of(outcome: &Outcome<'_>) -> Decimal {
    if outcome.disposition == Disposition::Approved { outcome.award } else { outcome.pending }
}

/// What becomes of a claim, in words: disposition, amount and codes.
fn fate(outcome: &Outcome<'_>, amount: Decimal, wanted: &Wanted<'_>) -> String {
    let amount = at_scale(amount, wanted.program.identification.scale);
    let reasons = outcome.reasons.iter().chain(outcome.flags.iter());
    let codes = reasons.map(|reason| format!(", {} ({})", reason.code, reason.effect()));
    format!("{} with {amount}{}", outcome.disposition, codes.collect::<String>())
}
