//! What running figures stand at.

use std::collections::{HashMap, HashSet, hash_map::Entry as MapEntry};

use rusqlite::{OptionalExtension, params};

use super::{Ledger, LedgerError, amount, arranged::Effects};
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

/// The numbers that the figures of versions of rules have here.
pub(super) struct Numbers<'l> {
    ledger: &'l Ledger,
    known: HashMap<i64, NumbersOf>,
}

/// The program of some rules, and the numbers of their figures; none of either where the rules are missing.
#[derive(Default)]
struct NumbersOf {
    program: Option<i64>,
    numbers: Vec<Option<i64>>,
}

impl<'l> Numbers<'l> {
    pub(super) fn new(ledger: &'l Ledger) -> Self {
        Self { ledger, known: HashMap::new() }
    }

    /// The number of a figure of some rules; none where it is missing.
    pub(super) fn of(&mut self, rules: i64, accumulator: AccumulatorId) -> Result<Option<i64>, LedgerError> {
        Ok(self.known(rules)?.numbers.get(accumulator).copied().flatten())
    }

    /// The program of some rules; none where they are missing.
    pub(super) fn program(&mut self, rules: i64) -> Result<Option<i64>, LedgerError> {
        Ok(self.known(rules)?.program)
    }

    fn known(&mut self, rules: i64) -> Result<&NumbersOf, LedgerError> {
        let vacant = match self.known.entry(rules) {
            MapEntry::Occupied(known) => return Ok(known.into_mut()),
            MapEntry::Vacant(vacant) => vacant,
        };
        Ok(vacant.insert(match self.ledger.rules(rules) {
            Ok(rules) => NumbersOf {
                program: Some(rules.program),
                numbers: self.ledger.known_accumulators(rules.program, &rules.layout.accumulators())?,
            },
            Err(LedgerError::Damaged { .. }) => NumbersOf::default(),
            Err(error) => return Err(error),
        }))
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
        let select = "SELECT id FROM accumulator WHERE program = ?1 AND name = ?2";
        let found = self.connection.query_row(select, params![program, name], |row| row.get(0));
        found.optional().map_err(|error| self.failed(error))
    }

    fn known_accumulators(&self, program: i64, names: &[String]) -> Result<Vec<Option<i64>>, LedgerError> {
        names.iter().map(|name| self.accumulator(program, name)).collect()
    }

    /// What the figures of these names stand at, numbered as the names are.
    pub fn history(&self, program: i64, names: &[String]) -> Result<History, LedgerError> {
        let mut history = History::new();
        let ids = self.known_accumulators(program, names)?;
        for (number, id) in ids.iter().enumerate() {
            if let Some(id) = id {
                self.restore(&mut history, number, *id)?;
            }
        }
        self.each_unsummed(&mut |id, mut change| {
            if let Some(number) = ids.iter().position(|known| *known == Some(id)) {
                change.accumulator = number;
                let change = change.again(&history);
                history.apply(&change);
            }
            Ok(())
        })?;
        Ok(history)
    }

    /// Up to which entry figures hold what entries moved.
    pub(super) fn summed(&self) -> Result<i64, LedgerError> {
        let found = self.connection.query_row("SELECT entry FROM summed", [], |row| row.get(0)).optional();
        found
            .map_err(|error| self.failed(error))?
            .ok_or_else(|| self.damaged("up to where figures are summed is missing"))
    }

    /// Says that figures hold what all entries moved.
    pub(super) fn put_summed(&self) -> Result<(), LedgerError> {
        let update = "UPDATE summed SET entry = ?1";
        self.connection.execute(update, [self.head.id]).map(drop).map_err(|error| self.failed(error))
    }

    /// Hands out what entries moved that figures don't hold yet, by the numbers of the figures here.
    fn each_unsummed(
        &self,
        sink: &mut dyn FnMut(i64, KeptChange) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut numbers = Numbers::new(self);
        self.each_entry(self.summed()?, &mut |entry, _| {
            for Effects { rules, moved, .. } in self.effects(&entry, &self.detail(&entry)?)? {
                for change in moved {
                    let number = numbers.of(rules, change.accumulator)?;
                    sink(number.ok_or_else(|| self.damaged("a running figure is missing"))?, change)?;
                }
            }
            Ok(())
        })
    }

    /// Writes what entries moved that a run left behind figures when it was interrupted, so that whoever posts finds them whole.
    pub(super) fn sum_up(&mut self) -> Result<(), LedgerError> {
        if self.summed()? >= self.head.id {
            return Ok(());
        }
        let (mut history, mut restored) = (History::new(), HashSet::new());
        history.note_moved();
        self.each_unsummed(&mut |id, mut change| {
            // One map for all of them: the figure's own number is its place.
            change.accumulator = usize::try_from(id).unwrap_or_default();
            if restored.insert(id) {
                self.restore(&mut history, change.accumulator, id)?;
            }
            let change = change.again(&history);
            history.apply(&change);
            Ok(())
        })?;
        let accumulators: Vec<i64> = (0..).take(history.accumulators()).collect();
        self.begin()?;
        self.commit(&[(&accumulators, &history)])
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
            history.put_back(&change);
        }
        Ok(())
    }

    /// Writes what figures stand at that have moved. `accumulators` are their numbers here.
    pub(super) fn write_figures(&self, accumulators: &[i64], history: &History) -> Result<(), LedgerError> {
        let sql = "INSERT INTO figure (accumulator, key, part, count, sum, awarded) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                   ON CONFLICT DO UPDATE SET count = excluded.count, sum = excluded.sum, awarded = excluded.awarded";
        let mut write = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        history.each_moved(&mut |accumulator, key, part, Running { count, sum, awarded }| {
            let Some(id) = accumulators.get(accumulator) else { return Ok(()) };
            let values = params![id, key, part_bytes(part), count, sum.to_string(), awarded.to_string()];
            write.execute(values).map(drop).map_err(|error| self.failed(error))
        })
    }
}
