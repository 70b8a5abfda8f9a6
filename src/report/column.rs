//! The columns of the outcomes file, the same in every format.

use std::borrow::Cow;

use crate::{
    calendar::Date,
    claim::Origin,
    money::{Decimal, at_scale},
    outcome::{Cut, Outcome, Reason},
    program::Program,
};

/// A cell of the outcomes file.
#[derive(Debug, Clone, Copy)]
pub(super) enum OutcomeCell<'o> {
    /// Text that the program or the engine made.
    Word(&'o str),
    /// Text that came from input.
    Input(&'o str),
    /// Where the row stands.
    Origin(&'o Origin),
    /// A date.
    Date(Date),
    /// Codes of reasons or flags, each once, in order.
    Reasons(&'o [Reason]),
    /// Codes of limits, in order.
    Cuts(&'o [Cut]),
    /// An amount with the places that it is written with: the program's, or more where the claimant wrote more.
    Amount(Decimal, u32),
    /// Nothing.
    Empty,
}

impl OutcomeCell<'_> {
    /// The codes of a cell that holds codes.
    pub(super) fn codes(&self) -> Vec<&str> {
        let mut codes: Vec<&str> = Vec::new();
        match self {
            Self::Reasons(reasons) => {
                for reason in *reasons {
                    if !codes.contains(&reason.code.as_str()) {
                        codes.push(&reason.code);
                    }
                }
            }
            Self::Cuts(cuts) => codes.extend(cuts.iter().map(|cut| cut.code.as_str())),
            _ => {}
        }
        codes
    }

    /// What the cell says, apart from codes.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Word(text) | Self::Input(text) => Cow::Borrowed(text),
            Self::Origin(origin) => Cow::Owned(origin.to_string()),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Amount(amount, scale) => Cow::Owned(at_scale(*amount, *scale)),
            Self::Reasons(_) | Self::Cuts(_) => Cow::Owned(self.codes().join(";")),
            Self::Empty => Cow::Borrowed(""),
        }
    }
}

/// The columns of a program's outcomes.
#[derive(Debug, Clone)]
pub struct OutcomeColumns {
    unit: String,
    scale: u32,
    components: Vec<String>,
}

impl OutcomeColumns {
    /// The columns of a program.
    pub fn new(program: &Program) -> Self {
        Self {
            unit: program.identification.unit.code().to_owned(),
            scale: program.identification.scale,
            components: program.components.iter().map(|component| component.name.clone()).collect(),
        }
    }

    /// Their names.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            ["claim", "participant", "date", "disposition", "award", "pending", "currency"].map(String::from).to_vec();
        names.extend(self.components.iter().map(|component| format!("award.{component}")));
        names.extend(["reasons", "flags", "cuts", "claimed", "variance", "arrangement", "source"].map(String::from));
        names
    }

    /// The cells of an outcome.
    pub(super) fn cells<'o>(&'o self, outcome: &'o Outcome) -> impl Iterator<Item = OutcomeCell<'o>> {
        let amount = |amount: Decimal| OutcomeCell::Amount(amount, self.scale.max(amount.normalize().scale()));
        let optional = move |figure: Option<Decimal>| figure.map_or(OutcomeCell::Empty, amount);
        let before = [
            OutcomeCell::Input(&outcome.claim),
            OutcomeCell::Input(&outcome.participant),
            outcome.date.map_or(OutcomeCell::Empty, OutcomeCell::Date),
            OutcomeCell::Word(outcome.status()),
            amount(outcome.award),
            amount(outcome.pending),
            OutcomeCell::Word(&self.unit),
        ];
        let after = [
            OutcomeCell::Reasons(&outcome.reasons),
            OutcomeCell::Reasons(&outcome.flags),
            OutcomeCell::Cuts(&outcome.cuts),
            optional(outcome.claimed),
            optional(outcome.variance()),
            OutcomeCell::Empty,
            OutcomeCell::Origin(&outcome.origin),
        ];
        before.into_iter().chain(outcome.components.iter().map(move |component| amount(*component))).chain(after)
    }
}
