//! What a schedule makes due, by the values of params on the program's first day.

use crate::{
    engine::Terms,
    money::{Decimal, Inexact, add, multiply, subtract},
    outcome::BandReached,
    program::{Amount, Band, Param, Program, Schedule},
    script::{Expression, Read},
};

/// The target that is assumed where the definition doesn't give it: any would do, since the edges are shares of it.
const ASSUMED_TARGET: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);

/// The bands of a schedule with every amount known.
#[derive(Debug)]
pub(super) struct Due {
    incremental: bool,
    bands: Vec<BandReached>,
    /// What edges are multiples of.
    pub(super) target: Option<Decimal>,
}

impl Due {
    /// What a schedule makes due; `None` if an amount is worked out for each claim, or its bands stand in a table.
    pub(super) fn of(schedule: &Schedule, program: &Program) -> Option<Self> {
        if schedule.table().is_some() {
            return None;
        }
        let day = program.identification.effective.0;
        let figure = |expression: &Expression| param(expression, program)?.value_on(day).number();
        let amount = |amount: &Amount| match amount {
            Amount::Fixed(amount) => Some(*amount),
            Amount::Computed(expression) => figure(expression),
        };
        let target = schedule.target.as_ref().map(|target| figure(target).unwrap_or(ASSUMED_TARGET));
        let band = |(number, band): (usize, &Band)| {
            let edge = match &band.edge {
                Some(edge) => Some(multiply(amount(&edge.amount)?, target.unwrap_or(Decimal::ONE)).ok()?),
                None => None,
            };
            let from = band.edge.as_ref().is_some_and(|edge| edge.inclusive);
            let (rate, flat) = (amount(&band.rate)?, amount(&band.flat)?);
            Some(BandReached { number, edge, from, rate, per_unit: band.per_unit, flat })
        };
        let bands: Vec<BandReached> = schedule.listed().iter().enumerate().map(band).collect::<Option<_>>()?;
        let rises = bands.windows(2).all(|pair| matches!(pair, [low, high] if low.edge <= high.edge));
        rises.then_some(Self { incremental: schedule.incremental, bands, target })
    }

    /// The whole schedule.
    pub(super) fn terms(&self) -> Terms {
        Terms::of(self.incremental, self.bands.clone())
    }

    /// What is due where a band starts: on the first total in it, or just above the last one before it.
    pub(super) fn at_start(&self, band: usize) -> Option<Decimal> {
        let edge = self.bands.get(band)?.edge?;
        let entered = self.bands.iter().take(band + 1).map(|band| BandReached { from: true, ..*band });
        Terms::of(self.incremental, entered.collect()).due(edge, edge).ok()
    }

    /// What is due where the next band starts, before that one pays.
    pub(super) fn at_end(&self, band: usize) -> Option<Decimal> {
        let edge = self.bands.get(band + 1)?.edge?;
        Terms::of(self.incremental, self.bands.iter().take(band + 1).copied().collect()).due(edge, edge).ok()
    }

    /// Where a chart starts, the edges, and where it ends: after a last band as wide as the one before it.
    pub(super) fn totals(&self) -> Result<Vec<Decimal>, Inexact> {
        let mut totals: Vec<Decimal> = self.bands.iter().filter_map(|band| band.edge).collect();
        totals.dedup();
        if let Some(first) = totals.first().copied() {
            let is_open = self.bands.first().is_some_and(|band| band.edge.is_none());
            if first > Decimal::ZERO {
                totals.insert(0, Decimal::ZERO);
            } else if is_open {
                totals.insert(0, subtract(first, first.abs().max(Decimal::ONE))?);
            }
        }
        if let [.., before, last] = totals.as_slice() {
            let width = subtract(*last, *before)?;
            totals.push(add(*last, width)?);
        }
        Ok(totals)
    }
}

/// The param that an expression is, if it is nothing else.
pub(super) fn param<'p>(expression: &Expression, program: &'p Program) -> Option<&'p Param> {
    match expression.figure() {
        Some(Read::Param(number)) => program.params.get(number),
        _ => None,
    }
}
