//! The row of a claim with one other cell.

use crate::{
    claim::{Cell, Claim, Constant, Rows, Value},
    program::Program,
};

/// The row with another value where a field reads its cell. Other fields that read the same column read the new cell by
/// their own types; `None` where one of them can't.
pub(super) fn changed(program: &Program, claim: Claim<'_>, field: usize, to: &Constant) -> Option<Rows> {
    let fields = &program.claim.fields;
    let own = fields.get(field)?;
    let is_shared =
        |number: usize| number != field && fields.get(number).is_some_and(|other| other.column == own.column);
    let written = match (0..fields.len()).any(is_shared) {
        true => own.kind.write(to)?,
        false => String::new(),
    };
    let cells = fields.iter().enumerate().map(|(number, other)| match number {
        _ if number == field => to.single().and_then(Value::cell),
        _ if is_shared(number) => other.kind.read(&written).ok(),
        _ => Some(claim.row().cell(number)),
    });
    let cells: Vec<Cell<'_>> = cells.collect::<Option<_>>()?;
    let mut rows = Rows::new(fields.iter().map(|field| field.kind.column()));
    rows.push(cells);
    Some(rows)
}
