//! Judges how a row is quoted. The CSV parser reads any quoting somehow; a wrong one changes what a cell says, or takes
//! the rows after it into a cell.

use memchr::memchr_iter;

/// Whether a byte ends a line.
pub(super) fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// How a row is quoted, with the lines of quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// By the book. `across` is where the first cell is opened that goes on over the end of a line.
    Sound { across: Option<u64> },
    /// A cell goes on after its closing quote, as in `"19" screen"`.
    TextAfterQuote { line: u64 },
    /// The row ends within a quoted cell.
    Open { line: u64 },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    CellStart,
    Bare,
    Quoted,
    /// After a quote within quotes: it closes the cell, or another quote follows and both are one.
    Closed,
}

impl Quotes {
    /// Reads the first row of bytes that start on a line, as the CSV parser does: quotes within a bare cell are text.
    /// Comes back with how it is quoted and how many bytes it has, without the break that ends it.
    pub(super) fn of_first_row(bytes: &[u8], line: u64, delimiter: u8) -> (Self, usize) {
        let (mut at, mut line, mut opened) = (At::CellStart, line, line);
        let (mut across, mut trailed, mut before) = (None, None, b' ');
        let mut length = bytes.len();
        for (place, &byte) in bytes.iter().enumerate() {
            if is_break(byte) {
                if at != At::Quoted {
                    length = place;
                    break;
                }
                across = across.or(Some(opened));
                line += u64::from((before, byte) != (b'\r', b'\n'));
            }
            at = match at {
                At::Quoted if byte == b'"' => At::Closed,
                At::CellStart if byte == b'"' => {
                    opened = line;
                    At::Quoted
                }
                At::Closed if byte == b'"' => At::Quoted,
                At::Quoted => At::Quoted,
                _ if byte == delimiter => At::CellStart,
                At::Closed => {
                    trailed = trailed.or(Some(opened));
                    At::Bare
                }
                At::CellStart | At::Bare => At::Bare,
            };
            before = byte;
        }
        let quotes = match (at, trailed) {
            (At::Quoted, _) => Self::Open { line: opened },
            (_, Some(opened)) => Self::TextAfterQuote { line: across.unwrap_or(opened) },
            _ => Self::Sound { across },
        };
        (quotes, length)
    }
}

/// How many line breaks there are; `\r\n` is one.
pub(super) fn count_breaks(bytes: &[u8]) -> u64 {
    let ends = memchr_iter(b'\n', bytes).count();
    let lone = memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (ends + lone) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_judged_by_how_their_cells_end() {
        let sound = Quotes::Sound { across: None };
        for (row, expected) in [
            ("a,b", sound),
            (r#""a","b ""c"" , d",e"#, sound),
            (r#"19" screen,b"#, sound),
            (r#"a,"""",""#, Quotes::Open { line: 5 }),
            (r#""19" screen",b"#, Quotes::TextAfterQuote { line: 5 }),
            ("a,\"b\nc\",d", Quotes::Sound { across: Some(5) }),
            ("a,\"b\n1,\"c\",d", Quotes::TextAfterQuote { line: 5 }),
            ("\"a\r\nb\",\"c\n", Quotes::Open { line: 6 }),
        ] {
            assert_eq!(Quotes::of_first_row(row.as_bytes(), 5, b','), (expected, row.len()), "{row}");
        }
        assert_eq!(Quotes::of_first_row(b"\"a\n\",b\r\nc", 1, b',').1, 6);
        assert_eq!(count_breaks(b"\r\n\n\r\r\n"), 4);
    }
}
