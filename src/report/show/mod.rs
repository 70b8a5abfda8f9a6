//! The effective definition of a program: what its layers make together, where each part comes from, and its schedules
//! drawn.

mod chart;
mod due;
mod json;
mod schedule;
mod yaml;

use std::sync::Arc;

use yaml::Line;

use super::{escape::for_terminal, summary::short};
use crate::{
    diagnostic::Source,
    program::{Node, Program, ProgramName},
};

/// A program as it is shown.
#[derive(Debug)]
pub struct Shown<'s> {
    /// Its name.
    pub name: &'s ProgramName,
    /// Its effective definition, whose places name the file that each part comes from.
    pub root: &'s Node,
    /// The files that it is put together from, its own first.
    pub sources: Vec<&'s Arc<Source>>,
    /// The program with its fingerprint, if the definition is one.
    pub program: Option<(&'s Program, &'s str)>,
}

impl Shown<'_> {
    /// The definition as YAML that can be read again.
    pub fn to_yaml(&self) -> String {
        yaml::lines(self.root).into_iter().map(|line| line.text + "\n").collect()
    }

    /// The definition as JSON, every value as written, and beside it where each part comes from.
    pub fn to_json(&self) -> serde_json::Result<String> {
        json::page(self)
    }

    /// For people: the definition with file and line beside each part, and the schedules.
    pub fn to_text(&self) -> String {
        let title = self.program.map_or(String::new(), |(program, _)| program.identification.title.clone());
        let mut page = match self.program {
            Some((_, fingerprint)) => format!("{title} ({})\nrules {}\n", self.name, short(fingerprint)),
            None => format!("{}\n", self.name),
        };
        for (number, source) in self.sources.iter().enumerate() {
            page.push_str(if number == 0 { "" } else { "over " });
            page.push_str(&source.path);
            page.push('\n');
        }
        page.push('\n');
        page.push_str(&beside(&yaml::lines(self.root), &self.sources));
        if let Some((program, _)) = self.program {
            for line in schedule::lines(program, self.root) {
                page.push_str(&line);
                page.push('\n');
            }
        }
        for_terminal(&page).into_owned()
    }
}

/// Lines with where they come from in a margin before them: the file where it changes, the line always. Of a single file
/// only the lines are named.
fn beside(lines: &[Line], sources: &[&Arc<Source>]) -> String {
    let names = short_names(sources);
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut page = String::new();
    let mut before = "";
    for line in lines {
        let margin = line.place.as_ref().map_or(String::new(), |place| {
            let number = place.line_and_column().0;
            let file = sources.iter().position(|source| Arc::ptr_eq(source, &place.source));
            let name = file.and_then(|file| names.get(file)).map_or("", String::as_str);
            let shown = if name == before { "" } else { name };
            before = name;
            if widest == 0 { number.to_string() } else { format!("{shown:>widest$}:{number}") }
        });
        let width = if widest == 0 { 5 } else { widest + 6 };
        page.push_str(format!("{margin:width$}{}", line.text).trim_end());
        page.push('\n');
    }
    page
}

/// Files by the programs that they define; without the client where all are of one, and without any name where there is
/// one file.
fn short_names(sources: &[&Arc<Source>]) -> Vec<String> {
    let name =
        |path: &str| path.strip_prefix("programs/").and_then(|path| path.strip_suffix(".yaml")).map(str::to_owned);
    let names: Vec<String> =
        sources.iter().map(|source| name(&source.path).unwrap_or_else(|| source.path.clone())).collect();
    let client = |name: &String| name.split_once('/').map(|(client, _)| client.to_owned());
    let is_one_client = names.windows(2).all(|pair| matches!(pair, [one, other] if client(one) == client(other)));
    let short = |name: String| match name.split_once('/') {
        _ if sources.len() < 2 => String::new(),
        Some((_, name)) if is_one_client => name.to_owned(),
        _ => name,
    };
    names.into_iter().map(short).collect()
}
