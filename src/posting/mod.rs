//! Deciding claims against a ledger: what a dry run shows and a run posts are the same decisions, made on what stands there.

mod act;
mod erased;
mod keeper;
mod post;
mod proposal;
mod replay;

pub use act::{ActError, Ruled, Wanted, rule};
pub use keeper::Preview;
pub use post::{Post, PostError, Posting, post};
pub use proposal::{Confirmation, Stale, confirmation, propose};
pub use replay::{Difference, Replayed, Rulebook, replay};

use crate::{
    engine::Past,
    ledger::{KeptRules, Ledger, LedgerError},
    outcome::Standing,
    program::{Layout, Program},
};

/// The past of a program as its ledger has it: all running figures, and nothing of single claims yet.
pub fn past(ledger: &Ledger, program: &Program) -> Result<Past, LedgerError> {
    let name = program.identification.name.to_string();
    let history = match ledger.program(&name)? {
        Some(id) => ledger.history(id, &Layout::of(program).accumulators())?,
        None => crate::history::History::new(),
    };
    let kinds = program.claim.fields.iter().map(|field| field.kind.column());
    Ok(Past { history, standing: Some(Standing::new(kinds)) })
}

/// Brings what stands of a claim, by the figures of the program at hand, whose rules have a fingerprint.
fn bring(
    ledger: &Ledger,
    program: i64,
    (own, layout): (&str, &Layout),
    claim: &str,
    standing: &mut Standing,
    rules: &mut Vec<KeptRules>,
) -> Result<Option<Box<str>>, LedgerError> {
    let Some(known) = ledger.find(program, claim)? else { return Ok(None) };
    if !rules.iter().any(|one| one.id == known.rules) {
        rules.push(ledger.rules(known.rules)?);
    }
    let theirs = rules.iter().find(|one| one.id == known.rules);
    let mut decided = match theirs.map(|one| &one.layout) {
        Some(theirs) if theirs != layout => crate::engine::Counterpart::new(theirs, layout).decided(&known.decided),
        _ => known.decided.clone(),
    };
    decided.is_older = theirs.is_some_and(|one| one.fingerprint != own);
    let original = decided.took.as_ref().map(|took| took.original.clone());
    let (cells, _) = known.cells();
    standing.bring(claim, cells, decided);
    Ok(original)
}
