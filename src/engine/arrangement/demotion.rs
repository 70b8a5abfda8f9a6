//! A claim that the standard rules approve and that arrangements hold: it stands as held, so that nothing is built on an award
//! that isn't made.

use super::Standard;
use crate::{
    engine::known::Past,
    history::KeptChange,
    money::Decimal,
    outcome::{Decided, Disposition, Usage},
    program::{Counted, Program},
};

/// What became of the changes of a decision.
pub(super) struct Demotion {
    /// Those that a held claim brings as well.
    pub(super) kept: Vec<KeptChange>,
    /// Those that were taken back.
    pub(super) taken: Vec<KeptChange>,
}

/// Lets the standard decision stand as held. `moved` is what it moved.
pub(super) fn demote(standard: &mut Standard<'_, '_>, moved: Vec<KeptChange>) -> Demotion {
    if standard.outcome.disposition != Disposition::Approved {
        return Demotion { kept: moved, taken: Vec::new() };
    }
    let program = standard.program;
    let Past { history, standing, .. } = &mut *standard.past;
    let decided = standing.as_mut().and_then(|standing| standing.find_mut(standard.id));
    let (kept, taken) = match decided {
        Some(decided) => {
            let changes = std::mem::take(&mut decided.changes);
            let (kept, taken): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| stays(program, change));
            decided.changes.clone_from(&kept);
            hold(decided);
            (kept, taken)
        }
        None => moved.into_iter().partition(|change| stays(program, change)),
    };
    for change in &taken {
        history.take_back(change);
    }
    let took = standing.as_ref().and_then(|standing| standing.find(standard.id)).and_then(|one| one.took.clone());
    if let (Some(standing), Some(took)) = (standing, took) {
        let gone = Usage { gone: took.usage.gone.clone(), ..Usage::default() };
        standing.use_up(&took.original, &gone.negated());
        if let Some(took) = standing.find_mut(standard.id).and_then(|decided| decided.took.as_mut()) {
            took.usage.gone.clear();
        }
    }
    history.take_watched();
    Demotion { kept, taken }
}

/// Whether a held claim brings a change as well.
fn stays(program: &Program, change: &KeptChange) -> bool {
    let (totals, bases) = (program.totals.len(), program.components.len());
    match change.accumulator {
        total if total < totals => program.totals.get(total).is_none_or(|total| total.of != Counted::Approved),
        base if base < totals + bases => false,
        limit if limit < totals + bases + program.limits.len() => change.delta.sum >= Decimal::ZERO,
        _ => false,
    }
}

fn hold(decided: &mut Decided) {
    let outcome = &mut decided.outcome;
    outcome.disposition = Disposition::Held;
    (outcome.pending, outcome.award) = (outcome.award, outcome.pending);
    for part in outcome.allocation.to_mut() {
        *part = Decimal::new(0, part.scale());
    }
}
