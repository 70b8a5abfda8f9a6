//! The steps of one decision as data: which rule looked at which values, and the arithmetic of every amount.

use crate::{
    calendar::Date,
    claim::{Origin, Value},
    diagnostic::Place,
    money::Decimal,
};

use super::{Disposition, Flip};

/// How much is wanted of a decision beside what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Codes alone, as the outcomes file holds them.
    Codes,
    /// The words of reasons, and named figures.
    Words,
    /// Codes, and every step with the values that it saw.
    Steps,
    /// All of these, and what would change the decision, for which the claim is decided many times more.
    Flips,
}

/// Sees the steps of a decision. Chosen when compiling, so that an unobserved run pays nothing.
pub trait Observer<'a> {
    /// Whether steps are wanted at all.
    const STEPS: bool;
    /// Whether the words of reasons are wanted, and what comparisons worked out.
    const WORDS: bool;

    /// Takes a step.
    fn step(&mut self, step: Step<'a>);
}

/// Wants codes alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Codes;

impl<'a> Observer<'a> for Codes {
    const STEPS: bool = false;
    const WORDS: bool = false;

    fn step(&mut self, _: Step<'a>) {}
}

/// Wants the words of reasons, and no steps.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words;

impl<'a> Observer<'a> for Words {
    const STEPS: bool = false;
    const WORDS: bool = true;

    fn step(&mut self, _: Step<'a>) {}
}

/// Keeps every step in order, without words. What is kept is borrowed from the program and the decision.
#[derive(Debug, Clone, Default)]
pub struct Trace<'a> {
    /// The steps.
    pub steps: Vec<Step<'a>>,
    /// What would change the decision; `None` where it wasn't looked for.
    pub flips: Option<Vec<Flip>>,
}

impl Trace<'_> {
    /// An empty trace with room for as many steps.
    pub fn with_room(steps: usize) -> Self {
        Self { steps: Vec::with_capacity(steps), flips: None }
    }
}

impl<'a> Observer<'a> for Trace<'a> {
    const STEPS: bool = true;
    const WORDS: bool = false;

    fn step(&mut self, step: Step<'a>) {
        self.steps.push(step);
    }
}

/// Keeps every step in order with its words.
#[derive(Debug)]
pub struct Worded<'t, 'a>(pub &'t mut Trace<'a>);

impl<'a> Observer<'a> for Worded<'_, 'a> {
    const STEPS: bool = true;
    const WORDS: bool = true;

    fn step(&mut self, step: Step<'a>) {
        self.0.step(step);
    }
}

/// A value that a rule looked at, by the name that the rule gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen<'a> {
    /// As written: `claim.quantity`.
    pub name: &'a str,
    /// What it was.
    pub value: Value<'a>,
}

/// What a rule or flag found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleResult {
    /// It raised no objection.
    Passed,
    /// It objected, with this effect.
    Objected(Disposition),
    /// The rule that it comes after didn't hold.
    NotReached,
    /// It could not be worked out.
    Failed,
}

/// A row of a table that matches a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRow<'a> {
    /// Where it stands.
    pub origin: Origin<'a>,
    /// Its cells.
    pub cells: &'a [Seen<'a>],
}

/// One step of a decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Step<'a> {
    /// Whether the program was in force on the claim's date.
    InForce {
        /// The claim's date.
        date: Date,
        /// The program's first and last day.
        effective: (Date, Date),
        /// Whether it was.
        held: bool,
    },
    /// The claim that this one takes back.
    Original {
        /// Its id.
        claim: &'a str,
        /// The date by which it was decided, and this one is.
        date: Option<Date>,
        /// What became of it; `None` where no such claim was decided.
        disposition: Option<Disposition>,
    },
    /// What another program decided for the claim before.
    Earlier {
        /// The program.
        program: &'a str,
        /// What became of the claim there; `None` where that program didn't decide it.
        disposition: Option<Disposition>,
        /// What it awards, or would.
        award: Decimal,
    },
    /// A table was looked up.
    Lookup {
        /// The table.
        table: &'a str,
        /// The rows that count, or of which one should.
        rows: &'a [FoundRow<'a>],
        /// The figure that is made of them, where rules see that.
        figure: Option<Value<'a>>,
        /// Whether only one of the rows could count, and none is the one.
        is_conflict: bool,
    },
    /// A figure of the past.
    Total(Seen<'a>),
    /// A named figure of the program.
    Figure(Seen<'a>),
    /// An eligibility rule.
    Rule {
        /// Its code.
        code: &'a str,
        /// Its place.
        place: &'a Place,
        /// What it found.
        result: RuleResult,
        /// The values it looked at.
        seen: &'a [Seen<'a>],
        /// What it says to the claimant; empty if it passed.
        message: &'a str,
    },
    /// A component of the award.
    Component(&'a ComponentStep<'a>),
    /// A limit.
    Limit(&'a LimitStep<'a>),
    /// A flag.
    Flag {
        /// Its code.
        code: &'a str,
        /// Its place.
        place: &'a Place,
        /// What it found.
        result: RuleResult,
        /// The values it looked at.
        seen: &'a [Seen<'a>],
        /// What it says.
        message: &'a str,
    },
}

/// How one component came about.
#[derive(Debug, Clone, PartialEq)]
pub struct ComponentStep<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its place.
    pub place: &'a Place,
    /// Whether its condition held; `None` if it has none.
    pub when: Option<bool>,
    /// The values it looked at.
    pub seen: &'a [Seen<'a>],
    /// Whether what it is worked out from is private, and isn't here.
    pub hidden: bool,
    /// The amount before it was rounded; `None` under a schedule.
    pub exact: Option<Decimal>,
    /// The schedule's arithmetic, where there is one.
    pub schedule: Option<&'a ScheduleStep<'a>>,
    /// The amount.
    pub amount: Decimal,
}

/// The band that a total reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandReached {
    /// Its number among the bands for the claim, from the lowest.
    pub number: usize,
    /// Its lower edge, as an amount; `None` where it has none.
    pub edge: Option<Decimal>,
    /// Whether the edge itself belongs to it.
    pub from: bool,
    /// What one unit of the base earns.
    pub rate: Decimal,
    /// Whether the rate is an amount for each unit, not a share.
    pub per_unit: bool,
    /// The fixed amount of the band.
    pub flat: Decimal,
}

/// The arithmetic of an accumulating component.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleStep<'a> {
    /// Each slice at its own band, not the whole at one.
    pub incremental: bool,
    /// What is due is worked out by an expression, without bands.
    pub computed: bool,
    /// The values of the key, as the program names them; empty for this claim alone.
    pub key: &'a [Seen<'a>],
    /// What the claim adds.
    pub base: Decimal,
    /// Claims counted before.
    pub count_before: i64,
    /// The total before.
    pub total_before: Decimal,
    /// The total after.
    pub total_after: Decimal,
    /// What picks the band after, where that isn't the total.
    pub measured_after: Option<Decimal>,
    /// The band reached before; `None` below the first or if nothing was counted.
    pub band_before: Option<BandReached>,
    /// The band reached after.
    pub band_after: Option<BandReached>,
    /// The next band up, if there is one.
    pub band_next: Option<BandReached>,
    /// The slices of the total after with their bands, where each is paid at its own.
    pub slices: &'a [(Decimal, BandReached)],
    /// Due on the total after, before rounding.
    pub due_exact: Decimal,
    /// Due on the total after.
    pub due_after: Decimal,
    /// What is taken off: due on the total before, or all that the key was asked before.
    pub due_before: Decimal,
    /// The terms that were used: `whole`, or the difference of two dues.
    pub whole: bool,
}

/// How one limit acted.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitStep<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its place.
    pub place: &'a Place,
    /// The values of the key.
    pub key: &'a [Seen<'a>],
    /// Whether the ceiling is private.
    pub hidden: bool,
    /// The ceiling.
    pub max: Decimal,
    /// What the claim asks of it.
    pub asked: Decimal,
    /// What was granted under it before.
    pub granted_before: Decimal,
    /// What the claim gets.
    pub granted: Decimal,
    /// What it does to the claim.
    pub result: RuleResult,
}
