//! Outcomes as CSV.

use std::io::{self, Write};

use super::{OutcomeColumns, OutcomeWriter, column::OutcomeCell, escape::for_spreadsheet};
use crate::outcome::Outcome;

/// Writes outcomes as CSV, comma-separated, with a header. Cells that came from input can't become formulas.
#[derive(Debug)]
pub struct CommaWriter<W: Write> {
    columns: OutcomeColumns,
    rows: csv::Writer<W>,
}

impl<W: Write> CommaWriter<W> {
    /// Writes the header.
    pub fn new(columns: OutcomeColumns, target: W) -> io::Result<Self> {
        let mut rows = csv::Writer::from_writer(target);
        rows.write_record(columns.names()).map_err(io::Error::from)?;
        Ok(Self { columns, rows })
    }
}

impl<W: Write> OutcomeWriter for CommaWriter<W> {
    fn write(&mut self, outcome: &Outcome) -> io::Result<()> {
        for cell in self.columns.cells(outcome) {
            let text = cell.text();
            let written = match cell {
                OutcomeCell::Input(_) | OutcomeCell::Origin(_) => {
                    self.rows.write_field(for_spreadsheet(&text).as_bytes())
                }
                _ => self.rows.write_field(text.as_bytes()),
            };
            written.map_err(io::Error::from)?;
        }
        self.rows.write_record(None::<&[u8]>).map_err(io::Error::from)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.rows.flush()
    }
}
