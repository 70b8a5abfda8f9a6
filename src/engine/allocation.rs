//! The split of an award over cost centres.

use super::assessment::Assessment;
use crate::{
    money::{Decimal, Inexact, split},
    outcome::Disposition,
    program::{Allocation, Program},
    script::Failure,
};

/// What cost centres bore of the award that a correction takes back; nothing where the program doesn't allocate.
pub(super) fn borne(program: &Program, reversed: Decimal) -> Result<Vec<Decimal>, Failure> {
    let Some(plan) = &program.allocation else { return Ok(Vec::new()) };
    parts_of(program, plan, reversed).map_err(|reason| failed(plan, reason))
}

fn failed(plan: &Allocation, reason: Inexact) -> Failure {
    Failure { place: plan.place.clone(), reason: format!("the award can't be split: {reason}") }
}

fn parts_of(program: &Program, plan: &Allocation, amount: Decimal) -> Result<Vec<Decimal>, Inexact> {
    // A ceiling may have left an amount of more places than components are rounded to.
    let (rounded, places) = (program.identification.rounding.scale(), amount.normalize().scale());
    let scale = if places <= rounded { rounded } else { program.identification.scale };
    let weights: Vec<Decimal> = plan.shares.iter().map(|(_, weight)| *weight).collect();
    split(amount, scale, &weights, plan.method)
}

/// Splits what an approved claim is awarded, to the last unit that amounts are rounded to.
pub(super) fn allocate(assessment: &mut Assessment<'_, '_>) -> Result<(), Failure> {
    let Some(plan) = &assessment.program.allocation else { return Ok(()) };
    if assessment.disposition() != Disposition::Approved {
        return Ok(());
    }
    let parts = parts_of(assessment.program, plan, assessment.award.total);
    assessment.allocation.extend(parts.map_err(|reason| failed(plan, reason))?);
    Ok(())
}
