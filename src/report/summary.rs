//! The figures of one run: counts that tie, awards by component, reasons, flags and cuts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    engine::Counts,
    money::{Decimal, Inexact, add, at_scale, negated},
    outcome::{Disposition, Outcome},
    program::{ARRANGEMENT, Program},
};

/// The version of the JSON summary; its minor number only adds.
const VERSION: &str = "1.1";

/// The figures of one run.
#[derive(Debug, Clone)]
pub struct Summary {
    program: String,
    title: String,
    fingerprint: String,
    unit: String,
    scale: u32,
    /// How many claims were read, and what became of them.
    pub counts: Counts,
    award: Decimal,
    pending: Decimal,
    /// What was taken back of claims that were corrected.
    reversed: Decimal,
    components: Vec<(String, Decimal)>,
    /// What arrangements added, where any may.
    arranged: Option<Decimal>,
    centres: Vec<(String, Decimal)>,
    reasons: Tally<u64>,
    flags: Tally<u64>,
    cuts: Tally<Decimal>,
}

/// A figure for each code. There are few, so that looking through them is the fastest.
type Tally<T> = Vec<(String, T)>;

#[derive(Serialize)]
struct JsonSummary<'s> {
    version: &'static str,
    program: &'s str,
    fingerprint: &'s str,
    currency: &'s str,
    counts: JsonCounts,
    awards: JsonAwards,
    reasons: BTreeMap<&'s str, u64>,
    flags: BTreeMap<&'s str, u64>,
    cuts: BTreeMap<&'s str, String>,
}

#[derive(Serialize)]
struct JsonCounts {
    read: u64,
    approved: u64,
    held: u64,
    returned: u64,
    rejected: u64,
    skipped: u64,
}

#[derive(Serialize)]
struct JsonAwards {
    total: String,
    pending: String,
    by_component: serde_json::Map<String, serde_json::Value>,
    /// What was taken back of claims that were corrected; not in the total.
    reversed: String,
    /// The total less what was taken back.
    net: String,
    by_cost_centre: serde_json::Map<String, serde_json::Value>,
}

impl Summary {
    /// Nothing yet.
    pub fn new(program: &Program, fingerprint: &str) -> Self {
        let identification = &program.identification;
        let shares = program.allocation.iter().flat_map(|plan| &plan.shares);
        Self {
            program: identification.name.to_string(),
            title: identification.title.clone(),
            fingerprint: fingerprint.to_owned(),
            unit: identification.unit.code().to_owned(),
            scale: identification.scale,
            counts: Counts::default(),
            award: Decimal::ZERO,
            pending: Decimal::ZERO,
            reversed: Decimal::ZERO,
            centres: shares.map(|(centre, _)| (centre.clone(), Decimal::ZERO)).collect(),
            components: program.components.iter().map(|component| (component.name.clone(), Decimal::ZERO)).collect(),
            arranged: None,
            reasons: Tally::new(),
            flags: Tally::new(),
            cuts: Tally::new(),
        }
    }

    /// The same with what arrangements add.
    #[must_use]
    pub fn with_arrangements(self) -> Self {
        Self { arranged: Some(Decimal::ZERO), ..self }
    }

    /// Counts an outcome. Components and cuts are those of approved claims, so that the total is the sum of the
    /// components less the cuts, and of what arrangements add.
    pub fn add(&mut self, outcome: &Outcome<'_>) -> Result<(), Inexact> {
        self.counts.add(outcome);
        if outcome.skipped {
            return Ok(());
        }
        let reversed = outcome.reversed.unwrap_or_default();
        for (sum, amount) in
            [(&mut self.award, outcome.award), (&mut self.pending, outcome.pending), (&mut self.reversed, reversed)]
        {
            if !amount.is_zero() {
                *sum = add(*sum, amount)?;
            }
        }
        for (index, reason) in outcome.reasons.iter().enumerate() {
            let is_first = !outcome.reasons.iter().take(index).any(|other| other.code == reason.code);
            if is_first {
                count(&mut self.reasons, &reason.code);
            }
        }
        for flag in outcome.flags.iter() {
            count(&mut self.flags, &flag.code);
        }
        for ((_, sum), part) in self.centres.iter_mut().zip(outcome.allocation.iter()) {
            *sum = add(*sum, *part)?;
        }
        if outcome.disposition == Disposition::Approved {
            for ((_, sum), component) in self.components.iter_mut().zip(outcome.components.iter()) {
                *sum = add(*sum, *component)?;
            }
            if let (Some(sum), Some(arranged)) = (&mut self.arranged, &outcome.arranged) {
                *sum = add(*sum, arranged.amount)?;
            }
            for cut in outcome.cuts.iter() {
                if let Some(sum) = tally(&mut self.cuts, &cut.code) {
                    *sum = add(*sum, cut.amount)?;
                }
            }
        }
        Ok(())
    }

    /// The summary as JSON, amounts as strings.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(&self.as_json())
    }

    /// The summaries of several programs as JSON, in their order.
    pub fn all_to_json(summaries: &[Self]) -> serde_json::Result<String> {
        serde_json::to_string_pretty(&summaries.iter().map(Self::as_json).collect::<Vec<_>>())
    }

    /// What is awarded by component, and by arrangements.
    fn awarded(&self) -> impl Iterator<Item = (&str, Decimal)> {
        let components = self.components.iter().map(|(name, sum)| (name.as_str(), *sum));
        components.chain(self.arranged.map(|sum| (ARRANGEMENT, sum)))
    }

    fn as_json(&self) -> JsonSummary<'_> {
        let amount = |amount: &Decimal| at_scale(*amount, self.scale);
        let Counts { read, approved, held, returned, rejected, skipped } = self.counts;
        let by_centre = self.centres.iter().map(|(name, sum)| (name.clone(), amount(sum).into()));
        let by_component = self.awarded().map(|(name, sum)| (name.to_owned(), amount(&sum).into()));
        JsonSummary {
            version: VERSION,
            program: &self.program,
            fingerprint: &self.fingerprint,
            currency: &self.unit,
            counts: JsonCounts { read, approved, held, returned, rejected, skipped },
            awards: JsonAwards {
                total: amount(&self.award),
                pending: amount(&self.pending),
                by_component: by_component.collect(),
                reversed: amount(&self.reversed),
                net: amount(&self.award.saturating_sub(self.reversed)),
                by_cost_centre: by_centre.collect(),
            },
            reasons: by_code(&self.reasons),
            flags: by_code(&self.flags),
            cuts: self.cuts.iter().map(|(code, sum)| (code.as_str(), amount(sum))).collect(),
        }
    }

    /// The summary as a table for people.
    pub fn to_table(&self) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        let mut row = |name: &str, figure: String, remark: &str| {
            table.add_row(vec![
                comfy_table::Cell::new(name),
                comfy_table::Cell::new(figure).set_alignment(comfy_table::CellAlignment::Right),
                comfy_table::Cell::new(remark),
            ]);
        };
        let amount = |amount: Decimal| grouped(&at_scale(amount, self.scale));
        let count = |count: u64| grouped(&count.to_string());
        let counts = self.counts;
        row("claims read", count(counts.read), "");
        for (name, figure) in [
            ("  approved", counts.approved),
            ("  held", counts.held),
            ("  returned", counts.returned),
            ("  rejected", counts.rejected),
            ("  skipped", counts.skipped),
        ] {
            row(name, count(figure), "");
        }
        row("awarded", amount(self.award), &self.unit);
        for (name, sum) in self.awarded() {
            row(&format!("  {name}"), amount(sum), "");
        }
        for (code, sum) in by_code(&self.cuts) {
            row(&format!("  cut by {code}"), amount(negated(sum)), "");
        }
        if !self.reversed.is_zero() {
            row("taken back", amount(self.reversed), "of claims that were corrected");
            row("net", amount(self.award.saturating_sub(self.reversed)), &self.unit);
        }
        for (centre, sum) in &self.centres {
            row(&format!("  borne by {centre}"), amount(*sum), "");
        }
        row("pending", amount(self.pending), "what held claims would be awarded");
        for (title, codes) in [("reasons", &self.reasons), ("flags", &self.flags)] {
            if !codes.is_empty() {
                row(title, String::new(), "");
            }
            for (code, claims) in by_code(codes) {
                row(&format!("  {code}"), count(claims), if claims == 1 { "claim" } else { "claims" });
            }
        }
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        format!("{} ({})\nrules {}\n\n{}\n", self.title, self.program, short(&self.fingerprint), lines.join("\n"))
    }
}

/// The figure of a code, which is there from now on.
fn tally<'t, T: Default>(figures: &'t mut Tally<T>, code: &str) -> Option<&'t mut T> {
    let known = figures.iter().position(|(known, _)| known == code);
    if known.is_none() {
        figures.push((code.to_owned(), T::default()));
    }
    let place = known.unwrap_or(figures.len() - 1);
    figures.get_mut(place).map(|(_, figure)| figure)
}

fn count(figures: &mut Tally<u64>, code: &str) {
    if let Some(count) = tally(figures, code) {
        *count += 1;
    }
}

/// The figures by code.
fn by_code<T: Copy>(figures: &Tally<T>) -> BTreeMap<&str, T> {
    figures.iter().map(|(code, figure)| (code.as_str(), *figure)).collect()
}

/// Enough of a fingerprint to tell two of them apart.
pub(super) fn short(fingerprint: &str) -> &str {
    fingerprint.get(..16).unwrap_or(fingerprint)
}

/// A figure with commas between groups of three digits, for people.
pub fn grouped(figure: &str) -> String {
    let (sign, digits) = figure.strip_prefix('-').map_or(("", figure), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut shown = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(fraction) = fraction {
        shown.push('.');
        shown.push_str(fraction);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_for_people_are_grouped() {
        for (figure, shown) in [("0", "0"), ("999.50", "999.50"), ("-1234.5", "-1,234.5"), ("1234567", "1,234,567")] {
            assert_eq!(grouped(figure), shown);
        }
    }
}
