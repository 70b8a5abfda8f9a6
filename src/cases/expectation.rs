//! Plain expectations of a case: what a reader should know at a glance, beside the snapshot of everything.

use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place},
    money::{Decimal, plain},
    outcome::{EngineReason, Outcome, Reason},
    program::{Fields, Node, Program, Text, texts, written_amount},
};

/// What is expected of one claim.
#[derive(Debug)]
pub struct Expectation {
    claim: Which,
    place: Place,
    disposition: Option<String>,
    award: Option<Decimal>,
    pending: Option<Decimal>,
    reasons: Option<Vec<String>>,
    flags: Option<Vec<String>>,
    cuts: Option<Vec<String>>,
}

#[derive(Debug)]
enum Which {
    Id(String),
    Nth(u64),
}

impl Which {
    fn name(&self) -> String {
        match self {
            Self::Id(id) => format!("`{id}`"),
            Self::Nth(number) => format!("`nth:{number}`"),
        }
    }
}

/// Reads `expect`: by claim id, or `nth:2` for the second claim of the case.
pub(super) fn read(entries: &[(Text, Node)], program: &Program, findings: &mut Findings) -> Option<Vec<Expectation>> {
    let codes = codes_of(program);
    let read: Vec<_> = entries.iter().map(|(claim, node)| read_one(claim, node, &codes, findings)).collect();
    read.into_iter().collect()
}

fn read_one(claim: &Text, node: &Node, codes: &[&str], findings: &mut Findings) -> Option<Expectation> {
    let mut fields = Fields::of(node, findings)?;
    let disposition = fields.optional_text("disposition");
    let amounts = [fields.optional_text("award"), fields.optional_text("pending")];
    let mut lists = [None, None, None];
    for (list, key) in lists.iter_mut().zip(["reasons", "flags", "cuts"]) {
        *list = fields.optional(key);
    }
    let place: Place = fields.place().clone();
    fields.finish();
    let known = ["approved", "held", "returned", "rejected", "skipped"];
    if let Some(word) = disposition.as_ref().filter(|word| !known.contains(&word.text.as_str())) {
        let finding = Diagnostic::error(Code::UnknownWord, &word.place, format!("`{}` is no disposition", word.text));
        findings.add(finding.suggest(&word.text, known));
    }
    let [award, pending] = amounts.map(|text| text.map(|text| written_amount(&text, findings)));
    let [reasons, flags, cuts] = lists.map(|node| node.map(|node| read_codes(node, codes, findings)));
    if disposition.is_none()
        && award.is_none()
        && pending.is_none()
        && reasons.is_none()
        && flags.is_none()
        && cuts.is_none()
    {
        let finding = Diagnostic::error(Code::CaseProblem, &place, "nothing is expected of this claim");
        findings.add(finding.help("write `{ disposition: approved, award: \"3100.00\" }`"));
        return None;
    }
    let at = claim.place.clone();
    let claim = match claim.text.strip_prefix("nth:").and_then(|number| number.parse::<u64>().ok()) {
        Some(number) => Which::Nth(number),
        None => Which::Id(claim.text.clone()),
    };
    let amount = |amount: Option<Option<Decimal>>| amount.map_or(Some(None), |amount| amount.map(Some));
    let disposition = disposition.map(|word| word.text);
    Some(Expectation {
        claim,
        place: at,
        disposition,
        award: amount(award)?,
        pending: amount(pending)?,
        reasons,
        flags,
        cuts,
    })
}

/// Every code that an outcome of a program can carry.
fn codes_of(program: &Program) -> Vec<&str> {
    let rules = program.rules.iter().map(|rule| rule.code.as_str());
    let limits = program.limits.iter().map(|limit| limit.code.as_str());
    let flags = program.flags.iter().map(|flag| flag.code.as_str());
    let engine = EngineReason::ALL.into_iter().map(|reason| -> &str { reason.code() });
    rules.chain(limits).chain(flags).chain(engine).collect()
}

fn read_codes(node: &Node, codes: &[&str], findings: &mut Findings) -> Vec<String> {
    let written = texts(node, findings);
    for code in written.iter().filter(|code| !codes.contains(&code.text.as_str())) {
        let message = format!("the program gives no code `{}`", code.text);
        let finding = Diagnostic::error(Code::CaseProblem, &code.place, message);
        findings.add(finding.suggest(&code.text, codes.iter().copied()));
    }
    written.into_iter().map(|text| text.text).collect()
}

impl Expectation {
    /// Reports an expectation for a claim that the case doesn't hold: it would test nothing.
    pub(super) fn check_claim(&self, outcomes: &[Outcome<'static>], findings: &mut Findings) {
        if self.find(outcomes).is_none() {
            let message = format!("the case holds no claim {}", self.claim.name());
            let finding = Diagnostic::error(Code::CaseProblem, &self.place, message);
            findings.add(match &self.claim {
                Which::Id(id) => finding.suggest(id, outcomes.iter().map(|outcome| &*outcome.claim)),
                Which::Nth(_) => finding.help(format!("claims are numbered from 1 to {}", outcomes.len())),
            });
        }
    }

    fn find<'o>(&self, outcomes: &'o [Outcome<'static>]) -> Option<&'o Outcome<'static>> {
        outcomes.iter().find(|outcome| match &self.claim {
            Which::Id(id) => outcome.claim == *id,
            Which::Nth(number) => outcome.origin.line == *number,
        })
    }

    /// What of it isn't met, in words.
    pub(super) fn unmet(&self, outcomes: &[Outcome<'static>]) -> Vec<String> {
        let Some(outcome) = self.find(outcomes) else { return Vec::new() };
        let name = self.claim.name();
        let codes = |reasons: &[Reason<'_>]| reasons.iter().map(|reason| reason.code.to_string()).collect::<Vec<_>>();
        let cuts: Vec<String> = outcome.cuts.iter().map(|cut| cut.code.to_string()).collect();
        let amount = |figure: Option<Decimal>| figure.map(plain);
        let lists = |codes: &Option<Vec<String>>| codes.as_ref().map(|codes| format!("[{}]", codes.join(", ")));
        let pairs = [
            ("disposition", self.disposition.clone(), outcome.status().to_owned()),
            ("award", amount(self.award), plain(outcome.award)),
            ("pending", amount(self.pending), plain(outcome.pending)),
            ("reasons", lists(&self.reasons), format!("[{}]", codes(&outcome.reasons).join(", "))),
            ("flags", lists(&self.flags), format!("[{}]", codes(&outcome.flags).join(", "))),
            ("cuts", lists(&self.cuts), format!("[{}]", cuts.join(", "))),
        ];
        let unmet = pairs.into_iter().filter_map(|(what, expected, found)| {
            let expected = expected.filter(|expected| *expected != found)?;
            Some(format!("{name}: {what} {expected} was expected, and it is {found}"))
        });
        unmet.collect()
    }
}
