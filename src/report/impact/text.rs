//! The impact for a terminal.

use super::sheet::{Grid, Line, Piece, Sheet};
use crate::report::escape::for_terminal;

pub(super) fn page(sheets: &[Sheet]) -> String {
    let mut page = String::new();
    for (number, sheet) in sheets.iter().enumerate() {
        if number > 0 {
            page.push('\n');
        }
        page.push_str(&plain(&sheet.heading));
        page.push('\n');
        for line in &sheet.lines {
            page.push_str(&format!("  {}\n", plain(line)));
        }
        for grid in &sheet.grids {
            page.push_str(&format!("\n{}\n", grid.title));
            page.push_str(&rows(grid));
            if grid.left_out > 0 {
                page.push_str(&format!(" and {} more; `--all` shows them\n", grid.left_out));
            }
        }
    }
    for_terminal(&page).into_owned()
}

/// A line without marks.
fn plain(line: &Line) -> String {
    line.iter()
        .map(|piece| match piece {
            Piece::Own(text) | Piece::Given(text) => text.as_str(),
        })
        .collect()
}

/// Rows side by side.
fn rows(grid: &Grid) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(grid.columns.iter().map(|column| column.name));
    for row in &grid.rows {
        table.add_row(row.iter().map(plain));
    }
    for (column, head) in table.column_iter_mut().zip(&grid.columns) {
        if head.holds_figures {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
