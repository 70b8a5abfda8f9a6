//! Proving a ledger: the chain, the rows, the rules that were kept, and that every running figure is the sum of what its
//! entries moved.

use std::collections::{BTreeMap, btree_map::Entry as MapEntry};

use rusqlite::{OptionalExtension, params};

use super::{Ledger, LedgerError, Link};
use crate::history::History;

/// What doesn't fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The entry, where it is one.
    pub entry: Option<i64>,
    /// What is wrong.
    pub words: String,
}

/// What was looked through, and what doesn't fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Entries.
    pub entries: u64,
    /// Those whose rows were erased.
    pub erased: u64,
    /// Running figures.
    pub figures: u64,
    /// Versions of rules.
    pub rules: u64,
    /// What doesn't fit.
    pub faults: Vec<Fault>,
}

/// The most faults that are named; one is enough.
const MAX_FAULTS: usize = 20;

impl Verified {
    fn fault(&mut self, entry: Option<i64>, words: impl Into<String>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { entry, words: words.into() });
        }
    }
}

impl Ledger {
    /// Looks through all of it. A tail that was removed shows only against a head that was kept elsewhere.
    pub fn verify(&self, head: Option<Link>) -> Result<Verified, LedgerError> {
        let mut verified = Verified::default();
        let mut before = Link::START;
        let mut sums: BTreeMap<i64, History> = BTreeMap::new();
        let mut layouts: BTreeMap<i64, (i64, Vec<i64>)> = BTreeMap::new();
        let mut head_found = head.is_none_or(|head| head.id == 0);
        self.each_entry(&mut |entry, kept| {
            verified.entries += 1;
            if entry.id != before.id + 1 {
                verified.fault(Some(entry.id), format!("entries between {} and {} are missing", before.id, entry.id));
            }
            if entry.chained(&before) != entry.hash {
                verified.fault(
                    Some(entry.id),
                    "it is not what was written, or not behind the entry that it was written behind",
                );
            }
            match &kept {
                Some(row) if row.hash() != entry.row_hash => {
                    verified.fault(Some(entry.id), "its row or its words are not what was written");
                }
                Some(_) => {}
                None if entry.row_hash == [0; 16] => {}
                None => verified.erased += 1,
            }
            before = Link { id: entry.id, hash: entry.hash };
            if let Some(head) = head.filter(|head| head.id == entry.id) {
                head_found = true;
                if head.hash != entry.hash {
                    verified.fault(Some(entry.id), "it is not the one that was the last when the head was kept");
                }
            }
            let Ok(detail) = self.detail(&entry) else {
                verified.fault(Some(entry.id), "what it keeps can't be read");
                return Ok(());
            };
            let Ok(beside) = self.moved_beside(&entry) else {
                verified.fault(Some(entry.id), "what it keeps of arrangements can't be read");
                return Ok(());
            };
            for (rules, moved) in std::iter::once((entry.rules, detail.moved())).chain(beside) {
                if let MapEntry::Vacant(vacant) = layouts.entry(rules) {
                    let rules = self.rules(rules)?;
                    let numbers = self.known_accumulators(rules.program, &rules.layout.accumulators())?;
                    vacant.insert((rules.program, numbers));
                }
                let Some((program, numbers)) = layouts.get(&rules) else { continue };
                let history = sums.entry(*program).or_default();
                for mut change in moved {
                    // One map for all versions: the figure's own number is its place.
                    let place = numbers.get(change.accumulator).and_then(|number| usize::try_from(*number).ok());
                    if let Some(place) = place {
                        change.accumulator = place;
                        let change = change.again(history);
                        history.apply(&change);
                    }
                }
            }
            Ok(())
        })?;
        if !head_found {
            verified.fault(None, "entries behind the last one are missing: the head that was kept is not here");
        }
        self.verify_figures(&sums, &mut verified)?;
        self.verify_rules(&mut verified)?;
        Ok(verified)
    }

    fn known_accumulators(&self, program: i64, names: &[String]) -> Result<Vec<i64>, LedgerError> {
        let sql = "SELECT id FROM accumulator WHERE program = ?1 AND name = ?2";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let mut numbers = Vec::new();
        for name in names {
            let found = select.query_row(params![program, name], |row| row.get::<_, i64>(0)).optional();
            numbers.push(found.map_err(|error| self.failed(error))?.unwrap_or(0));
        }
        Ok(numbers)
    }

    /// What figures stand at against the sums of what entries moved.
    fn verify_figures(&self, sums: &BTreeMap<i64, History>, verified: &mut Verified) -> Result<(), LedgerError> {
        let sql = "SELECT accumulator.program, accumulator.id, accumulator.name, count(figure.key) FROM accumulator \
                   LEFT JOIN figure ON figure.accumulator = accumulator.id AND figure.part = x'' GROUP BY accumulator.id";
        let mut select = self.connection.prepare(sql).map_err(|error| self.failed(error))?;
        let rows = select.query_map([], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(3)?))
        });
        let rows: rusqlite::Result<Vec<_>> = rows.and_then(Iterator::collect);
        let empty = History::new();
        for (program, id, name, keys) in rows.map_err(|error| self.failed(error))? {
            let sums = sums.get(&program).unwrap_or(&empty);
            let place = usize::try_from(id).unwrap_or_default();
            verified.figures += u64::try_from(keys).unwrap_or_default();
            let mut stored = History::new();
            self.restore(&mut stored, 0, id)?;
            if !stored.is_same(0, sums, place) {
                verified.fault(None, format!("`{name}` doesn't stand at the sum of what its entries moved"));
            }
        }
        Ok(())
    }

    fn verify_rules(&self, verified: &mut Verified) -> Result<(), LedgerError> {
        let mut select = self.connection.prepare("SELECT id FROM rules").map_err(|error| self.failed(error))?;
        let rows: rusqlite::Result<Vec<i64>> = select.query_map([], |row| row.get(0)).and_then(Iterator::collect);
        for rules in rows.map_err(|error| self.failed(error))? {
            verified.rules += 1;
            if let Err(error) = self.files(rules) {
                verified.fault(None, error.to_string());
            }
        }
        Ok(())
    }
}
