//! Reads CSV. The parser is lenient; what could lose or change cells is refused here: rows of another length than the
//! header, and quotes that are not closed where they should be.

use std::{borrow::Cow, io::Read};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::{
    ColumnMap, InputError, Intake, MAX_ROW_BYTES, Wanted,
    block::{Block, Blocks},
    encoding::Encoding,
    gather::{Gather, Written},
    layout::Layout,
    quotes::Quotes,
    rows::{Cells, Row, Rows},
    source::{Place, Source},
};

/// In the order in which they are preferred.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
const BLOCK_BYTES: usize = 128 * 1024;
/// How many blocks wait for each thread, so that none runs out of them early.
const BLOCKS_PER_THREAD: usize = 4;

/// Reads all rows of a file. Blocks of rows are read apart, on as many threads as there are.
pub(super) fn read<'p>(
    source: Source<'_>,
    wanted: &'p [Wanted<'p>],
    map: &ColumnMap,
    progress: &mut dyn FnMut(u64),
) -> Result<Intake, InputError> {
    let delimiter = delimiter(&source.head, wanted, map);
    let (place, bytes) = source.into_parts();
    let mut blocks = Blocks::new(bytes, delimiter, BLOCK_BYTES, MAX_ROW_BYTES);
    let Some((header, rest)) = header(&mut blocks, &place, delimiter)? else {
        return Err(InputError::Empty { file: place.file, lacking: "even a header" });
    };
    let layout = Layout::new(&place.file, header.line, &header.names, wanted, map)?;
    let mut gather = Gather::new(&place.file, wanted, layout.names.clone(), header.encoding);
    let parse = Parse { file: &place.file, delimiter, wanted, layout: &layout };
    let (mut batch, mut spare, mut ended) = (vec![rest], Vec::new(), false);
    while !ended {
        let mut stopped = None;
        while batch.len() < BLOCKS_PER_THREAD * rayon::current_num_threads() && !ended && stopped.is_none() {
            match blocks.next(spare.pop().unwrap_or_default()) {
                Ok(Some(block)) => {
                    place.report_all(progress);
                    batch.push(block);
                }
                Ok(None) => ended = true,
                Err(error) => stopped = Some(error),
            }
        }
        let pieces: Vec<_> = batch.par_iter().map(|block| parse.block(block)).collect();
        for piece in pieces {
            gather.append(piece?)?;
        }
        spare.append(&mut batch);
        if let Some(error) = stopped {
            return Err(place.error(error, gather.count(), blocks.line()));
        }
        place.report_all(progress);
    }
    Ok(gather.finish())
}

/// The header of a file.
struct Header {
    line: u64,
    names: Vec<String>,
    encoding: Encoding,
}

/// Reads the header. Comes back with it and what stands behind it in its block; `None` where there is none.
fn header(blocks: &mut Blocks<impl Read>, place: &Place, delimiter: u8) -> Result<Option<(Header, Block)>, InputError> {
    let mut cells = Cells::new(delimiter);
    let mut block = Block::default();
    loop {
        block = match blocks.next(block).map_err(|error| place.error(error, 0, blocks.line()))? {
            Some(block) => block,
            None => return Ok(None),
        };
        let mut rows = Rows::new(&block.bytes, block.line, delimiter, &mut cells);
        let Some(row) = rows.next() else { continue };
        refuse_long(&place.file, &row)?;
        refuse_open_quote(&place.file, &row, None)?;
        let mut encoding = Encoding::default();
        let names = row.cells(&mut encoding);
        let header = Header { line: row.line, names, encoding };
        return Ok(Some((header, rows.rest())));
    }
}

/// What every block is read by.
struct Parse<'p> {
    file: &'p str,
    delimiter: u8,
    wanted: &'p [Wanted<'p>],
    layout: &'p Layout,
}

impl<'p> Parse<'p> {
    fn block(&self, block: &Block) -> Result<Gather<'p>, InputError> {
        let mut gather = Gather::new(self.file, self.wanted, self.layout.names.clone(), Encoding::default());
        let mut cells = Cells::new(self.delimiter);
        let mut rows = Rows::new(&block.bytes, block.line, self.delimiter, &mut cells);
        while let Some(row) = rows.next() {
            refuse_long(self.file, &row)?;
            refuse_open_quote(self.file, &row, Some(self.layout.width))?;
            self.row(&row, &mut gather)?;
        }
        Ok(gather)
    }

    fn row(&self, row: &Row<'_>, gather: &mut Gather<'p>) -> Result<(), InputError> {
        if let Quotes::TextAfterQuote { .. } = row.quotes {
            let reason = "has text after the closing quote of a cell; write a quote within a quoted cell twice: `\"\"`";
            return gather.push_unreadable(row.line, reason);
        }
        let (found, width) = (row.width(), self.layout.width);
        if found != width {
            let cells = if found == 1 { "cell" } else { "cells" };
            return gather.push_unreadable(row.line, format!("has {found} {cells} where the header has {width}"));
        }
        gather.push(row.line, |encoding, field| {
            let place = self.layout.places.get(field);
            Written::Text(place.map_or(Cow::Borrowed(""), |place| row.cell(*place, encoding)))
        })
    }
}

fn refuse_long(file: &str, row: &Row<'_>) -> Result<(), InputError> {
    if row.length > MAX_ROW_BYTES {
        return Err(InputError::RowTooLong { file: file.to_owned(), line: row.line });
    }
    Ok(())
}

/// Over several lines, a wrong row is taken for an open quote that swallowed the rows after it. A row on one line harms
/// only itself.
fn refuse_open_quote(file: &str, row: &Row<'_>, width: Option<usize>) -> Result<(), InputError> {
    let found = row.width();
    let (line, sign) = match row.quotes {
        Quotes::Open { line } => (line, "the file ends within the cell".to_owned()),
        Quotes::TextAfterQuote { line } if row.spans_lines => {
            (line, "it is closed on a later line, and other text follows at once".to_owned())
        }
        Quotes::Sound { across } if row.spans_lines && width.is_some_and(|width| width != found) => {
            let width = width.unwrap_or_default();
            let sign = format!("with the lines after it the row has {found} cells where the header has {width}");
            (across.unwrap_or(row.line), sign)
        }
        _ => return Ok(()),
    };
    Err(InputError::OpenQuote { file: file.to_owned(), line, sign })
}

/// The delimiter under which most of the wanted columns stand in the header. Where none does, the one that makes most
/// columns: the file will be refused, and the message should show its names apart.
fn delimiter(head: &[u8], wanted: &[Wanted<'_>], map: &ColumnMap) -> u8 {
    let mut best = ((0, 0), b',');
    for delimiter in DELIMITERS {
        let mut cells = Cells::new(delimiter);
        let mut rows = Rows::new(head, 1, delimiter, &mut cells);
        let Some(header) = rows.next() else { continue };
        let names = header.cells(&mut Encoding::default());
        let has = |wanted: &&Wanted<'_>| names.iter().any(|name| map.column(name) == wanted.column);
        let found = wanted.iter().filter(has).count();
        let rank = (found, if found == 0 { names.len() } else { 0 });
        if rank > best.0 {
            best = (rank, delimiter);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::super::check::{read, read_fields, refused, rows, shown};
    use std::io;

    use super::*;

    #[test]
    fn cells_are_read_by_type_under_each_delimiter() {
        for text in ["id,x,amount\na,,1.50\n", "amount;id\n1.50;a\n", "id\tamount\na\t1.50"] {
            assert_eq!(rows("claims.csv", text), ["2: a|1.50"], "{text}");
        }
        assert_eq!(rows("claims.csv", "id;amount;x,y,z\na;1;\n"), ["2: a|1"]);
    }

    #[test]
    fn a_cell_that_can_not_be_read_is_a_deficiency_of_its_row() {
        assert_eq!(rows("claims.csv", "id,amount\n,1\nb,1e3\n")[..1], ["2: |1 ! column `id` is empty".to_owned()]);
        let intake = read_fields("claims.csv", b"n\n12x\n", &[("n", "integer")], &[]).unwrap();
        assert_eq!(shown(&intake, 1), ["2:  ! column `n` holds `12x`, which is not a whole number"]);
    }

    #[test]
    fn one_column_may_be_wanted_under_two_types() {
        let fields = [("n", "integer"), ("n", "text")];
        let intake = read_fields("claims.csv", b"n\n07\n", &fields, &[]).unwrap();
        assert_eq!(shown(&intake, 2), ["2: 7|07"]);
    }

    #[test]
    fn columns_are_renamed_by_the_map_and_deficiencies_name_the_file_s_own() {
        let intake = read_fields("claims.csv", b"Nr;Betrag\n1;x\n", &[("amount", "integer")], &[("Betrag", "amount")]);
        assert_eq!(shown(&intake.unwrap(), 1), ["2:  ! column `Betrag` holds `x`, which is not a whole number"]);
    }

    #[test]
    fn a_missing_column_shows_the_header_apart_under_any_delimiter() {
        let message = refused("claims.csv", "Id;Amount\n1;2\n");
        assert_eq!(message, "M309 `claims.csv` has no column `id`, `amount`; its header on line 1 is `Id`, `Amount`");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name() {
        assert_eq!(rows("claims.csv", "\u{feff}id,amount\na,1\n"), ["2: a|1"]);
        assert_eq!(rows("claims.csv", "\u{feff}\"id\",amount\na,1\n"), ["2: a|1"]);
    }

    #[test]
    fn cells_in_windows_1252_are_read_with_one_note() {
        let intake = read("claims.csv", b"id,amount\nok,1\nM\xFCller,2\n5 \x80,3\nB\xC3\xBC,4\n").unwrap();
        assert_eq!(shown(&intake, 2), ["2: ok|1", "3: Müller|2", "4: 5 €|3", "5: Bü|4"]);
        assert_eq!(intake.notes, ["lines that are not UTF-8 are read as Windows-1252, the first is line 3"]);
        let header = read_fields("claims.csv", b"x;Stra\xDFe\n1;A\n", &[("Straße", "text")], &[]).unwrap();
        assert_eq!(shown(&header, 1), ["2: A"]);
        assert!(header.notes[0].contains("line 1"));
    }

    #[test]
    fn an_empty_file_is_refused_and_a_header_alone_is_no_claims() {
        for text in ["", "\u{feff}", "\n\r\n"] {
            assert_eq!(refused("claims.csv", text), "M308 `claims.csv` is empty: there is not even a header");
        }
        assert!(rows("claims.csv", "id,amount").is_empty());
        assert!(rows("claims.csv", "id,amount\r\n\r\n").is_empty());
    }

    #[test]
    fn lines_stay_true_over_blank_lines_and_cells_of_several_lines() {
        let text = "id,amount\r\n\r\na,1\r\n\"b\r\nb\",2\r\n\r\n\r\nc,3";
        assert_eq!(rows("claims.csv", text), ["3: a|1", "4: b\r\nb|2", "8: c|3"]);
        assert_eq!(rows("claims.csv", "\n\nid,amount\ra,1\r\rb,2\r"), ["4: a|1", "6: b|2"]);
    }

    #[test]
    fn a_ragged_row_on_one_line_harms_only_itself() {
        assert_eq!(
            rows("claims.csv", "id,amount\na,1,x\nb\nc,3\n"),
            ["2: | ! has 3 cells where the header has 2", "3: | ! has 1 cell where the header has 2", "4: c|3"]
        );
    }

    #[test]
    fn a_ragged_row_over_several_lines_refuses_the_file() {
        assert_eq!(
            refused("claims.csv", "id,amount\na,1\nb,\"2\nc,3\",\nd,4\n"),
            "M314 a quote opened on line 3 of `claims.csv` is not closed where its cell ends: \
             with the lines after it the row has 3 cells where the header has 2"
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_refuses_the_file_even_where_the_row_has_the_right_length() {
        for text in ["id,amount\na,1\nb,\"2\nc,3\n", "id,amount\na,1\nb,\"2", "id,amount\n\na,\"", "id,\"amount\nx"] {
            let line = if text.starts_with("id,\"") { 1 } else { 3 };
            let message = refused("claims.csv", text);
            assert!(message.starts_with(&format!("M314 a quote opened on line {line} ")), "{text}: {message}");
            assert!(message.ends_with("the file ends within the cell"), "{message}");
        }
        assert_eq!(rows("claims.csv", "id,amount\n\"a\",\"1\""), ["2: a|1"]);
    }

    #[test]
    fn a_quote_closed_by_the_next_row_s_quote_refuses_the_file() {
        let message = refused("claims.csv", "id,amount\n\"a,1\n\"b\",2\n");
        assert!(message.starts_with("M314 a quote opened on line 2 "), "{message}");
    }

    #[test]
    fn text_after_a_closing_quote_is_a_deficiency_and_a_quote_in_bare_text_is_none() {
        let found = rows("claims.csv", "id,amount\n\"19\" screen\",1\n19\" screen,2\n");
        assert!(found[0].starts_with("2: | ! has text after the closing quote"), "{found:?}");
        assert_eq!(found[1], "3: 19\" screen|2");
    }

    #[test]
    fn a_row_without_end_stops_the_reading_early() {
        let start = b"id,amount\na,1\n\nb,\"".as_slice();
        let mut taken = 0;
        let stream = start.chain(io::repeat(b'x').take(1 << 30)).chain(b"\"\n".as_slice());
        let kind = crate::schema::FieldType::parse("text").unwrap();
        let wanted = [Wanted { column: "id", kind: &kind }];
        let counted = Counted(stream, &mut taken);
        let error = super::super::read_claims("claims.csv", counted, &wanted, &ColumnMap::default(), &mut |_| {});
        assert_eq!(
            error.unwrap_err().to_string(),
            "the row that starts on line 4 of `claims.csv` is longer than 1024 KiB"
        );
        assert!(taken < 4 << 20, "{taken}");
    }

    struct Counted<'c, R>(R, &'c mut usize);

    impl<R: Read> Read for Counted<'_, R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.read(buffer)?;
            *self.1 += count;
            Ok(count)
        }
    }

    #[test]
    fn a_row_may_be_as_long_as_the_bound_and_not_a_byte_longer() {
        let text = |length: usize| format!("id,amount\n{},1\nb,2\n", "x".repeat(length - 3));
        assert_eq!(rows("claims.csv", text(MAX_ROW_BYTES)).len(), 2);
        assert!(refused("claims.csv", text(MAX_ROW_BYTES + 1)).starts_with("M313 the row that starts on line 2 "));
    }
}
