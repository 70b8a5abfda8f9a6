//! A run: the claims of one file in their order, each decided on what those before it left.

use bumpalo::Bump;

use super::{
    arrangement::Arrangements,
    decider::Decider,
    desk::{Arranged, Desk},
    known::{Awards, Past},
    queue::{Queue, number_of},
    table::Tables,
};
use crate::{
    claim::{Claim, Claims},
    outcome::{Depth, Disposition, Outcome, Ruling, Trace},
    program::Program,
};

/// How many claims a run read, and what became of them. `read` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows of the file.
    pub read: u64,
    /// Awarded.
    pub approved: u64,
    /// Kept for a person to decide.
    pub held: u64,
    /// Sent back.
    pub returned: u64,
    /// Refused.
    pub rejected: u64,
    /// Decided before with the same content.
    pub skipped: u64,
}

impl Counts {
    /// Counts an outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        self.read += 1;
        let count = match outcome.disposition {
            _ if outcome.skipped => &mut self.skipped,
            Disposition::Approved => &mut self.approved,
            Disposition::Held => &mut self.held,
            Disposition::Returned => &mut self.returned,
            Disposition::Rejected => &mut self.rejected,
        };
        *count += 1;
    }

    /// Whether every row has exactly one outcome.
    pub fn tie(&self) -> bool {
        self.read == self.approved + self.held + self.returned + self.rejected + self.skipped
    }
}

/// Decides claims in the program's order, each on what those before it left of the past, and gives their outcomes
/// with messages and figures. [`run`] hands them out one by one, and traces those that are asked for.
pub fn evaluate(program: &Program, tables: &Tables, past: &mut Past, claims: &Claims) -> Vec<Outcome<'static>> {
    let mut outcomes = Vec::with_capacity(claims.count());
    run(program, tables, past, claims, &|_, _| Depth::Words, &mut |outcome, _| {
        outcomes.push(outcome.clone().into_owned());
    });
    outcomes
}

/// How many claims are copied together before they are decided. The order jumps through the file; copies of rows wait for
/// memory all at once, decisions would one by one.
const WINDOW: usize = 1024;

/// Decides every claim of a file in the program's order and hands out each outcome, unreadable rows last, as deep as
/// `depth` wants it by id and line. A trace comes along where steps are wanted.
pub fn run(
    program: &Program,
    tables: &Tables,
    past: &mut Past,
    claims: &Claims,
    depth: &dyn Fn(&str, u64) -> Depth,
    sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
) {
    Run { program, tables, claims, awards: &Awards::new(), depth, names: false }.decide(past, sink);
}

/// A run: claims, and what they are decided by.
pub struct Run<'r> {
    /// The program.
    pub program: &'r Program,
    /// Its tables.
    pub tables: &'r Tables,
    /// The claims.
    pub claims: &'r Claims,
    /// What programs that came first decided for the same claims.
    pub awards: &'r Awards,
    /// How deep each decision is shown, by id and line.
    pub depth: &'r dyn Fn(&str, u64) -> Depth,
    /// Whether traces and words show private figures.
    pub names: bool,
}

impl Run<'_> {
    /// Decides every claim in the program's order and hands out each outcome, unreadable rows last. A trace comes along where
    /// steps are wanted.
    pub fn decide(&self, past: &mut Past, sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>)) {
        self.decide_in(&Queue::new(self.program, self.claims), past, sink);
    }

    /// Decides every claim of a queue that was made for the same claims, and for a program that [reads and orders them
    /// alike](Queue::fits).
    pub fn decide_in(
        &self,
        queue: &Queue<'_>,
        past: &mut Past,
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) {
        self.decide_beside(queue, &Again::default(), past, Beside::nothing(), sink);
    }

    /// Decides the claims of a queue while a keeper brings what stands of them and takes what was decided, and lets
    /// arrangements add to them.
    pub fn decide_kept(
        &self,
        queue: &Queue<'_>,
        again: &Again<'_>,
        past: &mut Past,
        (keeper, arrangements): (&mut dyn Keeper, &mut Arrangements<'_>),
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let beside = Beside { keeper: Some(keeper), arrangements: Some(arrangements) };
        self.decide_beside(queue, again, past, beside, sink);
    }

    /// Decides claims that stand already again, for what a person ruled of them.
    pub fn decide_again(
        &self,
        queue: &Queue<'_>,
        past: &mut Past,
        ruling: &Ruling,
        arrangements: &mut Arrangements<'_>,
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let again = Again { ruling: Some(ruling), ..Again::default() };
        let beside = Beside { arrangements: Some(arrangements), keeper: None };
        self.decide_beside(queue, &again, past, beside, sink);
    }

    /// Decides every claim of a queue and lets arrangements add to it. What they add is no part of the past.
    pub fn decide_arranged(
        &self,
        queue: &Queue<'_>,
        past: &mut Past,
        arrangements: &mut Arrangements<'_>,
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let beside = Beside { arrangements: Some(arrangements), keeper: None };
        self.decide_beside(queue, &Again::default(), past, beside, sink);
    }

    fn decide_beside(
        &self,
        queue: &Queue<'_>,
        again: &Again<'_>,
        past: &mut Past,
        beside: Beside<'_, '_>,
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let arena = Bump::new();
        let remembers = past.standing.is_some();
        let desk = |program, tables| {
            let desk = self.desk(program, tables, queue, remembers, &arena);
            Desk { repeats: again.repeats, ruling: again.ruling, ..desk }
        };
        let own = desk(self.program, self.tables);
        let Beside { keeper, arrangements } = beside;
        let arrangements = arrangements.filter(|arrangements| !arrangements.is_empty());
        let theirs = arrangements.iter().flat_map(|arrangements| arrangements.programs());
        let theirs: Vec<Desk<'_>> = theirs.map(|with| desk(with.program, with.tables)).collect();
        let arranged = arrangements.map(|arrangements| Arranged { desks: &theirs, arrangements });
        if arranged.is_some() {
            past.history.watch();
        }
        self.decide_at(&own, past, again.from, &mut At { keeper, arranged }, sink);
        past.history.unwatch();
    }

    fn desk<'d>(
        &'d self,
        program: &'d Program,
        tables: &'d Tables,
        queue: &'d Queue<'d>,
        remembers: bool,
        arena: &'d Bump,
    ) -> Desk<'d> {
        let mut decider = Decider::new(program, tables, arena);
        decider.names = self.names;
        decider.remembers |= remembers;
        Desk { decider, queue, awards: self.awards, depth: self.depth, ruling: None, repeats: Repeats::Nothing }
    }

    fn decide_at(
        &self,
        desk: &Desk<'_>,
        past: &mut Past,
        from: usize,
        at: &mut At<'_, '_, '_>,
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let queue = desk.queue;
        let mut scratch = Bump::new();
        let mut window = self.claims.empty_rows();
        let mut ahead = queue.order.get(from..).unwrap_or_default();
        let mut done = from;
        while !ahead.is_empty() {
            let mut count = WINDOW.min(ahead.len());
            // What comes again is judged beside the first.
            while ahead.get(count).is_some_and(|number| queue.repeats(*number)) {
                count += 1;
            }
            let (numbers, rest) = ahead.split_at_checked(count).unwrap_or((ahead, &[]));
            ahead = rest;
            done += count;
            window.clear();
            let views: Vec<Claim<'_>> = numbers.iter().map(|number| self.claims.claim(*number as usize)).collect();
            for claim in &views {
                window.push_row(claim.row());
            }
            if !at.bring(past, &mut |take| desk.name_all(&views, take)) {
                return;
            }
            let mut views = views.iter().enumerate().map(|(row, claim)| claim.with_row(window.row(row))).peekable();
            while let Some(claim) = views.next() {
                let repeats = |next: &Claim<'_>| queue.repeats(number_of(*next));
                let mut again = std::iter::from_fn(|| views.next_if(repeats));
                desk.claim(past, claim, &mut again, &mut at.arranged, &scratch, sink);
                scratch.reset();
            }
            if !at.take(past, done) {
                return;
            }
        }
        for number in queue.unreadable.iter().skip(from.saturating_sub(queue.order.len())) {
            desk.unreadable(self.claims.claim(*number as usize), sink);
        }
        at.take(past, queue.order.len() + queue.unreadable.len());
    }
}

/// Hands out the ids of claims.
pub type EachId<'e> = dyn FnMut(&mut dyn FnMut(&str)) + 'e;

/// Who keeps what stands of claims, where that isn't all in memory. Either answer ends the run where it is `false`.
pub trait Keeper {
    /// Brings what stands of the claims that are decided next, and of those that they name, which `each` hands out.
    fn bring(&mut self, past: &mut Past, arrangements: &mut Arrangements<'_>, each: &mut EachId<'_>) -> bool;

    /// Takes what was decided of the claims up to a place in their order.
    fn take(&mut self, past: &mut Past, arrangements: &mut Arrangements<'_>, done: usize) -> bool;
}

/// What a run repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeats {
    /// Nothing: the file is a new one.
    #[default]
    Nothing,
    /// A file that came before, by other rules: what was corrected since stays so, and what was returned is decided anew.
    File,
    /// All of a run, by the same rules: nothing is decided again.
    Run,
}

/// How claims are decided that came before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Again<'r> {
    /// The place in the order from which claims are decided.
    pub from: usize,
    /// Whether the same file came before.
    pub repeats: Repeats,
    /// What a person ruled of the claims, which are decided again for that.
    pub ruling: Option<&'r Ruling>,
}

/// What stands beside the standard decisions of a run.
struct Beside<'d, 'p> {
    keeper: Option<&'d mut dyn Keeper>,
    arrangements: Option<&'d mut Arrangements<'p>>,
}

impl Beside<'_, '_> {
    fn nothing() -> Self {
        Self { keeper: None, arrangements: None }
    }
}

/// The same at work.
struct At<'k, 'd, 'p> {
    keeper: Option<&'k mut dyn Keeper>,
    arranged: Option<Arranged<'d, 'p>>,
}

impl At<'_, '_, '_> {
    fn bring(&mut self, past: &mut Past, each: &mut EachId<'_>) -> bool {
        self.kept(|keeper, arrangements| keeper.bring(past, arrangements, each))
    }

    fn take(&mut self, past: &mut Past, done: usize) -> bool {
        self.kept(|keeper, arrangements| keeper.take(past, arrangements, done))
    }

    fn kept(&mut self, act: impl FnOnce(&mut dyn Keeper, &mut Arrangements<'_>) -> bool) -> bool {
        match (&mut self.keeper, &mut self.arranged) {
            (None, _) => true,
            (Some(keeper), Some(arranged)) => act(*keeper, arranged.arrangements),
            (Some(keeper), None) => act(*keeper, &mut Arrangements::default()),
        }
    }
}
