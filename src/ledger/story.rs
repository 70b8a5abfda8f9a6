//! What the ledger knows of a claim, or of all claims of a participant, in the order in which it happened.

use rusqlite::params;

use super::{Act, Entry, EntryKind, Ledger, LedgerError, balance::IS_LIVE, entry::COLUMNS};
use crate::outcome::Outcome;

/// One thing that happened to a claim.
#[derive(Debug)]
pub struct Chapter {
    /// The number of the entry.
    pub entry: i64,
    /// What it is.
    pub kind: EntryKind,
    /// What stood then.
    pub outcome: Outcome<'static>,
    /// What a person did, where one did.
    pub act: Option<Act>,
}

impl Ledger {
    /// All that happened to a claim of a program, the oldest first.
    pub fn story(&self, program: i64, claim: &str) -> Result<Vec<Chapter>, LedgerError> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE claim = ?1 AND program = ?2 ORDER BY id");
        self.chapters(&sql, params![claim, program])
    }

    /// What stands of all claims of a participant of a program, the oldest first: rows that decided nothing only until they are
    /// read well.
    pub fn claims_of(&self, program: i64, participant: &str) -> Result<Vec<Chapter>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE participant = (SELECT id FROM participant WHERE name = ?1) AND program = ?2 \
             AND (kind = 3 OR kind IN (0, 1, 2) AND {IS_LIVE}) ORDER BY id"
        );
        self.chapters(&sql, params![participant, program])
    }

    fn chapters(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Chapter>, LedgerError> {
        let mut select = self.connection.prepare(sql).map_err(|error| self.failed(error))?;
        let entries: rusqlite::Result<Vec<Entry>> = select.query_map(values, Entry::of_row).and_then(Iterator::collect);
        let chapter = |entry: Entry| -> Result<Chapter, LedgerError> {
            let act = self.detail(&entry)?.act;
            Ok(Chapter { entry: entry.id, kind: entry.kind, outcome: self.known(&entry)?.decided.outcome, act })
        };
        entries.map_err(|error| self.failed(error))?.into_iter().map(chapter).collect()
    }
}
