//! What the ledger knows of a claim, or of all claims of a participant, in the order in which it happened.

use rusqlite::params;

use super::{
    Act, Entry, EntryKind, Ledger, LedgerError, RunId,
    balance::{IS_LAST, IS_LIVE},
    entry::COLUMNS,
};
use crate::outcome::Outcome;

/// One thing that happened to a claim.
#[derive(Debug)]
pub struct Chapter {
    /// The number of the entry.
    pub entry: i64,
    /// The run that posted it; none where a person did it.
    pub run: Option<RunId>,
    /// What it is.
    pub kind: EntryKind,
    /// What stood then.
    pub outcome: Outcome<'static>,
    /// What a person did, where one did.
    pub act: Option<Act>,
}

impl Chapter {
    /// Whether the claim stands as it says, until a later one does.
    pub fn stands(&self) -> bool {
        matches!(self.kind, EntryKind::Decided | EntryKind::Acted | EntryKind::Arranged)
    }
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
             AND (kind = 3 OR kind IN (0, 1, 2) AND {IS_LIVE} OR kind = 5 AND {IS_LAST}) ORDER BY id"
        );
        let mut chapters: Vec<Chapter> = Vec::new();
        for chapter in self.chapters(&sql, params![participant, program])? {
            let claim = &chapter.outcome.claim;
            // What arrangements made of a claim is what stands of it.
            match chapters.iter_mut().find(|known| chapter.kind == EntryKind::Arranged && known.outcome.claim == *claim)
            {
                Some(known) => *known = chapter,
                None => chapters.push(chapter),
            }
        }
        Ok(chapters)
    }

    /// What was said of a row that decided nothing, by the hash that tells the row from others.
    pub fn undecided(&self, program: i64, claim: &str, row: u128) -> Result<Option<Outcome<'static>>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE claim = ?1 AND program = ?2 AND kind = 1 AND content = ?3 LIMIT 1"
        );
        let found = self.chapters(&sql, params![claim, program, row.to_be_bytes()])?;
        Ok(found.into_iter().next().map(|chapter| chapter.outcome))
    }

    fn chapters(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Chapter>, LedgerError> {
        let mut select = self.connection.prepare(sql).map_err(|error| self.failed(error))?;
        let entries: rusqlite::Result<Vec<Entry>> = select.query_map(values, Entry::of_row).and_then(Iterator::collect);
        let chapter = |entry: Entry| -> Result<Chapter, LedgerError> {
            let act = self.detail(&entry)?.act;
            let outcome = match entry.kind {
                EntryKind::Arranged => {
                    let standard = self.find_before(entry.program, &entry.claim, entry.id)?;
                    let arranged = self.known_arranged(&entry)?;
                    standard.map_or_else(|| arranged.outcome.clone(), |standard| arranged.on(&standard.decided.outcome))
                }
                _ => self.known(&entry)?.decided.outcome,
            };
            Ok(Chapter { entry: entry.id, run: entry.run.map(RunId), kind: entry.kind, outcome, act })
        };
        entries.map_err(|error| self.failed(error))?.into_iter().map(chapter).collect()
    }
}
