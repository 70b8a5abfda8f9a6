//! The bytes of a file in blocks of whole rows, so that a row can be looked at as one piece and blocks apart.

use std::io::{self, Read};

use memchr::{memchr, memchr2_iter};

use super::{
    quotes::{Quotes, count_breaks},
    source::Stop,
};

/// Whole rows of a file.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// The line that it starts on, from 1.
    pub(super) line: u64,
}

/// The blocks of a file, in order.
pub(super) struct Blocks<R> {
    stream: R,
    delimiter: u8,
    /// How many bytes are read for a block.
    size: usize,
    max_row_bytes: usize,
    /// The start of a row whose end isn't read yet.
    rest: Vec<u8>,
    line: u64,
    ended: bool,
    /// What stopped the reading. It counts once the rows before it are read.
    stopped: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    /// The blocks of a stream.
    pub(super) fn new(stream: R, delimiter: u8, size: usize, max_row_bytes: usize) -> Self {
        Self { stream, delimiter, size, max_row_bytes, rest: Vec::new(), line: 1, ended: false, stopped: None }
    }

    /// The line that the next block starts on.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next block, in the memory of one that is done with; `None` behind the last.
    pub(super) fn next(&mut self, mut block: Block) -> io::Result<Option<Block>> {
        block.bytes.clear();
        block.bytes.append(&mut self.rest);
        loop {
            if let Some(error) = self.stopped.take() {
                return Err(error);
            }
            if self.ended {
                return Ok(self.finish(block));
            }
            let wanted = self.size.max(block.bytes.len()) as u64;
            match self.stream.by_ref().take(wanted).read_to_end(&mut block.bytes) {
                Ok(read) => self.ended = (read as u64) < wanted,
                Err(error) => self.stopped = Some(error),
            }
            if self.ended {
                continue;
            }
            if let Some(end) = whole_rows(&block.bytes, self.delimiter) {
                self.rest.extend_from_slice(block.bytes.get(end..).unwrap_or_default());
                block.bytes.truncate(end);
                return Ok(self.finish(block));
            }
            if block.bytes.len() > self.max_row_bytes {
                return Err(Stop::RowTooLong.into());
            }
        }
    }

    fn finish(&mut self, mut block: Block) -> Option<Block> {
        block.line = self.line;
        self.line += count_breaks(&block.bytes);
        (!block.bytes.is_empty()).then_some(block)
    }
}

/// How many bytes make whole rows: up to and with the last line break outside quotes.
fn whole_rows(bytes: &[u8], delimiter: u8) -> Option<usize> {
    // A line break may still grow from `\r` to `\r\n`.
    let certain = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if memchr(b'"', certain).is_none() {
        return memchr::memrchr2(b'\n', b'\r', certain).map(|at| at + 1);
    }
    let (mut start, mut whole) = (0, None);
    while let Some(rest) = certain.get(start..).filter(|rest| !rest.is_empty()) {
        // Rows without a quote are passed over at once.
        let quote = memchr(b'"', rest).unwrap_or(rest.len());
        let plain = rest.get(..quote).unwrap_or_default();
        if let Some(last) = memchr2_iter(b'\n', b'\r', plain).next_back() {
            start += last + 1;
            whole = Some(start);
        }
        let Some(row) = certain.get(start..).filter(|_| quote < rest.len()) else { break };
        let (_, length) = Quotes::of_first_row(row, 1, delimiter);
        if length == row.len() {
            break;
        }
        start += length + 1;
        whole = Some(start);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &[u8], size: usize) -> Vec<(u64, String)> {
        let mut blocks = Blocks::new(text, b',', size, 100);
        let next = || blocks.next(Block::default()).unwrap();
        std::iter::from_fn(next).map(|block| (block.line, String::from_utf8(block.bytes).unwrap())).collect()
    }

    #[test]
    fn blocks_hold_whole_rows_and_know_their_line() {
        for size in 1..40 {
            let text = "a,b\r\n\"c\nd\",\"\"\"\"\n\n\ne,f\rg\"h,\"i\"\n\"j\n";
            let blocks = blocks(text.as_bytes(), size);
            assert_eq!(blocks.iter().map(|(_, text)| text.as_str()).collect::<String>(), text, "{size}");
            let starts: Vec<u64> = blocks.iter().map(|(line, _)| *line).collect();
            assert!(starts.is_sorted() && starts[0] == 1 && starts.last().unwrap() <= &8, "{size}: {starts:?}");
            let cuts = blocks.windows(2).any(|pair| {
                let (end, start) = (pair[0].1.as_str(), pair[1].1.as_str());
                end.ends_with("\"c\n") || end.ends_with('\r') && start.starts_with('\n') || !end.ends_with(['\n', '\r'])
            });
            assert!(!cuts, "{size}: {blocks:?}");
        }
        let lines: Vec<u64> = blocks(b"a\n\nb\r\nc\rd\n", 2).iter().map(|(line, _)| *line).collect();
        assert!(lines.iter().all(|line| *line <= 5), "{lines:?}");
    }

    #[test]
    fn a_row_that_grows_over_its_bound_stops_the_reading_and_blank_lines_do_not() {
        let mut blank = Blocks::new(io::repeat(b'\n').take(1000), b',', 16, 100);
        while blank.next(Block::default()).unwrap().is_some() {}
        assert_eq!(blank.line(), 1001);
        let mut long = Blocks::new(io::repeat(b'x'), b',', 16, 100);
        assert!(long.next(Block::default()).is_err());
    }
}
