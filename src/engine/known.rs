//! What is known when a claim is decided, beside the claim: the past, the claim that it takes back, and what other programs
//! decided for it.

use std::collections::{BTreeMap, HashMap};

use super::table::Tables;
use crate::{
    calendar::Date,
    claim::Row,
    history::History,
    money::Decimal,
    outcome::{Decided, Disposition, Elsewhere, Outcome, Ruling, Standing, Usage},
    program::{Program, ProgramName},
};

/// All that a run may know of the past, and what it leaves for the next one.
#[derive(Debug, Default)]
pub struct Past {
    /// Running figures by key.
    pub history: History,
    /// What stands of each claim; `None` where nobody asks for it.
    pub standing: Option<Standing>,
    /// The rules that decided some of them.
    pub earlier: Earlier,
}

/// Rules of before, by which the claims that they decided are taken back.
#[derive(Debug, Default)]
pub struct Earlier {
    versions: BTreeMap<i64, (Program, Tables)>,
}

impl Earlier {
    /// Lets a version be known by a number.
    pub fn put(&mut self, number: i64, program: Program, tables: Tables) {
        self.versions.insert(number, (program, tables));
    }

    /// The version with a number, where it is known.
    pub fn get(&self, number: i64) -> Option<(&Program, &Tables)> {
        self.versions.get(&number).map(|(program, tables)| (program, tables))
    }

    /// The version with a number, which is known no more.
    pub fn take(&mut self, number: i64) -> Option<(Program, Tables)> {
        self.versions.remove(&number)
    }
}

impl Past {
    /// Nothing has happened yet. What stands of claims is kept only where the program's own claims may name others.
    pub fn new(program: &Program) -> Self {
        if program.claim.original.is_some() { Self::remembering(program) } else { Self::default() }
    }

    /// Nothing has happened yet, and what stands of each claim is kept, so that copies and corrections are known.
    pub fn remembering(program: &Program) -> Self {
        let kinds = program.claim.fields.iter().map(|field| field.kind.column());
        Self { standing: Some(Standing::new(kinds)), ..Self::default() }
    }
}

/// What programs that came first decided, by program and claim.
#[derive(Debug, Default)]
pub struct Awards {
    programs: BTreeMap<ProgramName, HashMap<Box<str>, Elsewhere>>,
}

impl Awards {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what a program decided for a claim, where that stands.
    pub fn take(&mut self, program: &ProgramName, outcome: &Outcome<'_>) {
        if !outcome.stands {
            return;
        }
        let award = outcome.award.saturating_add(outcome.pending);
        let decided = Elsewhere { disposition: outcome.disposition, award };
        let claims = match self.programs.get_mut(program) {
            Some(claims) => claims,
            None => self.programs.entry(program.clone()).or_default(),
        };
        claims.insert(outcome.claim.as_ref().into(), decided);
    }

    /// Puts what a program decided for a claim.
    pub fn put(&mut self, program: &ProgramName, claim: &str, decided: Elsewhere) {
        self.programs.entry(program.clone()).or_default().insert(claim.into(), decided);
    }

    /// Takes what others took, in place of what was taken before.
    pub fn absorb(&mut self, other: Self) {
        for (program, claims) in other.programs {
            self.programs.entry(program).or_default().extend(claims);
        }
    }

    /// What each of the programs that a program names decided for a claim, in the order of [`Neighbours::named`].
    ///
    /// [`Neighbours::named`]: crate::program::Neighbours::named
    pub(super) fn of(&self, program: &Program, claim: &str) -> Vec<Option<Elsewhere>> {
        let decided = |name: &ProgramName| self.programs.get(name)?.get(claim).copied();
        program.neighbours.named().map(|named| decided(&named.program)).collect()
    }
}

/// A claim that another one takes back, with the cells that it was decided by.
#[derive(Debug, Clone, Copy)]
pub struct Original<'h> {
    /// What stands of it.
    pub decided: &'h Decided,
    /// Its cells.
    pub row: Row<'h>,
}

/// What is known when a claim is decided.
#[derive(Debug, Clone, Copy)]
pub struct Known<'h> {
    /// Running figures as earlier decisions left them.
    pub history: &'h History,
    /// The claim that this one takes back, where it names one that was decided.
    pub original: Option<Original<'h>>,
    /// What became of this claim by others that took some of it back, before it was corrected.
    pub usage: &'h Usage,
    /// When the claim was received first, where it came before.
    pub received: Option<Date>,
    /// What the programs that this one names decided, in their order.
    pub elsewhere: &'h [Option<Elsewhere>],
    /// What a person ruled of it.
    pub ruling: Option<&'h Ruling>,
}

/// Nothing was taken back.
static NOTHING: Usage = Usage { taken: Vec::new(), gone: Vec::new(), per_claim: Vec::new() };

impl<'h> Known<'h> {
    /// The past alone.
    pub fn past(history: &'h History) -> Self {
        Self { history, original: None, usage: &NOTHING, received: None, elsewhere: &[], ruling: None }
    }

    /// What was known when a claim was decided, apart from the history.
    pub(super) fn then(history: &'h History, decided: &'h Decided) -> Self {
        Self { received: decided.received, elsewhere: &decided.elsewhere, ..Self::past(history) }
    }

    /// What a check does to the claim: one that a person has overridden is noted where it would hold it.
    pub(super) fn effect(self, code: &str, disposition: Disposition) -> Disposition {
        let overridden = self.ruling.is_some_and(|ruling| ruling.overridden.iter().any(|one| one == code));
        if overridden && disposition == Disposition::Held { Disposition::Approved } else { disposition }
    }

    /// What stands of the claim that this one takes back.
    pub(super) fn decided(self) -> Option<&'h Decided> {
        self.original.map(|original| original.decided)
    }

    /// What earlier programs awarded, by the numbers that rules know them by.
    pub(super) fn awards(self, program: &Program) -> impl Iterator<Item = Decimal> + 'h {
        let count = program.neighbours.earlier.len();
        self.elsewhere.iter().take(count).map(|decided| decided.map_or(Decimal::ZERO, |decided| decided.award))
    }
}
