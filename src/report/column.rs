//! The columns of the outcomes file, the same in every format.

use std::{borrow::Cow, io};

use crate::{
    calendar::Date,
    claim::Origin,
    money::{Decimal, at_scale},
    outcome::{Cut, Outcome, Reason},
    program::{ARRANGEMENT, Program},
};

/// A cell of the outcomes file.
#[derive(Debug, Clone, Copy)]
pub(super) enum OutcomeCell<'o> {
    /// What became of the claim.
    Status(&'o str),
    /// Text that the program made.
    Word(&'o str),
    /// Text that came from input.
    Input(&'o str),
    /// Where the row stands.
    Origin(&'o Origin<'o>),
    /// A date.
    Date(Date),
    /// Codes of reasons or flags, each once, in order.
    Reasons(&'o [Reason<'o>]),
    /// Names of arrangements, in order.
    Names(&'o [String]),
    /// Codes of limits, in order.
    Cuts(&'o [Cut<'o>]),
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
                    if !codes.contains(&&*reason.code) {
                        codes.push(&reason.code);
                    }
                }
            }
            Self::Names(names) => codes.extend(names.iter().map(String::as_str)),
            Self::Cuts(cuts) => codes.extend(cuts.iter().map(|cut| &*cut.code)),
            _ => {}
        }
        codes
    }

    /// What the cell says, apart from codes.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Status(text) | Self::Word(text) | Self::Input(text) => Cow::Borrowed(text),
            Self::Origin(origin) => Cow::Owned(origin.to_string()),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Amount(amount, scale) => Cow::Owned(at_scale(*amount, *scale)),
            Self::Reasons(_) | Self::Names(_) | Self::Cuts(_) => Cow::Owned(self.codes().join(";")),
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
    centres: Vec<String>,
    /// Whether claims may have been corrected.
    corrections: bool,
    /// Whether arrangements may add to awards.
    arrangements: bool,
}

impl OutcomeColumns {
    /// The columns of a program.
    pub fn new(program: &Program) -> Self {
        let shares = program.allocation.iter().flat_map(|plan| &plan.shares);
        Self {
            unit: program.identification.unit.code().to_owned(),
            scale: program.identification.scale,
            components: program.components.iter().map(|component| component.name.clone()).collect(),
            centres: shares.map(|(centre, _)| centre.clone()).collect(),
            corrections: false,
            arrangements: false,
        }
    }

    /// The same with what was taken back of claims that were corrected.
    #[must_use]
    pub fn with_corrections(self) -> Self {
        Self { corrections: true, ..self }
    }

    /// The same with what arrangements add.
    #[must_use]
    pub fn with_arrangements(self) -> Self {
        Self { arrangements: true, ..self }
    }

    /// Their names.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            ["claim", "participant", "date", "disposition", "award", "pending", "currency"].map(String::from).to_vec();
        names.extend(self.components.iter().map(|component| format!("award.{component}")));
        if self.arrangements {
            names.push(format!("award.{ARRANGEMENT}"));
        }
        names.extend(self.centres.iter().map(|centre| format!("allocation.{centre}")));
        names.extend(["reasons", "flags", "cuts", "claimed", "variance"].map(String::from));
        if self.corrections {
            names.extend(["reversed", "net"].map(String::from));
        }
        names.extend(["arrangement", "source"].map(String::from));
        names
    }

    /// The cells of an outcome, in order.
    pub(super) fn each<'o>(
        &'o self,
        outcome: &'o Outcome<'_>,
        mut put: impl FnMut(OutcomeCell<'o>) -> io::Result<()>,
    ) -> io::Result<()> {
        let amount = |amount: Decimal| OutcomeCell::Amount(amount, self.places(amount));
        let optional = |figure: Option<Decimal>| figure.map_or(OutcomeCell::Empty, amount);
        put(OutcomeCell::Input(&outcome.claim))?;
        put(OutcomeCell::Input(&outcome.participant))?;
        put(outcome.date.map_or(OutcomeCell::Empty, OutcomeCell::Date))?;
        put(OutcomeCell::Status(outcome.status()))?;
        put(amount(outcome.award))?;
        put(amount(outcome.pending))?;
        put(OutcomeCell::Word(&self.unit))?;
        for component in outcome.components.iter() {
            put(amount(*component))?;
        }
        let arranged = outcome.arranged.as_deref();
        if self.arrangements {
            put(amount(arranged.map_or(Decimal::ZERO, |arranged| arranged.amount)))?;
        }
        for part in outcome.allocation.iter() {
            put(amount(*part))?;
        }
        put(OutcomeCell::Reasons(&outcome.reasons))?;
        put(OutcomeCell::Reasons(&outcome.flags))?;
        put(OutcomeCell::Cuts(&outcome.cuts))?;
        put(optional(outcome.claimed))?;
        put(optional(outcome.variance()))?;
        if self.corrections {
            put(optional(outcome.reversed))?;
            put(amount(outcome.net()))?;
        }
        put(arranged.map_or(OutcomeCell::Empty, |arranged| OutcomeCell::Names(&arranged.names)))?;
        put(OutcomeCell::Origin(&outcome.origin))
    }

    /// The places that an amount is written with: the program's, or more where the claimant wrote more.
    fn places(&self, amount: Decimal) -> u32 {
        if amount.scale() <= self.scale { self.scale } else { self.scale.max(amount.normalize().scale()) }
    }
}
