//! Tables indexed by their matches, and the lookup of a claim's row.

use std::collections::HashMap;

use crate::{
    calendar::Date,
    claim::{Claims, Row, Value},
    history::Key,
    program::{Program, Table},
    script::{Failure, Scope, evaluate},
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
    by_key: HashMap<Key, Vec<usize>>,
}

impl Tables {
    /// Indexes the rows of each table, in the order of the program. Reports rows that match at the same time.
    pub fn new(program: &Program, rows: Vec<Claims>) -> Result<Self, Vec<Overlap>> {
        let mut overlaps = Vec::new();
        let tables = program.tables.iter().zip(rows).enumerate().map(|(number, (table, rows))| {
            let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
            for row in rows.iter() {
                let key = Key::new(table.matches.iter().map(|(column, _)| row.value(*column)));
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

    /// The row of each table for a claim.
    pub(super) fn look_up<'a>(
        &'a self,
        program: &'a Program,
        date: Date,
        scope: &Scope<'a, '_>,
    ) -> Result<Vec<Option<Row<'a>>>, Failure> {
        let pairs = program.tables.iter().zip(&self.tables);
        pairs.map(|(table, indexed)| indexed.look_up(program, table, date, scope)).collect()
    }

    /// Where a row of a table stands.
    pub(super) fn origin(&self, table: usize, row: usize) -> String {
        self.tables.get(table).map_or_else(String::new, |indexed| indexed.rows.claim(row).origin().to_string())
    }
}

impl Indexed {
    fn look_up<'a>(
        &'a self,
        program: &'a Program,
        table: &'a Table,
        date: Date,
        scope: &Scope<'a, '_>,
    ) -> Result<Option<Row<'a>>, Failure> {
        let mut values = Vec::with_capacity(table.matches.len());
        for (_, expression) in &table.matches {
            values.push(evaluate(&program.form, expression, scope)?);
        }
        if values.iter().any(Value::is_nothing) {
            return Ok(None);
        }
        let rows = self.by_key.get(&Key::new(values)).map_or(&[][..], Vec::as_slice);
        let rows = rows.iter().map(|number| self.rows.claim(*number).row());
        Ok(rows.into_iter().find(|row| {
            let (from, until) = in_force(table, *row);
            from <= date && date <= until
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
