//! What was decided for each claim of the first side, kept small, and what differs of a claim.

use std::collections::BTreeMap;

use crate::{
    calendar::Date,
    money::Decimal,
    outcome::{Disposition, Outcome},
};

/// What kind of difference a claim shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// Its award differs, and so does the sum of its key.
    Repaid,
    /// Its award differs, and the sum of its key doesn't: the money only moved between claims of the key.
    Retimed,
    /// It is awarded the same, and what it would be awarded once it is released differs.
    Pending,
    /// Only its disposition or codes differ.
    Reasoned,
}

impl DifferenceKind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Repaid, Self::Retimed, Self::Pending, Self::Reasoned];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Repaid => "repaid",
            Self::Retimed => "retimed",
            Self::Pending => "pending",
            Self::Reasoned => "reasoned",
        }
    }
}

/// What one side decided for a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimOutcome {
    /// `approved`, `held`, `returned`, `rejected` or `skipped`.
    pub status: &'static str,
    /// What it is awarded.
    pub award: Decimal,
    /// What it would be awarded once it is released.
    pub pending: Decimal,
    /// What was taken back of it before it was corrected.
    pub reversed: Option<Decimal>,
    /// What limits left of its components, by the components of both sides.
    pub components: Vec<(String, Decimal)>,
    /// The codes of its reasons.
    pub reasons: Vec<String>,
    /// The codes of its flags.
    pub flags: Vec<String>,
    /// The codes of the limits that cut it.
    pub cuts: Vec<String>,
}

/// A claim for which both sides decide differently.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimDifference {
    /// Its id on the second side; empty where it can't be read.
    pub claim: String,
    /// Who asks.
    pub participant: String,
    /// The date by which it was decided.
    pub date: Option<Date>,
    /// The line that it stands on.
    pub line: u64,
    /// What kind of difference it is.
    pub kind: DifferenceKind,
    /// What the first side decided.
    pub before: ClaimOutcome,
    /// What the second side decided.
    pub after: ClaimOutcome,
}

impl ClaimDifference {
    /// What it is paid more on the second side: its award less what is taken back of it.
    pub fn gain(&self) -> Decimal {
        self.after.net().saturating_sub(self.before.net())
    }
}

/// Lists of codes that claims carry, each list once. There are few of them.
#[derive(Debug, Default)]
pub(super) struct Codes {
    lists: Vec<CodeLists>,
    numbers: BTreeMap<String, u32>,
    /// The codes of the claim at hand, written behind each other.
    written: String,
}

#[derive(Debug, Clone, Default)]
struct CodeLists {
    reasons: Vec<String>,
    flags: Vec<String>,
    cuts: Vec<String>,
}

impl Codes {
    /// The number of the codes of an outcome.
    fn number(&mut self, outcome: &Outcome<'_>) -> u32 {
        let reasons = || outcome.reasons.iter().map(|reason| &*reason.code);
        let flags = || outcome.flags.iter().map(|flag| &*flag.code);
        let cuts = || outcome.cuts.iter().map(|cut| &*cut.code);
        self.written.clear();
        for (mark, list) in [
            (' ', &mut reasons() as &mut dyn Iterator<Item = &str>),
            ('?', &mut flags() as &mut dyn Iterator<Item = &str>),
            ('<', &mut cuts() as &mut dyn Iterator<Item = &str>),
        ] {
            for code in list {
                self.written.push(mark);
                self.written.push_str(code);
            }
        }
        if let Some(number) = self.numbers.get(&self.written) {
            return *number;
        }
        // INVARIANT: there are fewer lists than claims, and these are numbered by 32 bits.
        let number = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        let lists = CodeLists { reasons: each_once(reasons()), flags: each_once(flags()), cuts: each_once(cuts()) };
        self.lists.push(lists);
        self.numbers.insert(self.written.clone(), number);
        number
    }
}

fn each_once<'c>(codes: impl Iterator<Item = &'c str>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for code in codes {
        if !once.iter().any(|known| known == code) {
            once.push(code.to_owned());
        }
    }
    once
}

/// What is kept of an outcome.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    status: &'static str,
    pub(super) date: Option<Date>,
    award: Decimal,
    pending: Decimal,
    reversed: Option<Decimal>,
    codes: Option<u32>,
    /// What limits left of each component, by the components of both sides.
    left: Vec<Decimal>,
}

impl Kept {
    pub(super) fn of(outcome: &Outcome<'_>, left: Vec<Decimal>, codes: &mut Codes) -> Self {
        let Outcome { date, award, pending, reversed, .. } = *outcome;
        Self { status: outcome.status(), date, award, pending, reversed, codes: Some(codes.number(outcome)), left }
    }

    /// What stands for a claim that one side doesn't have.
    pub(super) fn nothing(components: usize) -> Self {
        let zero = Decimal::ZERO;
        let left = vec![zero; components];
        Self { status: "", date: None, award: zero, pending: zero, reversed: None, codes: None, left }
    }

    pub(super) fn shown(&self, names: &[String], codes: &Codes) -> ClaimOutcome {
        let lists = self.codes.and_then(|number| codes.lists.get(number as usize)).cloned().unwrap_or_default();
        ClaimOutcome {
            status: self.status,
            award: self.award,
            pending: self.pending,
            reversed: self.reversed,
            components: names.iter().cloned().zip(self.left.iter().copied()).collect(),
            reasons: lists.reasons,
            flags: lists.flags,
            cuts: lists.cuts,
        }
    }
}

/// What was decided for the claims of a side, by their numbers. Neither words nor traces are kept.
pub(super) struct KeptClaims {
    rows: Vec<Option<KeptRow>>,
    /// The amounts of all claims behind each other.
    left: Vec<Decimal>,
    components: usize,
    reversed: BTreeMap<usize, Decimal>,
}

#[derive(Clone, Copy)]
struct KeptRow {
    status: &'static str,
    date: Option<Date>,
    award: Decimal,
    pending: Decimal,
    codes: u32,
}

impl KeptClaims {
    pub(super) fn new(claims: usize, components: usize) -> Self {
        let left = vec![Decimal::ZERO; claims * components];
        Self { rows: vec![None; claims], left, components, reversed: BTreeMap::new() }
    }

    pub(super) fn put(&mut self, number: usize, outcome: &Outcome<'_>, left: &[Decimal], codes: &mut Codes) {
        let Outcome { date, award, pending, reversed, .. } = *outcome;
        let row = KeptRow { status: outcome.status(), date, award, pending, codes: codes.number(outcome) };
        if let Some(place) = self.rows.get_mut(number) {
            *place = Some(row);
        }
        if let Some(places) = self.left.get_mut(number * self.components..(number + 1) * self.components) {
            places.copy_from_slice(left);
        }
        if let Some(reversed) = reversed {
            self.reversed.insert(number, reversed);
        }
    }

    pub(super) fn get(&self, number: usize) -> Option<Kept> {
        let KeptRow { status, date, award, pending, codes } = (*self.rows.get(number)?)?;
        let left = self.left(number).to_vec();
        let reversed = self.reversed.get(&number).copied();
        Some(Kept { status, date, award, pending, reversed, codes: Some(codes), left })
    }

    fn left(&self, number: usize) -> &[Decimal] {
        self.left.get(number * self.components..(number + 1) * self.components).unwrap_or_default()
    }

    /// The date by which a claim was decided, and what it was awarded of a component.
    pub(super) fn awarded(&self, number: usize, component: usize) -> (Option<Date>, Decimal) {
        let Some(Some(row)) = self.rows.get(number) else { return (None, Decimal::ZERO) };
        let amount = self.left(number).get(component).copied().unwrap_or_default();
        (row.date, if row.status == Disposition::Approved.name() { amount } else { Decimal::ZERO })
    }
}

impl ClaimOutcome {
    /// The award less what was taken back of the claim before it was corrected.
    pub fn net(&self) -> Decimal {
        self.award.saturating_sub(self.reversed.unwrap_or_default())
    }

    /// What is awarded of a component.
    pub fn awarded(&self, component: usize) -> Decimal {
        let amount = self.components.get(component).map_or(Decimal::ZERO, |(_, amount)| *amount);
        if self.status == Disposition::Approved.name() { amount } else { Decimal::ZERO }
    }
}
