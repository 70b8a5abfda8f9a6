//! Plain expectations of a case: what a reader should know at a glance, beside the snapshot of everything.

use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place},
    money::{Decimal, at_scale},
    outcome::{EngineReason, Outcome, Reason},
    program::{ARRANGEMENT, Fields, Node, Program, Text, text, texts, written_amount},
};

/// What is expected of one claim.
#[derive(Debug)]
pub struct Expectation {
    claim: Which,
    place: Place,
    expected: Vec<Expected>,
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

/// One thing that is expected.
#[derive(Debug)]
enum Expected {
    Disposition(String),
    Amount(Figure, Decimal),
    /// A named figure of the program, as text.
    Derived(String, String),
    Codes(List, Vec<String>),
}

/// An amount of an outcome.
#[derive(Debug, Clone, Copy)]
enum Figure {
    Award,
    Pending,
    Reversed,
    Net,
    Component(usize),
    Allocation(usize),
}

/// The codes of an outcome.
#[derive(Debug, Clone, Copy)]
enum List {
    Reasons,
    Flags,
    Cuts,
}

const AMOUNTS: [(&str, Figure); 4] =
    [("award", Figure::Award), ("pending", Figure::Pending), ("reversed", Figure::Reversed), ("net", Figure::Net)];
const LISTS: [(&str, List); 3] = [("reasons", List::Reasons), ("flags", List::Flags), ("cuts", List::Cuts)];

/// Reads `expect`: by claim id, or `nth:2` for the second claim of the case.
pub(super) fn read(entries: &[(Text, Node)], program: &Program, findings: &mut Findings) -> Option<Vec<Expectation>> {
    let read: Vec<_> = entries.iter().map(|(claim, node)| read_one(claim, node, program, findings)).collect();
    read.into_iter().collect()
}

fn read_one(claim: &Text, node: &Node, program: &Program, findings: &mut Findings) -> Option<Expectation> {
    let before = findings.count();
    let mut fields = Fields::of(node, findings)?;
    let mut expected = Vec::new();
    if let Some(word) = fields.optional_text("disposition") {
        check_disposition(&word, fields.findings());
        expected.push(Expected::Disposition(word.text));
    }
    for (key, figure) in AMOUNTS {
        let amount = fields.optional_text(key).and_then(|text| written_amount(&text, fields.findings()));
        expected.extend(amount.map(|amount| Expected::Amount(figure, amount)));
    }
    let (components, allocation, derived) =
        (fields.entries("components"), fields.entries("allocation"), fields.entries("derived"));
    let lists = LISTS.map(|(key, list)| (list, fields.optional(key)));
    let place: Place = fields.place().clone();
    fields.finish();
    let names: Vec<&str> =
        program.components.iter().map(|component| component.name.as_str()).chain([ARRANGEMENT]).collect();
    expected.extend(amounts(components, "component", &names, Figure::Component, findings));
    let shares = program.allocation.iter().flat_map(|plan| &plan.shares);
    let centres: Vec<&str> = shares.map(|(centre, _)| centre.as_str()).collect();
    expected.extend(amounts(allocation, "cost centre", &centres, Figure::Allocation, findings));
    expected.extend(figures(derived, program, findings));
    let codes = codes_of(program);
    let lists = lists.into_iter().filter_map(|(list, node)| Some((list, node?)));
    expected.extend(lists.map(|(list, node)| Expected::Codes(list, read_codes(node, &codes, findings))));
    if findings.count() > before {
        return None;
    }
    if expected.is_empty() {
        let finding = Diagnostic::error(Code::CaseProblem, &place, "nothing is expected of this claim");
        findings.add(finding.help("write `{ disposition: approved, award: \"3100.00\" }`"));
        return None;
    }
    let place = claim.place.clone();
    let claim = match claim.text.strip_prefix("nth:").and_then(|number| number.parse::<u64>().ok()) {
        Some(number) => Which::Nth(number),
        None => Which::Id(claim.text.clone()),
    };
    Some(Expectation { claim, place, expected })
}

fn check_disposition(word: &Text, findings: &mut Findings) {
    let known = ["approved", "held", "returned", "rejected", "skipped"];
    if !known.contains(&word.text.as_str()) {
        let finding = Diagnostic::error(Code::UnknownWord, &word.place, format!("`{}` is no disposition", word.text));
        findings.add(finding.suggest(&word.text, known));
    }
}

/// Amounts by the names of components or cost centres.
fn amounts(
    entries: &[(Text, Node)],
    what: &str,
    names: &[&str],
    figure: fn(usize) -> Figure,
    findings: &mut Findings,
) -> Vec<Expected> {
    let mut amounts = Vec::new();
    for (name, node) in entries {
        match names.iter().position(|known| *known == name.text) {
            Some(number) => {
                let amount = text(node, findings).and_then(|text| written_amount(&text, findings));
                amounts.extend(amount.map(|amount| Expected::Amount(figure(number), amount)));
            }
            None => unknown(name, what, names.iter().copied(), findings),
        }
    }
    amounts
}

/// Derived figures by their names, as outcomes show them.
fn figures(entries: &[(Text, Node)], program: &Program, findings: &mut Findings) -> Vec<Expected> {
    let names = || program.derived.iter().map(|figure| figure.name.as_str());
    let mut figures = Vec::new();
    for (name, node) in entries {
        if !names().any(|known| known == name.text) {
            unknown(name, "derived figure", names(), findings);
            continue;
        }
        let value = if node.is_empty() { Some(String::new()) } else { text(node, findings).map(|text| text.text) };
        figures.extend(value.map(|value| Expected::Derived(name.text.clone(), value)));
    }
    figures
}

fn unknown<'k>(name: &Text, what: &str, known: impl Iterator<Item = &'k str>, findings: &mut Findings) {
    let message = format!("the program has no {what} `{}`", name.text);
    let finding = Diagnostic::error(Code::CaseProblem, &name.place, message);
    findings.add(finding.suggest(&name.text, known));
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

    /// The id of the claim that it is for, as it was decided.
    pub(super) fn claim_among(&self, outcomes: &[Outcome<'static>]) -> Option<String> {
        self.find(outcomes).map(|outcome| outcome.claim.to_string())
    }

    /// What of it isn't met, in words.
    pub(super) fn unmet(&self, program: &Program, outcomes: &[Outcome<'static>]) -> Vec<String> {
        let Some(outcome) = self.find(outcomes) else { return Vec::new() };
        let name = self.claim.name();
        let unmet = self.expected.iter().filter_map(|expected| {
            let (what, wanted, found) = expected.compare(program, outcome);
            (wanted != found).then(|| format!("{name}: {what} {wanted} was expected, and it is {found}"))
        });
        unmet.collect()
    }
}

impl Expected {
    /// What it is called, what is expected and what was found.
    fn compare(&self, program: &Program, outcome: &Outcome<'_>) -> (String, String, String) {
        match self {
            Self::Disposition(word) => ("disposition".to_owned(), word.clone(), outcome.status().to_owned()),
            Self::Amount(figure, amount) => {
                let shown =
                    |amount: Decimal| at_scale(amount, program.identification.scale.max(amount.normalize().scale()));
                (figure.name(program), shown(*amount), shown(figure.of(outcome)))
            }
            Self::Derived(name, value) => {
                let found = outcome.derived.iter().find(|named| named.name == *name);
                let found = found.map_or(String::new(), |named| named.value.to_string());
                let same_number = number(value).is_some() && number(value) == number(&found);
                let found = if same_number { value.clone() } else { found };
                (format!("derived {name}"), value.clone(), found)
            }
            Self::Codes(list, codes) => (list.name().to_owned(), in_brackets(codes), in_brackets(&list.of(outcome))),
        }
    }
}

/// A number as it compares: `1.50` is `1.5`.
fn number(text: &str) -> Option<Decimal> {
    crate::money::parse_decimal(text).ok().map(|number| number.normalize())
}

fn in_brackets(codes: &[String]) -> String {
    format!("[{}]", codes.join(", "))
}

impl Figure {
    fn name(self, program: &Program) -> String {
        let component = |number: usize| program.components.get(number).map_or(ARRANGEMENT, |component| &component.name);
        let shares = program.allocation.as_ref().map_or(&[][..], |plan| &plan.shares);
        let centre = |number: usize| shares.get(number).map_or("", |(centre, _)| centre);
        match self {
            Self::Award => "award".to_owned(),
            Self::Pending => "pending".to_owned(),
            Self::Reversed => "reversed".to_owned(),
            Self::Net => "net".to_owned(),
            Self::Component(number) => format!("award.{}", component(number)),
            Self::Allocation(number) => format!("allocation.{}", centre(number)),
        }
    }

    fn of(self, outcome: &Outcome<'_>) -> Decimal {
        match self {
            Self::Award => outcome.award,
            Self::Pending => outcome.pending,
            Self::Reversed => outcome.reversed.unwrap_or_default(),
            Self::Net => outcome.net(),
            Self::Component(number) => match outcome.components.get(number) {
                Some(amount) => *amount,
                // Behind the components stands what arrangements add.
                None => outcome.arranged.as_ref().map_or(Decimal::ZERO, |arranged| arranged.amount),
            },
            Self::Allocation(number) => outcome.allocation.get(number).copied().unwrap_or_default(),
        }
    }
}

impl List {
    const fn name(self) -> &'static str {
        match self {
            Self::Reasons => "reasons",
            Self::Flags => "flags",
            Self::Cuts => "cuts",
        }
    }

    fn of(self, outcome: &Outcome<'_>) -> Vec<String> {
        let codes = |reasons: &[Reason<'_>]| reasons.iter().map(|reason| reason.code.to_string()).collect();
        match self {
            Self::Reasons => codes(&outcome.reasons),
            Self::Flags => codes(&outcome.flags),
            Self::Cuts => outcome.cuts.iter().map(|cut| cut.code.to_string()).collect(),
        }
    }
}
