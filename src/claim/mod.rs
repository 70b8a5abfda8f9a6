//! Claims as data: typed cells in columns, where each row came from, and what could not be read of it.

mod claims;
mod constant;
mod row;
mod source;
mod text;
mod value;

pub use claims::{Claim, Claims};
pub use constant::Constant;
pub use row::{Cell, Column, ColumnKind, Row, Rows};
pub use source::{Deficiency, DeficiencyKind, Origin};
pub use text::{TextId, Texts, TooManyTexts};
pub use value::Value;
