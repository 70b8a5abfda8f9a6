//! What a component is kept per, for claims that were decided: the keys by which their awards are summed up.

use bumpalo::Bump;

use super::{assessment::Assessment, decider::Decider, known::Known, table::Tables};
use crate::{
    calendar::Date,
    claim::Claim,
    history::History,
    program::{Component, KeyPlan, Program},
};

/// The keys under which the components of a program accumulate.
pub struct KeptPer<'p> {
    decider: Decider<'p>,
    history: History,
}

impl<'p> KeptPer<'p> {
    /// The keys of a program. What is worked out once is kept in the scratch space, which must not be reset while this is
    /// used.
    pub fn new(program: &'p Program, tables: &'p Tables, scratch: &'p Bump) -> Self {
        Self { decider: Decider::new(program, tables, scratch), history: History::new() }
    }

    /// Whether a component accumulates over claims.
    pub fn accumulates(&self, component: usize) -> bool {
        self.plan(component).is_some()
    }

    fn plan(&self, component: usize) -> Option<&KeyPlan> {
        let plan = self.decider.program.components.get(component).and_then(Component::key);
        plan.filter(|plan| !plan.is_claim())
    }

    fn assessment<'a>(&'a self, claim: Claim<'a>, date: Option<Date>, scratch: &'a Bump) -> Assessment<'a, 'a> {
        let own = claim.row().date(self.decider.program.claim.date);
        let date = date.or(own).unwrap_or(Date::MIN);
        Assessment::new(&self.decider, Known::past(&self.history), claim, date, scratch)
    }

    /// The key of a claim as bytes, by the date by which it was decided. `None` where the component doesn't accumulate.
    pub fn key<'a>(
        &'a self,
        component: usize,
        claim: Claim<'a>,
        date: Option<Date>,
        scratch: &'a Bump,
    ) -> Option<&'a [u8]> {
        self.assessment(claim, date, scratch).key_bytes(self.plan(component)?).ok()
    }

    /// The words of that key with what they stand for; private figures aren't shown.
    pub fn words(&self, component: usize, claim: Claim<'_>, date: Option<Date>) -> Vec<(String, String)> {
        let scratch = Bump::new();
        let Some(plan) = self.plan(component) else { return Vec::new() };
        let assessment = self.assessment(claim, date, &scratch);
        assessment.key_seen(plan).iter().map(|seen| (seen.name.to_owned(), seen.value.to_string())).collect()
    }
}
