//! Proving a ledger: the chain with all that entries refer to, their rows, the files of rules, how far runs are, and that every
//! running figure is the sum of what entries moved.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;

use super::{
    Act, Entry, Ledger, LedgerError, Link, arranged::Effects, detail::Detail, entry::RowBytes, figure::Numbers,
};
use crate::{
    history::{History, KeptChange},
    outcome::Took,
};

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
        let mut proof = Proof::new(self, head);
        self.each_entry(0, &mut |entry, kept| proof.take(&entry, kept.as_ref()))?;
        proof.finish()
    }
}

/// What is known of a ledger while its entries are looked through, one behind the other.
struct Proof<'l> {
    ledger: &'l Ledger,
    head: Option<Link>,
    head_found: bool,
    before: Link,
    /// What entries moved up to the one to which figures hold it.
    sums: History,
    summed: i64,
    /// The figures that entries name by number, by their numbers here.
    numbers: Numbers<'l>,
    missing: BTreeSet<(i64, usize)>,
    /// Entries without their rows, with their participants.
    gone: Vec<(i64, Option<i64>)>,
    /// The entries by which participants were erased.
    erased: BTreeMap<i64, i64>,
    /// How often entries changed what became of a claim.
    taken: i64,
    verified: Verified,
}

impl<'l> Proof<'l> {
    fn new(ledger: &'l Ledger, head: Option<Link>) -> Self {
        let mut verified = Verified::default();
        let summed = ledger.summed().unwrap_or_else(|error| {
            verified.fault(None, error.to_string());
            ledger.head.id
        });
        Self {
            ledger,
            head,
            head_found: head.is_none_or(|head| head.id == 0),
            before: Link::START,
            sums: History::new(),
            summed,
            numbers: Numbers::new(ledger),
            missing: BTreeSet::new(),
            gone: Vec::new(),
            erased: BTreeMap::new(),
            taken: 0,
            verified,
        }
    }

    fn take(&mut self, entry: &Entry, kept: Option<&RowBytes>) -> Result<(), LedgerError> {
        self.verified.entries += 1;
        self.link(entry)?;
        self.row(entry, kept)?;
        let Ok(detail) = self.ledger.detail(entry) else {
            self.verified.fault(Some(entry.id), "what it keeps can't be read");
            return Ok(());
        };
        if let Some(participant) = entry.participant.filter(|_| detail.act.as_ref().is_some_and(Act::erases)) {
            self.erased.insert(participant, entry.id);
        }
        self.effects(entry, &detail)
    }

    /// The chain.
    fn link(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let Self { ledger, before, verified, .. } = self;
        if entry.id != before.id + 1 {
            verified.fault(Some(entry.id), format!("entries between {} and {} are missing", before.id, entry.id));
        }
        if entry.chained(&ledger.referred(entry.rules, entry.run)?, before) != entry.hash {
            let words = "it is not what was written, or its rules or its file are not, or it is not behind the entry that it was \
                         written behind";
            verified.fault(Some(entry.id), words);
        }
        *before = Link { id: entry.id, hash: entry.hash };
        if let Some(head) = self.head.filter(|head| head.id == entry.id) {
            self.head_found = true;
            if head.hash != entry.hash {
                verified.fault(Some(entry.id), "it is not the one that was the last when the head was kept");
            }
        }
        Ok(())
    }

    /// Its row, its words and its participant's name.
    fn row(&mut self, entry: &Entry, kept: Option<&RowBytes>) -> Result<(), LedgerError> {
        match kept {
            Some(row) => {
                let name = entry.participant.map(|id| self.ledger.participant_name(id)).transpose()?.flatten();
                if row.hash(&name.unwrap_or_default()) != entry.row_hash {
                    let words = "its row, its words or its participant's name are not what was written";
                    self.verified.fault(Some(entry.id), words);
                }
            }
            None if entry.row_hash == [0; 16] => {}
            None => self.gone.push((entry.id, entry.participant)),
        }
        Ok(())
    }

    /// What it did beside its own columns, by the standard rules and by arrangements.
    fn effects(&mut self, entry: &Entry, detail: &Detail) -> Result<(), LedgerError> {
        let Ok(effects) = self.ledger.effects(entry, detail) else {
            self.verified.fault(Some(entry.id), "what it keeps of arrangements can't be read");
            return Ok(());
        };
        for Effects { rules, uses, moved } in effects {
            // Rules that are missing show in the chain.
            let program = self.numbers.program(rules)?.unwrap_or(entry.program);
            self.uses((entry.id, program), uses)?;
            self.moves(entry.id, rules, moved)?;
        }
        Ok(())
    }

    /// That it stands beside the claims of which it took something back.
    fn uses(&mut self, (entry, program): (i64, i64), uses: Vec<Took>) -> Result<(), LedgerError> {
        let originals: BTreeSet<Box<str>> = uses.into_iter().map(|took| took.original).collect();
        for original in originals {
            self.taken += 1;
            if !self.ledger.is_taken(program, &original, entry)? {
                let words = format!("that it took back some of claim `{original}` is not noted any more");
                self.verified.fault(Some(entry), words);
            }
        }
        Ok(())
    }

    /// Adds up what it moved.
    fn moves(&mut self, entry: i64, rules: i64, moved: Vec<KeptChange>) -> Result<(), LedgerError> {
        for mut change in moved {
            // One map for all versions: the figure's own number is its place.
            let number = self.numbers.of(rules, change.accumulator)?;
            match number.and_then(|number| usize::try_from(number).ok()) {
                Some(place) if entry <= self.summed => {
                    change.accumulator = place;
                    let change = change.again(&self.sums);
                    self.sums.apply(&change);
                }
                Some(_) => {}
                None => {
                    if self.missing.insert((rules, change.accumulator)) {
                        self.verified.fault(Some(entry), "a running figure that it moved is missing");
                    }
                }
            }
        }
        Ok(())
    }

    /// What stands beside the chain.
    fn finish(mut self) -> Result<Verified, LedgerError> {
        if !self.head_found {
            self.verified.fault(None, "entries behind the last one are missing: the head that was kept is not here");
        }
        self.gone()?;
        if self.summed > self.ledger.head.id {
            self.verified.fault(None, "running figures are said to hold more entries than there are");
        }
        if self.taken != self.ledger.one::<i64>("SELECT count(*) FROM taken")? {
            self.verified.fault(None, "what is noted of claims that were taken back is not what entries took back");
        }
        self.figures()?;
        self.runs()?;
        self.rules()?;
        Ok(self.verified)
    }

    /// That rows are missing only of participants who were erased since.
    fn gone(&mut self) -> Result<(), LedgerError> {
        for participant in self.erased.keys() {
            if self.ledger.participant_name(*participant)?.is_some() {
                self.verified.fault(None, format!("participant {participant} was erased, and has a name"));
            }
        }
        for (entry, participant) in std::mem::take(&mut self.gone) {
            let erased = participant.and_then(|participant| self.erased.get(&participant));
            if erased.is_some_and(|erased| entry < *erased) {
                self.verified.erased += 1;
            } else {
                self.verified.fault(Some(entry), "its row is missing, and its participant was not erased");
            }
        }
        Ok(())
    }

    /// What figures stand at against the sums of what entries moved.
    fn figures(&mut self) -> Result<(), LedgerError> {
        let Self { ledger, sums, verified, .. } = self;
        let sql = "SELECT accumulator.id, accumulator.name, count(figure.key) FROM accumulator \
                   LEFT JOIN figure ON figure.accumulator = accumulator.id AND figure.part = x'' GROUP BY accumulator.id";
        let mut select = ledger.connection.prepare(sql).map_err(|error| ledger.failed(error))?;
        let rows =
            select.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?)));
        let rows: rusqlite::Result<Vec<_>> = rows.and_then(Iterator::collect);
        for (id, name, keys) in rows.map_err(|error| ledger.failed(error))? {
            let place = usize::try_from(id).unwrap_or_default();
            verified.figures += u64::try_from(keys).unwrap_or_default();
            let mut stored = History::new();
            ledger.restore(&mut stored, 0, id)?;
            if !stored.is_same(0, sums, place) {
                verified.fault(None, format!("`{name}` doesn't stand at the sum of what its entries moved"));
            }
        }
        Ok(())
    }

    /// How far files were posted.
    fn runs(&mut self) -> Result<(), LedgerError> {
        let ledger = self.ledger;
        let mut select =
            ledger.connection.prepare("SELECT id, seal, file, last FROM run").map_err(|error| ledger.failed(error))?;
        let rows = select.query_map([], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(3)?))
        });
        let rows: rusqlite::Result<Vec<_>> = rows.and_then(Iterator::collect);
        for (run, seal, file, last) in rows.map_err(|error| ledger.failed(error))? {
            if last > ledger.head.id {
                self.verified.fault(None, format!("entries of `{file}` behind the last one are missing"));
            }
            if ledger.progress_digest(run)? != *seal {
                self.verified.fault(None, format!("how far `{file}` was posted is not what was written"));
            }
        }
        Ok(())
    }

    /// The files of rules.
    fn rules(&mut self) -> Result<(), LedgerError> {
        let ledger = self.ledger;
        let mut select = ledger.connection.prepare("SELECT id FROM rules").map_err(|error| ledger.failed(error))?;
        let rows: rusqlite::Result<Vec<i64>> = select.query_map([], |row| row.get(0)).and_then(Iterator::collect);
        for rules in rows.map_err(|error| ledger.failed(error))? {
            self.verified.rules += 1;
            if let Err(error) = ledger.files(rules) {
                self.verified.fault(None, error.to_string());
            }
        }
        Ok(())
    }
}

impl Ledger {
    /// Whether an entry is noted as one that took back some of a claim.
    fn is_taken(&self, program: i64, claim: &str, entry: i64) -> Result<bool, LedgerError> {
        let sql = "SELECT 1 FROM taken WHERE claim = ?1 AND program = ?2 AND entry = ?3";
        let mut select = self.connection.prepare_cached(sql).map_err(|error| self.failed(error))?;
        select.exists(params![claim, program, entry]).map_err(|error| self.failed(error))
    }
}
