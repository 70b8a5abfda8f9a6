//! Claims as texts again: the columns that programs read, each as the file holds it.

use bumpalo::Bump;

use super::{NotFrozen, live::Decided};
use crate::{
    cases::{Part, claim::Row},
    claim::{Claim, Constant, Value},
    program::Field,
    schema::Scalar,
};

/// A column of the claims.
pub(super) struct Column {
    pub(super) name: String,
    /// The fields that are read of it, by program and number.
    pub(super) uses: Vec<(usize, usize)>,
}

/// The columns that the programs read, in the order of their fields.
pub(super) fn columns(parts: &[Part<'_>]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (part_number, part) in parts.iter().enumerate() {
        for (number, field) in part.program.claim.fields.iter().enumerate() {
            let one = (part_number, number);
            match columns.iter_mut().find(|column| column.name == field.column) {
                Some(column) => column.uses.push(one),
                None => columns.push(Column { name: field.column.clone(), uses: vec![one] }),
            }
        }
    }
    columns
}

/// The texts of a claim, column by column.
pub(super) fn row(parts: &[Part<'_>], columns: &[Column], decided: &Decided) -> Result<Row, NotFrozen> {
    let mut row = Row::new();
    for column in columns {
        row.push((column.name.clone(), cell(parts, column, decided)?));
    }
    Ok(row)
}

fn cell(parts: &[Part<'_>], column: &Column, decided: &Decided) -> Result<String, NotFrozen> {
    let mut best: Option<(bool, String)> = None;
    for (part, number) in &column.uses {
        let read =
            parts.get(*part).and_then(|part| Some((part.claim(decided)?, part.program.claim.fields.get(*number)?)));
        let Some((claim, field)) = read else { continue };
        if claim.deficiencies().iter().any(|deficiency| deficiency.field.is_none()) {
            return Err(NotFrozen::Row(decided.line));
        }
        if let Some(deficiency) = claim.deficiencies().iter().find(|deficiency| deficiency.field == Some(*number)) {
            return Ok(deficiency.text.clone());
        }
        // Text is as the file has it; a number or a date is written anew.
        let is_text = field.kind.scalar == Scalar::Text && !field.kind.list;
        if best.as_ref().is_none_or(|(known, _)| is_text && !known) {
            best = Some((is_text, written(claim, *number, field)));
        }
    }
    Ok(best.map(|(_, text)| text).unwrap_or_default())
}

fn written(claim: Claim<'_>, number: usize, field: &Field) -> String {
    let scratch = Bump::new();
    let write = |value: Value<'_>| field.kind.write(&Constant::from(value)).unwrap_or_default();
    match claim.row().value_in(number, &scratch) {
        Value::Nothing => String::new(),
        Value::List(items) => items.iter().map(|item| write(*item)).collect::<Vec<_>>().join(";"),
        value => write(value),
    }
}
