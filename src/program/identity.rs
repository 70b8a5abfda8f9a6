//! Who a program is: name, title, dates, unit and rounding.

use std::{fmt, str::FromStr};

use super::{
    amount::written_amount,
    fields::{Fields, word},
    yaml::{Node, Text},
};
use crate::{
    calendar::{Date, FiscalStart, parse_iso},
    diagnostic::{Code, Diagnostic, Findings},
    money::{MAX_SCALE, Rounding, RoundingMode, Unit},
};

/// `client/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProgramName {
    client: String,
    name: String,
}

/// A text that is no program name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a program name: `client/name` in lower case, digits and `-`")]
pub struct WrongProgramName;

impl ProgramName {
    /// The client.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// The name, without the client.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path of its definition under `programs/`.
    pub fn path(&self) -> String {
        format!("{}/{}.yaml", self.client, self.name)
    }
}

impl FromStr for ProgramName {
    type Err = WrongProgramName;

    fn from_str(text: &str) -> Result<Self, WrongProgramName> {
        let (client, name) = text.split_once('/').ok_or(WrongProgramName)?;
        let is_word = |part: &str| {
            let symbols = |symbol: char| symbol.is_ascii_lowercase() || symbol.is_ascii_digit() || symbol == '-';
            part.starts_with(|first: char| first.is_ascii_alphanumeric()) && part.chars().all(symbols)
        };
        if is_word(client) && is_word(name) {
            Ok(Self { client: client.to_owned(), name: name.to_owned() })
        } else {
            Err(WrongProgramName)
        }
    }
}

impl fmt::Display for ProgramName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.client, self.name)
    }
}

/// Name, dates, unit and rounding of a program.
#[derive(Debug, Clone)]
pub struct Identification {
    /// Its name.
    pub name: ProgramName,
    /// Its title.
    pub title: String,
    /// What awards are counted in.
    pub unit: Unit,
    /// Decimal places that amounts are written with: those of the unit, or of the rounding where it has more.
    pub scale: u32,
    /// Its first and last day.
    pub effective: (Date, Date),
    /// How each component is rounded.
    pub rounding: Rounding,
    /// The first day of its fiscal year.
    pub fiscal_year_starts: Option<FiscalStart>,
    /// Whether what one person does to a held claim another one has to confirm.
    pub needs_two_people: bool,
}

/// Reads the head of a definition.
pub(super) fn check(fields: &mut Fields<'_, '_>) -> Option<Identification> {
    check_format(fields);
    let name = program_text(fields);
    let title = fields.optional_text("title");
    let unit = check_unit(fields);
    let effective = fields.required("effective", "write `effective: { from: 2026-01-01, until: 2026-12-31 }`");
    let rounding = fields.required("rounding", "write `rounding: { mode: half_even, scale: 2 }`");
    let fiscal = fields.optional_text("fiscal_year_starts");
    let approval = fields.optional_text("approval");
    let findings = fields.findings();
    let name = name.and_then(|name| program_named(&name, findings));
    let effective = effective.and_then(|node| written_dates(node, "program", findings));
    let rounding = rounding.and_then(|node| check_rounding(node, findings));
    let fiscal_year_starts = fiscal.and_then(|text| check_fiscal(&text, findings));
    let words = [("one_person", false), ("two_people", true)];
    let needs_two_people = match approval {
        Some(text) => word(&text, "a kind of approval", &words, findings)?,
        None => false,
    };
    let (name, unit, rounding) = (name?, unit?, rounding?);
    let title = title.map_or_else(|| name.to_string(), |title| title.text);
    let scale = unit.scale().max(rounding.scale());
    Some(Identification {
        name,
        title,
        unit,
        scale,
        effective: effective?,
        rounding,
        fiscal_year_starts,
        needs_two_people,
    })
}

/// Reads `format`.
pub(super) fn check_format(fields: &mut Fields<'_, '_>) {
    let format = fields.required_text("format", "write `format: 1`");
    if let Some(format) = format.filter(|format| format.text != "1") {
        let message = format!("format `{}` isn't known", format.text);
        let finding = Diagnostic::error(Code::FormatVersion, &format.place, message).help("write `format: 1`");
        fields.findings().add(finding);
    }
}

/// What stands behind `program`.
pub(super) fn program_text(fields: &mut Fields<'_, '_>) -> Option<Text> {
    fields.required_text("program", "write `program: client/name`")
}

/// A program's name as written.
pub fn program_named(text: &Text, findings: &mut Findings) -> Option<ProgramName> {
    let name = text.text.parse();
    if name.is_err() {
        let message = format!("`{}` is not a program name", text.text);
        let finding = Diagnostic::error(Code::WrongName, &text.place, message);
        findings.add(finding.help("write `client/name` in lower case, with digits and `-`"));
    }
    name.ok()
}

fn check_unit(fields: &mut Fields<'_, '_>) -> Option<Unit> {
    let (currency, unit) = (fields.optional_text("currency"), fields.optional("unit"));
    let place = fields.head();
    let findings = fields.findings();
    match (currency, unit) {
        (Some(currency), None) => match Unit::currency(&currency.text) {
            Ok(unit) => Some(unit),
            Err(reason) => {
                let finding =
                    Diagnostic::error(Code::UnknownUnit, &currency.place, format!("`{}` {reason}", currency.text));
                let capitals = currency.text.to_uppercase();
                findings.add(if Unit::currency(&capitals).is_ok() {
                    finding.help(format!("write `{capitals}`"))
                } else {
                    finding.help("for points and the like write `unit: { code: PTS, scale: 0 }`")
                });
                None
            }
        },
        (None, Some(node)) => {
            let mut fields = Fields::of(node, findings)?;
            let code = fields.required_text("code", "write `unit: { code: PTS, scale: 0 }`");
            let scale = fields.required_text("scale", "say with how many decimal places amounts are written");
            let findings = fields.findings();
            let scale = scale.and_then(|text| check_scale(&text, findings));
            fields.finish();
            Some(Unit::own(code?.text, scale?))
        }
        (Some(currency), Some(unit)) => {
            let finding = Diagnostic::error(Code::NameTaken, unit.place(), "a program has one unit");
            findings.add(finding.and(&currency.place, "a currency is given here").help("remove one of them"));
            None
        }
        (None, None) => {
            let finding = Diagnostic::error(Code::MissingKey, &place, "`currency` is missing");
            findings.add(finding.help("write `currency: USD`, or `unit: { code: PTS, scale: 0 }` for points"));
            None
        }
    }
}

fn check_scale(text: &Text, findings: &mut Findings) -> Option<u32> {
    let scale = text.text.parse().ok().filter(|scale| *scale <= MAX_SCALE);
    if scale.is_none() {
        let message = format!("`{}` is not a number of decimal places from 0 to {MAX_SCALE}", text.text);
        findings.add(Diagnostic::error(Code::WrongRounding, &text.place, message));
    }
    scale
}

/// The first and the last day of something, both included.
pub fn written_dates(node: &Node, what: &str, findings: &mut Findings) -> Option<(Date, Date)> {
    let mut fields = Fields::of(node, findings)?;
    let from = fields.required_text("from", "name the first day: `from: 2026-01-01`");
    let until = fields.required_text("until", "name the last day: `until: 2026-12-31`; both days are included");
    fields.finish();
    let from_date = from.as_ref().and_then(|text| written_date(text, findings));
    let until_date = until.as_ref().and_then(|text| written_date(text, findings));
    let (from_date, until_date) = (from_date?, until_date?);
    if until_date < from_date {
        let finding = Diagnostic::error(Code::WrongDate, &until?.place, format!("the {what} ends before it starts"));
        let finding = finding.and(&from?.place, "it starts here");
        findings.add(finding);
        return None;
    }
    Some((from_date, until_date))
}

/// A date as written.
pub fn written_date(text: &Text, findings: &mut Findings) -> Option<Date> {
    let date = parse_iso(&text.text).ok();
    if date.is_none() {
        let message = format!("`{}` is not a day of the calendar", text.text);
        findings.add(Diagnostic::error(Code::WrongDate, &text.place, message).help("dates are written `2026-07-01`"));
    }
    date
}

fn check_rounding(node: &Node, findings: &mut Findings) -> Option<Rounding> {
    let mut fields = Fields::of(node, findings)?;
    let mode = fields.required_text("mode", "say what happens to a fraction: `mode: half_even`");
    let (scale, step) = (fields.optional_text("scale"), fields.optional_text("step"));
    let place = fields.place().clone();
    let findings = fields.findings();
    let mode: Option<RoundingMode> =
        mode.and_then(|mode| word(&mode, "a rounding mode", &RoundingMode::NAMES, findings));
    let rounding = match (scale, step) {
        (Some(scale), None) => {
            check_scale(&scale, findings).zip(mode).map(|(scale, mode)| Rounding::to_scale(mode, scale))
        }
        (None, Some(step)) => {
            let amount = written_amount(&step, findings);
            let fits = amount.is_none_or(|amount| {
                amount.is_sign_positive() && !amount.is_zero() && amount.normalize().scale() <= MAX_SCALE
            });
            if !fits {
                findings.add(Diagnostic::error(Code::WrongRounding, &step.place, "a step is above zero"));
            }
            amount.filter(|_| fits).zip(mode).map(|(step, mode)| Rounding::to_step(mode, step))
        }
        _ => {
            let finding =
                Diagnostic::error(Code::WrongRounding, &place, "a program rounds to a `scale` or to a `step`");
            findings.add(finding.help("write `scale: 2`, or `step: 50`, and not both"));
            None
        }
    };
    fields.finish();
    rounding
}

fn check_fiscal(text: &Text, findings: &mut Findings) -> Option<FiscalStart> {
    let start = FiscalStart::parse(&text.text).ok();
    if start.is_none() {
        let message = format!("`{}` is not the first day of a fiscal year", text.text);
        findings.add(Diagnostic::error(Code::WrongDate, &text.place, message).help("write month and day: `04-01`"));
    }
    start
}
