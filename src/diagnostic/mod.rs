//! What is wrong with authored text: plain data with a code, the places and a remedy. Rendering is the report's.

mod code;
mod fragment;
mod source;

pub use code::{Code, Explanation, UnknownCode};
pub use fragment::Fragment;
pub use source::{Place, Source, Span};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is evaluated before this is mended.
    Error,
    /// It evaluates, but probably not as meant.
    Warning,
}

/// A place with a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is to be seen there; may be empty.
    pub text: String,
}

/// One finding. Messages are lower case, without a full stop, the author's words in backticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where: the first label is the place itself, others what it disagrees with.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, place: &Place, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, place, message.into())
    }

    /// A warning at a place.
    pub fn warning(code: Code, place: &Place, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, place, message.into())
    }

    fn new(code: Code, severity: Severity, place: &Place, message: String) -> Self {
        let label = Label { place: place.clone(), text: String::new() };
        Self { code, severity, message, labels: vec![label], help: None }
    }

    /// Says what is to be seen at the first place.
    #[must_use]
    pub fn labelled(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Adds another place that matters.
    #[must_use]
    pub fn and(mut self, place: &Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place: place.clone(), text: text.into() });
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers the nearest of the known names, or lists them if none is near.
    #[must_use]
    pub fn suggest<'n>(self, wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match nearest(wrong, &known) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None if known.is_empty() => self,
            None => {
                let listed: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                self.help(format!("known here: {}", listed.join(", ")))
            }
        }
    }
}

/// The known name that a mistyped one most likely means.
pub fn nearest<'n>(wrong: &str, known: &[&'n str]) -> Option<&'n str> {
    let limit = (wrong.chars().count() / 3).max(1);
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&wrong.to_lowercase(), &name.to_lowercase()), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// A message of another library as ours are written: with a small first letter.
pub fn lower_first(message: &str) -> String {
    let mut symbols = message.chars();
    symbols.next().map_or(String::new(), |first| first.to_lowercase().chain(symbols).collect())
}

/// Findings as they are collected, so that the author hears all of them at once.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Diagnostic>,
}

impl Findings {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, unless the same was said already.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        if !self.list.contains(&diagnostic) {
            self.list.push(diagnostic);
        }
    }

    /// Adds all of another collection.
    pub fn absorb(&mut self, other: Self) {
        other.list.into_iter().for_each(|diagnostic| self.add(diagnostic));
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// All of them by file and place.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|left, right| {
            let key = |diagnostic: &Diagnostic| {
                diagnostic.labels.first().map(|label| (label.place.source.path.clone(), label.place.span.start))
            };
            key(left).cmp(&key(right)).then(left.severity.cmp(&right.severity))
        });
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("net_revenu", &["quantity", "net_revenue"]), Some("net_revenue"));
        assert_eq!(nearest("amuont", &["amount", "sku"]), Some("amount"));
        assert_eq!(nearest("country", &["amount", "sku"]), None);
    }
}
