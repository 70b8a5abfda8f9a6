//! One row of typed cells.

use bumpalo::Bump;

use super::{
    Cell, PackedList, Rows, Value,
    list::unpack,
    plan::{ColumnKind, Slot, get},
};
use crate::{
    calendar::Date,
    money::{Decimal, Short},
};

/// A view of one row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub(super) rows: &'a Rows,
    pub(super) number: usize,
    pub(super) bytes: &'a [u8],
}

impl<'a> Row<'a> {
    pub(super) const fn new(rows: &'a Rows, number: usize, bytes: &'a [u8]) -> Self {
        Self { rows, number, bytes }
    }

    /// The value of a column as rules see it; nothing where the cell is empty. A list is laid out in the scratch space.
    #[inline]
    pub fn value_in(&self, column: usize, scratch: &'a Bump) -> Value<'a> {
        match self.filled(column) {
            Some(slot) if slot.kind == ColumnKind::List => Value::List(unpack(self.text_at(column, slot), scratch)),
            Some(slot) => self.value_at(column, slot),
            None => Value::Nothing,
        }
    }

    /// The value of a column; nothing where the cell is empty. A list is the text that it is packed into, which is the
    /// same for the same values.
    #[inline]
    pub fn value(&self, column: usize) -> Value<'a> {
        self.filled(column).map_or(Value::Nothing, |slot| self.value_at(column, slot))
    }

    #[inline]
    fn value_at(&self, column: usize, slot: &Slot) -> Value<'a> {
        match slot.kind {
            ColumnKind::Boolean => Value::Boolean(self.boolean_at(slot)),
            ColumnKind::Integer => Value::Integer(self.integer_at(slot)),
            ColumnKind::Decimal => Value::Decimal(self.decimal_at(slot)),
            ColumnKind::Text | ColumnKind::List => Value::Text(self.text_at(column, slot)),
            ColumnKind::Date => Value::Date(self.date_at(slot)),
        }
    }

    /// The cell of a column.
    pub fn cell(&self, column: usize) -> Cell<'a> {
        match self.filled(column) {
            Some(slot) if slot.kind == ColumnKind::List => {
                Cell::List(PackedList::of_packed(self.text_at(column, slot)))
            }
            _ => self.value(column).cell().unwrap_or(Cell::Empty),
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
            ColumnKind::Boolean | ColumnKind::Text | ColumnKind::Date | ColumnKind::List => None,
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
    pub(super) fn decimal_at(&self, slot: &Slot) -> Decimal {
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
    pub(super) fn texts_start(&self) -> usize {
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
