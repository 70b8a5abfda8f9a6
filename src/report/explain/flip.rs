//! What would have changed a decision, in words.

use super::{Page, band_name, plain_value};
use crate::{
    calendar::days_between,
    claim::Constant,
    money::subtract,
    outcome::{Aim, Disposition, EngineReason, Flip, Outcome, Seen, Step, Trace},
    report::summary::grouped,
};

/// How many texts are listed before the rest is counted.
const LISTED: usize = 8;

impl Page<'_> {
    /// The section on what would change the outcome, where that was looked for and there is something to say.
    pub(super) fn flips(&mut self, outcome: &Outcome<'_>, trace: &Trace<'_>) {
        let Some(flips) = &trace.flips else { return };
        let unmoved = unmoved(outcome, trace, flips);
        if flips.is_empty() && unmoved.is_empty() {
            return;
        }
        self.line("");
        self.line("What would change it, all else and the claims before it being as they were:");
        for group in flips.chunk_by(|one, other| one.aim == other.aim && one.field == other.field) {
            self.group(outcome, trace, group);
        }
        for code in unmoved {
            self.entry(code, "no threshold or choice in one cell was found that decides it");
        }
    }

    /// Values of one field that do the same: several only where they are choices.
    fn group(&mut self, outcome: &Outcome<'_>, trace: &Trace<'_>, group: &[Flip]) {
        let [flip, others @ ..] = group else { return };
        let (name, effect) = match &flip.aim {
            Aim::Band(name) => (name, format!("would reach {}", next_band(name, trace))),
            Aim::Objection(code) => {
                let is_cut = outcome.cuts.iter().any(|cut| cut.code == *code);
                (code, if is_cut { "would not cut".to_owned() } else { "would not object".to_owned() })
            }
        };
        let field = self.program.claim.fields.get(flip.field);
        let column = field.map_or("", |field| field.column.as_str());
        let cell = |value| field.and_then(|field| field.kind.write(value)).unwrap_or_else(|| plain_value(value));
        let values: Vec<String> = group.iter().map(|flip| cell(&flip.to)).collect();
        let change = difference(&flip.now, &flip.to).map_or(String::new(), |change| format!(": {change}"));
        self.entry(name, &format!("{effect} if `{column}` were {} (now {}){change}", listed(&values), cell(&flip.now)));
        let same = |other: &Flip| {
            (other.disposition, &other.objections, other.award) == (flip.disposition, &flip.objections, flip.award)
        };
        if others.iter().all(same) {
            let becomes = self.becomes(outcome, flip);
            self.remark(&becomes);
        }
    }

    fn becomes(&self, outcome: &Outcome<'_>, flip: &Flip) -> String {
        let award = format!("{} {}", self.amount(flip.award), self.program.identification.unit.code());
        let still = if flip.disposition == outcome.disposition { "still " } else { "" };
        let codes = flip.objections.join(", ");
        match flip.disposition {
            Disposition::Approved => format!("it would then {still}be approved: {award}"),
            Disposition::Held => format!("it would then {still}be held, for {codes}: {award} if it is released"),
            other => format!("it would then {still}be {other}, for {codes}"),
        }
    }
}

/// Codes of the program, or of its dates, that object and for which nothing was found. Where an empty cell was looked at,
/// filling it may be what is asked.
fn unmoved<'o>(outcome: &'o Outcome<'_>, trace: &Trace<'_>, flips: &[Flip]) -> Vec<&'o str> {
    let reasons = outcome.reasons.iter().chain(outcome.flags.iter());
    let objecting = reasons.filter(|reason| reason.disposition != Disposition::Approved);
    let is_own = |code: &str| {
        code == EngineReason::NotEffective.code() || EngineReason::ALL.iter().all(|reason| reason.code() != code)
    };
    let answered = |code: &str| flips.iter().any(|flip| matches!(&flip.aim, Aim::Objection(found) if found == code));
    let is_empty = |seen: &Seen<'_>| seen.value.is_nothing() && seen.name.starts_with("claim.");
    let saw_empty = |wanted: &str| {
        trace.steps.iter().any(|step| match step {
            Step::Rule { code, seen, .. } | Step::Flag { code, seen, .. } => {
                *code == wanted && seen.iter().any(is_empty)
            }
            _ => false,
        })
    };
    let codes = objecting.map(|reason| reason.code.as_ref());
    codes.filter(|code| is_own(code) && !answered(code) && !saw_empty(code)).collect()
}

fn next_band(name: &str, trace: &Trace<'_>) -> String {
    let next = trace.steps.iter().find_map(|step| match step {
        Step::Component(component) if component.name == name => component.schedule.as_ref()?.band_next.as_ref(),
        _ => None,
    });
    next.map_or_else(|| "the next band".to_owned(), band_name)
}

/// How far a date or number is moved.
fn difference(now: &Constant, to: &Constant) -> Option<String> {
    if let (Constant::Date(now), Constant::Date(to)) = (now, to) {
        let days = days_between(*now, *to);
        let unit = if days.abs() == 1 { "day" } else { "days" };
        let way = if days < 0 { "earlier" } else { "later" };
        return Some(format!("{} {unit} {way}", grouped(&days.abs().to_string())));
    }
    let change = subtract(to.number()?, now.number()?).ok()?;
    let way = if change.is_sign_negative() { "less" } else { "more" };
    Some(format!("{} {way}", grouped(&change.abs().to_string())))
}

/// `A`, `A or B`, `A, B or 12 others`.
fn listed(values: &[String]) -> String {
    let (shown, rest) = values.split_at_checked(LISTED).unwrap_or((values, &[]));
    let mut words = shown.to_vec();
    match rest {
        [] => {}
        [only] => words.push(only.clone()),
        rest => words.push(format!("{} others", rest.len())),
    }
    match words.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        words => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::parse_iso, money::parse_decimal};

    #[test]
    fn a_change_is_said_in_days_or_in_the_figure_itself() {
        let date = |text: &str| Constant::Date(parse_iso(text).unwrap());
        let decimal = |text: &str| Constant::Decimal(parse_decimal(text).unwrap());
        for (now, to, words) in [
            (date("2026-04-03"), date("2026-03-31"), Some("3 days earlier")),
            (date("2026-02-28"), date("2026-03-01"), Some("1 day later")),
            (decimal("2795.50"), decimal("4000.00"), Some("1,204.50 more")),
            (Constant::Integer(12), Constant::Integer(2), Some("10 less")),
            (Constant::Text("FR".into()), Constant::Text("DE".into()), None),
        ] {
            assert_eq!(difference(&now, &to).as_deref(), words);
        }
    }

    #[test]
    fn choices_are_listed_and_many_are_counted() {
        let values = |count: usize| -> Vec<String> { (1..=count).map(|number| number.to_string()).collect() };
        assert_eq!(listed(&values(1)), "1");
        assert_eq!(listed(&values(3)), "1, 2 or 3");
        assert_eq!(listed(&values(9)), "1, 2, 3, 4, 5, 6, 7, 8 or 9");
        assert_eq!(listed(&values(20)), "1, 2, 3, 4, 5, 6, 7, 8 or 12 others");
    }
}
