//! Totals: what they figure for a claim, and what it will add to them.

use bumpalo::collections::Vec as ScratchVec;

use super::assessment::{Assessment, HIDDEN};
use crate::{
    claim::Value,
    history::{Change, Detail, Running},
    money::{Decimal, Inexact},
    outcome::{Observer, Seen, Step},
    program::{AwardPart, KeyPart, Total, TotalKind},
    schema::Type,
    script::{Expression, Failure, Read, evaluate, number},
};

impl<'a> Assessment<'a, '_> {
    /// Reads every total and works out what this claim will add to it. A claim that was returned at intake counts in
    /// the totals that don't look at what is missing.
    pub(super) fn read_totals<O: Observer<'a>>(&mut self, observer: &mut O) -> Result<(), Failure> {
        let mut failed = None;
        for (number, total) in self.program.totals.iter().enumerate() {
            if self.lacks(total) {
                self.totals.push(Value::Nothing);
                self.total_changes.push(None);
                continue;
            }
            match self.read_total(number, total) {
                Ok((value, change)) => {
                    if O::STEPS {
                        let value = if self.hides(Read::Total(number)) { HIDDEN } else { value };
                        observer.step(Step::Total(Seen { name: &total.name, value }));
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

    /// Whether a total looks at a field of the claim that is missing.
    fn lacks(&self, total: &Total) -> bool {
        if self.claim.deficiencies().is_empty() {
            return false;
        }
        let figured = match &total.kind {
            TotalKind::Sum(expression) | TotalKind::Distinct(expression) => Some(expression),
            TotalKind::Count | TotalKind::Awarded(_) => None,
        };
        figured.is_some_and(|expression| self.looks_at_missing(expression))
            || total.key.parts.iter().any(|(_, part)| match part {
                KeyPart::Expression(expression) => self.looks_at_missing(expression),
                KeyPart::Participant => self.is_missing(self.program.claim.participant),
                KeyPart::Claim | KeyPart::Program | KeyPart::Period(_) => false,
            })
    }

    fn is_missing(&self, field: usize) -> bool {
        self.claim.deficiencies().iter().any(|deficiency| deficiency.field == Some(field))
    }

    fn looks_at_missing(&self, expression: &Expression) -> bool {
        expression.reads().iter().any(|(_, read)| matches!(read, Read::Field(field) if self.is_missing(*field)))
    }

    fn read_total(&self, index: usize, total: &'a Total) -> Result<(Value<'a>, Change<'a>), Failure> {
        let (form, scope) = (&self.program.form, self.scope());
        let key = self.key(&total.key)?;
        let accumulator = self.program.total_accumulator(index);
        let failed = |reason: Inexact| Failure { place: total.place.clone(), reason: reason.to_string() };
        let figure = self.known.history.figure(accumulator, key);
        let whole = figure.map_or(Running::ZERO, |figure| figure.running());
        let running = match (figure, total.within) {
            (Some(figure), Some(days)) => figure.within(self.date, days).map_err(failed)?,
            _ => whole,
        };
        let mut delta = Running { count: 1, ..Running::ZERO };
        let mut detail = total.within.map_or(Detail::None, |_| Detail::Day(self.date));
        let value = match &total.kind {
            TotalKind::Count => Value::Integer(running.count),
            // What the claim adds is known once it is decided.
            TotalKind::Awarded(_) => Value::Decimal(with_places(running.sum, self.program.identification.scale)),
            TotalKind::Sum(expression) => {
                delta.sum = number(form, expression, &scope)?;
                sum_value(total, expression, running.sum)?
            }
            TotalKind::Distinct(expression) => {
                let mut member = ScratchVec::new_in(self.scratch);
                let counted = evaluate(form, expression, &scope)?;
                counted.encode(&mut |piece| member.extend_from_slice_copy(piece));
                detail = Detail::Member(member.into_bump_slice());
                Value::Integer(figure.map_or(0, |figure| figure.distinct()))
            }
        };
        // The sums after are tried here, so that applying the change can't fail and no later claim has to.
        let after = whole.plus(delta).map_err(failed)?;
        if let TotalKind::Sum(expression) = &total.kind {
            sum_value(total, expression, after.sum)?;
        }
        if let (Some(figure), Detail::Day(date)) = (figure, detail) {
            figure.day(date).plus(delta).map_err(failed)?;
        }
        Ok((value, Change { accumulator, key, delta, detail }))
    }
}

impl Assessment<'_, '_> {
    /// Adds what the claim is awarded, or would be, to the totals of awards.
    pub(super) fn add_award(&mut self) -> Result<(), Failure> {
        for (total, change) in self.program.totals.iter().zip(&mut self.total_changes) {
            let (TotalKind::Awarded(part), Some(change)) = (&total.kind, change) else { continue };
            let left = if self.award.left.is_empty() { &self.award.components } else { &self.award.left };
            change.delta.sum = match part {
                AwardPart::Total => self.award.total,
                AwardPart::Component(component) => left.get(*component).copied().unwrap_or_default(),
            };
            let failed = |reason: Inexact| Failure { place: total.place.clone(), reason: reason.to_string() };
            let figure = self.known.history.figure(change.accumulator, change.key);
            figure.map_or(Running::ZERO, |figure| figure.running()).plus(change.delta).map_err(failed)?;
            if let (Some(figure), Detail::Day(date)) = (figure, change.detail) {
                figure.day(date).plus(change.delta).map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// An amount with at least so many places, as messages show it.
fn with_places(mut amount: Decimal, places: u32) -> Decimal {
    if amount.scale() < places {
        amount.rescale(places);
    }
    amount
}

/// A sum as rules see it: whole where all that is summed is.
fn sum_value<'a>(total: &Total, summed: &Expression, sum: Decimal) -> Result<Value<'a>, Failure> {
    if summed.kind() != Type::INTEGER {
        return Ok(Value::Decimal(sum));
    }
    let whole = i64::try_from(sum.trunc().mantissa());
    let reason = || format!("the total `{}` has no room in a whole number of 64 bits", total.name);
    whole.map(Value::Integer).map_err(|_| Failure { place: total.place.clone(), reason: reason() })
}
