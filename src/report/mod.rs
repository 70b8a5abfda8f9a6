//! Outcomes and findings as people and programs read them: tables, files, pages. Nothing here prints.

mod column;
mod comma;
mod editor;
mod escape;
mod explain;
mod finding;
mod json_lines;
mod reference;
mod show;
mod summary;
mod workbook;

use std::io;

pub use column::OutcomeColumns;
pub use comma::CommaWriter;
pub use editor::{Authored, rhai_definitions, schema};
pub use escape::for_terminal;
pub use explain::explain;
pub use finding::{as_github, as_json, as_text};
pub use json_lines::JsonLinesWriter;
pub use reference::{codes_page, functions_page};
pub use show::Shown;
pub use summary::Summary;
pub use workbook::WorkbookWriter;

use crate::outcome::Outcome;

/// Writes outcomes one by one.
pub trait OutcomeWriter {
    /// Writes one outcome.
    fn write(&mut self, outcome: &Outcome<'_>) -> io::Result<()>;

    /// Writes what is left.
    fn finish(&mut self) -> io::Result<()>;
}
