//! The cases of a workspace: finding, running and accepting them.

use std::sync::Arc;

use super::{Loaded, LoadedArrangement, NotMade, Workspace, WorkspaceError};
use crate::{
    cases::{Case, Coverage, Frozen, Part, Ran, Snapshot},
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings, Place, Source},
    input::{ColumnMap, read_claims, wanted},
    outcome::{Outcome, Trace},
    program::{self, Node, Program, ProgramName, Text},
};

/// The folder of cases, inside a workspace.
const FOLDER: &str = "tests/programs";

/// A case of a workspace, by its path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseName {
    /// The program that it tests.
    pub program: ProgramName,
    /// Its name.
    pub name: String,
}

impl CaseName {
    fn path(&self, ending: &str) -> String {
        format!("{}/{}.{ending}", self.program, self.name)
    }

    /// The path of its snapshot, relative to the workspace.
    pub fn snapshot_path(&self) -> String {
        format!("{FOLDER}/{}", self.path("snap"))
    }
}

impl std::fmt::Display for CaseName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.program, self.name)
    }
}

impl Workspace {
    /// The cases of the workspace, by program and name.
    pub fn cases(&self) -> Result<Vec<CaseName>, WorkspaceError> {
        let files = self.files(FOLDER, ".yaml")?;
        let names = files.iter().filter_map(|path| {
            let mut parts = path.trim_end_matches(".yaml").splitn(3, '/');
            let program = format!("{}/{}", parts.next()?, parts.next()?).parse().ok()?;
            Some(CaseName { program, name: parts.next()?.to_owned() })
        });
        Ok(names.collect())
    }

    /// Snapshots to which no case belongs, relative to the workspace.
    pub fn orphan_snapshots(&self) -> Result<Vec<String>, WorkspaceError> {
        let cases: Vec<String> = self.cases()?.iter().map(|case| case.path("snap")).collect();
        let files = self.files(FOLDER, ".snap")?;
        let orphans = files.into_iter().filter(|file| !cases.contains(file)).map(|file| format!("{FOLDER}/{file}"));
        Ok(orphans.collect())
    }

    /// Runs a case. `None` if it can't be run; what is wrong is among the findings.
    pub fn run_case(&self, name: &CaseName, loaded: &Loaded, findings: &mut Findings) -> Option<Ran> {
        let first = self.run_first(&loaded.program, findings)?;
        let together: Vec<&Loaded> = first.iter().chain([loaded]).collect();
        let case = self.case(name, &together, findings)?;
        let arrangements = self.arrangements_of(&case, &loaded.program, findings)?;
        let parts = self.parts(name, &case, &together, &arrangements, findings)?;
        let ran = case.run(&parts, findings);
        ran.filter(|_| !findings.has_errors())
    }

    /// Reads a case for programs that decide its claims together.
    pub(super) fn case(&self, name: &CaseName, together: &[&Loaded], findings: &mut Findings) -> Option<Case> {
        let source = self.source(FOLDER, &name.path("yaml"), None, findings)?;
        let root = program::parse(&source, findings)?;
        let programs: Vec<&Program> = together.iter().map(|loaded| &loaded.program).collect();
        Case::read(&root, &programs, findings)
    }

    /// Programs with the claims of a case, as each reads them.
    pub(super) fn parts<'l>(
        &self,
        name: &CaseName,
        case: &Case,
        together: &[&'l Loaded],
        arrangements: &'l [LoadedArrangement],
        findings: &mut Findings,
    ) -> Option<Vec<Part<'l>>> {
        let mut file = |file: &Text, program: &Program| self.case_claims(name, file, program, findings);
        let parts = together.iter().map(|loaded| case.part(&loaded.program, &loaded.tables, &mut file));
        let mut parts: Vec<Part<'_>> = parts.collect::<Option<_>>()?;
        if let Some(last) = parts.pop() {
            parts.push(last.under(arrangements.iter().map(LoadedArrangement::ready).collect()));
        }
        Some(parts).filter(|_| !findings.has_errors())
    }

    /// Decides the claims of a case again and hands out those that are asked for, with what led there.
    pub fn explain_case(
        &self,
        name: &CaseName,
        loaded: &Loaded,
        claims: &[String],
        sink: &mut dyn FnMut(&Outcome<'_>, &Trace<'_>),
    ) {
        let mut findings = Findings::new();
        let Some(first) = self.run_first(&loaded.program, &mut findings) else { return };
        let together: Vec<&Loaded> = first.iter().chain([loaded]).collect();
        let case = self.case(name, &together, &mut findings);
        let Some(case) = case else { return };
        let Some(arrangements) = self.arrangements_of(&case, &loaded.program, &mut findings) else { return };
        if let Some(parts) = self.parts(name, &case, &together, &arrangements, &mut findings) {
            Part::explain(&parts, claims, sink);
        }
    }

    /// What cases reach of a program, which is made ready to be watched. `None` if one of them can't be run.
    pub fn coverage(&self, names: &[CaseName], loaded: &mut Loaded, findings: &mut Findings) -> Option<Coverage> {
        let first = self.run_first(&loaded.program, findings)?;
        let tally = loaded.program.form.watch();
        let mut coverage = Coverage::new(&loaded.program, &loaded.tables);
        let together: Vec<&Loaded> = first.iter().chain([&*loaded]).collect();
        for name in names {
            let case = self.case(name, &together, findings)?;
            let arrangements = self.arrangements_of(&case, &loaded.program, findings)?;
            Part::cover(&self.parts(name, &case, &together, &arrangements, findings)?, &mut coverage);
            coverage.finish(name.name.clone(), &tally);
        }
        Some(coverage)
    }

    fn case_claims(&self, name: &CaseName, file: &Text, program: &Program, findings: &mut Findings) -> Option<Claims> {
        let path = format!("{}/{}", name.program, file.text);
        let bytes = match self.bytes(FOLDER, &path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let finding = Diagnostic::error(Code::FileMissing, &file.place, error.to_string());
                findings.add(finding.help("name a file beside the case"));
                return None;
            }
        };
        let fields = wanted(&program.claim.fields);
        match read_claims(&file.text, bytes.as_slice(), &fields, &ColumnMap::default(), &mut |_| {}) {
            Ok(intake) => Some(intake.claims),
            Err(error) => {
                let finding = Diagnostic::error(error.code(), &file.place, error.to_string());
                findings.add(match error.help() {
                    Some(help) => finding.help(help),
                    None => finding,
                });
                None
            }
        }
    }

    /// The outcomes that a case's snapshot holds; `None` if there is no snapshot yet.
    pub fn accepted(&self, name: &CaseName, findings: &mut Findings) -> Option<String> {
        let text = self.text(FOLDER, &name.path("snap")).ok()?;
        let contents = Snapshot::contents_of(&text).map(ToOwned::to_owned);
        if contents.is_none() {
            let path = format!("{FOLDER}/{}", name.path("snap"));
            let source = std::sync::Arc::new(crate::diagnostic::Source { path, text });
            let finding = Diagnostic::error(Code::CaseProblem, &Place::start_of(&source), "the file is no snapshot");
            findings.add(finding.help("delete it and accept the case again"));
        }
        contents
    }

    /// Writes a frozen case and its snapshot. Nothing is overwritten. Says which files were written.
    pub fn write_frozen(&self, name: &CaseName, frozen: &Frozen) -> Result<Vec<String>, NotMade> {
        let (case, snapshot) = (format!("{FOLDER}/{}", name.path("yaml")), name.snapshot_path());
        for path in [&case, &snapshot] {
            if self.root().join(path).symlink_metadata().is_ok() {
                return Err(NotMade::Exists(path.clone()));
            }
        }
        let mut written = Vec::new();
        self.create(&case, &frozen.text, &mut written)?;
        self.create(&snapshot, &frozen.snapshot.to_file(), &mut written)?;
        Ok(written)
    }

    /// Makes what a case gave its snapshot, with its claims as they are now. Says whether that is another file.
    pub fn accept(&self, name: &CaseName, snapshot: &Snapshot) -> Result<bool, WorkspaceError> {
        let (path, text) = (name.path("snap"), snapshot.to_file());
        if self.text(FOLDER, &path).is_ok_and(|accepted| accepted == text) {
            return Ok(false);
        }
        self.write(FOLDER, &path, &text)?;
        Ok(true)
    }

    /// Adds a reason to those for which the outcomes of a case were accepted.
    pub fn keep_reason(&self, name: &CaseName, reason: &str) -> Result<(), WorkspaceError> {
        let path = name.path("yaml");
        let text = self.text(FOLDER, &path)?;
        self.write(FOLDER, &path, &with_reason(&text, reason))
    }
}

/// The text of a case with one more reason under `accepted:`, the rest as it stands.
fn with_reason(text: &str, reason: &str) -> String {
    let source = Arc::new(Source { path: String::new(), text: text.to_owned() });
    let line = serde_json::Value::from(reason).to_string();
    let root = program::parse(&source, &mut Findings::new());
    let Some(Node::Mapping(entries, _)) = root else { return text.to_owned() };
    let known = entries.iter().find(|(key, _)| key.text == "accepted");
    let (key_start, key_end) = known.map_or((0, 0), |(key, _)| (key.place.span.start, key.place.span.end));
    match known.map(|(_, value)| value) {
        Some(Node::Sequence(items, place)) if place.text().starts_with('-') => {
            let end = items.last().map_or(place.span.end, |last| last.place().span.end);
            let (before, behind) = text.split_at_checked(end).unwrap_or((text, ""));
            let indent = " ".repeat(place.line_and_column().1.saturating_sub(1));
            // A remark behind the last reason stays on its line.
            let (rest, behind) = behind.split_once('\n').unwrap_or((behind, ""));
            format!("{before}{rest}\n{indent}- {line}\n{behind}")
        }
        Some(Node::Sequence(items, place)) if !items.is_empty() => {
            let end = place.span.end.saturating_sub(1);
            let (before, behind) = text.split_at_checked(end).unwrap_or((text, ""));
            format!("{}, {line}{behind}", before.trim_end())
        }
        Some(node) => {
            let old = node.scalar().filter(|_| !node.is_empty());
            let old = old.map_or(String::new(), |old| format!("  - {}\n", serde_json::Value::from(old.text.as_str())));
            let rest = text.get(node.place().span.end.max(key_end)..).unwrap_or("");
            let rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            format!("{}accepted:\n{old}  - {line}\n{rest}", text.get(..key_start).unwrap_or(""))
        }
        None => format!("{}\naccepted:\n  - {line}\n", text.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_joins_those_that_are_there_and_moves_nothing_else() {
        for (text, with) in [
            ("a: 1\n", "a: 1\naccepted:\n  - \"x: \\\"y\\\"\"\n"),
            ("accepted:\n  - one  # why\nb: 1\n", "accepted:\n  - one  # why\n  - \"x: \\\"y\\\"\"\nb: 1\n"),
            ("accepted: [one]\n", "accepted: [one, \"x: \\\"y\\\"\"]\n"),
            ("a: 1\naccepted: old\nb: 1\n", "a: 1\naccepted:\n  - \"old\"\n  - \"x: \\\"y\\\"\"\nb: 1\n"),
            ("accepted:\nb: 1\n", "accepted:\n  - \"x: \\\"y\\\"\"\nb: 1\n"),
        ] {
            assert_eq!(with_reason(text, "x: \"y\""), with, "{text}");
        }
    }
}
