//! Rows that never count, since those that count before them match all that they match.

use std::collections::BTreeSet;

use super::{Steps, TooLong, crossing::Pair, piece::cut};
use crate::{
    engine::table::{decision::Decision, flaw::FlawKind, region::Extent},
    program::Hit,
};

/// The rows that never count, each with those that do in its place.
pub(super) fn masked(
    decision: &Decision,
    free: &[usize],
    pairs: &[Pair],
    mut steps: Steps,
) -> Result<Vec<FlawKind>, TooLong> {
    let mut stronger: Vec<Vec<usize>> = vec![Vec::new(); decision.count()];
    for (first, second) in pairs {
        if let Some((winner, loser)) = winner(decision, *first, *second)
            && let Some(rows) = stronger.get_mut(loser)
        {
            rows.push(winner);
        }
    }
    let mut masked = Vec::new();
    for (row, mut rows) in stronger.into_iter().enumerate() {
        rows.sort_unstable();
        let mut cover = Cover { decision, region: decision.region(row), used: BTreeSet::new(), steps: &mut steps };
        if cover.covers(0, &rows)? {
            let by: Vec<usize> = cover.used.into_iter().collect();
            let says_the_same = by.iter().all(|one| decision.agree(free, *one, row));
            masked.push(FlawKind::Masked { row, by, says_the_same });
        }
    }
    Ok(masked)
}

/// Whether some row matches whatever claim there is on a day of `days`, the dimension of dates being the last where rows have
/// days. Where that takes too long it isn't known, and so not said.
pub(in crate::engine::table) fn is_complete(decision: &Decision, days: Extent, is_dated: bool) -> bool {
    let mut region = vec![Extent::Anything; decision.dimensions.len()];
    if let Some(last) = region.last_mut().filter(|_| is_dated) {
        *last = days;
    }
    let rows: Vec<usize> = (0..decision.count()).collect();
    let mut steps = Steps(super::MAX_STEPS);
    let mut cover = Cover { decision, region: &region, used: BTreeSet::new(), steps: &mut steps };
    cover.covers(0, &rows).unwrap_or(false)
}

/// Which of two rows counts where both match, and which doesn't. Rows that tie say the same, or conflict.
fn winner(decision: &Decision, first: usize, second: usize) -> Option<Pair> {
    let rank = |row: usize| decision.ranks.get(row);
    match decision.hit {
        Hit::First => Some((first, second)),
        Hit::Priority(_) if rank(first) < rank(second) => Some((first, second)),
        Hit::Priority(_) if rank(first) > rank(second) => Some((second, first)),
        _ => None,
    }
}

struct Cover<'d, 's> {
    decision: &'d Decision,
    /// What is to be covered.
    region: &'d [Extent],
    /// The rows that do it.
    used: BTreeSet<usize>,
    steps: &'s mut Steps,
}

impl Cover<'_, '_> {
    /// Whether some rows, which match all of one place in the dimensions before, match everything in the others.
    fn covers(&mut self, dimension: usize, rows: &[usize]) -> Result<bool, TooLong> {
        if rows.is_empty() {
            return Ok(false);
        }
        self.steps.take(rows.len())?;
        let decision = self.decision;
        let rest = |row: &&usize| {
            let extents = decision.region(**row).iter().zip(self.region).skip(dimension);
            extents.into_iter().all(|(extent, wanted)| extent.covers(wanted))
        };
        if let Some(row) = rows.iter().find(rest) {
            self.used.insert(*row);
            return Ok(true);
        }
        let Some(within) = self.region.get(dimension) else { return Ok(false) };
        if *within == Extent::Anything && rows.iter().all(|row| decision.extent(*row, dimension) == Extent::Anything) {
            return self.covers(dimension + 1, rows);
        }
        for (_, rows) in cut(decision, dimension, *within, rows, self.steps)? {
            if !self.covers(dimension + 1, &rows)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
