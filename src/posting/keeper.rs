//! Who brings what stands of claims out of a ledger.

use super::{BesideRules, Bringer, Rulebook};
use crate::{
    engine::{Arrangements, EachId, Keeper, Past},
    ledger::{Ledger, LedgerError},
    program::Program,
};

/// Brings what stands of claims while a dry run decides, which keeps what it decides in memory and posts nothing.
pub struct Preview<'l> {
    ledger: &'l Ledger,
    bringer: Bringer<'l>,
    program: Option<i64>,
    fingerprint: String,
    /// The rules of the arrangements in the ledger; none where it doesn't know one of them as it is now.
    beside: Option<Vec<i64>>,
    /// Whether what was decided may be asked for later: by claims that take others back, or by programs that come behind.
    keeps: bool,
    trouble: Option<LedgerError>,
}

impl<'l> Preview<'l> {
    /// For a program, which others behind it may ask.
    pub fn new(
        ledger: &'l Ledger,
        (program, fingerprint): (&Program, &str),
        beside: &[BesideRules<'_>],
        is_asked: bool,
        rulebook: &'l Rulebook<'l>,
    ) -> Result<Self, LedgerError> {
        let own = beside.iter().map(|one| one.kept.as_ref().filter(|kept| kept.fingerprint == one.fingerprint));
        Ok(Self {
            ledger,
            bringer: Bringer::new(ledger, (program, fingerprint), beside, rulebook)?,
            program: ledger.program(&program.identification.name.to_string())?,
            fingerprint: fingerprint.to_owned(),
            beside: own.map(|kept| kept.map(|kept| kept.id)).collect(),
            keeps: is_asked || program.claim.original.is_some(),
            trouble: None,
        })
    }

    /// Whether a file was posted as a whole by these rules, and with these arrangements.
    pub fn knows(&self, file_hash: &[u8; 32]) -> Result<bool, LedgerError> {
        let Some(program) = self.program else { return Ok(false) };
        let Some(known) = self.ledger.progress(program, file_hash)?.filter(|known| known.is_whole) else {
            return Ok(false);
        };
        let is_same = self.ledger.rules(known.rules)?.fingerprint == self.fingerprint;
        Ok(is_same && self.ledger.is_beside(known.run, self.beside.as_deref())?)
    }

    /// What went wrong, if anything did.
    pub fn finish(self) -> Result<(), LedgerError> {
        self.trouble.map_or(Ok(()), Err)
    }
}

impl Keeper for Preview<'_> {
    fn bring(&mut self, past: &mut Past, arrangements: &mut Arrangements<'_>, each: &mut EachId<'_>) -> bool {
        let Self { ledger, bringer, trouble, .. } = self;
        each(&mut |claim| {
            if trouble.is_none() {
                *trouble = bringer.bring(ledger, past, arrangements, claim, &mut |_, _| {}).err();
            }
        });
        self.trouble.is_none()
    }

    fn take(&mut self, past: &mut Past, arrangements: &mut Arrangements<'_>, _: usize) -> bool {
        arrangements.take_touched();
        if let Some(standing) = past.standing.as_mut().filter(|_| !self.keeps) {
            standing.clear();
            arrangements.clear();
        }
        true
    }
}
