//! Names that a client uses for columns.

use std::collections::BTreeMap;

/// Renames what a client sends: a header in the file to a column of the definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap(BTreeMap<String, String>);

impl ColumnMap {
    /// Renames these headers to these columns.
    pub fn new(columns_by_header: BTreeMap<String, String>) -> Self {
        Self(columns_by_header)
    }

    /// The column that a header stands for: itself, where it isn't renamed.
    pub fn column<'n>(&'n self, header: &'n str) -> &'n str {
        self.0.get(header).map_or(header, String::as_str)
    }

    /// Whether a header is renamed.
    pub fn renames(&self, header: &str) -> bool {
        self.0.contains_key(header)
    }

    /// The headers that are renamed, in the order of the alphabet.
    pub fn headers(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }
}

/// Pairs of a header and a column.
impl FromIterator<(String, String)> for ColumnMap {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}
