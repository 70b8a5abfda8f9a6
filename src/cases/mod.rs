//! Cases: rule tests that a designer writes. A case holds claims; what is decided for them is locked as a snapshot.

mod claim;
mod coverage;
mod difference;
mod expectation;
mod freeze;
mod mutant;
mod snapshot;

pub use coverage::{Coverage, Item, Part as CoveredPart, Share};
pub use difference::{Change, ClaimDifference, differences};
pub use expectation::Expectation;
pub use freeze::{Frozen, NotFrozen, freeze};
pub use mutant::{Attempt, Mutant, mutants, rules_of};
pub use snapshot::{Header, Snapshot};

use claim::{Columns, Given};

use crate::{
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings},
    engine::{ArrangedProgram, Arrangements, Awards, Past, Queue, Run, Tables},
    outcome::{Depth, Outcome, Trace},
    program::{self, Fields, Node, Program, Text},
};

/// A case as read, for one program.
#[derive(Debug)]
pub struct Case {
    /// What it shows.
    pub title: String,
    /// Claims decided before, run by run.
    earlier: Vec<Given>,
    /// Its claims.
    claims: Given,
    expectations: Vec<Expectation>,
    /// The arrangements under which its claims are decided, as it names them.
    pub arrangements: Vec<Text>,
}

/// A program that decides the claims of a case, with the claims as it reads them.
#[derive(Debug)]
pub struct Part<'p> {
    program: &'p Program,
    tables: &'p Tables,
    earlier: Vec<Claims>,
    claims: Claims,
    arrangements: Vec<ArrangedProgram<'p>>,
}

/// What running a case gave.
#[derive(Debug)]
pub struct Ran {
    /// The outcomes, as the snapshot holds them.
    pub snapshot: Snapshot,
    /// Expectations that were not met, in words.
    pub unmet: Vec<String>,
    /// The claims that they are for.
    pub unmet_claims: Vec<String>,
}

impl<'p> Part<'p> {
    /// A program with claims, and those that were decided before, run by run.
    pub fn new(program: &'p Program, tables: &'p Tables, earlier: Vec<Claims>, claims: Claims) -> Self {
        Self { program, tables, earlier, claims, arrangements: Vec::new() }
    }

    /// The same under arrangements of the program.
    #[must_use]
    pub fn under(self, arrangements: Vec<ArrangedProgram<'p>>) -> Self {
        Self { arrangements, ..self }
    }
}

impl Case {
    /// Reads a case for a program, which is the last of those that decide its claims.
    pub fn read(root: &Node, programs: &[&Program], findings: &mut Findings) -> Option<Self> {
        let program = programs.last()?;
        let mut fields = Fields::of(root, findings)?;
        let format = fields.required_text("format", "write `format: 1`");
        let title = fields.required_text("title", "say what the case shows");
        let defaults = fields.entries("defaults");
        let earlier = fields.optional("earlier");
        let claims = fields.optional("claims");
        let expect = fields.entries("expect");
        let accepted = fields.optional("accepted");
        let arrangements = fields.texts("arrangement");
        let place = fields.head();
        fields.finish();
        if let Some(format) = format.filter(|format| format.text != "1") {
            let message = format!("format `{}` isn't known", format.text);
            findings.add(Diagnostic::error(Code::FormatVersion, &format.place, message).help("write `format: 1`"));
        }
        // Why outcomes were accepted is for people; here only that it can be read.
        if let Some(reasons) = accepted {
            program::texts(reasons, findings);
        }
        let title = title?.text;
        let Some(claims) = claims else {
            let finding = Diagnostic::error(Code::CaseProblem, &place, "the case has no claims");
            findings
                .add(finding.help("write `claims:` with a list of claims, or with the name of a file beside the case"));
            return None;
        };
        let expectations = expectation::read(expect, program, findings);
        let columns = Columns::new(programs);
        let runs = earlier.map(runs).unwrap_or_default();
        let earlier: Option<Vec<Given>> = runs.into_iter().map(|run| columns.read(run, defaults, findings)).collect();
        let claims = columns.read(claims, defaults, findings);
        Some(Self { title, earlier: earlier?, claims: claims?, expectations: expectations?, arrangements })
    }

    /// A program with the case's claims as it reads them; `file` reads those that stand in a file. `None` if one can't be
    /// read.
    pub fn part<'p>(
        &self,
        program: &'p Program,
        tables: &'p Tables,
        file: &mut dyn FnMut(&Text, &Program) -> Option<Claims>,
    ) -> Option<Part<'p>> {
        let earlier = self.earlier.iter().map(|given| given.claims(program, file)).collect::<Option<_>>()?;
        let claims = self.claims.claims(program, file)?;
        Some(Part { program, tables, earlier, claims, arrangements: Vec::new() })
    }

    /// What the last program decides of the claims, as a snapshot holds it.
    pub fn contents(parts: &[Part<'_>]) -> String {
        parts.last().map_or_else(String::new, |last| Snapshot::contents(last.program, &outcomes(parts)))
    }

    /// Claims that might tell a mutant from the program, made of those that are written in the case; as many as may be tried.
    pub fn attempts(&self, program: &Program, mutant: &Mutant) -> Vec<Attempt> {
        match &self.claims {
            Given::Rows(rows) => mutant::attempts(program, mutant, rows),
            Given::File(_) => Vec::new(),
        }
    }

    /// The case with a claim that is tried: alone, or behind the others under an id of its own.
    #[must_use]
    pub fn with(&self, program: &Program, attempt: &Attempt, alone: bool) -> Self {
        let rows = match (&self.claims, alone) {
            (Given::Rows(rows), false) => {
                rows.iter().cloned().chain([mutant::renamed(program, &attempt.row)]).collect()
            }
            _ => vec![attempt.row.clone()],
        };
        Self {
            title: self.title.clone(),
            earlier: self.earlier.clone(),
            claims: Given::Rows(rows),
            expectations: Vec::new(),
            arrangements: self.arrangements.clone(),
        }
    }

    /// The last claim that is written in the case.
    pub fn last_claim(&self) -> Option<&[(String, String)]> {
        match &self.claims {
            Given::Rows(rows) => rows.last().map(Vec::as_slice),
            Given::File(_) => None,
        }
    }

    /// Decides the claims by each program in turn; the outcomes are those of the last one.
    pub fn run(&self, parts: &[Part<'_>], findings: &mut Findings) -> Option<Ran> {
        let program = parts.last()?.program;
        let outcomes = outcomes(parts);
        self.expectations.iter().for_each(|expectation| expectation.check_claim(&outcomes, findings));
        let (mut unmet, mut unmet_claims) = (Vec::new(), Vec::new());
        for expectation in &self.expectations {
            let lines = expectation.unmet(program, &outcomes);
            unmet_claims.extend(expectation.claim_among(&outcomes).filter(|_| !lines.is_empty()));
            unmet.extend(lines);
        }
        let header = Header::new(&self.title, program, &self.earlier, &self.claims);
        Some(Ran { snapshot: Snapshot::new(program, header, &outcomes), unmet, unmet_claims })
    }
}

impl Part<'_> {
    /// Decides the claims of a case by each program in turn and notes what the last one reaches.
    pub fn cover(parts: &[Self], coverage: &mut Coverage) {
        let Some(last) = parts.last() else { return };
        decide(parts, Depth::Steps, &mut |_, outcome, trace| coverage.see(last.program, outcome, trace));
    }

    /// Decides the claims of a case and hands out those that are asked for, with what led there.
    pub fn explain(parts: &[Self], claims: &[String], sink: &mut dyn FnMut(&Outcome<'_>, &Trace<'_>)) {
        let last = parts.first().map_or(0, |part| part.earlier.len());
        decide(parts, Depth::Flips, &mut |run, outcome, trace| {
            if run == last && claims.iter().any(|claim| *claim == outcome.claim) {
                sink(outcome, trace.unwrap_or(&Trace::default()));
            }
        });
    }
}

/// The earlier runs of a case: a list of claims is one, a list of such lists or of files is several.
fn runs(earlier: &Node) -> Vec<&Node> {
    match earlier {
        Node::Sequence(items, _) if !matches!(items.first(), Some(Node::Mapping(..))) => items.iter().collect(),
        one => vec![one],
    }
}

/// Decides the claims of a case as deep as is wanted. The sink takes what the last program decides, also of earlier claims,
/// with the number of the run.
fn decide(parts: &[Part<'_>], depth: Depth, sink: &mut dyn FnMut(usize, &Outcome<'_>, Option<&Trace<'_>>)) {
    let runs = parts.first().map_or(0, |part| part.earlier.len()) + 1;
    let several = parts.len() > 1;
    let past = |part: &Part<'_>| match runs {
        1 => Past::new(part.program),
        _ => Past::remembering(part.program),
    };
    let mut awards = Awards::new();
    let mut pasts: Vec<_> = parts
        .iter()
        .map(|part| {
            let past = past(part);
            let arrangements = Arrangements::new(part.program, &part.arrangements, &past);
            (past, arrangements)
        })
        .collect();
    for run in 0..runs {
        for (number, (part, (past, arrangements))) in parts.iter().zip(&mut pasts).enumerate() {
            let claims = part.earlier.get(run).unwrap_or(&part.claims);
            let Part { program, tables, .. } = *part;
            let mut own = Awards::new();
            let queue = Queue::new(program, claims);
            let decides = Run { program, tables, claims, awards: &awards, depth: &|_, _| depth, names: false };
            let mut take = |outcome: &Outcome<'_>, trace: Option<&Trace<'_>>| {
                if several {
                    own.take(&program.identification.name, outcome);
                }
                if number + 1 == parts.len() {
                    sink(run, outcome, trace);
                }
            };
            match part.arrangements.is_empty() {
                true => decides.decide_in(&queue, past, &mut take),
                false => decides.decide_arranged(&queue, past, arrangements, &mut take),
            }
            awards.absorb(own);
        }
    }
}

/// What the last program decides of the case's own claims.
fn outcomes(parts: &[Part<'_>]) -> Vec<Outcome<'static>> {
    let last = parts.first().map_or(0, |part| part.earlier.len());
    let mut outcomes = Vec::new();
    decide(parts, Depth::Words, &mut |run, outcome, _| {
        if run == last {
            outcomes.push(outcome.clone().into_owned());
        }
    });
    outcomes
}
