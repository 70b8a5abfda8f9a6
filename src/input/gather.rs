//! Reads what is written in a row by the declared types, and gathers the rows into claims.

use std::{borrow::Cow, sync::Arc};

use super::{InputError, Intake, Wanted, encoding::Encoding};
use crate::{
    claim::{Cell, Claims, Deficiency, DeficiencyKind},
    schema::{CellTrouble, FieldType},
};

/// What is written in a cell.
#[derive(Debug)]
pub(super) enum Written<'t> {
    /// A text, to be read by the declared type.
    Text(Cow<'t, str>),
    /// A number of JSON, which always has a decimal point.
    Number(&'t str),
    /// The values of a list of JSON; each says whether it is a number.
    List(&'t str, Vec<(Cow<'t, str>, bool)>),
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
        let claims = Claims::new(file, wanted.iter().map(|wanted| wanted.kind.column()));
        Self { file: file.to_owned(), wanted, names, claims, encoding }
    }

    /// Rows so far.
    pub(super) fn count(&self) -> usize {
        self.claims.count()
    }

    /// Adds what was gathered of the rows behind these.
    pub(super) fn append(&mut self, behind: Self) -> Result<(), InputError> {
        self.encoding.append(&behind.encoding);
        let added = self.claims.append(behind.claims);
        added.map_err(|_| InputError::TooManyRows { file: self.file.clone() })
    }

    /// The text of bytes that stand on a line.
    pub(super) fn text<'t>(&mut self, line: u64, bytes: &'t [u8]) -> Cow<'t, str> {
        self.encoding.text(line, bytes)
    }

    /// Adds a row. `written` gives what is written under each wanted column.
    pub(super) fn push<'t>(
        &mut self,
        line: u64,
        mut written: impl FnMut(&mut Encoding, usize) -> Written<'t>,
    ) -> Result<(), InputError> {
        let Self { file, wanted, names, claims, encoding } = self;
        let mut deficiencies = Vec::new();
        let too_many = |_| InputError::TooManyRows { file: file.clone() };
        let mut draft = claims.draft(line).map_err(too_many)?;
        for (field, wanted) in wanted.iter().enumerate() {
            let written = written(encoding, field);
            let (text, read) = match &written {
                Written::Text(text) => (text.as_ref(), wanted.kind.read(text)),
                Written::Number(text) => (*text, wanted.kind.read_number(text)),
                Written::List(text, items) => (*text, read_list(wanted.kind, items)),
                Written::Other(text, reason) => (*text, Err(CellTrouble::Unreadable((*reason).to_owned()))),
            };
            draft.push(read.unwrap_or_else(|trouble| {
                if let Some(name) = names.get(field) {
                    deficiencies.push(Deficiency::cell(field, name, text, kind(trouble)));
                }
                Cell::Empty
            }));
        }
        drop(draft);
        claims.blame(deficiencies).map_err(too_many)
    }

    /// Adds a row that can't be read as a whole.
    pub(super) fn push_unreadable(&mut self, line: u64, reason: impl Into<String>) -> Result<(), InputError> {
        let added = self.claims.push(line, [], vec![Deficiency::row(reason)]);
        added.map_err(|_| InputError::TooManyRows { file: self.file.clone() })
    }

    /// The claims, with what is to be said about the file.
    pub(super) fn finish(self) -> Intake {
        Intake { claims: self.claims, notes: self.encoding.note().into_iter().collect() }
    }
}

fn read_list<'t>(kind: &FieldType, items: &'t [(Cow<'_, str>, bool)]) -> Result<Cell<'t>, CellTrouble> {
    if !kind.list {
        let reason = "is a list; write one text, number, `true` or `false`".to_owned();
        return Err(CellTrouble::Unreadable(reason));
    }
    kind.read_list(items.iter().map(|(item, is_number)| (item.as_ref(), *is_number)))
}

fn kind(trouble: CellTrouble) -> DeficiencyKind {
    match trouble {
        CellTrouble::Missing => DeficiencyKind::Missing,
        CellTrouble::Unreadable(reason) => DeficiencyKind::Unreadable(reason),
    }
}
