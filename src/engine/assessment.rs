//! One claim on its way through the steps: what is known of it so far, and what expressions see.

use std::cell::Cell;

use bumpalo::{Bump, collections::Vec as ScratchVec};

use super::decider::Decider;
use crate::{
    calendar::Date,
    claim::{Claim, Value},
    history::{Change, History},
    money::Decimal,
    outcome::{Cut, Disposition, EngineReason, Observer, Reason, Seen},
    program::Program,
    script::{Expression, Failure, Found, Read, Scope, Template, compared, fill},
};

/// The award as far as it is worked out.
pub(super) struct Award<'a> {
    /// Each component before limits.
    pub(super) components: ScratchVec<'a, Decimal>,
    /// What limits left of each.
    pub(super) left: ScratchVec<'a, Decimal>,
    /// What limits took.
    pub(super) cuts: ScratchVec<'a, Cut<'a>>,
    /// The award after limits.
    pub(super) total: Decimal,
    /// All that limits took.
    pub(super) cut: Decimal,
}

impl<'a> Award<'a> {
    /// Nothing.
    pub(super) fn none(scratch: &'a Bump) -> Self {
        Self {
            components: ScratchVec::new_in(scratch),
            left: ScratchVec::new_in(scratch),
            cuts: ScratchVec::new_in(scratch),
            total: Decimal::ZERO,
            cut: Decimal::ZERO,
        }
    }
}

/// One claim on its way through the steps.
pub(super) struct Assessment<'a, 'h> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) program: &'a Program,
    pub(super) history: &'h History,
    pub(super) claim: Claim<'a>,
    pub(super) date: Date,
    pub(super) scratch: &'a Bump,
    /// What the rules have built of texts and lists, in bytes.
    pub(super) built: Cell<usize>,
    pub(super) params: &'a [Value<'a>],
    pub(super) tables: ScratchVec<'a, Found<'a>>,
    pub(super) totals: ScratchVec<'a, Value<'a>>,
    pub(super) derived: ScratchVec<'a, Value<'a>>,
    pub(super) award: Award<'a>,
    pub(super) reasons: ScratchVec<'a, Reason<'a>>,
    pub(super) flags: ScratchVec<'a, Reason<'a>>,
    /// Whether a rule could not be worked out.
    pub(super) has_failed: bool,
    /// Whether some reasons have memory of their own, which the scratch space would not give back.
    pub(super) owns_reasons: bool,
    pub(super) limit_changes: ScratchVec<'a, Change<'a>>,
    pub(super) base_changes: ScratchVec<'a, Change<'a>>,
    /// What the claim adds to each total, where that can be worked out.
    pub(super) total_changes: ScratchVec<'a, Option<Change<'a>>>,
}

impl<'a, 'h> Assessment<'a, 'h> {
    pub(super) fn new(
        decider: &'a Decider<'a>,
        history: &'h History,
        claim: Claim<'a>,
        date: Date,
        scratch: &'a Bump,
    ) -> Self {
        Self {
            decider,
            program: decider.program,
            history,
            claim,
            date,
            scratch,
            built: Cell::new(0),
            params: decider.params_on(date),
            tables: ScratchVec::new_in(scratch),
            totals: ScratchVec::with_capacity_in(decider.program.totals.len(), scratch),
            derived: ScratchVec::new_in(scratch),
            award: Award::none(scratch),
            reasons: ScratchVec::new_in(scratch),
            flags: ScratchVec::new_in(scratch),
            has_failed: false,
            owns_reasons: false,
            limit_changes: ScratchVec::new_in(scratch),
            base_changes: ScratchVec::new_in(scratch),
            total_changes: ScratchVec::with_capacity_in(decider.program.totals.len(), scratch),
        }
    }

    /// What expressions see at this point.
    pub(super) fn scope(&self) -> Scope<'a, '_> {
        Scope {
            claim: self.claim,
            params: self.params,
            tables: &self.tables,
            totals: &self.totals,
            derived: &self.derived,
            components: &self.award.components,
            award_total: self.award.total,
            award_cut: self.award.cut,
            scratch: self.scratch,
            built: &self.built,
        }
    }

    /// The same for what is only shown, which must not count in what the rules may build: outcomes don't depend on it.
    pub(super) fn scope_aside<'s>(&'s self, built: &'s Cell<usize>) -> Scope<'a, 's> {
        Scope { built, ..self.scope() }
    }

    /// The worst of all reasons and flags so far.
    pub(super) fn disposition(&self) -> Disposition {
        let all = self.reasons.iter().chain(&self.flags).map(|reason| reason.disposition);
        all.min().unwrap_or(Disposition::Approved)
    }

    /// The values that an expression may have looked at and, where words are wanted, what it worked out to compare.
    pub(super) fn seen<O: Observer<'a>>(&self, expression: &'a Expression) -> &'a [Seen<'a>] {
        let (built, reads) = (Cell::new(0), expression.reads());
        let scope = self.scope_aside(&built);
        let mut seen = ScratchVec::with_capacity_in(reads.len(), self.scratch);
        for (name, read) in reads.iter().filter(|(_, read)| *read != Read::Presence) {
            seen.push(Seen { name, value: scope.read(*read) });
        }
        if O::WORDS {
            for (name, value) in compared(&self.program.form, expression, &scope) {
                seen.push(Seen { name: self.scratch.alloc_str(&name), value });
            }
        }
        seen.into_bump_slice()
    }

    /// A message with its values, where messages are wanted. One that can't be worked out says so: it decides nothing.
    pub(super) fn message<O: Observer<'a>>(&self, template: &Template) -> &'a str {
        if !O::WORDS {
            return "";
        }
        let built = Cell::new(0);
        let message = fill(&self.program.form, template, &self.scope_aside(&built))
            .unwrap_or_else(|failure| format!("(the message can't be worked out: {})", failure.reason));
        self.scratch.alloc_str(&message)
    }

    /// Holds the claim because a rule could not be worked out.
    pub(super) fn hold_for(&mut self, failure: &Failure) {
        let message = format!("`{}` at {}: {}", failure.place.text(), failure.place.path_and_line(), failure.reason);
        self.own(EngineReason::RuleFailed.because(message, Some(failure.place.clone())));
        self.has_failed = true;
    }

    /// Keeps a reason that has memory of its own.
    pub(super) fn own(&mut self, reason: Reason<'a>) {
        self.reasons.push(reason);
        self.owns_reasons = true;
    }
}
