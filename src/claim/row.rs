//! Rows of typed cells, packed one behind the other, so that a million of them fit in memory and one of them in two lines
//! of a processor's cache. Both claims and tables are rows.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::Value;
use crate::{
    calendar::Date,
    money::{Decimal, Short},
};

/// The kinds of cell that a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// True or false.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Exact decimals.
    Decimal,
    /// Text as written.
    Text,
    /// Civil dates.
    Date,
}

impl ColumnKind {
    /// How many bytes of a row a cell takes.
    const fn bytes(self) -> usize {
        match self {
            Self::Boolean => 1,
            Self::Text => 2,
            Self::Date => 4,
            Self::Integer | Self::Decimal => 8,
        }
    }
}

/// A cell before it is laid into its row.
#[derive(Debug, Clone, Copy, PartialEq)]
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
}

/// Where a column stands in every row.
#[derive(Debug, Clone, Copy)]
struct Slot {
    kind: ColumnKind,
    /// The first byte of the cell. A text's is where it ends, counted from the start of the row's texts.
    at: usize,
    /// For a text: where the text before it says that it ends; `None` for the first.
    before: Option<usize>,
    /// The byte and the bit that say whether the cell is filled.
    filled: (usize, u8),
}

/// How rows of some columns are laid out: first where the row's texts start, then the bits of filled cells, then the
/// cells.
#[derive(Debug, Clone, Default)]
struct Plan {
    slots: Vec<Slot>,
    /// Where the last text says that it ends.
    last_text: Option<usize>,
    /// Bytes of one row.
    stride: usize,
}

/// The bytes that say where a row's texts start.
const START_BYTES: usize = 4;

impl Plan {
    fn new(kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        let kinds: Vec<ColumnKind> = kinds.into_iter().collect();
        let (mut at, mut last_text) = (START_BYTES + kinds.len().div_ceil(8), None);
        let slots = kinds.into_iter().enumerate().map(|(column, kind)| {
            let slot = Slot { kind, at, before: last_text, filled: (START_BYTES + column / 8, 1 << (column % 8)) };
            if kind == ColumnKind::Text {
                last_text = Some(at);
            }
            at += kind.bytes();
            slot
        });
        let slots = slots.collect();
        Self { slots, last_text, stride: at }
    }
}

/// Rows of typed cells.
#[derive(Debug, Default)]
pub struct Rows {
    plan: Plan,
    bytes: Vec<u8>,
    texts: String,
    wide: Vec<Decimal>,
    /// Texts beyond the reach of a row, by row and column.
    long: BTreeMap<(usize, usize), Box<str>>,
    count: usize,
}

impl Rows {
    /// No rows, of no columns.
    pub(super) const NONE: Self = Self {
        plan: Plan { slots: Vec::new(), last_text: None, stride: 0 },
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
        Row { rows: self, number, bytes: self.bytes.get(start..start + self.plan.stride).unwrap_or_default() }
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
            (ColumnKind::Decimal, Cell::Decimal(decimal)) => {
                set(self.row, slot.at, packed(decimal, self.wide).to_le_bytes())
            }
            (ColumnKind::Date, Cell::Date(date)) => set(self.row, slot.at, date.num_days_from_ce().to_le_bytes()),
            (ColumnKind::Integer, Cell::Integer(integer)) => set(self.row, slot.at, integer.to_le_bytes()),
            (ColumnKind::Boolean, Cell::Boolean(boolean)) => set(self.row, slot.at, [u8::from(boolean)]),
            _ => false,
        };
        if slot.kind == ColumnKind::Text {
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

#[inline]
fn set<const N: usize>(row: &mut [u8], at: usize, value: [u8; N]) -> bool {
    row.get_mut(at..at + N).map(|cell| cell.copy_from_slice(&value)).is_some()
}

#[inline]
fn get<const N: usize>(row: &[u8], at: usize) -> [u8; N] {
    row.get(at..at + N).and_then(|cell| cell.try_into().ok()).unwrap_or([0; N])
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

/// A view of one row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    number: usize,
    bytes: &'a [u8],
}

impl<'a> Row<'a> {
    /// The value of a column; nothing where the cell is empty.
    #[inline]
    pub fn value(&self, column: usize) -> Value<'a> {
        let Some(slot) = self.filled(column) else { return Value::Nothing };
        match slot.kind {
            ColumnKind::Boolean => Value::Boolean(self.boolean_at(slot)),
            ColumnKind::Integer => Value::Integer(self.integer_at(slot)),
            ColumnKind::Decimal => Value::Decimal(self.decimal_at(slot)),
            ColumnKind::Text => Value::Text(self.text_at(column, slot)),
            ColumnKind::Date => Value::Date(self.date_at(slot)),
        }
    }

    /// Hands out the canonical bytes of a cell, as [`Value::encode`] does.
    #[inline]
    pub fn encode(&self, column: usize, put: &mut impl FnMut(&[u8])) {
        match self.filled(column) {
            Some(slot) if slot.kind == ColumnKind::Text => Value::Text(self.text_at(column, slot)).encode(put),
            _ => self.value(column).encode(put),
        }
    }

    /// Whether the cell of a column is filled.
    #[inline]
    pub fn is_filled(&self, column: usize) -> bool {
        self.filled(column).is_some()
    }

    /// The cell of a column of booleans.
    #[inline]
    pub fn boolean(&self, column: usize) -> Option<bool> {
        self.filled(column).map(|slot| self.boolean_at(slot))
    }

    /// The cell of a column of whole numbers.
    #[inline]
    pub fn integer(&self, column: usize) -> Option<i64> {
        self.filled(column).map(|slot| self.integer_at(slot))
    }

    /// The cell of a column of numbers; a whole one widens exactly.
    #[inline]
    pub fn number(&self, column: usize) -> Option<Decimal> {
        let slot = self.filled(column)?;
        match slot.kind {
            ColumnKind::Decimal => Some(self.decimal_at(slot)),
            ColumnKind::Integer => Some(Decimal::from(self.integer_at(slot))),
            ColumnKind::Boolean | ColumnKind::Text | ColumnKind::Date => None,
        }
    }

    /// The cell of a column of decimals, where it is short.
    #[inline]
    pub fn short(&self, column: usize) -> Option<Short> {
        let slot = self.filled(column).filter(|slot| slot.kind == ColumnKind::Decimal)?;
        Short::from_bits(u64::from_le_bytes(get(self.bytes, slot.at)))
    }

    /// The cell of a column of texts.
    #[inline]
    pub fn text(&self, column: usize) -> Option<&'a str> {
        self.filled(column).map(|slot| self.text_at(column, slot))
    }

    /// The cell of a column of dates.
    #[inline]
    pub fn date(&self, column: usize) -> Option<Date> {
        self.filled(column).map(|slot| self.date_at(slot))
    }

    /// The number of the day in the cell of a column of dates, counted from the first of the calendar's first year.
    #[inline]
    pub fn day(&self, column: usize) -> Option<i64> {
        self.filled(column).map(|slot| i64::from(i32::from_le_bytes(get(self.bytes, slot.at))))
    }

    #[inline]
    fn filled(&self, column: usize) -> Option<&'a Slot> {
        let slot = self.rows.plan.slots.get(column)?;
        let bits = self.bytes.get(slot.filled.0)?;
        (bits & slot.filled.1 != 0).then_some(slot)
    }

    #[inline]
    fn boolean_at(&self, slot: &Slot) -> bool {
        get(self.bytes, slot.at) != [0]
    }

    #[inline]
    fn integer_at(&self, slot: &Slot) -> i64 {
        i64::from_le_bytes(get(self.bytes, slot.at))
    }

    #[inline]
    fn decimal_at(&self, slot: &Slot) -> Decimal {
        let bits = u64::from_le_bytes(get(self.bytes, slot.at));
        Short::from_bits(bits).map_or_else(
            || {
                let number = usize::try_from(Short::mark(bits)).unwrap_or(usize::MAX);
                self.rows.wide.get(number).copied().unwrap_or_default()
            },
            Short::decimal,
        )
    }

    #[inline]
    fn texts_start(&self) -> usize {
        u32::from_le_bytes(get(self.bytes, 0)) as usize
    }

    #[inline]
    fn text_at(&self, column: usize, slot: &Slot) -> &'a str {
        if !self.rows.long.is_empty()
            && let Some(text) = self.rows.long.get(&(self.number, column))
        {
            return text;
        }
        let end = |at: usize| usize::from(u16::from_le_bytes(get(self.bytes, at)));
        let base = self.texts_start();
        self.rows.texts.get(base + slot.before.map_or(0, end)..base + end(slot.at)).unwrap_or_default()
    }

    #[inline]
    fn date_at(&self, slot: &Slot) -> Date {
        Date::from_num_days_from_ce_opt(i32::from_le_bytes(get(self.bytes, slot.at))).unwrap_or(Date::MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::parse_iso, money::parse_decimal};

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
