//! Text cut out of a source, an expression in YAML for example, that still knows where each part of it stands.

use std::sync::Arc;

use super::{Place, Source, Span};

/// A piece of a source as its reader got it: unfolded, unindented, unescaped.
#[derive(Debug, Clone)]
pub struct Fragment {
    source: Arc<Source>,
    text: String,
    /// The source's byte of each byte of the text; empty where the text stands in the source as it is.
    bytes: Vec<usize>,
    span: Span,
}

impl Fragment {
    /// A whole file.
    pub fn whole(source: &Arc<Source>) -> Self {
        let span = Span { start: 0, end: source.text.len() };
        Self { source: Arc::clone(source), text: source.text.clone(), bytes: Vec::new(), span }
    }

    /// The text that a reader made of a place, found again in the source character by character.
    pub fn of(place: &Place, text: &str) -> Self {
        let written = place.text();
        let fragment =
            |bytes| Self { source: Arc::clone(&place.source), text: text.to_owned(), bytes, span: place.span };
        if written == text {
            return fragment(Vec::new());
        }
        let mut bytes = Vec::with_capacity(text.len());
        let mut from = 0;
        for symbol in text.chars() {
            let rest = written.get(from..).unwrap_or("");
            let skipped =
                if symbol.is_whitespace() { rest.starts_with(symbol).then_some(0) } else { rest.find(symbol) };
            let at = from + skipped.unwrap_or(0);
            bytes.extend((0..symbol.len_utf8()).map(|byte| place.span.start + at + byte));
            from = if skipped.is_some() { at + symbol.len_utf8() } else { from };
        }
        fragment(bytes)
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All of it.
    pub fn place(&self) -> Place {
        Place::new(&self.source, self.span.start..self.span.end)
    }

    /// The word, literal or sign that starts at a line and column of the text, both from 1, the column in characters.
    pub fn token_at(&self, line: usize, column: usize) -> Place {
        let line_start: usize = self.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let rest = self.text.get(line_start..).unwrap_or("");
        let before: usize = rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        let start = (line_start + before).min(self.text.len());
        let token = self.text.get(start..).map_or(0, token_length);
        self.range(start, start + token)
    }

    /// A range of bytes of the text.
    pub fn range(&self, start: usize, end: usize) -> Place {
        let at = |byte: usize| match self.bytes.get(byte) {
            Some(byte) => *byte,
            None if self.bytes.is_empty() => self.span.start + byte,
            None => self.bytes.last().map_or(self.span.end, |last| last + 1),
        };
        let last = end.saturating_sub(1).max(start);
        let end = if end > start { at(last) + 1 } else { at(start) };
        Place::new(&self.source, at(start)..end.max(at(start)))
    }
}

fn token_length(text: &str) -> usize {
    let mut symbols = text.chars();
    let Some(first) = symbols.next() else { return 0 };
    let word = |symbol: &char| symbol.is_alphanumeric() || *symbol == '_';
    if first == '"' || first == '`' {
        return text.get(1..).and_then(|rest| rest.find(first)).map_or(text.len(), |end| end + 2);
    }
    if first.is_ascii_digit() {
        let is_point =
            |at: usize| text.get(at + 1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
        let part = |(at, symbol): &(usize, char)| word(symbol) || *symbol == '.' && is_point(*at);
        return text.char_indices().take_while(part).map(|(_, symbol)| symbol.len_utf8()).sum();
    }
    if word(&first) {
        return text.chars().take_while(word).map(char::len_utf8).sum();
    }
    let second = symbols.next().filter(|second| "=!<>&|+-*/".contains(first) && "=&|".contains(*second));
    first.len_utf8() + second.map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, span: std::ops::Range<usize>) -> Place {
        Place::new(&Arc::new(Source { path: "a".into(), text: text.into() }), span)
    }

    #[test]
    fn a_token_of_a_plain_scalar_is_found_in_its_file() {
        let place = place("when: claim.sku == \"A\"", 6..22);
        let fragment = Fragment::of(&place, "claim.sku == \"A\"");
        assert_eq!(fragment.token_at(1, 1).text(), "claim");
        assert_eq!(fragment.token_at(1, 11).text(), "==");
        assert_eq!(fragment.token_at(1, 14).text(), "\"A\"");
    }

    #[test]
    fn a_token_of_an_indented_block_is_found_in_its_file() {
        let place = place("when: |\n    a >\n    bcd\n", 6..24);
        let fragment = Fragment::of(&place, "a >\nbcd\n");
        let found = fragment.token_at(2, 1);
        assert_eq!((found.text(), found.line_and_column()), ("bcd", (3, 5)));
    }
}
