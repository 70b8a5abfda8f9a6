//! One claim on its way through the steps: what is known of it so far, and what expressions see.

use std::cell::Cell;

use bumpalo::{Bump, collections::Vec as ScratchVec};

use super::{decide::received, decider::Decider, known::Known};
use crate::{
    calendar::Date,
    claim::{Claim, Value},
    history::{Change, Running},
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

/// What claims that come later may need of a decision.
pub(super) struct Remembered<'a> {
    /// By component: what its amount is taken back in proportion to.
    pub(super) bases: ScratchVec<'a, Decimal>,
    /// By component: what it adds to the figure that picks the band.
    pub(super) measures: ScratchVec<'a, Decimal>,
    /// By component: what it takes back of the original.
    pub(super) taken: ScratchVec<'a, Running>,
    /// By limit: what was asked and granted of a ceiling per claim.
    pub(super) per_claim: ScratchVec<'a, Running>,
}

impl<'a> Remembered<'a> {
    pub(super) fn none(scratch: &'a Bump) -> Self {
        Self {
            bases: ScratchVec::new_in(scratch),
            measures: ScratchVec::new_in(scratch),
            taken: ScratchVec::new_in(scratch),
            per_claim: ScratchVec::new_in(scratch),
        }
    }
}

/// What stands in the place of a private value.
pub(super) const HIDDEN: Value<'static> = Value::Text("(private)");

/// One claim on its way through the steps.
pub(super) struct Assessment<'a, 'h> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) program: &'a Program,
    pub(super) known: Known<'h>,
    pub(super) claim: Claim<'a>,
    pub(super) date: Date,
    /// When it was received first.
    pub(super) received: Option<Date>,
    pub(super) scratch: &'a Bump,
    /// What the rules have built of texts and lists, in bytes.
    pub(super) built: Cell<usize>,
    pub(super) params: &'a [Value<'a>],
    /// What earlier programs awarded, by the names of rules.
    pub(super) earlier: ScratchVec<'a, Decimal>,
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
    pub(super) remembered: Remembered<'a>,
    /// What each cost centre bears.
    pub(super) allocation: ScratchVec<'a, Decimal>,
}

impl<'a, 'h> Assessment<'a, 'h> {
    pub(super) fn new(
        decider: &'a Decider<'a>,
        known: Known<'h>,
        claim: Claim<'a>,
        date: Date,
        scratch: &'a Bump,
    ) -> Self {
        Self {
            decider,
            program: decider.program,
            known,
            claim,
            date,
            received: received(decider.program, claim, known),
            scratch,
            built: Cell::new(0),
            params: decider.params_on(date),
            earlier: ScratchVec::from_iter_in(known.awards(decider.program), scratch),
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
            remembered: Remembered::none(scratch),
            allocation: ScratchVec::new_in(scratch),
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
            counted_on: self.date,
            received_first: self.received,
            earlier: &self.earlier,
            components: &self.award.components,
            due_total: Decimal::ZERO,
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
            let value = match (read, scope.read(*read)) {
                _ if self.hides(*read) => HIDDEN,
                (Read::TableRow(_), Value::Boolean(_)) => Value::Text("a row"),
                (_, value) => value,
            };
            seen.push(Seen { name, value });
        }
        if O::WORDS && !self.hides_any(expression) {
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
        let hidden = |expression: &Expression| self.hides_any(expression).then_some(HIDDEN);
        let message = fill(&self.program.form, template, &self.scope_aside(&built), &hidden)
            .unwrap_or_else(|failure| format!("(the message can't be worked out: {})", failure.reason));
        self.scratch.alloc_str(&message)
    }

    /// Whether a figure is private, and isn't shown here.
    pub(super) fn hides(&self, read: Read) -> bool {
        self.decider.hides(read)
    }

    /// Whether an expression looks at a private figure.
    pub(super) fn hides_any(&self, expression: &Expression) -> bool {
        !self.program.private.is_empty() && expression.reads().iter().any(|(_, read)| self.hides(*read))
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
