//! What stands of a claim.

use std::{collections::BTreeMap, rc::Rc};

use rusqlite::{OptionalExtension, params};

use super::{
    Act, Entry, EntryKind, KnownArranged, Ledger, LedgerError, RunId, amount, cells,
    detail::{self, Detail},
    entry::{COLUMNS, RowBytes},
};
use crate::{
    claim::{Cell, Deficiency, Origin},
    money::Decimal,
    outcome::{Decided, Outcome, Usage},
};

/// What stands of a claim, by the figures of the rules that decided it.
#[derive(Debug, Clone)]
pub struct Known {
    /// The number of its entry.
    pub entry: i64,
    /// The rules that decided it, by their number.
    pub rules: i64,
    /// What was decided.
    pub decided: Decided,
    /// What became of it by later claims, each by the rules with a number.
    pub taken: Vec<(i64, Usage)>,
    pub(super) participant: Option<i64>,
    /// Its cells as bytes; `None` where they were erased.
    cells: Option<Vec<u8>>,
}

impl Known {
    /// Its cells, all empty where they were erased, and what could not be read of them.
    pub fn cells(&self) -> (Vec<Cell<'_>>, Vec<Deficiency>) {
        self.cells.as_ref().and_then(|bytes| cells::read(bytes).ok()).unwrap_or_default()
    }

    /// Whether its cells were erased.
    pub fn is_erased(&self) -> bool {
        self.cells.is_none()
    }
}

/// What stands for the name of a participant who was erased.
pub(super) fn erased_name(participant: i64) -> String {
    format!("(erased {participant})")
}

/// A row that was kept.
#[derive(Debug, Clone)]
pub struct KeptRow(Vec<u8>);

impl KeptRow {
    /// Its cells.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        cells::read(&self.0).map(|(cells, _)| cells).unwrap_or_default()
    }

    /// What could not be read of it.
    pub fn deficiencies(&self) -> Vec<Deficiency> {
        cells::read(&self.0).map(|(_, deficiencies)| deficiencies).unwrap_or_default()
    }
}

/// An entry with all that is kept of it.
#[derive(Debug)]
pub struct Kept {
    /// Its number.
    pub entry: i64,
    /// The program's number.
    pub program: i64,
    /// The number of the rules.
    pub rules: i64,
    /// The claim.
    pub claim: String,
    kind: EntryKind,
    /// The arrangements beside its run, by the numbers of their rules; where a person did it, those that made something of it.
    pub beside: Rc<[i64]>,
    /// Whether it is of a run.
    pub is_of_run: bool,
    /// What was decided.
    pub decided: Decided,
    /// What arrangements made of that, where it is such an entry.
    pub arranged: Option<KnownArranged>,
    /// The row; `None` where it was erased.
    pub row: Option<KeptRow>,
}

impl Kept {
    /// Whether it decided nothing.
    pub fn is_undecided(&self) -> bool {
        self.kind == EntryKind::Undecided
    }

    /// Whether a claim stands as it says.
    pub fn is_decision(&self) -> bool {
        matches!(self.kind, EntryKind::Decided | EntryKind::Acted)
    }

    /// Whether a person did it.
    pub fn is_act(&self) -> bool {
        matches!(self.kind, EntryKind::Acted | EntryKind::Adjusted | EntryKind::Proposed)
    }
}

impl Ledger {
    /// All entries in their order, with all that is kept of them.
    pub fn each_kept(&self, sink: &mut dyn FnMut(Kept) -> Result<(), LedgerError>) -> Result<(), LedgerError> {
        let mut runs: BTreeMap<i64, Rc<[i64]>> = BTreeMap::new();
        self.each_entry(0, &mut |entry, kept| {
            let beside = match entry.run {
                None => self.beside_act(&entry)?.into(),
                Some(run) => match runs.get(&run) {
                    Some(known) => known.clone(),
                    None => runs.entry(run).or_insert(self.beside(RunId(run))?.into()).clone(),
                },
            };
            let known = self.known_of(&entry, kept)?;
            let is_arranged = entry.kind == EntryKind::Arranged;
            let arranged = is_arranged.then(|| self.known_arranged(&entry)).transpose()?;
            let (decided, row) = (known.decided, known.cells.map(KeptRow));
            let Entry { id, program, rules, kind, claim, run, .. } = entry;
            let is_of_run = run.is_some();
            sink(Kept { entry: id, program, rules, claim, kind, beside, is_of_run, decided, arranged, row })
        })
    }

    /// The rules of the arrangements that made something of what a person did: of this entry, or of the one that it is behind.
    fn beside_act(&self, entry: &Entry) -> Result<Vec<i64>, LedgerError> {
        let sql =
            format!("SELECT {COLUMNS} FROM entry WHERE id IN (?1, ?1 + 1) AND claim = ?2 AND kind = 5 AND run IS NULL");
        let mut select = self.connection.prepare_cached(&sql).map_err(|error| self.failed(error))?;
        let found = select.query_row(params![entry.id, entry.claim], Entry::of_row).optional();
        match found.map_err(|error| self.failed(error))? {
            Some(arranged) => Ok(self.known_arranged(&arranged)?.shares.iter().map(|share| share.rules).collect()),
            None => Ok(Vec::new()),
        }
    }

    /// What stands of a claim of a program.
    pub fn find(&self, program: i64, claim: &str) -> Result<Option<Known>, LedgerError> {
        self.find_before(program, claim, i64::MAX)
    }

    /// What stood of it before an entry.
    pub fn find_before(&self, program: i64, claim: &str, entry: i64) -> Result<Option<Known>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE claim = ?1 AND program = ?2 AND kind IN (0, 2) AND id < ?3 \
             ORDER BY id DESC LIMIT 1"
        );
        let mut select = self.connection.prepare_cached(&sql).map_err(|error| self.failed(error))?;
        let found = select.query_row(params![claim, program, entry], Entry::of_row).optional();
        let Some(decision) = found.map_err(|error| self.failed(error))? else { return Ok(None) };
        let mut known = self.known(&decision)?;
        if self.has_taken(program)? {
            known.taken = self.taken(program, claim, decision.id..entry)?;
        }
        Ok(Some(known))
    }

    /// An entry as what stands by it.
    pub(super) fn known(&self, entry: &Entry) -> Result<Known, LedgerError> {
        self.known_of(entry, self.kept_row(entry.id)?)
    }

    /// An entry with its row as what stands by it.
    fn known_of(&self, entry: &Entry, kept: Option<RowBytes>) -> Result<Known, LedgerError> {
        let words = self.words_of(kept.as_ref())?;
        let detail = self.detail(entry)?;
        let outcome = self.outcome(entry)?;
        let decided = detail.into_decided(u128::from_be_bytes(entry.content), outcome, &mut words.into_iter());
        let (rules, participant, cells) = (entry.rules, entry.participant, kept.map(|row| row.cells));
        Ok(Known { entry: entry.id, rules, decided, taken: Vec::new(), participant, cells })
    }

    /// The words of the reasons of an entry; none where they were erased.
    pub(super) fn words(&self, entry: i64) -> Result<Vec<String>, LedgerError> {
        self.words_of(self.kept_row(entry)?.as_ref())
    }

    fn words_of(&self, row: Option<&RowBytes>) -> Result<Vec<String>, LedgerError> {
        let words = row.map(|row| postcard::from_bytes(&row.words)).transpose();
        Ok(words.map_err(|error| self.damaged(error.to_string()))?.unwrap_or_default())
    }

    pub(super) fn detail(&self, entry: &Entry) -> Result<Detail, LedgerError> {
        postcard::from_bytes(&entry.detail).map_err(|error| self.damaged(format!("entry {}: {error}", entry.id)))
    }

    fn kept_row(&self, entry: i64) -> Result<Option<RowBytes>, LedgerError> {
        let sql = "SELECT cells, words FROM row WHERE entry = ?1";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let found = select.query_row([entry], |row| Ok(RowBytes { cells: row.get(0)?, words: row.get(1)? }));
        found.optional().map_err(|error| self.failed(error))
    }

    /// The columns of an entry as an outcome.
    fn outcome(&self, entry: &Entry) -> Result<Outcome<'static>, LedgerError> {
        let scale = self.scale_of(entry.rules)?;
        let amount = |minor| amount::major(minor, scale);
        let participant = match entry.participant {
            Some(participant) => self.participant_name(participant)?.unwrap_or_else(|| erased_name(participant)),
            None => String::new(),
        };
        let file = match self.run_of(entry)? {
            Some(run) => self.file_of(run)?,
            None => "ledger".to_owned(),
        };
        Ok(Outcome {
            claim: entry.claim.clone().into(),
            participant: participant.into(),
            payee: "".into(),
            date: None,
            received: None,
            disposition: detail::disposition(entry.disposition),
            stands: entry.kind != EntryKind::Undecided,
            skipped: false,
            reasons: Vec::new().into(),
            flags: Vec::new().into(),
            components: Vec::<Decimal>::new().into(),
            cuts: Vec::new().into(),
            award: amount(entry.award),
            pending: amount(entry.pending),
            reversed: Some(amount(entry.reversed)),
            allocation: Vec::<Decimal>::new().into(),
            arranged: None,
            claimed: None,
            derived: Vec::new().into(),
            origin: Origin { file: file.into(), sheet: None, line: 0 },
        })
    }

    /// Whether claims of a program have taken others back.
    fn has_taken(&self, program: i64) -> Result<bool, LedgerError> {
        if self.known.borrow().takes.get(&program) == Some(&true) {
            return Ok(true);
        }
        let sql = "SELECT 1 FROM taken WHERE program = ?1 LIMIT 1";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let has = select.exists([program]).map_err(|error| self.failed(error))?;
        self.known.borrow_mut().takes.insert(program, has);
        Ok(has)
    }

    /// What became of a claim by entries behind one of its own, each with the number of the rules that it was decided by.
    pub(super) fn taken(
        &self,
        program: i64,
        claim: &str,
        between: std::ops::Range<i64>,
    ) -> Result<Vec<(i64, Usage)>, LedgerError> {
        let columns = COLUMNS.replace(", ", ", entry.");
        let sql = format!(
            "SELECT entry.{columns} FROM taken JOIN entry ON entry.id = taken.entry \
             WHERE taken.claim = ?1 AND taken.program = ?2 AND taken.entry > ?3 AND taken.entry < ?4 ORDER BY taken.entry"
        );
        let mut select = self.connection.prepare_cached(&sql).map_err(|error| self.failed(error))?;
        let entries: rusqlite::Result<Vec<Entry>> = select
            .query_map(params![claim, program, between.start, between.end], Entry::of_row)
            .and_then(Iterator::collect);
        let mut all = Vec::new();
        for entry in entries.map_err(|error| self.failed(error))? {
            let beside = self.effects_beside(&entry)?.into_iter().map(|one| (one.rules, one.uses));
            let standard = (entry.rules, self.detail(&entry)?.uses().collect());
            for (rules, uses) in std::iter::once(standard).chain(beside) {
                let own = uses.into_iter().filter(|took| &*took.original == claim);
                all.extend(own.map(|took| (rules, took.usage)));
            }
        }
        Ok(all)
    }

    pub(super) fn note_taken(&self, program: i64, claim: &str, entry: i64) -> Result<(), LedgerError> {
        let sql = "INSERT INTO taken (claim, program, entry) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        let mut insert = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        insert.execute(params![claim, program, entry]).map_err(|error| self.failed(error))?;
        Ok(())
    }

    pub(super) fn keep_participant(&self, name: &str) -> Result<i64, LedgerError> {
        let known = "SELECT id FROM participant WHERE name = ?1";
        let mut select = self.connection.prepare_cached(known).map_err(|error| self.failed(error))?;
        let found = select.query_row([name], |row| row.get(0)).optional().map_err(|error| self.failed(error))?;
        if let Some(id) = found {
            return Ok(id);
        }
        let sql = "INSERT INTO participant (name) VALUES (?1)";
        let mut insert = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        insert.execute([name]).map_err(|error| self.failed(error))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Their name, unless it was erased.
    pub(super) fn participant_name(&self, id: i64) -> Result<Option<String>, LedgerError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT name FROM participant WHERE id = ?1")
            .map_err(|error| self.failed(error))?;
        let found = select.query_row([id], |row| row.get(0)).optional().map_err(|error| self.failed(error))?;
        Ok(found.flatten())
    }

    fn scale_of(&self, rules: i64) -> Result<u32, LedgerError> {
        if let Some(known) = self.known.borrow().scales.get(&rules) {
            return Ok(*known);
        }
        let scale = self.rules(rules)?.scale;
        self.known.borrow_mut().scales.insert(rules, scale);
        Ok(scale)
    }

    /// The run that brought the row of an entry: of what a person did to a claim the one that brought the claim.
    fn run_of(&self, entry: &Entry) -> Result<Option<i64>, LedgerError> {
        if entry.run.is_some() || entry.claim.is_empty() {
            return Ok(entry.run);
        }
        let sql =
            "SELECT run FROM entry WHERE claim = ?1 AND program = ?2 AND kind = 0 AND id < ?3 ORDER BY id DESC LIMIT 1";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        let found = select.query_row(params![entry.claim, entry.program, entry.id], |row| row.get(0)).optional();
        Ok(found.map_err(|error| self.failed(error))?.flatten())
    }

    fn file_of(&self, run: i64) -> Result<String, LedgerError> {
        if let Some(known) = self.known.borrow().files.get(&run) {
            return Ok(known.clone());
        }
        let file = self.file_of_run(run)?;
        self.known.borrow_mut().files.insert(run, file.clone());
        Ok(file)
    }

    fn file_of_run(&self, run: i64) -> Result<String, LedgerError> {
        let mut select =
            self.connection.prepare_cached("SELECT file FROM run WHERE id = ?1").map_err(|error| self.failed(error))?;
        select.query_row([run], |row| row.get(0)).map_err(|error| self.failed(error))
    }

    /// What people did to a claim since it was decided by the rules, the oldest first.
    pub fn acts(&self, program: i64, claim: &str) -> Result<Vec<(EntryKind, Act)>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE claim = ?1 AND program = ?2 AND kind IN (2, 4) AND id > \
             coalesce((SELECT max(id) FROM entry AS ruled WHERE ruled.claim = ?1 AND ruled.program = ?2 AND ruled.kind = 0), 0) \
             ORDER BY id"
        );
        let mut select = self.connection.prepare_cached(&sql).map_err(|error| self.failed(error))?;
        let entries: rusqlite::Result<Vec<Entry>> =
            select.query_map(params![claim, program], Entry::of_row).and_then(Iterator::collect);
        let mut acts = Vec::new();
        for entry in entries.map_err(|error| self.failed(error))? {
            acts.extend(self.detail(&entry)?.act.map(|act| (entry.kind, act)));
        }
        Ok(acts)
    }

    /// Whether a row that decided nothing stands here already, for the same reasons.
    pub fn has_undecided(&self, program: i64, claim: &str, content: u128) -> Result<bool, LedgerError> {
        let sql = "SELECT 1 FROM entry WHERE claim = ?1 AND program = ?2 AND kind = 1 AND content = ?3 LIMIT 1";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        select.exists(params![claim, program, content.to_be_bytes()]).map_err(|error| self.failed(error))
    }

    /// Whether a program has posted anything.
    pub fn has_runs(&self, program: i64) -> Result<bool, LedgerError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT 1 FROM run WHERE program = ?1 LIMIT 1")
            .map_err(|error| self.failed(error))?;
        select.exists([program]).map_err(|error| self.failed(error))
    }
}
