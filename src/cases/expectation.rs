//! Plain expectations of a case: what a reader should know at a glance, beside the snapshot of everything.

use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place},
    money::{Decimal, plain},
    outcome::{Outcome, Reason},
    program::{Fields, Node, Text, texts, written_amount},
};

/// What is expected of one claim.
#[derive(Debug)]
pub struct Expectation {
    claim: Which,
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

/// Reads `expect`: by claim id, or `nth:2` for the second claim of the case.
pub(super) fn read(entries: &[(Text, Node)], findings: &mut Findings) -> Option<Vec<Expectation>> {
    let read: Vec<_> = entries.iter().map(|(claim, node)| read_one(claim, node, findings)).collect();
    read.into_iter().collect()
}

fn read_one(claim: &Text, node: &Node, findings: &mut Findings) -> Option<Expectation> {
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
    let [reasons, flags, cuts] =
        lists.map(|node| node.map(|node| texts(node, findings).into_iter().map(|text| text.text).collect::<Vec<_>>()));
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
    let claim = match claim.text.strip_prefix("nth:").and_then(|number| number.parse::<u64>().ok()) {
        Some(number) => Which::Nth(number),
        None => Which::Id(claim.text.clone()),
    };
    let amount = |amount: Option<Option<Decimal>>| amount.map_or(Some(None), |amount| amount.map(Some));
    let disposition = disposition.map(|word| word.text);
    Some(Expectation { claim, disposition, award: amount(award)?, pending: amount(pending)?, reasons, flags, cuts })
}

impl Expectation {
    /// What of it isn't met, in words.
    pub(super) fn unmet(&self, outcomes: &[Outcome]) -> Vec<String> {
        let (name, outcome) = match &self.claim {
            Which::Id(id) => (id.clone(), outcomes.iter().find(|outcome| outcome.claim == *id)),
            Which::Nth(number) => {
                (format!("nth:{number}"), outcomes.iter().find(|outcome| outcome.origin.line == *number))
            }
        };
        let Some(outcome) = outcome else {
            return vec![format!("{name}: there is no such claim in the case")];
        };
        let codes = |reasons: &[Reason]| reasons.iter().map(|reason| reason.code.clone()).collect::<Vec<_>>();
        let cuts: Vec<String> = outcome.cuts.iter().map(|cut| cut.code.clone()).collect();
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
