//! What a table gave, in words.

use super::{Page, value};
use crate::{
    claim::Value,
    outcome::FoundRow,
    program::{Hit, Table},
};

/// How many rows are shown before the rest is counted.
const SHOWN: usize = 20;

impl Page<'_> {
    /// The rows of a table that count, and what is made of them.
    pub(super) fn lookup(&mut self, name: &str, rows: &[FoundRow<'_>], figure: Option<Value<'_>>, is_conflict: bool) {
        let table = self.program.tables.iter().find(|table| table.name == name);
        let count = match rows.len() {
            0 => "no row matches".to_owned(),
            1 => "1 row matches".to_owned(),
            count => format!("{count} rows match"),
        };
        let hit = table.and_then(|table| table.hit);
        match (figure, rows) {
            (Some(figure), rows) => {
                let made = made_of(table, hit).filter(|_| !rows.is_empty());
                let noun = if rows.len() == 1 { "row" } else { "rows" };
                let of = made.map_or(count, |made| format!("{made} in {} {noun}", rows.len()));
                self.entry(name, &format!("{}, {of}", value(&figure.into())));
            }
            (None, rows) if is_conflict => {
                self.entry(name, &format!("{} rows conflict, so that none of them counts", rows.len()));
            }
            (None, [row]) if hit != Some(Hit::All) => {
                self.entry(name, &format!("row at {}", row.origin));
                self.remark(&cells(table, row));
                return;
            }
            _ => self.entry(name, &count),
        }
        let (shown, rest) = rows.split_at_checked(SHOWN).unwrap_or((rows, &[]));
        for row in shown {
            self.remark(&format!("row at {}: {}", row.origin, cells(table, row)));
        }
        if !rest.is_empty() {
            self.remark(&format!("and {} more", rest.len()));
        }
    }
}

fn made_of(table: Option<&Table>, hit: Option<Hit>) -> Option<String> {
    let (word, column) = match hit? {
        Hit::Sum(column) => ("the sum", column),
        Hit::Min(column) => ("the smallest", column),
        Hit::Max(column) => ("the largest", column),
        Hit::Unique | Hit::First | Hit::Priority(_) | Hit::Any | Hit::All | Hit::Count => return None,
    };
    Some(format!("{word} of `{}`", table?.fields.get(column)?.name))
}

/// The cells of a row. Those that match anything in a decision table are left out.
fn cells(table: Option<&Table>, row: &FoundRow<'_>) -> String {
    let free: Option<Vec<usize>> =
        table.filter(|table| table.hit.is_some()).map(|table| table.free_columns().collect());
    let says = |column: usize| free.as_ref().is_none_or(|free| free.contains(&column));
    let cells = row.cells.iter().enumerate().filter(|(column, seen)| !seen.value.is_nothing() || says(*column));
    let cells: Vec<String> = cells.map(|(_, seen)| format!("{} = {}", seen.name, value(&seen.value.into()))).collect();
    cells.join(", ")
}
