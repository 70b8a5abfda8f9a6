//! Reads a file as callers do and shows what came of it, for the tests of every format.

use proptest::prelude::*;

use super::*;

/// The fields of the tests: `id` is a text, `amount` a decimal that may be empty.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Intake, InputError> {
    read_fields(name, bytes, &[("id", "text"), ("amount", "optional decimal")], &[])
}

/// Reads fields by column and type, with renamed columns.
pub(super) fn read_fields(
    name: &str,
    bytes: &[u8],
    fields: &[(&str, &str)],
    map: &[(&str, &str)],
) -> Result<Intake, InputError> {
    let kinds: Vec<FieldType> = fields.iter().map(|(_, words)| FieldType::parse(words).unwrap()).collect();
    let wanted: Vec<Wanted<'_>> =
        fields.iter().zip(&kinds).map(|((column, _), kind)| Wanted { column, kind }).collect();
    let map = map.iter().map(|(header, column)| ((*header).to_owned(), (*column).to_owned())).collect();
    read_claims(name, bytes, &wanted, &map, &mut |_| {})
}

/// Each claim as `line: value|value`, then its deficiencies after `!`.
pub(super) fn shown(intake: &Intake, fields: usize) -> Vec<String> {
    let claim = |claim: crate::claim::Claim<'_>| {
        let values: Vec<String> = (0..fields).map(|field| claim.value(field).to_string()).collect();
        let deficiencies: String =
            claim.deficiencies().iter().map(|deficiency| [" ! ".to_owned(), deficiency.to_string()].concat()).collect();
        format!("{}: {}{deficiencies}", claim.origin().line, values.join("|"))
    };
    intake.claims.iter().map(claim).collect()
}

/// What the two fields of the tests hold.
pub(super) fn rows(name: &str, bytes: impl AsRef<[u8]>) -> Vec<String> {
    shown(&read(name, bytes.as_ref()).unwrap(), 2)
}

/// The code and message of the error.
pub(super) fn refused(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let error = read(name, bytes.as_ref()).map(|intake| intake.notes).unwrap_err();
    format!("{} {error}", error.code())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut packed).unwrap();
    packed
}

/// With a checksum, as the `zstd` command writes it; without one, changed cells can't be told from others.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// Rows that don't pack well, so that a cut falls between them.
fn many_rows() -> String {
    let rows = (0..100_000_u64).map(|row| format!("{:x},1", row.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    std::iter::once("id,amount".to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_format_is_told_by_the_name_and_else_by_the_first_character() {
    assert_eq!(Format::of_name("Claims.TSV.gz"), Some(Format::Csv));
    assert_eq!(Format::of_name("claims.ndjson.zst"), Some(Format::JsonLines));
    assert_eq!(Format::of_name("-"), None);
    assert_eq!(rows("-", "id,amount\na,1\n"), ["2: a|1"]);
    assert_eq!(rows("-", "\n {\"id\":\"a\",\"amount\":1}\n"), ["2: a|1"]);
}

#[test]
fn compressed_files_are_told_by_their_first_bytes_and_not_by_their_name() {
    let text = b"id,amount\na,1\n";
    assert_eq!(rows("claims.csv", gzip(text)), ["2: a|1"]);
    assert_eq!(rows("claims.csv.gz", zstd(text)), ["2: a|1"]);
    assert_eq!(rows("claims.csv.gz", text), ["2: a|1"]);
    let two_members = [gzip(b"id,amount\na,1\n"), gzip(b"b,2\n")].concat();
    assert_eq!(rows("claims.csv.gz", two_members), ["2: a|1", "3: b|2"]);
}

#[test]
fn a_compressed_file_that_is_cut_off_or_changed_is_refused_with_the_rows_before() {
    let text = many_rows();
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        let message = refused("claims.csv", &packed[..packed.len() / 2]);
        let rows = message.strip_prefix("M303 `claims.csv` is damaged after ").unwrap().split(' ').next().unwrap();
        assert!((20_000..80_000).contains(&rows.parse::<usize>().unwrap()), "{message}");
        let mut changed = packed;
        let middle = changed.len() / 2;
        changed[middle..middle + 64].fill(0xAA);
        assert!(refused("claims.csv", changed).starts_with("M303 "));
    }
    assert!(refused("claims.csv.gz", &gzip(b"id,amount\na,1\n")[..20]).starts_with("M303 "));
}

#[test]
fn progress_counts_the_raw_bytes_up_to_the_last() {
    let packed = gzip(many_rows().as_bytes());
    let mut reports = Vec::new();
    let kind = FieldType::parse("text").unwrap();
    let wanted = [Wanted { column: "id", kind: &kind }];
    read_claims("-", packed.as_slice(), &wanted, &ColumnMap::default(), &mut |bytes| reports.push(bytes)).unwrap();
    assert!(reports.len() > 10 && reports.is_sorted(), "{reports:?}");
    assert_eq!(reports.last(), Some(&(packed.len() as u64)));
}

/// Bytes that get deep into the readers more often than random ones.
fn likely_bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces =
        ["\"", ",", ";", "\t", "\n", "\r", "a", "1.5", "{", "}", "\"id\":", "\"amount\":", "[", "\\", "é", " "];
    let piece = prop_oneof![
        proptest::sample::select(pieces.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        any::<u8>().prop_map(|byte| vec![byte])
    ];
    proptest::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_rows_stand_on_lines_of_the_file(bytes in likely_bytes()) {
        for (name, header) in [("c.csv", "id,amount\n"), ("c.csv", ""), ("c.jsonl", ""), ("-", "")] {
            let whole = [header.as_bytes(), &bytes].concat();
            let Ok(intake) = read(name, &whole) else { continue };
            let lines: Vec<u64> = intake.claims.iter().map(|claim| claim.origin().line).collect();
            let breaks = whole.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
            prop_assert!(lines.is_sorted_by(|before, after| before < after), "{lines:?}");
            prop_assert!(lines.iter().all(|line| *line <= breaks as u64 + 1), "{lines:?}");
        }
    }

    #[test]
    fn any_rows_that_are_written_are_read_again(cells in proptest::collection::vec("[a\",;\r\n\t é]{1,6}", 1..20)) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "amount"]).unwrap();
        for cell in &cells {
            writer.write_record([cell.as_str(), ""]).unwrap();
        }
        let intake = read("c.csv", &writer.into_inner().unwrap()).unwrap();
        let ids: Vec<String> = intake.claims.iter().map(|claim| claim.value(0).to_string()).collect();
        prop_assert_eq!(ids, cells);
    }
}
