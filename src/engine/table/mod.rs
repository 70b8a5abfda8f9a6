//! Tables made ready to be asked, and what they give for a claim.

mod decision;
mod dimension;
mod flaw;
mod keyed;
mod policy;
mod region;
mod review;

pub use decision::MAX_CANDIDATES;
pub use flaw::{Example, Flaw, FlawKind, Sample, Unchecked};

use decision::Decision;
use dimension::Line;
use keyed::Keyed;

use super::assessment::Assessment;
use crate::{
    calendar::Date,
    claim::{Claim, Claims, Row, Value},
    program::{BandTable, ComponentKind, Due, Program, Table},
    script::{Failure, Found},
};

/// The tables of a program, by their matches.
#[derive(Debug, Default)]
pub struct Tables {
    tables: Vec<Indexed>,
}

#[derive(Debug)]
enum Indexed {
    Keyed(Keyed),
    Decision(Decision),
}

/// What a table gives for a claim, and of which rows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hits<'a> {
    /// No row.
    Nothing,
    /// One row.
    Row(Claim<'a>),
    /// What is made of all rows that match.
    Several {
        /// What rules see.
        found: Found<'a>,
        /// The rows.
        rows: &'a [Claim<'a>],
    },
    /// Rows of which only one could count, and none is the one.
    Conflict(&'a [Claim<'a>]),
}

impl<'a> Hits<'a> {
    /// What rules see.
    pub(super) fn found(&self) -> Found<'a> {
        match self {
            Self::Nothing | Self::Conflict(_) => Found::Nothing,
            Self::Row(row) => Found::Row(row.row()),
            Self::Several { found, .. } => *found,
        }
    }
}

impl Tables {
    /// Makes the rows of each table ready, in the order of the program. Reports rows of a table without a hit policy that
    /// match at the same time, and tables in which a claim would have to be compared with too many rows.
    pub fn new(program: &Program, rows: Vec<Claims>) -> Result<Self, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let tables = program.tables.iter().zip(rows).enumerate().map(|(number, (table, rows))| {
            let mut of_table = Vec::new();
            let indexed = match table.hit {
                None => Indexed::Keyed(Keyed::new(table, rows, &mut of_table)),
                Some(hit) => Indexed::Decision(Decision::new(table, hit, rows, &mut of_table)),
            };
            flaws.extend(of_table.into_iter().map(|kind| Flaw { table: number, kind }));
            indexed
        });
        let tables = tables.collect();
        if flaws.is_empty() { Ok(Self { tables }) } else { Err(flaws) }
    }

    /// The lines on which the rows of a decision table stand; none for a table without a hit policy.
    pub fn decision_lines(&self, number: usize) -> Vec<u64> {
        match self.tables.get(number) {
            Some(Indexed::Decision(decision)) => decision.rows.iter().map(|row| row.line()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a table of which one row counts has one for every claim within the program's dates.
    pub fn is_complete(&self, program: &Program, number: usize) -> bool {
        let (Some(Indexed::Decision(decision)), Some(table)) = (self.tables.get(number), program.tables.get(number))
        else {
            return false;
        };
        let (from, until) = program.identification.effective;
        let days = Line::days(Value::Date(from), Value::Date(until));
        decision.hit.is_one_row() && review::cover::is_complete(decision, days, table.effective.is_some())
    }

    /// What is wrong with the rows of decision tables, or probably not as meant.
    pub fn review(&self, program: &Program) -> Vec<Flaw> {
        let tables = program.tables.iter().zip(&self.tables).enumerate();
        let of_table = |(number, (table, indexed)): (usize, (&Table, &Indexed))| match indexed {
            Indexed::Keyed(_) => Vec::new(),
            Indexed::Decision(decision) => {
                review::review(table, decision).into_iter().map(|kind| Flaw { table: number, kind }).collect()
            }
        };
        let flaws: Vec<Flaw> = tables.flat_map(of_table).collect();
        flaws.into_iter().chain(self.review_bands(program)).collect()
    }

    /// What is wrong with the tables that bands stand in.
    fn review_bands(&self, program: &Program) -> Vec<Flaw> {
        let schedules = program.components.iter().filter_map(|component| match &component.kind {
            ComponentKind::Accumulating { due: Due::Tiers(schedule), .. } => schedule.table(),
            ComponentKind::Accumulating { due: Due::Computed(_), .. } | ComponentKind::Amount { .. } => None,
        });
        let of_schedule = |bands: &BandTable| match self.tables.get(bands.table) {
            Some(Indexed::Decision(decision)) => {
                let flaws = review::band::bands(bands, decision).into_iter();
                flaws.map(|kind| Flaw { table: bands.table, kind }).collect()
            }
            _ => Vec::new(),
        };
        schedules.flat_map(of_schedule).collect()
    }

    /// What a table gives for a claim.
    pub(super) fn look_up<'a>(
        &'a self,
        number: usize,
        table: &'a Table,
        assessment: &Assessment<'a, '_>,
    ) -> Result<Hits<'a>, Failure> {
        match self.tables.get(number) {
            None => Ok(Hits::Nothing),
            Some(Indexed::Keyed(keyed)) => {
                keyed.look_up(table, assessment).map(|row| row.map_or(Hits::Nothing, Hits::Row))
            }
            Some(Indexed::Decision(decision)) => decision.look_up(table, assessment),
        }
    }
}

/// The first and last day of a row.
fn in_force(table: &Table, row: Row<'_>) -> (Date, Date) {
    let day = |column: usize, open: Date| if let Value::Date(date) = row.value(column) { date } else { open };
    table.effective.map_or((Date::MIN, Date::MAX), |(from, until)| (day(from, Date::MIN), day(until, Date::MAX)))
}

#[cfg(test)]
mod check;
