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
        Ok(Self {
            ledger,
            bringer: Bringer::new(ledger, (program, fingerprint), beside, rulebook)?,
            keeps: is_asked || program.claim.original.is_some(),
            trouble: None,
        })
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
