//! A definition with the claims that it decides, and what it decided before.

use std::collections::BTreeSet;

use crate::{
    claim::Claims,
    engine::{Awards, Past, Queue, Run, Tables, after_limits},
    money::{Decimal, Inexact},
    outcome::{Depth, Outcome},
    program::Program,
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

impl Side<'_> {
    /// The past that the claims are decided on.
    fn past(&self) -> Past {
        let mut past = match self.earlier {
            [] => Past::new(self.program),
            _ => Past::remembering(self.program),
        };
        for claims in self.earlier {
            let how = How { queue: None, depth: &|_, _| Depth::Codes, names: false };
            self.run(claims, &mut past, &how, &mut |_| {});
        }
        past
    }

    fn run(&self, claims: &Claims, past: &mut Past, how: &How<'_>, sink: &mut dyn FnMut(&Outcome<'_>)) {
        let (Self { program, tables, awards, .. }, How { depth, names, .. }) = (*self, how);
        let (depth, names) = (*depth, *names);
        let run = Run { program, tables, claims, awards, depth, names };
        match how.queue {
            Some(queue) => run.decide_in(queue, past, &mut |outcome, _| sink(outcome)),
            None => run.decide(past, &mut |outcome, _| sink(outcome)),
        }
    }

    /// Decides the claims and hands out each outcome with what limits left of its components. Comes back with the past that
    /// this leaves.
    fn decide(&self, queue: &Queue<'_>, sink: &mut Sink<'_>) -> Result<Past, Inexact> {
        let (mut result, mut past) = (Ok(()), self.past());
        let how = How { queue: Some(queue), depth: &|_, _| Depth::Codes, names: false };
        self.run(self.claims, &mut past, &how, &mut |outcome| {
            if result.is_ok() {
                result = match outcome.cuts.is_empty() {
                    true => sink(outcome, &outcome.components),
                    false => after_limits(self.program, outcome).and_then(|left| sink(outcome, &left)),
                };
            }
        });
        result.map(|()| past)
    }

    fn each_in_words(&self, queue: &Queue<'_>, lines: &BTreeSet<u64>, names: bool, sink: &mut dyn FnMut(&Outcome<'_>)) {
        if lines.is_empty() {
            return;
        }
        let depth = |_: &str, line: u64| if lines.contains(&line) { Depth::Words } else { Depth::Codes };
        let how = How { queue: Some(queue), depth: &depth, names };
        self.run(self.claims, &mut self.past(), &how, &mut |outcome| {
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
    pub(super) fn decide_before(&self, sink: &mut Sink<'_>) -> Result<Past, Inexact> {
        self.before.decide(&self.queue, sink)
    }

    /// Lets the second side decide its claims.
    pub(super) fn decide_after(&self, sink: &mut Sink<'_>) -> Result<Past, Inexact> {
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
