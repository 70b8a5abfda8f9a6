//! Rows of typed cells, packed one behind the other, so that a million of them fit in memory and one of them in two lines
//! of a processor's cache. Both claims and tables are rows.

use chrono::Datelike;

use super::Value;
use crate::{calendar::Date, money::Decimal};

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
    /// How many words of a row a cell takes.
    const fn words(self) -> usize {
        match self {
            Self::Boolean | Self::Text | Self::Date => 1,
            Self::Integer | Self::Decimal => 2,
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
    /// The first word of the cell.
    word: usize,
    /// For a text: the word that says where it starts, which is the end of the text before it.
    start: usize,
    /// The word and the bit that say whether the cell is filled.
    filled: (usize, u32),
}

/// How rows of some columns are laid out: first the bits of filled cells, then where the row's texts start, then the
/// cells. A text is kept as where it ends.
#[derive(Debug, Clone, Default)]
struct Plan {
    slots: Vec<Slot>,
    /// The word that says where the row's texts start.
    texts: usize,
    /// Words of one row.
    stride: usize,
}

impl Plan {
    fn new(kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        let kinds: Vec<ColumnKind> = kinds.into_iter().collect();
        let texts = kinds.len().div_ceil(BITS);
        let (mut word, mut start) = (texts + 1, texts);
        let slots = kinds.into_iter().enumerate().map(|(column, kind)| {
            let filled = (column / BITS, 1 << (column % BITS));
            let slot = Slot { kind, word, start, filled };
            if kind == ColumnKind::Text {
                start = word;
            }
            word += kind.words();
            slot
        });
        let slots = slots.collect();
        Self { slots, texts, stride: word }
    }
}

const BITS: usize = u32::BITS as usize;
/// Marks a decimal that doesn't fit into its two words and stands in a list of its own.
const WIDE: u64 = 0xFF;

/// Rows of typed cells.
#[derive(Debug, Default)]
pub struct Rows {
    plan: Plan,
    words: Vec<u32>,
    texts: String,
    wide: Vec<Decimal>,
    count: usize,
}

impl Rows {
    /// No rows, of no columns.
    pub(super) const NONE: Self = Self {
        plan: Plan { slots: Vec::new(), texts: 0, stride: 0 },
        words: Vec::new(),
        texts: String::new(),
        wide: Vec::new(),
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
        let base = self.words.len();
        self.words.resize(base + self.plan.stride, 0);
        let start = offset(&self.texts);
        let Self { plan, words, texts, wide, count } = self;
        *count += 1;
        let row = words.get_mut(base..).unwrap_or_default();
        set(row, plan.texts, start);
        Draft { slots: plan.slots.iter(), row, texts, wide }
    }

    /// Adds a row of others with the same columns.
    pub fn push_row(&mut self, row: Row<'_>) {
        let base = self.words.len();
        self.words.extend_from_slice(row.words);
        let texts = &self.plan.texts;
        let start = word(row.words, *texts);
        let end = row.rows.plan.slots.iter().rev().find(|slot| slot.kind == ColumnKind::Text);
        let end = end.map_or(start, |slot| word(row.words, slot.word));
        let shift = offset(&self.texts).wrapping_sub(start);
        self.texts.push_str(row.rows.texts.get(start as usize..end as usize).unwrap_or_default());
        let Some(own) = self.words.get_mut(base..) else { return };
        set(own, *texts, start.wrapping_add(shift));
        for slot in &self.plan.slots {
            match slot.kind {
                ColumnKind::Text => set(own, slot.word, word(own, slot.word).wrapping_add(shift)),
                ColumnKind::Decimal if long(own, slot.word) & WIDE == WIDE => {
                    let decimal = row.decimal_at(slot);
                    set_long(own, slot.word, packed(decimal, &mut self.wide))
                }
                _ => true,
            };
        }
        self.count += 1;
    }

    /// Forgets all rows and keeps their memory.
    pub fn clear(&mut self) {
        self.words.clear();
        self.texts.clear();
        self.wide.clear();
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
        Row { rows: self, words: self.words.get(start..start + self.plan.stride).unwrap_or_default() }
    }
}

/// A row whose cells are being pushed.
pub struct Draft<'r> {
    slots: std::slice::Iter<'r, Slot>,
    row: &'r mut [u32],
    texts: &'r mut String,
    wide: &'r mut Vec<Decimal>,
}

impl Draft<'_> {
    /// Adds the cell of the next column. One of another kind than the column's is kept as empty.
    pub fn push(&mut self, cell: Cell<'_>) {
        let Some(slot) = self.slots.next() else { return };
        let row = &mut *self.row;
        let fits = match (slot.kind, cell) {
            (ColumnKind::Boolean, Cell::Boolean(boolean)) => set(row, slot.word, u32::from(boolean)),
            (ColumnKind::Integer, Cell::Integer(integer)) => set_long(row, slot.word, integer.cast_unsigned()),
            (ColumnKind::Decimal, Cell::Decimal(decimal)) => set_long(row, slot.word, packed(decimal, self.wide)),
            (ColumnKind::Date, Cell::Date(date)) => set(row, slot.word, date.num_days_from_ce().cast_unsigned()),
            (ColumnKind::Text, Cell::Text(text)) => {
                self.texts.push_str(text);
                true
            }
            _ => false,
        };
        if slot.kind == ColumnKind::Text {
            set(row, slot.word, offset(self.texts));
        }
        if let Some(bits) = row.get_mut(slot.filled.0).filter(|_| fits) {
            *bits |= slot.filled.1;
        }
    }
}

impl Drop for Draft<'_> {
    /// Columns that were left out are empty, and their texts end where they start.
    fn drop(&mut self) {
        while !self.slots.as_slice().is_empty() {
            self.push(Cell::Empty);
        }
    }
}

/// Texts of a row are at most as long as the row, which readers bound far below this.
const FULL_BYTES: usize = 1 << 30;

fn offset(texts: &str) -> u32 {
    // INVARIANT: `is_full` is asked before a row is added, and a row is bounded.
    u32::try_from(texts.len()).unwrap_or(u32::MAX)
}

fn set(row: &mut [u32], word: usize, value: u32) -> bool {
    row.get_mut(word).map(|cell| *cell = value).is_some()
}

#[expect(clippy::cast_possible_truncation, reason = "a long is kept as its lower and its upper half")]
fn set_long(row: &mut [u32], word: usize, value: u64) -> bool {
    set(row, word, value as u32) && set(row, word + 1, (value >> 32) as u32)
}

fn word(row: &[u32], word: usize) -> u32 {
    row.get(word).copied().unwrap_or(0)
}

fn long(row: &[u32], at: usize) -> u64 {
    match row.get(at..at + 2) {
        Some([low, high]) => u64::from(*low) | u64::from(*high) << 32,
        _ => 0,
    }
}

/// A decimal as 56 bits of its digits and 8 of its places; one that needs more goes to the wide ones.
fn packed(decimal: Decimal, wide: &mut Vec<Decimal>) -> u64 {
    let digits = decimal.mantissa();
    // Minus zero has no digits to carry the sign.
    let fits = digits.unsigned_abs() < 1 << 55 && (digits != 0 || decimal.is_sign_positive());
    match i64::try_from(digits) {
        Ok(digits) if fits => (digits << 8).cast_unsigned() | u64::from(decimal.scale()),
        _ => {
            wide.push(decimal);
            (wide.len() as u64 - 1) << 8 | WIDE
        }
    }
}

/// A view of one row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    words: &'a [u32],
}

impl<'a> Row<'a> {
    /// The value of a column; nothing where the cell is empty.
    pub fn value(&self, column: usize) -> Value<'a> {
        let Some(slot) = self.filled(column) else { return Value::Nothing };
        match slot.kind {
            ColumnKind::Boolean => Value::Boolean(word(self.words, slot.word) != 0),
            ColumnKind::Integer => Value::Integer(long(self.words, slot.word).cast_signed()),
            ColumnKind::Decimal => Value::Decimal(self.decimal_at(slot)),
            ColumnKind::Text => Value::Text(self.text_at(slot)),
            ColumnKind::Date => Value::Date(self.date_at(slot)),
        }
    }

    /// Whether the cell of a column is filled.
    pub fn is_filled(&self, column: usize) -> bool {
        self.filled(column).is_some()
    }

    /// The cell of a column of booleans.
    pub fn boolean(&self, column: usize) -> Option<bool> {
        self.filled(column).map(|slot| word(self.words, slot.word) != 0)
    }

    /// The cell of a column of whole numbers.
    pub fn integer(&self, column: usize) -> Option<i64> {
        self.filled(column).map(|slot| long(self.words, slot.word).cast_signed())
    }

    /// The cell of a column of numbers; a whole one widens exactly.
    pub fn number(&self, column: usize) -> Option<Decimal> {
        let slot = self.filled(column)?;
        match slot.kind {
            ColumnKind::Decimal => Some(self.decimal_at(slot)),
            ColumnKind::Integer => Some(Decimal::from(long(self.words, slot.word).cast_signed())),
            ColumnKind::Boolean | ColumnKind::Text | ColumnKind::Date => None,
        }
    }

    /// The cell of a column of texts.
    pub fn text(&self, column: usize) -> Option<&'a str> {
        self.filled(column).map(|slot| self.text_at(slot))
    }

    /// The cell of a column of dates.
    pub fn date(&self, column: usize) -> Option<Date> {
        self.filled(column).map(|slot| self.date_at(slot))
    }

    fn filled(&self, column: usize) -> Option<&'a Slot> {
        let slot = self.rows.plan.slots.get(column)?;
        (word(self.words, slot.filled.0) & slot.filled.1 != 0).then_some(slot)
    }

    fn decimal_at(&self, slot: &Slot) -> Decimal {
        let packed = long(self.words, slot.word);
        if packed & WIDE == WIDE {
            let number = usize::try_from(packed >> 8).unwrap_or(usize::MAX);
            return self.rows.wide.get(number).copied().unwrap_or_default();
        }
        #[expect(clippy::cast_possible_truncation, reason = "the lowest eight bits are the places")]
        let scale = packed as u8;
        Decimal::new(packed.cast_signed() >> 8, u32::from(scale))
    }

    fn text_at(&self, slot: &Slot) -> &'a str {
        let (start, end) = (word(self.words, slot.start), word(self.words, slot.word));
        self.rows.texts.get(start as usize..end as usize).unwrap_or_default()
    }

    fn date_at(&self, slot: &Slot) -> Date {
        Date::from_num_days_from_ce_opt(word(self.words, slot.word).cast_signed()).unwrap_or(Date::MIN)
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
        assert_eq!((first.value(0), first.value(3), first.value(4)), (Value::Text("A"), Value::Text("é"), Value::Date(date)));
        assert_eq!((first.integer(1), first.value(2)), (Some(i64::MIN), Value::Nothing));
        let second = rows.row(1);
        assert_eq!((second.value(0), second.integer(1), second.text(3)), (Value::Nothing, Some(-1), Some("")));
        assert_eq!((second.value(4), rows.count()), (Value::Nothing, 2));
    }

    #[test]
    fn a_decimal_keeps_every_digit_and_place_also_in_other_rows() {
        let texts = ["0.00", "-0.00", "1.10", "-36028797018963967", "36028797018963968.5", "7.9228162514264337593543950335"];
        let mut rows = Rows::new([ColumnKind::Decimal]);
        texts.iter().for_each(|text| rows.push([Cell::Decimal(parse_decimal(text).unwrap())]));
        let mut others = Rows::new([ColumnKind::Decimal]);
        (0..texts.len()).rev().for_each(|number| others.push_row(rows.row(number)));
        for (number, text) in texts.iter().enumerate() {
            let expected = parse_decimal(text).unwrap().to_string();
            assert_eq!(rows.row(number).number(0).unwrap().to_string(), expected);
            assert_eq!(others.row(texts.len() - 1 - number).number(0).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn more_columns_than_a_word_has_bits_are_kept_apart() {
        let mut rows = Rows::new([ColumnKind::Boolean; 40]);
        rows.push((0..40).map(|column| if column % 3 == 0 { Cell::Boolean(true) } else { Cell::Empty }));
        assert!((0..40).all(|column| rows.row(0).boolean(column) == (column % 3 == 0).then_some(true)));
    }
}
