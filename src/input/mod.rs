//! Reads claims files and tables' files: CSV and JSON Lines, plain or compressed, from any stream; and claims that are
//! given as texts.
//!
//! What is wrong with one row stands with that row as a deficiency, and the claimant mends it. What makes rows
//! doubtful, such as a missing column or a quote that is never closed, refuses the whole file. Nothing is guessed:
//! a cell is read by the type that its field declares, and never passes through floating point.
//!
//! This module never decides a claim, and reads no definition.

mod block;
mod csv;
mod encoding;
mod error;
mod gather;
mod given;
mod json_lines;
mod layout;
mod map;
mod quotes;
mod rows;
mod source;

use std::io::Read;

pub use error::{InputError, MissingColumn};
pub use given::{GivenClaimError, claims_of};
pub use map::ColumnMap;
pub use source::open;

use crate::{claim::Claims, program::Field, schema::FieldType};
use source::Source;

/// The most bytes of a row.
pub const MAX_ROW_BYTES: usize = 1024 * 1024;
/// The most columns of a file.
pub const MAX_COLUMNS: usize = 4096;
/// The most bytes that a file unpacks to.
pub const MAX_UNPACKED_BYTES: u64 = 64 << 30;

/// A field that is wanted from a file, in the order of the program's fields. Two fields may be wanted of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'p> {
    /// The column, as the definition names it.
    pub column: &'p str,
    /// How its cells are read.
    pub kind: &'p FieldType,
}

/// What is wanted of a file for these fields.
pub fn wanted(fields: &[Field]) -> Vec<Wanted<'_>> {
    fields.iter().map(|field| Wanted { column: &field.column, kind: &field.kind }).collect()
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header and rows; cells between commas, semicolons or tabs.
    Csv,
    /// One object on each line.
    JsonLines,
}

impl Format {
    /// By the ending of a file's name, before `.gz` or `.zst`: `.csv`, `.tsv`, `.txt`, `.jsonl`, `.ndjson`.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".csv", ".tsv", ".txt"]) {
            Some(Self::Csv)
        } else if ends(&[".jsonl", ".ndjson"]) {
            Some(Self::JsonLines)
        } else {
            None
        }
    }

    /// By the first characters of a file, where its name doesn't tell.
    fn of_text(head: &[u8]) -> Self {
        if head.trim_ascii_start().starts_with(b"{") { Self::JsonLines } else { Self::Csv }
    }
}

/// What was read of a file.
#[derive(Debug)]
pub struct Intake {
    /// A claim for each row, with what can't be read of it.
    pub claims: Claims,
    /// What the reader of a report should know about the file.
    pub notes: Vec<String>,
}

/// Reads a whole file.
///
/// `name` is how the file is shown: its base name, `-` for standard input. `stream` is the file's bytes, which may be
/// compressed. `progress` is called now and then with the bytes that were taken from `stream` so far.
pub fn read_claims(
    name: &str,
    stream: impl Read,
    wanted: &[Wanted<'_>],
    map: &ColumnMap,
    progress: &mut dyn FnMut(u64),
) -> Result<Intake, InputError> {
    let source = Source::new(name, stream)?;
    match Format::of_name(name).unwrap_or_else(|| Format::of_text(&source.head)) {
        Format::Csv => csv::read(source, wanted, map, progress),
        Format::JsonLines => json_lines::read(source, wanted, map, progress),
    }
}

#[cfg(test)]
mod check;
