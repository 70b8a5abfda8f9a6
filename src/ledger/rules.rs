//! The rules by which decisions were made: each version's files, kept once, and which figures its decisions name.

use rusqlite::{OptionalExtension, params};

use super::{Ledger, LedgerError};
use crate::program::{Layout, Program};

/// How strongly texts and tables are compressed.
const LEVEL: i32 = 9;
/// The most bytes that a file unpacks to.
const MAX_FILE_BYTES: usize = 256 << 20;

/// A version of a program's rules in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRules {
    /// Its number.
    pub id: i64,
    /// The program's number.
    pub program: i64,
    /// The program's name.
    pub name: String,
    /// The arrangement that made it of that program; empty where none did.
    pub arrangement: String,
    /// The last entry before the program, or the arrangement, was there.
    pub behind: i64,
    /// The hash over definition, scripts and tables.
    pub fingerprint: String,
    /// What its amounts are counted in.
    pub unit: String,
    /// Their decimal places.
    pub scale: u32,
    /// The figures that its decisions name by number.
    pub layout: Layout,
}

/// A version of rules that is to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewRules<'n> {
    /// The program that they make.
    pub program: &'n Program,
    /// The arrangement that made it; empty where none did.
    pub arrangement: &'n str,
    /// The hash over all that it decides by.
    pub fingerprint: &'n str,
    /// Its files by their paths.
    pub files: &'n [(String, Vec<u8>)],
}

impl NewRules<'_> {
    fn layout(&self) -> Layout {
        if self.arrangement.is_empty() { Layout::of(self.program) } else { Layout::of_arranged(self.program) }
    }
}

impl Ledger {
    /// The version with a fingerprint, kept from now on with its files.
    pub fn keep_rules(&mut self, new: &NewRules<'_>) -> Result<KeptRules, LedgerError> {
        self.begin()?;
        let kept = self.keep_new(new);
        self.run(if kept.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        kept
    }

    /// The version as it would be kept: its number is 0, and so is its program's where the ledger doesn't know it.
    pub fn would_keep(&self, new: &NewRules<'_>) -> Result<KeptRules, LedgerError> {
        let NewRules { program, arrangement, fingerprint, .. } = *new;
        let (unit, scale) = (program.identification.unit.code().to_owned(), program.identification.scale);
        let known = self.known_program(program, arrangement)?;
        let (program_id, behind) = known.unwrap_or((0, self.head().id));
        Ok(KeptRules {
            id: 0,
            program: program_id,
            name: program.identification.name.to_string(),
            arrangement: arrangement.to_owned(),
            behind,
            fingerprint: fingerprint.to_owned(),
            unit,
            scale,
            layout: new.layout(),
        })
    }

    fn keep_new(&mut self, new: &NewRules<'_>) -> Result<KeptRules, LedgerError> {
        let NewRules { program, arrangement, fingerprint, files } = *new;
        let own = self.keep_program(program, arrangement)?;
        if let Some(known) = self.rules_with(fingerprint)? {
            return Ok(known);
        }
        let layout = postcard::to_stdvec(&new.layout()).map_err(|error| self.damaged(error.to_string()))?;
        let failed = |error| LedgerError::of(&self.path, error);
        self.connection
            .execute(
                "INSERT INTO rules (program, fingerprint, layout) VALUES (?1, ?2, ?3)",
                params![own, fingerprint, layout],
            )
            .map_err(failed)?;
        let id = self.connection.last_insert_rowid();
        for (path, bytes) in files {
            let hash = blake3::hash(bytes);
            let body = zstd::bulk::compress(bytes, LEVEL)
                .map_err(|source| LedgerError::Unopened { path: path.clone(), source })?;
            let known = "INSERT INTO content (hash, body) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING";
            self.connection.execute(known, params![hash.as_bytes(), body]).map_err(failed)?;
            self.connection
                .execute(
                    "INSERT INTO rules_file (rules, path, content) SELECT ?1, ?2, id FROM content WHERE hash = ?3",
                    params![id, path, hash.as_bytes()],
                )
                .map_err(failed)?;
        }
        self.rules_with(fingerprint)?.ok_or_else(|| self.damaged("the rules that were just kept aren't there"))
    }

    fn keep_program(&self, program: &Program, arrangement: &str) -> Result<i64, LedgerError> {
        if let Some((known, _)) = self.known_program(program, arrangement)? {
            return Ok(known);
        }
        let identification = &program.identification;
        let (name, unit) = (identification.name.to_string(), identification.unit.code());
        let insert = "INSERT INTO program (name, arrangement, unit, scale, behind) VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![name, arrangement, unit, identification.scale, self.head().id];
        self.connection.execute(insert, values).map_err(|error| self.failed(error))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The number of a program that the ledger knows, with amounts in the same unit, and the last entry before it was there.
    fn known_program(&self, program: &Program, arrangement: &str) -> Result<Option<(i64, i64)>, LedgerError> {
        let name = program.identification.name.to_string();
        let (unit, scale) = (program.identification.unit.code(), program.identification.scale);
        let select = "SELECT id, unit, scale, behind FROM program WHERE name = ?1 AND arrangement = ?2";
        let known = self
            .connection
            .query_row(select, [name.as_str(), arrangement], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?, row.get(3)?))
            })
            .optional()
            .map_err(|error| self.failed(error))?;
        match known {
            Some((id, before, places, behind)) if before == unit && places == scale => Ok(Some((id, behind))),
            Some((_, before, places, _)) => Err(LedgerError::Unit { program: name, before, scale: places }),
            None => Ok(None),
        }
    }

    /// The number of a program, where it has entries or rules here.
    pub fn program(&self, name: &str) -> Result<Option<i64>, LedgerError> {
        let select = "SELECT id FROM program WHERE name = ?1 AND arrangement = ''";
        let found = self.connection.query_row(select, [name], |row| row.get(0));
        found.optional().map_err(|error| self.failed(error))
    }

    /// The arrangements that were ever beside a program, with their last versions, by name.
    pub fn arrangements(&self, program: &str) -> Result<Vec<KeptRules>, LedgerError> {
        let sql = "SELECT max(rules.id) FROM rules JOIN program ON program.id = rules.program \
                   WHERE program.name = ?1 AND program.arrangement <> '' GROUP BY program.id ORDER BY program.arrangement";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let rows: rusqlite::Result<Vec<i64>> =
            select.query_map([program], |row| row.get(0)).and_then(Iterator::collect);
        rows.map_err(|error| self.failed(error))?.into_iter().map(|rules| self.rules(rules)).collect()
    }

    fn rules_with(&self, fingerprint: &str) -> Result<Option<KeptRules>, LedgerError> {
        self.rules_where("rules.fingerprint = ?1", &fingerprint)
    }

    /// The last version of a program by its name, where it has posted anything.
    pub fn last_rules(&self, program: &str) -> Result<Option<KeptRules>, LedgerError> {
        self.rules_where("program.name = ?1 AND program.arrangement = '' ORDER BY rules.id DESC LIMIT 1", &program)
    }

    /// All versions of all arrangements.
    pub fn all_arrangements(&self) -> Result<Vec<KeptRules>, LedgerError> {
        let sql = "SELECT rules.id FROM rules JOIN program ON program.id = rules.program \
                   WHERE program.arrangement <> '' ORDER BY rules.id";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let rows: rusqlite::Result<Vec<i64>> = select.query_map([], |row| row.get(0)).and_then(Iterator::collect);
        rows.map_err(|error| self.failed(error))?.into_iter().map(|rules| self.rules(rules)).collect()
    }

    /// A version by its number.
    pub fn rules(&self, id: i64) -> Result<KeptRules, LedgerError> {
        self.rules_where("rules.id = ?1", &id)?.ok_or_else(|| self.damaged(format!("there are no rules {id}")))
    }

    fn rules_where(&self, which: &str, is: &dyn rusqlite::ToSql) -> Result<Option<KeptRules>, LedgerError> {
        let sql = format!(
            "SELECT rules.id, program.id, name, fingerprint, unit, scale, layout, arrangement, behind FROM rules \
             JOIN program ON program.id = rules.program WHERE {which}"
        );
        let mut select = self.connection.prepare_cached(&sql).map_err(|error| self.failed(error))?;
        let found = select
            .query_row([is], |row| {
                let layout: Vec<u8> = row.get(6)?;
                let rules = KeptRules {
                    id: row.get(0)?,
                    program: row.get(1)?,
                    name: row.get(2)?,
                    arrangement: row.get(7)?,
                    behind: row.get(8)?,
                    fingerprint: row.get(3)?,
                    unit: row.get(4)?,
                    scale: row.get(5)?,
                    layout: Layout::default(),
                };
                Ok((rules, layout))
            })
            .optional()
            .map_err(|error| self.failed(error))?;
        let Some((rules, layout)) = found else { return Ok(None) };
        let layout = postcard::from_bytes(&layout).map_err(|error| self.damaged(error.to_string()))?;
        Ok(Some(KeptRules { layout, ..rules }))
    }

    /// The files of a version by their paths in the workspace.
    pub fn files(&self, rules: i64) -> Result<Vec<(String, Vec<u8>)>, LedgerError> {
        let sql = "SELECT path, hash, body FROM rules_file JOIN content ON content.id = content WHERE rules = ?1 ORDER BY path";
        let mut select = self.connection.prepare(sql).map_err(|error| self.failed(error))?;
        let files = select.query_map([rules], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, [u8; 32]>(1)?, row.get::<_, Vec<u8>>(2)?))
        });
        let mut all = Vec::new();
        for file in files.map_err(|error| self.failed(error))? {
            let (path, hash, body) = file.map_err(|error| self.failed(error))?;
            let bytes = zstd::bulk::decompress(&body, MAX_FILE_BYTES)
                .map_err(|error| self.damaged(format!("`{path}` of rules {rules}: {error}")))?;
            if *blake3::hash(&bytes).as_bytes() != hash {
                return Err(self.damaged(format!("`{path}` of rules {rules} is not what was kept")));
            }
            all.push((path, bytes));
        }
        Ok(all)
    }
}
