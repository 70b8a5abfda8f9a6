//! A claim that may be known already: a copy of it is skipped, a correction takes back what was decided, and what was
//! returned comes back as if it were new.

use std::borrow::Cow;

use super::{
    decide::{Decision, shown},
    desk::plain,
    known::{Original, Past},
    queue::content_hash,
};
use crate::{
    calendar::Date,
    claim::{Claim, Value},
    history::{Change, History, KeptChange, Running},
    money::{Decimal, negated},
    outcome::{Arranged, Decided, Disposition, Elsewhere, EngineReason, Outcome, Reason, Standing, Took, Usage},
    program::Program,
    script::Failure,
};

/// What is known of a claim's id before it is decided.
pub(super) enum Before<'h> {
    /// Nothing.
    New,
    /// It was decided with the same content.
    Same(&'h Decided),
    /// It was decided with other content.
    Other(&'h Decided),
    /// It was returned, which decides nothing.
    Returned(&'h Decided),
}

impl<'h> Before<'h> {
    /// Looks an id up.
    pub(super) fn of(standing: &'h Standing, id: &str, content: u128) -> Self {
        match standing.find(id) {
            None => Self::New,
            Some(decided) if !decided.is_final() => Self::Returned(decided),
            Some(decided) if decided.content == content => Self::Same(decided),
            Some(decided) => Self::Other(decided),
        }
    }
}

/// What stood of a claim that is decided again.
#[derive(Default)]
pub(super) struct Stood {
    /// What was awarded and is taken back, where it was decided.
    pub(super) reversed: Option<Decimal>,
    /// What cost centres bore of that.
    pub(super) borne: Vec<Decimal>,
    /// When it was received first.
    pub(super) received: Option<Date>,
    /// What became of it by others that took some of it back.
    pub(super) usage: Usage,
    /// What left the history.
    pub(super) left: Vec<KeptChange>,
}

/// The hash of all that a claim is decided by beside rules and past, where somebody will ask for it: its content, and what
/// other programs decided for it.
pub(super) fn content(past: &Past, program: &Program, claim: Claim<'_>, elsewhere: &[Option<Elsewhere>]) -> u128 {
    if past.standing.is_none() {
        return 0;
    }
    let decided = elsewhere.iter().flat_map(|decided| match decided {
        Some(Elsewhere { disposition, award }) => [Value::Text(disposition.name()), Value::Decimal(*award)],
        None => [Value::Nothing, Value::Nothing],
    });
    content_hash(program, claim, decided)
}

/// The id of the claim that a claim takes back; none where it names itself.
pub(super) fn original<'c>(program: &Program, claim: Claim<'c>, id: &str) -> Option<Cow<'c, str>> {
    let field = program.claim.original?;
    claim.row().is_filled(field).then(|| shown(claim.value(field))).filter(|original| original != id)
}

/// The claim that another one takes back, where it is the same participant's: nobody takes back what others were awarded.
pub(super) fn own<'h>(program: &Program, claim: Claim<'_>, standing: &'h Standing, id: &str) -> Option<Original<'h>> {
    let decided = standing.find(id)?;
    let participant = shown(claim.value(program.claim.participant));
    let original = Original { decided, row: standing.row(decided) };
    (decided.outcome.participant == participant).then_some(original)
}

/// The standing outcome repeated for a claim that comes again with the same content, with why and without an award of its
/// own.
pub fn skipped<'a>(standing: &Outcome<'_>, claim: Claim<'_>) -> Outcome<'a> {
    let got = match standing.disposition {
        Disposition::Held => format!("{} pending", standing.pending),
        _ => format!("an award of {}", standing.award),
    };
    let elsewhere = if standing.origin.file == claim.origin().file {
        String::new()
    } else {
        format!(" of {}", standing.origin.file)
    };
    let message = format!(
        "the same claim with the same content stands on line {}{elsewhere}, where it was {} with {got}",
        standing.origin.line, standing.disposition
    );
    let reasons = [EngineReason::AlreadyDecided.because(message, None)];
    let reasons = reasons.into_iter().chain(standing.reasons.iter().cloned().map(Reason::into_owned)).collect();
    let mut zero = Decimal::ZERO;
    zero.rescale(standing.award.scale());
    Outcome {
        stands: false,
        skipped: true,
        reasons: Cow::Owned(reasons),
        components: Cow::Owned(vec![zero; standing.components.len()]),
        allocation: Cow::Owned(vec![zero; standing.allocation.len()]),
        cuts: Cow::Borrowed(&[]),
        award: zero,
        pending: zero,
        reversed: None,
        arranged: standing.arranged.as_ref().map(|arranged| {
            let zero = Decimal::new(0, arranged.amount.scale());
            Box::new(Arranged { amount: zero, ..(**arranged).clone() })
        }),
        origin: claim.origin().into_owned(),
        ..standing.clone().into_owned()
    }
}

/// A correction that can't be made, since what was decided can't be taken back by the rules as they are.
pub(super) fn uncorrected<'a>(program: &Program, claim: Claim<'a>, id: &'a str, failure: &Failure) -> Outcome<'a> {
    let message = format!(
        "what was decided before stands, since it can't be taken back: `{}` at {}: {}",
        failure.place.text(),
        failure.place.path_and_line(),
        failure.reason
    );
    let reason = EngineReason::RuleFailed.because(message, Some(failure.place.clone()));
    plain(program, claim, Cow::Borrowed(id), vec![reason])
}

/// What is kept of a decision beside it.
pub(super) struct Kept {
    /// The hash of what it was decided by.
    pub(super) content: u128,
    /// What other programs had decided.
    pub(super) elsewhere: Vec<Option<Elsewhere>>,
    /// What became of the claim before it was corrected, and so of this decision.
    pub(super) usage: Usage,
    /// A mark of the figures that it was decided on.
    pub(super) seen: u64,
    /// What left the history before.
    pub(super) left: Vec<KeptChange>,
}

/// A mark of the figures that a decision changes as they were before, so that one that was made on others is found out.
pub(super) fn seen(history: &History, changes: &[Change<'_>]) -> u64 {
    // Hashing one piece costs less than putting pieces together.
    let mut whole = Vec::with_capacity(256);
    for change in changes {
        let Running { count, sum, awarded } =
            history.figure(change.accumulator, change.key).map_or(Running::ZERO, |figure| figure.running());
        whole.extend_from_slice(&change.accumulator.to_le_bytes());
        whole.extend_from_slice(&count.to_le_bytes());
        for figure in [sum, awarded] {
            Value::Decimal(figure).encode(&mut |piece| whole.extend_from_slice(piece));
        }
    }
    let bytes: [u8; 8] = blake3::hash(&whole).as_bytes().first_chunk().copied().unwrap_or_default();
    u64::from_le_bytes(bytes)
}

/// Lets a decision stand.
pub(super) fn keep(
    standing: &mut Standing,
    id: &str,
    claim: Claim<'_>,
    decision: &Decision<'_>,
    original: Option<&str>,
    kept: Kept,
) {
    let (outcome, remembered) = (&decision.outcome, &decision.remembered);
    let changes = decision.changes.iter().map(KeptChange::from).collect();
    let mut decided = Decided::new(kept.content, outcome.clone().into_owned(), changes);
    decided.received = outcome.received;
    decided.bases = remembered.bases.to_vec();
    decided.measures = remembered.measures.to_vec();
    decided.usage = kept.usage;
    decided.elsewhere = kept.elsewhere;
    decided.seen = kept.seen;
    decided.left = kept.left;
    let per_claim = remembered.per_claim.to_vec();
    match (original, outcome.disposition) {
        (Some(original), Disposition::Approved | Disposition::Held) => {
            let is_gone = outcome.disposition == Disposition::Approved;
            let taken = remembered.taken.to_vec();
            let back = |figures: &[Decimal], index: usize| figures.get(index).copied().map_or(Decimal::ZERO, negated);
            let gone = |index| [back(&remembered.bases, index), back(&remembered.measures, index)];
            let gone = if is_gone { (0..remembered.bases.len()).map(gone).collect() } else { Vec::new() };
            let usage = Usage { taken, gone, per_claim };
            standing.use_up(original, &usage);
            decided.took = Some(Took { original: original.into(), usage });
        }
        (Some(_), _) => {}
        (None, _) => decided.usage.add(&Usage { per_claim, ..Usage::default() }),
    }
    standing.keep(id, claim, decided);
}
