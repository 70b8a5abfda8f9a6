//! What is posted of a participant without a claim: adjustments, and that their rows were erased.

use super::{
    Act, Entry, EntryKind, KeptRules, Ledger, LedgerError, amount,
    detail::Detail,
    entry::{RowBytes, bytes_of},
};
use crate::{
    claim::Origin,
    money::Decimal,
    outcome::{Disposition, Outcome},
};

/// What was erased of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// How many rows went.
    pub rows: usize,
    /// Whether the files were written anew without it: somebody else may be reading them, or there may be no room.
    pub is_gone: bool,
}

impl Ledger {
    /// Whether a participant has any entries.
    pub fn knows(&self, participant: &str) -> Result<bool, LedgerError> {
        let sql = "SELECT 1 FROM participant WHERE name = ?1";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        select.exists([participant]).map_err(|error| self.failed(error))
    }

    /// Posts an amount to a participant, or takes it from them.
    pub fn adjust(
        &mut self,
        rules: &KeptRules,
        participant: &str,
        award: Decimal,
        act: Act,
    ) -> Result<(), LedgerError> {
        self.begin()?;
        // A row without cells: the name is proved by it, and erased with it.
        let words = bytes_of(&Vec::<&str>::new()).map_err(|error| self.damaged(error.to_string()))?;
        let row = RowBytes { cells: Vec::new(), words };
        let posted = self.post_of_person(rules, participant, award, act, Some(&row));
        self.end(posted)
    }

    /// Takes away the rows, the words and the name of a participant, from the files, too. What was decided, and its hash, stays.
    pub fn erase(&mut self, participant: &str, act: &Act) -> Result<Erased, LedgerError> {
        self.run("PRAGMA secure_delete = ON")?;
        self.begin()?;
        let erased = self.erase_all(participant, act);
        let rows = self.end(erased);
        self.participants.clear();
        let rows = rows?;
        // What was moved inside the file has left copies in it; only writing all of it anew leaves none.
        let written = self.run("VACUUM").and_then(|()| self.one::<i64>("PRAGMA wal_checkpoint(TRUNCATE)"));
        Ok(Erased { rows, is_gone: written.is_ok_and(|busy| busy == 0) })
    }

    fn erase_all(&mut self, participant: &str, act: &Act) -> Result<usize, LedgerError> {
        let id = self.keep_participant(participant)?;
        let programs = "SELECT DISTINCT rules FROM entry WHERE participant = ?1 AND id IN \
                        (SELECT max(id) FROM entry WHERE participant = ?1 GROUP BY program)";
        let mut select = self.connection.prepare(programs).map_err(|error| self.failed(error))?;
        let rules: rusqlite::Result<Vec<i64>> = select.query_map([id], |row| row.get(0)).and_then(Iterator::collect);
        let rules = rules.map_err(|error| self.failed(error))?;
        drop(select);
        for rules in rules {
            let rules = self.rules(rules)?;
            self.post_of_person(&rules, participant, Decimal::ZERO, act.clone(), None)?;
        }
        let rows = "DELETE FROM row WHERE entry IN (SELECT id FROM entry WHERE participant = ?1)";
        let gone = self.connection.execute(rows, [id]).map_err(|error| self.failed(error))?;
        let name = "UPDATE participant SET name = NULL WHERE id = ?1";
        self.connection.execute(name, [id]).map_err(|error| self.failed(error))?;
        Ok(gone)
    }

    fn post_of_person(
        &mut self,
        rules: &KeptRules,
        participant: &str,
        award: Decimal,
        act: Act,
        row: Option<&RowBytes>,
    ) -> Result<(), LedgerError> {
        let minor = amount::minor(award, rules.scale);
        let outcome = Outcome {
            claim: "".into(),
            participant: participant.to_owned().into(),
            payee: "".into(),
            date: None,
            disposition: Disposition::Approved,
            received: None,
            stands: false,
            skipped: false,
            reasons: Vec::new().into(),
            flags: Vec::new().into(),
            components: Vec::new().into(),
            cuts: Vec::new().into(),
            award,
            pending: Decimal::ZERO,
            reversed: None,
            allocation: Vec::new().into(),
            arranged: None,
            claimed: None,
            derived: Vec::new().into(),
            origin: Origin { file: "ledger".into(), sheet: None, line: 0 },
        };
        let detail = postcard::to_stdvec(&Detail::of(&outcome, None, Some(act)));
        let entry = Entry {
            id: 0,
            program: rules.program,
            rules: rules.id,
            run: None,
            kind: EntryKind::Adjusted,
            claim: String::new(),
            participant: Some(self.keep_participant(participant)?),
            content: [0; 16],
            disposition: super::detail::number_of(Disposition::Approved),
            award: minor.ok_or_else(|| LedgerError::TooLarge(participant.to_owned()))?,
            pending: 0,
            reversed: 0,
            detail: detail.map_err(|error| self.damaged(error.to_string()))?,
            row_hash: [0; 16],
            hash: [0; 32],
        };
        self.chain(entry, participant, row).map(drop)
    }
}
