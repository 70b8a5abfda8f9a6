//! Cases: rule tests that a designer writes. A case holds claims; what is decided for them is locked as a snapshot.

mod claim;
mod expectation;
mod freeze;
mod snapshot;

pub use expectation::Expectation;
pub use freeze::{Frozen, NotFrozen, freeze};
pub use snapshot::{Header, Snapshot};

use claim::{Columns, Given};

use crate::{
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings},
    engine::{Awards, Past, Run, Tables},
    outcome::{Depth, Outcome},
    program::{Fields, Node, Program, Text},
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
}

/// A program that decides the claims of a case, with the claims as it reads them.
#[derive(Debug)]
pub struct Part<'p> {
    program: &'p Program,
    tables: &'p Tables,
    earlier: Vec<Claims>,
    claims: Claims,
}

/// What running a case gave.
#[derive(Debug)]
pub struct Ran {
    /// The outcomes, as the snapshot holds them.
    pub snapshot: Snapshot,
    /// Expectations that were not met, in words.
    pub unmet: Vec<String>,
}

impl<'p> Part<'p> {
    /// A program with claims, and those that were decided before, run by run.
    pub fn new(program: &'p Program, tables: &'p Tables, earlier: Vec<Claims>, claims: Claims) -> Self {
        Self { program, tables, earlier, claims }
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
        let place = fields.head();
        fields.finish();
        if let Some(format) = format.filter(|format| format.text != "1") {
            let message = format!("format `{}` isn't known", format.text);
            findings.add(Diagnostic::error(Code::FormatVersion, &format.place, message).help("write `format: 1`"));
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
        Some(Self { title, earlier: earlier?, claims: claims?, expectations: expectations? })
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
        Some(Part { program, tables, earlier, claims: self.claims.claims(program, file)? })
    }

    /// Decides the claims by each program in turn; the outcomes are those of the last one.
    pub fn run(&self, parts: &[Part<'_>], findings: &mut Findings) -> Option<Ran> {
        let program = parts.last()?.program;
        let (last, mut outcomes) = (parts.first().map_or(0, |part| part.earlier.len()), Vec::new());
        decide(parts, &mut |run, outcome| {
            if run == last {
                outcomes.push(outcome.clone().into_owned());
            }
        });
        self.expectations.iter().for_each(|expectation| expectation.check_claim(&outcomes, findings));
        let unmet = self.expectations.iter().flat_map(|expectation| expectation.unmet(program, &outcomes)).collect();
        let header = Header::new(&self.title, program, &self.earlier, &self.claims);
        Some(Ran { snapshot: Snapshot::new(program, header, &outcomes), unmet })
    }
}

/// The earlier runs of a case: a list of claims is one, a list of such lists or of files is several.
fn runs(earlier: &Node) -> Vec<&Node> {
    match earlier {
        Node::Sequence(items, _) if !matches!(items.first(), Some(Node::Mapping(..))) => items.iter().collect(),
        one => vec![one],
    }
}

/// Lets each program in turn decide run after run, and hands out what the last program decides, with the number of the run.
fn decide(parts: &[Part<'_>], take: &mut dyn FnMut(usize, &Outcome<'_>)) {
    let runs = parts.first().map_or(0, |part| part.earlier.len()) + 1;
    let past = |part: &Part<'_>| match runs {
        1 => Past::new(part.program),
        _ => Past::remembering(part.program),
    };
    let (mut awards, mut pasts) = (Awards::new(), parts.iter().map(past).collect::<Vec<Past>>());
    for run in 0..runs {
        for (number, (part, past)) in parts.iter().zip(&mut pasts).enumerate() {
            let claims = part.earlier.get(run).unwrap_or(&part.claims);
            let Part { program, tables, .. } = *part;
            let is_last = number + 1 == parts.len();
            let mut own = Awards::new();
            Run { program, tables, claims, awards: &awards, depth: &|_, _| Depth::Words, names: false }.decide(
                past,
                &mut |outcome, _| match is_last {
                    true => take(run, outcome),
                    false => own.take(&program.identification.name, outcome),
                },
            );
            awards.absorb(own);
        }
    }
}
