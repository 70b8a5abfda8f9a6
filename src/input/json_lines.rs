//! Reads JSON Lines. Numbers are taken as they are written: they never become floating point.

use std::{
    borrow::Cow,
    fmt,
    io::{self, BufRead, BufReader, Read},
    sync::Arc,
};

use hashbrown::{HashMap, HashSet};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};

use super::{
    ColumnMap, InputError, Intake, MAX_COLUMNS, MAX_ROW_BYTES, Wanted,
    encoding::Encoding,
    gather::{Gather, Written},
    layout::{check_missing, check_renamed},
    source::{Place, Source, Stop},
};

const BUFFER_BYTES: usize = 64 * 1024;

/// Reads all rows of a file.
pub(super) fn read<'p>(
    source: Source<'_>,
    wanted: &'p [Wanted<'p>],
    map: &ColumnMap,
    progress: &mut dyn FnMut(u64),
) -> Result<Intake, InputError> {
    let (place, bytes) = source.into_parts();
    let mut lines = Lines { reader: BufReader::with_capacity(BUFFER_BYTES, bytes), bytes: Vec::new(), number: 0 };
    let mut keys = Keys::new(wanted, map);
    let mut gather = Gather::new(&place.file, wanted, keys.shown_names(), Encoding::default());
    while lines.next(&place, gather.count())? {
        let bytes = lines.bytes.trim_ascii();
        if bytes.is_empty() {
            continue;
        }
        let text = gather.text(lines.number, bytes);
        match keys.written(&text) {
            Ok(mut written) => gather.push(lines.number, |_, field| {
                let empty = || Written::Text(Cow::Borrowed(""));
                written.get_mut(field).map_or_else(empty, |written| std::mem::replace(written, empty()))
            })?,
            Err(reason) => gather.push_unreadable(lines.number, reason)?,
        }
        place.report(gather.count(), progress);
    }
    place.report_all(progress);
    if gather.count() == 0 {
        return Err(InputError::Empty { file: place.file, lacking: "a single row" });
    }
    keys.check(&place.file)?;
    Ok(gather.finish())
}

/// The lines of a file, one at a time.
struct Lines<R> {
    reader: BufReader<R>,
    /// The current line.
    bytes: Vec<u8>,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// Goes on to the next line, after so many rows.
    fn next(&mut self, place: &Place, rows: usize) -> Result<bool, InputError> {
        self.number += 1;
        self.read().map_err(|error| place.error(error, rows, self.number))
    }

    fn read(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        let count = self.reader.by_ref().take(MAX_ROW_BYTES as u64 + 1).read_until(b'\n', &mut self.bytes)?;
        if count > MAX_ROW_BYTES { Err(Stop::RowTooLong.into()) } else { Ok(count > 0) }
    }
}

/// What the objects of a file are asked for, and which keys they turned out to have.
struct Keys<'p> {
    wanted: &'p [Wanted<'p>],
    map: &'p ColumnMap,
    fields: HashMap<&'p str, Vec<usize>>,
    /// In the order in which they were first seen.
    names: Vec<String>,
    seen: HashSet<String>,
    found: Vec<bool>,
    readable: bool,
}

impl<'p> Keys<'p> {
    fn new(wanted: &'p [Wanted<'p>], map: &'p ColumnMap) -> Self {
        let mut fields: HashMap<&str, Vec<usize>> = HashMap::new();
        for (field, wanted) in wanted.iter().enumerate() {
            fields.entry(wanted.column).or_default().push(field);
        }
        let found = vec![false; wanted.len()];
        Self { wanted, map, fields, names: Vec::new(), seen: HashSet::new(), found, readable: false }
    }

    /// The wanted columns as the file names them. It may name them in two ways; the map's is the likelier.
    fn shown_names(&self) -> Vec<Arc<str>> {
        let renamed = |column: &str| self.map.headers().find(|header| self.map.column(header) == column);
        self.wanted
            .iter()
            .map(|wanted| Arc::from(renamed(wanted.column).map_or(wanted.column, String::as_str)))
            .collect()
    }

    /// What is written in a line under each wanted column, or why the line can't be read.
    fn written<'t>(&mut self, line: &'t str) -> Result<Vec<Written<'t>>, String> {
        let Object(pairs) = serde_json::from_str(line).map_err(|error| reason(&error))?;
        if pairs.len() > MAX_COLUMNS {
            return Err(format!("has {} columns, more than {MAX_COLUMNS}", pairs.len()));
        }
        self.refuse_twice(&pairs)?;
        self.readable = true;
        let mut row: Vec<Written<'t>> = self.wanted.iter().map(|_| Written::Text(Cow::Borrowed(""))).collect();
        for (Key(name), value) in &pairs {
            self.note(name);
            for &field in self.fields.get(self.map.column(name)).map_or(&[][..], Vec::as_slice) {
                if let (Some(cell), Some(found)) = (row.get_mut(field), self.found.get_mut(field)) {
                    (*cell, *found) = (written(value), true);
                }
            }
        }
        Ok(row)
    }

    fn refuse_twice(&self, pairs: &[(Key<'_>, &RawValue)]) -> Result<(), String> {
        let mut columns: Vec<&str> = pairs.iter().map(|(Key(name), _)| self.map.column(name)).collect();
        columns.sort_unstable();
        match columns.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[&str]>::first) {
            Some(column) => Err(format!("names the column `{}` twice", column.chars().take(60).collect::<String>())),
            None => Ok(()),
        }
    }

    /// Keeps a name for messages; not without end, since each line may have others.
    fn note(&mut self, name: &str) {
        if !self.seen.contains(name) && (self.names.len() < MAX_COLUMNS || self.map.renames(name)) {
            self.seen.insert(name.to_owned());
            self.names.push(name.to_owned());
        }
    }

    /// Fails where no row has a column. Rows that can't be read prove nothing.
    fn check(&self, file: &str) -> Result<(), InputError> {
        if !self.readable {
            return Ok(());
        }
        check_renamed(file, None, &self.names, self.map)?;
        let found =
            |column: &str| self.wanted.iter().zip(&self.found).any(|(wanted, found)| *found && wanted.column == column);
        check_missing(file, None, &self.names, self.wanted, self.map, found)
    }
}

fn written(value: &RawValue) -> Written<'_> {
    let text = value.get();
    if let Some(quoted) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        if !quoted.contains('\\') {
            return Written::Text(Cow::Borrowed(quoted));
        }
        return serde_json::from_str(text).map_or(
            Written::Other(text, "is a text with a `\\` that stands for no character"),
            |unescaped: String| Written::Text(Cow::Owned(unescaped)),
        );
    }
    match text {
        "null" => Written::Text(Cow::Borrowed("")),
        _ if text.starts_with('[') => list(text),
        _ if text.starts_with('{') => Written::Other(text, "is an object; write one text, number, `true` or `false`"),
        "true" | "false" => Written::Text(Cow::Borrowed(text)),
        _ => Written::Number(text),
    }
}

fn list(text: &str) -> Written<'_> {
    let items: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        match written(item) {
            Written::Text(text) => values.push((text, false)),
            Written::Number(text) => values.push((Cow::Borrowed(text), true)),
            Written::List(..) => return Written::Other(text, "has a list among its values"),
            Written::Other(..) => return Written::Other(text, "has an object or a broken text among its values"),
        }
    }
    Written::List(text, values)
}

fn reason(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Data => "is not an object; write `{\"column\": \"value\"}`".to_owned(),
        Category::Eof => "is not valid JSON: the line ends within the object".to_owned(),
        Category::Syntax | Category::Io => format!("is not valid JSON near its byte {}", error.column()),
    }
}

/// The pairs of an object in the order of the line. A map would hide that a key stands twice.
struct Object<'t>(Vec<(Key<'t>, &'t RawValue)>);

#[derive(Deserialize)]
struct Key<'t>(#[serde(borrow)] Cow<'t, str>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{read, read_fields, refused, rows, shown};
    use super::*;

    #[test]
    fn values_are_taken_as_they_are_written() {
        let text = r#"{"id":"a\u00e9\"","amount":1.10}
{"amount":123456789012345678.123456789,"id":"b","x":[1,{}]}

{"id":true,"amount":null}
{"id":7}
"#;
        assert_eq!(
            rows("claims.jsonl", text),
            ["1: aé\"|1.10", "2: b|123456789012345678.123456789", "4: true|", "5: 7|"]
        );
    }

    #[test]
    fn a_number_is_not_rounded_into_what_the_type_can_read() {
        let found = rows("claims.jsonl", r#"{"id":"a","amount":1e3}"#);
        assert!(found[0].starts_with("1: a| ! column `amount` holds `1e3`, which"), "{found:?}");
    }

    #[test]
    fn a_required_column_that_one_row_lacks_is_a_deficiency_of_that_row() {
        let text = "{\"id\":\"a\",\"amount\":1}\n{\"amount\":2}\n{\"amount\":2,\"id\":null}\n";
        assert_eq!(
            rows("claims.jsonl", text),
            ["1: a|1", "2: |2 ! column `id` is empty", "3: |2 ! column `id` is empty"]
        );
    }

    #[test]
    fn a_list_or_an_object_is_no_cell_of_one_value() {
        let found = rows("claims.jsonl", r#"{"id":["a"],"amount":{"x":1}}"#);
        assert_eq!(
            found,
            ["1: | ! column `id` holds `[\"a\"]`, which is a list; write one text, number, `true` or `false` \
              ! column `amount` holds `{\"x\":1}`, which is an object; write one text, number, `true` or `false`"]
        );
    }

    #[test]
    fn a_text_with_half_a_character_is_a_deficiency_of_its_cell() {
        let found = rows("claims.jsonl", r#"{"id":"\ud800","amount":1}"#);
        assert!(found[0].starts_with("1: |1 ! column `id` holds"), "{found:?}");
    }

    #[test]
    fn a_line_that_is_no_object_keeps_its_place_and_harms_only_itself() {
        let text = "{\"id\":\"a\",\"amount\":1}\n[1]\n{\"id\":\n{\"id\":\"b\",}\n{\"id\":\"c\",\"id\":\"d\",\"amount\":2}\n{} {}\n";
        assert_eq!(
            rows("claims.jsonl", text),
            [
                "1: a|1",
                "2: | ! is not an object; write `{\"column\": \"value\"}`",
                "3: | ! is not valid JSON: the line ends within the object",
                "4: | ! is not valid JSON near its byte 11",
                "5: | ! names the column `id` twice",
                "6: | ! is not valid JSON near its byte 4",
            ]
        );
    }

    #[test]
    fn a_column_that_no_row_has_is_missing_unless_no_row_can_be_read() {
        let text = "{\"ID\":\"a\"}\n{\"Amount\":1}\n";
        assert_eq!(
            refused("claims.jsonl", text),
            "M309 `claims.jsonl` has no column `id`, `amount`; its rows have `ID`, `Amount`"
        );
        assert_eq!(rows("claims.jsonl", "[1]\n").len(), 1);
        assert!(refused("claims.jsonl", "\n \n").starts_with("M308 `claims.jsonl` is empty"));
    }

    #[test]
    fn keys_are_renamed_by_the_map() {
        let (fields, map) = ([("amount", "integer")], [("Betrag", "amount")]);
        let read = |text: &str| read_fields("claims.jsonl", text.as_bytes(), &fields, &map);
        let intake = read("{\"Betrag\":\"15\"}\n{\"Betrag\":\"x\"}\n{\"Betrag\":1,\"amount\":2}\n").unwrap();
        assert_eq!(
            shown(&intake, 1),
            [
                "1: 15",
                "2:  ! column `Betrag` holds `x`, which is not a whole number",
                "3:  ! names the column `amount` twice"
            ]
        );
        assert_eq!(read("{\"amount\":1}\n").unwrap_err().code(), crate::diagnostic::Code::NothingToRename);
    }

    #[test]
    fn a_line_in_windows_1252_is_read_with_one_note() {
        let intake = read("claims.jsonl", b"\xEF\xBB\xBF{\"id\":\"a\",\"amount\":1}\n{\"id\":\"\xE9\"}\n").unwrap();
        assert_eq!(shown(&intake, 2), ["1: a|1", "2: é|"]);
        assert_eq!(intake.notes, ["lines that are not UTF-8 are read as Windows-1252, the first is line 2"]);
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let text = format!("{{\"id\":\"a\"}}\n{{\"id\":\"{}\"}}\n", "x".repeat(MAX_ROW_BYTES));
        assert!(refused("claims.jsonl", text).starts_with("M313 the row that starts on line 2 "));
    }
}
