//! The claims of one file: rows, the line that each stands on, and what could not be read of them.

use std::{collections::BTreeMap, sync::Arc};

use super::{Cell, ColumnKind, Deficiency, Origin, Row, Rows, TooManyTexts, Value};

/// The claims of one file, in the order of its lines.
#[derive(Debug)]
pub struct Claims {
    rows: Rows,
    file: Arc<str>,
    lines: Vec<u64>,
    deficiencies: BTreeMap<usize, Vec<Deficiency>>,
}

impl Claims {
    /// No claims yet, of a file and columns of these kinds.
    pub fn new(file: impl Into<Arc<str>>, kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        Self { rows: Rows::new(kinds), file: file.into(), lines: Vec::new(), deficiencies: BTreeMap::new() }
    }

    /// Adds a row with the line it stands on and what could not be read of it.
    pub fn push<'t>(
        &mut self,
        line: u64,
        cells: impl IntoIterator<Item = Cell<'t>>,
        deficiencies: Vec<Deficiency>,
    ) -> Result<(), TooManyTexts> {
        if !deficiencies.is_empty() {
            self.deficiencies.insert(self.rows.count(), deficiencies);
        }
        self.lines.push(line);
        self.rows.push(cells)
    }

    /// How many claims there are.
    pub fn count(&self) -> usize {
        self.rows.count()
    }

    /// One claim by its number, from 0.
    pub fn claim(&self, number: usize) -> Claim<'_> {
        Claim { claims: self, row: self.rows.row(number) }
    }

    /// The place of each claim in the order of a field's values.
    pub fn ranks(&self, field: usize) -> Vec<u32> {
        self.rows.ranks(field)
    }

    /// All claims in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Claim<'_>> {
        (0..self.count()).map(|number| self.claim(number))
    }

    /// What could not be read, by claim.
    pub fn deficiencies(&self) -> impl Iterator<Item = (Claim<'_>, &[Deficiency])> {
        self.deficiencies.iter().map(|(number, list)| (self.claim(*number), list.as_slice()))
    }
}

/// A view of one claim.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    claims: &'a Claims,
    row: Row<'a>,
}

impl<'a> Claim<'a> {
    /// Its number, from 0.
    pub fn number(&self) -> usize {
        self.row.number()
    }

    /// Its cells.
    pub fn row(&self) -> Row<'a> {
        self.row
    }

    /// The value of a field; nothing where the cell is empty or can't be read.
    pub fn value(&self, field: usize) -> Value<'a> {
        self.row.value(field)
    }

    /// Where it stands.
    pub fn origin(&self) -> Origin {
        let line = self.claims.lines.get(self.number()).copied().unwrap_or(0);
        Origin { file: Arc::clone(&self.claims.file), sheet: None, line }
    }

    /// What could not be read of it.
    pub fn deficiencies(&self) -> &'a [Deficiency] {
        self.claims.deficiencies.get(&self.number()).map_or(&[], Vec::as_slice)
    }
}
