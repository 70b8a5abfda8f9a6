//! Arrangements beside a run. Each decides the claims of its scope by the program as it changes it, on a history of its own,
//! in which all other claims stand as the standard rules decided them. What it adds is a component of its own up to its
//! ceiling; the standard decisions never know of it.

mod combine;
mod counterpart;

use std::collections::{HashMap, HashSet};

use bumpalo::Bump;

use super::{
    assessment::Assessment,
    budget::Budget,
    desk::Desk,
    known::{Known, Past},
    settle::{original, skipped},
    table::Tables,
};
use crate::{
    calendar::Date,
    claim::{Claim, Value},
    history::{KeptChange, Running},
    money::Decimal,
    outcome::{Codes, Depth, Outcome},
    program::Program,
    variant::{Arrangement, SCOPE_FIGURE},
};
use combine::{Combined, beyond, failed};
use counterpart::Counterpart;

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
    /// What was added to claims that may come again, by id.
    given: HashMap<Box<str>, Given>,
    remembers: bool,
}

/// One arrangement beside the standard rules.
struct Beside<'p> {
    with: ArrangedProgram<'p>,
    counterpart: Counterpart,
    /// What has happened, where the claims of the scope were decided by the arrangement.
    past: Past,
    /// What was asked and granted of its ceiling.
    used: Running,
    /// The claims of its scope, where others may name them.
    inside: HashSet<Box<str>>,
    /// The figure of the scope's expression.
    scope_figure: Option<usize>,
}

/// What arrangements did to a claim that may come again.
struct Given {
    /// What was used of ceilings, by arrangement.
    used: Vec<(usize, Running)>,
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

impl<'p> Arrangements<'p> {
    /// Arrangements of a program under which nothing was decided yet; as they stand behind each other they are named.
    pub fn new(standard: &Program, all: &[ArrangedProgram<'p>], past: &Past) -> Self {
        let remembers = past.standing.is_some();
        let beside = |with: &ArrangedProgram<'p>| Beside {
            with: *with,
            counterpart: Counterpart::new(standard, with.program),
            past: if remembers { Past::remembering(with.program) } else { Past::default() },
            used: Running::ZERO,
            inside: HashSet::new(),
            scope_figure: with.program.derived.iter().position(|figure| figure.name == SCOPE_FIGURE),
        };
        Self { all: all.iter().map(beside).collect(), given: HashMap::new(), remembers }
    }

    /// The arrangements with the programs that they make.
    pub(super) fn programs(&self) -> impl Iterator<Item = ArrangedProgram<'p>> + '_ {
        self.all.iter().map(|beside| beside.with)
    }

    /// What was asked and granted of each ceiling, by the names of the arrangements.
    pub fn ceilings(&self) -> Vec<Budget> {
        let ceiling = |beside: &Beside<'_>| Budget {
            code: beside.with.arrangement.name.to_string(),
            max: Some(beside.with.arrangement.ceiling),
            asked: beside.used.sum,
            granted: beside.used.awarded,
        };
        self.all.iter().map(ceiling).collect()
    }

    /// What becomes of a claim by the arrangements that are for it. `desks` are theirs.
    pub(super) fn arrange<'a>(
        &mut self,
        desks: &'a [Desk<'a>],
        standard: Standard<'a, '_>,
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
        let mut repeats = false;
        for (number, (beside, desk)) in self.all.iter_mut().zip(desks).enumerate() {
            if !beside.is_for(desk, &standard, scratch) {
                beside.follow(&standard, &moved);
                continue;
            }
            if self.remembers {
                beside.inside.insert(standard.id.into());
            }
            beside.past.history.watch();
            let arranged = desk.settle(&mut beside.past, standard.claim, standard.id, scratch, standard.depth, None);
            repeats |= arranged.skipped;
            combined.add(number, beside.with, arranged);
        }
        if repeats {
            return self.repeated(standard);
        }
        let outcome = self.combine(&combined, &standard);
        for number in combined.withdrawn(&standard.outcome, &outcome) {
            if let Some(beside) = self.all.get_mut(number) {
                beside.withdraw(&standard, &moved);
            }
        }
        outcome
    }

    /// A claim that was decided before with the same content.
    fn repeated<'a>(&self, standard: Standard<'a, '_>) -> Outcome<'a> {
        match self.given.get(standard.id) {
            Some(given) => skipped(&given.outcome, standard.claim),
            None => standard.outcome,
        }
    }

    /// One outcome of what the standard rules and the arrangements decided.
    fn combine<'a>(&mut self, combined: &Combined<'a>, standard: &Standard<'a, '_>) -> Outcome<'a> {
        let before = self.given.remove(standard.id);
        for (number, used) in before.iter().flat_map(|given| &given.used) {
            if let Some(beside) = self.all.get_mut(*number) {
                // INVARIANT: it was added to this figure exactly.
                beside.used = beside.used.plus(used.negated()).unwrap_or(beside.used);
            }
        }
        let paid = before.map_or(Decimal::ZERO, |given| given.paid);
        let mut used: Vec<Running> = self.all.iter().map(|beside| beside.used).collect();
        let outcome = match combined.outcome(&standard.outcome, paid, &mut used) {
            Ok(outcome) => outcome,
            Err(failure) => return failed(&standard.outcome, &failure),
        };
        let mut now = Vec::new();
        for (number, (beside, used)) in self.all.iter_mut().zip(used).enumerate() {
            let delta = used.plus(beside.used.negated()).unwrap_or(Running::ZERO);
            if delta != Running::ZERO {
                now.push((number, delta));
            }
            beside.used = used;
        }
        if self.remembers && outcome.arranged.is_some() {
            let paid = beyond(&standard.outcome, &outcome);
            let given = Given { used: now, paid, outcome: outcome.clone().into_owned() };
            self.given.insert(standard.id.into(), given);
        }
        outcome
    }
}

impl Beside<'_> {
    /// Whether the arrangement is for a claim.
    fn is_for<'a>(&self, desk: &'a Desk<'a>, standard: &Standard<'a, '_>, scratch: &'a Bump) -> bool {
        let Standard { program, ref outcome, claim, id, .. } = *standard;
        // What takes back a claim of the scope takes back what the arrangement added.
        if let Some(original) = original(program, claim, id) {
            return self.inside.contains(&*original);
        }
        let Arrangement { scope, expires, .. } = self.with.arrangement;
        let Some(date) = outcome.date.filter(|_| claim.deficiencies().is_empty()) else { return false };
        let in_time = scope.dates.0 <= date && date <= scope.dates.1 && outcome.received.unwrap_or(date) <= *expires;
        let named = |list: &[String], text: &str| list.is_empty() || list.iter().any(|one| one == text);
        in_time
            && named(&scope.participants, &outcome.participant)
            && named(&scope.claims, id)
            && self.holds(desk, standard, date, scratch)
    }

    /// Whether the scope's expression holds. One that fails doesn't leave the claim to the standard rules: the arrangement's
    /// decision fails on it as well, and holds the claim.
    fn holds<'a>(&self, desk: &'a Desk<'a>, standard: &Standard<'a, '_>, date: Date, scratch: &'a Bump) -> bool {
        let Some(figure) = self.scope_figure else { return true };
        let elsewhere = desk.elsewhere(standard.id);
        let received = standard.outcome.received;
        let known = Known { received, elsewhere: &elsewhere, ..Known::past(&self.past.history) };
        let mut assessment = Assessment::new(&desk.decider, known, standard.claim, date, scratch);
        assessment.figures(&mut Codes).is_err() || assessment.derived.get(figure) == Some(&Value::Boolean(true))
    }

    /// Lets a claim that the arrangement isn't for stand as the standard rules decided it.
    fn follow(&mut self, standard: &Standard<'_, '_>, moved: &[KeptChange]) {
        if self.inside.remove(standard.id) {
            self.replace(standard);
        } else {
            self.move_along(moved);
        }
        self.stand(standard);
    }

    /// Lets a claim that was just decided stand as the standard rules decided it instead.
    fn withdraw(&mut self, standard: &Standard<'_, '_>, moved: &[KeptChange]) {
        if self.past.standing.is_some() {
            self.replace(standard);
        } else {
            let own = self.past.history.take_watched();
            for change in &own {
                self.past.history.take_back(change);
            }
            self.move_along(moved);
        }
        self.stand(standard);
    }

    /// Moves the history as the standard one was moved.
    fn move_along(&mut self, moved: &[KeptChange]) {
        for change in moved {
            self.counterpart.apply(change, &mut self.past.history);
        }
    }

    /// What was decided here leaves the history, and the standard decision comes into its place.
    fn replace(&mut self, standard: &Standard<'_, '_>) {
        let Past { history, standing } = &mut self.past;
        let own = standing.as_ref().and_then(|standing| standing.find(standard.id));
        let theirs = standard.past.standing.as_ref().and_then(|standing| standing.find(standard.id));
        own.iter().flat_map(|own| &own.changes).for_each(|change| history.take_back(change));
        let changes = theirs.iter().flat_map(|decided| &decided.changes);
        changes.for_each(|change| self.counterpart.apply(change, history));
    }

    /// What stands of the claim is what the standard rules let stand.
    fn stand(&mut self, standard: &Standard<'_, '_>) {
        let theirs = standard.past.standing.as_ref().and_then(|standing| standing.find(standard.id));
        let (Some(standing), Some(theirs)) = (&mut self.past.standing, theirs) else { return };
        if let Some(took) = standing.find(standard.id).and_then(|before| before.took.clone()) {
            standing.use_up(&took.original, &took.usage.negated());
        }
        let decided = self.counterpart.decided(theirs);
        if let Some(took) = &decided.took {
            standing.use_up(&took.original, &took.usage);
        }
        standing.keep(standard.id, standard.claim, decided);
    }
}
