//! The split of an award over cost centres.

use super::assessment::Assessment;
use crate::{
    money::{Decimal, split},
    outcome::Disposition,
    script::Failure,
};

/// Splits what an approved claim is awarded, to the last unit.
pub(super) fn allocate(assessment: &mut Assessment<'_, '_>) -> Result<(), Failure> {
    let Some(plan) = &assessment.program.allocation else { return Ok(()) };
    if assessment.disposition() != Disposition::Approved {
        return Ok(());
    }
    let scale = assessment.program.identification.scale;
    let weights: Vec<Decimal> = plan.shares.iter().map(|(_, weight)| *weight).collect();
    let parts = split(assessment.award.total, scale, &weights, plan.method);
    let failed = |reason| Failure { place: plan.place.clone(), reason: format!("the award can't be split: {reason}") };
    assessment.allocation.extend(parts.map_err(failed)?);
    Ok(())
}
