//! Outcomes as CSV.

use std::io::{self, Write};

use csv_core::{WriteResult, Writer};

use super::{
    OutcomeColumns, OutcomeWriter,
    column::OutcomeCell,
    escape::{for_spreadsheet, is_formula},
};
use crate::{calendar::write_iso, claim::Origin, money::write_at_scale, outcome::Outcome};

/// Writes outcomes as CSV, comma-separated, with a header. Cells that came from input can't become formulas.
#[derive(Debug)]
pub struct CommaWriter<W: Write> {
    columns: OutcomeColumns,
    target: W,
    row: Row,
}

/// The row that is being written.
#[derive(Debug, Default)]
struct Row {
    bytes: Vec<u8>,
}

impl<W: Write> CommaWriter<W> {
    /// Writes the header.
    pub fn new(columns: OutcomeColumns, target: W) -> io::Result<Self> {
        let mut writer = Self { columns, target, row: Row::default() };
        for name in writer.columns.names() {
            writer.row.text(&name);
            writer.row.end_cell();
        }
        writer.row.end();
        writer.target.write_all(&writer.row.bytes)?;
        Ok(writer)
    }
}

impl<W: Write> OutcomeWriter for CommaWriter<W> {
    fn write(&mut self, outcome: &Outcome<'_>) -> io::Result<()> {
        let Self { columns, target, row } = self;
        row.bytes.clear();
        columns.each(outcome, |cell| {
            row.cell(cell);
            row.end_cell();
            Ok(())
        })?;
        row.end();
        target.write_all(&row.bytes)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

impl Row {
    fn cell(&mut self, cell: OutcomeCell<'_>) {
        match cell {
            OutcomeCell::Empty | OutcomeCell::Reasons([]) | OutcomeCell::Cuts([]) => {}
            OutcomeCell::Status(word) => self.bytes.extend_from_slice(word.as_bytes()),
            OutcomeCell::Word(text) => self.text(text),
            OutcomeCell::Input(text) => self.text(&for_spreadsheet(text)),
            OutcomeCell::Origin(origin) => self.origin(origin),
            OutcomeCell::Date(date) => write_iso(date, &mut self.bytes),
            OutcomeCell::Amount(amount, scale) => write_at_scale(amount, scale, &mut self.bytes),
            OutcomeCell::Reasons([only]) => self.text(&only.code),
            OutcomeCell::Reasons(_) | OutcomeCell::Names(_) | OutcomeCell::Cuts(_) => self.text(&cell.text()),
        }
    }

    /// The place of a row. Its file stands in front, which alone can need quotes or make a formula.
    fn origin(&mut self, origin: &Origin<'_>) {
        let is_plain = origin.sheet.is_none() && !is_formula(&origin.file) && !has_special(&origin.file);
        if !is_plain {
            self.text(&for_spreadsheet(&origin.to_string()));
            return;
        }
        self.bytes.extend_from_slice(origin.file.as_bytes());
        self.bytes.push(b':');
        self.bytes.extend_from_slice(itoa::Buffer::new().format(origin.line).as_bytes());
    }

    /// A text, in quotes where it needs them.
    fn text(&mut self, text: &str) {
        if !has_special(text) {
            self.bytes.extend_from_slice(text.as_bytes());
            return;
        }
        let mut writer = Writer::new();
        let mut quoted = vec![0; text.len() * 2 + 2];
        let (result, _, written) = writer.field(text.as_bytes(), &mut quoted);
        let (_, closing) = writer.finish(quoted.get_mut(written..).unwrap_or_default());
        // INVARIANT: every byte of the text could be a quote, and there is room for the two around it.
        debug_assert_eq!(result, WriteResult::InputEmpty);
        self.bytes.extend_from_slice(quoted.get(..written + closing).unwrap_or_default());
    }

    fn end_cell(&mut self) {
        self.bytes.push(b',');
    }

    /// Ends the row, whose last cell was ended.
    fn end(&mut self) {
        if let Some(last) = self.bytes.last_mut() {
            *last = b'\n';
        }
    }
}

/// Whether a text needs quotes.
fn has_special(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_as_the_library_quotes_it() {
        for text in ["plain", "", "a,b", "\"", "\"\"", "a\nb", "ü, \"x\"", " a"] {
            let mut library = csv::Writer::from_writer(Vec::new());
            library.write_record([text, "x"]).unwrap();
            let mut row = Row::default();
            row.text(text);
            row.end_cell();
            row.text("x");
            row.end_cell();
            row.end();
            assert_eq!(row.bytes, library.into_inner().unwrap(), "{text:?}");
        }
    }
}
