//! The types that definitions declare for cells and that rules are checked against.

mod field;
mod kind;

pub use field::{CellTrouble, FieldType, MAX_LIST_VALUES, Notation, UnknownFieldType};
pub use kind::{Base, RowTypeId, Scalar, Type};
