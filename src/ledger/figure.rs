//! What running figures stand at.

use std::collections::BTreeSet;

use rusqlite::params;

use super::{Ledger, LedgerError, amount};
use crate::{
    calendar::Date,
    history::{AccumulatorId, Change, Detail, History, KeptChange, Running},
};

/// A part of a figure as the database names it.
fn part_bytes(detail: Detail<'_>) -> Vec<u8> {
    match detail {
        Detail::None => Vec::new(),
        Detail::Day(date) => [b"d".as_slice(), &chrono::Datelike::num_days_from_ce(&date).to_be_bytes()].concat(),
        Detail::Member(member) => [b"m".as_slice(), member].concat(),
    }
}

/// A part of a figure by its name in the database.
fn part(bytes: &[u8]) -> Option<Detail<'_>> {
    match bytes.split_first() {
        None => Some(Detail::None),
        Some((b'd', day)) => {
            let day = i32::from_be_bytes(day.try_into().ok()?);
            Date::from_num_days_from_ce_opt(day).map(Detail::Day)
        }
        Some((b'm', member)) => Some(Detail::Member(member)),
        Some(_) => None,
    }
}

/// The figures that were changed since they were written: accumulator, key and part.
#[derive(Debug, Default)]
pub(super) struct Touched(BTreeSet<Spot>);

/// A figure, or a part of it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    accumulator: AccumulatorId,
    key: Box<[u8]>,
    part: Vec<u8>,
}

impl Touched {
    /// Notes what a change moves.
    pub(super) fn note(&mut self, change: &KeptChange, history: &History) {
        let key: Box<[u8]> = change.key().into();
        let detail = change.again(history).detail;
        let accumulator = change.accumulator;
        if detail != Detail::None {
            self.0.insert(Spot { accumulator, key: key.clone(), part: part_bytes(detail) });
        }
        self.0.insert(Spot { accumulator, key, part: Vec::new() });
    }
}

impl Ledger {
    /// The numbers of a program's accumulators by their names; those that aren't known are made.
    pub fn keep_accumulators(&self, program: i64, names: &[String]) -> Result<Vec<i64>, LedgerError> {
        let mut numbers = Vec::new();
        for name in names {
            let insert = "INSERT INTO accumulator (program, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            self.connection.execute(insert, params![program, name]).map_err(|error| self.failed(error))?;
            numbers.extend(self.accumulator(program, name)?);
        }
        Ok(numbers)
    }

    pub(super) fn accumulator(&self, program: i64, name: &str) -> Result<Option<i64>, LedgerError> {
        use rusqlite::OptionalExtension;
        let select = "SELECT id FROM accumulator WHERE program = ?1 AND name = ?2";
        let found = self.connection.query_row(select, params![program, name], |row| row.get(0));
        found.optional().map_err(|error| self.failed(error))
    }

    /// What the figures of these names stand at, numbered as the names are.
    pub fn history(&self, program: i64, names: &[String]) -> Result<History, LedgerError> {
        let mut history = History::new();
        for (number, name) in names.iter().enumerate() {
            if let Some(id) = self.accumulator(program, name)? {
                self.restore(&mut history, number, id)?;
            }
        }
        Ok(history)
    }

    pub(super) fn restore(&self, history: &mut History, number: AccumulatorId, id: i64) -> Result<(), LedgerError> {
        // The whole of a key comes before its parts, which are part of it already.
        let sql = "SELECT key, part, count, sum, awarded FROM figure WHERE accumulator = ?1";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let mut rows = select.query([id]).map_err(|error| self.failed(error))?;
        while let Some(row) = rows.next().map_err(|error| self.failed(error))? {
            let read = || -> rusqlite::Result<_> {
                Ok((
                    row.get_ref(0)?.as_blob()?,
                    row.get_ref(1)?.as_blob()?,
                    row.get(2)?,
                    row.get_ref(3)?.as_str()?,
                    row.get_ref(4)?.as_str()?,
                ))
            };
            let (key, name, count, sum, awarded) = read().map_err(|error| self.damaged(error.to_string()))?;
            let running = amount::figure(sum).zip(amount::figure(awarded));
            let (Some((sum, awarded)), Some(detail)) = (running, part(name)) else {
                return Err(self.damaged("a running figure can't be read"));
            };
            let delta = Running { count, sum, awarded };
            let change = Change { accumulator: number, key: history.key(key), delta, detail };
            match detail {
                Detail::None => history.apply(&change),
                _ => history.put_part(&change),
            }
        }
        Ok(())
    }

    /// Writes what touched figures stand at now. `accumulators` are their numbers here.
    pub(super) fn write_figures(
        &self,
        touched: &Touched,
        accumulators: &[i64],
        history: &History,
    ) -> Result<(), LedgerError> {
        let sql = "INSERT INTO figure (accumulator, key, part, count, sum, awarded) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                   ON CONFLICT DO UPDATE SET count = excluded.count, sum = excluded.sum, awarded = excluded.awarded";
        let mut write = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        for Spot { accumulator, key, part: name } in &touched.0 {
            let (Some(id), Some(detail)) = (accumulators.get(*accumulator), part(name)) else { continue };
            let Running { count, sum, awarded } = history.stands_at(*accumulator, history.key(key), detail);
            write
                .execute(params![id, key, name, count, sum.to_string(), awarded.to_string()])
                .map_err(|error| self.failed(error))?;
        }
        Ok(())
    }
}
