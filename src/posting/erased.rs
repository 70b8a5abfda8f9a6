//! Rejecting a held claim whose row was erased: it can't be decided again, so it leaves as it came.

use super::{ActError, Bringer, Ruled, Wanted, past};
use crate::{
    engine::Arrangements,
    history::KeptChange,
    ledger::{EntryKind, Known, Ledger, Posted},
    money::Decimal,
    outcome::{Decided, Disposition, EngineReason, Took},
    program::{Counted, Program, TotalKind},
};

/// What rejecting it makes of it. With `posts` it is posted.
pub(super) fn reject(
    wanted: &Wanted<'_>,
    (known, why): (&Known, &str),
    ledger: &mut Ledger,
    posts: bool,
) -> Result<Ruled, ActError> {
    let Wanted { program, rules, claim, act, .. } = wanted;
    let mut past = past(ledger, program)?;
    let mut bringer = Bringer::new(ledger, (program, &rules.fingerprint), &[], wanted.rulebook)?;
    bringer.bring(ledger, &mut past, &mut Arrangements::default(), claim, &mut |_, _| {})?;
    let before = past.standing.as_ref().and_then(|standing| standing.find(claim));
    let before = before.ok_or_else(|| ActError::Unknown((*claim).to_owned()))?;
    let decided = rejected(program, before, why);
    let ruled = Ruled { before: before.outcome.clone(), after: decided.outcome.clone() };
    if posts {
        for change in decided.left.iter().chain(&decided.changes) {
            let change = change.again(&past.history);
            past.history.apply(&change);
        }
        let posted = Posted {
            rules,
            run: None,
            kind: EntryKind::Acted,
            outcome: &decided.outcome,
            decided: Some(&decided),
            claim: None,
            content: decided.content,
            act: Some(act.clone()),
        };
        ledger.begin()?;
        let accumulators = ledger.keep_accumulators(rules.program, &bringer.layout().accumulators())?;
        ledger.post_on(posted, known)?;
        ledger.commit(&[(&accumulators, &past.history)])?;
    }
    Ok(ruled)
}

/// What was held, rejected: all that it moved leaves, but what totals count of every claim.
fn rejected(program: &Program, before: &Decided, why: &str) -> Decided {
    let mut outcome = before.outcome.clone();
    let reason = EngineReason::ReviewRejected.because(why.to_owned(), None);
    outcome.disposition = Disposition::Rejected;
    (outcome.reasons, outcome.flags) = (vec![reason].into(), Vec::new().into());
    (outcome.award, outcome.pending, outcome.reversed) = (Decimal::ZERO, Decimal::ZERO, None);
    outcome.components = vec![Decimal::ZERO; outcome.components.len()].into();
    (outcome.cuts, outcome.allocation) = (Vec::new().into(), Vec::new().into());
    let mut decided = Decided::new(
        before.content,
        outcome,
        before.changes.iter().filter_map(|change| stays(program, change)).collect(),
    );
    decided.received = before.received;
    decided.left = before.changes.iter().map(KeptChange::negated).collect();
    decided.elsewhere.clone_from(&before.elsewhere);
    decided.usage.clone_from(&before.usage);
    decided.usage_before.clone_from(&before.usage);
    let back = |took: &Took| Took { original: took.original.clone(), usage: took.usage.negated() };
    decided.uses = before.took.iter().map(back).collect();
    decided
}

/// What a rejected claim still moves of what it moved when it was held.
fn stays(program: &Program, change: &KeptChange) -> Option<KeptChange> {
    let total = program.totals.get(change.accumulator).filter(|total| total.of == Counted::All)?;
    let mut change = change.clone();
    if matches!(total.kind, TotalKind::Awarded(_)) {
        change.delta.sum = Decimal::ZERO;
    }
    Some(change)
}
