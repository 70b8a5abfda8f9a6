//! The split of an award over cost centres.

use super::assessment::Assessment;
use crate::{
    money::{Decimal, split},
    outcome::Disposition,
    script::Failure,
};

/// Splits what an approved claim is awarded, to the last unit that amounts are rounded to.
pub(super) fn allocate(assessment: &mut Assessment<'_, '_>) -> Result<(), Failure> {
    let Some(plan) = &assessment.program.allocation else { return Ok(()) };
    if assessment.disposition() != Disposition::Approved {
        return Ok(());
    }
    // A ceiling may have left an amount of more places than components are rounded to.
    let identification = &assessment.program.identification;
    let rounded = identification.rounding.scale();
    let places = assessment.award.total.normalize().scale();
    let scale = if places <= rounded { rounded } else { identification.scale };
    let weights: Vec<Decimal> = plan.shares.iter().map(|(_, weight)| *weight).collect();
    let parts = split(assessment.award.total, scale, &weights, plan.method);
    let failed = |reason| Failure { place: plan.place.clone(), reason: format!("the award can't be split: {reason}") };
    assessment.allocation.extend(parts.map_err(failed)?);
    Ok(())
}
