//! Reads what is written in a row by the declared types, and gathers the rows into claims.

use std::{borrow::Cow, sync::Arc};

use super::{InputError, Intake, Wanted, encoding::Encoding};
use crate::{
    claim::{Cell, Claims, Deficiency, DeficiencyKind},
    schema::CellTrouble,
};

/// What is written in a cell.
#[derive(Debug)]
pub(super) enum Written<'t> {
    /// A text, to be read by the declared type.
    Text(Cow<'t, str>),
    /// A number of JSON, which always has a decimal point.
    Number(&'t str),
    /// Something that is no text of a cell, as it is written; the reason completes "`…` holds `…`, which".
    Other(&'t str, &'static str),
}

/// The claims of a file while it is read.
pub(super) struct Gather<'p> {
    file: String,
    wanted: &'p [Wanted<'p>],
    names: Vec<Arc<str>>,
    claims: Claims,
    encoding: Encoding,
}

impl<'p> Gather<'p> {
    /// No claims yet. `names` are the wanted columns as the file names them.
    pub(super) fn new(file: &str, wanted: &'p [Wanted<'p>], names: Vec<Arc<str>>, encoding: Encoding) -> Self {
        let claims = Claims::new(file, wanted.iter().map(|wanted| wanted.kind.scalar.column()));
        Self { file: file.to_owned(), wanted, names, claims, encoding }
    }

    /// Rows so far.
    pub(super) fn count(&self) -> usize {
        self.claims.count()
    }

    /// The text of bytes that stand on a line.
    pub(super) fn text<'t>(&mut self, line: u64, bytes: &'t [u8]) -> Cow<'t, str> {
        self.encoding.text(line, bytes)
    }

    /// Adds a row, with what is written under each wanted column.
    pub(super) fn push(&mut self, line: u64, written: &[Written<'_>]) -> Result<(), InputError> {
        let mut deficiencies = Vec::new();
        let fields = self.wanted.iter().zip(&self.names).zip(written).enumerate();
        let cells: Vec<Cell<'_>> = fields
            .map(|(field, ((wanted, name), written))| {
                let (text, read) = match written {
                    Written::Text(text) => (text.as_ref(), wanted.kind.read(text)),
                    Written::Number(text) => (*text, wanted.kind.read_number(text)),
                    Written::Other(text, reason) => (*text, Err(CellTrouble::Unreadable((*reason).to_owned()))),
                };
                read.unwrap_or_else(|trouble| {
                    deficiencies.push(Deficiency::cell(field, name, text, kind(trouble)));
                    Cell::Empty
                })
            })
            .collect();
        self.add(line, cells, deficiencies)
    }

    /// Adds a row that can't be read as a whole.
    pub(super) fn push_unreadable(&mut self, line: u64, reason: impl Into<String>) -> Result<(), InputError> {
        self.add(line, Vec::new(), vec![Deficiency::row(reason)])
    }

    fn add(&mut self, line: u64, cells: Vec<Cell<'_>>, deficiencies: Vec<Deficiency>) -> Result<(), InputError> {
        let added = self.claims.push(line, cells, deficiencies);
        added.map_err(|_| InputError::TooManyTexts { file: self.file.clone() })
    }

    /// The claims, with what is to be said about the file.
    pub(super) fn finish(self) -> Intake {
        Intake { claims: self.claims, notes: self.encoding.note().into_iter().collect() }
    }
}

fn kind(trouble: CellTrouble) -> DeficiencyKind {
    match trouble {
        CellTrouble::Missing => DeficiencyKind::Missing,
        CellTrouble::Unreadable(reason) => DeficiencyKind::Unreadable(reason),
    }
}
