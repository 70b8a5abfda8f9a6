//! The file of a new arrangement, from changes as a command line gives them.

use std::fmt::Write;

use super::{Change, Variant};
use crate::{
    diagnostic::Findings,
    program::{Node, ProgramName},
};

/// What is known of a new arrangement. What isn't is left for its author to fill in.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'d> {
    /// Its name.
    pub name: &'d ProgramName,
    /// The program that it changes.
    pub program: &'d ProgramName,
    /// Its changes, `KEY=VALUE`; `CODE=~` waives a rule.
    pub set: &'d [String],
    /// Why it is granted.
    pub reason: Option<&'d str>,
    /// Where the approval stands.
    pub reference: Option<&'d str>,
    /// Who asked for it.
    pub asked_by: Option<&'d str>,
    /// Who approved it.
    pub approved_by: Option<&'d str>,
    /// The first and the last day of its claims.
    pub dates: [Option<&'d str>; 2],
    /// The last day on which a claim may come in.
    pub expires: Option<&'d str>,
    /// The most that it may add.
    pub ceiling: Option<&'d str>,
    /// The participants of its scope.
    pub participants: &'d [String],
    /// The claims of its scope.
    pub claims: &'d [String],
    /// The expression of its scope.
    pub when: Option<&'d str>,
}

impl<'d> Draft<'d> {
    /// The keys that are still to be filled in.
    pub fn missing(&self) -> Vec<&'static str> {
        let keys = [
            ("reason", self.reason.is_some()),
            ("reference", self.reference.is_some()),
            ("asked_by", self.asked_by.is_some()),
            ("approved_by", self.approved_by.is_some()),
            ("effective", self.dates.iter().all(Option::is_some)),
            ("expires", self.expires.is_some()),
            ("ceiling", self.ceiling.is_some()),
            ("scope", self.has_scope()),
        ];
        keys.into_iter().filter(|(_, is_known)| !is_known).map(|(key, _)| key).collect()
    }

    /// The same with what is still to be filled in made up, so that what is known can be checked.
    #[must_use]
    pub fn made_up(&self, dates: [&'d str; 2]) -> Self {
        let [from, until] = dates;
        Self {
            reason: self.reason.or(Some("?")),
            reference: self.reference.or(Some("?")),
            asked_by: self.asked_by.or(Some("?")),
            approved_by: self.approved_by.or(Some("?")),
            dates: [self.dates[0].or(Some(from)), self.dates[1].or(Some(until))],
            expires: self.expires.or(self.dates[1]).or(Some(until)),
            ceiling: self.ceiling.or(Some("1")),
            when: self.when.or(if self.has_scope() { None } else { Some("true") }),
            ..*self
        }
    }

    fn has_scope(&self) -> bool {
        !self.participants.is_empty() || !self.claims.is_empty() || self.when.is_some()
    }

    /// The file. `None` if a change can't be read.
    pub fn text(&self, findings: &mut Findings) -> Option<String> {
        let variant = Variant::of_arguments("--set", self.set, findings)?;
        let mut text = "# yaml-language-server: $schema=../../schemas/arrangement.json\n".to_owned();
        let _ = write!(text, "format: 1\narrangement: {}\nprogram: {}\n", self.name, self.program);
        for (key, value) in [
            ("reason", self.reason),
            ("reference", self.reference),
            ("asked_by", self.asked_by),
            ("approved_by", self.approved_by),
        ] {
            line(&mut text, "", key, value.map(quoted).as_deref());
        }
        text.push_str("effective:                          # of the claims that it is for; both days are included\n");
        for (key, date) in ["from", "until"].into_iter().zip(self.dates) {
            line(&mut text, "  ", key, date);
        }
        line(&mut text, "", "expires", self.expires);
        line(&mut text, "", "ceiling", self.ceiling);
        self.scope(&mut text);
        changes(&mut text, &variant);
        Some(text)
    }

    fn scope(&self, text: &mut String) {
        text.push_str("scope:\n");
        for (key, list) in [("participants", self.participants), ("claims", self.claims)] {
            if !list.is_empty() {
                let list: Vec<String> = list.iter().map(|one| quoted(one)).collect();
                line(text, "  ", key, Some(&format!("[{}]", list.join(", "))));
            }
        }
        match self.when {
            Some(when) => line(text, "  ", "when", Some(&format!("|-\n    {}", when.trim().replace('\n', "\n    ")))),
            None if self.participants.is_empty() && self.claims.is_empty() => {
                text.push_str("  # participants: [P-7], claims: [C-1], or when: claim.country == ...\n");
            }
            None => {}
        }
    }
}

/// Changes of values, then rules that are waived by their codes.
fn changes(text: &mut String, variant: &Variant) {
    let (mut values, mut waived) = (String::new(), Vec::new());
    for change in &variant.changes {
        match change {
            Change::Set { path, value } => line(&mut values, "  ", &path.text, Some(&written(value))),
            Change::TakeOut { path } => match waived_code(&path.text) {
                Some(code) => waived.push(code.to_owned()),
                None => line(&mut values, "  ", &path.text, Some("~")),
            },
            Change::Put(_) => {}
        }
    }
    if !values.is_empty() {
        let _ = write!(text, "change:\n{values}");
    }
    if !waived.is_empty() {
        line(text, "", "waive", Some(&format!("[{}]", waived.join(", "))));
    }
}

/// The code of the rule, limit or flag that a path takes out.
fn waived_code(path: &str) -> Option<&str> {
    match path.split_once('.') {
        None => Some(path),
        Some(("eligibility" | "limits" | "flags", code)) if !code.contains('.') => Some(code),
        Some(_) => None,
    }
}

fn written(value: &Node) -> String {
    value.place().text().to_owned()
}

/// Writing to a text can't fail.
fn line(text: &mut String, indent: &str, key: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => writeln!(text, "{indent}{key}: {value}"),
        None => writeln!(text, "{indent}{key}:"),
    };
}

/// A text that YAML reads as it is.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
