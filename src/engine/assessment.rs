//! One claim on its way through the steps: what is known of it so far, and what expressions see.

use bumpalo::Bump;

use super::table::Tables;
use crate::{
    calendar::Date,
    claim::{Claim, Row, Value},
    diagnostic::Place,
    history::{Change, History},
    money::Decimal,
    outcome::{Cut, Disposition, EngineReason, Reason, Seen},
    program::Program,
    script::{Expression, Failure, Read, Scope, Template, fill},
};

/// The award as far as it is worked out.
#[derive(Debug, Clone, Default)]
pub(super) struct Award {
    /// Each component before limits.
    pub(super) components: Vec<Decimal>,
    /// What limits left of each.
    pub(super) left: Vec<Decimal>,
    /// What limits took.
    pub(super) cuts: Vec<Cut>,
    /// The award after limits.
    pub(super) total: Decimal,
    /// All that limits took.
    pub(super) cut: Decimal,
}

/// One claim on its way through the steps.
pub(super) struct Assessment<'a> {
    pub(super) program: &'a Program,
    pub(super) tables: &'a Tables,
    pub(super) history: &'a History,
    pub(super) claim: Claim<'a>,
    pub(super) date: Date,
    pub(super) scratch: &'a Bump,
    pub(super) params: Vec<Value<'a>>,
    pub(super) table_rows: Vec<Option<Row<'a>>>,
    pub(super) totals: Vec<Value<'a>>,
    pub(super) derived: Vec<Value<'a>>,
    pub(super) award: Award,
    pub(super) reasons: Vec<Reason>,
    pub(super) flags: Vec<Reason>,
    pub(super) limit_changes: Vec<Change>,
    pub(super) base_changes: Vec<Change>,
    /// What the claim adds to each total, where that can be worked out.
    pub(super) total_changes: Vec<Option<Change>>,
}

impl<'a> Assessment<'a> {
    pub(super) fn new(
        program: &'a Program,
        tables: &'a Tables,
        history: &'a History,
        claim: Claim<'a>,
        date: Date,
        scratch: &'a Bump,
    ) -> Self {
        Self {
            program,
            tables,
            history,
            claim,
            date,
            scratch,
            params: program.params.iter().map(|param| param.value_on(date).value(scratch)).collect(),
            table_rows: Vec::new(),
            totals: Vec::new(),
            derived: Vec::new(),
            award: Award::default(),
            reasons: Vec::new(),
            flags: Vec::new(),
            limit_changes: Vec::new(),
            base_changes: Vec::new(),
            total_changes: Vec::new(),
        }
    }

    /// What expressions see at this point.
    pub(super) fn scope(&self) -> Scope<'a, '_> {
        Scope {
            claim: self.claim,
            params: &self.params,
            tables: &self.table_rows,
            totals: &self.totals,
            derived: &self.derived,
            components: &self.award.components,
            award_total: self.award.total,
            award_cut: self.award.cut,
            scratch: self.scratch,
        }
    }

    /// The worst of all reasons and flags so far.
    pub(super) fn disposition(&self) -> Disposition {
        let all = self.reasons.iter().chain(&self.flags).map(|reason| reason.disposition);
        all.min().unwrap_or(Disposition::Approved)
    }

    pub(super) fn failure(&self, reason: &str) -> Failure {
        Failure { place: Place::start_of(&self.program.source), reason: reason.to_owned() }
    }

    /// The values that an expression may have looked at.
    pub(super) fn seen(&self, expression: &Expression) -> Vec<Seen> {
        let scope = self.scope();
        let value = |read: &Read| if *read == Read::Presence { None } else { Some(scope.read(*read)) };
        let reads = expression.reads().iter();
        reads.filter_map(|(name, read)| Some(Seen { name: name.clone(), value: value(read)?.into() })).collect()
    }

    /// A message with its values. One that can't be worked out says so: it decides nothing.
    pub(super) fn message(&self, template: &Template) -> String {
        fill(&self.program.form, template, &self.scope())
            .unwrap_or_else(|failure| format!("(the message can't be worked out: {})", failure.reason))
    }

    /// Holds the claim because a rule could not be worked out.
    pub(super) fn hold_for(&mut self, failure: &Failure) {
        let message = format!("`{}` at {}: {}", failure.place.text(), failure.place.path_and_line(), failure.reason);
        self.reasons.push(EngineReason::RuleFailed.because(message, Some(failure.place.clone())));
    }
}
