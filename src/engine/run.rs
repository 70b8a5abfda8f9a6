//! A run: the claims of one file in their order, each decided on what those before it left.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use bumpalo::Bump;

use super::{
    decide::{Decision, decide},
    table::Tables,
};
use crate::{
    claim::{Claim, Claims, Value},
    history::History,
    money::Decimal,
    outcome::{Disposition, EngineReason, Outcome, Reason, Silent, Trace},
    program::{Identity, Program},
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

/// Decides every claim of a file in the program's order and hands out each outcome, unreadable rows last. The trace of
/// a claim comes along where `watch` asks for it by id and line.
pub fn run(
    program: &Program,
    tables: &Tables,
    history: &mut History,
    claims: &Claims,
    watch: &dyn Fn(&str, u64) -> bool,
    sink: &mut dyn FnMut(Outcome, Option<Trace>),
) {
    let queue = Queue::new(program, claims);
    let mut scratch = Bump::new();
    let mut standing: Option<Outcome> = None;
    for (number, entry) in queue.entries.iter().enumerate() {
        let claim = claims.claim(entry.row());
        if let Some(outcome) = &standing {
            sink(again(outcome, claim), None);
            standing = standing.filter(|_| queue.repeats(number));
            continue;
        }
        let id = queue.id(claim, entry);
        let mut trace = watch(&id, claim.origin().line).then(Trace::default);
        let outcome = match queue.conflicts.get(&entry.digest) {
            Some(lines) => id_twice(program, claim, &id, lines),
            None => {
                let decision = decide_safely(program, tables, history, claim, &id, &scratch, trace.as_mut());
                decision.changes.into_iter().for_each(|change| history.apply(change));
                decision.outcome
            }
        };
        scratch.reset();
        standing = queue.repeats(number).then(|| outcome.clone());
        sink(outcome, trace);
    }
    for row in &queue.unreadable {
        let claim = claims.claim(*row as usize);
        let trace = watch("", claim.origin().line).then(Trace::default);
        sink(unreadable(program, claim), trace);
    }
}

/// A panic inside a decision is a bug; it holds the claim and the run goes on.
fn decide_safely(
    program: &Program,
    tables: &Tables,
    history: &History,
    claim: Claim<'_>,
    id: &str,
    scratch: &Bump,
    trace: Option<&mut Trace>,
) -> Decision {
    let decided = catch_unwind(AssertUnwindSafe(|| match trace {
        Some(trace) => decide(program, tables, history, claim, id, scratch, trace),
        None => decide(program, tables, history, claim, id, scratch, &mut Silent),
    }));
    decided.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let reason = EngineReason::EngineFailed.because(text.unwrap_or("no message"), None);
        Decision { outcome: plain(program, claim, id, vec![reason]), changes: Vec::new() }
    })
}

/// An outcome that awards nothing, for these reasons.
fn plain(program: &Program, claim: Claim<'_>, id: &str, reasons: Vec<Reason>) -> Outcome {
    let mut zero = Decimal::ZERO;
    zero.rescale(program.identification.scale);
    Outcome {
        claim: id.to_owned(),
        participant: claim.value(program.claim.participant).to_string(),
        date: if let Value::Date(date) = claim.value(program.claim.date) { Some(date) } else { None },
        disposition: reasons.iter().map(|reason| reason.disposition).min().unwrap_or(Disposition::Held),
        skipped: false,
        reasons,
        flags: Vec::new(),
        components: vec![zero; program.components.len()],
        cuts: Vec::new(),
        award: zero,
        pending: zero,
        claimed: program.claim.claimed.and_then(|field| claim.value(field).number()),
        derived: Vec::new(),
        origin: claim.origin(),
    }
}

/// What becomes of a claim that comes again with the same content. A returned one isn't decided, so it is returned
/// again, and counts once; any other is skipped.
fn again(standing: &Outcome, claim: Claim<'_>) -> Outcome {
    if standing.disposition != Disposition::Returned {
        return skipped(standing, claim);
    }
    let origin = claim.origin();
    let deficiencies = claim.deficiencies().iter();
    let own: Vec<Reason> = deficiencies.map(|deficiency| Reason::of_deficiency(origin.line, deficiency)).collect();
    let reasons = if own.is_empty() { standing.reasons.clone() } else { own };
    Outcome { reasons, origin, ..standing.clone() }
}

/// The standing outcome repeated, with why and without an award of its own.
fn skipped(standing: &Outcome, claim: Claim<'_>) -> Outcome {
    let message = format!(
        "the same claim with the same content stands on line {}, where it was {} with an award of {}",
        standing.origin.line, standing.disposition, standing.award
    );
    let reasons = [vec![EngineReason::AlreadyDecided.because(message, None)], standing.reasons.clone()].concat();
    let mut zero = Decimal::ZERO;
    zero.rescale(standing.award.scale());
    Outcome {
        skipped: true,
        reasons,
        components: vec![zero; standing.components.len()],
        cuts: Vec::new(),
        award: zero,
        pending: zero,
        origin: claim.origin(),
        ..standing.clone()
    }
}

fn id_twice(program: &Program, claim: Claim<'_>, id: &str, lines: &[u64]) -> Outcome {
    let own = claim.origin().line;
    let others: Vec<String> = lines.iter().filter(|line| **line != own).map(ToString::to_string).collect();
    let message = format!("the same id stands with other content on line {}", others.join(", "));
    plain(program, claim, id, vec![EngineReason::IdTwice.because(message, None)])
}

fn unreadable(program: &Program, claim: Claim<'_>) -> Outcome {
    let line = claim.origin().line;
    let reasons = claim.deficiencies().iter().map(|deficiency| Reason::of_deficiency(line, deficiency));
    let id = match &program.claim.id {
        Identity::Fields(fields) if fields.iter().all(|field| !claim.value(*field).is_nothing()) => {
            id_of(claim, fields)
        }
        _ => String::new(),
    };
    plain(program, claim, &id, reasons.collect())
}

/// A claim in the queue: its row, and the hash that identifies it.
#[derive(Debug, Clone, Copy)]
struct Entry {
    row: u32,
    /// How many exact copies stand before it, where content is the id.
    nth: u32,
    digest: u128,
}

impl Entry {
    fn row(&self) -> usize {
        self.row as usize
    }
}

/// The claims of a file in the order in which they are decided.
struct Queue<'p> {
    program: &'p Program,
    entries: Vec<Entry>,
    /// Rows without a readable id, date or order, by line.
    unreadable: Vec<u32>,
    /// The lines of each id that stands in the file with different content.
    conflicts: HashMap<u128, Vec<u64>>,
}

impl<'p> Queue<'p> {
    fn new(program: &'p Program, claims: &Claims) -> Self {
        let mut queue = Self {
            program,
            entries: Vec::with_capacity(claims.count()),
            unreadable: Vec::new(),
            conflicts: HashMap::new(),
        };
        let mut bytes = Vec::new();
        for claim in claims.iter() {
            // More rows than this can't be held in memory.
            let row = u32::try_from(claim.number()).unwrap_or(u32::MAX);
            if queue.can_queue(claim) {
                let digest = queue.digest(claim, &mut bytes);
                queue.entries.push(Entry { row, nth: 0, digest });
            } else {
                queue.unreadable.push(row);
            }
        }
        queue.find_copies(claims);
        queue.sort(claims);
        queue
    }

    fn can_queue(&self, claim: Claim<'_>) -> bool {
        let plan = &self.program.claim;
        let filled = |field: &usize| !claim.value(*field).is_nothing();
        let whole_row = claim.deficiencies().iter().any(|deficiency| deficiency.field.is_none());
        let id = match &plan.id {
            Identity::Fields(fields) => fields.iter().all(filled),
            Identity::Content => true,
        };
        id && !whole_row && filled(&plan.date) && plan.order.iter().all(filled)
    }

    /// The hash of the id's fields, or of all fields where content is the id.
    fn digest(&self, claim: Claim<'_>, bytes: &mut Vec<u8>) -> u128 {
        bytes.clear();
        match &self.program.claim.id {
            Identity::Fields(fields) => fields.iter().for_each(|field| claim.value(*field).encode(bytes)),
            Identity::Content => self.encode_content(claim, bytes),
        }
        hash(bytes)
    }

    /// All fields; what can't be read stands as it was written.
    fn encode_content(&self, claim: Claim<'_>, bytes: &mut Vec<u8>) {
        for field in 0..self.program.claim.fields.len() {
            let unread = claim.deficiencies().iter().find(|deficiency| deficiency.field == Some(field));
            match unread {
                Some(deficiency) => Value::Text(&deficiency.text).encode(bytes),
                None => claim.value(field).encode(bytes),
            }
        }
    }

    /// Numbers exact copies, and finds ids that stand more than once with different content.
    fn find_copies(&mut self, claims: &Claims) {
        let content_is_id = self.program.claim.id == Identity::Content;
        let mut first: HashMap<u128, (u32, u32)> = HashMap::with_capacity(self.entries.len());
        let mut repeated: Vec<(u128, u32)> = Vec::new();
        for entry in &mut self.entries {
            let (copies, row) = first.entry(entry.digest).or_insert((0, entry.row));
            if content_is_id {
                entry.nth = *copies;
            } else if *copies > 0 {
                repeated.extend([(entry.digest, *row), (entry.digest, entry.row)]);
            }
            *copies += 1;
        }
        repeated.sort_unstable();
        repeated.dedup();
        for same_id in repeated.chunk_by(|left, right| left.0 == right.0) {
            let mut contents = same_id.iter().map(|(_, row)| {
                let mut bytes = Vec::new();
                self.encode_content(claims.claim(*row as usize), &mut bytes);
                bytes
            });
            let one = contents.next();
            if contents.any(|other| Some(&other) != one.as_ref()) {
                let lines = same_id.iter().map(|(_, row)| claims.claim(*row as usize).origin().line).collect();
                self.conflicts.extend(same_id.first().map(|(digest, _)| (*digest, lines)));
            }
        }
    }

    /// Sorts by the program's order; ties by id, then by line.
    fn sort(&mut self, claims: &Claims) {
        let plan = &self.program.claim;
        let id_fields = if let Identity::Fields(fields) = &plan.id { fields.as_slice() } else { &[] };
        let ranks: Vec<Vec<u32>> = plan.order.iter().chain(id_fields).map(|field| claims.ranks(*field)).collect();
        let place = |ranks: &Vec<u32>, entry: &Entry| ranks.get(entry.row()).copied().unwrap_or(0);
        self.entries.sort_unstable_by(|left, right| {
            let unequal =
                ranks.iter().map(|ranks| place(ranks, left).cmp(&place(ranks, right))).find(|order| order.is_ne());
            let content = || left.digest.cmp(&right.digest).then(left.nth.cmp(&right.nth));
            unequal.unwrap_or_else(content).then(left.row.cmp(&right.row))
        });
    }

    /// Whether the next claim is this one again, with the same id and content. It stands behind it, since all that
    /// the order looks at is the same.
    fn repeats(&self, number: usize) -> bool {
        let (Some(entry), Some(next)) = (self.entries.get(number), self.entries.get(number + 1)) else { return false };
        entry.digest == next.digest && entry.nth == next.nth && !self.conflicts.contains_key(&entry.digest)
    }

    /// The id as outcomes show it.
    fn id(&self, claim: Claim<'_>, entry: &Entry) -> String {
        match &self.program.claim.id {
            Identity::Fields(fields) => id_of(claim, fields),
            Identity::Content => {
                let hash = entry.digest >> 48;
                if entry.nth == 0 { format!("{hash:020x}") } else { format!("{hash:020x}-{}", entry.nth + 1) }
            }
        }
    }
}

/// Parts of an id are joined with `/`; one inside a part is marked, so that no two ids look the same.
fn id_of(claim: Claim<'_>, fields: &[usize]) -> String {
    match fields {
        [only] => claim.value(*only).to_string(),
        fields => {
            let parts: Vec<String> = fields
                .iter()
                .map(|field| claim.value(*field).to_string().replace('\\', "\\\\").replace('/', "\\/"))
                .collect();
            parts.join("/")
        }
    }
}

fn hash(bytes: &[u8]) -> u128 {
    let hash = blake3::hash(bytes);
    hash.as_bytes().iter().take(16).fold(0, |number, byte| (number << 8) | u128::from(*byte))
}
