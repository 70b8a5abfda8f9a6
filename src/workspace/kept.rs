//! Rules that are kept elsewhere: the files of a program as they are now, and a workspace of files that were.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{Files, Loaded, LoadedArrangement, Workspace, WorkspaceError};
use crate::{diagnostic::Findings, program::ProgramName, script::Functions};

impl Workspace {
    /// A workspace of files that were kept, by their paths. Nothing can be written to it.
    pub fn of_files(files: impl IntoIterator<Item = (String, Vec<u8>)>, functions: Functions) -> Self {
        let files: BTreeMap<String, Vec<u8>> = files.into_iter().collect();
        Self { root: PathBuf::new(), files: Files::Kept(Arc::new(files)), functions, edited: None }
    }

    /// The functions that rules may call.
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// All files that a program is made of, by their paths: definitions, scripts and tables.
    pub fn files_of(&self, name: &ProgramName, loaded: &Loaded) -> Result<Vec<(String, Vec<u8>)>, WorkspaceError> {
        let mut findings = Findings::new();
        let definition = self.definition(name, &mut findings);
        let mut paths: Vec<(&str, String)> = Vec::new();
        if let Some(definition) = &definition {
            for file in &definition.files {
                let path = file.source.path.strip_prefix("programs/").unwrap_or(&file.source.path);
                paths.push(("programs", path.to_owned()));
            }
            let scripts = definition.root.at(&["scripts"]);
            let scripts = scripts.map(|node| crate::program::texts(node, &mut findings)).unwrap_or_default();
            paths.extend(scripts.into_iter().map(|text| ("rules", text.text)));
        }
        paths.extend(loaded.program.tables.iter().map(|table| ("tables", table.file.text.clone())));
        self.read_all(paths)
    }

    /// All files that an arrangement and the program that it makes are made of.
    pub fn files_of_arrangement(&self, loaded: &LoadedArrangement) -> Result<Vec<(String, Vec<u8>)>, WorkspaceError> {
        let LoadedArrangement { arrangement, changed, .. } = loaded;
        let mut files = self.files_of(&arrangement.program.0, changed)?;
        files.extend(self.read_all(vec![("arrangements", format!("{}.yaml", arrangement.name))])?);
        Ok(files)
    }

    fn read_all(&self, mut paths: Vec<(&str, String)>) -> Result<Vec<(String, Vec<u8>)>, WorkspaceError> {
        paths.sort();
        paths.dedup();
        let file = |(folder, path): (&str, String)| {
            let bytes = self.bytes(folder, &path)?;
            Ok((format!("{folder}/{path}"), bytes))
        };
        paths.into_iter().map(file).collect()
    }
}
