//! What cases and claims reach of a program: as text, as JSON, and as a page with the source coloured.

mod page;

use std::fmt::Write;

use serde::Serialize;

use super::escape::for_terminal;
use crate::{
    cases::{Coverage, CoveredPart, Item},
    diagnostic::Place,
};

/// The longest excerpt of a source, in characters.
const MAX_EXCERPT: usize = 90;
/// The most cases that are named for one item.
const NAMED_CASES: usize = 3;

/// What was reached of one program.
#[derive(Debug)]
pub struct Reached<'c> {
    /// The program.
    pub program: String,
    /// By its cases.
    pub by_cases: &'c Coverage,
    /// By real claims, with the file that they come from.
    pub by_claims: Option<(String, &'c Coverage)>,
}

impl Reached<'_> {
    /// For people: the measures, what isn't reached, and which case reaches what.
    pub fn as_text(&self) -> String {
        let mut text = format!("{} by {}\n", self.program, cases(self.by_cases.runs.len()));
        measures(&mut text, self.by_cases);
        if let Some((file, claims)) = &self.by_claims {
            let _ = writeln!(text, "{} by the claims of {}", self.program, for_terminal(file));
            measures(&mut text, claims);
        }
        self.not_reached(&mut text);
        text.push_str("\nreached by\n");
        for item in self.by_cases.items.iter().filter(|item| !item.reached_by.is_empty()) {
            let _ = writeln!(text, "  {}  {}: {}", item.place.path_and_line(), shown(item), self.names(item));
        }
        text
    }

    fn not_reached(&self, text: &mut String) {
        let missed: Vec<&Item> = missed(self.by_cases).collect();
        if !missed.is_empty() {
            text.push_str("\nreached by no case\n");
        }
        for item in missed {
            let real = match self.reached_by_claims(item) {
                Some(true) => ", and claims of the file reach it",
                _ => "",
            };
            let _ = writeln!(text, "  {}  {}{real}", item.place.path_and_line(), shown(item));
            let _ = writeln!(text, "      {}", for_terminal(line_of(&item.place)));
        }
        let Some((_, claims)) = &self.by_claims else { return };
        let missed: Vec<&Item> = missed_by(claims, self.by_cases).collect();
        if !missed.is_empty() {
            text.push_str("\nreached by cases, and by no claim of the file\n");
        }
        for item in missed {
            let _ = writeln!(text, "  {}  {}", item.place.path_and_line(), shown(item));
        }
    }

    fn reached_by_claims(&self, item: &Item) -> Option<bool> {
        let (_, claims) = self.by_claims.as_ref()?;
        let number = self.by_cases.items.iter().position(|other| std::ptr::eq(other, item))?;
        claims.items.get(number).map(|item| !item.reached_by.is_empty())
    }

    fn names(&self, item: &Item) -> String {
        let names = item.reached_by.iter().filter_map(|run| self.by_cases.runs.get(*run));
        let named: Vec<&str> = names.take(NAMED_CASES).map(String::as_str).collect();
        let more = item.reached_by.len().saturating_sub(named.len());
        if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
    }

    /// For programs.
    pub fn as_json(&self) -> serde_json::Value {
        let json = JsonCoverage {
            version: "1",
            program: &self.program,
            cases: &self.by_cases.runs,
            claims: self.by_claims.as_ref().map(|(file, _)| file.as_str()),
            shares: shares(self.by_cases),
            shares_by_claims: self.by_claims.as_ref().map(|(_, claims)| shares(claims)),
            items: self.by_cases.items.iter().map(|item| self.json_item(item)).collect(),
        };
        serde_json::to_value(json).unwrap_or_default()
    }

    fn json_item<'i>(&'i self, item: &'i Item) -> JsonItem<'i> {
        let (line, column) = item.place.line_and_column();
        JsonItem {
            part: item.part.name(),
            file: &item.place.source.path,
            line,
            column,
            text: excerpt(&item.place),
            what: &item.words,
            cases: item.reached_by.iter().filter_map(|run| self.by_cases.runs.get(*run)).map(String::as_str).collect(),
            by_claims: self.reached_by_claims(item),
        }
    }

    /// A page: measures, and the sources with each line coloured by what was reached of it.
    pub fn as_page(&self) -> String {
        page::page(self)
    }
}

#[derive(Serialize)]
struct JsonCoverage<'c> {
    version: &'static str,
    program: &'c str,
    cases: &'c [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<&'c str>,
    shares: Vec<JsonShare>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shares_by_claims: Option<Vec<JsonShare>>,
    items: Vec<JsonItem<'c>>,
}

#[derive(Serialize)]
struct JsonShare {
    part: &'static str,
    reached: usize,
    of: usize,
}

#[derive(Serialize)]
struct JsonItem<'c> {
    part: &'static str,
    file: &'c str,
    line: usize,
    column: usize,
    text: String,
    what: &'c str,
    cases: Vec<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_claims: Option<bool>,
}

fn shares(coverage: &Coverage) -> Vec<JsonShare> {
    let share = |part: CoveredPart| {
        let share = coverage.share(part);
        JsonShare { part: part.name(), reached: share.reached, of: share.of }
    };
    CoveredPart::ALL.into_iter().map(share).filter(|share| share.of > 0).collect()
}

fn cases(count: usize) -> String {
    if count == 1 { "1 case".to_owned() } else { format!("{count} cases") }
}

fn measures(text: &mut String, coverage: &Coverage) {
    for part in CoveredPart::ALL {
        let share = coverage.share(part);
        if share.of > 0 {
            let _ =
                writeln!(text, "  {:<13}{:>5} of {:>4}  {:>3}%", part.name(), share.reached, share.of, share.percent());
        }
    }
}

fn missed(coverage: &Coverage) -> impl Iterator<Item = &Item> {
    coverage.items.iter().filter(|item| item.reached_by.is_empty())
}

/// What some runs miss that others reach.
fn missed_by<'c>(these: &'c Coverage, others: &'c Coverage) -> impl Iterator<Item = &'c Item> {
    let pairs = these.items.iter().zip(&others.items);
    pairs.filter(|(own, other)| own.reached_by.is_empty() && !other.reached_by.is_empty()).map(|(own, _)| own)
}

/// What an item is, with the words of its source where that says more than its own.
fn shown(item: &Item) -> String {
    match item.part {
        CoveredPart::Branch => format!("`{}` {}", for_terminal(&excerpt(&item.place)), item.words),
        _ => for_terminal(&item.words).into_owned(),
    }
}

/// The text of a place on one line.
fn excerpt(place: &Place) -> String {
    let text = place.text().split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= MAX_EXCERPT {
        return text;
    }
    text.chars().take(MAX_EXCERPT).chain(['…']).collect()
}

/// The line that a place starts on.
fn line_of(place: &Place) -> &str {
    place.source.text.lines().nth(place.line_and_column().0.saturating_sub(1)).unwrap_or("").trim()
}
