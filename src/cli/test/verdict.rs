//! How a case ended, and how that is printed: for people, for programs, and for pipelines that read `JUnit`.

use std::{borrow::Cow, fmt::Write};

use serde::Serialize;

use crate::{
    cases::ClaimDifference,
    report::{for_terminal, for_xml},
    workspace::CaseName,
};

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    Passed,
    Accepted,
    Failed,
    /// It could not be run.
    Error,
}

/// A case with how it ended and why.
#[derive(Debug, Serialize)]
pub(super) struct Verdict {
    #[serde(skip)]
    pub(super) case: CaseName,
    pub(super) ending: Ending,
    /// What is expected and isn't so, or what can't be read, as lines for people.
    pub(super) reasons: Vec<String>,
    /// What differs from the accepted outcomes.
    pub(super) differences: Vec<ClaimDifference>,
    /// Why the claims that differ are decided as they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) explanations: Vec<String>,
}

impl Verdict {
    pub(super) fn new(case: &CaseName, ending: Ending, reasons: Vec<String>) -> Self {
        Self { case: case.clone(), ending, reasons, differences: Vec::new(), explanations: Vec::new() }
    }

    /// The case with its ending, and what is wrong on lines of their own.
    pub(super) fn as_text(&self) -> String {
        let word = match self.ending {
            Ending::Passed => "ok",
            Ending::Accepted => "accepted",
            Ending::Failed => "FAILED",
            Ending::Error => "ERROR",
        };
        let mut text = format!("{word:<8} {}\n", for_terminal(&self.case.to_string()));
        for line in self.lines() {
            // Findings are safe for a terminal as they come, and may be coloured.
            let line = if self.ending == Ending::Error { Cow::Borrowed(line.as_str()) } else { for_terminal(&line) };
            let _ = writeln!(text, "{line}");
        }
        text
    }

    fn lines(&self) -> Vec<String> {
        let differences = self.differences.iter().flat_map(ClaimDifference::lines);
        let explanations = self.explanations.iter().flat_map(|page| page.lines()).map(|line| format!("    {line}"));
        let reasons = self.reasons.iter().cloned().chain(differences);
        // Findings are excerpts of files, which keep their columns.
        let indent = if self.ending == Ending::Error { "" } else { "  " };
        reasons.map(|line| format!("{indent}{line}")).chain(explanations).collect()
    }
}

#[derive(Serialize)]
struct JsonVerdict<'v> {
    case: String,
    #[serde(flatten)]
    verdict: &'v Verdict,
}

#[derive(Serialize)]
struct JsonVerdicts<'v> {
    version: &'static str,
    passed: usize,
    failed: usize,
    errors: usize,
    cases: Vec<JsonVerdict<'v>>,
    unreferenced: &'v [String],
}

/// How many passed, failed, and could not be run.
pub(super) fn counts(verdicts: &[Verdict]) -> (usize, usize, usize) {
    let count = |endings: &[Ending]| verdicts.iter().filter(|verdict| endings.contains(&verdict.ending)).count();
    (count(&[Ending::Passed, Ending::Accepted]), count(&[Ending::Failed]), count(&[Ending::Error]))
}

/// One document for programs. `unreferenced` are snapshots without a case.
pub(super) fn as_json(verdicts: &[Verdict], unreferenced: &[String]) -> serde_json::Value {
    let (passed, failed, errors) = counts(verdicts);
    let cases = verdicts.iter().map(|verdict| JsonVerdict { case: verdict.case.to_string(), verdict }).collect();
    let json = JsonVerdicts { version: "1", passed, failed, errors, cases, unreferenced };
    serde_json::to_value(json).unwrap_or_default()
}

/// A report that pipelines read: a suite for each program. It holds no time, so that the same cases give the same bytes.
pub(super) fn as_junit(verdicts: &[Verdict], unreferenced: &[String]) -> String {
    let (_, failed, errors) = counts(verdicts);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let total = verdicts.len() + unreferenced.len();
    let all_failed = failed + unreferenced.len();
    let _ = writeln!(xml, "<testsuites name=\"meed\" tests=\"{total}\" failures=\"{all_failed}\" errors=\"{errors}\">");
    for suite in verdicts.chunk_by(|one, other| one.case.program == other.case.program) {
        let Some(first) = suite.first() else { continue };
        let (_, failed, errors) = counts(suite);
        let name = for_xml(&first.case.program.to_string()).into_owned();
        let tests = suite.len();
        let _ =
            writeln!(xml, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failed}\" errors=\"{errors}\">");
        for verdict in suite {
            one_as_junit(verdict, &name, &mut xml);
        }
        xml.push_str("  </testsuite>\n");
    }
    if !unreferenced.is_empty() {
        let count = unreferenced.len();
        let _ = writeln!(xml, "  <testsuite name=\"snapshots\" tests=\"{count}\" failures=\"{count}\" errors=\"0\">");
        for path in unreferenced {
            let path = for_xml(path);
            let _ = writeln!(xml, "    <testcase classname=\"snapshots\" name=\"{path}\">");
            xml.push_str("      <failure message=\"no case belongs to the snapshot\"/>\n    </testcase>\n");
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn one_as_junit(verdict: &Verdict, suite: &str, xml: &mut String) {
    let head = format!("    <testcase classname=\"{suite}\" name=\"{}\"", for_xml(&verdict.case.name));
    let (element, message) = match verdict.ending {
        Ending::Passed | Ending::Accepted => {
            let _ = writeln!(xml, "{head}/>");
            return;
        }
        Ending::Failed => ("failure", "it gives something else than what is expected"),
        Ending::Error => ("error", "it could not be run"),
    };
    let lines = for_xml(&verdict.lines().join("\n")).into_owned();
    let _ = writeln!(xml, "{head}>\n      <{element} message=\"{message}\">{lines}</{element}>\n    </testcase>");
}
