//! Arrangements beside a run. Each decides the claims of its scope by the program as it changes it, on a history of its own,
//! in which all other claims stand as the standard rules decided them. What it adds is a component of its own up to its
//! ceiling; the standard decisions never know of it.

mod claim;
mod combine;
mod demotion;
mod purse;

use std::collections::{HashMap, HashSet};

use bumpalo::Bump;

use super::{counterpart::Counterpart, desk::Desk, known::Past, settle::skipped, table::Tables};
use crate::{
    claim::Claim,
    history::KeptChange,
    money::{Decimal, Inexact, add, subtract},
    outcome::{Depth, Outcome},
    program::{Layout, Program},
    variant::{Arrangement, SCOPE_FIGURE},
};
use combine::{Combined, failed, inexact};
use purse::Purse;

/// An arrangement with the program that it makes.
#[derive(Debug, Clone, Copy)]
pub struct ArrangedProgram<'p> {
    /// The arrangement.
    pub arrangement: &'p Arrangement,
    /// The program with its changes.
    pub program: &'p Program,
    /// The tables of that.
    pub tables: &'p Tables,
}

/// Arrangements with what they leave from claim to claim, and from run to run.
pub struct Arrangements<'p> {
    all: Vec<Beside<'p>>,
    /// What was made of claims that may come again, by id.
    given: HashMap<Box<str>, Given>,
    remembers: bool,
    /// What claims are and would be awarded beyond the standard rules.
    beyond: Decimal,
}

/// One arrangement beside the standard rules.
pub(super) struct Beside<'p> {
    with: ArrangedProgram<'p>,
    counterpart: Counterpart,
    /// What has happened, where the claims of the scope were decided by the arrangement.
    past: Past,
    purse: Purse,
    /// The claims of its scope, where others may name them.
    inside: HashSet<Box<str>>,
    /// Whether it decided the claim at hand.
    decides: bool,
    /// How many claims its scope had.
    met: u64,
    /// The figure of the scope's expression.
    scope_figure: Option<usize>,
}

/// What arrangements made of a claim that may come again.
struct Given {
    /// What was awarded beyond the standard award.
    paid: Decimal,
    outcome: Outcome<'static>,
}

/// A claim as the standard rules decided it.
pub(super) struct Standard<'a, 'h> {
    pub(super) program: &'a Program,
    pub(super) past: &'h mut Past,
    pub(super) outcome: Outcome<'a>,
    pub(super) claim: Claim<'a>,
    pub(super) id: &'a str,
    pub(super) depth: Depth,
}

/// What was asked and granted of the ceiling of an arrangement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// The arrangement's name, `client/name`.
    pub arrangement: String,
    /// The most that it may add.
    pub max: Decimal,
    /// What its rules would add without a ceiling.
    pub asked: Decimal,
    /// What it adds to what is paid.
    pub granted: Decimal,
    /// How many claims its scope had.
    pub claims: u64,
}

impl<'p> Arrangements<'p> {
    /// Arrangements of a program under which nothing was decided yet; as they stand behind each other they are named.
    pub fn new(standard: &Program, all: &[ArrangedProgram<'p>], past: &Past) -> Self {
        let remembers = past.standing.is_some();
        let beside = |with: &ArrangedProgram<'p>| Beside {
            with: *with,
            counterpart: Counterpart::new(&Layout::of(standard), &Layout::of(with.program)),
            past: if remembers { Past::remembering(with.program) } else { Past::default() },
            purse: Purse::default(),
            inside: HashSet::new(),
            decides: false,
            met: 0,
            scope_figure: with.program.derived.iter().position(|figure| figure.name == SCOPE_FIGURE),
        };
        Self { all: all.iter().map(beside).collect(), given: HashMap::new(), remembers, beyond: Decimal::ZERO }
    }

    /// The arrangements with the programs that they make.
    pub(super) fn programs(&self) -> impl Iterator<Item = ArrangedProgram<'p>> + '_ {
        self.all.iter().map(|beside| beside.with)
    }

    /// What was asked and granted of each ceiling.
    pub fn ceilings(&self) -> Vec<Ceiling> {
        let ceiling = |beside: &Beside<'_>| Ceiling {
            arrangement: beside.with.arrangement.name.to_string(),
            max: beside.with.arrangement.ceiling,
            asked: beside.purse.used.sum,
            granted: beside.purse.used.awarded,
            claims: beside.met,
        };
        self.all.iter().map(ceiling).collect()
    }

    /// What claims are awarded, or would be once they are released, beyond the standard rules.
    pub fn beyond(&self) -> Decimal {
        self.beyond
    }

    /// What becomes of a claim by the arrangements that are for it. `desks` are theirs.
    pub(super) fn arrange<'a>(
        &mut self,
        desks: &'a [Desk<'a>],
        mut standard: Standard<'a, '_>,
        scratch: &'a Bump,
    ) -> Outcome<'a>
    where
        'p: 'a,
    {
        let moved = standard.past.history.take_watched();
        if standard.outcome.skipped {
            return self.repeated(standard);
        }
        let mut combined = Combined::new(standard.program, standard.depth);
        for (number, (beside, desk)) in self.all.iter_mut().zip(desks).enumerate() {
            if let Some((by, reversed)) = beside.decide(desk, &standard, &moved, scratch) {
                if by.as_ref().is_some_and(|by| by.skipped) {
                    return self.repeated(standard);
                }
                combined.add(number, beside.with, by, reversed);
            }
        }
        if let Some(conflict) = combined.conflict(&standard.outcome) {
            self.demote(&mut standard, moved);
            combined.hold(conflict);
        } else {
            for number in combined.withheld(&standard.outcome) {
                if let Some(beside) = self.all.get_mut(number) {
                    beside.withdraw(&standard, &moved);
                }
            }
        }
        self.combine(&combined, &standard)
    }

    /// A claim that was decided before with the same content.
    fn repeated<'a>(&self, standard: Standard<'a, '_>) -> Outcome<'a> {
        match self.given.get(standard.id) {
            Some(given) => skipped(&given.outcome, standard.claim),
            None => standard.outcome,
        }
    }

    /// Lets a claim that is held stand as held everywhere, so that nothing is built on its award.
    fn demote(&mut self, standard: &mut Standard<'_, '_>, moved: Vec<KeptChange>) {
        let demotion = demotion::demote(standard, moved);
        for beside in &mut self.all {
            beside.follow_demotion(standard, &demotion);
        }
    }

    /// One outcome of what the standard rules and the arrangements decided.
    fn combine<'a>(&mut self, combined: &Combined<'a>, standard: &Standard<'a, '_>) -> Outcome<'a> {
        let paid = self.given.remove(standard.id).map_or(Decimal::ZERO, |given| given.paid);
        let purses = self.all.iter_mut().map(|beside| &mut beside.purse).collect();
        let combination = combined.outcome(&standard.outcome, paid, purses).and_then(|outcome| {
            let beyond = beyond(self.beyond, &standard.outcome, &outcome);
            self.beyond = beyond.map_err(|reason| inexact(standard.program, reason))?;
            Ok(outcome)
        });
        let outcome = match combination {
            Ok(outcome) => outcome,
            Err(failure) => return failed(&standard.outcome, &failure),
        };
        if self.remembers && outcome.arranged.is_some() {
            // INVARIANT: one is the other with what was granted added to it exactly.
            let paid = subtract(outcome.award, standard.outcome.award).unwrap_or_default();
            self.given.insert(standard.id.into(), Given { paid, outcome: outcome.clone().into_owned() });
        }
        outcome
    }
}

/// What is awarded beyond the standard rules with one more claim.
fn beyond(so_far: Decimal, standard: &Outcome<'_>, outcome: &Outcome<'_>) -> Result<Decimal, Inexact> {
    let worth =
        |outcome: &Outcome<'_>| subtract(add(outcome.award, outcome.pending)?, outcome.reversed.unwrap_or_default());
    add(so_far, subtract(worth(outcome)?, worth(standard)?)?)
}
