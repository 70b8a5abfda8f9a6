//! Gaps between ranges: claims for which no row matches, though with less and with more one does, all else being the same. Open
//! ends aren't gaps: a table that starts somewhere most often means to.

use std::collections::BTreeMap;

use super::{
    Steps, TooLong,
    piece::{Piece, cut},
};
use crate::engine::table::{
    decision::Decision,
    dimension::{Kind, Line},
    flaw::{Example, FlawKind},
    region::{Cut, Extent, is_filled},
};

/// The gaps between ranges, each with a claim in it. Between dates they are looked for where one row counts: what adds up may
/// pause.
pub(super) fn gaps(decision: &Decision, rows: &[usize], mut steps: Steps) -> Result<Vec<FlawKind>, TooLong> {
    let mut found = BTreeMap::new();
    for (line, dimension) in decision.dimensions.iter().enumerate() {
        let wanted = match dimension.kind {
            Kind::Points(_) => false,
            Kind::Line(Line::Days) => decision.hit.is_one_row(),
            Kind::Line(Line::Integers | Line::Decimals) => true,
        };
        if wanted {
            let (points, lines): (Vec<usize>, Vec<usize>) =
                (0..decision.dimensions.len()).filter(|number| *number != line).partition(|number| {
                    decision.dimensions.get(*number).is_some_and(|one| matches!(one.kind, Kind::Points(_)))
                });
            let mut search = Search { decision, line, steps: &mut steps, path: Vec::new(), found: &mut found };
            search.descend(&[points, lines].concat(), rows)?;
        }
    }
    let range =
        |line: usize| decision.dimensions.get(line).map_or_else(String::new, |dimension| dimension.name.clone());
    Ok(found.into_iter().map(|((line, ..), example)| FlawKind::Gap { range: range(line), example }).collect())
}

struct Search<'d, 's> {
    decision: &'d Decision,
    /// The dimension whose gaps are looked for.
    line: usize,
    steps: &'s mut Steps,
    /// Where the rows match in the dimensions before.
    path: Vec<(usize, Piece)>,
    /// By dimension and edges, so that the same gap is said once.
    found: &'s mut BTreeMap<(usize, Cut, Cut), Example>,
}

impl Search<'_, '_> {
    fn descend(&mut self, dimensions: &[usize], rows: &[usize]) -> Result<(), TooLong> {
        // A row alone has nothing on its other side.
        if rows.len() < 2 {
            return Ok(());
        }
        self.steps.take(rows.len())?;
        let Some((dimension, rest)) = dimensions.split_first() else {
            self.along_line(rows);
            return Ok(());
        };
        if rows.iter().all(|row| self.decision.extent(*row, *dimension) == Extent::Anything) {
            return self.inside(*dimension, Piece::Whole, rest, rows);
        }
        for (piece, rows) in cut(self.decision, *dimension, Extent::Anything, rows, self.steps)? {
            self.inside(*dimension, piece, rest, &rows)?;
        }
        Ok(())
    }

    fn inside(&mut self, dimension: usize, piece: Piece, rest: &[usize], rows: &[usize]) -> Result<(), TooLong> {
        self.path.push((dimension, piece));
        let done = self.descend(rest, rows);
        self.path.pop();
        done
    }

    /// What lies between rows that match the same in all other dimensions.
    fn along_line(&mut self, rows: &[usize]) {
        let mut stretches: Vec<(Cut, Cut)> = Vec::with_capacity(rows.len());
        for row in rows {
            let extent = self.decision.extent(*row, self.line);
            stretches.push((extent.low(), extent.high()));
        }
        stretches.sort_unstable();
        let mut reached = stretches.first().map_or(Cut::End, |(_, high)| *high);
        for (low, high) in stretches {
            if reached < low {
                self.keep(reached, low);
            }
            reached = reached.max(high);
        }
    }

    fn keep(&mut self, low: Cut, high: Cut) {
        if !is_filled(low, high) || self.found.contains_key(&(self.line, low, high)) {
            return;
        }
        let mut path = self.path.clone();
        path.push((self.line, Piece::Within(Extent::Stretch(low, high))));
        path.sort_by_key(|(dimension, _)| *dimension);
        let example = path.iter().map(|(dimension, piece)| piece.sample(self.decision, *dimension));
        self.found.insert((self.line, low, high), example.collect());
    }
}
