//! A new program in a workspace, and a workspace from nothing.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use super::{
    CaseName, Files, Workspace, WorkspaceError,
    template::{FIRST_CASE, NewFile, Template, claims_path},
};
use crate::{
    diagnostic::{Diagnostic, Findings},
    program::ProgramName,
    report::{Authored, schema},
    script::Functions,
};

/// The schemas that the first lines of new definitions and cases name, for editors.
const SCHEMAS: [(&str, Authored); 2] =
    [("schemas/definition.json", Authored::Definition), ("schemas/case.json", Authored::Case)];

/// What was made for a new program. Paths are relative to the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaffold {
    /// The files that were written.
    pub files: Vec<String>,
    /// That of them with claims to try the program on.
    pub claims: String,
}

/// Why a new program isn't made. No file is left of it.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// A file that would be written is there.
    #[error("`{0}` is there already, and nothing is overwritten")]
    Exists(String),
    /// A file can't be written.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The template itself has errors.
    #[error("the template has errors")]
    Findings(Vec<Diagnostic>),
}

impl Workspace {
    /// The workspace that a folder lies in, or else the folder itself, if it is empty. Files and folders whose names
    /// start with a point don't count.
    pub fn find_or_begin(start: &Path) -> Result<Self, WorkspaceError> {
        let found = Self::find(start);
        if found.is_ok() {
            return found;
        }
        let root = start.canonicalize().map_err(|_| WorkspaceError::NotFound)?;
        let unreadable = |source| WorkspaceError::Unreadable { path: start.display().to_string(), source };
        for entry in fs::read_dir(&root).map_err(unreadable)? {
            if !entry.map_err(unreadable)?.file_name().as_encoded_bytes().starts_with(b".") {
                return Err(WorkspaceError::NotEmpty);
            }
        }
        Ok(Self { root, files: Files::Folder, functions: Functions::standard(), edited: None })
    }

    /// Makes a program with its script, a first case that passes and claims to try it on.
    pub fn scaffold(&self, name: &ProgramName, template: Template) -> Result<Scaffold, NotMade> {
        let case = CaseName { program: name.clone(), name: FIRST_CASE.to_owned() };
        let files = template.files(name);
        let snapshot = case.snapshot_path();
        for path in files.iter().map(|file| &file.path).chain([&snapshot]) {
            if self.root.join(path).symlink_metadata().is_ok() {
                return Err(NotMade::Exists(path.clone()));
            }
        }
        let mut written = Vec::new();
        let made = self.make(&case, &files, &mut written);
        if made.is_err() {
            for path in &written {
                // The error that led here says what is wrong with the folder.
                let _ = fs::remove_file(self.root.join(path));
            }
        }
        made.map(|()| Scaffold { files: written, claims: claims_path(name) })
    }

    fn make(&self, case: &CaseName, files: &[NewFile], written: &mut Vec<String>) -> Result<(), NotMade> {
        for (path, of) in SCHEMAS {
            // One that is there serves the other programs.
            if self.root.join(path).symlink_metadata().is_err() {
                self.create(path, &schema(of), written)?;
            }
        }
        for file in files {
            self.create(&file.path, &file.text, written)?;
        }
        let mut findings = Findings::new();
        let loaded = self.load(&case.program, &mut findings);
        let ran = loaded.and_then(|loaded| self.run_case(case, &loaded, &mut findings));
        let ran = ran.ok_or_else(|| NotMade::Findings(findings.into_sorted()))?;
        self.create(&case.snapshot_path(), &ran.snapshot.to_file(), written)?;
        Ok(())
    }

    /// Writes a file that isn't there yet, with the folders above it. None of these may be a link out of the workspace.
    pub(super) fn create(&self, path: &str, text: &str, written: &mut Vec<String>) -> Result<(), WorkspaceError> {
        let unwritable = |source| WorkspaceError::Unwritable { path: path.to_owned(), source };
        if !matches!(self.files, Files::Folder) {
            return Err(unwritable(io::ErrorKind::ReadOnlyFilesystem.into()));
        }
        let mut folder = self.root.clone();
        for part in Path::new(path).parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            match fs::create_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(unwritable(error)),
                _ => {}
            }
            if !folder.canonicalize().map_err(unwritable)?.starts_with(&self.root) {
                return Err(WorkspaceError::Outside { path: path.to_owned() });
            }
        }
        let file = fs::OpenOptions::new().write(true).create_new(true).open(self.root.join(path));
        let mut file = file.map_err(unwritable)?;
        written.push(path.to_owned());
        file.write_all(text.as_bytes()).map_err(unwritable)
    }
}
