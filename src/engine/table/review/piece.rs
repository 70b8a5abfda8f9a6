//! The pieces into which the edges of some rows cut a dimension.

use std::collections::BTreeMap;

use super::{Steps, TooLong};
use crate::{
    claim::Constant,
    engine::table::{
        decision::Decision,
        dimension::{Kind, Points},
        flaw::Sample,
        region::{Cut, Extent, is_filled},
    },
};

/// A part of a dimension within which each row matches all or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// All of it, where no row makes a difference.
    Whole,
    /// No value.
    Empty,
    /// Every value that none of the rows lists.
    Unlisted,
    /// One value, or those between two edges.
    Within(Extent),
}

impl Piece {
    /// A value in it, for messages.
    pub(super) fn sample(self, decision: &Decision, dimension: usize) -> (String, Sample) {
        let (name, anything) = super::sample(decision, dimension, Extent::Anything);
        match self {
            Self::Whole => (name, anything),
            Self::Empty => (name, Sample::Value(Constant::Nothing)),
            Self::Unlisted => (name, Sample::Unlisted),
            Self::Within(extent) => super::sample(decision, dimension, extent),
        }
    }
}

/// A piece with the rows that match in it, in the order of the file.
pub(super) type Share = (Piece, Vec<usize>);

/// Cuts what an extent matches into pieces. Every piece has a value in it.
pub(super) fn cut(
    decision: &Decision,
    dimension: usize,
    within: Extent,
    rows: &[usize],
    steps: &mut Steps,
) -> Result<Vec<Share>, TooLong> {
    let Some(known) = decision.dimensions.get(dimension) else { return Ok(Vec::new()) };
    let extent = |row: usize| decision.extent(row, dimension);
    let everywhere = || rows.iter().copied().filter(|row| extent(*row) == Extent::Anything).collect::<Vec<_>>();
    let mut shares = match &known.kind {
        Kind::Points(points) => at_points(points, within, rows, &extent, steps)?,
        Kind::Line(_) => on_line(within, rows, &extent, steps)?,
    };
    if known.is_optional && within == Extent::Anything {
        shares.push((Piece::Empty, everywhere()));
    }
    Ok(shares)
}

fn at_points(
    points: &Points,
    within: Extent,
    rows: &[usize],
    extent: &dyn Fn(usize) -> Extent,
    steps: &mut Steps,
) -> Result<Vec<Share>, TooLong> {
    let (mut by_value, mut everywhere): (BTreeMap<usize, Vec<usize>>, Vec<usize>) = (BTreeMap::new(), Vec::new());
    steps.take(rows.len())?;
    for row in rows {
        match extent(*row) {
            Extent::Point(value) => by_value.entry(value).or_default().push(*row),
            Extent::Anything | Extent::Stretch(..) => everywhere.push(*row),
        }
    }
    let wanted: Vec<usize> = match (within, points.choices) {
        (Extent::Point(value), _) => vec![value],
        (_, Some(choices)) => (0..choices).collect(),
        (_, None) => by_value.keys().copied().collect(),
    };
    let mut shares = Vec::with_capacity(wanted.len() + 1);
    for value in wanted {
        steps.take(everywhere.len() + 1)?;
        let mut matching = by_value.remove(&value).unwrap_or_default();
        matching.extend(&everywhere);
        matching.sort_unstable();
        shares.push((Piece::Within(Extent::Point(value)), matching));
    }
    if within == Extent::Anything && points.choices.is_none() {
        shares.push((Piece::Unlisted, everywhere));
    }
    Ok(shares)
}

fn on_line(
    within: Extent,
    rows: &[usize],
    extent: &dyn Fn(usize) -> Extent,
    steps: &mut Steps,
) -> Result<Vec<Share>, TooLong> {
    let (start, end) = (within.low(), within.high());
    let mut edges: Vec<Cut> = rows.iter().flat_map(|row| [extent(*row).low(), extent(*row).high()]).collect();
    edges.retain(|edge| start < *edge && *edge < end);
    edges.extend([start, end]);
    edges.sort_unstable();
    edges.dedup();
    steps.take(rows.len() + edges.len())?;
    let piece = |pair: &[Cut]| match pair {
        [low, high] => Some((Piece::Within(Extent::Stretch(*low, *high)), Vec::new())),
        _ => None,
    };
    let mut shares: Vec<Share> = edges.windows(2).filter_map(piece).collect();
    for row in rows {
        let (low, high) = (extent(*row).low(), extent(*row).high());
        let number = |cut: Cut| edges.partition_point(|edge| *edge < cut).min(shares.len());
        let (first, behind) = (number(low), number(high));
        steps.take(behind - first)?;
        shares.get_mut(first..behind).into_iter().flatten().for_each(|(_, matching)| matching.push(*row));
    }
    shares.retain(|(piece, _)| matches!(piece, Piece::Within(Extent::Stretch(low, high)) if is_filled(*low, *high)));
    Ok(shares)
}
