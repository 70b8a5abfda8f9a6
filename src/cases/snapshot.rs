//! Snapshots of outcomes, in insta's format: a header with what the case holds, and the outcomes as YAML.

use std::collections::BTreeMap;

use serde::Serialize;

use super::claim::Given;
use crate::{
    money::at_scale,
    outcome::{Outcome, Reason},
    program::{ARRANGEMENT, Program},
};

/// The file that a snapshot says it comes from, as insta writes it.
pub(super) const SOURCE: &str = "tests/cases.rs";

/// What a case holds, at the head of its snapshot, so that the snapshot can be reviewed alone.
#[derive(Debug, Clone, Serialize)]
pub struct Header {
    /// What the case shows.
    #[serde(skip)]
    pub title: String,
    /// The program.
    pub program: String,
    /// The file with its claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The claims decided before, run by run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Written>,
    /// Its claims as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<BTreeMap<String, String>>,
}

/// Claims as a case gives them.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Written {
    /// In the case.
    Claims(Vec<BTreeMap<String, String>>),
    /// In a file.
    File(String),
}

impl Header {
    pub(super) fn new(title: &str, program: &Program, earlier: &[Given], claims: &Given) -> Self {
        let (file, claims) = match written(claims) {
            Written::File(file) => (Some(file), Vec::new()),
            Written::Claims(claims) => (None, claims),
        };
        Self {
            title: title.to_owned(),
            program: program.identification.name.to_string(),
            file,
            earlier: earlier.iter().map(written).collect(),
            claims,
        }
    }
}

fn written(given: &Given) -> Written {
    match given {
        Given::File(file) => Written::File(file.text.clone()),
        Given::Rows(rows) => Written::Claims(rows.iter().map(|row| row.iter().cloned().collect()).collect()),
    }
}

/// The outcomes of a case.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// What the case holds.
    pub header: Header,
    /// The outcomes as YAML, without a line break at the end.
    pub contents: String,
}

#[derive(Serialize)]
struct File<'h> {
    source: &'static str,
    description: &'h str,
    info: &'h Header,
}

#[derive(Serialize)]
struct OutcomeText {
    claim: String,
    /// The number of the claim in the case, or its line in the file.
    nth: u64,
    participant: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    payee: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<String>,
    disposition: &'static str,
    award: String,
    pending: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    net: Option<String>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    components: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arrangements: Vec<String>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    allocation: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cuts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variance: Option<String>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    derived: serde_json::Map<String, serde_json::Value>,
}

impl Snapshot {
    pub(super) fn new(program: &Program, header: Header, outcomes: &[Outcome<'_>]) -> Self {
        Self { header, contents: Self::contents(program, outcomes) }
    }

    /// Outcomes as YAML, without a line break at the end.
    pub(super) fn contents(program: &Program, outcomes: &[Outcome<'_>]) -> String {
        let texts: Vec<OutcomeText> = outcomes.iter().map(|outcome| outcome_text(program, outcome)).collect();
        serde_yaml::to_string(&texts).unwrap_or_default().trim_end().to_owned()
    }

    /// The whole file.
    pub fn to_file(&self) -> String {
        let file = File { source: SOURCE, description: &self.header.title, info: &self.header };
        let header = serde_yaml::to_string(&file).unwrap_or_default();
        format!("---\n{header}---\n{}\n", self.contents)
    }

    /// The outcomes that a snapshot file holds.
    pub fn contents_of(file: &str) -> Option<&str> {
        let (_, contents) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
        Some(contents.trim_end())
    }
}

fn outcome_text(program: &Program, outcome: &Outcome<'_>) -> OutcomeText {
    let scale = program.identification.scale;
    let amount = |amount| at_scale(amount, scale);
    let reasons = |reasons: &[Reason<'_>]| {
        let text =
            |reason: &Reason<'_>| format!("{} ({}): {}", reason.code, reason.effect(), without_lines(&reason.message));
        reasons.iter().map(text).collect()
    };
    let components = program.components.iter().zip(outcome.components.iter());
    let components = components.filter(|(_, amount)| !amount.is_zero());
    let components = components.map(|(component, sum)| (component.name.as_str(), *sum));
    let arranged = outcome.arranged.as_deref();
    let added = arranged.map(|arranged| (ARRANGEMENT, arranged.amount));
    let payee = program.claim.payee.filter(|_| !outcome.payee.is_empty());
    let hidden = payee.is_some_and(|field| program.hides(field));
    let shares = program.allocation.iter().flat_map(|plan| &plan.shares);
    let allocation = shares.zip(outcome.allocation.iter()).filter(|(_, part)| !part.is_zero());
    OutcomeText {
        claim: outcome.claim.to_string(),
        nth: outcome.origin.line,
        participant: outcome.participant.to_string(),
        payee: if hidden { "(private)".to_owned() } else { outcome.payee.to_string() },
        date: outcome.date.map(|date| date.to_string()),
        received: outcome.received.map(|date| date.to_string()),
        disposition: outcome.status(),
        award: amount(outcome.award),
        pending: amount(outcome.pending),
        reversed: outcome.reversed.map(amount),
        net: outcome.reversed.map(|_| amount(outcome.net())),
        components: components.chain(added).map(|(name, sum)| (name.to_owned(), amount(sum).into())).collect(),
        arrangements: arranged.map_or_else(Vec::new, |arranged| arranged.names.clone()),
        allocation: allocation.map(|((centre, _), part)| (centre.clone(), amount(*part).into())).collect(),
        cuts: outcome.cuts.iter().map(|cut| format!("{}: {}", cut.code, amount(cut.amount))).collect(),
        reasons: reasons(&outcome.reasons),
        flags: reasons(&outcome.flags),
        claimed: outcome.claimed.map(crate::money::plain),
        variance: outcome.variance().map(crate::money::plain),
        derived: outcome.derived.iter().map(|named| (named.name.to_string(), named.value.to_string().into())).collect(),
    }
}

/// A deficiency names its line, which moves whenever a case is edited.
fn without_lines(message: &str) -> &str {
    match message.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
        Some((line, rest)) if line.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => message,
    }
}
