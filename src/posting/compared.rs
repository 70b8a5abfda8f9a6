//! What was kept of a decision against what it comes to when it is made again, step by step.

use crate::{
    engine::{ArrangedProgram, Touched},
    ledger::{KeptShare, KnownArranged},
    money::{Decimal, subtract},
    outcome::{Decided, Disposition, Reason},
};

/// The first step by which two decisions differ.
pub(super) fn first_difference(kept: &Decided, again: &Decided) -> Option<&'static str> {
    let (one, other) = (&kept.outcome, &again.outcome);
    let steps = [
        ("content", kept.content == again.content),
        ("history", kept.seen == again.seen && kept.left == again.left),
        ("date", one.date == other.date && kept.received == again.received),
        ("reasons", words(&one.reasons) == words(&other.reasons)),
        ("award", one.components == other.components),
        ("limits", one.cuts == other.cuts),
        ("flags", words(&one.flags) == words(&other.flags)),
        ("disposition", one.disposition == other.disposition),
        ("amount", (one.award, one.pending, one.reversed) == (other.award, other.pending, other.reversed)),
        ("allocation", one.allocation == other.allocation),
        ("changes", kept.changes == again.changes),
    ];
    first(steps)
}

/// The first step by which what arrangements made of two decisions differs. `beside` are those of today's order, by the numbers
/// of their rules.
pub(super) fn arranged_difference(
    kept: &KnownArranged,
    again: &Touched,
    beside: &[(i64, ArrangedProgram<'_>)],
) -> Option<&'static str> {
    let (one, other) = (&kept.outcome, &again.outcome);
    let rules = |number: usize| beside.get(number).map(|(rules, _)| *rules);
    let numbers = again.shares.iter().map(|share| share.earlier.or(rules(share.number)));
    if !numbers.eq(kept.shares.iter().map(|share| Some(share.rules))) {
        return Some("arrangements");
    }
    for (KeptShare { is_inside, decided, moved, .. }, share) in kept.shares.iter().zip(&again.shares) {
        // How a decision stands that isn't the arrangement's own is the standard one's matter.
        let step = first_difference(decided, &share.decided).filter(|_| *is_inside);
        if step.is_some() || (*is_inside, moved) != (share.is_inside, &share.moved) {
            return step.or(Some("arrangements"));
        }
    }
    let amounts = [one.award, one.pending, one.reversed.unwrap_or_default()];
    let beyond = [other.award, other.pending, other.reversed.unwrap_or_default()];
    let beyond: Vec<Option<Decimal>> =
        beyond.iter().zip(&again.standard).map(|(amount, standard)| subtract(*amount, *standard).ok()).collect();
    let steps = [
        ("arrangements", one.arranged == other.arranged),
        ("reasons", words(&one.reasons) == words(&other.reasons)),
        ("award", one.components == other.components),
        ("limits", one.cuts == other.cuts),
        ("flags", words(&one.flags) == words(&other.flags)),
        ("disposition", one.disposition == other.disposition),
        ("amount", amounts.iter().copied().map(Some).eq(beyond)),
        ("allocation", one.allocation == other.allocation),
    ];
    first(steps)
}

/// Codes, what they do, and their words; where they stand in a file is no part of a decision.
fn words(reasons: &[Reason<'_>]) -> Vec<(String, Disposition, String)> {
    let parts = |one: &Reason<'_>| (one.code.to_string(), one.disposition, one.message.to_string());
    reasons.iter().map(parts).collect()
}

fn first<const N: usize>(steps: [(&'static str, bool); N]) -> Option<&'static str> {
    steps.into_iter().find(|(_, is_same)| !is_same).map(|(step, _)| step)
}
