//! What an entry keeps of a decision beside its columns, as bytes: codes and figures, and all that a correction or a return
//! may ask for. Nothing of it names a person.

use serde::{Deserialize, Serialize};

use super::entry::Act;
use crate::{
    calendar::Date,
    history::{Change, Detail as Part, History, KeptChange, Running},
    money::Decimal,
    outcome::{Cut, Decided, Disposition, Elsewhere, Outcome, Reason, Took, Usage},
};

/// A number: its digits and how many of them are decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Number(i128, u8);

impl From<Decimal> for Number {
    fn from(decimal: Decimal) -> Self {
        Self(decimal.mantissa(), u8::try_from(decimal.scale()).unwrap_or(u8::MAX))
    }
}

impl From<Number> for Decimal {
    fn from(Number(digits, places): Number) -> Self {
        // A number that isn't one was never written; verifying finds the entry out.
        Decimal::try_from_i128_with_scale(digits, u32::from(places)).unwrap_or_default()
    }
}

/// Count, sum and what was awarded.
type Figures = (i64, Number, Number);

fn figures(running: &Running) -> Figures {
    (running.count, running.sum.into(), running.awarded.into())
}

fn running((count, sum, awarded): Figures) -> Running {
    Running { count, sum: sum.into(), awarded: awarded.into() }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Code(String, u8);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum PartOf {
    Whole,
    Day(i32),
    Member(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    accumulator: u32,
    delta: Figures,
    key: Vec<u8>,
    part: PartOf,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Used {
    taken: Vec<Figures>,
    gone: Vec<[Number; 2]>,
    per_claim: Vec<Figures>,
}

/// What an entry keeps of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Detail {
    line: u64,
    date: Option<i32>,
    received: Option<i32>,
    is_correction: bool,
    reasons: Vec<Code>,
    flags: Vec<Code>,
    components: Vec<Number>,
    cuts: Vec<(String, Number)>,
    allocation: Vec<Number>,
    claimed: Option<Number>,
    changes: Vec<Moved>,
    left: Vec<Moved>,
    bases: Vec<Number>,
    measures: Vec<Number>,
    usage: Used,
    elsewhere: Vec<Option<(u8, Number)>>,
    took: Option<(String, Used)>,
    uses: Vec<(String, Used)>,
    seen: u64,
    pub(super) act: Option<Act>,
}

fn day(date: Date) -> i32 {
    chrono::Datelike::num_days_from_ce(&date)
}

fn date(day: i32) -> Option<Date> {
    Date::from_num_days_from_ce_opt(day)
}

/// Dispositions by number, as entries keep them.
const DISPOSITIONS: [Disposition; 4] =
    [Disposition::Rejected, Disposition::Returned, Disposition::Held, Disposition::Approved];

pub(super) fn number_of(disposition: Disposition) -> u8 {
    let place = DISPOSITIONS.iter().position(|one| *one == disposition);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or_default()
}

pub(super) fn disposition(number: u8) -> Disposition {
    DISPOSITIONS.get(usize::from(number)).copied().unwrap_or(Disposition::Held)
}

fn codes(reasons: &[Reason<'_>]) -> Vec<Code> {
    reasons.iter().map(|reason| Code(reason.code.to_string(), number_of(reason.disposition))).collect()
}

fn reasons(codes: &[Code], words: &mut impl Iterator<Item = String>) -> Vec<Reason<'static>> {
    let reason = |code: &Code| Reason {
        code: code.0.clone().into(),
        disposition: disposition(code.1),
        message: words.next().unwrap_or_default().into(),
        place: None,
    };
    codes.iter().map(reason).collect()
}

pub(super) fn moved(change: &KeptChange) -> Moved {
    let part = match change.part() {
        Part::None => PartOf::Whole,
        Part::Day(date) => PartOf::Day(day(date)),
        Part::Member(member) => PartOf::Member(member.to_vec()),
    };
    Moved {
        accumulator: u32::try_from(change.accumulator).unwrap_or(u32::MAX),
        delta: figures(&change.delta),
        key: change.key().to_vec(),
        part,
    }
}

pub(super) fn change(moved: &Moved, history: &History) -> KeptChange {
    let detail = match &moved.part {
        PartOf::Whole => Part::None,
        PartOf::Day(day) => date(*day).map_or(Part::None, Part::Day),
        PartOf::Member(member) => Part::Member(member),
    };
    let key = history.key(&moved.key);
    KeptChange::from(&Change { accumulator: moved.accumulator as usize, key, delta: running(moved.delta), detail })
}

impl From<&Usage> for Used {
    fn from(usage: &Usage) -> Self {
        Self {
            taken: usage.taken.iter().map(figures).collect(),
            gone: usage.gone.iter().map(|pair| pair.map(Number::from)).collect(),
            per_claim: usage.per_claim.iter().map(figures).collect(),
        }
    }
}

impl From<&Used> for Usage {
    fn from(used: &Used) -> Self {
        Self {
            taken: used.taken.iter().copied().map(running).collect(),
            gone: used.gone.iter().map(|pair| pair.map(Decimal::from)).collect(),
            per_claim: used.per_claim.iter().copied().map(running).collect(),
        }
    }
}

impl Detail {
    /// What is kept of an outcome, and of the decision where it is one that stands.
    pub(super) fn of(outcome: &Outcome<'_>, decided: Option<&Decided>, act: Option<Act>) -> Self {
        let numbers = |list: &[Decimal]| list.iter().copied().map(Number::from).collect::<Vec<_>>();
        let taken = |took: &Took| (took.original.to_string(), Used::from(&took.usage));
        let elsewhere = |one: &Option<Elsewhere>| one.map(|one| (number_of(one.disposition), one.award.into()));
        Self {
            line: outcome.origin.line,
            date: outcome.date.map(day),
            received: decided.map_or(outcome.received, |decided| decided.received).map(day),
            is_correction: outcome.reversed.is_some(),
            reasons: codes(&outcome.reasons),
            flags: codes(&outcome.flags),
            components: numbers(&outcome.components),
            cuts: outcome.cuts.iter().map(|cut| (cut.code.to_string(), cut.amount.into())).collect(),
            allocation: numbers(&outcome.allocation),
            claimed: outcome.claimed.map(Number::from),
            changes: decided.map_or_else(Vec::new, |decided| decided.changes.iter().map(moved).collect()),
            left: decided.map_or_else(Vec::new, |decided| decided.left.iter().map(moved).collect()),
            bases: decided.map_or_else(Vec::new, |decided| numbers(&decided.bases)),
            measures: decided.map_or_else(Vec::new, |decided| numbers(&decided.measures)),
            usage: decided.map_or_else(Used::default, |decided| Used::from(&decided.usage_before)),
            elsewhere: decided.map_or_else(Vec::new, |decided| decided.elsewhere.iter().map(elsewhere).collect()),
            took: decided.and_then(|decided| decided.took.as_ref()).map(taken),
            uses: decided.map_or_else(Vec::new, |decided| decided.uses.iter().map(taken).collect()),
            seen: decided.map_or(0, |decided| decided.seen),
            act,
        }
    }

    /// What its decision changed in the history.
    pub(super) fn changes(&self) -> Vec<KeptChange> {
        let history = History::new();
        self.changes.iter().map(|moved| change(moved, &history)).collect()
    }

    /// All that it moved in the history: what left before, and what came.
    pub(super) fn moved(&self) -> Vec<KeptChange> {
        let history = History::new();
        self.left.iter().chain(&self.changes).map(|moved| change(moved, &history)).collect()
    }

    /// What its decision changed of what became of other claims.
    pub(super) fn uses(&self) -> impl Iterator<Item = Took> + '_ {
        self.uses.iter().map(|(original, used)| Took { original: original.as_str().into(), usage: used.into() })
    }

    /// Puts what is kept into an outcome whose columns are there, with the words of its reasons.
    pub(super) fn into_decided(
        self,
        content: u128,
        mut outcome: Outcome<'static>,
        words: &mut impl Iterator<Item = String>,
    ) -> Decided {
        let decimals = |list: &[Number]| list.iter().copied().map(Decimal::from).collect::<Vec<_>>();
        outcome.origin.line = self.line;
        outcome.date = self.date.and_then(date);
        outcome.received = self.received.and_then(date);
        outcome.reversed = outcome.reversed.filter(|_| self.is_correction);
        outcome.reasons = reasons(&self.reasons, words).into();
        outcome.flags = reasons(&self.flags, words).into();
        outcome.components = decimals(&self.components).into();
        let cut = |(code, amount): &(String, Number)| Cut { code: code.clone().into(), amount: (*amount).into() };
        outcome.cuts = self.cuts.iter().map(cut).collect();
        outcome.allocation = decimals(&self.allocation).into();
        outcome.claimed = self.claimed.map(Decimal::from);
        let mut decided = Decided::new(content, outcome, self.changes());
        decided.received = decided.outcome.received;
        decided.bases = decimals(&self.bases);
        decided.measures = decimals(&self.measures);
        decided.usage = (&self.usage).into();
        decided.usage_before.clone_from(&decided.usage);
        let elsewhere = |one: &Option<(u8, Number)>| {
            one.map(|(number, award)| Elsewhere { disposition: disposition(number), award: award.into() })
        };
        decided.elsewhere = self.elsewhere.iter().map(elsewhere).collect();
        decided.took =
            self.took.as_ref().map(|(original, used)| Took { original: original.as_str().into(), usage: used.into() });
        decided.uses = self.uses().collect();
        let history = History::new();
        decided.left = self.left.iter().map(|moved| change(moved, &history)).collect();
        decided.seen = self.seen;
        decided
    }
}
