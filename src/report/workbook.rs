//! Outcomes as an XLSX workbook.

use std::io::{self, Write};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{OutcomeColumns, OutcomeWriter, column::OutcomeCell};
use crate::outcome::Outcome;

/// The most rows that a sheet holds, with its header.
const MAX_ROWS: u32 = 1_048_576;
/// The most digits that a spreadsheet keeps of a number; a longer amount is written as text.
const MAX_DIGITS: usize = 15;

/// Writes outcomes to the sheet `Outcomes` of a workbook. Text is written as text, so no cell becomes a formula.
pub struct WorkbookWriter<W: Write> {
    columns: OutcomeColumns,
    workbook: Workbook,
    row: u32,
    target: W,
}

impl<W: Write> WorkbookWriter<W> {
    /// Writes the header.
    pub fn new(columns: OutcomeColumns, target: W) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name("Outcomes").map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        let bold = Format::new().set_bold();
        for (number, name) in (0..).zip(columns.names()) {
            sheet.write_string_with_format(0, number, name, &bold).map_err(failed)?;
        }
        Ok(Self { columns, workbook, row: 0, target })
    }
}

impl<W: Write> OutcomeWriter for WorkbookWriter<W> {
    fn write(&mut self, outcome: &Outcome<'_>) -> io::Result<()> {
        self.row += 1;
        if self.row >= MAX_ROWS {
            return Err(io::Error::other("a sheet holds 1,048,575 outcomes: write CSV instead"));
        }
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        let (row, mut column) = (self.row, 0);
        self.columns.each(outcome, |cell| {
            write_cell(sheet, row, column, cell).map_err(failed)?;
            column += 1;
            Ok(())
        })
    }

    fn finish(&mut self) -> io::Result<()> {
        let bytes = self.workbook.save_to_buffer().map_err(failed)?;
        self.target.write_all(&bytes)?;
        self.target.flush()
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: OutcomeCell<'_>) -> Result<(), XlsxError> {
    let text = cell.text();
    match cell {
        OutcomeCell::Empty => {}
        OutcomeCell::Reasons(_) | OutcomeCell::Cuts(_) if text.is_empty() => {}
        OutcomeCell::Amount(..) => match number(&text) {
            Some((number, format)) => {
                sheet.write_number_with_format(row, column, number, &format)?;
            }
            None => {
                sheet.write_string(row, column, text)?;
            }
        },
        _ => {
            sheet.write_string(row, column, text)?;
        }
    }
    Ok(())
}

/// The number that a spreadsheet shows for an amount, the same to the last digit; `None` if it can't keep it.
fn number(text: &str) -> Option<(f64, Format)> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits > MAX_DIGITS {
        return None;
    }
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let pattern = if places == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(places)) };
    Some((text.parse().ok()?, Format::new().set_num_format(pattern)))
}

fn failed(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

impl<W: Write> std::fmt::Debug for WorkbookWriter<W> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("WorkbookWriter").field("row", &self.row).finish_non_exhaustive()
    }
}
