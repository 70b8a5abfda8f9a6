//! The desk at which the claims of a run are decided one by one.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use bumpalo::{Bump, collections::Vec as ScratchVec};

use super::{
    allocation::borne,
    arrangement::{Arrangements, Standard},
    assessment::Remembered,
    decide::{Decision, decide, shown},
    decider::Decider,
    flip::flips,
    known::{Awards, Known, Past},
    queue::{Queue, number_of, unreadable_id},
    reversal::reverse,
    run::Repeats,
    settle::{self, Before, Kept, Stood, keep, own, skipped, uncorrected},
    table::Tables,
};
use crate::{
    claim::Claim,
    history::{History, KeptChange},
    money::Decimal,
    outcome::{
        Codes, DecidedBy, Depth, Disposition, Elsewhere, EngineReason, Outcome, Reason, Ruling, Standing, Took, Trace,
        Usage, Worded, Words,
    },
    program::Program,
    script::Failure,
};

/// Where the claims of a run are decided one by one.
pub(super) struct Desk<'p> {
    pub(super) decider: Decider<'p>,
    pub(super) queue: &'p Queue<'p>,
    pub(super) awards: &'p Awards,
    pub(super) depth: &'p dyn Fn(&str, u64) -> Depth,
    /// What a person ruled of the claims, which are decided again for that.
    pub(super) ruling: Option<&'p Ruling>,
    /// Whether all claims came before in the same file.
    pub(super) repeats: Repeats,
}

/// Arrangements beside the standard rules, with the desks of their programs.
pub(super) struct Arranged<'d, 'p> {
    pub(super) desks: &'d [Desk<'d>],
    pub(super) arrangements: &'d mut Arrangements<'p>,
}

impl Desk<'_> {
    /// Decides a claim, and says what becomes of those that are it again.
    pub(super) fn claim(
        &self,
        past: &mut Past,
        claim: Claim<'_>,
        again: &mut dyn Iterator<Item = Claim<'_>>,
        arranged: &mut Option<Arranged<'_, '_>>,
        scratch: &Bump,
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let id = self.queue.id(claim, scratch);
        let again: Vec<Claim<'_>> = again.collect();
        // What is asked of one of them is made for the first, whose words the others repeat.
        let depths = again.iter().chain([&claim]).map(|claim| (self.depth)(id, claim.line()));
        let depth = depths.max().unwrap_or(Depth::Codes);
        let mut trace = (depth >= Depth::Steps).then(|| Trace::with_room(self.decider.steps));
        let outcome = match self.queue.conflict(number_of(claim)) {
            Some(lines) => id_twice(self.decider.program, claim, id, lines, depth),
            None => {
                let outcome = self.settle(past, claim, id, scratch, depth, trace.as_mut());
                match arranged {
                    None => outcome,
                    Some(Arranged { desks, arrangements }) => {
                        let standard = Standard { program: self.decider.program, past, outcome, claim, id, depth };
                        arrangements.arrange(desks, standard, scratch)
                    }
                }
            }
        };
        sink(&outcome, trace.as_ref().filter(|_| (self.depth)(id, claim.line()) >= Depth::Steps));
        for next in again {
            let depth = (self.depth)(id, next.line());
            let own = self.deficiencies(next, depth);
            sink(&repeated(&outcome, next, own), None);
        }
    }

    /// Hands out the ids of claims, and of those that they name.
    pub(super) fn name_all(&self, claims: &[Claim<'_>], take: &mut dyn FnMut(&str)) {
        let mut scratch = Bump::new();
        for claim in claims {
            let id = self.queue.id(*claim, &scratch);
            take(id);
            if let Some(original) = settle::original(self.decider.program, *claim, id) {
                take(&original);
            }
            scratch.reset();
        }
    }

    /// Decides a claim on what stands of it, and lets that stand.
    pub(super) fn settle<'a>(
        &'a self,
        past: &mut Past,
        claim: Claim<'a>,
        id: &'a str,
        scratch: &'a Bump,
        depth: Depth,
        trace: Option<&mut Trace<'a>>,
    ) -> Outcome<'a> {
        let program = self.decider.program;
        let elsewhere = self.elsewhere(id);
        let content = settle::content(past, program, claim, &elsewhere);
        let stood = match self.leave(past, claim, id, content, scratch) {
            Ok(stood) => stood,
            Err(outcome) => return *outcome,
        };
        let Past { history, standing, .. } = past;
        let original = settle::original(program, claim, id);
        let known = Known {
            history: &*history,
            original: original.as_ref().and_then(|original| own(program, claim, standing.as_ref()?, original)),
            usage: &stood.usage,
            received: stood.received,
            elsewhere: &elsewhere,
            ruling: self.ruling,
        };
        let mut decision = self.decide(known, claim, id, scratch, depth, trace);
        decision.outcome.reversed = stood.reversed;
        if stood.reversed.is_some() {
            // So the parts of all outcomes add up to the net.
            for (part, back) in decision.outcome.allocation.to_mut().iter_mut().zip(&stood.borne) {
                *part = part.saturating_sub(*back);
            }
        }
        let seen = standing.as_ref().map_or(0, |_| settle::seen(history, &decision.changes));
        decision.changes.iter().for_each(|change| history.apply(change));
        if let Some(standing) = standing {
            let kept = Kept { content, elsewhere, usage: stood.usage, seen, left: stood.left };
            keep(standing, id, claim, &decision, original.as_deref(), kept);
        }
        decision.outcome
    }

    /// What the programs that this one names decided for a claim.
    pub(super) fn elsewhere(&self, id: &str) -> Vec<Option<Elsewhere>> {
        let program = self.decider.program;
        let looks = program.neighbours.named().next().is_some();
        if looks { self.awards.of(program, id) } else { Vec::new() }
    }

    /// Takes out what stood of a claim, if it may be decided again. The outcome of one that may not comes back instead.
    pub(super) fn leave<'a>(
        &'a self,
        past: &mut Past,
        claim: Claim<'a>,
        id: &'a str,
        content: u128,
        scratch: &'a Bump,
    ) -> Result<Stood, Box<Outcome<'a>>> {
        let Past { history, standing, earlier } = past;
        let Some(standing) = standing else { return Ok(Stood::default()) };
        let mut stood = Stood::default();
        match Before::of(standing, id, content) {
            Before::New => Ok(stood),
            Before::Same(decided) if self.ruling.is_none() && decided.by != DecidedBy::Standard => {
                Err(Box::new(skipped(&decided.outcome, claim)))
            }
            Before::Returned(decided) if self.repeats == Repeats::Run => {
                Err(Box::new(skipped(&decided.outcome, claim)))
            }
            Before::Other(decided) if self.repeats != Repeats::Nothing => {
                Err(Box::new(skipped(&decided.outcome, claim)))
            }
            Before::Returned(decided) => {
                decided.changes.iter().for_each(|change| history.take_back(change));
                stood.left = decided.changes.iter().map(KeptChange::negated).collect();
                stood.received = decided.received;
                stood.usage.clone_from(&decided.usage);
                Ok(stood)
            }
            Before::Same(decided) | Before::Other(decided) => {
                let (own, by) = (self.decider.program, decided.by);
                let left = match by {
                    DecidedBy::These => leave_by(own, &self.decider, (history, standing), claim, id, scratch),
                    DecidedBy::Earlier(version) => {
                        leave_by_earlier(own, earlier.get(version), (history, standing), claim, id)
                    }
                    DecidedBy::Others | DecidedBy::Standard => leave_as_it_came(own, history, standing, id),
                };
                // What was decided stands where nobody can say what would leave with it.
                left.map_err(|failure| Box::new(uncorrected(own, claim, id, &failure)))
            }
        }
    }

    fn decide<'a>(
        &'a self,
        known: Known<'_>,
        claim: Claim<'a>,
        id: &'a str,
        scratch: &'a Bump,
        depth: Depth,
        mut trace: Option<&mut Trace<'a>>,
    ) -> Decision<'a> {
        let decision = self.decide_safely(known, claim, id, scratch, depth, trace.as_deref_mut());
        if let Some(trace) = trace.filter(|_| depth == Depth::Flips) {
            trace.flips = Some(flips(&self.decider, known, claim, id, &decision.outcome, &trace.steps));
        }
        decision
    }

    /// A panic inside a decision is a bug; it holds the claim and the run goes on.
    fn decide_safely<'a>(
        &'a self,
        known: Known<'_>,
        claim: Claim<'a>,
        id: &'a str,
        scratch: &'a Bump,
        depth: Depth,
        trace: Option<&mut Trace<'a>>,
    ) -> Decision<'a> {
        let decider = &self.decider;
        let decided = catch_unwind(AssertUnwindSafe(|| match (depth, trace) {
            (Depth::Flips, Some(trace)) => decide(decider, known, claim, id, scratch, &mut Worded(trace)),
            (_, Some(trace)) => decide(decider, known, claim, id, scratch, trace),
            (Depth::Codes, None) => decide(decider, known, claim, id, scratch, &mut Codes),
            (Depth::Words | Depth::Steps | Depth::Flips, None) => {
                decide(decider, known, claim, id, scratch, &mut Words)
            }
        }));
        decided.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            let reason = EngineReason::EngineFailed.because(text.unwrap_or("no message").to_owned(), None);
            let outcome = plain(decider.program, claim, Cow::Borrowed(id), vec![reason]);
            let outcome = Outcome { stands: true, ..outcome };
            Decision { outcome, changes: ScratchVec::new_in(scratch), remembered: Remembered::none(scratch) }
        })
    }

    fn deficiencies(&self, claim: Claim<'_>, depth: Depth) -> Vec<Reason<'static>> {
        let deficiencies = claim.deficiencies().iter();
        deficiencies.map(|one| self.decider.deficiency(claim.line(), one, depth != Depth::Codes)).collect()
    }

    pub(super) fn unreadable(&self, claim: Claim<'_>, sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>)) {
        let program = self.decider.program;
        let id = unreadable_id(program, claim);
        let depth = (self.depth)(&id, claim.line());
        let trace = (depth >= Depth::Steps).then(Trace::default);
        sink(&plain(program, claim, id, self.deficiencies(claim, depth)), trace.as_ref());
    }
}

/// Takes out what stands of a claim as a full return of it would.
fn leave_by(
    own: &Program,
    decider: &Decider<'_>,
    (history, standing): (&mut History, &mut Standing),
    claim: Claim<'_>,
    id: &str,
    scratch: &Bump,
) -> Result<Stood, Failure> {
    let Some(decided) = standing.find(id) else { return Ok(Stood::default()) };
    let row = claim.with_row(standing.row(decided));
    let reversal = reverse(decider, history, standing, decided, row, scratch)?;
    let mut stood = Stood {
        reversed: Some(reversal.amount),
        borne: borne(own, reversal.amount)?,
        received: decided.received,
        usage: decided.usage.clone(),
        left: reversal.changes.iter().map(KeptChange::from).collect(),
    };
    reversal.changes.iter().for_each(|change| history.apply(change));
    match decided.took.clone() {
        Some(Took { original, usage }) => {
            let given = Usage { per_claim: reversal.per_claim, ..usage.negated() };
            standing.use_up(&original, &given);
        }
        None => stood.usage.add(&Usage { per_claim: reversal.per_claim, ..Usage::default() }),
    }
    Ok(stood)
}

/// The same by the rules that decided it. Where these can't say what would leave, it leaves as it came.
fn leave_by_earlier(
    own: &Program,
    earlier: Option<(&Program, &Tables)>,
    (history, standing): (&mut History, &mut Standing),
    claim: Claim<'_>,
    id: &str,
) -> Result<Stood, Failure> {
    if let Some((program, tables)) = earlier {
        let arena = Bump::new();
        let decider = Decider::new(program, tables, &arena);
        if let Ok(stood) = leave_by(own, &decider, (history, standing), claim, id, &arena) {
            return Ok(stood);
        }
    }
    leave_as_it_came(own, history, standing, id)
}

/// Takes out what other rules decided: what they gave is taken back, and not what these would have given.
fn leave_as_it_came(
    program: &Program,
    history: &mut History,
    standing: &mut Standing,
    id: &str,
) -> Result<Stood, Failure> {
    let Some(decided) = standing.find(id) else { return Ok(Stood::default()) };
    let award = match decided.outcome.disposition {
        Disposition::Approved => decided.outcome.award,
        _ => Decimal::ZERO,
    };
    let left: Vec<KeptChange> = decided.changes.iter().map(KeptChange::negated).collect();
    let mut usage = decided.usage.clone();
    if usage.taken.iter().all(|taken| taken.count == 0) {
        // All that stands under its own ceilings is its own.
        usage.per_claim.clear();
    }
    let (borne, received) = (borne(program, award)?, decided.received);
    for change in &left {
        let change = change.again(history);
        history.apply(&change);
    }
    if let Some(took) = decided.took.clone() {
        standing.use_up(&took.original, &took.usage.negated());
    }
    Ok(Stood { reversed: Some(award), borne, received, usage, left })
}

/// An outcome that awards nothing, for these reasons.
pub(super) fn plain<'a>(
    program: &Program,
    claim: Claim<'a>,
    id: Cow<'a, str>,
    reasons: Vec<Reason<'a>>,
) -> Outcome<'a> {
    let mut zero = Decimal::ZERO;
    zero.rescale(program.identification.scale);
    let row = claim.row();
    Outcome {
        claim: id,
        participant: shown(row.value(program.claim.participant)),
        payee: program.claim.payee.map_or(Cow::Borrowed(""), |field| shown(row.value(field))),
        date: row.date(program.claim.date),
        received: program.claim.received.and_then(|field| row.date(field)),
        disposition: reasons.iter().map(|reason| reason.disposition).min().unwrap_or(Disposition::Held),
        stands: false,
        skipped: false,
        reasons: Cow::Owned(reasons),
        flags: Cow::Borrowed(&[]),
        components: Cow::Owned(vec![zero; program.components.len()]),
        cuts: Cow::Borrowed(&[]),
        award: zero,
        pending: zero,
        reversed: None,
        allocation: Cow::Owned(vec![zero; program.allocation.as_ref().map_or(0, |plan| plan.shares.len())]),
        arranged: None,
        claimed: program.claim.claimed.and_then(|field| row.number(field)),
        derived: Cow::Borrowed(&[]),
        origin: claim.origin(),
    }
}

/// What becomes of a claim that comes again with the same content. A returned one isn't decided, so it is returned
/// again, and counts once; any other is skipped.
fn repeated<'a>(standing: &Outcome<'a>, claim: Claim<'a>, own: Vec<Reason<'a>>) -> Outcome<'a> {
    if standing.disposition != Disposition::Returned {
        return skipped(standing, claim);
    }
    let reasons = if own.is_empty() { standing.reasons.clone() } else { Cow::Owned(own) };
    Outcome { stands: false, reasons, origin: claim.origin(), ..standing.clone() }
}

fn id_twice<'a>(program: &Program, claim: Claim<'a>, id: &'a str, lines: &[u64], depth: Depth) -> Outcome<'a> {
    let others = || {
        let others = lines.iter().filter(|line| **line != claim.line()).map(ToString::to_string);
        let others = others.collect::<Vec<_>>().join(", ");
        format!("this id stands on line {others} too, and not with the same content everywhere")
    };
    let message = if depth == Depth::Codes { String::new() } else { others() };
    plain(program, claim, Cow::Borrowed(id), vec![EngineReason::IdTwice.because(message, None)])
}
