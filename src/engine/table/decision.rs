//! A decision table: rows with ranges and blank cells, of which several may match a claim.

use std::collections::HashMap;

use bumpalo::{Bump, collections::Vec as ScratchVec};

use super::{
    dimension::{Dimension, Kind, Line},
    flaw::FlawKind,
    region::{Coordinate, Extent},
};
use crate::{
    claim::{Claims, Value},
    engine::assessment::Assessment,
    program::{Hit, Table},
    script::{Failure, evaluate},
};

/// The most rows that a claim may have to be compared with. A table in which columns without blanks tell the rows apart may
/// be as long as it likes.
pub const MAX_CANDIDATES: usize = 10_000;

/// A decision table.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) rows: Claims,
    pub(super) hit: Hit,
    pub(super) dimensions: Vec<Dimension>,
    /// What the rows match, by row and dimension.
    extents: Vec<Extent>,
    pub(super) index: Index,
    /// The rank of each row by its priority, the best first; empty under another policy.
    pub(super) ranks: Vec<usize>,
}

/// The rows by those dimensions in which nearly every row names a value.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) dimensions: Vec<usize>,
    by_key: HashMap<Vec<usize>, Vec<usize>>,
    /// The rows with a blank cell in one of them.
    pub(super) loose: Vec<usize>,
}

impl Decision {
    /// Makes a table ready to be asked. Reports one in which a claim would have to be compared with too many rows.
    pub(super) fn new(table: &Table, hit: Hit, rows: Claims, flaws: &mut Vec<FlawKind>) -> Self {
        let mut dimensions: Vec<Dimension> = table.matches.iter().map(Dimension::new).collect();
        let mut extents = Vec::with_capacity(rows.count() * (dimensions.len() + 1));
        for row in rows.iter() {
            let of_matches = table.matches.iter().zip(&mut dimensions);
            extents.extend(of_matches.map(|(one, dimension)| dimension.extent(&one.kind, row.row())));
            let days = table.effective.map(|(from, until)| Line::days(row.value(from), row.value(until)));
            extents.extend(days);
        }
        dimensions.extend(table.effective.map(|_| Dimension::of_dates()));
        let ranks = match hit {
            Hit::Priority(column) => ranks(table, column, &rows),
            _ => Vec::new(),
        };
        let mut decision = Self { rows, hit, dimensions, extents, index: Index::default(), ranks };
        decision.index = Index::new(&decision);
        let candidates = decision.index.most_candidates();
        if candidates > MAX_CANDIDATES {
            flaws.push(FlawKind::TooManyCandidates { rows: candidates });
        }
        decision
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> usize {
        self.rows.count()
    }

    /// What a row matches, by dimension.
    pub(super) fn region(&self, row: usize) -> &[Extent] {
        let width = self.dimensions.len();
        self.extents.get(row * width..(row + 1) * width).unwrap_or_default()
    }

    /// What a row matches in one dimension.
    pub(super) fn extent(&self, row: usize, dimension: usize) -> Extent {
        self.region(row).get(dimension).copied().unwrap_or(Extent::Anything)
    }

    /// The rows that match a claim, in the order of the file; the first alone where no other is asked for.
    pub(super) fn matching<'a>(
        &self,
        table: &Table,
        assessment: &Assessment<'a, '_>,
    ) -> Result<ScratchVec<'a, usize>, Failure> {
        let mut place = ScratchVec::with_capacity_in(self.dimensions.len(), assessment.scratch);
        let mut values = Vec::with_capacity(table.matches.len());
        for one in &table.matches {
            values.push(evaluate(&assessment.program.form, &one.value, &assessment.scope())?);
        }
        values.extend(table.effective.map(|_| Value::Date(assessment.date)));
        place.extend(self.dimensions.iter().zip(values).map(|(dimension, value)| dimension.coordinate(value)));
        Ok(self.rows_at(&place, assessment.scratch))
    }

    /// The rows that match what lies there.
    pub(super) fn rows_at<'a>(&self, place: &[Coordinate], scratch: &'a Bump) -> ScratchVec<'a, usize> {
        let matches =
            |row: &usize| self.region(*row).iter().zip(place).all(|(extent, coordinate)| extent.matches(*coordinate));
        let rows = self.index.candidates(place).filter(matches);
        let most = if self.hit == Hit::First { 1 } else { usize::MAX };
        ScratchVec::from_iter_in(rows.take(most), scratch)
    }
}

impl Index {
    fn new(decision: &Decision) -> Self {
        let rows = || 0..decision.count();
        let is_blank = |row: usize, dimension: usize| decision.extent(row, dimension) == Extent::Anything;
        let tells_apart = |number: &usize| {
            let is_listed = decision.dimensions.get(*number).is_some_and(|one| matches!(one.kind, Kind::Points(_)));
            is_listed && rows().filter(|row| is_blank(*row, *number)).count() * 2 < decision.count()
        };
        let dimensions: Vec<usize> = (0..decision.dimensions.len()).filter(tells_apart).collect();
        let mut index = Self { dimensions, ..Self::default() };
        for row in rows() {
            let key = index.dimensions.iter().map(|number| match decision.extent(row, *number) {
                Extent::Point(value) => Some(value),
                Extent::Anything | Extent::Stretch(..) => None,
            });
            match key.collect::<Option<Vec<usize>>>() {
                Some(key) => index.by_key.entry(key).or_default().push(row),
                None => index.loose.push(row),
            }
        }
        index
    }

    fn most_candidates(&self) -> usize {
        self.by_key.values().map(Vec::len).max().unwrap_or(0) + self.loose.len()
    }

    /// The rows that may match, in the order of the file.
    fn candidates(&self, place: &[Coordinate]) -> impl Iterator<Item = usize> {
        let key = self.dimensions.iter().map(|number| match place.get(*number) {
            Some(Coordinate::Point(value)) => Some(*value),
            _ => None,
        });
        let own = key.collect::<Option<Vec<usize>>>().and_then(|key| self.by_key.get(&key));
        let (mut own, mut loose) =
            (own.into_iter().flatten().copied().peekable(), self.loose.iter().copied().peekable());
        std::iter::from_fn(move || match (own.peek(), loose.peek()) {
            (Some(one), Some(other)) if one > other => loose.next(),
            (None, _) => loose.next(),
            (Some(_), _) => own.next(),
        })
    }

    /// The rows by key, those of the first row's key first.
    pub(super) fn groups(&self) -> Vec<&[usize]> {
        let mut groups: Vec<&[usize]> = self.by_key.values().map(Vec::as_slice).collect();
        groups.sort_unstable();
        groups
    }
}

/// The rank of each row by the column of priorities: the smallest number first, or the choice that is declared first.
fn ranks(table: &Table, column: usize, rows: &Claims) -> Vec<usize> {
    let choices = table.fields.get(column).and_then(|field| field.kind.choices.as_ref());
    if let Some(choices) = choices {
        let rank = |value: Value<'_>| choices.iter().position(|choice| value == Value::Text(choice));
        return rows.iter().map(|row| rank(row.value(column)).unwrap_or(choices.len())).collect();
    }
    let mut numbers: Vec<_> = rows.iter().filter_map(|row| row.row().number(column)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let rank = |number| numbers.binary_search(&number).unwrap_or(numbers.len());
    rows.iter().map(|row| row.row().number(column).map_or(numbers.len(), rank)).collect()
}
