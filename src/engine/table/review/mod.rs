//! What is wrong with the rows of a decision table, or probably not as meant. Each match is a dimension, the days in which a row
//! is in force one more, and each row a region. The edges of the rows cut every dimension into pieces within which each row
//! matches all or nothing, so what is found holds for every claim there is. Work is bounded, and what wasn't done is said.

pub(super) mod band;
pub(super) mod cover;
mod crossing;
mod gap;
mod missing;
mod piece;

use super::{
    decision::Decision,
    dimension::Kind,
    flaw::{FlawKind, Sample, Unchecked},
    region::{Extent, is_filled},
};
use crate::program::{Hit, Table};

/// How often a row may be looked at in each of the reviews of a table.
const MAX_STEPS: usize = 2_000_000;

/// Too much work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TooLong;

/// The work that is left.
#[derive(Debug)]
struct Steps(usize);

impl Steps {
    fn take(&mut self, count: usize) -> Result<(), TooLong> {
        self.0 = self.0.checked_sub(count).ok_or(TooLong)?;
        Ok(())
    }
}

/// Everything that is found in a table.
pub(super) fn review(table: &Table, decision: &Decision) -> Vec<FlawKind> {
    let mut flaws = Vec::new();
    let sound: Vec<usize> = (0..decision.count()).filter(|row| is_sound(decision, *row, &mut flaws)).collect();
    // What a row that is upside down was meant to match can't be told.
    if flaws.iter().any(|flaw| matches!(flaw, FlawKind::EmptyRange { .. })) {
        return flaws;
    }
    flaws.extend(of_pairs(table, decision, &sound));
    let gaps = gap::gaps(decision, &sound, Steps(MAX_STEPS));
    let missing = missing::missing(decision, &sound, Steps(MAX_STEPS));
    match (gaps, missing) {
        (Ok(gaps), Ok(missing)) => flaws.extend(gaps.into_iter().chain(missing)),
        (Err(TooLong), _) | (_, Err(TooLong)) => flaws.push(FlawKind::Unchecked(Unchecked::Gaps)),
    }
    flaws
}

/// Whether a row can match a claim at all.
fn is_sound(decision: &Decision, row: usize, flaws: &mut Vec<FlawKind>) -> bool {
    let before = flaws.len();
    for (dimension, extent) in decision.dimensions.iter().zip(decision.region(row)) {
        match (extent, &dimension.kind) {
            (Extent::Stretch(low, high), _) if !is_filled(*low, *high) => {
                flaws.push(FlawKind::EmptyRange { row, range: dimension.name.clone() });
            }
            (Extent::Point(number), Kind::Points(points)) if points.is_impossible(*number) => {
                let (column, choices) = (dimension.name.clone(), points.choices().to_vec());
                let value = points.value(*number).cloned();
                flaws.extend(value.map(|value| FlawKind::Impossible { row, column, value, choices }));
            }
            _ => {}
        }
    }
    flaws.len() == before
}

/// Rows that match at the same time where one may, and rows that never count.
fn of_pairs(table: &Table, decision: &Decision, sound: &[usize]) -> Vec<FlawKind> {
    let (wants_overlaps, wants_masked) = match decision.hit {
        Hit::Unique | Hit::Any => (true, false),
        Hit::First => (false, true),
        Hit::Priority(_) => (true, true),
        Hit::All | Hit::Sum(_) | Hit::Min(_) | Hit::Max(_) | Hit::Count => return Vec::new(),
    };
    let crossings = crossing::crossings(decision, sound, &mut Steps(MAX_STEPS));
    let free: Vec<usize> = table.free_columns().collect();
    let mut flaws = Vec::new();
    if wants_overlaps {
        match &crossings {
            Ok(crossings) => flaws.extend(crossing::overlaps(decision, &free, crossings)),
            Err(TooLong) => flaws.push(FlawKind::Unchecked(Unchecked::Overlaps)),
        }
    }
    if wants_masked {
        let masked = crossings.and_then(|crossings| cover::masked(decision, &free, &crossings, Steps(MAX_STEPS)));
        match masked {
            Ok(masked) => flaws.extend(masked),
            Err(TooLong) => flaws.push(FlawKind::Unchecked(Unchecked::Masked)),
        }
    }
    flaws
}

/// A value for a message.
fn sample(decision: &Decision, dimension: usize, extent: Extent) -> (String, Sample) {
    let Some(dimension) = decision.dimensions.get(dimension) else { return (String::new(), Sample::Anything) };
    (dimension.name.clone(), dimension.example(extent).map_or(Sample::Anything, Sample::Value))
}
