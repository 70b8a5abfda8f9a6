//! Bringing what stands of claims out of a ledger, by the figures of the rules at hand.

use super::{BesideRules, Rulebook};
use crate::{
    engine::{Arrangements, Brought, BroughtShare, Counterpart, Earlier, Past},
    ledger::{KeptRules, KeptShare, Known, Ledger, LedgerError},
    outcome::{Decided, DecidedBy, Usage},
    program::{Layout, Program},
};

/// Who brings what stands of claims.
pub(super) struct Bringer<'b> {
    /// Opens the rules that decided what is brought.
    rulebook: &'b Rulebook<'b>,
    /// The program's number; none where the ledger doesn't know it.
    program: Option<i64>,
    rules: Version,
    beside: Vec<BesideVersion>,
    /// The rules that were met.
    met: Vec<KeptRules>,
    /// What stood before this entry is brought.
    before: i64,
}

/// Rules as they are now.
struct Version {
    fingerprint: String,
    layout: Layout,
}

/// An arrangement as it is now.
struct BesideVersion {
    name: String,
    version: Version,
    /// What was decided up to this entry was decided before it was there.
    behind: i64,
}

impl<'b> Bringer<'b> {
    pub(super) fn new(
        ledger: &Ledger,
        (program, fingerprint): (&Program, &str),
        beside: &[BesideRules<'_>],
        rulebook: &'b Rulebook<'b>,
    ) -> Result<Self, LedgerError> {
        let one = |one: &BesideRules<'_>| BesideVersion {
            name: one.with.arrangement.name.to_string(),
            version: Version { fingerprint: one.fingerprint.to_owned(), layout: Layout::of_arranged(one.with.program) },
            behind: one.kept.as_ref().map_or(ledger.head().id, |kept| kept.behind),
        };
        Ok(Self {
            rulebook,
            program: ledger.program(&program.identification.name.to_string())?,
            rules: Version { fingerprint: fingerprint.to_owned(), layout: Layout::of(program) },
            beside: beside.iter().map(one).collect(),
            met: Vec::new(),
            before: i64::MAX,
        })
    }

    /// The same, to bring what stood before an entry.
    pub(super) fn before(self, entry: i64) -> Self {
        Self { before: entry, ..self }
    }

    /// The layout of the program.
    pub(super) fn layout(&self) -> &Layout {
        &self.rules.layout
    }

    /// Brings what stands of a claim, of the one that it took back, and so on. `each` is told of those that were brought.
    pub(super) fn bring(
        &mut self,
        ledger: &Ledger,
        past: &mut Past,
        arrangements: &mut Arrangements<'_>,
        claim: &str,
        each: &mut dyn FnMut(&str, &Decided),
    ) -> Result<(), LedgerError> {
        let Some(program) = self.program else { return Ok(()) };
        let mut next = Some(Box::<str>::from(claim));
        while let Some(claim) = next.take() {
            let Some(standing) = past.standing.as_mut().filter(|standing| standing.find(&claim).is_none()) else {
                return Ok(());
            };
            let Some(known) = ledger.find_before(program, &claim, self.before)? else { return Ok(()) };
            let theirs = self.met(ledger, known.rules)?;
            let counterpart = Counterpart::new(&theirs.layout, &self.rules.layout);
            let mut decided = counterpart.decided(&known.decided);
            decided.by = decided_by(&theirs, &self.rules, known.is_erased());
            self.open(ledger, &mut past.earlier, decided.by)?;
            self.use_up(ledger, &mut decided, &known.taken, None)?;
            next = decided.took.as_ref().map(|took| took.original.clone());
            let cells = counterpart.cells(&known.cells().0);
            if !self.beside.is_empty() {
                let brought = self.brought(ledger, program, (&claim, &known), arrangements)?;
                // What was erased is looked at no more.
                let is_there = |one: &BesideVersion| known.entry > one.behind || known.is_erased();
                let is_new = |number: usize| self.beside.get(number).is_some_and(|one| !is_there(one));
                arrangements.bring(&claim, &cells, &decided, brought, &is_new);
            }
            each(&claim, &decided);
            standing.bring(&claim, cells, decided);
        }
        Ok(())
    }

    /// What arrangements made of a claim.
    fn brought(
        &mut self,
        ledger: &Ledger,
        program: i64,
        (claim, known): (&str, &Known),
        arrangements: &mut Arrangements<'_>,
    ) -> Result<Option<Brought>, LedgerError> {
        let Some(arranged) = ledger.find_arranged_before(program, claim, self.before)? else { return Ok(None) };
        let (outcome, paid) = (arranged.on(&known.decided.outcome), arranged.outcome.award);
        let mut shares = Vec::new();
        for KeptShare { rules, is_inside, decided: kept, taken, .. } in arranged.shares {
            let theirs = self.met(ledger, rules)?;
            let number = self.beside.iter().position(|one| one.name == theirs.arrangement);
            if let Some((number, own)) = number.and_then(|number| Some((number, self.beside.get(number)?))) {
                let mut decided = Counterpart::new(&theirs.layout, &own.version.layout).decided(&kept);
                decided.by = decided_by(&theirs, &own.version, known.is_erased());
                if let Some(earlier) = arrangements.earlier(number) {
                    self.open(ledger, earlier, decided.by)?;
                }
                self.use_up(ledger, &mut decided, &taken, Some(number))?;
                shares.push(BroughtShare { number, is_inside, decided });
            }
        }
        Ok(Some(Brought { outcome, paid, shares }))
    }

    /// Adds what became of a claim since it was decided, by the figures of the rules, or of an arrangement, as they are now.
    fn use_up(
        &mut self,
        ledger: &Ledger,
        decided: &mut Decided,
        taken: &[(i64, Usage)],
        beside: Option<usize>,
    ) -> Result<(), LedgerError> {
        for (rules, usage) in taken {
            let theirs = self.met(ledger, *rules)?;
            let own = beside.and_then(|number| self.beside.get(number)).map_or(&self.rules, |one| &one.version);
            match theirs.layout == own.layout {
                true => decided.usage.add(usage),
                false => decided.usage.add(&Counterpart::new(&theirs.layout, &own.layout).usage(usage)),
            }
        }
        Ok(())
    }

    /// Opens the rules of before by which a claim is taken back.
    fn open(&self, ledger: &Ledger, earlier: &mut Earlier, by: DecidedBy) -> Result<(), LedgerError> {
        if let DecidedBy::Earlier(version) = by
            && earlier.get(version).is_none()
        {
            let (program, tables) = (self.rulebook)(ledger, version)?;
            earlier.put(version, program, tables);
        }
        Ok(())
    }

    fn met(&mut self, ledger: &Ledger, rules: i64) -> Result<KeptRules, LedgerError> {
        if let Some(known) = self.met.iter().find(|one| one.id == rules) {
            return Ok(known.clone());
        }
        let kept = ledger.rules(rules)?;
        self.met.push(kept.clone());
        Ok(kept)
    }
}

/// Which rules say what leaves with a claim. Without its row nobody can; nor can those whose figures are others by now.
fn decided_by(theirs: &KeptRules, own: &Version, is_erased: bool) -> DecidedBy {
    match theirs.fingerprint == own.fingerprint {
        _ if is_erased || theirs.layout != own.layout => DecidedBy::Others,
        true => DecidedBy::These,
        false => DecidedBy::Earlier(theirs.id),
    }
}
