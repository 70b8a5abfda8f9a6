//! Claims as data: typed cells in columns, where each row came from, and what could not be read of it.

mod claims;
mod constant;
mod list;
mod plan;
mod row;
mod rows;
mod source;
mod value;

pub use claims::{Claim, Claims, TooManyRows};
pub use constant::Constant;
pub use list::PackedList;
pub use plan::ColumnKind;
pub use row::Row;
pub use rows::{Cell, Draft, Rows};
pub use source::{Deficiency, DeficiencyKind, Origin};
pub use value::{Value, canonical};
