//! The impact for a terminal.

use super::sheet::{Grid, Sheet, plain};
use crate::report::escape::for_terminal;

pub(super) fn page(sheets: &[Sheet]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (number, sheet) in sheets.iter().enumerate() {
        if number > 0 {
            lines.push(String::new());
        }
        lines.push(plain(&sheet.heading));
        lines.extend(sheet.lines.iter().map(|line| format!("  {}", plain(line))));
        for grid in &sheet.grids {
            lines.extend([String::new(), grid.title.clone()]);
            lines.extend(rows(grid));
            lines.extend(grid.more().map(|more| format!(" {more}")));
        }
    }
    lines.push(String::new());
    for_terminal(&lines.join("\n")).into_owned()
}

/// Rows side by side.
fn rows(grid: &Grid) -> Vec<String> {
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
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}
