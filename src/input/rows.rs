//! The rows of a block, one at a time, with what the CSV parser doesn't tell about them: the line that a row starts on and
//! how it is quoted. Only rows with quotes need the parser.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr3;
use wide::u8x16;

use super::{
    block::Block,
    encoding::Encoding,
    quotes::{Quotes, count_breaks, is_break},
    source::BYTE_ORDER_MARK,
};

/// The rows of a block, or what is left of them.
pub(super) struct Rows<'b> {
    bytes: &'b [u8],
    line: u64,
    delimiter: u8,
    cells: &'b mut Cells,
}

/// Room for the cells of one row, used again for every row.
pub(super) struct Cells {
    delimiter: u8,
    /// Reads rows with quotes. Made for the first of them: that takes as long as a thousand rows without.
    parser: Option<Reader>,
    /// Where each cell starts and ends.
    ranges: Vec<(usize, usize)>,
    /// The texts of a row with quotes, one behind the other.
    texts: Vec<u8>,
    ends: Vec<usize>,
}

/// A row.
pub(super) struct Row<'r> {
    /// The line that it starts on, from 1.
    pub(super) line: u64,
    /// Whether it goes on over the end of a line.
    pub(super) spans_lines: bool,
    /// How it is quoted.
    pub(super) quotes: Quotes,
    /// How many bytes it takes in the file, with the end of its line.
    pub(super) length: usize,
    bytes: &'r [u8],
    /// The bytes as text, where they are UTF-8.
    text: Option<&'r str>,
    ranges: &'r [(usize, usize)],
}

/// Bytes that are looked at together.
const LANES: usize = 16;

impl Cells {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, parser: None, ranges: Vec::new(), texts: vec![0; 256], ends: vec![0; 16] }
    }

    /// Cuts a row without quotes.
    fn cut(&mut self, row: &[u8]) {
        let delimiter = self.delimiter;
        self.ranges.clear();
        let (mut start, mut base) = (0, 0);
        let mut cut = |piece: [u8; LANES]| {
            // A bit for each delimiter, the lowest for the first: cells are too short for a search each.
            let mut found = u8x16::new(piece).simd_eq(u8x16::splat(delimiter)).to_bitmask();
            while found != 0 {
                let end = base + found.trailing_zeros() as usize;
                self.ranges.push((start, end));
                start = end + 1;
                found &= found - 1;
            }
            base += LANES;
        };
        let (pieces, rest) = row.as_chunks::<LANES>();
        pieces.iter().copied().for_each(&mut cut);
        let mut last = [!delimiter; LANES];
        last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
        cut(last);
        self.ranges.push((start, row.len()));
    }

    /// Reads a row with quotes.
    fn parse(&mut self, row: &[u8]) {
        let delimiter = self.delimiter;
        let parser = self
            .parser
            .get_or_insert_with(|| ReaderBuilder::new().delimiter(delimiter).quote(b'"').double_quote(true).build());
        parser.reset();
        if row.starts_with(BYTE_ORDER_MARK) {
            // The parser drops one at the start of what it reads, which is meant for a file and not for each row.
            parser.read_record(b"\n", &mut [0], &mut [0]);
        }
        let (mut input, mut written, mut cells) = (row, 0, 0);
        loop {
            let (texts, ends) = (self.texts.get_mut(written..), self.ends.get_mut(cells..));
            let (result, read, more_written, more_cells) =
                parser.read_record(input, texts.unwrap_or_default(), ends.unwrap_or_default());
            input = input.get(read..).unwrap_or_default();
            (written, cells) = (written + more_written, cells + more_cells);
            match result {
                ReadRecordResult::OutputFull => self.texts.resize(self.texts.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                // The end of the row is the end of the parser's input.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.ranges.clear();
        let mut start = 0;
        for end in self.ends.iter().take(cells) {
            self.ranges.push((start, *end));
            start = *end;
        }
    }
}

impl<'b> Rows<'b> {
    /// The rows of bytes that start on a line.
    pub(super) fn new(bytes: &'b [u8], line: u64, delimiter: u8, cells: &'b mut Cells) -> Self {
        Self { bytes, line, delimiter, cells }
    }

    /// What is left, as a block of its own.
    pub(super) fn rest(&self) -> Block {
        Block { bytes: self.bytes.to_vec(), line: self.line }
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Option<Row<'_>> {
        let blank = self.bytes.iter().take_while(|byte| is_break(**byte)).count();
        self.line += count_breaks(self.bytes.get(..blank)?);
        let bytes = self.bytes.get(blank..).filter(|bytes| !bytes.is_empty())?;
        let first = memchr3(b'\n', b'\r', b'"', bytes).unwrap_or(bytes.len());
        let is_quoted = bytes.get(first) == Some(&b'"');
        let (quotes, length) = if is_quoted {
            Quotes::of_first_row(bytes, self.line, self.delimiter)
        } else {
            (Quotes::Sound { across: None }, first)
        };
        let (row, rest) = bytes.split_at_checked(length)?;
        let line = self.line;
        let breaks = if is_quoted { count_breaks(row) } else { 0 };
        self.line += breaks;
        // The break behind the row is passed with the blank lines before the next one.
        self.bytes = rest;
        if is_quoted {
            self.cells.parse(row);
        } else {
            self.cells.cut(row);
        }
        let bytes = if is_quoted { self.cells.texts.as_slice() } else { row };
        let read = self.cells.ranges.last().map_or(0, |(_, end)| *end);
        let bytes = bytes.get(..read).unwrap_or_default();
        let text = std::str::from_utf8(bytes).ok();
        let length = length + usize::from(!rest.is_empty());
        Some(Row { line, spans_lines: breaks > 0, quotes, length, bytes, text, ranges: &self.cells.ranges })
    }
}

impl<'r> Row<'r> {
    /// How many cells it has.
    pub(super) fn width(&self) -> usize {
        self.ranges.len()
    }

    /// The texts of all cells.
    pub(super) fn cells(&self, encoding: &mut Encoding) -> Vec<String> {
        (0..self.width()).map(|place| self.cell(place, encoding).into_owned()).collect()
    }

    /// The text of a cell.
    #[inline]
    pub(super) fn cell(&self, place: usize, encoding: &mut Encoding) -> Cow<'r, str> {
        let (start, end) = self.ranges.get(place).copied().unwrap_or_default();
        match self.text.and_then(|text| text.get(start..end)) {
            Some(cell) => Cow::Borrowed(cell),
            // Cells may meet in the middle of what would be one character, so each is looked at apart.
            None => encoding.text(self.line, self.bytes.get(start..end).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut cells = Cells::new(b',');
        let mut rows = Rows::new(text.as_bytes(), 1, b',', &mut cells);
        let mut found = Vec::new();
        let mut encoding = Encoding::default();
        while let Some(row) = rows.next() {
            found.push((row.line, row.cells(&mut encoding)));
        }
        found
    }

    #[test]
    fn rows_are_cut_as_the_parser_cuts_them() {
        let texts = [
            "a,b\nc,\n,d\n\n,\n",
            "a\r\n\r\nb\r\nc",
            "\ra\rb\r",
            "\"a\",\"b,\"\"c\"\n\"d\ne\",f\ng",
            "x\"y\",z\n\"a\"b\"c,d\n",
            "a,b\n\u{feff}c,\"d\"\n\u{feff}\"e,\"f\",g\n\u{feff}h,i\n",
        ];
        for text in texts {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> =
                reader.records().map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect()).collect();
            let found: Vec<Vec<String>> = rows(text).into_iter().map(|(_, cells)| cells).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_over_blank_lines_and_all_three_line_breaks() {
        let lines = |text: &str| rows(text).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines("a\n\n\nb\nc\n"), [1, 4, 5]);
        assert_eq!(lines("a\r\n\r\nb\r\nc\r\n"), [1, 3, 4]);
        assert_eq!(lines("\ra\rb\r"), [2, 3]);
        assert_eq!(lines("\"a\r\n\r\nb\"\n\"c\n\",d\ne"), [1, 4, 6]);
    }
}
