//! One decision in words and figures that a coordinator can forward.

mod flip;
mod lookup;
mod schedule;

use std::fmt::Write;

use super::{escape::for_terminal, summary::grouped};
use crate::{
    claim::Constant,
    money::{Decimal, at_scale, negated, plain},
    outcome::{BandReached, ComponentStep, Disposition, LimitStep, Outcome, RuleResult, Seen, Step, Trace},
    program::Program,
};

/// Why a claim was decided as it was: what would have changed that, and each step with the rule's line, the values it saw
/// and the arithmetic. Private figures are shown only with `names`.
pub fn explain(program: &Program, outcome: &Outcome<'_>, trace: &Trace<'_>, names: bool) -> String {
    let mut page = Page { text: String::new(), scale: program.identification.scale, program, names };
    page.head(outcome);
    // What would change the standard decision says little where arrangements made another one of it.
    if outcome.arranged.is_none() {
        page.flips(outcome, trace);
    }
    page.steps(&trace.steps);
    for_terminal(&page.text).into_owned()
}

struct Page<'p> {
    text: String,
    scale: u32,
    program: &'p Program,
    /// Whether private figures are shown.
    names: bool,
}

impl Page<'_> {
    fn head(&mut self, outcome: &Outcome<'_>) {
        let id = if outcome.claim.is_empty() {
            "A row without a readable id".to_owned()
        } else {
            format!("Claim {}", outcome.claim)
        };
        let who = |field: usize, text: &str| match text {
            "" => String::new(),
            _ if !self.names && self.program.hides(field) => "(private)".to_owned(),
            text => text.to_owned(),
        };
        let plan = &self.program.claim;
        let participant = who(plan.participant, &outcome.participant);
        let payee = plan.payee.map_or(String::new(), |payee| who(payee, &outcome.payee));
        let of = if participant.is_empty() { String::new() } else { format!(" of {participant}") };
        let date = outcome.date.map_or(String::new(), |date| format!(", dated {date}"));
        self.line(&format!("{id}{of}{date} ({}): {}.", outcome.origin, outcome.status()));
        let unit = self.program.identification.unit.code();
        match outcome.disposition {
            Disposition::Approved => self.line(&format!("Awarded: {} {unit}.", self.amount(outcome.award))),
            Disposition::Held => {
                self.line(&format!("Awarded nothing yet; {} {unit} if it is released.", self.amount(outcome.pending)));
            }
            Disposition::Returned => self.line("Awarded nothing; it can be sent again once this is cured:"),
            Disposition::Rejected => self.line("Awarded nothing:"),
        }
        self.corrected(outcome);
        self.arranged(outcome);
        for reason in outcome.reasons.iter().chain(outcome.flags.iter()) {
            let words = if reason.message.is_empty() { String::new() } else { format!(": {}", reason.message) };
            self.line(&format!("  {} ({}){words}", reason.code, reason.effect()));
        }
        let is_shown = |field| self.names || !self.program.hides(field);
        let claimed = outcome.claimed.filter(|_| plan.claimed.is_some_and(is_shown));
        if let (Some(claimed), Some(variance)) = (claimed, outcome.variance()) {
            let beside = match variance.cmp(&Decimal::ZERO) {
                _ if !matches!(outcome.disposition, Disposition::Approved | Disposition::Held) => String::new(),
                std::cmp::Ordering::Equal => ", as worked out".to_owned(),
                std::cmp::Ordering::Greater => format!(", {} more than worked out", self.exact(variance)),
                std::cmp::Ordering::Less => format!(", {} less than worked out", self.exact(negated(variance))),
            };
            self.line(&format!("Claimed {}{beside}.", self.exact(claimed)));
        }
        if !payee.is_empty() && payee != participant {
            self.line(&format!("Payable to {payee}."));
        }
        if let Some(received) = outcome.received {
            self.line(&format!("Received first on {received}."));
        }
        for cut in outcome.cuts.iter() {
            let (amount, words) = match cut.amount.is_sign_negative() {
                true => (negated(cut.amount), "less is taken back than would be due"),
                false => (cut.amount, "less than would be due"),
            };
            self.line(&format!("  {} (cut): {} {unit} {words}", cut.code, self.amount(amount)));
        }
    }

    /// What arrangements decided, beside the standard rules whose steps follow.
    fn arranged(&mut self, outcome: &Outcome<'_>) {
        let Some(arranged) = &outcome.arranged else { return };
        let unit = self.program.identification.unit.code();
        for by in &arranged.decided {
            let would = match by.disposition {
                Disposition::Approved => format!("awards {} {unit}", self.amount(by.award)),
                Disposition::Held => format!("holds it with {} {unit} pending", self.amount(by.award)),
                other => format!("has it {other}"),
            };
            let added = self.amount(by.added);
            self.line(&format!("  arrangement {}: by its rules {would}; it adds {added} {unit}", by.name));
        }
    }

    /// What was taken back of a claim that was corrected, and who bears the award.
    fn corrected(&mut self, outcome: &Outcome<'_>) {
        let unit = self.program.identification.unit.code();
        if let Some(reversed) = outcome.reversed {
            let (reversed, net) = (self.amount(reversed), self.amount(outcome.net()));
            self.line(&format!("It corrects a decision made before: {reversed} {unit} taken back, {net} {unit} net."));
        }
        let shares = self.program.allocation.iter().flat_map(|plan| &plan.shares).zip(outcome.allocation.iter());
        let borne: Vec<String> = shares
            .filter(|(_, part)| !part.is_zero())
            .map(|((centre, _), part)| format!("{centre} {}", self.amount(*part)))
            .collect();
        if !borne.is_empty() {
            self.line(&format!("Borne by {}.", borne.join(", ")));
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        if !steps.is_empty() {
            self.line("");
            self.line(&format!("Step by step, by the rules of {}:", self.program.identification.name));
            for step in steps {
                self.step(step);
            }
        }
    }

    fn step(&mut self, step: &Step<'_>) {
        match step {
            Step::InForce { date, effective, held } => {
                let verb = if *held { "lies" } else { "does not lie" };
                self.entry("in force", &format!("{date} {verb} between {} and {}", effective.0, effective.1));
            }
            Step::Original { claim, date, disposition } => {
                let date = date.map_or(String::new(), |date| format!("; its date {date} and its keys count"));
                let found = match disposition {
                    Some(disposition) => format!("claim {claim}, which was {disposition}{date}"),
                    None => format!("claim {claim}, which was not decided before"),
                };
                self.entry("takes back", &found);
            }
            Step::Earlier { program, disposition, award } => {
                let found = match disposition {
                    Some(disposition) => format!("{disposition}, {}", figure(*award)),
                    None => "did not decide this claim".to_owned(),
                };
                self.entry(program, &found);
            }
            Step::Lookup { table, rows, figure, is_conflict } => self.lookup(table, rows, *figure, *is_conflict),
            Step::Total(seen) => self.entry(&format!("totals.{}", seen.name), &value(&seen.value.into())),
            Step::Figure(seen) => self.entry(seen.name, &value(&seen.value.into())),
            Step::Rule { code, place, result, seen, message } => {
                self.entry(code, &format!("{}, {}", result_word(*result, "passed"), place.path_and_line()));
                self.seen(seen);
                self.remark(message);
            }
            Step::Flag { code, place, result, seen, message } => {
                self.entry(code, &format!("{}, {}", result_word(*result, "not raised"), place.path_and_line()));
                self.seen(seen);
                self.remark(message);
            }
            Step::Component(component) => self.component(component),
            Step::Limit(limit) => self.limit(limit),
        }
    }

    fn component(&mut self, step: &ComponentStep<'_>) {
        let amount = if step.when == Some(false) { "not due".to_owned() } else { self.amount(step.amount) };
        self.entry(step.name, &format!("{amount}, {}", step.place.path_and_line()));
        self.seen(step.seen);
        if step.hidden {
            self.remark("what it is worked out from is private");
        }
        if let Some(exact) = step.exact
            && exact != step.amount
        {
            self.remark(&format!("{} rounded {} to {}", figure(exact), self.rounding(), self.amount(step.amount)));
        }
        if let Some(schedule) = &step.schedule {
            self.schedule(schedule, step.amount);
        }
    }

    fn limit(&mut self, step: &LimitStep<'_>) {
        let word = match step.result {
            RuleResult::Objected(Disposition::Approved) => "cut".to_owned(),
            result => result_word(result, "within the ceiling"),
        };
        self.entry(step.code, &format!("{word}, {}", step.place.path_and_line()));
        if step.hidden {
            self.remark(&format!("asks {} of a ceiling that is private", self.amount(step.asked)));
            return;
        }
        let key: Vec<String> = step.key.iter().map(|seen| plain_value(&seen.value.into())).collect();
        let of = if key.is_empty() { String::new() } else { format!(" for {}", key.join(", ")) };
        self.remark(&format!(
            "asks {} of a ceiling of {}{of}, of which {} are granted; {} {}",
            self.amount(step.asked),
            figure(step.max),
            self.amount(step.granted_before),
            if matches!(step.result, RuleResult::Objected(Disposition::Held | Disposition::Rejected)) {
                "no more fits than"
            } else {
                "gets"
            },
            self.amount(step.granted)
        ));
    }

    fn rounding(&self) -> String {
        let rounding = self.program.identification.rounding;
        format!("{} to {}", rounding.mode().name(), plain(rounding.step()))
    }

    fn seen(&mut self, seen: &[Seen<'_>]) {
        let values: Vec<String> =
            seen.iter().map(|seen| format!("{} = {}", seen.name, value(&seen.value.into()))).collect();
        if !values.is_empty() {
            self.remark(&values.join(", "));
        }
    }

    fn amount(&self, amount: Decimal) -> String {
        grouped(&at_scale(amount, self.scale))
    }

    /// An amount before it is rounded, with at least the places of an amount.
    fn exact(&self, amount: Decimal) -> String {
        grouped(&at_scale(amount, self.scale.max(amount.normalize().scale())))
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn entry(&mut self, name: &str, text: &str) {
        // Writing to a String can't fail.
        let _ = writeln!(self.text, "  {name:<16} {text}");
    }

    fn remark(&mut self, text: &str) {
        if !text.is_empty() {
            let _ = writeln!(self.text, "  {:<16} {text}", "");
        }
    }
}

fn result_word(result: RuleResult, passed: &str) -> String {
    match result {
        RuleResult::Passed => passed.to_owned(),
        RuleResult::Objected(Disposition::Approved) => "noted".to_owned(),
        RuleResult::Objected(disposition) => disposition.name().to_owned(),
        RuleResult::NotReached => "not looked at, since the rule that it comes after did not hold".to_owned(),
        RuleResult::Failed => "could not be worked out".to_owned(),
    }
}

fn rate(band: &BandReached) -> String {
    if band.per_unit {
        return format!("{} a unit", plain(band.rate));
    }
    format!("{}%", plain(band.rate.saturating_mul(Decimal::ONE_HUNDRED)))
}

fn plain_value(value: &Constant) -> String {
    match value {
        Constant::Nothing => "nothing".to_owned(),
        Constant::Boolean(boolean) => boolean.to_string(),
        Constant::Integer(integer) => integer.to_string(),
        Constant::Decimal(decimal) => plain(*decimal),
        Constant::Text(text) => text.to_string(),
        Constant::Date(date) => date.to_string(),
        Constant::List(items) => {
            let items: Vec<String> = items.iter().map(plain_value).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// A figure that isn't rounded.
fn figure(figure: Decimal) -> String {
    grouped(&plain(figure))
}

/// A band by what it pays, as people speak of it.
fn band_name(band: &BandReached) -> String {
    if band.per_unit {
        return format!("the band of {}", rate(band));
    }
    format!("the {} band", rate(band))
}

/// Where a band starts and what it pays.
fn band_words(band: &BandReached) -> String {
    let flat = if band.flat.is_zero() { String::new() } else { format!(" and {} flat", figure(band.flat)) };
    format!("{} at {}{flat}", band_start(band), rate(band))
}

fn band_start(band: &BandReached) -> String {
    match band.edge {
        None => "without a lower end".to_owned(),
        Some(edge) => format!("{} {}", if band.from { "from" } else { "above" }, figure(edge)),
    }
}

fn value(value: &Constant) -> String {
    match value {
        Constant::Text(text) => format!("\"{text}\""),
        other => plain_value(other),
    }
}
