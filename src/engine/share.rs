//! What a claim shares with others: the keys of the figures that it is decided on, and the claims that it names.

use bumpalo::Bump;

use super::{assessment::Assessment, decider::Decider, known::Known, table::Tables};
use crate::{
    calendar::Date,
    claim::{Claim, canonical},
    history::{AccumulatorId, History},
    program::{KeyPart, KeyPlan, Program},
};

/// Finds which claims can have a part in the decision of another one.
pub struct Shared<'p> {
    decider: Decider<'p>,
    plans: Vec<(AccumulatorId, &'p KeyPlan)>,
    /// Nothing has happened: keys depend on the claim alone.
    history: History,
}

impl<'p> Shared<'p> {
    /// For the claims of a program. What is worked out once is kept in the arena.
    pub fn new(program: &'p Program, tables: &'p Tables, arena: &'p Bump) -> Self {
        let totals = program.totals.iter().enumerate();
        let totals = totals.map(|(number, total)| (program.total_accumulator(number), &total.key));
        let bases = program.components.iter().enumerate();
        let bases = bases.filter_map(|(number, component)| Some((program.base_accumulator(number), component.key()?)));
        let limits = program.limits.iter().enumerate();
        let limits = limits.map(|(number, limit)| (program.limit_accumulator(number), &limit.key));
        let plans = totals.chain(bases).chain(limits).filter(|(_, plan)| !plan.is_claim() && !is_program(plan));
        Self { decider: Decider::new(program, tables, arena), plans: plans.collect(), history: History::new() }
    }

    /// Hands out what a claim shares, each as canonical bytes: two claims with the same bytes may have a part in each
    /// other's decision. A figure over the whole program is shared by all, and isn't among it. `date` is the one by
    /// which the claim was decided.
    pub fn of(&self, claim: Claim<'_>, id: &str, date: Option<Date>, scratch: &Bump, take: &mut dyn FnMut(&[u8])) {
        let program = self.decider.program;
        let original = program.claim.original.map(|field| claim.value(field)).filter(|value| !value.is_nothing());
        for named in [Some(crate::claim::Value::Text(id)), original].into_iter().flatten() {
            take(&canonical([named]));
        }
        let Some(date) = date else { return };
        let assessment = Assessment::new(&self.decider, Known::past(&self.history), claim, date, scratch);
        for (accumulator, plan) in &self.plans {
            // A claim whose key can't be worked out is held, and has no part in the figure.
            if let Ok(key) = assessment.key_bytes(plan) {
                let mut bytes = accumulator.to_le_bytes().to_vec();
                bytes.extend_from_slice(key);
                take(&bytes);
            }
        }
    }
}

/// Whether all claims of the program share the key.
fn is_program(plan: &KeyPlan) -> bool {
    plan.parts.iter().all(|(_, part)| matches!(part, KeyPart::Program))
}
