//! The cases of a workspace: finding, running and accepting them.

use super::{Loaded, NotMade, Workspace, WorkspaceError};
use crate::{
    cases::{Case, Frozen, Part, Ran, Snapshot},
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings, Place},
    input::{ColumnMap, read_claims, wanted},
    program::{self, Program, ProgramName, Text},
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
        let source = self.source(FOLDER, &name.path("yaml"), None, findings)?;
        let root = program::parse(&source, findings)?;
        let first = self.run_first(&loaded.program, findings)?;
        let together: Vec<&Loaded> = first.iter().chain([loaded]).collect();
        let programs: Vec<&Program> = together.iter().map(|loaded| &loaded.program).collect();
        let case = Case::read(&root, &programs, findings)?;
        let mut file = |file: &Text, program: &Program| self.case_claims(name, file, program, findings);
        let parts: Option<Vec<Part<'_>>> =
            together.iter().map(|loaded| case.part(&loaded.program, &loaded.tables, &mut file)).collect();
        if findings.has_errors() {
            return None;
        }
        let ran = case.run(&parts?, findings);
        ran.filter(|_| !findings.has_errors())
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
}
