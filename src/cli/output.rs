//! Output files: written beside their place and renamed, so that a half-written one is never taken for a whole.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{Session, Trouble};
use crate::{
    program::Program,
    report::{CommaWriter, JsonLinesWriter, OutcomeColumns, OutcomeWriter, WorkbookWriter},
};

/// What stands beside a ledger and is part of it.
const BESIDE_LEDGER: [&str; 4] = ["", "-wal", "-shm", ".lock"];

/// Refuses an output file that is the ledger or stands beside it.
pub(super) fn refuse_ledger(option: &str, out: &Path, ledger: &Path, session: &Session<'_>) -> Result<(), Trouble> {
    let whole = session.environment.folder.join(out);
    for ending in BESIDE_LEDGER {
        let mut part = session.environment.folder.join(ledger).into_os_string();
        part.push(ending);
        if is_same_file(Path::new(&part), &whole) {
            let help = "give what is written a file of its own".to_owned();
            let message = format!("`{option}` names `{}`, which belongs to the ledger", out.display());
            return Err(Trouble::Usage(message, Some(help)));
        }
    }
    Ok(())
}

/// Whether two paths lead to one file, or would once it is there.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| {
        let in_folder = || Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
        path.canonicalize().ok().or_else(in_folder)
    };
    real(one).is_some_and(|one| real(other) == Some(one))
}

/// Writes a text as a whole file.
pub(super) fn write_whole(path: &Path, named: &Path, text: &str) -> Result<(), Trouble> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.partial"));
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The error says what is wrong with the folder.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(|error| Trouble::Output(named.display().to_string(), error))
}

/// Writes a text as a whole file that only its owner may read.
pub(super) fn write_private(path: &Path, named: &Path, text: &str) -> Result<(), Trouble> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.partial"));
    let written = options.open(&beside).and_then(|mut file| file.write_all(text.as_bytes()));
    let written = written.and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| Trouble::Output(named.display().to_string(), error))
}

/// The file for the outcomes of a program: `out.csv`, or `out.client-name.csv` where there are several.
pub(super) fn named(out: &Path, programs: usize, program: &Program) -> PathBuf {
    match (programs, out.extension()) {
        (1, _) | (_, None) => out.to_owned(),
        (_, Some(ending)) => {
            let name = program.identification.name.to_string().replace('/', "-");
            out.with_extension(format!("{name}.{}", ending.to_string_lossy()))
        }
    }
}

/// A file that takes its place only once it is complete.
pub(super) struct OutputFile {
    path: PathBuf,
    beside: PathBuf,
    file: File,
    writer: Box<dyn OutcomeWriter>,
}

impl OutputFile {
    /// Opens a file for outcomes, in the format that its ending names.
    pub(super) fn create(path: &Path, named: &Path, columns: OutcomeColumns) -> Result<Self, Trouble> {
        let failed = |error| Trouble::Output(named.display().to_string(), error);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let beside = path.with_file_name(format!(".{name}.partial"));
        let make = |beside: &Path| -> io::Result<(File, BufWriter<File>)> {
            let file = File::create(beside)?;
            Ok((file.try_clone()?, BufWriter::with_capacity(1 << 18, file)))
        };
        let known = ending.as_deref().is_some_and(|ending| ["csv", "jsonl", "xlsx"].contains(&ending));
        if !known {
            let help = "end the file's name with .csv, .jsonl or .xlsx".to_owned();
            return Err(Trouble::Usage(format!("`{}` has no known ending", named.display()), Some(help)));
        }
        let (file, target) = make(&beside).map_err(failed)?;
        let writer: Box<dyn OutcomeWriter> = match ending.as_deref() {
            Some("jsonl") => Box::new(JsonLinesWriter::new(columns, target)),
            Some("xlsx") => Box::new(WorkbookWriter::new(columns, target).map_err(failed)?),
            _ => Box::new(CommaWriter::new(columns, target).map_err(failed)?),
        };
        Ok(Self { path: path.to_owned(), beside, file, writer })
    }

    /// Writes an outcome.
    pub(super) fn write(&mut self, outcome: &crate::outcome::Outcome<'_>) -> Result<(), Trouble> {
        self.writer.write(outcome).map_err(|error| Trouble::Output(self.path.display().to_string(), error))
    }

    /// Puts the file in its place.
    pub(super) fn finish(mut self) -> Result<(), Trouble> {
        let finished = self.writer.finish().and_then(|()| self.file.flush()).and_then(|()| self.file.sync_all());
        let renamed = finished.and_then(|()| fs::rename(&self.beside, &self.path));
        renamed.map_err(|error| Trouble::Output(self.path.display().to_string(), error))
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        // After `finish` it isn't there any more; a file that could not be completed is of no use.
        let _ = fs::remove_file(&self.beside);
    }
}
