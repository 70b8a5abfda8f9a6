//! The types that definitions declare for cells and that rules are checked against.

mod field;
mod kind;

pub use field::{CellTrouble, FieldType, Notation, UnknownFieldType};
pub use kind::{Base, RowTypeId, Scalar, Type};
