//! Where the wanted columns stand in a header, and which are missing.

use std::{collections::BTreeMap, sync::Arc};

use super::{ColumnMap, InputError, MAX_COLUMNS, Wanted, error::MissingColumn};

/// The most names that are suggested for one missing column.
const SUGGESTIONS: usize = 2;
/// Longer names are not compared: the effort grows with the product of the lengths.
const COMPARED_BYTES: usize = 100;

/// Where the wanted columns stand.
#[derive(Debug)]
pub(super) struct Layout {
    /// The place in the header, from 0, for each wanted column.
    pub(super) places: Vec<usize>,
    /// As the file names it, for each wanted column.
    pub(super) names: Vec<Arc<str>>,
    /// How many columns the header has.
    pub(super) width: usize,
}

impl Layout {
    /// Finds the wanted columns in the header of a file.
    pub(super) fn new(
        file: &str,
        line: u64,
        header: &[String],
        wanted: &[Wanted<'_>],
        map: &ColumnMap,
    ) -> Result<Self, InputError> {
        if header.len() > MAX_COLUMNS {
            return Err(InputError::TooManyColumns { file: file.to_owned(), line, columns: header.len() });
        }
        check_renamed(file, Some(line), header, map)?;
        let by_column = by_column(file, line, header, wanted, map)?;
        check_missing(file, Some(line), header, wanted, map, |column| by_column.contains_key(column))?;
        let places: Vec<usize> = wanted.iter().filter_map(|wanted| by_column.get(wanted.column).copied()).collect();
        let names = places.iter().filter_map(|place| header.get(*place)).map(|name| Arc::from(name.as_str())).collect();
        Ok(Self { places, names, width: header.len() })
    }
}

fn by_column<'h>(
    file: &str,
    line: u64,
    header: &'h [String],
    wanted: &[Wanted<'_>],
    map: &'h ColumnMap,
) -> Result<BTreeMap<&'h str, usize>, InputError> {
    let mut by_column = BTreeMap::new();
    for (place, name) in header.iter().enumerate() {
        let column = map.column(name);
        let Some(first) = by_column.insert(column, place).and_then(|first| header.get(first)) else { continue };
        // A column that nobody wants may stand twice, unless the map made it so: then the map says what nobody meant.
        if first != name || wanted.iter().any(|wanted| wanted.column == column) {
            let headers = [first.clone(), name.clone()];
            return Err(InputError::ColumnTwice { file: file.to_owned(), line, column: column.to_owned(), headers });
        }
    }
    Ok(by_column)
}

/// Fails where the map renames what the file doesn't have. Without a line, each row names its columns.
pub(super) fn check_renamed(
    file: &str,
    line: Option<u64>,
    header: &[String],
    map: &ColumnMap,
) -> Result<(), InputError> {
    let renamed: Vec<String> = map.headers().filter(|name| !header.iter().any(|has| has == *name)).cloned().collect();
    if renamed.is_empty() {
        return Ok(());
    }
    Err(InputError::NothingToRename { file: file.to_owned(), line, renamed, header: header.to_vec() })
}

/// Fails where wanted columns are missing. Without a line, each row names its columns.
pub(super) fn check_missing(
    file: &str,
    line: Option<u64>,
    header: &[String],
    wanted: &[Wanted<'_>],
    map: &ColumnMap,
    has: impl Fn(&str) -> bool,
) -> Result<(), InputError> {
    let mut missing: Vec<MissingColumn> = Vec::new();
    for &Wanted { column, .. } in wanted {
        if has(column) || missing.iter().any(|missing| missing.column == column) {
            continue;
        }
        let free = header.iter().filter(|name| !wanted.iter().any(|wanted| wanted.column == map.column(name)));
        missing.push(MissingColumn { column: column.to_owned(), near: near(column, free) });
    }
    if missing.is_empty() {
        return Ok(());
    }
    if let Some(line) = line
        && !wanted.iter().any(|wanted| has(wanted.column))
        && header.iter().any(|name| name.starts_with(|first: char| first.is_ascii_digit()))
    {
        let wanted = missing.into_iter().map(|missing| missing.column).collect();
        return Err(InputError::NoHeader { file: file.to_owned(), line, wanted });
    }
    Err(InputError::MissingColumns { file: file.to_owned(), line, missing, header: header.to_vec() })
}

/// The names that look like a column's, the likeliest first.
fn near<'h>(column: &str, names: impl Iterator<Item = &'h String>) -> Vec<String> {
    let bare_column = bare(column);
    let mut ranked: Vec<(usize, &String)> = names
        .filter(|name| name.len() <= COMPARED_BYTES && column.len() <= COMPARED_BYTES)
        .filter_map(|name| distance(&bare_column, &bare(name)).map(|distance| (distance, name)))
        .collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().take(SUGGESTIONS).map(|(_, name)| name.clone()).collect()
}

/// How far two names are from each other; nothing where they aren't alike. One within the other is a likeness too:
/// `amount` and `Net amount (EUR)`.
fn distance(left: &str, right: &str) -> Option<usize> {
    let (shorter, longer) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let distance = strsim::osa_distance(left, right);
    let within = shorter.len() > 2 && longer.contains(shorter);
    (within || distance <= longer.chars().count() / 3).then_some(distance)
}

/// A name without what people vary: capitals, blanks, underscores.
fn bare(name: &str) -> String {
    name.chars().filter(|symbol| symbol.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{FieldType, Scalar};

    fn lay(header: &[&str], wanted: &[&str], map: &[(&str, &str)]) -> Result<Layout, InputError> {
        let kind = FieldType::plain(Scalar::Text);
        let wanted: Vec<Wanted<'_>> = wanted.iter().map(|column| Wanted { column, kind: &kind }).collect();
        let map = map.iter().map(|(header, column)| ((*header).to_owned(), (*column).to_owned())).collect();
        let header: Vec<String> = header.iter().map(|&name| name.to_owned()).collect();
        Layout::new("claims.csv", 1, &header, &wanted, &map)
    }

    #[test]
    fn wanted_columns_are_found_in_any_order_and_under_two_types() {
        let layout = lay(&["x", "b", "a", "x"], &["a", "b", "a"], &[]).unwrap();
        assert_eq!((layout.places, layout.width), (vec![2, 1, 2], 4));
    }

    #[test]
    fn all_missing_columns_are_listed_with_names_that_look_like_them() {
        let error = lay(&["Claim ID", "Net amount (EUR)", "city"], &["claim_id", "amount", "city", "day"], &[]);
        let error = error.unwrap_err();
        assert_eq!(
            error.to_string(),
            "`claims.csv` has no column `claim_id`, `amount`, `day`; \
             its header on line 1 is `Claim ID`, `Net amount (EUR)`, `city`"
        );
        let help = error.help().unwrap();
        assert!(help.contains("for `claim_id` there may be `Claim ID`"), "{help}");
        assert!(help.contains("for `amount` there may be `Net amount (EUR)`"), "{help}");
        assert!(!help.contains("`day`"), "{help}");
    }

    #[test]
    fn a_wanted_column_may_not_stand_twice() {
        let error = lay(&["a", "b", "a"], &["a"], &[]).unwrap_err();
        assert_eq!(error.to_string(), "`claims.csv` has the column `a` twice in its header on line 1");
        assert!(lay(&["a", "b", "b"], &["a"], &[]).is_ok());
    }

    #[test]
    fn renamed_columns_are_found_and_known_by_the_file_s_own_name() {
        let layout = lay(&["Betrag", "id"], &["amount"], &[("Betrag", "amount")]).unwrap();
        assert_eq!((layout.places, layout.names), (vec![0], vec!["Betrag".into()]));
        let swapped = lay(&["a", "b"], &["a"], &[("a", "b"), ("b", "a")]).unwrap();
        assert_eq!(swapped.places, [1]);
    }

    #[test]
    fn a_map_that_does_not_fit_the_file_is_refused() {
        let error = lay(&["amount"], &["amount"], &[("Betrag", "amount")]).unwrap_err();
        assert!(error.to_string().contains("has no column `Betrag` that the map renames"), "{error}");
        let error = lay(&["amount", "Betrag"], &["amount"], &[("Betrag", "amount")]).unwrap_err();
        assert!(error.to_string().ends_with("twice in its header on line 1, as `amount` and as `Betrag`"), "{error}");
    }

    #[test]
    fn a_header_of_too_many_columns_is_refused() {
        let error = lay(&vec!["a"; MAX_COLUMNS + 1], &[], &[]).unwrap_err();
        assert_eq!(error.code(), crate::diagnostic::Code::TooManyColumns);
    }
}
