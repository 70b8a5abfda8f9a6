//! Posting a file of claims, batch by batch.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
};

use super::{bring, past};
use crate::{
    claim::Claims,
    engine::{Awards, Counts, EachId, Keeper, Past, Queue, Run, Tables},
    ledger::{EntryKind, KeptRules, Ledger, LedgerError, Posted, RunId},
    outcome::{Depth, Disposition, Outcome},
    program::{Layout, Program},
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
    /// What programs that came first decided for them.
    pub awards: &'p Awards,
    /// Whether programs come behind that ask what this one decided.
    pub is_asked: bool,
}

/// What was posted.
#[derive(Debug, Default)]
pub struct Posting {
    /// How many claims had been posted before the run was interrupted.
    pub resumed_at: u64,
    /// How many entries were posted.
    pub entries: u64,
    /// What was decided of those that this run looked at.
    pub counts: Counts,
    /// The same for programs that come behind.
    pub awards: Awards,
}

/// Why a file can't be posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The ledger can't be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Another file was interrupted.
    #[error("posting `{0}` was interrupted, and has to end first")]
    Interrupted(String),
    /// The rules have changed since posting the file was interrupted.
    #[error("posting `{0}` was interrupted, and the rules have changed since")]
    RulesChanged(String),
}

impl PostError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Ledger(error) => error.help(),
            Self::Interrupted(_) => Some("post that file again: it goes on where it stopped"),
            Self::RulesChanged(_) => Some("post it by the rules that it was begun with; then change them"),
        }
    }
}

/// Posts a file: what of it was posted before is skipped, what was interrupted goes on. Outcomes are handed out as they are
/// decided.
pub fn post(post: &Post<'_>, ledger: &mut Ledger, sink: &mut dyn FnMut(&Outcome<'_>)) -> Result<Posting, PostError> {
    let Post { program, tables, rules, claims, file, file_hash, awards, .. } = post;
    let known = ledger.progress(rules.program, file_hash)?;
    let repeats = known.is_some_and(|progress| progress.is_whole && progress.rules == rules.id);
    let before = known.filter(|progress| !progress.is_whole);
    match (&before, ledger.interrupted(rules.program)?) {
        (None, Some((_, other))) => return Err(PostError::Interrupted(other)),
        (Some(progress), _) if progress.rules != rules.id => return Err(PostError::RulesChanged((*file).to_owned())),
        _ => {}
    }
    let from = before.map_or(0, |progress| progress.done);
    let queue = Queue::new(program, claims);
    let mut past = past(ledger, program)?;
    past.history.watch();
    let waiting = RefCell::new(Vec::new());
    let mut window = Window {
        post,
        // What a first file brings nobody has decided before; only claims that it names itself may stand there.
        looks_up: program.claim.original.is_some() || ledger.has_runs(rules.program)?,
        ledger,
        layout: Layout::of(program),
        known_rules: Vec::new(),
        accumulators: Vec::new(),
        run: before.map(|progress| progress.run),
        is_open: false,
        committed: usize::try_from(from).unwrap_or(usize::MAX),
        total: queue.count(),
        waiting: &waiting,
        returned: HashMap::new(),
        posting: Posting { resumed_at: from, ..Posting::default() },
        trouble: None,
    };
    if post.is_asked {
        window.take_awards_before(&queue)?;
    }
    let run = Run { program, tables, claims, awards, depth: &|_, _| Depth::Words, names: false };
    let mut counts = Counts::default();
    run.decide_kept(&queue, (window.committed, repeats), &mut past, &mut window, &mut |outcome, _| {
        counts.add(outcome);
        sink(outcome);
        waiting.borrow_mut().push(Waiting::of(outcome));
    });
    match window.trouble {
        Some(trouble) => Err(trouble.into()),
        None => Ok(Posting { counts, ..window.posting }),
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
    layout: Layout,
    known_rules: Vec<KeptRules>,
    /// The numbers of the program's accumulators in the ledger.
    accumulators: Vec<i64>,
    /// The run; none until there is something to post.
    run: Option<RunId>,
    is_open: bool,
    /// How far the run was when a batch was let stand last.
    committed: usize,
    total: usize,
    waiting: &'w RefCell<Vec<Waiting>>,
    /// The claims of this window that were returned before.
    returned: HashMap<Box<str>, Returned>,
    posting: Posting,
    trouble: Option<LedgerError>,
}

impl Keeper for Window<'_, '_> {
    fn bring(&mut self, past: &mut Past, each: &mut EachId<'_>) -> bool {
        if !self.looks_up {
            return true;
        }
        let mut claims: Vec<Box<str>> = Vec::new();
        each(&mut |claim| claims.push(claim.into()));
        let brought = claims.into_iter().try_for_each(|claim| self.bring_one(past, claim));
        self.went_well(brought)
    }

    fn take(&mut self, past: &mut Past, done: usize) -> bool {
        let taken = self.post_window(past, done);
        self.went_well(taken)
    }
}

impl Window<'_, '_> {
    fn went_well(&mut self, result: Result<(), LedgerError>) -> bool {
        self.trouble = result.err();
        self.trouble.is_none()
    }

    /// What was decided of the claims before the place where a run goes on, for programs that come behind.
    fn take_awards_before(&mut self, queue: &Queue<'_>) -> Result<(), LedgerError> {
        let mut claims: Vec<String> = Vec::new();
        queue.name_first(self.committed, &mut |claim| claims.push(claim.to_owned()));
        for claim in claims {
            if let Some(known) = self.ledger.find(self.post.rules.program, &claim)? {
                self.posting.awards.take(&self.post.program.identification.name, &known.decided.outcome);
            }
        }
        Ok(())
    }

    /// Brings what stands of a claim and of the one that it took back.
    fn bring_one(&mut self, past: &mut Past, claim: Box<str>) -> Result<(), LedgerError> {
        let Some(standing) = &mut past.standing else { return Ok(()) };
        let mut next = Some(claim);
        while let Some(claim) = next.take().filter(|claim| standing.find(claim).is_none()) {
            let program = self.post.rules.program;
            let own = (self.post.rules.fingerprint.as_str(), &self.layout);
            next = bring(self.ledger, program, own, &claim, standing, &mut self.known_rules)?;
            let known = standing.find(&claim).and_then(|decided| returned(&decided.outcome, decided.content));
            if let Some(known) = known {
                self.returned.insert(claim, known);
            }
        }
        Ok(())
    }

    fn post_window(&mut self, past: &mut Past, done: usize) -> Result<(), LedgerError> {
        let moved = past.history.take_watched();
        for waiting in self.waiting.take() {
            self.post_one(past, waiting)?;
        }
        if self.is_open {
            self.ledger.note(&moved, &past.history);
        }
        let is_whole = done >= self.total;
        if is_whole && self.run.is_some() {
            self.open()?;
        }
        if self.is_open && (is_whole || done - self.committed >= BATCH) {
            if let Some(run) = self.run {
                self.ledger.advance(run, done as u64, is_whole)?;
            }
            self.ledger.commit(&self.accumulators, &past.history)?;
            (self.is_open, self.committed) = (false, done);
        }
        self.returned.clear();
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
        if self.accumulators.is_empty() {
            self.accumulators = self.ledger.keep_accumulators(rules.program, &self.layout.accumulators())?;
        }
        if self.run.is_none() {
            self.run = Some(self.ledger.begin_run(rules, file, file_hash)?);
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
                // What is returned again for the same reasons is no news.
                if returned(&decided.outcome, decided.content).as_ref() == self.returned.get(&claim)
                    && self.returned.contains_key(&claim)
                {
                    return Ok(());
                }
                self.open()?;
                let (outcome, content) = (&decided.outcome, decided.content);
                let (kind, claim, run) = (EntryKind::Decided, claims.on_line(line), self.run);
                let decided = Some(decided);
                self.ledger.post(Posted { rules, run, kind, outcome, decided, claim, content, act: None })?;
                self.posting.entries += 1;
            }
            Waiting::Undecided(outcome) => {
                let content = self.row_hash(outcome.origin.line);
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

    /// What tells a row of this file from all others.
    fn row_hash(&self, line: u64) -> u128 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.post.file_hash).update(&line.to_le_bytes());
        u128::from_be_bytes(hasher.finalize().as_bytes().first_chunk().copied().unwrap_or_default())
    }
}
