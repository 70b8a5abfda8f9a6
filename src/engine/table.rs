//! Tables indexed by their matches, and the lookup of a claim's row.

use std::collections::HashMap;

use super::assessment::Assessment;
use crate::{
    calendar::Date,
    claim::{Claim, Claims, Row, Value, canonical},
    program::{Program, Table},
    script::{Failure, evaluate},
};

/// Two rows of a table with the same key, in force on the same day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The table's number in the program.
    pub table: usize,
    /// The row that stands first, by its number.
    pub first: usize,
    /// The other row.
    pub second: usize,
}

/// The tables of a program, by their matches.
#[derive(Debug, Default)]
pub struct Tables {
    tables: Vec<Indexed>,
}

#[derive(Debug)]
struct Indexed {
    rows: Claims,
    by_key: HashMap<Vec<u8>, Vec<usize>>,
}

impl Tables {
    /// Indexes the rows of each table, in the order of the program. Reports rows that match at the same time.
    pub fn new(program: &Program, rows: Vec<Claims>) -> Result<Self, Vec<Overlap>> {
        let mut overlaps = Vec::new();
        let tables = program.tables.iter().zip(rows).enumerate().map(|(number, (table, rows))| {
            let mut by_key: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
            for row in rows.iter() {
                let key = canonical(table.matches.iter().map(|(column, _)| row.value(*column)));
                let others = by_key.entry(key).or_default();
                let in_force = |number| in_force(table, rows.claim(number).row());
                let first = others.iter().find(|other| overlap(in_force(**other), in_force(row.number())));
                overlaps.extend(first.map(|first| Overlap { table: number, first: *first, second: row.number() }));
                others.push(row.number());
            }
            Indexed { rows, by_key }
        });
        let tables = tables.collect();
        if overlaps.is_empty() { Ok(Self { tables }) } else { Err(overlaps) }
    }

    /// The row of a table for a claim.
    pub(super) fn look_up<'a>(
        &'a self,
        number: usize,
        table: &'a Table,
        assessment: &Assessment<'a, '_>,
    ) -> Result<Option<Claim<'a>>, Failure> {
        self.tables.get(number).map_or(Ok(None), |indexed| indexed.look_up(table, assessment))
    }
}

impl Indexed {
    fn look_up<'a>(&'a self, table: &'a Table, assessment: &Assessment<'a, '_>) -> Result<Option<Claim<'a>>, Failure> {
        let mut values = bumpalo::collections::Vec::with_capacity_in(table.matches.len(), assessment.scratch);
        for (_, expression) in &table.matches {
            values.push(evaluate(&assessment.program.form, expression, &assessment.scope())?);
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

/// The first and last day of a row.
fn in_force(table: &Table, row: Row<'_>) -> (Date, Date) {
    let day = |column: usize, open: Date| if let Value::Date(date) = row.value(column) { date } else { open };
    table.effective.map_or((Date::MIN, Date::MAX), |(from, until)| (day(from, Date::MIN), day(until, Date::MAX)))
}

fn overlap(one: (Date, Date), other: (Date, Date)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}
