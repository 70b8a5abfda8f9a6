//! Posting a file of claims, batch by batch.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};

use super::{
    Accumulators, BesideRules, Bringer, PostError, Rulebook, arranged_entry, arrangements, before, past, resumed,
};
use crate::{
    claim::Claims,
    engine::{Again, Arrangements, Awards, Ceiling, Counts, EachId, Keeper, Past, Queue, Run, Tables, Touched},
    ledger::{EntryKind, KeptRules, Ledger, LedgerError, Posted, Progress, RunId},
    outcome::{Decided, Depth, Disposition, Outcome},
    program::Program,
};

/// How many claims are posted in one transaction, about.
const BATCH: usize = 10_000;

/// What is posted.
pub struct Post<'p> {
    /// The program.
    pub program: &'p Program,
    /// Its tables.
    pub tables: &'p Tables,
    /// Its rules in the ledger.
    pub rules: &'p KeptRules,
    /// The claims.
    pub claims: &'p Claims,
    /// The name of their file.
    pub file: &'p str,
    /// The hash of their file.
    pub file_hash: [u8; 32],
    /// The arrangements beside it, with these rules in the ledger.
    pub beside: &'p [BesideRules<'p>],
    /// What programs that came first decided for them.
    pub awards: &'p Awards,
    /// Whether programs come behind that ask what this one decided.
    pub is_asked: bool,
    /// Opens the rules that decided claims which come again.
    pub rulebook: &'p Rulebook<'p>,
}

impl Post<'_> {
    /// What tells a row of this file from all others.
    pub(super) fn row_hash(&self, line: u64) -> u128 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.file_hash).update(&line.to_le_bytes());
        u128::from_be_bytes(hasher.finalize().as_bytes().first_chunk().copied().unwrap_or_default())
    }
}

/// What was posted.
#[derive(Debug, Default)]
pub struct Posting {
    /// How many claims had been posted before the run was interrupted.
    pub resumed_at: u64,
    /// How many entries were posted.
    pub entries: u64,
    /// What was decided of all claims.
    pub counts: Counts,
    /// The same for programs that come behind.
    pub awards: Awards,
    /// What was asked and granted of the ceilings of arrangements, by all runs.
    pub ceilings: Vec<Ceiling>,
}

/// Posts a file: what of it was posted before is skipped, what was interrupted goes on. Outcomes are handed out as they are
/// decided, those from before the interruption first.
pub fn post(post: &Post<'_>, ledger: &mut Ledger, sink: &mut dyn FnMut(&Outcome<'_>)) -> Result<Posting, PostError> {
    let Post { program, tables, rules, claims, file, file_hash, awards, beside, .. } = post;
    let before::Before { interrupted, repeats } =
        before::before(ledger, (program, &rules.fingerprint), beside, (file, file_hash))?;
    let from = interrupted.map_or(0, |progress| progress.done);
    let queue = Queue::new(program, claims);
    let mut past = past(ledger, program)?;
    let mut arrangements = arrangements(ledger, program, beside, &past)?;
    let waiting = RefCell::new(Vec::new());
    let mut window = Window {
        post,
        // What a first file brings nobody has decided before; only claims that it names itself may stand there.
        looks_up: program.claim.original.is_some() || ledger.has_runs(rules.program)?,
        bringer: Bringer::new(ledger, (program, &rules.fingerprint), beside, post.rulebook)?,
        ledger,
        accumulators: None,
        beside: beside.iter().filter_map(|one| one.kept.clone()).collect(),
        run: interrupted.map(|progress| progress.run),
        is_open: false,
        has_ended: false,
        committed: usize::try_from(from).unwrap_or(usize::MAX),
        total: queue.count(),
        waiting: &waiting,
        returned: HashMap::new(),
        touched: HashMap::new(),
        posting: Posting { resumed_at: from, ..Posting::default() },
        trouble: None,
    };
    if post.is_asked {
        window.take_awards_before(&queue)?;
    }
    let mut counts = Counts::default();
    if let Some(Progress { run, .. }) = interrupted {
        let mut said = |outcome: &Outcome<'_>| {
            counts.add(outcome);
            sink(outcome);
        };
        resumed::say_again(post, window.ledger, (&queue, window.committed), run, &mut said)?;
    }
    let run = Run { program, tables, claims, awards, depth: &|_, _| Depth::Words, names: false };
    let again = Again { from: window.committed, repeats, ruling: None };
    let keeps = (&mut window as &mut dyn Keeper, &mut arrangements);
    run.decide_kept(&queue, &again, &mut past, keeps, &mut |outcome, _| {
        counts.add(outcome);
        sink(outcome);
        waiting.borrow_mut().push(Waiting::of(outcome));
    });
    match window.trouble {
        Some(trouble) => Err(trouble.into()),
        None => Ok(Posting { counts, ceilings: arrangements.ceilings(), ..window.posting }),
    }
}

/// What waits to be posted until its window is decided.
enum Waiting {
    /// A decision that stands, by the claim's id and line.
    Decided(Box<str>, u64),
    /// A claim that was decided before.
    Skipped(Box<str>),
    /// A row that decided nothing.
    Undecided(Box<Outcome<'static>>),
}

impl Waiting {
    fn of(outcome: &Outcome<'_>) -> Self {
        match outcome {
            Outcome { skipped: true, claim, .. } => Self::Skipped(claim.as_ref().into()),
            Outcome { stands: true, claim, origin, .. } => Self::Decided(claim.as_ref().into(), origin.line),
            _ => Self::Undecided(Box::new(outcome.clone().into_owned())),
        }
    }
}

/// What is said of a claim that was returned: its content, and for which reasons.
type Returned = (u128, BTreeSet<String>);

fn returned(outcome: &Outcome<'_>, content: u128) -> Option<Returned> {
    let codes = || outcome.reasons.iter().chain(outcome.flags.iter()).map(|reason| reason.code.to_string());
    (outcome.disposition == Disposition::Returned).then(|| (content, codes().collect()))
}

/// Brings what stands before a window of claims is decided, and posts what was decided behind it.
struct Window<'w, 'p> {
    post: &'w Post<'p>,
    ledger: &'w mut Ledger,
    looks_up: bool,
    bringer: Bringer<'p>,
    /// The numbers of accumulators in the ledger; none until there is something to post.
    accumulators: Option<Accumulators>,
    /// The rules of the arrangements.
    beside: Vec<KeptRules>,
    /// The run; none until there is something to post.
    run: Option<RunId>,
    is_open: bool,
    has_ended: bool,
    /// How far the run was when a batch was let stand last.
    committed: usize,
    total: usize,
    waiting: &'w RefCell<Vec<Waiting>>,
    /// The claims of this window that were returned before.
    returned: HashMap<Box<str>, Returned>,
    /// What arrangements made of the claims of this window.
    touched: HashMap<Box<str>, Touched>,
    posting: Posting,
    trouble: Option<LedgerError>,
}

impl Keeper for Window<'_, '_> {
    fn bring(&mut self, past: &mut Past, arrangements: &mut Arrangements<'_>, each: &mut EachId<'_>) -> bool {
        if !self.looks_up {
            return true;
        }
        let Self { ledger, bringer, returned, trouble, .. } = self;
        let mut note = |claim: &str, decided: &Decided| {
            if let Some(known) = self::returned(&decided.outcome, decided.content) {
                returned.insert(claim.into(), known);
            }
        };
        each(&mut |claim| {
            if trouble.is_none() {
                *trouble = bringer.bring(ledger, past, arrangements, claim, &mut note).err();
            }
        });
        self.trouble.is_none()
    }

    fn take(&mut self, past: &mut Past, arrangements: &mut Arrangements<'_>, done: usize) -> bool {
        self.trouble = self.post_window(past, arrangements, done).err();
        self.trouble.is_none()
    }
}

impl Window<'_, '_> {
    /// What was decided of the claims before the place where a run goes on, for programs that come behind.
    fn take_awards_before(&mut self, queue: &Queue<'_>) -> Result<(), LedgerError> {
        let Self { post, ledger, posting, .. } = self;
        queue.each_first(self.committed, &mut |id, claim| {
            // A row that decided nothing awarded nothing, whatever stands under its id.
            let is_undecided = ledger.has_undecided(post.rules.program, id, post.row_hash(claim.line()))?;
            if is_undecided {
                return Ok(());
            }
            if let Some(known) = ledger.find(post.rules.program, id)? {
                posting.awards.take(&post.program.identification.name, &known.decided.outcome);
            }
            Ok(())
        })
    }

    fn post_window(
        &mut self,
        past: &mut Past,
        arrangements: &mut Arrangements<'_>,
        done: usize,
    ) -> Result<(), LedgerError> {
        let touched = arrangements.take_touched().into_iter();
        self.touched = touched.map(|one| (one.outcome.claim.as_ref().into(), one)).collect();
        for waiting in self.waiting.take() {
            self.post_one(past, waiting)?;
        }
        // What comes behind the last claim writes no figure a second time.
        let is_whole = done >= self.total && !self.has_ended;
        if is_whole && self.run.is_some() {
            self.open()?;
        }
        if self.is_open && (is_whole || done - self.committed >= BATCH) {
            if let Some(run) = self.run {
                self.ledger.advance(run, done as u64, is_whole)?;
            }
            match &self.accumulators {
                Some(accumulators) if is_whole => self.ledger.commit(&accumulators.figures(past, arrangements))?,
                _ => self.ledger.commit_batch()?,
            }
            (self.is_open, self.committed, self.has_ended) = (false, done, is_whole);
        }
        self.returned.clear();
        arrangements.clear();
        if let Some(standing) = &mut past.standing {
            standing.clear();
        }
        Ok(())
    }

    /// Begins a batch, and the run with the first of them.
    fn open(&mut self) -> Result<(), LedgerError> {
        let Post { rules, file, file_hash, .. } = self.post;
        if !self.is_open {
            self.ledger.begin()?;
            self.is_open = true;
        }
        if self.accumulators.is_none() {
            let own = (*rules, self.bringer.layout());
            self.accumulators = Some(Accumulators::of(self.ledger, own, &self.beside)?);
        }
        if self.run.is_none() {
            self.run = Some(self.ledger.begin_run(rules, &self.beside, (file, file_hash))?);
        }
        Ok(())
    }

    fn post_one(&mut self, past: &Past, waiting: Waiting) -> Result<(), LedgerError> {
        let Post { program, rules, claims, is_asked, .. } = self.post;
        let standing = past.standing.as_ref();
        match waiting {
            Waiting::Skipped(claim) => {
                let decided = standing.and_then(|standing| standing.find(&claim)).filter(|_| *is_asked);
                if let Some(decided) = decided {
                    self.posting.awards.take(&program.identification.name, &decided.outcome);
                }
            }
            Waiting::Decided(claim, line) => {
                let Some(decided) = standing.and_then(|standing| standing.find(&claim)) else { return Ok(()) };
                if *is_asked {
                    self.posting.awards.take(&program.identification.name, &decided.outcome);
                }
                let touched = self.touched.remove(&claim);
                if let Some(touched) = touched.as_ref().filter(|touched| touched.is_again) {
                    return self.post_arranged(touched, decided.content);
                }
                // What is returned again for the same reasons is no news.
                if touched.is_none()
                    && self.returned.contains_key(&claim)
                    && returned(&decided.outcome, decided.content).as_ref() == self.returned.get(&claim)
                {
                    return Ok(());
                }
                self.open()?;
                let (outcome, content) = (&decided.outcome, decided.content);
                // Its row stands there as well, and nearer than in the file.
                let claim = claims.on_line(line).zip(standing);
                let claim = claim.map(|(claim, standing)| claim.with_row(standing.row(decided)));
                let (kind, run) = (EntryKind::Decided, self.run);
                let decided = Some(decided);
                self.ledger.post(Posted { rules, run, kind, outcome, decided, claim, content, act: None })?;
                self.posting.entries += 1;
                if let Some(touched) = &touched {
                    self.post_arranged(touched, content)?;
                }
            }
            Waiting::Undecided(outcome) => {
                let content = self.post.row_hash(outcome.origin.line);
                if self.looks_up && self.ledger.has_undecided(rules.program, &outcome.claim, content)? {
                    return Ok(());
                }
                self.open()?;
                let (kind, claim, run) = (EntryKind::Undecided, claims.on_line(outcome.origin.line), self.run);
                let outcome = &*outcome;
                self.ledger.post(Posted { rules, run, kind, outcome, decided: None, claim, content, act: None })?;
                self.posting.entries += 1;
            }
        }
        Ok(())
    }

    /// Posts what arrangements made of a claim.
    fn post_arranged(&mut self, touched: &Touched, content: u128) -> Result<(), LedgerError> {
        self.open()?;
        let Post { rules, .. } = self.post;
        let entry = arranged_entry(rules, &self.beside, touched, (self.run, content));
        self.ledger.post_arranged(&entry)?;
        self.posting.entries += 1;
        Ok(())
    }
}
