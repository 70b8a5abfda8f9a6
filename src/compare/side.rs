//! A definition with the claims that it decides, and what it decided before.

use std::collections::BTreeSet;

use crate::{
    claim::Claims,
    engine::{ArrangedProgram, Arrangements, Awards, Budget, Ceiling, Past, Queue, Run, Tables, after_limits, budgets},
    money::{Decimal, Inexact, add},
    outcome::{Depth, Outcome},
    program::{ARRANGEMENT, Program},
};

/// A definition with the claims that it decides.
#[derive(Clone, Copy)]
pub struct Side<'p> {
    /// The program.
    pub program: &'p Program,
    /// Its tables.
    pub tables: &'p Tables,
    /// The claims as this program reads them.
    pub claims: &'p Claims,
    /// Claims that it decides first, run by run: the history.
    pub earlier: &'p [Claims],
    /// What programs that came first decided for the claims.
    pub awards: &'p Awards,
    /// The arrangements that add to what it awards.
    pub arrangements: &'p [ArrangedProgram<'p>],
}

/// What a side has used of ceilings, once it has decided its claims.
pub(super) struct Spent {
    /// On all awards of the program together.
    pub(super) budgets: Vec<Budget>,
    /// On what arrangements add.
    pub(super) ceilings: Vec<Ceiling>,
}

/// Takes an outcome with what limits left of its components.
pub(super) type Sink<'s> = dyn FnMut(&Outcome<'_>, &[Decimal]) -> Result<(), Inexact> + 's;

/// How a side decides its claims.
struct How<'h> {
    /// Their order, where it is worked out already.
    queue: Option<&'h Queue<'h>>,
    depth: &'h dyn Fn(&str, u64) -> Depth,
    /// Whether private figures are shown.
    names: bool,
}

impl<'p> Side<'p> {
    /// The past that the claims are decided on, with what arrangements added in it.
    fn past(&self) -> (Past, Arrangements<'p>) {
        let mut past = match self.earlier {
            [] => Past::new(self.program),
            _ => Past::remembering(self.program),
        };
        let mut arrangements = Arrangements::new(self.program, self.arrangements, &past);
        for claims in self.earlier {
            let how = How { queue: None, depth: &|_, _| Depth::Codes, names: false };
            self.run(claims, (&mut past, &mut arrangements), &how, &mut |_| {});
        }
        (past, arrangements)
    }

    fn run(
        &self,
        claims: &Claims,
        (past, arrangements): (&mut Past, &mut Arrangements<'p>),
        how: &How<'_>,
        sink: &mut dyn FnMut(&Outcome<'_>),
    ) {
        let (Self { program, tables, awards, .. }, How { depth, names, .. }) = (*self, how);
        let (depth, names) = (*depth, *names);
        let run = Run { program, tables, claims, awards, depth, names };
        let own = how.queue.is_none().then(|| Queue::new(program, claims));
        let Some(queue) = how.queue.or(own.as_ref()) else { return };
        match self.arrangements {
            [] => run.decide_in(queue, past, &mut |outcome, _| sink(outcome)),
            _ => run.decide_arranged(queue, past, arrangements, &mut |outcome, _| sink(outcome)),
        }
    }

    /// Decides the claims and hands out each outcome with what limits left of its components, and last of all what
    /// arrangements add, where there are any.
    fn decide(&self, queue: &Queue<'_>, sink: &mut Sink<'_>) -> Result<Spent, Inexact> {
        let (mut result, (mut past, mut arrangements)) = (Ok(()), self.past());
        let how = How { queue: Some(queue), depth: &|_, _| Depth::Codes, names: false };
        self.run(self.claims, (&mut past, &mut arrangements), &how, &mut |outcome| {
            if result.is_ok() {
                result = match outcome.cuts.is_empty() && self.arrangements.is_empty() {
                    true => sink(outcome, &outcome.components),
                    false => self.left(outcome).and_then(|left| sink(outcome, &left)),
                };
            }
        });
        result?;
        let (mut budgets, ceilings) = (budgets(self.program, &past), arrangements.ceilings());
        // The standard rules don't know of it, and yet it is paid out of the same budget.
        for budget in budgets.iter_mut().filter(|budget| budget.is_of_all) {
            budget.granted = add(budget.granted, arrangements.beyond())?;
        }
        Ok(Spent { budgets, ceilings })
    }

    fn left(&self, outcome: &Outcome<'_>) -> Result<Vec<Decimal>, Inexact> {
        let mut left = after_limits(self.program, outcome)?;
        if !self.arrangements.is_empty() {
            left.push(outcome.arranged.as_ref().map_or(Decimal::ZERO, |arranged| arranged.amount));
        }
        Ok(left)
    }

    /// The names of what is awarded: the components, and what arrangements add.
    pub(super) fn names(&self) -> impl Iterator<Item = &'p str> {
        let components = self.program.components.iter().map(|component| component.name.as_str());
        components.chain((!self.arrangements.is_empty()).then_some(ARRANGEMENT))
    }

    fn each_in_words(&self, queue: &Queue<'_>, lines: &BTreeSet<u64>, names: bool, sink: &mut dyn FnMut(&Outcome<'_>)) {
        if lines.is_empty() {
            return;
        }
        let depth = |_: &str, line: u64| if lines.contains(&line) { Depth::Words } else { Depth::Codes };
        let how = How { queue: Some(queue), depth: &depth, names };
        let (mut past, mut arrangements) = self.past();
        self.run(self.claims, (&mut past, &mut arrangements), &how, &mut |outcome| {
            if lines.contains(&outcome.origin.line) {
                sink(outcome);
            }
        });
    }
}

/// Two sides with the order of their claims, which is worked out once where both have the same.
pub struct Pair<'p> {
    pub(super) before: Side<'p>,
    pub(super) after: Side<'p>,
    queue: Queue<'p>,
    /// That of the second side, where it is another one.
    other: Option<Queue<'p>>,
}

impl<'p> Pair<'p> {
    /// Puts two sides beside each other, whose claims are the rows of one file.
    pub fn new(before: Side<'p>, after: Side<'p>) -> Self {
        let queue = Queue::new(before.program, before.claims);
        let fits = queue.fits(after.program, after.claims);
        let other = (!fits).then(|| Queue::new(after.program, after.claims));
        Self { before, after, queue, other }
    }

    fn queue_after(&self) -> &Queue<'p> {
        self.other.as_ref().unwrap_or(&self.queue)
    }

    /// Lets the first side decide its claims.
    pub(super) fn decide_before(&self, sink: &mut Sink<'_>) -> Result<Spent, Inexact> {
        self.before.decide(&self.queue, sink)
    }

    /// Lets the second side decide its claims.
    pub(super) fn decide_after(&self, sink: &mut Sink<'_>) -> Result<Spent, Inexact> {
        self.after.decide(self.queue_after(), sink)
    }

    /// Hands out what the first side decides for the claims on some lines, with the words of its reasons, which takes
    /// another run; with private figures only where `names` asks for them.
    pub fn before_in_words(&self, lines: &BTreeSet<u64>, names: bool, sink: &mut dyn FnMut(&Outcome<'_>)) {
        self.before.each_in_words(&self.queue, lines, names, sink);
    }

    /// The same of the second side.
    pub fn after_in_words(&self, lines: &BTreeSet<u64>, names: bool, sink: &mut dyn FnMut(&Outcome<'_>)) {
        self.after.each_in_words(self.queue_after(), lines, names, sink);
    }
}
