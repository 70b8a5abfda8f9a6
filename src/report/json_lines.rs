//! Outcomes as JSON Lines: amounts as strings, codes as lists.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{OutcomeColumns, OutcomeWriter, column::OutcomeCell};
use crate::outcome::Outcome;

/// Writes each outcome as an object on a line of its own. A column without a value is `null`.
#[derive(Debug)]
pub struct JsonLinesWriter<W: Write> {
    columns: OutcomeColumns,
    names: Vec<String>,
    target: W,
}

impl<W: Write> JsonLinesWriter<W> {
    /// A writer.
    pub fn new(columns: OutcomeColumns, target: W) -> Self {
        Self { names: columns.names(), columns, target }
    }
}

impl<W: Write> OutcomeWriter for JsonLinesWriter<W> {
    fn write(&mut self, outcome: &Outcome<'_>) -> io::Result<()> {
        let mut object = Map::new();
        let mut names = self.names.iter();
        self.columns.each(outcome, |cell| {
            let value = match cell {
                OutcomeCell::Reasons(_) | OutcomeCell::Names(_) | OutcomeCell::Cuts(_) => {
                    cell.codes().into_iter().map(Value::from).collect()
                }
                OutcomeCell::Empty => Value::Null,
                _ => Value::String(cell.text().into_owned()),
            };
            object.extend(names.next().map(|name| (name.clone(), value)));
            Ok(())
        })?;
        serde_json::to_writer(&mut self.target, &object)?;
        self.target.write_all(b"\n")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}
