//! The steps by which one claim is decided, in the order of the design.

use bumpalo::Bump;

use super::{
    assessment::{Assessment, Award},
    eligibility,
    key::KeyValues,
    table::Tables,
};
use crate::{
    calendar::Date,
    claim::{Claim, Value},
    history::{Change, Detail, History, Key, Running},
    money::Decimal,
    outcome::{Cut, Disposition, EngineReason, Observer, Outcome, Reason, Seen, Step},
    program::{Counted, Program, TotalKind},
    script::{Expression, Failure, Read, evaluate},
};

/// What was decided for a claim, and what that changes for later ones.
#[derive(Debug)]
pub struct Decision {
    /// What was decided.
    pub outcome: Outcome,
    /// What it changes in the history.
    pub changes: Vec<Change>,
}

/// Decides one claim whose id and date can be read. The history is as earlier decisions left it.
pub fn decide<'a, O: Observer>(
    program: &'a Program,
    tables: &'a Tables,
    history: &'a History,
    claim: Claim<'a>,
    id: &str,
    scratch: &'a Bump,
    observer: &mut O,
) -> Decision {
    let date = if let Value::Date(date) = claim.value(program.claim.date) { date } else { Date::MIN };
    let mut assessment = Assessment::new(program, tables, history, claim, date, scratch);
    let failure = assessment.steps(observer).err();
    if let Some(failure) = failure {
        assessment.hold_for(&failure);
        // What was worked out so far is no award.
        assessment.award = Award::default();
        assessment.limit_changes.clear();
        assessment.base_changes.clear();
    }
    assessment.decision(id)
}

impl<'a> Assessment<'a> {
    fn steps<O: Observer>(&mut self, observer: &mut O) -> Result<(), Failure> {
        self.intake();
        self.in_force(observer);
        self.read_totals(observer)?;
        if self.stops() {
            return Ok(());
        }
        self.look_up(observer)?;
        self.derive(observer)?;
        eligibility::rules(self, observer);
        if self.stops() {
            return Ok(());
        }
        self.base_changes = super::award::components(self, observer)?;
        super::limit::limits(self, observer)?;
        if self.disposition() != Disposition::Rejected {
            eligibility::flags(self, observer);
        }
        Ok(())
    }

    /// Rejected and returned claims stop; so does one with a rule that failed, since nothing it should have
    /// established is certain.
    fn stops(&self) -> bool {
        let failed = self.reasons.iter().any(|reason| reason.code == EngineReason::RuleFailed.code());
        failed || matches!(self.disposition(), Disposition::Rejected | Disposition::Returned)
    }

    fn intake(&mut self) {
        let line = self.claim.origin().line;
        let deficiencies = self.claim.deficiencies().iter();
        self.reasons.extend(deficiencies.map(|deficiency| Reason::of_deficiency(line, deficiency)));
    }

    fn in_force<O: Observer>(&mut self, observer: &mut O) {
        let effective = self.program.identification.effective;
        let held = effective.0 <= self.date && self.date <= effective.1;
        if O::ON {
            observer.step(Step::InForce { date: self.date, effective, held });
        }
        if !held && self.reasons.is_empty() {
            let message = format!("{} is not between {} and {}", self.date, effective.0, effective.1);
            self.reasons.push(EngineReason::NotEffective.because(message, None));
        }
    }

    /// Reads every total and works out what this claim will add to it. A claim that was returned at intake counts in
    /// the totals that don't look at what is missing.
    fn read_totals<O: Observer>(&mut self, observer: &mut O) -> Result<(), Failure> {
        let mut failed = None;
        for (number, total) in self.program.totals.iter().enumerate() {
            let expressions = [match &total.kind {
                TotalKind::Sum(expression) | TotalKind::Distinct(expression) => Some(expression),
                TotalKind::Count => None,
            }];
            let keys = total.key.parts.iter().filter_map(|(_, part)| match part {
                crate::program::KeyPart::Expression(expression) => Some(expression.as_ref()),
                _ => None,
            });
            let participant =
                total.key.parts.iter().any(|(_, part)| matches!(part, crate::program::KeyPart::Participant));
            let unreadable =
                expressions.into_iter().flatten().chain(keys).any(|expression| self.looks_at_missing(expression))
                    || participant && self.is_missing(self.program.claim.participant);
            if unreadable {
                self.totals.push(Value::Nothing);
                self.total_changes.push(None);
                continue;
            }
            match self.read_total(number) {
                Ok((value, change)) => {
                    if O::ON {
                        observer
                            .step(Step::Figure(Seen { name: format!("totals.{}", total.name), value: value.into() }));
                    }
                    self.totals.push(value);
                    self.total_changes.push(Some(change));
                }
                // The other totals count the claim all the same.
                Err(failure) => {
                    failed = failed.or(Some(failure));
                    self.totals.push(Value::Nothing);
                    self.total_changes.push(None);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn is_missing(&self, field: usize) -> bool {
        self.claim.deficiencies().iter().any(|deficiency| deficiency.field == Some(field))
    }

    fn looks_at_missing(&self, expression: &Expression) -> bool {
        expression.reads().iter().any(|(_, read)| matches!(read, Read::Field(field) if self.is_missing(*field)))
    }

    fn read_total(&self, number: usize) -> Result<(Value<'a>, Change), Failure> {
        let Some(total) = self.program.totals.get(number) else {
            return Err(self.failure("the total isn't there"));
        };
        let scope = self.scope();
        let key = KeyValues::new(self.program, &total.key, self.date, &scope)?.key;
        let accumulator = self.program.total_accumulator(number);
        let failed = |reason: crate::money::Inexact| Failure { place: total.place.clone(), reason: reason.to_string() };
        let counted = self.history.get(accumulator, &key);
        let running = match (counted, total.within) {
            (None, _) => Running::ZERO,
            (Some(accumulator), Some(days)) => accumulator.within(self.date, days).map_err(failed)?,
            (Some(accumulator), None) => accumulator.running(),
        };
        let mut delta = Running { count: 1, ..Running::ZERO };
        let mut detail = total.within.map_or(Detail::None, |_| Detail::Day(self.date));
        let value = match &total.kind {
            TotalKind::Count => Value::Integer(running.count),
            TotalKind::Sum(expression) => {
                let added = evaluate(&self.program.form, expression, &scope)?;
                delta.sum = added.number().ok_or_else(|| self.failure("what is summed has no value"))?;
                if expression.kind() == crate::schema::Type::INTEGER {
                    Value::Integer(
                        i64::try_from(running.sum.trunc().mantissa())
                            .map_err(|_| self.failure("the total overflows"))?,
                    )
                } else {
                    Value::Decimal(running.sum)
                }
            }
            TotalKind::Distinct(expression) => {
                detail = Detail::Member(Key::new([evaluate(&self.program.form, expression, &scope)?]));
                Value::Integer(counted.map_or(0, crate::history::Accumulator::distinct))
            }
        };
        // The sum after is tried here, so that applying the change can't fail.
        counted.map_or(Running::ZERO, crate::history::Accumulator::running).plus(delta).map_err(failed)?;
        Ok((value, Change { accumulator, key, delta, detail }))
    }

    fn look_up<O: Observer>(&mut self, observer: &mut O) -> Result<(), Failure> {
        self.table_rows = self.tables.look_up(self.program, self.date, &self.scope())?;
        if O::ON {
            for (number, (table, row)) in self.program.tables.iter().zip(&self.table_rows).enumerate() {
                let cells = row.iter().flat_map(|row| {
                    let fields = table.fields.iter().enumerate();
                    fields.map(|(column, field)| Seen { name: field.name.clone(), value: row.value(column).into() })
                });
                let found = row.map(|row| self.tables.origin(number, row.number()));
                observer.step(Step::Lookup { table: table.name.clone(), found, cells: cells.collect() });
            }
        }
        Ok(())
    }

    fn derive<O: Observer>(&mut self, observer: &mut O) -> Result<(), Failure> {
        for figure in &self.program.derived {
            let value = evaluate(&self.program.form, &figure.value, &self.scope())?;
            if O::ON {
                observer.step(Step::Figure(Seen { name: figure.name.clone(), value: value.into() }));
            }
            self.derived.push(value);
        }
        Ok(())
    }

    fn decision(mut self, id: &str) -> Decision {
        let disposition = self.disposition();
        if matches!(disposition, Disposition::Rejected | Disposition::Returned) {
            self.award = Award::default();
        }
        let changes = self.changes(disposition);
        let scale = self.program.identification.scale;
        let at_scale = |mut amount: Decimal| {
            amount.rescale(scale);
            amount
        };
        self.reasons.sort_by_key(|reason| reason.disposition);
        let mut components = self.award.components;
        components.resize(self.program.components.len(), Decimal::ZERO);
        let total = at_scale(self.award.total);
        let zero = at_scale(Decimal::ZERO);
        let approved = disposition == Disposition::Approved;
        let (award, pending) = if approved { (total, zero) } else { (zero, total) };
        let claimed = self.program.claim.claimed.and_then(|field| self.claim.value(field).number());
        let named = self.program.derived.iter().zip(&self.derived);
        let cuts = self.award.cuts.into_iter().map(|cut| Cut { amount: at_scale(cut.amount), ..cut });
        let outcome = Outcome {
            claim: id.to_owned(),
            participant: self.claim.value(self.program.claim.participant).to_string(),
            date: Some(self.date),
            disposition,
            skipped: false,
            reasons: self.reasons,
            flags: self.flags,
            components: components.into_iter().map(at_scale).collect(),
            cuts: cuts.collect(),
            award,
            pending,
            claimed,
            derived: named.map(|(figure, value)| (figure.name.clone(), value.to_string())).collect(),
            origin: self.claim.origin(),
        };
        Decision { outcome, changes }
    }

    /// What the decision changes: totals by what they count, bases of approved claims, limits of those not rejected.
    fn changes(&mut self, disposition: Disposition) -> Vec<Change> {
        let stands = matches!(disposition, Disposition::Approved | Disposition::Held);
        let counted = |total: &crate::program::Total| match total.of {
            Counted::All => true,
            Counted::Standing => stands,
            Counted::Approved => disposition == Disposition::Approved,
        };
        let totals = self.program.totals.iter().zip(std::mem::take(&mut self.total_changes));
        let mut changes: Vec<Change> =
            totals.filter(|(total, _)| counted(total)).filter_map(|(_, change)| change).collect();
        if disposition == Disposition::Approved {
            changes.append(&mut self.base_changes);
        }
        if stands {
            changes.append(&mut self.limit_changes);
        }
        changes
    }
}
