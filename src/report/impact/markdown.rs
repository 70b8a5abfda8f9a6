//! The impact as a comment of a pull request.

use super::sheet::{Grid, Line, Piece, Sheet};

/// The most bytes of a comment. The services that show them take 65,536 characters.
const MAX_BYTES: usize = 60_000;
/// Room for the last words.
const RESERVE: usize = 500;

pub(super) fn page(sheets: &[Sheet]) -> String {
    let mut comment = Comment::default();
    for (number, sheet) in sheets.iter().enumerate() {
        let marks = if number == 0 { "##" } else { "###" };
        comment.add(&format!("{marks} {}\n\n", marked(&sheet.heading)));
        for line in &sheet.lines {
            comment.add(&format!("{}\n\n", marked(line)));
        }
        for grid in &sheet.grids {
            comment.grid(grid);
        }
    }
    if comment.is_full {
        comment.text.push_str("\n_More than fits into a comment: see the page or the JSON of this run._\n");
    }
    comment.text
}

/// What was written so far.
#[derive(Default)]
struct Comment {
    text: String,
    /// Whether something didn't fit. Nothing is added behind it.
    is_full: bool,
}

impl Comment {
    fn add(&mut self, text: &str) {
        self.is_full |= self.text.len() + text.len() > MAX_BYTES - RESERVE;
        if !self.is_full {
            self.text.push_str(text);
        }
    }

    fn grid(&mut self, grid: &Grid) {
        let names: Vec<&str> = grid.columns.iter().map(|column| column.name).collect();
        let rules: Vec<&str> =
            grid.columns.iter().map(|column| if column.holds_figures { "---:" } else { "---" }).collect();
        let title = &grid.title;
        self.add(&format!("**{title}**\n\n| {} |\n| {} |\n", names.join(" | "), rules.join(" | ")));
        for row in &grid.rows {
            let cells: Vec<String> = row.iter().map(marked).collect();
            self.add(&format!("| {} |\n", cells.join(" | ")));
        }
        self.add("\n");
        if let Some(more) = grid.more() {
            self.add(&format!("{more}\n\n"));
        }
    }
}

/// A line with what was given as code, where nothing is a mark, a mention or a link.
fn marked(line: &Line) -> String {
    let pieces = line.iter().map(|piece| match piece {
        Piece::Own(text) => text.clone(),
        Piece::Given(text) => as_code(text),
    });
    pieces.collect()
}

fn as_code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // A bar ends a cell even inside code, unless it is written so.
    let text = text.replace('|', "\\|");
    let longest = text.split(|symbol| symbol != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let touches = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let space = if touches && !text.trim().is_empty() { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::impact::sheet::Column;

    #[test]
    fn what_was_given_is_no_mark_no_mention_and_no_end_of_a_cell() {
        for (given, shown) in [
            ("", ""),
            ("C-100", "`C-100`"),
            ("@everyone <b>", "`@everyone <b>`"),
            ("a|b", "`a\\|b`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("``x", "``` ``x ```"),
        ] {
            assert_eq!(as_code(given), shown);
        }
    }

    #[test]
    fn a_comment_is_never_longer_than_one_may_be_and_says_so() {
        let row = vec![vec![Piece::Given("x".repeat(100))]];
        let columns = vec![Column { name: "claim", holds_figures: false }];
        let grid = Grid { title: "Claims".to_owned(), columns, rows: vec![row; 5_000], left_out: 7 };
        let heading = vec![Piece::Own("Impact".to_owned())];
        let text = page(&[Sheet { heading, lines: Vec::new(), grids: vec![grid] }]);
        assert!(text.len() > 50_000 && text.len() <= MAX_BYTES, "{}", text.len());
        assert!(text.ends_with("_More than fits into a comment: see the page or the JSON of this run._\n"));
    }
}
