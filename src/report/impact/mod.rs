//! What a change of rules does to claims: figures before and after, keys and claims that differ, and whether that stays
//! within what was declared. As text, JSON, Markdown and a page; all but JSON show the same [`sheet`].

mod arrangement;
mod json;
mod markdown;
mod page;
mod scope;
mod sheet;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    compare::{ClaimDifference, ClaimOutcome, Comparison, DifferenceKind, Tally, Totals},
    money::Decimal,
    outcome::Outcome,
    program::{Program, ProgramName},
};

pub use arrangement::{ArrangementChange, Bounds};
pub use scope::{Breach, Direction, Scope};

/// What a change of rules does.
#[derive(Debug)]
pub struct Impact {
    /// The revision before.
    pub base: String,
    /// The revision after; `None` for the files as they are.
    pub head: Option<String>,
    /// The claims file.
    pub claims: String,
    /// The programs that were looked at, by name.
    pub programs: Vec<ProgramImpact>,
    /// The arrangements that it brings, changes or ends, by name.
    pub arrangements: Vec<ArrangementChange>,
    /// What was declared of the change.
    pub scope: Scope,
    /// How many keys, and how many claims of each program, are shown; all, if not given.
    pub first: Option<usize>,
}

/// What it does to one program.
#[derive(Debug)]
pub struct ProgramImpact {
    /// Its name.
    pub name: ProgramName,
    /// What became of it.
    pub change: Change,
}

/// What became of a program.
#[derive(Debug)]
pub enum Change {
    /// Its effective definition says the same, and so do those of programs that come first.
    None,
    /// It is there after the change only.
    New,
    /// It was there before the change only.
    Gone,
    /// It is another one, and wasn't asked for.
    Undecided,
    /// It is another one; claims were decided by both.
    Compared(Box<Compared>),
}

/// Two versions of a program, and what they decide differently.
#[derive(Debug)]
pub struct Compared {
    /// Its title.
    pub title: String,
    /// What amounts are counted in before and after.
    pub units: (String, String),
    /// The decimal places of amounts.
    pub scale: u32,
    /// The fingerprints before and after.
    pub fingerprints: (String, String),
    /// The programs that come first and changed, if its own definition didn't.
    pub because_of: Vec<ProgramName>,
    /// What differs.
    pub comparison: Comparison,
    /// The outcomes before, in words, of claims that [`Compared::lines_in_words`] names, by line.
    pub words_before: BTreeMap<u64, Outcome<'static>>,
    /// The outcomes after, likewise.
    pub words_after: BTreeMap<u64, Outcome<'static>>,
    /// Whether participants aren't shown.
    pub hides_participant: bool,
    /// Whether ids aren't shown, as they are made of what is private.
    pub hides_id: bool,
}

impl Impact {
    /// Whether any outcome differs, a program came or went, or an arrangement is another one.
    pub fn has_changed(&self) -> bool {
        let moved = self.programs.iter().any(|program| match &program.change {
            Change::None | Change::Undecided => false,
            Change::New | Change::Gone => true,
            Change::Compared(compared) => !compared.comparison.is_same(),
        });
        moved || !self.arrangements.is_empty()
    }

    /// What goes beyond what was declared.
    pub fn breaches(&self) -> Vec<Breach> {
        let of_arrangements = self.arrangements.iter().flat_map(|change| change.breaches(&self.scope));
        self.scope.breaches(&self.programs).into_iter().chain(of_arrangements).collect()
    }

    /// The impact for a terminal.
    pub fn to_text(&self) -> String {
        text::page(&sheet::sheets(self))
    }

    /// The impact as JSON, amounts as strings.
    pub fn to_json(&self) -> serde_json::Result<String> {
        json::page(self)
    }

    /// The impact as a comment of a pull request, no longer than one may be.
    pub fn to_markdown(&self) -> String {
        markdown::page(&sheet::sheets(self))
    }

    /// The impact as a page for a browser.
    pub fn to_page(&self) -> String {
        page::page(&sheet::sheets(self))
    }
}

impl Compared {
    /// What two versions of a program decide differently. Words are added to it.
    pub fn new(before: &Program, after: &Program, fingerprints: (String, String), comparison: Comparison) -> Self {
        let identification = &after.identification;
        Self {
            title: identification.title.clone(),
            units: (before.identification.unit.code().to_owned(), identification.unit.code().to_owned()),
            scale: before.identification.scale.max(identification.scale),
            fingerprints,
            because_of: Vec::new(),
            comparison,
            words_before: BTreeMap::new(),
            words_after: BTreeMap::new(),
            hides_participant: [before, after].iter().any(|program| program.hides(program.claim.participant)),
            hides_id: [before, after].iter().any(|program| program.hides_id()),
        }
    }

    /// The claims that are shown: those paid differently first, and of each kind the largest differences.
    pub fn shown(&self, first: Option<usize>) -> Vec<&ClaimDifference> {
        let mut claims: Vec<&ClaimDifference> = self.comparison.claims.iter().collect();
        claims.sort_by_key(|claim| (rank(claim.kind), std::cmp::Reverse(claim.gain().abs()), claim.line));
        claims.truncate(first.unwrap_or(usize::MAX));
        claims
    }

    /// The lines of shown claims that need words before, and after: where disposition or codes differ, and there are
    /// reasons or flags.
    pub fn lines_in_words(&self, first: Option<usize>) -> (BTreeSet<u64>, BTreeSet<u64>) {
        let codes = |outcome: &ClaimOutcome| (outcome.status, outcome.reasons.clone(), outcome.flags.clone());
        let says_anything = |outcome: &ClaimOutcome| !(outcome.reasons.is_empty() && outcome.flags.is_empty());
        let mut shown = self.shown(first);
        shown.retain(|claim| codes(&claim.before) != codes(&claim.after));
        let lines = |side: fn(&ClaimDifference) -> &ClaimOutcome| {
            shown.iter().filter(|claim| says_anything(side(claim))).map(|claim| claim.line).collect()
        };
        (lines(|claim| &claim.before), lines(|claim| &claim.after))
    }

    /// The id of a claim as it may be shown.
    fn id<'i>(&self, claim: &'i ClaimDifference) -> &'i str {
        if self.hides_id { "(private)" } else { &claim.claim }
    }

    /// The participant of a claim as it may be shown.
    fn participant<'i>(&self, claim: &'i ClaimDifference) -> &'i str {
        if self.hides_participant { "(private)" } else { &claim.participant }
    }

    /// What is awarded more, less what is taken back more.
    pub fn gain(&self) -> Decimal {
        let net = |totals: &Totals| totals.award.saturating_sub(totals.reversed);
        net(&self.comparison.after).saturating_sub(net(&self.comparison.before))
    }
}

/// The order in which kinds are shown: money first.
fn rank(kind: DifferenceKind) -> usize {
    match kind {
        DifferenceKind::Repaid => 0,
        DifferenceKind::Pending => 1,
        DifferenceKind::Reasoned => 2,
        DifferenceKind::Retimed => 3,
    }
}

/// A kind in the words of people.
fn words_for(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Repaid => "paid differently",
        DifferenceKind::Retimed => "re-timed",
        DifferenceKind::Pending => "pending differently",
        DifferenceKind::Reasoned => "other reasons, same money",
    }
}

/// What both sides award by component.
fn components<'t>(before: &'t Totals, after: &'t Totals) -> BTreeMap<&'t str, (Decimal, Decimal)> {
    let named = |totals: &'t Totals| totals.components.iter().map(|(name, amount)| (name.as_str(), *amount));
    paired(named(before), named(after))
}

/// What both sides have by code.
fn codes<'t>(
    before: &'t BTreeMap<String, Tally>,
    after: &'t BTreeMap<String, Tally>,
) -> BTreeMap<&'t str, (Tally, Tally)> {
    let named = |side: &'t BTreeMap<String, Tally>| side.iter().map(|(code, tally)| (code.as_str(), *tally));
    paired(named(before), named(after))
}

/// The figures of both sides by name; nothing where a side has none.
fn paired<'t, T: Copy + Default>(
    before: impl Iterator<Item = (&'t str, T)>,
    after: impl Iterator<Item = (&'t str, T)>,
) -> BTreeMap<&'t str, (T, T)> {
    let mut pairs: BTreeMap<&str, (T, T)> = BTreeMap::new();
    for (name, figure) in before {
        pairs.entry(name).or_default().0 = figure;
    }
    for (name, figure) in after {
        pairs.entry(name).or_default().1 = figure;
    }
    pairs
}
