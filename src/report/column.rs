//! The columns of the outcomes file, the same in every format.

use crate::{
    money::{Decimal, at_scale},
    outcome::{Outcome, Reason},
    program::Program,
};

/// A cell of the outcomes file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OutcomeCell {
    /// Text that the program or the engine made.
    Word(String),
    /// Text that came from input.
    Input(String),
    /// Codes, in order.
    Codes(Vec<String>),
    /// An amount at the program's scale, or with more places where the claimant wrote more.
    Amount(String),
    /// Nothing.
    Empty,
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
    pub(super) fn cells(&self, outcome: &Outcome) -> Vec<OutcomeCell> {
        let amount = |amount: Decimal| OutcomeCell::Amount(self.amount(amount));
        let optional = |figure: Option<Decimal>| figure.map_or(OutcomeCell::Empty, amount);
        let codes = |reasons: &[Reason]| {
            let mut codes: Vec<String> = Vec::new();
            for reason in reasons {
                if !codes.contains(&reason.code) {
                    codes.push(reason.code.clone());
                }
            }
            OutcomeCell::Codes(codes)
        };
        let mut cells = vec![
            OutcomeCell::Input(outcome.claim.clone()),
            OutcomeCell::Input(outcome.participant.clone()),
            outcome.date.map_or(OutcomeCell::Empty, |date| OutcomeCell::Word(date.to_string())),
            OutcomeCell::Word(outcome.status().to_owned()),
            amount(outcome.award),
            amount(outcome.pending),
            OutcomeCell::Word(self.unit.clone()),
        ];
        cells.extend(outcome.components.iter().map(|component| amount(*component)));
        cells.extend([
            codes(&outcome.reasons),
            codes(&outcome.flags),
            OutcomeCell::Codes(outcome.cuts.iter().map(|cut| cut.code.clone()).collect()),
            optional(outcome.claimed),
            optional(outcome.variance()),
            OutcomeCell::Empty,
            OutcomeCell::Input(outcome.origin.to_string()),
        ]);
        cells
    }

    fn amount(&self, amount: Decimal) -> String {
        at_scale(amount, self.scale.max(amount.normalize().scale()))
    }
}
