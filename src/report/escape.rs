//! What came from input, made harmless where it is shown.

use std::borrow::Cow;

use crate::money::parse_decimal;

/// Text for a spreadsheet cell: one that a spreadsheet would take for a formula gets a quote in front.
pub(super) fn for_spreadsheet(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Whether a spreadsheet would take a text for a formula. A number is a number for it, too.
pub(super) fn is_formula(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')) && parse_decimal(text).is_err()
}

/// Text for a terminal: control characters, which could move the cursor or hide what stands there, are written out.
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    let is_control = |symbol: char| symbol.is_control() && symbol != '\n' || is_bidirectional(symbol);
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let shown =
        |symbol: char| if is_control(symbol) { symbol.escape_unicode().to_string() } else { symbol.to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Characters that turn the direction of text around, so that it reads other than it is.
fn is_bidirectional(symbol: char) -> bool {
    matches!(symbol, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Text for XML: what would end a text or an attribute is written out, and control characters, which XML has no way to say,
/// as Rust writes them.
pub fn for_xml(text: &str) -> Cow<'_, str> {
    let is_plain = |symbol: char| !matches!(symbol, '&' | '<' | '>' | '"' | '\'') && !symbol.is_control();
    if text.chars().all(|symbol| is_plain(symbol) || symbol == '\n') {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\n' => safe.push(symbol),
            symbol if symbol.is_control() => safe.extend(symbol.escape_unicode()),
            symbol => safe.push(symbol),
        }
    }
    Cow::Owned(safe)
}

/// Text for a GitHub workflow command.
pub(super) fn for_workflow(text: &str, property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_never_starts_a_formula_and_a_terminal_never_obeys() {
        assert_eq!(for_spreadsheet("=1+1"), "'=1+1");
        assert_eq!(for_spreadsheet("A-1"), "A-1");
        assert_eq!((for_spreadsheet("-5"), for_spreadsheet("-5+2")), ("-5".into(), "'-5+2".into()));
        assert_eq!(for_terminal("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(for_workflow("a:b\n50%", true), "a%3Ab%0A50%25");
        assert_eq!(for_xml("a<b \"&\u{1b}\nc"), "a&lt;b &quot;&amp;\\u{1b}\nc");
    }
}
