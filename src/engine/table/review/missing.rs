//! Values that come together in no row: of a field with choices any of these, of other columns those that the table lists.

use super::{
    Steps, TooLong,
    piece::{Piece, cut},
};
use crate::engine::table::{
    decision::Decision,
    dimension::{Kind, Points},
    flaw::{Example, FlawKind},
    region::Extent,
};

/// How many of them are shown.
const MAX_EXAMPLES: usize = 3;

/// The values that come together in no row. They are looked for where one row counts, since where rows add up none is an answer
/// like any other; and where columns may hold anything only if most of what they list does come together: a list of prices
/// by partner and product has no gaps.
pub(super) fn missing(decision: &Decision, rows: &[usize], steps: Steps) -> Result<Vec<FlawKind>, TooLong> {
    let dimensions = decision.dimensions.iter().enumerate();
    let points: Vec<(usize, &Points)> = dimensions
        .filter_map(|(number, dimension)| match &dimension.kind {
            Kind::Points(points) => Some((number, points)),
            Kind::Line(_) => None,
        })
        .collect();
    if rows.is_empty() || points.is_empty() || !decision.hit.is_one_row() {
        return Ok(Vec::new());
    }
    let mut search = Search { decision, steps, path: Vec::new(), examples: Vec::new(), count: 0 };
    search.descend(&points, rows, 1)?;
    let is_complete = points.iter().all(|(_, points)| points.choices.is_some());
    let is_meant = !is_complete && search.count.saturating_mul(2) >= combinations(&points);
    if search.count == 0 || is_meant {
        return Ok(Vec::new());
    }
    let others = search.count.saturating_sub(search.examples.len());
    Ok(vec![FlawKind::Missing { examples: search.examples, others }])
}

fn combinations(dimensions: &[(usize, &Points)]) -> usize {
    dimensions.iter().fold(1, |product, (_, points)| product.saturating_mul(points.count()))
}

struct Search<'d> {
    decision: &'d Decision,
    steps: Steps,
    path: Vec<(usize, Piece)>,
    examples: Vec<Example>,
    count: usize,
}

impl Search<'_> {
    /// Counts what none of some rows matches. The rows match in so many places of the dimensions before.
    fn descend(&mut self, dimensions: &[(usize, &Points)], rows: &[usize], places: usize) -> Result<(), TooLong> {
        self.steps.take(rows.len() + 1)?;
        if rows.is_empty() {
            self.keep(dimensions, places);
            return Ok(());
        }
        let decision = self.decision;
        let is_blank = |row: &usize, dimension: usize| decision.extent(*row, dimension) == Extent::Anything;
        if rows.iter().any(|row| dimensions.iter().all(|(dimension, _)| is_blank(row, *dimension))) {
            return Ok(());
        }
        let Some(((dimension, points), rest)) = dimensions.split_first() else { return Ok(()) };
        let shares = cut(decision, *dimension, Extent::Anything, rows, &mut self.steps)?;
        let listed: Vec<usize> = shares.iter().filter_map(|(piece, _)| value_of(*piece)).collect();
        for (piece, rows) in shares {
            // Those that the table lists elsewhere are all alike here.
            let (piece, alike) = match piece {
                Piece::Unlisted => {
                    let Some(other) = (0..points.count()).find(|value| listed.binary_search(value).is_err()) else {
                        continue;
                    };
                    (Piece::Within(Extent::Point(other)), points.count().saturating_sub(listed.len()))
                }
                Piece::Empty => continue,
                piece => (piece, 1),
            };
            self.path.push((*dimension, piece));
            let done = self.descend(rest, &rows, places.saturating_mul(alike));
            self.path.pop();
            done?;
        }
        Ok(())
    }

    fn keep(&mut self, rest: &[(usize, &Points)], places: usize) {
        self.count = self.count.saturating_add(places.saturating_mul(combinations(rest)));
        if self.examples.len() < MAX_EXAMPLES {
            let example = self.path.iter().map(|(dimension, piece)| piece.sample(self.decision, *dimension));
            self.examples.push(example.collect());
        }
    }
}

fn value_of(piece: Piece) -> Option<usize> {
    if let Piece::Within(Extent::Point(value)) = piece { Some(value) } else { None }
}
