//! Why a file can't be read at all, in the words of people with a spreadsheet. What is wrong with a single row is no
//! error: it stands with the row as a deficiency.

use std::io;

use super::{MAX_COLUMNS, MAX_ROW_BYTES};
use crate::diagnostic::Code;

/// The most names of a header that a message shows.
const SHOWN_NAMES: usize = 20;
/// The most characters of a name that a message shows.
const SHOWN_CHARACTERS: usize = 60;

/// A column that is wanted and that the file doesn't have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingColumn {
    /// As the definition names it.
    pub column: String,
    /// Names in the file that look like it, the likeliest first.
    pub near: Vec<String>,
}

/// Why a file can't be read. Nothing of it is used.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It can't be opened.
    #[error("`{file}` can't be opened")]
    Unopened {
        /// The file's path as given.
        file: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The disk, the network or the pipe failed.
    #[error("`{file}` can't be read on after {rows} rows")]
    Interrupted {
        /// The file's name.
        file: String,
        /// Rows read before it happened.
        rows: usize,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A compressed file is cut off or changed.
    #[error("`{file}` is damaged after {rows} rows: it can't be unpacked any further")]
    Damaged {
        /// The file's name.
        file: String,
        /// Rows read before it happened.
        rows: usize,
    },
    /// It is larger than can be wanted.
    #[error("`{file}` is larger than {gibibytes} GiB once it is unpacked")]
    TooLarge {
        /// The file's name.
        file: String,
        /// The bound.
        gibibytes: u64,
    },
    /// It holds bytes that no text holds.
    #[error("`{file}` is not a text file")]
    NotText {
        /// The file's name.
        file: String,
    },
    /// It is a workbook or an archive.
    #[error("`{file}` is a workbook or an archive, not a text file")]
    Workbook {
        /// The file's name.
        file: String,
    },
    /// It is written in UTF-16.
    #[error("`{file}` is written in UTF-16, which is not read")]
    Utf16 {
        /// The file's name.
        file: String,
    },
    /// It holds nothing.
    #[error("`{file}` is empty: there is not {lacking}")]
    Empty {
        /// The file's name.
        file: String,
        /// What it would hold at least: `even a header`, `a single row`.
        lacking: &'static str,
    },
    /// Columns are wanted that it doesn't have.
    #[error("`{file}` has no column {}; {} {}", columns(.missing), header_place(*.line), names(.header))]
    MissingColumns {
        /// The file's name.
        file: String,
        /// The header's line; `None` where each row names its columns.
        line: Option<u64>,
        /// All that are missing.
        missing: Vec<MissingColumn>,
        /// The names that the file has.
        header: Vec<String>,
    },
    /// The first line is a claim's: its cells, which may be private, are not shown.
    #[error("`{file}` has no header: line {line} holds a row, not the names of columns")]
    NoHeader {
        /// The file's name.
        file: String,
        /// The line where the header would be.
        line: u64,
        /// The columns that are wanted.
        wanted: Vec<String>,
    },
    /// A column stands twice in the header, so that either could be meant.
    #[error("`{file}` has the column `{column}` twice in its header on line {line}{}", under(.headers))]
    ColumnTwice {
        /// The file's name.
        file: String,
        /// The header's line.
        line: u64,
        /// As the definition names it.
        column: String,
        /// As the file names them.
        headers: [String; 2],
    },
    /// The map renames columns that the file doesn't have.
    #[error("`{file}` has no column {} that the map renames; {} {}", names(.renamed), header_place(*.line), names(.header))]
    NothingToRename {
        /// The file's name.
        file: String,
        /// The header's line; `None` where each row names its columns.
        line: Option<u64>,
        /// All that are missing, as the map names them.
        renamed: Vec<String>,
        /// The names that the file has.
        header: Vec<String>,
    },
    /// The header is too wide.
    #[error("`{file}` has {columns} columns in its header on line {line}, more than {MAX_COLUMNS}")]
    TooManyColumns {
        /// The file's name.
        file: String,
        /// The header's line.
        line: u64,
        /// How many there are.
        columns: usize,
    },
    /// A row doesn't end.
    #[error("the row that starts on line {line} of `{file}` is longer than {} KiB", MAX_ROW_BYTES / 1024)]
    RowTooLong {
        /// The file's name.
        file: String,
        /// The row's first line.
        line: u64,
    },
    /// A quoted cell takes in what follows it, so that rows could be lost.
    #[error("a quote opened on line {line} of `{file}` is not closed where its cell ends: {sign}")]
    OpenQuote {
        /// The file's name.
        file: String,
        /// The line of the quote.
        line: u64,
        /// What shows it.
        sign: String,
    },
    /// More rows than can be numbered.
    #[error("`{file}` holds more than four billion rows")]
    TooManyRows {
        /// The file's name.
        file: String,
    },
}

impl InputError {
    /// The code, stable between versions.
    pub fn code(&self) -> Code {
        match self {
            Self::Unopened { .. } => Code::FileUnopened,
            Self::Interrupted { .. } => Code::FileInterrupted,
            Self::Damaged { .. } => Code::FileDamaged,
            Self::TooLarge { .. } => Code::FileTooLarge,
            Self::NotText { .. } => Code::NotText,
            Self::Workbook { .. } => Code::Workbook,
            Self::Utf16 { .. } => Code::Utf16,
            Self::Empty { .. } => Code::EmptyFile,
            Self::MissingColumns { .. } | Self::NoHeader { .. } => Code::ColumnMissing,
            Self::ColumnTwice { .. } => Code::ColumnTwice,
            Self::NothingToRename { .. } => Code::NothingToRename,
            Self::TooManyColumns { .. } => Code::TooManyColumns,
            Self::RowTooLong { .. } => Code::RowTooLong,
            Self::OpenQuote { .. } => Code::OpenQuote,
            Self::TooManyRows { .. } => Code::TooManyRows,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let remedy = match self {
            Self::Unopened { .. } | Self::Interrupted { .. } => return None,
            Self::MissingColumns { missing, .. } => return Some(suggestions(missing)),
            Self::NoHeader { wanted, .. } => {
                return Some(format!("write the names of the columns on the first line: {}", names(wanted)));
            }
            Self::Damaged { .. } => "ask the sender for the file again; nothing of it was used",
            Self::TooLarge { .. } | Self::TooManyRows { .. } => "split the file",
            Self::NotText { .. } => "open it in the program that wrote it and save it as CSV UTF-8",
            Self::Workbook { .. } => "save the sheet as CSV UTF-8, or take the file out of its archive",
            Self::Utf16 { .. } => "save it as CSV UTF-8",
            Self::Empty { .. } => "check that the export has finished and that this is the right file",
            Self::ColumnTwice { .. } => "rename or delete one of the two columns, in the file or in the map",
            Self::NothingToRename { .. } => "write the names in the map exactly as the file has them, or delete them",
            Self::TooManyColumns { .. } => "delete the columns that nobody needs",
            Self::RowTooLong { .. } => "look for a quote on that line that is opened and never closed",
            Self::OpenQuote { .. } => "close the quote, or write a quote within a quoted cell twice: `\"\"`",
        };
        Some(remedy.to_owned())
    }
}

fn suggestions(missing: &[MissingColumn]) -> String {
    let mut parts: Vec<String> = missing
        .iter()
        .filter(|missing| !missing.near.is_empty())
        .map(|missing| {
            let near: Vec<String> = missing.near.iter().map(|name| shown(name)).collect();
            format!("for {} there may be {}", shown(&missing.column), near.join(" or "))
        })
        .collect();
    parts.push(
        "names are the same to the letter: rename the column in the file, give a map (`--map`), or name it in the definition with `column:`"
            .to_owned(),
    );
    parts.join("; ")
}

fn header_place(line: Option<u64>) -> String {
    line.map_or_else(|| "its rows have".to_owned(), |line| format!("its header on line {line} is"))
}

fn columns(missing: &[MissingColumn]) -> String {
    missing.iter().map(|missing| shown(&missing.column)).collect::<Vec<_>>().join(", ")
}

fn under(headers: &[String; 2]) -> String {
    let [first, second] = headers;
    if first == second { String::new() } else { format!(", as {} and as {}", shown(first), shown(second)) }
}

fn names(header: &[String]) -> String {
    let mut names: Vec<String> = header.iter().take(SHOWN_NAMES).map(|name| shown(name)).collect();
    if let Some(more) = header.len().checked_sub(SHOWN_NAMES).filter(|more| *more > 0) {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}

fn shown(name: &str) -> String {
    let cut: String = name.chars().take(SHOWN_CHARACTERS).collect();
    if cut.len() < name.len() { format!("`{cut}…`") } else { format!("`{cut}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_header_is_shown_in_part() {
        let header: Vec<String> = (0..25).map(|number| format!("{number}{}", "x".repeat(70))).collect();
        let text = names(&header);
        assert!(text.ends_with("and 5 more"), "{text}");
        assert!(text.starts_with(&format!("`0{}…`, `1", "x".repeat(59))), "{text}");
    }

    #[test]
    fn every_error_has_a_message_in_lower_case_without_a_full_stop() {
        let file = || "claims.csv".to_owned();
        let lacking = "even a header";
        for error in [
            InputError::Damaged { file: file(), rows: 7 },
            InputError::TooLarge { file: file(), gibibytes: 64 },
            InputError::Empty { file: file(), lacking },
            InputError::RowTooLong { file: file(), line: 3 },
            InputError::TooManyRows { file: file() },
        ] {
            let (text, help) = (error.to_string(), error.help().unwrap());
            assert!(text.contains("`claims.csv`") && !text.ends_with('.'), "{text}");
            assert!(help.starts_with(char::is_lowercase) && !help.ends_with('.'), "{help}");
        }
    }
}
