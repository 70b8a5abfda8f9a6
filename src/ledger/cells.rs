//! The cells of a row as bytes, with what could not be read of them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{detail::Number, entry::bytes_of};
use crate::{
    calendar::Date,
    claim::{Cell, Claim, Deficiency, DeficiencyKind, PackedList},
};

#[derive(Debug, Clone, Serialize, Deserialize)]
enum KeptCell<'t> {
    Empty,
    Boolean(bool),
    Integer(i64),
    Decimal(Number),
    Text(&'t str),
    Date(i32),
    List(&'t str),
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptDeficiency<'t> {
    field: Option<u32>,
    column: &'t str,
    text: &'t str,
    kind: KeptKind<'t>,
}

#[derive(Debug, Serialize, Deserialize)]
enum KeptKind<'t> {
    Missing,
    Unreadable(&'t str),
    Row(&'t str),
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptRow<'t> {
    #[serde(borrow)]
    cells: Vec<KeptCell<'t>>,
    #[serde(borrow)]
    deficiencies: Vec<KeptDeficiency<'t>>,
}

/// A row as bytes.
pub(super) fn bytes(claim: Claim<'_>, fields: usize) -> postcard::Result<Vec<u8>> {
    let row = claim.row();
    let cells: Vec<Cell<'_>> = (0..fields).map(|field| row.cell(field)).collect();
    let kept = KeptRow {
        cells: cells.iter().map(kept).collect(),
        deficiencies: claim.deficiencies().iter().map(kept_deficiency).collect(),
    };
    bytes_of(&kept)
}

fn kept<'t>(cell: &'t Cell<'_>) -> KeptCell<'t> {
    match cell {
        Cell::Empty => KeptCell::Empty,
        Cell::Boolean(boolean) => KeptCell::Boolean(*boolean),
        Cell::Integer(integer) => KeptCell::Integer(*integer),
        Cell::Decimal(decimal) => KeptCell::Decimal((*decimal).into()),
        Cell::Text(text) => KeptCell::Text(text),
        Cell::Date(date) => KeptCell::Date(chrono::Datelike::num_days_from_ce(date)),
        Cell::List(list) => KeptCell::List(list.as_str()),
    }
}

fn kept_deficiency(deficiency: &Deficiency) -> KeptDeficiency<'_> {
    KeptDeficiency {
        field: deficiency.field.and_then(|field| u32::try_from(field).ok()),
        column: &deficiency.column,
        text: &deficiency.text,
        kind: match &deficiency.kind {
            DeficiencyKind::Missing => KeptKind::Missing,
            DeficiencyKind::Unreadable(reason) => KeptKind::Unreadable(reason),
            DeficiencyKind::Row(reason) => KeptKind::Row(reason),
        },
    }
}

/// The cells and deficiencies of a row that was kept.
pub(super) fn read(bytes: &[u8]) -> postcard::Result<(Vec<Cell<'_>>, Vec<Deficiency>)> {
    let kept: KeptRow<'_> = postcard::from_bytes(bytes)?;
    let cells = kept.cells.into_iter().map(|cell| match cell {
        KeptCell::Empty => Cell::Empty,
        KeptCell::Boolean(boolean) => Cell::Boolean(boolean),
        KeptCell::Integer(integer) => Cell::Integer(integer),
        KeptCell::Decimal(number) => Cell::Decimal(number.into()),
        KeptCell::Text(text) => Cell::Text(text),
        KeptCell::Date(day) => Date::from_num_days_from_ce_opt(day).map_or(Cell::Empty, Cell::Date),
        KeptCell::List(text) => Cell::List(PackedList::of_packed(text)),
    });
    let deficiencies = kept.deficiencies.into_iter().map(|one| Deficiency {
        field: one.field.map(|field| field as usize),
        column: Arc::from(one.column),
        text: one.text.to_owned(),
        kind: match one.kind {
            KeptKind::Missing => DeficiencyKind::Missing,
            KeptKind::Unreadable(reason) => DeficiencyKind::Unreadable(reason.to_owned()),
            KeptKind::Row(reason) => DeficiencyKind::Row(reason.to_owned()),
        },
    });
    Ok((cells.collect(), deficiencies.collect()))
}
