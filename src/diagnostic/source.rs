//! Authored text and places in it.

use std::{ops::Range, sync::Arc};

/// An authored file: the path that readers know it by, and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Relative to the workspace, with `/` between folders.
    pub path: String,
    /// The text.
    pub text: String,
}

/// A range of bytes in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

/// A range in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// The range.
    pub span: Span,
}

impl Place {
    /// A range of bytes in a file.
    pub fn new(source: &Arc<Source>, span: impl Into<Span>) -> Self {
        Self { source: Arc::clone(source), span: span.into() }
    }

    /// The start of a file, for what concerns all of it.
    pub fn start_of(source: &Arc<Source>) -> Self {
        Self::new(source, 0..0)
    }

    /// Line and column of the start, both from 1; the column counts characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let before = self.source.text.get(..self.span.start).unwrap_or(&self.source.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).map_or(0, |line| line.chars().count());
        (before.bytes().filter(|byte| *byte == b'\n').count() + 1, column + 1)
    }

    /// `path:line`, as explanations name a rule.
    pub fn path_and_line(&self) -> String {
        format!("{}:{}", self.source.path, self.line_and_column().0)
    }

    /// The text of the range.
    pub fn text(&self) -> &str {
        self.source.text.get(self.span.start..self.span.end).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Arc::new(Source { path: "a.yaml".into(), text: "one\nzwei: ü x".into() });
        let place = Place::new(&source, 13..14);
        assert_eq!((place.line_and_column(), place.text()), ((2, 9), "x"));
        assert_eq!(place.path_and_line(), "a.yaml:2");
    }
}
