//! A window on the raw bytes of the row that is being read. It bounds how long a row may grow, counts the lines of the
//! file, and lets the quotes of a row be judged, none of which the CSV parser does: it accepts any quoting, and counts
//! blank lines to the row after them.

use std::{
    cell::RefCell,
    io::{self, Read},
    rc::Rc,
};

use super::{
    quotes::{Quotes, is_break},
    source::Stop,
};

/// The raw bytes from the start of the current row on.
#[derive(Debug)]
pub(super) struct Window {
    bytes: Vec<u8>,
    /// Where the current row starts in `bytes`. All before it is counted.
    start: usize,
    /// Where `bytes` start in the file.
    offset: u64,
    line: u64,
    after_return: bool,
    ended: bool,
    max_row_bytes: usize,
}

/// What the parser doesn't tell about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// The line that it starts on, from 1.
    pub(super) line: u64,
    /// Whether it goes on over the end of a line.
    pub(super) spans_lines: bool,
    /// How it is quoted.
    pub(super) quotes: Quotes,
}

impl Window {
    /// A window at the start of a file.
    pub(super) fn new(max_row_bytes: usize) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            bytes: Vec::new(),
            start: 0,
            offset: 0,
            line: 1,
            after_return: false,
            ended: false,
            max_row_bytes,
        }))
    }

    /// The line that the current row starts on.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Moves on to the row after the current one, which ends before the byte `end` of the file.
    pub(super) fn pass_row(&mut self, end: u64, delimiter: u8) -> io::Result<Shape> {
        let end = usize::try_from(end.saturating_sub(self.offset)).unwrap_or(usize::MAX).min(self.bytes.len());
        self.pass_breaks(end);
        let raw = self.bytes.get(self.start..end).unwrap_or_default();
        if raw.len() > self.max_row_bytes {
            return Err(Stop::RowTooLong.into());
        }
        // Only the end of the file can end a row within quotes, and what looks like its last line break is in the cell.
        let row = match raw {
            [row @ .., last] if is_break(*last) && !self.ended => row,
            _ => raw,
        };
        let spans_lines = row.iter().any(|byte| is_break(*byte));
        let shape = Shape { line: self.line, spans_lines, quotes: Quotes::of(row, self.line, delimiter) };
        self.pass(end);
        Ok(shape)
    }

    fn pass_breaks(&mut self, end: usize) {
        let rest = self.bytes.get(self.start..end).unwrap_or_default();
        let breaks = rest.iter().take_while(|byte| is_break(**byte)).count();
        self.pass(self.start + breaks);
    }

    /// `\r\n`, `\n` and `\r` each end one line.
    fn pass(&mut self, end: usize) {
        for byte in self.bytes.get(self.start..end).unwrap_or_default() {
            match byte {
                b'\n' if self.after_return => {}
                b'\n' | b'\r' => self.line += 1,
                _ => {}
            }
            self.after_return = *byte == b'\r';
        }
        self.start = end.max(self.start);
    }

    /// Drops the rows that are done with. Fails where the current row is too long already.
    fn make_room(&mut self) -> io::Result<()> {
        self.pass_breaks(self.bytes.len());
        self.bytes.drain(..self.start);
        self.offset += self.start as u64;
        self.start = 0;
        if self.bytes.len() > self.max_row_bytes { Err(Stop::RowTooLong.into()) } else { Ok(()) }
    }
}

/// A stream whose bytes are also seen in a window.
pub(super) struct Watched<R> {
    stream: R,
    window: Rc<RefCell<Window>>,
}

impl<R: Read> Watched<R> {
    /// Shows the bytes of the stream in the window.
    pub(super) fn new(stream: R, window: &Rc<RefCell<Window>>) -> Self {
        Self { stream, window: Rc::clone(window) }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut window = self.window.borrow_mut();
        window.make_room()?;
        let count = self.stream.read(buffer)?;
        window.bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
        window.ended = count == 0 && !buffer.is_empty();
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], ends: &[u64]) -> Vec<u64> {
        let window = Window::new(100);
        io::copy(&mut Watched::new(text, &window).take(text.len() as u64), &mut io::sink()).unwrap();
        ends.iter().map(|end| window.borrow_mut().pass_row(*end, b',').unwrap().line).collect()
    }

    #[test]
    fn lines_are_counted_over_blank_lines_and_all_three_line_breaks() {
        assert_eq!(lines(b"a\n\n\nb\nc\n", &[2, 6, 8]), [1, 4, 5]);
        assert_eq!(lines(b"a\r\n\r\nb\r\nc\r\n", &[2, 7, 10]), [1, 3, 4]);
        assert_eq!(lines(b"\ra\rb\r", &[3, 5]), [2, 3]);
    }

    #[test]
    fn a_row_that_grows_over_its_bound_stops_the_stream_and_blank_lines_do_not() {
        let window = Window::new(10);
        let mut blank = Watched::new(io::repeat(b'\n').take(1000), &window);
        assert_eq!(io::copy(&mut blank, &mut io::sink()).unwrap(), 1000);
        assert_eq!(window.borrow().line(), 1001);
        let mut long = Watched::new(io::repeat(b'x'), &window);
        let mut buffer = [0; 4];
        let read = std::iter::from_fn(|| long.read(&mut buffer).ok()).count();
        assert_eq!(read, 3);
    }
}
