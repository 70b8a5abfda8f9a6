//! Runs, and their batches: what a batch brings stands there as a whole or not at all.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};

use super::{
    Act, Entry, EntryKind, KeptRules, Known, Ledger, LedgerError, Link, amount, cells,
    detail::{Detail, number_of},
    entry::{RowBytes, bytes_of},
};
use crate::{
    claim::Claim,
    history::History,
    outcome::{Decided, Outcome, Reason},
};

/// A run by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(pub(super) i64);

/// How far a file was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The run.
    pub run: RunId,
    /// By which rules, by their number.
    pub rules: i64,
    /// How many claims of its order were posted.
    pub done: u64,
    /// Whether all were.
    pub is_whole: bool,
}

/// What is posted of a claim.
pub struct Posted<'p> {
    /// The rules that decided it.
    pub rules: &'p KeptRules,
    /// The run; none of an act.
    pub run: Option<RunId>,
    /// What it is.
    pub kind: EntryKind,
    /// What was decided.
    pub outcome: &'p Outcome<'static>,
    /// The decision, where it stands.
    pub decided: Option<&'p Decided>,
    /// The claim, where its row is known.
    pub claim: Option<Claim<'p>>,
    /// The hash of what it was decided by.
    pub content: u128,
    /// What a person did.
    pub act: Option<Act>,
}

impl Ledger {
    /// How far a file was posted by a program, the last time that it was begun.
    pub fn progress(&self, program: i64, file_hash: &[u8; 32]) -> Result<Option<Progress>, LedgerError> {
        let found = self.progress_where("program = ?1 AND file_hash = ?2", params![program, file_hash])?;
        Ok(found.map(|(progress, _)| progress))
    }

    /// The run of a program that was interrupted, with the name of its file.
    pub fn interrupted(&self, program: i64) -> Result<Option<(Progress, String)>, LedgerError> {
        self.progress_where("program = ?1 AND is_whole = 0", params![program])
    }

    fn progress_where(
        &self,
        which: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Option<(Progress, String)>, LedgerError> {
        let sql = format!("SELECT id, rules, done, is_whole, file FROM run WHERE {which} ORDER BY id DESC LIMIT 1");
        let found = self.connection.query_row(&sql, values, |row| {
            let done = u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
            let progress = Progress { run: RunId(row.get(0)?), rules: row.get(1)?, done, is_whole: row.get(3)? };
            Ok((progress, row.get(4)?))
        });
        found.optional().map_err(|error| self.failed(error))
    }

    /// Whether behind an entry stands nothing but what these rules posted of a file, each with these arrangements.
    pub fn has_only(
        &self,
        behind: Link,
        file_hash: &[u8; 32],
        versions: &[(String, BTreeSet<String>)],
    ) -> Result<bool, LedgerError> {
        let hash = "SELECT hash FROM entry WHERE id = ?1";
        let hash = self.connection.query_row(hash, [behind.id], |row| row.get::<_, [u8; 32]>(0)).optional();
        if hash.map_err(|error| self.failed(error))?.unwrap_or(Link::START.hash) != behind.hash {
            return Ok(false);
        }
        let sql = "SELECT DISTINCT run.id, run.file_hash, fingerprint FROM entry JOIN rules ON rules.id = entry.rules \
                   LEFT JOIN run ON run.id = entry.run WHERE entry.id > ?1";
        let mut select = self.connection.prepare(sql).map_err(|error| self.failed(error))?;
        let rows = select.query_map([behind.id], |row| {
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<[u8; 32]>>(1)?, row.get::<_, String>(2)?))
        });
        let rows: rusqlite::Result<Vec<_>> = rows.and_then(Iterator::collect);
        for (run, file, rules) in rows.map_err(|error| self.failed(error))? {
            let known = versions.iter().find(|(fingerprint, _)| *fingerprint == rules);
            let (Some(run), Some((_, beside))) = (run.filter(|_| file.as_ref() == Some(file_hash)), known) else {
                return Ok(false);
            };
            if self.fingerprints_beside(RunId(run))? != *beside {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The arrangements that were beside a run, by the hashes over all that each decides by.
    pub fn fingerprints_beside(&self, run: RunId) -> Result<BTreeSet<String>, LedgerError> {
        self.beside(run)?.into_iter().map(|rules| Ok(self.rules(rules)?.fingerprint)).collect()
    }

    /// Begins a batch. Fails if somebody else has written since this ledger was opened.
    pub fn begin(&mut self) -> Result<(), LedgerError> {
        self.run("BEGIN IMMEDIATE")?;
        if self.last_link()? != self.head {
            self.run("ROLLBACK")?;
            return Err(LedgerError::Changed(self.path.clone()));
        }
        Ok(())
    }

    /// A run of a file from its first claim on.
    pub fn begin_run(
        &self,
        rules: &KeptRules,
        beside: &[KeptRules],
        (file, file_hash): (&str, &[u8; 32]),
    ) -> Result<RunId, LedgerError> {
        let insert = "INSERT INTO run (program, rules, file, file_hash, done, is_whole, last, seal) \
                      VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, x'')";
        let values = params![rules.program, rules.id, file, file_hash, self.head.id];
        self.connection.execute(insert, values).map_err(|error| self.failed(error))?;
        let run = RunId(self.connection.last_insert_rowid());
        for rules in beside {
            let insert = "INSERT INTO run_beside (run, rules) VALUES (?1, ?2)";
            self.connection.execute(insert, params![run.0, rules.id]).map_err(|error| self.failed(error))?;
        }
        self.seal(run)?;
        Ok(run)
    }

    /// The arrangements beside a run, by the numbers of their rules.
    pub fn beside(&self, run: RunId) -> Result<Vec<i64>, LedgerError> {
        let sql = "SELECT rules FROM run_beside WHERE run = ?1 ORDER BY rules";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let rows: rusqlite::Result<Vec<i64>> = select.query_map([run.0], |row| row.get(0)).and_then(Iterator::collect);
        rows.map_err(|error| self.failed(error))
    }

    /// Says how far a run is.
    pub fn advance(&self, run: RunId, done: u64, is_whole: bool) -> Result<(), LedgerError> {
        let update = "UPDATE run SET done = ?2, is_whole = ?3, last = ?4 WHERE id = ?1";
        self.connection
            .execute(update, params![run.0, i64::try_from(done).unwrap_or(i64::MAX), is_whole, self.head.id])
            .map_err(|error| self.failed(error))?;
        self.seal(run)
    }

    /// Posts what was decided of a claim.
    pub fn post(&mut self, posted: Posted<'_>) -> Result<(), LedgerError> {
        let participant = self.participant(&posted.outcome.participant)?;
        self.post_of(posted, participant)
    }

    /// Posts what is done to a claim that stands: its participant may have been erased.
    pub fn post_on(&mut self, posted: Posted<'_>, known: &Known) -> Result<(), LedgerError> {
        self.post_of(posted, known.participant)
    }

    fn post_of(&mut self, posted: Posted<'_>, participant: Option<i64>) -> Result<(), LedgerError> {
        let Posted { rules, run, kind, outcome, decided, claim, content, act } = posted;
        let minor =
            |amount| amount::minor(amount, rules.scale).ok_or_else(|| LedgerError::TooLarge(outcome.claim.to_string()));
        let messages: Vec<&str> = outcome.reasons.iter().chain(outcome.flags.iter()).map(words).collect();
        let words = bytes_of(&messages).map_err(|error| self.damaged(error.to_string()))?;
        let cells = claim.map(|claim| cells::bytes(claim, claim.width())).transpose();
        let cells = cells.map_err(|error| self.damaged(error.to_string()))?;
        let detail = bytes_of(&Detail::of(outcome, decided, act));
        let entry = Entry {
            id: 0,
            program: rules.program,
            rules: rules.id,
            run: run.map(|run| run.0),
            kind,
            claim: outcome.claim.to_string(),
            participant,
            content: content.to_be_bytes(),
            disposition: number_of(outcome.disposition),
            award: minor(outcome.award)?,
            pending: minor(outcome.pending)?,
            reversed: minor(outcome.reversed.unwrap_or_default())?,
            detail: detail.map_err(|error| self.damaged(error.to_string()))?,
            row_hash: [0; 16],
            hash: [0; 32],
        };
        let row = cells.map(|cells| RowBytes { cells, words });
        let id = self.chain(entry, &outcome.participant, row.as_ref())?;
        for took in decided.iter().flat_map(|decided| &decided.uses) {
            self.note_taken(rules.program, &took.original, id)?;
        }
        Ok(())
    }

    pub(super) fn participant(&mut self, name: &str) -> Result<Option<i64>, LedgerError> {
        if name.is_empty() {
            return Ok(None);
        }
        if let Some(known) = self.participants.get(name) {
            return Ok(Some(*known));
        }
        let id = self.keep_participant(name)?;
        self.participants.insert(name.to_owned(), id);
        Ok(Some(id))
    }

    /// Lets all of a batch stand whose run goes on: figures are written when it ends, since a batch would write most of them
    /// again.
    pub fn commit_batch(&self) -> Result<(), LedgerError> {
        self.run("COMMIT")
    }

    /// Writes what figures stand at that have moved, by their numbers here, and lets all of the batch stand.
    pub fn commit(&self, figures: &[(&[i64], &History)]) -> Result<(), LedgerError> {
        for (accumulators, history) in figures {
            self.write_figures(accumulators, history)?;
        }
        self.put_summed()?;
        self.run("COMMIT")
    }

    /// Lets what was posted without moving any figure stand, or nothing of it where that failed.
    pub(super) fn end<T>(&self, posted: Result<T, LedgerError>) -> Result<T, LedgerError> {
        match &posted {
            Ok(_) => self.commit(&[])?,
            Err(_) => self.run("ROLLBACK")?,
        }
        posted
    }
}

fn words<'w>(reason: &'w Reason<'_>) -> &'w str {
    &reason.message
}
