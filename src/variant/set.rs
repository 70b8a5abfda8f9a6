//! `KEY=VALUE`, as a command line gives a change.

use std::sync::Arc;

use super::{Change, Variant};
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place, Source},
    program::{Node, parse},
};

impl Variant {
    /// The changes that arguments of this option ask for, each `KEY=VALUE` with the value as a definition writes it. `~`
    /// takes out what stands there. `None` if one can't be read.
    pub fn of_arguments(option: &str, arguments: &[String], findings: &mut Findings) -> Option<Self> {
        let changes: Vec<Option<Change>> =
            arguments.iter().map(|argument| change(option, argument, findings)).collect();
        Some(Self {
            name: format!("{option} {}", arguments.join(" ")),
            changes: changes.into_iter().collect::<Option<_>>()?,
        })
    }
}

/// Key and value are read as a line of YAML, so that a value means what it would in a file.
fn change(option: &str, argument: &str, findings: &mut Findings) -> Option<Change> {
    let written = argument.split_once('=').filter(|(key, _)| !key.trim().is_empty());
    let Some((key, value)) = written else {
        let source = Arc::new(Source { path: option.to_owned(), text: argument.to_owned() });
        let place = Place::new(&source, 0..argument.len());
        let finding = Diagnostic::error(Code::NothingToChange, &place, "a key with `=` and a value is expected");
        findings.add(finding.help(format!("write `{option} params.tolerance=50`")));
        return None;
    };
    let source = Arc::new(Source { path: option.to_owned(), text: format!("{}: {}", key.trim(), value.trim()) });
    let root = parse(&source, findings)?;
    let place = root.place().clone();
    let only = if let Node::Mapping(entries, _) = root { <[_; 1]>::try_from(entries).ok() } else { None };
    let Some([(path, value)]) = only else {
        let finding = Diagnostic::error(Code::NothingToChange, &place, "one key with one value is expected");
        findings.add(finding.help(format!("write `{option}` again for each change")));
        return None;
    };
    Some(Change::of(path, value))
}
