//! Rows of typed cells, packed one behind the other, so that a million of them fit in memory and one of them in two lines
//! of a processor's cache. Both claims and tables are rows.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::{
    PackedList, Row,
    plan::{ColumnKind, Plan, Slot, get, set},
};
use crate::{
    calendar::Date,
    money::{Decimal, Short},
};

/// A cell before it is laid into its row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'t> {
    /// Nothing was written, or what was written can't be read.
    Empty,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// Text as written.
    Text(&'t str),
    /// A civil date.
    Date(Date),
    /// Values of one type.
    List(PackedList),
}

/// Rows of typed cells.
#[derive(Debug, Default)]
pub struct Rows {
    pub(super) plan: Plan,
    bytes: Vec<u8>,
    pub(super) texts: String,
    pub(super) wide: Vec<Decimal>,
    /// Texts beyond the reach of a row, by row and column.
    pub(super) long: BTreeMap<(usize, usize), Box<str>>,
    count: usize,
}

impl Rows {
    /// No rows, of no columns.
    pub(super) const NONE: Self = Self {
        plan: Plan::NONE,
        bytes: Vec::new(),
        texts: String::new(),
        wide: Vec::new(),
        long: BTreeMap::new(),
        count: 0,
    };

    /// No rows yet, of columns of these kinds.
    pub fn new(kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        Self { plan: Plan::new(kinds), ..Self::default() }
    }

    /// Adds a row. A cell of another kind than its column's is kept as empty; there are as many cells as columns.
    pub fn push<'t>(&mut self, cells: impl IntoIterator<Item = Cell<'t>>) {
        let mut draft = self.draft();
        cells.into_iter().for_each(|cell| draft.push(cell));
    }

    /// Begins a row, whose cells are pushed one by one. Those left out are empty.
    pub fn draft(&mut self) -> Draft<'_> {
        let base = self.bytes.len();
        self.bytes.resize(base + self.plan.stride, 0);
        let Self { plan, bytes, texts, wide, long, count } = self;
        let (number, start) = (*count, texts.len());
        *count += 1;
        let row = bytes.get_mut(base..).unwrap_or_default();
        set(row, 0, offset(start).to_le_bytes());
        Draft { slots: plan.slots.iter().enumerate(), row, texts, wide, long, number, start }
    }

    /// Adds a row of others with the same columns.
    pub fn push_row(&mut self, row: Row<'_>) {
        let Row { rows, number, bytes } = row;
        let base = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let start = row.texts_start();
        let length = rows.plan.last_text.map_or(0, |last| usize::from(u16::from_le_bytes(get(bytes, last))));
        let own_start = offset(self.texts.len());
        self.texts.push_str(rows.texts.get(start..start + length).unwrap_or_default());
        let own = self.bytes.get_mut(base..).unwrap_or_default();
        set(own, 0, own_start.to_le_bytes());
        if !rows.wide.is_empty() {
            for slot in rows.plan.slots.iter().filter(|slot| slot.kind == ColumnKind::Decimal) {
                if Short::from_bits(u64::from_le_bytes(get(bytes, slot.at))).is_none() {
                    set(own, slot.at, packed(row.decimal_at(slot), &mut self.wide).to_le_bytes());
                }
            }
        }
        let long = rows.long.range((number, 0)..(number + 1, 0));
        self.long.extend(long.map(|((_, column), text)| ((self.count, *column), text.clone())));
        self.count += 1;
    }

    /// Adds all rows of others with the same columns.
    pub(super) fn append(&mut self, others: &Self) {
        if !others.wide.is_empty() || !others.long.is_empty() {
            (0..others.count).for_each(|number| self.push_row(others.row(number)));
            return;
        }
        let (base, shift) = (self.bytes.len(), offset(self.texts.len()));
        self.bytes.extend_from_slice(&others.bytes);
        self.texts.push_str(&others.texts);
        for row in self.bytes.get_mut(base..).unwrap_or_default().chunks_exact_mut(self.plan.stride.max(1)) {
            let start = u32::from_le_bytes(get(row, 0));
            set(row, 0, start.wrapping_add(shift).to_le_bytes());
        }
        self.count += others.count;
    }

    /// Forgets all rows and keeps their memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.texts.clear();
        self.wide.clear();
        self.long.clear();
        self.count = 0;
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether another row may not fit any more, since places within the texts are kept in 32 bits.
    pub(super) fn is_full(&self) -> bool {
        self.texts.len() > FULL_BYTES
    }

    /// One row.
    pub fn row(&self, number: usize) -> Row<'_> {
        let start = number * self.plan.stride;
        Row::new(self, number, self.bytes.get(start..start + self.plan.stride).unwrap_or_default())
    }
}

/// A row whose cells are being pushed.
pub struct Draft<'r> {
    slots: std::iter::Enumerate<std::slice::Iter<'r, Slot>>,
    row: &'r mut [u8],
    texts: &'r mut String,
    wide: &'r mut Vec<Decimal>,
    long: &'r mut BTreeMap<(usize, usize), Box<str>>,
    number: usize,
    /// Where the row's texts start.
    start: usize,
}

impl Draft<'_> {
    /// Adds the cell of the next column. One of another kind than the column's is kept as empty.
    #[inline]
    pub fn push(&mut self, cell: Cell<'_>) {
        let Some((column, slot)) = self.slots.next() else { return };
        let fits = match (slot.kind, cell) {
            (ColumnKind::Text, Cell::Text(text)) => self.push_text(column, text),
            (ColumnKind::List, Cell::List(list)) => self.push_text(column, list.as_str()),
            (ColumnKind::Decimal, Cell::Decimal(decimal)) => {
                set(self.row, slot.at, packed(decimal, self.wide).to_le_bytes())
            }
            (ColumnKind::Date, Cell::Date(date)) => set(self.row, slot.at, date.num_days_from_ce().to_le_bytes()),
            (ColumnKind::Integer, Cell::Integer(integer)) => set(self.row, slot.at, integer.to_le_bytes()),
            (ColumnKind::Boolean, Cell::Boolean(boolean)) => set(self.row, slot.at, [u8::from(boolean)]),
            _ => false,
        };
        if slot.kind.is_among_texts() {
            // What goes on beyond this stands in a list of its own.
            #[expect(clippy::cast_possible_truncation, reason = "the texts of a row end within 16 bits")]
            let end = (self.texts.len() - self.start) as u16;
            set(self.row, slot.at, end.to_le_bytes());
        }
        if fits && let Some(bits) = self.row.get_mut(slot.filled.0) {
            *bits |= slot.filled.1;
        }
    }

    #[inline]
    fn push_text(&mut self, column: usize, text: &str) -> bool {
        if self.texts.len() - self.start + text.len() > usize::from(u16::MAX) {
            self.long.insert((self.number, column), text.into());
        } else {
            self.texts.push_str(text);
        }
        true
    }
}

impl Drop for Draft<'_> {
    /// Columns that were left out are empty, and their texts end where they start.
    fn drop(&mut self) {
        while self.slots.len() > 0 {
            self.push(Cell::Empty);
        }
    }
}

/// Texts of a row are at most as long as the row, which readers bound far below this.
const FULL_BYTES: usize = 1 << 30;

fn offset(texts: usize) -> u32 {
    // INVARIANT: `is_full` is asked before a row is added, and a row is bounded.
    u32::try_from(texts).unwrap_or(u32::MAX)
}

/// The bits of a short decimal; another goes to the wide ones.
fn packed(decimal: Decimal, wide: &mut Vec<Decimal>) -> u64 {
    Short::of(decimal).map_or_else(
        || {
            wide.push(decimal);
            Short::marked(wide.len() as u64 - 1)
        },
        Short::bits,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::parse_iso, claim::Value, money::parse_decimal};

    const KINDS: [ColumnKind; 5] =
        [ColumnKind::Text, ColumnKind::Integer, ColumnKind::Decimal, ColumnKind::Text, ColumnKind::Date];

    #[test]
    fn cells_come_back_by_row_and_column() {
        let mut rows = Rows::new(KINDS);
        let date = parse_iso("2026-07-01").unwrap();
        rows.push([Cell::Text("A"), Cell::Integer(i64::MIN), Cell::Empty, Cell::Text("é"), Cell::Date(date)]);
        rows.push([Cell::Empty, Cell::Integer(-1), Cell::Decimal(Decimal::ONE), Cell::Text("")]);
        let first = rows.row(0);
        assert_eq!(
            (first.value(0), first.value(3), first.value(4)),
            (Value::Text("A"), Value::Text("é"), Value::Date(date))
        );
        assert_eq!((first.integer(1), first.value(2)), (Some(i64::MIN), Value::Nothing));
        let second = rows.row(1);
        assert_eq!((second.value(0), second.integer(1), second.text(3)), (Value::Nothing, Some(-1), Some("")));
        assert_eq!((second.value(4), rows.count()), (Value::Nothing, 2));
    }

    #[test]
    fn a_decimal_keeps_every_digit_and_place_also_in_other_rows() {
        let texts =
            ["0.00", "-0.00", "1.10", "-36028797018963967", "36028797018963968.5", "7.9228162514264337593543950335"];
        let mut rows = Rows::new([ColumnKind::Decimal]);
        for text in texts {
            rows.push([Cell::Decimal(parse_decimal(text).unwrap())]);
        }
        let mut others = Rows::new([ColumnKind::Decimal]);
        (0..texts.len()).rev().for_each(|number| others.push_row(rows.row(number)));
        for (number, text) in texts.iter().enumerate() {
            let expected = parse_decimal(text).unwrap().to_string();
            assert_eq!(rows.row(number).number(0).unwrap().to_string(), expected);
            assert_eq!(others.row(texts.len() - 1 - number).number(0).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn texts_of_any_length_are_kept() {
        let (short, long) = ("s".repeat(40_000), "l".repeat(70_000));
        let mut rows = Rows::new([ColumnKind::Text; 4]);
        rows.push([Cell::Text("a"), Cell::Text(&short), Cell::Text(&long), Cell::Text("b")]);
        rows.push([Cell::Text(&short), Cell::Text(&short), Cell::Empty, Cell::Text("c")]);
        let mut others = Rows::new([ColumnKind::Text; 4]);
        others.push_row(rows.row(1));
        others.push_row(rows.row(0));
        for (first, second) in [(rows.row(0), rows.row(1)), (others.row(1), others.row(0))] {
            let texts = |row: Row<'_>| (0..4).map(|column| row.text(column).map(str::len)).collect::<Vec<_>>();
            assert_eq!(texts(first), [Some(1), Some(40_000), Some(70_000), Some(1)]);
            assert_eq!(texts(second), [Some(40_000), Some(40_000), None, Some(1)]);
        }
    }

    #[test]
    fn more_columns_than_a_byte_has_bits_are_kept_apart() {
        let mut rows = Rows::new([ColumnKind::Boolean; 40]);
        rows.push((0..40).map(|column| if column % 3 == 0 { Cell::Boolean(true) } else { Cell::Empty }));
        assert!((0..40).all(|column| rows.row(0).boolean(column) == (column % 3 == 0).then_some(true)));
    }
}
