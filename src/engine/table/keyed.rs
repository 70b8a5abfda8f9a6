//! A table in which a key has one row: a hash lookup.

use std::collections::HashMap;

use super::{flaw::FlawKind, in_force};
use crate::{
    calendar::Date,
    claim::{Claim, Claims, Value, canonical},
    engine::assessment::Assessment,
    program::{MatchKind, Table},
    script::{Failure, evaluate},
};

/// A table in which a key has one row, perhaps one after the other in time.
#[derive(Debug)]
pub(super) struct Keyed {
    rows: Claims,
    by_key: HashMap<Vec<u8>, Vec<usize>>,
}

impl Keyed {
    /// Indexes rows by what they must equal. Reports those that match at the same time.
    pub(super) fn new(table: &Table, rows: Claims, flaws: &mut Vec<FlawKind>) -> Self {
        let mut by_key: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        let columns: Vec<usize> = table
            .matches
            .iter()
            .filter_map(|one| match one.kind {
                MatchKind::Equal(column) => Some(column),
                MatchKind::Range(_) => None,
            })
            .collect();
        for row in rows.iter() {
            let key = canonical(columns.iter().map(|column| row.value(*column)));
            let others = by_key.entry(key).or_default();
            let in_force = |number| in_force(table, rows.claim(number).row());
            let first = others.iter().find(|other| overlap(in_force(**other), in_force(row.number())));
            flaws.extend(first.map(|first| FlawKind::Overlap {
                first: *first,
                second: row.number(),
                example: Vec::new(),
            }));
            others.push(row.number());
        }
        Self { rows, by_key }
    }

    /// The row of a claim.
    pub(super) fn look_up<'a>(
        &'a self,
        table: &'a Table,
        assessment: &Assessment<'a, '_>,
    ) -> Result<Option<Claim<'a>>, Failure> {
        let mut values = bumpalo::collections::Vec::with_capacity_in(table.matches.len(), assessment.scratch);
        for one in &table.matches {
            values.push(evaluate(&assessment.program.form, &one.value, &assessment.scope())?);
        }
        if values.iter().any(Value::is_nothing) {
            return Ok(None);
        }
        let rows = self.by_key.get(&canonical(values)).map_or(&[][..], Vec::as_slice);
        Ok(rows.iter().map(|number| self.rows.claim(*number)).find(|row| {
            let (from, until) = in_force(table, row.row());
            from <= assessment.date && assessment.date <= until
        }))
    }
}

fn overlap(one: (Date, Date), other: (Date, Date)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}
