//! A plain table for people.

use comfy_table::{Cell, CellAlignment, Table, presets};

/// A table with a head; the columns of these numbers hold figures.
pub fn table_of<const N: usize>(
    head: &[String; N],
    rows: impl IntoIterator<Item = [String; N]>,
    figures: &[usize],
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for row in [head.clone()].into_iter().chain(rows) {
        table.add_row(row.into_iter().enumerate().map(|(column, text)| {
            let is_figure = figures.contains(&column);
            Cell::new(text).set_alignment(if is_figure { CellAlignment::Right } else { CellAlignment::Left })
        }));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
