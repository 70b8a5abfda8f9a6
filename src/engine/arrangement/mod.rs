//! Arrangements beside a run. Each decides the claims of its scope by the program as it changes it, on a history of its own,
//! in which all other claims stand as the standard rules decided them. What it adds is a component of its own up to its
//! ceiling; the standard decisions never know of it.

mod claim;
mod combine;
mod demotion;
mod purse;
mod touched;

use std::collections::{HashMap, HashSet};

use bumpalo::Bump;

use super::{counterpart::Counterpart, desk::Desk, known::Past, settle::skipped, table::Tables};
use crate::{
    claim::Claim,
    history::{History, KeptChange, net},
    money::{Decimal, Inexact, add, subtract},
    outcome::{Depth, Disposition, Outcome, Took},
    program::{Layout, Program},
    variant::{Arrangement, SCOPE_FIGURE},
};
use claim::{Decision, stands_again, stands_at};
use combine::{Combined, failed, inexact};
use purse::Purse;
pub use touched::{Brought, BroughtShare, Touched, TouchedShare};

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
#[derive(Default)]
pub struct Arrangements<'p> {
    all: Vec<Beside<'p>>,
    /// What was made of claims that may come again, by id.
    given: HashMap<Box<str>, Given>,
    remembers: bool,
    /// What claims are and would be awarded beyond the standard rules.
    beyond: Decimal,
    /// Whether somebody keeps what they leave, who takes it from time to time.
    keeps: bool,
    touched: Vec<Touched>,
    /// What a standard decision that was taken as it was kept did to other claims in the past of each, with its claim.
    used: Vec<(usize, Box<str>, Took)>,
}

/// One arrangement beside the standard rules.
pub(super) struct Beside<'p> {
    with: ArrangedProgram<'p>,
    counterpart: Counterpart,
    layout: Layout,
    /// What has happened, where the claims of the scope were decided by the arrangement.
    past: Past,
    /// What its figures differ by from the standard ones, where somebody keeps that.
    difference: History,
    /// The claims of its scope, where others may name them.
    inside: HashSet<Box<str>>,
    /// The claims that the standard rules decided before it was there.
    news: HashSet<Box<str>>,
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

/// What an arrangement makes of a claim.
struct Made<'a> {
    /// Its number.
    number: usize,
    /// Whether it stands as it was decided before.
    is_again: bool,
    decision: Decision<'a>,
}

impl<'p> Arrangements<'p> {
    /// Arrangements of a program under which nothing was decided yet; as they stand behind each other they are named.
    pub fn new(standard: &Program, all: &[ArrangedProgram<'p>], past: &Past) -> Self {
        let remembers = past.standing.is_some();
        let beside = |with: &ArrangedProgram<'p>| {
            let past = if remembers { Past::remembering(with.program) } else { Past::default() };
            Beside::new(standard, *with, past, History::new())
        };
        Self { all: all.iter().map(beside).collect(), remembers, ..Self::default() }
    }

    /// Arrangements beside a past that somebody keeps, with what the figures of each differ by from the standard ones. What
    /// stands of claims is [brought](Self::bring).
    pub fn kept(standard: &Program, all: Vec<(ArrangedProgram<'p>, History)>, past: &Past) -> Self {
        let beside = |(with, difference): (ArrangedProgram<'p>, History)| {
            let mut own = Past::remembering(with.program);
            let beside = Beside::new(standard, with, Past::default(), History::new());
            past.history.each(&mut |change| beside.counterpart.apply(change, &mut own.history));
            difference.each(&mut |change| {
                let change = change.again(&own.history);
                own.history.apply(&change);
            });
            Beside { past: own, difference, ..beside }
        };
        Self { all: all.into_iter().map(beside).collect(), remembers: true, keeps: true, ..Self::default() }
    }

    /// The arrangements with the programs that they make.
    pub(super) fn programs(&self) -> impl Iterator<Item = ArrangedProgram<'p>> + '_ {
        self.all.iter().map(|beside| beside.with)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What was asked and granted of each ceiling.
    pub fn ceilings(&mut self) -> Vec<Ceiling> {
        let ceiling = |beside: &mut Beside<'_>| {
            let used = beside.purse().used();
            let Beside { with, met, .. } = beside;
            let (arrangement, max) = (with.arrangement.name.to_string(), with.arrangement.ceiling);
            Ceiling { arrangement, max, asked: used.sum, granted: used.awarded, claims: *met }
        };
        self.all.iter_mut().map(ceiling).collect()
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
        let mut moved = standard.past.history.take_watched();
        self.used.clear();
        let is_again = standard.outcome.skipped;
        if !is_again && !standard.outcome.stands {
            // Nothing was decided: what stands of it, stands everywhere.
            return standard.outcome;
        }
        if is_again {
            if !self.is_new_to_any(desks, &standard, scratch) {
                return self.repeated(standard);
            }
            standard.outcome = stands_again(&standard);
        }
        let decided = self.decide(desks, &standard, (&moved, is_again), scratch);
        let is_skipped = |one: &Made<'a>| one.decision.0.as_ref().is_some_and(|by| by.skipped);
        if !decided.is_empty() && decided.iter().all(is_skipped) && is_no_news(&standard, &moved) {
            return self.repeated(standard);
        }
        let mut combined = Combined::new(standard.program, standard.depth);
        for one in decided {
            let Some(beside) = self.all.get_mut(one.number) else { continue };
            // What it decided before stands, where another one decides the claim anew.
            let is_again = one.is_again || is_skipped(&one);
            let decision = if is_skipped(&one) { beside.stands_again(&standard) } else { Some(one.decision) };
            if let Some(decision) = decision {
                combined.add(one.number, beside.with, decision, is_again);
            }
        }
        if let Some(conflict) = combined.conflict(&standard.outcome) {
            if is_again {
                return self.refused(&standard, conflict);
            }
            moved.extend(self.demote(&mut standard, moved.clone()));
            combined.hold(conflict);
        } else {
            for number in combined.withheld(&standard.outcome) {
                if let Some(beside) = self.all.get_mut(number) {
                    beside.withdraw(&standard, &moved);
                }
            }
        }
        let outcome = self.combine(&combined, &standard);
        if self.keeps {
            self.touch(&combined, &standard, (&moved, is_again), &outcome);
        }
        self.all.iter_mut().for_each(|beside| beside.past.history.unwatch());
        outcome
    }

    /// What those decide that are or were for a claim, by their numbers.
    fn decide<'a>(
        &mut self,
        desks: &'a [Desk<'a>],
        standard: &Standard<'a, '_>,
        (moved, is_again): (&[KeptChange], bool),
        scratch: &'a Bump,
    ) -> Vec<Made<'a>> {
        let mut decided = Vec::new();
        for (number, (beside, desk)) in self.all.iter_mut().zip(desks).enumerate() {
            let stands = is_again && !beside.news.contains(standard.id);
            let decision = match stands {
                true => beside.stands_again(standard),
                false => beside.decide(desk, standard, (moved, is_again), scratch),
            };
            decided.extend(decision.map(|decision| Made { number, is_again: stands, decision }));
        }
        decided
    }

    /// A claim that was decided before with the same content.
    fn repeated<'a>(&self, standard: Standard<'a, '_>) -> Outcome<'a> {
        match self.given.get(standard.id) {
            Some(given) => skipped(&given.outcome, standard.claim),
            None if standard.outcome.skipped => standard.outcome,
            None => skipped(&standard.outcome, standard.claim),
        }
    }

    /// Lets a claim that is held stand as held everywhere, so that nothing is built on its award. Comes back with what that
    /// moved in the standard history.
    fn demote(&mut self, standard: &mut Standard<'_, '_>, moved: Vec<KeptChange>) -> Vec<KeptChange> {
        let demotion = demotion::demote(standard, moved);
        for beside in &mut self.all {
            beside.follow_demotion(standard, &demotion);
        }
        demotion.taken.iter().map(KeptChange::negated).collect()
    }

    /// One outcome of what the standard rules and the arrangements decided.
    fn combine<'a>(&mut self, combined: &Combined<'a>, standard: &Standard<'a, '_>) -> Outcome<'a> {
        let paid = self.given.remove(standard.id).map_or(Decimal::ZERO, |given| given.paid);
        let purses = self.all.iter_mut().map(Beside::purse).collect();
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
            let paid = subtract(outcome.award, stands_at(standard).0).unwrap_or_default();
            self.given.insert(standard.id.into(), Given { paid, outcome: outcome.clone().into_owned() });
        }
        outcome
    }
}

impl<'p> Beside<'p> {
    fn new(standard: &Program, with: ArrangedProgram<'p>, past: Past, difference: History) -> Self {
        let layout = Layout::of_arranged(with.program);
        Self {
            with,
            counterpart: Counterpart::new(&Layout::of(standard), &layout),
            layout,
            past,
            difference,
            inside: HashSet::new(),
            news: HashSet::new(),
            decides: false,
            met: 0,
            scope_figure: with.program.derived.iter().position(|figure| figure.name == SCOPE_FIGURE),
        }
    }

    fn purse(&mut self) -> Purse<'_> {
        Purse::new(&mut self.past.history, &self.layout)
    }
}

/// Whether the standard rules return a claim again, and that moves nothing.
fn is_no_news(standard: &Standard<'_, '_>, moved: &[KeptChange]) -> bool {
    standard.outcome.disposition == Disposition::Returned && net(moved.iter().cloned()).is_empty()
}

/// What is awarded beyond the standard rules with one more claim.
fn beyond(so_far: Decimal, standard: &Outcome<'_>, outcome: &Outcome<'_>) -> Result<Decimal, Inexact> {
    let worth =
        |outcome: &Outcome<'_>| subtract(add(outcome.award, outcome.pending)?, outcome.reversed.unwrap_or_default());
    add(so_far, subtract(worth(outcome)?, worth(standard)?)?)
}
