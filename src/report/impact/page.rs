//! The impact as a page for a browser, in one file that loads nothing.

use maud::{Markup, html};

use super::sheet::{Grid, Line, Sheet, plain};

const STYLE: &str = "\
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1c1c1c; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { border-bottom: 1px solid #ddd; padding: .25rem .6rem; text-align: left; vertical-align: top; }
th { border-bottom-color: #888; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
.more { color: #666; }";

pub(super) fn page(sheets: &[Sheet]) -> String {
    let title: String = sheets.first().map_or_else(String::new, |sheet| plain(&sheet.heading));
    let body = html! {
        @for (number, sheet) in sheets.iter().enumerate() {
            @if number == 0 { h1 { (line(&sheet.heading)) } } @else { h2 { (line(&sheet.heading)) } }
            @for one in &sheet.lines { p { (line(one)) } }
            @for one in &sheet.grids { (grid(one)) }
        }
    };
    crate::report::page::page(&title, STYLE, &body) + "\n"
}

fn grid(grid: &Grid) -> Markup {
    let class = |place: usize| grid.columns.get(place).and_then(|column| column.holds_figures.then_some("figure"));
    html! {
        table {
            caption { (grid.title) }
            thead { tr {
                @for (place, column) in grid.columns.iter().enumerate() { th class=[class(place)] { (column.name) } }
            } }
            tbody {
                @for row in &grid.rows {
                    tr { @for (place, cell) in row.iter().enumerate() { td class=[class(place)] { (line(cell)) } } }
                }
            }
        }
        @if let Some(more) = grid.more() { p class="more" { (more) } }
    }
}

/// What was given is escaped like everything else.
fn line(line: &Line) -> Markup {
    html! { (plain(line)) }
}
