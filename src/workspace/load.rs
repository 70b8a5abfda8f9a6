//! Loading a program with its scripts and tables.

use std::{collections::BTreeMap, sync::Arc};

use super::{Definition, Workspace, WorkspaceError};
use crate::{
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings, Place, Source, lower_first},
    engine::{Flaw, Tables},
    input::{ColumnMap, read_claims, wanted},
    program::{self, Node, Program, ProgramName, Table, Text},
    script::Scripts,
    variant::Variant,
};

/// A program ready to decide claims.
#[derive(Debug)]
pub struct Loaded {
    /// The program.
    pub program: Program,
    /// Its tables.
    pub tables: Tables,
    /// The hash over definition, scripts and tables, in hexadecimal.
    pub fingerprint: String,
    /// The same over what decides claims: how scripts are spaced and commented and how lines end is no part of it.
    pub meaning: String,
}

/// What is hashed of a program, beginning with its rules.
struct Hashers {
    fingerprint: blake3::Hasher,
    meaning: blake3::Hasher,
}

impl Hashers {
    fn of(program: &Program) -> Self {
        let (mut fingerprint, mut meaning) = (blake3::Hasher::new(), blake3::Hasher::new());
        fingerprint.update(program.rules_hash.as_bytes());
        meaning.update(program.meaning_hash.as_bytes());
        Self { fingerprint, meaning }
    }

    /// A table. Git may have put other ends of line into the folder than it keeps.
    fn add(&mut self, bytes: &[u8]) {
        let bare: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
        self.fingerprint.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
        self.meaning.update(&(bare.len() as u64).to_le_bytes()).update(&bare);
    }

    fn finish(&self) -> (String, String) {
        let shown = |hasher: &blake3::Hasher| hasher.finalize().to_hex().to_string();
        (shown(&self.fingerprint), shown(&self.meaning))
    }
}

/// The most rows of a table that are reported as unreadable, overlapping and so on.
const MAX_REPORTED_ROWS: usize = 20;

impl Workspace {
    /// The programs of the workspace, by name. A file whose path is no program name is among the findings.
    pub fn programs(&self, findings: &mut Findings) -> Vec<ProgramName> {
        for path in self.listed("programs", ".yml", findings) {
            let source = Arc::new(Source { path: format!("programs/{path}"), text: String::new() });
            let finding = Diagnostic::error(Code::WrongName, &Place::start_of(&source), "definitions end in `.yaml`");
            findings.add(finding.help("rename the file"));
        }
        let files = self.listed("programs", ".yaml", findings);
        let names = files.into_iter().filter_map(|path| match path.trim_end_matches(".yaml").parse() {
            Ok(name) => Some(name),
            Err(reason) => {
                let source = Arc::new(Source { path: format!("programs/{path}"), text: String::new() });
                let message = format!("`{}` {reason}", path.trim_end_matches(".yaml"));
                let finding = Diagnostic::error(Code::WrongName, &Place::start_of(&source), message);
                findings.add(finding.help("put definitions into `programs/CLIENT/NAME.yaml`"));
                None
            }
        });
        names.collect()
    }

    /// The files below a folder; one that can't be read is among the findings.
    pub(super) fn listed(&self, folder: &str, ending: &str, findings: &mut Findings) -> Vec<String> {
        self.files(folder, ending).unwrap_or_else(|error| {
            let source = Arc::new(Source { path: folder.to_owned(), text: String::new() });
            findings.add(unusable(&error, &Place::start_of(&source)));
            Vec::new()
        })
    }

    /// Loads a program. `None` if there is an error among the findings.
    pub fn load(&self, name: &ProgramName, findings: &mut Findings) -> Option<Loaded> {
        // Errors of another program, found before, are no reason to refuse this one.
        let mut own = Findings::new();
        let definition = self.definition(name, &mut own);
        let loaded = definition.as_ref().and_then(|definition| self.load_alone(definition, &mut own));
        findings.absorb(match &definition {
            Some(definition) => self.findings_of_layer(definition, own),
            None => own,
        });
        loaded
    }

    /// Loads a program with a variant made of its definition, which loads without it. `None` if there is an error among the
    /// findings; they point into what the variant says.
    pub fn load_with(&self, name: &ProgramName, variant: &Variant, findings: &mut Findings) -> Option<Loaded> {
        let mut definition = self.definition(name, findings)?;
        definition.root = program::in_order(variant.apply(definition.root, findings)?);
        let mut own = Findings::new();
        let loaded = self.load_alone(&definition, &mut own);
        findings.absorb(variant.findings(own));
        loaded
    }

    fn load_alone(&self, definition: &Definition, findings: &mut Findings) -> Option<Loaded> {
        let root = &definition.root;
        let (scripts, texts) = self.scripts(root, findings);
        let program = program::check(root, definition.source()?, &scripts, &texts, findings)?;
        program::check_denomination(&program, root, &definition.files, findings);
        let mut hashers = Hashers::of(&program);
        let rows: Vec<_> = program.tables.iter().map(|table| self.table(table, &mut hashers, findings)).collect();
        let rows: Vec<Claims> = rows.into_iter().collect::<Option<_>>()?;
        let lines: Vec<Vec<u64>> = rows.iter().map(|rows| rows.iter().map(|row| row.origin().line).collect()).collect();
        let (tables, flaws) = match Tables::new(&program, rows) {
            Ok(tables) => {
                let flaws = tables.review(&program);
                (Some(tables), flaws)
            }
            Err(flaws) => (None, flaws),
        };
        let mut own = Findings::new();
        report(&program, &flaws, &lines, &mut own);
        let has_errors = own.has_errors();
        findings.absorb(own);
        let tables = tables.filter(|_| !has_errors)?;
        let (fingerprint, meaning) = hashers.finish();
        Some(Loaded { program, tables, fingerprint, meaning })
    }

    /// An authored text. `named` is the place that names it.
    pub(super) fn source(
        &self,
        folder: &str,
        path: &str,
        named: Option<&Place>,
        findings: &mut Findings,
    ) -> Option<Arc<Source>> {
        let shown = format!("{folder}/{path}");
        match self.text(folder, path) {
            Ok(text) => Some(Arc::new(Source { path: shown, text })),
            Err(error) => {
                let empty = Arc::new(Source { path: shown, text: String::new() });
                let place = named.cloned().unwrap_or_else(|| Place::start_of(&empty));
                findings.add(unusable(&error, &place));
                None
            }
        }
    }

    fn scripts(&self, root: &Node, findings: &mut Findings) -> (Scripts, Vec<Arc<Source>>) {
        let (mut scripts, mut texts) = (Scripts::beside(self.functions.clone()), Vec::new());
        let Some(node) = root.at(&["scripts"]) else { return (scripts, texts) };
        for Text { text, place, .. } in program::texts(node, findings) {
            if let Some(source) = self.source("rules", &text, Some(&place), findings) {
                scripts.add(&source, findings);
                texts.push(source);
            } else {
                scripts.miss();
            }
        }
        (scripts, texts)
    }

    fn table(&self, table: &Table, hashers: &mut Hashers, findings: &mut Findings) -> Option<Claims> {
        let bytes = match self.bytes("tables", &table.file.text) {
            Ok(bytes) => bytes,
            Err(error) => {
                findings.add(unusable(&error, &table.file.place));
                return None;
            }
        };
        hashers.add(&bytes);
        let read = read_claims(
            &format!("tables/{}", table.file.text),
            bytes.as_slice(),
            &wanted(&table.fields),
            &ColumnMap::default(),
            &mut |_| {},
        );
        let intake = match read {
            Ok(intake) => intake,
            Err(error) => {
                let finding = Diagnostic::error(error.code(), &table.file.place, error.to_string());
                findings.add(match error.help() {
                    Some(help) => finding.help(help),
                    None => finding,
                });
                return None;
            }
        };
        let mut unreadable = 0;
        for (row, deficiencies) in intake.claims.deficiencies() {
            unreadable += 1;
            for deficiency in deficiencies.iter().filter(|_| unreadable <= MAX_REPORTED_ROWS) {
                let message = format!("line {} of `{}`: {deficiency}", row.origin().line, table.file.text);
                let finding = Diagnostic::error(Code::TableRow, &table.file.place, message);
                findings.add(finding.help("correct the cell, or declare how it is written"));
            }
        }
        (unreadable == 0).then_some(intake.claims)
    }
}

/// Reports what is wrong with the rows of tables, of each kind as much as is read.
fn report(program: &Program, flaws: &[Flaw], lines: &[Vec<u64>], findings: &mut Findings) {
    let mut counts: BTreeMap<(usize, Code), usize> = BTreeMap::new();
    for flaw in flaws {
        let Some(table) = program.tables.get(flaw.table) else { continue };
        let line = |row: usize| lines.get(flaw.table).and_then(|lines| lines.get(row)).copied().unwrap_or(0);
        let finding = super::flaw::finding(table, &flaw.kind, &line);
        let count = counts.entry((flaw.table, finding.code)).or_default();
        *count += 1;
        if *count <= MAX_REPORTED_ROWS {
            findings.add(finding);
        }
    }
    for ((table, code), count) in counts {
        if let (Some(table), true) = (program.tables.get(table), count > MAX_REPORTED_ROWS) {
            let more = count - MAX_REPORTED_ROWS;
            let message = format!("there are {more} more findings like these in `{}`", table.file.text);
            findings.add(Diagnostic::warning(code, &table.file.place, message));
        }
    }
}

/// Why a file that the definition names can't be used.
pub(super) fn unusable(error: &WorkspaceError, place: &Place) -> Diagnostic {
    if let WorkspaceError::Unreadable { path, source } = error {
        if source.kind() == std::io::ErrorKind::NotFound {
            let finding = Diagnostic::error(Code::FileMissing, place, format!("`{path}` isn't there"));
            return finding.help("correct the name, or put the file there");
        }
        return Diagnostic::error(Code::FileMissing, place, format!("{error}: {}", lower_first(&source.to_string())));
    }
    let finding = Diagnostic::error(Code::FileMissing, place, error.to_string());
    match error {
        WorkspaceError::Outside { .. } => finding.help("name it relative to its folder, without `..` or links"),
        WorkspaceError::Link { .. } => finding.help("put the file itself there"),
        _ => finding,
    }
}
