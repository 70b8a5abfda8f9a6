//! The same as JSON, amounts as strings, with every changed claim.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Movement, SideBySide};
use crate::{
    compare::{ClaimDifference, ClaimOutcome, KeyDifference, Tally, Totals},
    engine::{Budget, Ceiling, Counts},
    money::{Decimal, Inexact, at_scale, subtract},
};

/// The version of this JSON; its minor number only adds.
const VERSION: &str = "1.1";

impl SideBySide<'_> {
    /// The comparison as JSON.
    pub fn to_json(&self) -> Result<String, Inexact> {
        let (before, after) = (&self.comparison.before, &self.comparison.after);
        let [gain, lose] = self.movements()?;
        let [standard, changed] = self.fingerprints;
        let keys: Vec<Value> = self.comparison.keys.iter().map(|key| self.key_value(key)).collect();
        let claims: Vec<Value> = self.comparison.claims.iter().map(|claim| self.claim_value(claim)).collect();
        let page = json!({
            "version": VERSION,
            "program": self.program.identification.name.to_string(),
            "variant": self.variant,
            "fingerprints": { "standard": standard, "changed": changed },
            "currency": self.program.identification.unit.code(),
            "standard": self.totals_value(before),
            "changed": self.totals_value(after),
            "difference": {
                "award": self.exact(subtract(after.award, before.award)?),
                "pending": self.exact(subtract(after.pending, before.pending)?),
            },
            "gain": self.movement_value(&gain),
            "lose": self.movement_value(&lose),
            "keys": keys,
            "claims": claims,
        });
        Ok(format!("{page:#}"))
    }

    fn exact(&self, amount: Decimal) -> String {
        at_scale(amount, self.program.identification.scale)
    }

    fn totals_value(&self, totals: &Totals) -> Value {
        let Counts { read, approved, held, returned, rejected, skipped } = totals.counts;
        let budgets: Vec<Value> = totals.budgets.iter().map(|budget| self.budget_value(budget)).collect();
        let ceilings: Vec<Value> = totals.ceilings.iter().map(|ceiling| self.ceiling_value(ceiling)).collect();
        json!({
            "counts": {
                "read": read, "approved": approved, "held": held, "returned": returned, "rejected": rejected,
                "skipped": skipped,
            },
            "awards": {
                "total": self.exact(totals.award),
                "pending": self.exact(totals.pending),
                "reversed": self.exact(totals.reversed),
                "by_component_after_limits": self.components_value(&totals.components),
            },
            "reasons": self.tallies_value(&totals.reasons),
            "flags": self.tallies_value(&totals.flags),
            "cuts": self.tallies_value(&totals.cuts),
            "budgets": budgets,
            "ceilings": ceilings,
        })
    }

    fn budget_value(&self, budget: &Budget) -> Value {
        let max = budget.max.map(|max| self.exact(max));
        json!({ "code": budget.code, "max": max, "used": self.exact(budget.granted) })
    }

    fn ceiling_value(&self, ceiling: &Ceiling) -> Value {
        json!({
            "arrangement": ceiling.arrangement,
            "claims": ceiling.claims,
            "max": self.exact(ceiling.max),
            "asked": self.exact(ceiling.asked),
            "used": self.exact(ceiling.granted),
        })
    }

    fn components_value(&self, components: &[(String, Decimal)]) -> Map<String, Value> {
        components.iter().map(|(name, amount)| (name.clone(), self.exact(*amount).into())).collect()
    }

    fn tallies_value(&self, tallies: &BTreeMap<String, Tally>) -> Map<String, Value> {
        let tally = |tally: &Tally| json!({ "claims": tally.claims, "amount": self.exact(tally.amount) });
        tallies.iter().map(|(code, one)| (code.clone(), tally(one))).collect()
    }

    fn movement_value(&self, movement: &Movement) -> Value {
        let participants: Vec<Value> = movement
            .participants
            .iter()
            .map(|(name, amount)| json!({ "participant": self.participant(name), "amount": self.exact(*amount) }))
            .collect();
        json!({ "total": self.exact(movement.total), "participants": participants })
    }

    fn key_value(&self, key: &KeyDifference) -> Value {
        let words: Map<String, Value> =
            key.key.iter().map(|(word, value)| (word.clone(), value.clone().into())).collect();
        json!({
            "component": key.component,
            "key": words,
            "standard": self.exact(key.before),
            "changed": self.exact(key.after),
            "difference": self.exact(key.gain()),
        })
    }

    fn claim_value(&self, claim: &ClaimDifference) -> Value {
        json!({
            "claim": self.id(claim),
            "participant": self.participant(&claim.participant),
            "date": claim.date.map(|date| date.to_string()),
            "line": claim.line,
            "kind": claim.kind.name(),
            "standard": self.outcome_value(0, claim.line, &claim.before),
            "changed": self.outcome_value(1, claim.line, &claim.after),
        })
    }

    fn outcome_value(&self, side: usize, line: u64, outcome: &ClaimOutcome) -> Value {
        json!({
            "disposition": outcome.status,
            "award": self.exact(outcome.award),
            "pending": self.exact(outcome.pending),
            "components": self.components_value(&outcome.components),
            "reasons": outcome.reasons,
            "flags": outcome.flags,
            "cuts": outcome.cuts,
            "words": self.reasons(side, line, outcome),
        })
    }
}
