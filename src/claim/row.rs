//! Rows kept by column, so that half a million of them fit in memory. Both claims and tables are rows.

use super::{TextId, Texts, Value, text::TooManyTexts};
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

/// A cell before it is laid into its column.
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

/// The cells of one field. An empty cell holds a placeholder and is marked in `filled`.
#[derive(Debug)]
pub struct Column {
    filled: Vec<bool>,
    cells: Cells,
}

#[derive(Debug)]
enum Cells {
    Boolean(Vec<bool>),
    Integer(Vec<i64>),
    Decimal(Vec<Decimal>),
    Text(Vec<Option<TextId>>),
    Date(Vec<Date>),
}

impl Column {
    fn new(kind: ColumnKind) -> Self {
        let cells = match kind {
            ColumnKind::Boolean => Cells::Boolean(Vec::new()),
            ColumnKind::Integer => Cells::Integer(Vec::new()),
            ColumnKind::Decimal => Cells::Decimal(Vec::new()),
            ColumnKind::Text => Cells::Text(Vec::new()),
            ColumnKind::Date => Cells::Date(Vec::new()),
        };
        Self { filled: Vec::new(), cells }
    }

    fn push(&mut self, cell: Cell<'_>, texts: &mut Texts) -> Result<(), TooManyTexts> {
        let fits = match (&mut self.cells, cell) {
            (Cells::Boolean(cells), Cell::Boolean(boolean)) => push(cells, boolean),
            (Cells::Integer(cells), Cell::Integer(integer)) => push(cells, integer),
            (Cells::Decimal(cells), Cell::Decimal(decimal)) => push(cells, decimal),
            (Cells::Text(cells), Cell::Text(text)) => push(cells, Some(texts.keep(text)?)),
            (Cells::Date(cells), Cell::Date(date)) => push(cells, date),
            (Cells::Boolean(cells), _) => !push(cells, false),
            (Cells::Integer(cells), _) => !push(cells, 0),
            (Cells::Decimal(cells), _) => !push(cells, Decimal::ZERO),
            (Cells::Text(cells), _) => !push(cells, None),
            (Cells::Date(cells), _) => !push(cells, Date::MIN),
        };
        self.filled.push(fits);
        Ok(())
    }

    fn value<'a>(&'a self, row: usize, texts: &'a Texts) -> Value<'a> {
        if self.filled.get(row) != Some(&true) {
            return Value::Nothing;
        }
        let value = match &self.cells {
            Cells::Boolean(cells) => cells.get(row).map(|cell| Value::Boolean(*cell)),
            Cells::Integer(cells) => cells.get(row).map(|cell| Value::Integer(*cell)),
            Cells::Decimal(cells) => cells.get(row).map(|cell| Value::Decimal(*cell)),
            Cells::Text(cells) => cells.get(row).and_then(|cell| cell.map(|text| Value::Text(texts.get(text)))),
            Cells::Date(cells) => cells.get(row).map(|cell| Value::Date(*cell)),
        };
        value.unwrap_or(Value::Nothing)
    }
}

fn push<T>(cells: &mut Vec<T>, cell: T) -> bool {
    cells.push(cell);
    true
}

/// Rows of typed cells, by column.
#[derive(Debug, Default)]
pub struct Rows {
    columns: Vec<Column>,
    texts: Texts,
    count: usize,
}

impl Rows {
    /// No rows yet, of columns of these kinds.
    pub fn new(kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        Self { columns: kinds.into_iter().map(Column::new).collect(), texts: Texts::default(), count: 0 }
    }

    /// Adds a row. A cell of another kind than its column's is kept as empty; there are as many cells as columns.
    pub fn push<'t>(&mut self, cells: impl IntoIterator<Item = Cell<'t>>) -> Result<(), TooManyTexts> {
        let mut cells = cells.into_iter();
        for column in &mut self.columns {
            column.push(cells.next().unwrap_or(Cell::Empty), &mut self.texts)?;
        }
        self.count += 1;
        Ok(())
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// One row.
    pub fn row(&self, row: usize) -> Row<'_> {
        Row { rows: self, row }
    }

    /// The place of each row's cell in the order of a column's values, equal ones at the same place; empty cells first.
    /// Comparing places is comparing cells, without a look at texts that lie far apart.
    pub fn ranks(&self, column: usize) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..).take(self.count).collect();
        let value = |row: u32| self.row(row as usize).value(column);
        if let Some(Column { filled, cells: Cells::Text(cells) }) = self.columns.get(column) {
            let places = self.texts.places();
            let place = |cell: &Option<TextId>| cell.and_then(|text| places.get(text.number()).copied()).unwrap_or(0);
            return cells.iter().zip(filled).map(|(cell, filled)| if *filled { place(cell) + 1 } else { 0 }).collect();
        }
        rows.sort_unstable_by(|left, right| value(*left).order(&value(*right)));
        let (mut ranks, mut rank, mut before) = (vec![0; self.count], 0, None);
        for row in rows {
            let value = value(row);
            if before.is_some_and(|before: Value<'_>| before.order(&value).is_ne()) {
                rank += 1;
            }
            before = Some(value);
            if let Some(place) = ranks.get_mut(row as usize) {
                *place = rank;
            }
        }
        ranks
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.count).map(|row| self.row(row))
    }
}

/// A view of one row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    row: usize,
}

impl<'a> Row<'a> {
    /// Its number, from 0.
    pub fn number(&self) -> usize {
        self.row
    }

    /// The value of a column; nothing where the cell is empty.
    pub fn value(&self, column: usize) -> Value<'a> {
        self.rows.columns.get(column).map_or(Value::Nothing, |column| column.value(self.row, &self.rows.texts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_by_row_and_column() {
        let mut rows = Rows::new([ColumnKind::Text, ColumnKind::Integer]);
        rows.push([Cell::Text("A"), Cell::Integer(7)]).unwrap();
        rows.push([Cell::Empty, Cell::Integer(-1)]).unwrap();
        assert_eq!(rows.row(0).value(0), Value::Text("A"));
        assert_eq!(rows.row(1).value(0), Value::Nothing);
        assert_eq!(rows.row(1).value(1), Value::Integer(-1));
        assert_eq!(rows.count(), 2);
    }
}
