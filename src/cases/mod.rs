//! Cases: rule tests that a designer writes. A case holds claims; what is decided for them is locked as a snapshot.

mod claim;
mod expectation;
mod snapshot;

pub use expectation::Expectation;
pub use snapshot::{Header, Snapshot};

use crate::{
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings},
    engine::{Tables, evaluate},
    history::History,
    program::{Fields, Node, Program, Text},
};

/// A case as read, for one program.
#[derive(Debug)]
pub struct Case {
    /// What it shows.
    pub title: String,
    /// Its claims, where they stand in the case.
    claims: Option<Claims>,
    /// The file with its claims, relative to the case's folder.
    pub file: Option<Text>,
    expectations: Vec<Expectation>,
    written: Vec<Vec<(String, String)>>,
}

/// What running a case gave.
#[derive(Debug)]
pub struct Ran {
    /// The outcomes, as the snapshot holds them.
    pub snapshot: Snapshot,
    /// Expectations that were not met, in words.
    pub unmet: Vec<String>,
}

impl Case {
    /// Reads a case for a program.
    pub fn read(root: &Node, program: &Program, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::of(root, findings)?;
        let format = fields.required_text("format", "write `format: 1`");
        let title = fields.required_text("title", "say what the case shows");
        let defaults = fields.entries("defaults");
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
        let (written, inline, file) = match claims {
            Node::Scalar(file) => (Vec::new(), None, Some(file.clone())),
            node => {
                let (written, claims) = claim::read(node, defaults, program, findings)?;
                (written, Some(claims), None)
            }
        };
        Some(Self { title, claims: inline, file, expectations: expectations?, written })
    }

    /// Decides the claims, those of the case's file where it names one.
    pub fn run(&self, program: &Program, tables: &Tables, file: Option<&Claims>, findings: &mut Findings) -> Ran {
        let claims = self.claims.as_ref().or(file);
        let outcomes = claims.map_or_else(Vec::new, |claims| evaluate(program, tables, &mut History::new(), claims));
        self.expectations.iter().for_each(|expectation| expectation.check_claim(&outcomes, findings));
        let unmet = self.expectations.iter().flat_map(|expectation| expectation.unmet(&outcomes)).collect();
        let header =
            Header::new(&self.title, program, self.file.as_ref().map(|file| file.text.as_str()), &self.written);
        Ran { snapshot: Snapshot::new(program, header, &outcomes), unmet }
    }
}
