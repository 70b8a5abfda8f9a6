//! The text of bytes. Spreadsheets of Western Europe still write Windows-1252, and say so nowhere.

use std::borrow::Cow;

/// The encoding of a file, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Encoding {
    /// The first line that was not UTF-8.
    foreign_line: Option<u64>,
}

impl Encoding {
    /// The text of bytes that stand on a line.
    pub(super) fn text<'t>(&mut self, line: u64, bytes: &'t [u8]) -> Cow<'t, str> {
        let (text, foreign) = decode(bytes);
        if foreign {
            self.foreign_line.get_or_insert(line);
        }
        text
    }

    /// Takes in what was found in the lines behind.
    pub(super) fn append(&mut self, behind: &Self) {
        self.foreign_line = self.foreign_line.or(behind.foreign_line);
    }

    /// What is to be said about it.
    pub(super) fn note(&self) -> Option<String> {
        self.foreign_line
            .map(|line| format!("lines that are not UTF-8 are read as Windows-1252, the first is line {line}"))
    }
}

/// The text of bytes, and whether they were something else than UTF-8. Any bytes are text in Windows-1252.
fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    std::str::from_utf8(bytes).map_or_else(
        |_| (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
        |text| (Cow::Borrowed(text), false),
    )
}
