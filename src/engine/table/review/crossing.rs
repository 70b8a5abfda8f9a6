//! Pairs of rows that match the same claim.

use std::collections::BTreeMap;

use super::{Steps, TooLong};
use crate::{
    engine::table::{
        decision::Decision,
        dimension::Kind,
        flaw::{Example, FlawKind},
        region::{Cut, Extent},
    },
    program::Hit,
};

/// Two rows, the one that stands first in front.
pub(super) type Pair = (usize, usize);

/// All pairs of rows that match the same claim.
pub(super) fn crossings(decision: &Decision, sound: &[usize], steps: &mut Steps) -> Result<Vec<Pair>, TooLong> {
    let is_sound = |row: &usize| sound.binary_search(row).is_ok();
    let loose: Vec<usize> = decision.index.loose.iter().copied().filter(is_sound).collect();
    let mut pairs = among(decision, &[], &loose, steps)?;
    for group in decision.index.groups() {
        let group: Vec<usize> = group.iter().copied().filter(is_sound).collect();
        if !group.is_empty() {
            pairs.extend(among(decision, &group, &loose, steps)?);
        }
    }
    pairs.sort_unstable();
    Ok(pairs)
}

/// The pairs among some rows, and of them with others; those of the others alone where there are no rows. They are taken in
/// the order in which they start on a line, so that a row is compared with those alone that start before it ends.
fn among(decision: &Decision, rows: &[usize], others: &[usize], steps: &mut Steps) -> Result<Vec<Pair>, TooLong> {
    let line = decision.dimensions.iter().position(|dimension| matches!(dimension.kind, Kind::Line(_)));
    let extent = |row: usize| line.map_or(Extent::Anything, |line| decision.extent(row, line));
    let mut by_start: Vec<(Cut, usize, bool)> = Vec::with_capacity(rows.len() + others.len());
    by_start.extend(rows.iter().map(|row| (extent(*row).low(), *row, true)));
    by_start.extend(others.iter().map(|row| (extent(*row).low(), *row, rows.is_empty())));
    by_start.sort_unstable();
    let mut pairs = Vec::new();
    for (number, (_, row, is_own)) in by_start.iter().enumerate() {
        let end = extent(*row).high();
        let behind = by_start.iter().skip(number + 1).take_while(|(start, ..)| *start < end);
        for (_, other, other_is_own) in behind {
            steps.take(1)?;
            if (*is_own || *other_is_own) && cross(decision, *row, *other) {
                pairs.push((*row.min(other), *row.max(other)));
            }
        }
    }
    Ok(pairs)
}

fn cross(decision: &Decision, one: usize, other: usize) -> bool {
    let mut extents = decision.region(one).iter().zip(decision.region(other));
    extents.all(|(one, other)| one.common(*other).is_some())
}

/// Those of the pairs of which one row may match, each row with the first one that it conflicts with.
pub(super) fn overlaps(decision: &Decision, free: &[usize], pairs: &[Pair]) -> Vec<FlawKind> {
    let conflicts = |(one, other): &Pair| match decision.hit {
        Hit::Unique => true,
        Hit::Any => !decision.agree(free, *one, *other),
        Hit::Priority(_) => {
            decision.ranks.get(*one) == decision.ranks.get(*other) && !decision.agree(free, *one, *other)
        }
        _ => false,
    };
    let conflicting = pairs.iter().copied().filter(conflicts);
    first_of_each(conflicting).map(|(first, second)| overlap(decision, first, second)).collect()
}

/// Each row that stands second in some pairs with the first one of its others.
pub(super) fn first_of_each(pairs: impl Iterator<Item = Pair>) -> impl Iterator<Item = Pair> {
    let mut first_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (first, second) in pairs {
        let known = first_of.entry(second).or_insert(first);
        *known = first.min(*known);
    }
    first_of.into_iter().map(|(second, first)| (first, second))
}

fn overlap(decision: &Decision, first: usize, second: usize) -> FlawKind {
    FlawKind::Overlap { first, second, example: example(decision, first, second) }
}

/// A claim that two rows match.
pub(super) fn example(decision: &Decision, first: usize, second: usize) -> Example {
    let sample = |dimension: usize| {
        let common = decision.extent(first, dimension).common(decision.extent(second, dimension));
        super::sample(decision, dimension, common.unwrap_or(Extent::Anything))
    };
    (0..decision.dimensions.len()).map(sample).collect()
}
