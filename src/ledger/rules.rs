//! The rules by which decisions were made: each version's files, kept once, and which figures its decisions name.

use rusqlite::{OptionalExtension, params};

use super::{Ledger, LedgerError};
use crate::{
    money::Unit,
    program::{Layout, Program},
};

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
    /// The hash over definition, scripts and tables.
    pub fingerprint: String,
    /// What its amounts are counted in.
    pub unit: String,
    /// Their decimal places.
    pub scale: u32,
    /// The figures that its decisions name by number.
    pub layout: Layout,
}

impl Ledger {
    /// The version with a fingerprint, kept from now on with its files by their paths.
    pub fn keep_rules(
        &mut self,
        program: &Program,
        fingerprint: &str,
        files: &[(String, Vec<u8>)],
    ) -> Result<KeptRules, LedgerError> {
        self.begin()?;
        let kept = self.keep_new(program, fingerprint, files);
        self.run(if kept.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        kept
    }

    /// The version as it would be kept: its number is 0, and so is its program's where the ledger doesn't know it.
    pub fn would_keep(&self, program: &Program, fingerprint: &str) -> Result<KeptRules, LedgerError> {
        let name = program.identification.name.to_string();
        let (unit, scale) = (&program.identification.unit, program.identification.scale);
        let known = self.known_program(&name, unit, scale)?;
        Ok(KeptRules {
            id: 0,
            program: known.unwrap_or_default(),
            name,
            fingerprint: fingerprint.to_owned(),
            unit: unit.code().to_owned(),
            scale,
            layout: Layout::of(program),
        })
    }

    fn keep_new(
        &mut self,
        program: &Program,
        fingerprint: &str,
        files: &[(String, Vec<u8>)],
    ) -> Result<KeptRules, LedgerError> {
        let (unit, scale) = (&program.identification.unit, program.identification.scale);
        let own = self.keep_program(&program.identification.name.to_string(), unit, scale)?;
        if let Some(known) = self.rules_with(fingerprint)? {
            return Ok(known);
        }
        let layout = postcard::to_stdvec(&Layout::of(program)).map_err(|error| self.damaged(error.to_string()))?;
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

    fn keep_program(&self, name: &str, unit: &Unit, scale: u32) -> Result<i64, LedgerError> {
        if let Some(known) = self.known_program(name, unit, scale)? {
            return Ok(known);
        }
        let insert = "INSERT INTO program (name, unit, scale) VALUES (?1, ?2, ?3)";
        self.connection.execute(insert, params![name, unit.code(), scale]).map_err(|error| self.failed(error))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The number of a program that the ledger knows, with amounts in the same unit.
    fn known_program(&self, name: &str, unit: &Unit, scale: u32) -> Result<Option<i64>, LedgerError> {
        let known = self
            .connection
            .query_row("SELECT id, unit, scale FROM program WHERE name = ?1", [name], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?))
            })
            .optional()
            .map_err(|error| self.failed(error))?;
        match known {
            Some((id, before, places)) if before == unit.code() && places == scale => Ok(Some(id)),
            Some((_, before, places)) => Err(LedgerError::Unit { program: name.to_owned(), before, scale: places }),
            None => Ok(None),
        }
    }

    /// The number of a program, where it has entries or rules here.
    pub fn program(&self, name: &str) -> Result<Option<i64>, LedgerError> {
        let found = self.connection.query_row("SELECT id FROM program WHERE name = ?1", [name], |row| row.get(0));
        found.optional().map_err(|error| self.failed(error))
    }

    fn rules_with(&self, fingerprint: &str) -> Result<Option<KeptRules>, LedgerError> {
        self.rules_where("rules.fingerprint = ?1", &fingerprint)
    }

    /// The last version of a program by its name, where it has posted anything.
    pub fn last_rules(&self, program: &str) -> Result<Option<KeptRules>, LedgerError> {
        self.rules_where("program.name = ?1 ORDER BY rules.id DESC LIMIT 1", &program)
    }

    /// A version by its number.
    pub fn rules(&self, id: i64) -> Result<KeptRules, LedgerError> {
        self.rules_where("rules.id = ?1", &id)?.ok_or_else(|| self.damaged(format!("there are no rules {id}")))
    }

    fn rules_where(&self, which: &str, is: &dyn rusqlite::ToSql) -> Result<Option<KeptRules>, LedgerError> {
        let sql = format!(
            "SELECT rules.id, program.id, program.name, fingerprint, unit, scale, layout FROM rules \
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
