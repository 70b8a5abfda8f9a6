//! The claims of one file: rows, the line that each stands on, and what could not be read of them.

use std::{borrow::Cow, sync::Arc};

use super::{Cell, ColumnKind, Deficiency, Draft, Origin, Row, Rows, Value};

/// More rows than can be numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than four billion rows")]
pub struct TooManyRows;

/// The claims of one file, in the order of its lines.
#[derive(Debug)]
pub struct Claims {
    file: Arc<str>,
    kinds: Vec<ColumnKind>,
    parts: Vec<Part>,
    /// By the numbers of claims, in order.
    deficiencies: Vec<(u32, Vec<Deficiency>)>,
}

/// Some of the claims of a file, one behind the other.
#[derive(Debug)]
struct Part {
    rows: Rows,
    /// The number of its first claim.
    first: usize,
    /// The line from which its lines are counted.
    line: u64,
    /// The line of each claim, counted from there.
    lines: Vec<u32>,
}

impl Part {
    /// Whether there is room for all rows of another part behind these.
    fn takes(&self, behind: &Self) -> bool {
        let last = behind.lines.last().map(|line| behind.line + u64::from(*line));
        let is_near = last.and_then(|last| last.checked_sub(self.line)).is_some_and(|line| u32::try_from(line).is_ok());
        is_near && behind.line >= self.line && !self.rows.is_full()
    }

    fn append(&mut self, behind: &Self) {
        // INVARIANT: `takes` has found that every line fits.
        let shift = u32::try_from(behind.line - self.line).unwrap_or_default();
        self.lines.extend(behind.lines.iter().map(|line| line + shift));
        self.rows.append(&behind.rows);
    }
}

/// What a claim that isn't there looks like.
static NO_ROWS: Rows = Rows::NONE;

impl Claims {
    /// No claims yet, of a file and columns of these kinds.
    pub fn new(file: impl Into<Arc<str>>, kinds: impl IntoIterator<Item = ColumnKind>) -> Self {
        let kinds = kinds.into_iter().collect();
        Self { file: file.into(), kinds, parts: Vec::new(), deficiencies: Vec::new() }
    }

    /// Adds a row with the line it stands on and what could not be read of it.
    pub fn push<'t>(
        &mut self,
        line: u64,
        cells: impl IntoIterator<Item = Cell<'t>>,
        deficiencies: Vec<Deficiency>,
    ) -> Result<(), TooManyRows> {
        let mut draft = self.draft(line)?;
        cells.into_iter().for_each(|cell| draft.push(cell));
        drop(draft);
        self.blame(deficiencies)
    }

    /// Begins a row that stands on a line.
    pub fn draft(&mut self, line: u64) -> Result<Draft<'_>, TooManyRows> {
        let reach = |part: &Part| u32::try_from(line.checked_sub(part.line)?).ok();
        let goes_on = self.parts.last().is_some_and(|part| !part.rows.is_full() && reach(part).is_some());
        if !goes_on {
            let first = self.count();
            u32::try_from(first).map_err(|_| TooManyRows)?;
            self.parts.push(Part { rows: self.empty_rows(), first, line, lines: Vec::new() });
        }
        let part = self.parts.last_mut().ok_or(TooManyRows)?;
        part.lines.push(reach(part).ok_or(TooManyRows)?);
        Ok(part.rows.draft())
    }

    /// Says what could not be read of the last row.
    pub fn blame(&mut self, deficiencies: Vec<Deficiency>) -> Result<(), TooManyRows> {
        if !deficiencies.is_empty() {
            let last = u32::try_from(self.count().saturating_sub(1)).map_err(|_| TooManyRows)?;
            self.deficiencies.push((last, deficiencies));
        }
        Ok(())
    }

    /// Adds all claims of a piece of the same file that stands behind this one.
    pub fn append(&mut self, piece: Self) -> Result<(), TooManyRows> {
        let count = self.count();
        u32::try_from(count + piece.count()).map_err(|_| TooManyRows)?;
        let shift = u32::try_from(count).map_err(|_| TooManyRows)?;
        self.deficiencies.extend(piece.deficiencies.into_iter().map(|(number, list)| (number + shift, list)));
        for part in piece.parts {
            match self.parts.last_mut() {
                // Few parts are found faster than many.
                Some(last) if last.takes(&part) => last.append(&part),
                _ => self.parts.push(Part { first: part.first + count, ..part }),
            }
        }
        Ok(())
    }

    /// How many claims there are.
    pub fn count(&self) -> usize {
        self.parts.last().map_or(0, |part| part.first + part.rows.count())
    }

    /// The rows of nobody yet, of the same columns.
    pub fn empty_rows(&self) -> Rows {
        Rows::new(self.kinds.iter().copied())
    }

    /// One claim by its number, from 0.
    pub fn claim(&self, number: usize) -> Claim<'_> {
        let behind = self.parts.partition_point(|part| part.first <= number);
        match behind.checked_sub(1).and_then(|part| self.parts.get(part)) {
            Some(part) => self.view(part, number),
            None => Claim { claims: self, row: NO_ROWS.row(0), number, line: 0, deficiencies: &[] },
        }
    }

    /// The claim that stands on a line.
    pub fn on_line(&self, line: u64) -> Option<Claim<'_>> {
        let behind = self.parts.partition_point(|part| part.line <= line);
        let part = behind.checked_sub(1).and_then(|part| self.parts.get(part))?;
        let line = u32::try_from(line - part.line).ok()?;
        // Where every row has one line, that is its place; where some have more, it stands before.
        let place = line as usize;
        let within = match part.lines.get(place) == Some(&line) {
            true => place,
            false => part.lines.binary_search(&line).ok()?,
        };
        Some(self.view(part, part.first + within))
    }

    fn view<'a>(&'a self, part: &'a Part, number: usize) -> Claim<'a> {
        let within = number.saturating_sub(part.first);
        let line = part.line + part.lines.get(within).map_or(0, |line| u64::from(*line));
        Claim { claims: self, row: part.rows.row(within), number, line, deficiencies: self.blamed(number) }
    }

    fn blamed(&self, number: usize) -> &[Deficiency] {
        let found = self.deficiencies.binary_search_by_key(&number, |(blamed, _)| *blamed as usize);
        found.ok().and_then(|found| self.deficiencies.get(found)).map_or(&[], |(_, list)| list.as_slice())
    }

    /// All claims in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Claim<'_>> {
        self.parts
            .iter()
            .flat_map(move |part| (0..part.rows.count()).map(move |within| self.view(part, part.first + within)))
    }

    /// What could not be read, by claim.
    pub fn deficiencies(&self) -> impl Iterator<Item = (Claim<'_>, &[Deficiency])> {
        self.deficiencies.iter().map(|(number, list)| (self.claim(*number as usize), list.as_slice()))
    }
}

/// A view of one claim.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    claims: &'a Claims,
    row: Row<'a>,
    number: usize,
    line: u64,
    deficiencies: &'a [Deficiency],
}

impl<'a> Claim<'a> {
    /// How many fields it has.
    pub fn width(&self) -> usize {
        self.claims.kinds.len()
    }

    /// Its number, from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Its cells.
    pub fn row(&self) -> Row<'a> {
        self.row
    }

    /// The same claim with its cells from elsewhere.
    #[must_use]
    pub fn with_row<'b>(self, row: Row<'b>) -> Claim<'b>
    where
        'a: 'b,
    {
        Claim { row, ..self }
    }

    /// The value of a field; nothing where the cell is empty or can't be read.
    pub fn value(&self, field: usize) -> Value<'a> {
        self.row.value(field)
    }

    /// The line that it stands on.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Where it stands.
    pub fn origin(&self) -> Origin<'a> {
        Origin { file: Cow::Borrowed(&self.claims.file), sheet: None, line: self.line }
    }

    /// What could not be read of it.
    pub fn deficiencies(&self) -> &'a [Deficiency] {
        self.deficiencies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(lines: &[u64]) -> Claims {
        let mut claims = Claims::new("c.csv", [ColumnKind::Integer]);
        for line in lines {
            let blame = if line % 2 == 0 { vec![Deficiency::row("is even")] } else { Vec::new() };
            claims.push(*line, [Cell::Integer(i64::try_from(*line).unwrap())], blame).unwrap();
        }
        claims
    }

    #[test]
    fn pieces_of_a_file_are_one_file() {
        let mut whole = claims(&[]);
        for piece in [claims(&[2, 3]), claims(&[]), claims(&[4_294_967_300, 4_294_967_303]), claims(&[8_589_934_600])] {
            whole.append(piece).unwrap();
        }
        let lines: Vec<u64> = whole.iter().map(|claim| claim.line()).collect();
        assert_eq!(lines, [2, 3, 4_294_967_300, 4_294_967_303, 8_589_934_600]);
        for (number, line) in lines.iter().enumerate() {
            let claim = whole.claim(number);
            assert_eq!((claim.line(), claim.row().integer(0)), (*line, i64::try_from(*line).ok()));
            assert_eq!(claim.deficiencies().len(), usize::from(line % 2 == 0));
            assert_eq!(whole.on_line(*line).map(|claim| claim.number()), Some(number));
        }
        assert_eq!((whole.count(), whole.deficiencies().count()), (5, 3));
        let number = |line| whole.on_line(line).map(|claim| claim.number());
        assert_eq!((number(3), number(4), number(4_294_967_303)), (Some(1), None, Some(3)));
        assert!(whole.claim(5).value(0).is_nothing());
    }
}
