//! A claim that takes back some of another one, seen from one component.

use super::known::Original;
use crate::{
    history::Running,
    money::{Decimal, Inexact, add, negated},
};

/// What a claim takes back of one component of another claim.
#[derive(Clone, Copy)]
pub(super) struct Taking<'h> {
    original: Original<'h>,
    component: usize,
    /// The base that it takes back.
    part: Decimal,
}

impl<'h> Taking<'h> {
    /// With the base of the claim that takes back, which is below zero.
    pub(super) fn new(original: Original<'h>, component: usize, base: Decimal) -> Self {
        Self { original, component, part: negated(base) }
    }

    /// What the other claim added to the base.
    pub(super) fn whole(&self) -> Decimal {
        self.original.decided.base(self.component)
    }

    /// What it was awarded before limits.
    pub(super) fn awarded(&self) -> Decimal {
        self.original.decided.amount(self.component)
    }

    /// What was taken back of it before.
    pub(super) fn before(&self) -> Running {
        self.original.decided.usage.taken(self.component)
    }

    /// The base that was taken back of it with this part.
    pub(super) fn after(&self) -> Result<Decimal, Inexact> {
        add(self.before().sum, self.part)
    }

    /// What it left of the figure that picks the band.
    pub(super) fn measure_left(&self) -> Decimal {
        let [_, gone] = self.original.decided.usage.gone(self.component);
        self.original.decided.measure(self.component).saturating_sub(gone)
    }

    /// What is left of it, where it stands alone.
    pub(super) fn left(&self) -> Result<Running, Inexact> {
        let added = Running { count: 1, sum: self.whole(), awarded: self.awarded() };
        added.plus(Running { count: 0, ..self.before().negated() })
    }

    /// What it does to the number of claims that count: one less where nothing is left of the other.
    pub(super) fn count(&self) -> Result<i64, Inexact> {
        let [gone, _] = self.original.decided.usage.gone(self.component);
        let (whole, had_gone) = (self.whole(), self.before().count > 0);
        let is_all = add(gone, self.part)? == whole;
        Ok(if is_all && !(had_gone && gone == whole) { -1 } else { 0 })
    }

    /// Whether it takes back more of the base than is left.
    pub(super) fn exceeds(&self) -> Result<bool, Inexact> {
        Ok(self.whole() > Decimal::ZERO && self.after()? > self.whole())
    }

    /// What it takes, with the amount that comes of it.
    pub(super) fn taken(&self, amount: Decimal) -> Result<Running, Inexact> {
        let taken = Running { count: 1, sum: self.part, awarded: negated(amount) };
        self.before().plus(taken)?;
        Ok(taken)
    }
}
