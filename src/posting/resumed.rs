//! What a run had decided before it was interrupted, said again when it goes on, so that it says as much as one that wasn't.

use super::Post;
use crate::{
    claim::Claim,
    engine::{Queue, skipped},
    ledger::{Ledger, LedgerError, RunId},
    outcome::{Disposition, Outcome},
};

/// Says again what a run decided of the first claims of its order.
pub(super) fn say_again(
    post: &Post<'_>,
    ledger: &Ledger,
    (queue, count): (&Queue<'_>, usize),
    run: RunId,
    sink: &mut dyn FnMut(&Outcome<'_>),
) -> Result<(), LedgerError> {
    queue.each_first(count, &mut |id, claim| {
        if let Some(outcome) = outcome(post, ledger, (id, claim), run)? {
            sink(&outcome);
        }
        Ok(())
    })
}

/// What the run said of a claim.
fn outcome(
    post: &Post<'_>,
    ledger: &Ledger,
    (id, claim): (&str, Claim<'_>),
    run: RunId,
) -> Result<Option<Outcome<'static>>, LedgerError> {
    let line = claim.line();
    let claimed = post.program.claim.claimed.and_then(|field| claim.row().number(field));
    if let Some(undecided) = ledger.undecided(post.rules.program, id, post.row_hash(line))? {
        return Ok(Some(Outcome { claimed, ..undecided }));
    }
    let chapters = ledger.story(post.rules.program, id)?;
    let is_own = |outcome: &Outcome<'_>| outcome.origin.line == line;
    let mut own = chapters.iter().rev().filter(|chapter| chapter.stands() && chapter.run == Some(run));
    if let Some(chapter) = own.find(|chapter| is_own(&chapter.outcome)) {
        return Ok(Some(Outcome { claimed, ..chapter.outcome.clone() }));
    }
    let stood = chapters.iter().rev().find(|chapter| chapter.stands());
    Ok(stood.map(|chapter| match chapter.outcome.disposition {
        // It was decided anew, to be returned for the same reasons, which is no entry.
        Disposition::Returned => Outcome { claimed, origin: claim.origin().into_owned(), ..chapter.outcome.clone() },
        _ => skipped(&chapter.outcome, claim),
    }))
}
