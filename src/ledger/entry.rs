//! Entries: decisions and acts, each with a hash over itself and the one before.

use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::{Ledger, LedgerError};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A decision that stands.
    Decided,
    /// A row that decided nothing, or whose decision doesn't stand: it can't be read, or contradicts another one.
    Undecided,
    /// What a person did to the claim: its decision stands by that.
    Acted,
    /// An amount that a person posted.
    Adjusted,
    /// What a person would do to the claim, which somebody else has to confirm.
    Proposed,
    /// What arrangements made of a decision, behind its entry: amounts are what they add to those of that.
    Arranged,
}

impl EntryKind {
    const ALL: [Self; 6] =
        [Self::Decided, Self::Undecided, Self::Acted, Self::Adjusted, Self::Proposed, Self::Arranged];

    fn number(self) -> i64 {
        Self::ALL.iter().position(|kind| *kind == self).and_then(|place| i64::try_from(place).ok()).unwrap_or_default()
    }

    fn of(number: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

/// What a person did, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// `release`, `reject`, `override`, `adjust` or `erase`.
    pub verb: String,
    /// Who says that they did it; nobody is authenticated.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Where that is written.
    pub reference: Option<String>,
    /// The codes that don't hold the claim any more.
    pub overridden: Vec<String>,
    /// The last day on which they don't, for what is done to the claim later.
    pub until: Option<String>,
    /// When, as the command's clock said.
    pub at: String,
}

impl Act {
    /// Whether it erased a participant.
    pub(super) fn erases(&self) -> bool {
        self.verb == ERASE
    }
}

/// The verb of the act that erases a participant.
const ERASE: &str = "erase";

/// The place of an entry in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its number; 0 before the first.
    pub id: i64,
    /// Its hash.
    pub hash: [u8; 32],
}

impl Link {
    /// Before the first entry.
    pub const START: Self = Self { id: 0, hash: [0; 32] };

    /// The hash in hexadecimal, with the number before it: `12:ab…`.
    pub fn text(&self) -> String {
        format!("{}:{}", self.id, blake3::Hash::from(self.hash).to_hex())
    }

    /// A link as it was written down.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, hash) = text.trim().split_once(':')?;
        Some(Self { id: id.parse().ok()?, hash: *blake3::Hash::from_hex(hash).ok()?.as_bytes() })
    }
}

/// One entry as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    pub(super) program: i64,
    pub(super) rules: i64,
    pub(super) run: Option<i64>,
    /// What it is.
    pub kind: EntryKind,
    /// The claim's id; empty where it can't be read.
    pub claim: String,
    pub(super) participant: Option<i64>,
    pub(super) content: [u8; 16],
    pub(super) disposition: u8,
    pub(super) award: i64,
    pub(super) pending: i64,
    pub(super) reversed: i64,
    pub(super) detail: Vec<u8>,
    pub(super) row_hash: [u8; 16],
    /// Its hash.
    pub hash: [u8; 32],
}

/// Takes an entry with what erasing would take away.
pub(super) type EntrySink<'s> = dyn FnMut(Entry, Option<RowBytes>) -> Result<(), LedgerError> + 's;

pub(super) const COLUMNS: &str = "id, program, rules, run, kind, claim, participant, content, disposition, award, pending, \
                                  reversed, detail, row_hash, hash";

impl Entry {
    /// The hash over all of it, what it [refers to](Ledger::referred) and the entry before.
    pub(super) fn chained(&self, referred: &[u8; 32], before: &Link) -> [u8; 32] {
        // Hashing one piece costs less than putting pieces together.
        let mut whole = Vec::with_capacity(512);
        let numbers = [
            self.id,
            self.program,
            self.rules,
            self.run.unwrap_or(-1),
            self.kind.number(),
            self.participant.unwrap_or(-1),
            i64::from(self.disposition),
            self.award,
            self.pending,
            self.reversed,
        ];
        for number in numbers {
            whole.extend_from_slice(&number.to_le_bytes());
        }
        for bytes in [self.claim.as_bytes(), &self.content, &self.detail, &self.row_hash, referred, &before.hash] {
            whole.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            whole.extend_from_slice(bytes);
        }
        *blake3::hash(&whole).as_bytes()
    }

    pub(super) fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let kind = row.get::<_, i64>(4)?;
        Ok(Self {
            id: row.get(0)?,
            program: row.get(1)?,
            rules: row.get(2)?,
            run: row.get(3)?,
            kind: EntryKind::of(kind).ok_or(rusqlite::Error::IntegralValueOutOfRange(4, kind))?,
            claim: row.get(5)?,
            participant: row.get(6)?,
            content: row.get(7)?,
            disposition: row.get(8)?,
            award: row.get(9)?,
            pending: row.get(10)?,
            reversed: row.get(11)?,
            detail: row.get(12)?,
            row_hash: row.get(13)?,
            hash: row.get(14)?,
        })
    }
}

/// A value as bytes, in room that most of them fit.
pub(super) fn bytes_of<T: Serialize>(value: &T) -> postcard::Result<Vec<u8>> {
    postcard::to_extend(value, Vec::with_capacity(256))
}

/// What erasing takes away of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowBytes {
    /// The cells of the claim.
    pub(super) cells: Vec<u8>,
    /// The words of its reasons.
    pub(super) words: Vec<u8>,
}

impl RowBytes {
    /// The hash over it and the name of its participant.
    pub(super) fn hash(&self, participant: &str) -> [u8; 16] {
        let mut whole = Vec::with_capacity(512);
        for bytes in [participant.as_bytes(), &self.cells, &self.words] {
            whole.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            whole.extend_from_slice(bytes);
        }
        blake3::hash(&whole).as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

impl Ledger {
    /// The link of the last entry.
    pub(super) fn last_link(&self) -> Result<Link, LedgerError> {
        let last = self.connection.query_row("SELECT id, hash FROM entry ORDER BY id DESC LIMIT 1", [], |row| {
            Ok(Link { id: row.get(0)?, hash: row.get(1)? })
        });
        Ok(last.optional().map_err(|error| self.failed(error))?.unwrap_or(Link::START))
    }

    /// Puts an entry of a participant behind the last one, with its row and words where it has them. Its number and hash are
    /// made here.
    pub(super) fn chain(
        &mut self,
        mut entry: Entry,
        participant: &str,
        row: Option<&RowBytes>,
    ) -> Result<i64, LedgerError> {
        entry.id = self.head.id + 1;
        entry.row_hash = row.map_or([0; 16], |row| row.hash(participant));
        entry.hash = entry.chained(&self.referred(entry.rules, entry.run)?, &self.head);
        let failed = |error| LedgerError::of(&self.path, error);
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO entry VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)")
            .map_err(failed)?;
        insert
            .execute(params![
                entry.id,
                entry.program,
                entry.rules,
                entry.run,
                entry.kind.number(),
                entry.claim,
                entry.participant,
                entry.content,
                entry.disposition,
                entry.award,
                entry.pending,
                entry.reversed,
                entry.detail,
                entry.row_hash,
                entry.hash,
            ])
            .map_err(failed)?;
        if let Some(RowBytes { cells, words }) = row {
            let sql = "INSERT INTO row (entry, cells, words) VALUES (?1, ?2, ?3)";
            let mut insert = self.connection.prepare_cached(sql).map_err(failed)?;
            insert.execute(params![entry.id, cells, words]).map_err(failed)?;
        }
        drop(insert);
        self.head = Link { id: entry.id, hash: entry.hash };
        Ok(entry.id)
    }

    /// Entries behind one in their order, handed out one by one, with what erasing would take away.
    pub(super) fn each_entry(&self, behind: i64, sink: &mut EntrySink<'_>) -> Result<(), LedgerError> {
        let columns: Vec<String> = COLUMNS.split(", ").map(|column| format!("entry.{}", column.trim())).collect();
        let sql = format!(
            "SELECT {}, row.cells, row.words FROM entry LEFT JOIN row ON row.entry = entry.id WHERE entry.id > ?1 \
             ORDER BY entry.id",
            columns.join(", ")
        );
        let mut select = self.connection.prepare(&sql).map_err(|error| self.failed(error))?;
        let mut rows = select.query([behind]).map_err(|error| self.failed(error))?;
        while let Some(row) = rows.next().map_err(|error| self.failed(error))? {
            let read = || -> rusqlite::Result<_> {
                let cells: Option<Vec<u8>> = row.get(15)?;
                let words: Option<Vec<u8>> = row.get(16)?;
                let kept = cells.zip(words).map(|(cells, words)| RowBytes { cells, words });
                Ok((Entry::of_row(row)?, kept))
            };
            let (entry, kept) = read().map_err(|error| self.damaged(error.to_string()))?;
            sink(entry, kept)?;
        }
        Ok(())
    }
}
