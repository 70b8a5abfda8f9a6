//! What entries refer to, as hashes: the rules with their files, the file that was posted, and how far it is.

use rusqlite::types::ValueRef;

use super::{Ledger, LedgerError, RunId};

const RULES: &str = "SELECT program.id, name, arrangement, unit, scale, behind, fingerprint, layout FROM rules \
                     JOIN program ON program.id = rules.program WHERE rules.id = ?1";
const FILES: &str =
    "SELECT path, hash FROM rules_file JOIN content ON content.id = content WHERE rules = ?1 ORDER BY path";
const FILE: &str = "SELECT program, rules, file, file_hash FROM run WHERE id = ?1";
const BESIDE: &str = "SELECT rules.id, name, arrangement, unit, scale, behind, fingerprint, layout FROM run_beside \
                      JOIN rules ON rules.id = run_beside.rules JOIN program ON program.id = rules.program \
                      WHERE run_beside.run = ?1 ORDER BY rules.id";
const FILES_BESIDE: &str = "SELECT rules_file.rules, path, hash FROM run_beside JOIN rules_file USING (rules) \
                            JOIN content ON content.id = content WHERE run_beside.run = ?1 ORDER BY rules_file.rules, path";
const PROGRESS: &str = "SELECT id, done, is_whole, last FROM run WHERE id = ?1";

impl Ledger {
    /// The hash over the rules and the run of an entry, which its own is made of. What is missing gives another one.
    pub(super) fn referred(&self, rules: i64, run: Option<i64>) -> Result<[u8; 32], LedgerError> {
        if let Some(known) = self.known.borrow().referred.get(&(rules, run)) {
            return Ok(*known);
        }
        let of_both = [(RULES, Some(rules)), (FILES, Some(rules)), (FILE, run), (BESIDE, run), (FILES_BESIDE, run)];
        let digest = self.digest(&of_both)?;
        self.known.borrow_mut().referred.insert((rules, run), digest);
        Ok(digest)
    }

    /// Writes beside how far a run is the hash over that.
    pub(super) fn seal(&self, run: RunId) -> Result<(), LedgerError> {
        let update = "UPDATE run SET seal = ?2 WHERE id = ?1";
        let mut update = self.connection.prepare_cached(update).map_err(|error| self.failed(error))?;
        update.execute(rusqlite::params![run.0, self.progress_digest(run.0)?]).map_err(|error| self.failed(error))?;
        Ok(())
    }

    /// The hash over a run and how far it is.
    pub(super) fn progress_digest(&self, run: i64) -> Result<[u8; 32], LedgerError> {
        self.digest(&[(FILE, Some(run)), (PROGRESS, Some(run))])
    }

    /// The hash over all cells that queries find.
    fn digest(&self, queries: &[(&str, Option<i64>)]) -> Result<[u8; 32], LedgerError> {
        let mut hasher = blake3::Hasher::new();
        for (sql, number) in queries {
            let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
            let columns = select.column_count();
            let mut rows = select.query([number]).map_err(|error| self.failed(error))?;
            while let Some(row) = rows.next().map_err(|error| self.failed(error))? {
                for column in 0..columns {
                    hash_cell(&mut hasher, row.get_ref(column).map_err(|error| self.failed(error))?);
                }
            }
            hasher.update(b"|");
        }
        Ok(*hasher.finalize().as_bytes())
    }
}

fn hash_cell(hasher: &mut blake3::Hasher, cell: ValueRef<'_>) {
    let mut add = |kind: u8, bytes: &[u8]| {
        hasher.update(&[kind]).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    match cell {
        ValueRef::Null => add(b'n', &[]),
        ValueRef::Integer(number) => add(b'i', &number.to_le_bytes()),
        ValueRef::Real(number) => add(b'r', &number.to_le_bytes()),
        ValueRef::Text(bytes) => add(b't', bytes),
        ValueRef::Blob(bytes) => add(b'b', bytes),
    }
}
