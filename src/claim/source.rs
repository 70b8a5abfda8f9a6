//! Where a row came from and what could not be read of it, in the words of people with a spreadsheet.

use std::{borrow::Cow, fmt, sync::Arc};

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The file's name, `-` for standard input.
    pub file: Cow<'a, str>,
    /// The sheet, where the file has sheets.
    pub sheet: Option<Cow<'a, str>>,
    /// The line, from 1; the header counts.
    pub line: u64,
}

impl Origin<'_> {
    /// The same without what it borrows.
    pub fn into_owned(self) -> Origin<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Origin { file: owned(self.file), sheet: self.sheet.map(owned), line: self.line }
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:", self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(formatter, "{sheet}:")?;
        }
        self.line.fmt(formatter)
    }
}

/// What is wrong with a cell or a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeficiencyKind {
    /// A required cell is empty.
    Missing,
    /// A cell can't be read as its declared type; the text says why and what to write.
    Unreadable(String),
    /// The whole row can't be read; the text says why.
    Row(String),
}

/// One thing that the claimant has to mend before the claim can be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deficiency {
    /// The field of the program; `None` where it is the whole row.
    pub field: Option<usize>,
    /// The column as the file names it; empty where it is the whole row.
    pub column: Arc<str>,
    /// The cell's text.
    pub text: String,
    /// What is wrong.
    pub kind: DeficiencyKind,
}

impl Deficiency {
    /// The longest piece of a cell that a message carries.
    const SHOWN: usize = 60;

    /// A deficiency of one cell.
    pub fn cell(field: usize, column: &Arc<str>, text: &str, kind: DeficiencyKind) -> Self {
        Self { field: Some(field), column: Arc::clone(column), text: text.to_owned(), kind }
    }

    /// The same in words that don't show what the cell holds.
    pub fn without_text(&self) -> String {
        match self.kind {
            DeficiencyKind::Unreadable(_) => format!("column `{}` holds something that can't be read", self.column),
            DeficiencyKind::Missing | DeficiencyKind::Row(_) => self.to_string(),
        }
    }

    /// A deficiency of a whole row.
    pub fn row(reason: impl Into<String>) -> Self {
        Self { field: None, column: "".into(), text: String::new(), kind: DeficiencyKind::Row(reason.into()) }
    }
}

fn shown(text: &str) -> String {
    let cut: String = text.chars().take(Deficiency::SHOWN).collect();
    if cut.len() < text.len() { cut + "…" } else { cut }
}

impl fmt::Display for Deficiency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            DeficiencyKind::Missing => write!(formatter, "column `{}` is empty", self.column),
            DeficiencyKind::Unreadable(reason) => {
                write!(formatter, "column `{}` holds `{}`, which {reason}", self.column, shown(&self.text))
            }
            DeficiencyKind::Row(reason) => formatter.write_str(reason),
        }
    }
}
