//! Who brings what stands of claims out of a ledger.

use super::bring;
use crate::{
    engine::{EachId, Keeper, Past},
    ledger::{KeptRules, Ledger, LedgerError},
    program::{Layout, Program},
};

/// Brings what stands of claims while a dry run decides, which keeps what it decides in memory and posts nothing.
pub struct Preview<'l> {
    ledger: &'l Ledger,
    program: Option<i64>,
    fingerprint: String,
    layout: Layout,
    rules: Vec<KeptRules>,
    /// Whether what was decided may be asked for later: by claims that take others back, or by programs that come behind.
    keeps: bool,
    trouble: Option<LedgerError>,
}

impl<'l> Preview<'l> {
    /// For a program, which others behind it may ask.
    pub fn new(ledger: &'l Ledger, program: &Program, fingerprint: &str, is_asked: bool) -> Result<Self, LedgerError> {
        let id = ledger.program(&program.identification.name.to_string())?;
        let keeps = is_asked || program.claim.original.is_some();
        let fingerprint = fingerprint.to_owned();
        Ok(Self {
            ledger,
            program: id,
            fingerprint,
            layout: Layout::of(program),
            rules: Vec::new(),
            keeps,
            trouble: None,
        })
    }

    /// Whether a file was posted as a whole by these rules.
    pub fn knows(&self, file_hash: &[u8; 32]) -> Result<bool, LedgerError> {
        let Some(program) = self.program else { return Ok(false) };
        let Some(known) = self.ledger.progress(program, file_hash)?.filter(|known| known.is_whole) else {
            return Ok(false);
        };
        Ok(self.ledger.rules(known.rules)?.fingerprint == self.fingerprint)
    }

    /// What went wrong, if anything did.
    pub fn finish(self) -> Result<(), LedgerError> {
        self.trouble.map_or(Ok(()), Err)
    }
}

impl Keeper for Preview<'_> {
    fn bring(&mut self, past: &mut Past, each: &mut EachId<'_>) -> bool {
        let (Some(program), Some(standing)) = (self.program, &mut past.standing) else { return true };
        let Self { ledger, fingerprint, layout, rules, trouble, .. } = self;
        each(&mut |claim| {
            let mut next = Some(Box::<str>::from(claim));
            while let Some(claim) = next.take().filter(|claim| trouble.is_none() && standing.find(claim).is_none()) {
                match bring(ledger, program, (fingerprint, layout), &claim, standing, rules) {
                    Ok(original) => next = original,
                    Err(error) => *trouble = Some(error),
                }
            }
        });
        self.trouble.is_none()
    }

    fn take(&mut self, past: &mut Past, _: usize) -> bool {
        if let Some(standing) = past.standing.as_mut().filter(|_| !self.keeps) {
            standing.clear();
        }
        true
    }
}
