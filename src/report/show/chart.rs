//! How the amount due grows with the total, drawn in characters. Every band is as wide as the others, so that narrow
//! ones can be seen; heights are to scale.

use crate::{
    engine::Terms,
    money::{Decimal, Inexact, RoundingMode, add, divide, multiply, round_to_places, subtract},
};

/// The columns that all bands share, and the most and fewest of one.
const COLUMNS: usize = 64;
const BAND_COLUMNS: (usize, usize) = (3, 16);
/// The lines above the axis.
const LINES: usize = 6;
/// Parts of a line that can be told apart.
const PARTS: usize = 8;
/// Decimal places of shares, which a drawing can't show.
const PLACES: u32 = 6;
/// Columns from the lowest to the highest part.
const LEVELS: [char; PARTS + 1] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Where a band starts, or the last one is cut off, with what is written there.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) total: Decimal,
    pub(super) label: String,
}

/// The lines of a chart; none if nothing is due anywhere, or figures are too long to be drawn.
pub(super) fn lines(terms: &Terms, edges: &[Edge], amount: &dyn Fn(Decimal) -> String) -> Vec<String> {
    let bands = edges.len().saturating_sub(1).max(1);
    let width = COLUMNS.checked_div(bands).unwrap_or(COLUMNS).clamp(BAND_COLUMNS.0, BAND_COLUMNS.1);
    draw(terms, edges, width, amount).unwrap_or_default()
}

fn draw(
    terms: &Terms,
    edges: &[Edge],
    width: usize,
    amount: &dyn Fn(Decimal) -> String,
) -> Result<Vec<String>, Inexact> {
    let mut due = Vec::new();
    for pair in edges.windows(2) {
        let [low, high] = pair else { continue };
        for column in 0..width {
            let total = within(low.total, high.total, 2 * column + 1, 2 * width)?;
            due.push(terms.due(total, total)?);
        }
    }
    let last = edges.last().map(|edge| terms.due(edge.total, edge.total)).transpose()?;
    let figures = || due.iter().chain(&last).copied();
    let (lowest, highest) = (figures().fold(Decimal::ZERO, Decimal::min), figures().fold(Decimal::ZERO, Decimal::max));
    if lowest == highest {
        return Ok(Vec::new());
    }
    let heights: Vec<usize> = due.iter().map(|due| height(*due, lowest, highest)).collect::<Result<_, _>>()?;
    let (top, bottom) = (amount(highest), amount(lowest));
    let margin = top.chars().count().max(bottom.chars().count());
    let mut lines: Vec<String> = (0..LINES).rev().map(|line| area(&heights, line, &top, margin)).collect();
    let axis: String = (0..heights.len()).map(|column| if column % width == 0 { '┬' } else { '─' }).collect();
    lines.push(format!("{bottom:>margin$} ┼{axis}"));
    lines.push(format!("{:margin$}  {}", "", labels(edges, width)));
    Ok(lines)
}

/// The total at some parts of all between two edges.
fn within(low: Decimal, high: Decimal, parts: usize, of: usize) -> Result<Decimal, Inexact> {
    let share = divide(multiply(subtract(high, low)?, Decimal::from(parts))?, Decimal::from(of))?;
    // Six places are far finer than a column, and leave room for the digits of a rate.
    add(low, round_to_places(share, PLACES, RoundingMode::HalfEven))
}

/// How high an amount is, in parts of lines.
fn height(due: Decimal, lowest: Decimal, highest: Decimal) -> Result<usize, Inexact> {
    let share = divide(subtract(due, lowest)?, subtract(highest, lowest)?)?;
    let parts = multiply(round_to_places(share, PLACES, RoundingMode::HalfEven), Decimal::from(LINES * PARTS))?;
    let parts = round_to_places(parts, 0, RoundingMode::HalfUp);
    Ok(usize::try_from(parts).unwrap_or(0))
}

/// One line of the area, counted from the lowest.
fn area(heights: &[usize], line: usize, top: &str, margin: usize) -> String {
    let level = |height: &usize| {
        let parts = height.saturating_sub(line * PARTS).min(PARTS);
        LEVELS.get(parts).copied().unwrap_or(' ')
    };
    let area: String = heights.iter().map(level).collect();
    let (label, axis) = if line + 1 == LINES { (top, '┤') } else { ("", '│') };
    format!("{label:>margin$} {axis}{area}").trim_end().to_owned()
}

/// What is written under the axis: each edge that there is room for.
fn labels(edges: &[Edge], width: usize) -> String {
    let mut written = String::new();
    for (number, edge) in edges.iter().enumerate() {
        let (used, column) = (written.chars().count(), number * width);
        if used == 0 || used < column {
            written.extend(std::iter::repeat_n(' ', column.saturating_sub(used)));
            written.push_str(&edge.label);
        }
    }
    written
}
