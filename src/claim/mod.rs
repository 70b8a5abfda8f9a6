//! Claims as data: typed cells in columns, where each row came from, and what could not be read of it.

mod claims;
mod constant;
mod row;
mod source;
mod value;

pub use claims::{Claim, Claims, TooManyRows};
pub use constant::Constant;
pub use row::{Cell, ColumnKind, Draft, Row, Rows};
pub use source::{Deficiency, DeficiencyKind, Origin};
pub use value::{Value, canonical};
