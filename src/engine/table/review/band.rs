//! Rows of a table that are bands: no two may start at the same total for one claim.

use super::{MAX_STEPS, Steps, TooLong, crossing};
use crate::{
    engine::table::{
        decision::Decision,
        flaw::{FlawKind, Unchecked},
    },
    money::Decimal,
    program::BandTable,
};

/// What is wrong with bands in a table, or probably not as meant.
pub(in crate::engine::table) fn bands(bands: &BandTable, decision: &Decision) -> Vec<FlawKind> {
    let cell = |row: usize, column: usize| decision.rows.claim(row).value(column);
    let all: Vec<usize> = (0..decision.count()).collect();
    let mut flaws = Vec::new();
    match crossing::crossings(decision, &all, &mut Steps(MAX_STEPS)) {
        Ok(pairs) => {
            let same_start =
                pairs.into_iter().filter(|(one, other)| cell(*one, bands.edge) == cell(*other, bands.edge));
            flaws.extend(crossing::first_of_each(same_start).map(|(first, second)| {
                let (example, start) = (crossing::example(decision, first, second), cell(first, bands.edge).number());
                FlawKind::SameStart { first, second, start, example }
            }));
        }
        Err(TooLong) => flaws.push(FlawKind::Unchecked(Unchecked::Overlaps)),
    }
    let rates = all.iter().filter_map(|row| Some((*row, cell(*row, bands.rate).number()?)));
    let large = rates.filter(|(_, rate)| !bands.per_unit && *rate >= Decimal::ONE);
    flaws.extend(large.map(|(row, rate)| FlawKind::LargeRate { row, rate }));
    flaws
}
