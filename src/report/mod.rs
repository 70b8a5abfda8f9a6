//! Outcomes and findings as people and programs read them: tables, files, pages. Nothing here prints.

mod column;
mod comma;
mod coverage;
mod editor;
mod escape;
mod explain;
mod finding;
mod grid;
mod impact;
mod json_lines;
mod page;
mod reference;
mod show;
mod side_by_side;
mod summary;
mod workbook;

use std::io;

pub use column::OutcomeColumns;
pub use comma::CommaWriter;
pub use coverage::Reached;
pub use editor::{Authored, rhai_definitions, schema};
pub use escape::{for_terminal, for_xml};
pub use explain::explain;
pub use finding::{as_github, as_json, as_text};
pub use grid::table_of;
pub use impact::{ArrangementChange, Bounds, Breach, Change, Compared, Direction, Impact, ProgramImpact, Scope};
pub use json_lines::JsonLinesWriter;
pub use reference::{codes_page, functions_page};
pub use show::Shown;
pub use side_by_side::{ReasonWords, SideBySide, reason_words};
pub use summary::{Summary, grouped};
pub use workbook::WorkbookWriter;

use crate::outcome::Outcome;

/// Writes outcomes one by one.
pub trait OutcomeWriter {
    /// Writes one outcome.
    fn write(&mut self, outcome: &Outcome<'_>) -> io::Result<()>;

    /// Writes what is left.
    fn finish(&mut self) -> io::Result<()>;
}
