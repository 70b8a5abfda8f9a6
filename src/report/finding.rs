//! Findings as text with excerpt and caret, as JSON, and as GitHub annotations.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::escape::{for_terminal, for_workflow};
use crate::diagnostic::{Diagnostic, Label, Severity};

/// A finding as people read it: message, excerpt, caret and remedy.
pub fn as_text(diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = for_terminal(&diagnostic.message).into_owned();
    let title = level.primary_title(message).id(diagnostic.code.id());
    let mut group = title.elements(snippets(&diagnostic.labels));
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(for_terminal(help).into_owned()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let report: &[Group<'_>] = &[group];
    renderer.render(report)
}

/// One excerpt for each file, in the order in which the labels name them.
fn snippets(labels: &[Label]) -> Vec<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let mut paths: Vec<&str> = Vec::new();
    for label in labels {
        if !paths.contains(&label.place.source.path.as_str()) {
            paths.push(&label.place.source.path);
        }
    }
    let excerpts = paths.into_iter().filter_map(|path| {
        let here = || labels.iter().enumerate().filter(move |(_, label)| label.place.source.path == path);
        let (_, first) = here().next()?;
        let annotations = here().map(|(number, label)| {
            let kind = if number == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(label.place.span.start..label.place.span.end);
            if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
        });
        Some(Snippet::source(first.place.source.text.as_str()).path(path).annotations(annotations))
    });
    excerpts.collect()
}

#[derive(Serialize)]
struct JsonFinding<'d> {
    version: &'static str,
    code: &'static str,
    severity: &'static str,
    message: &'d str,
    file: &'d str,
    line: usize,
    column: usize,
    related: Vec<JsonPlace<'d>>,
    help: Option<&'d str>,
}

#[derive(Serialize)]
struct JsonPlace<'d> {
    file: &'d str,
    line: usize,
    column: usize,
    text: &'d str,
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A finding as one JSON object. Lines and columns count from 1, columns in characters.
pub fn as_json(diagnostic: &Diagnostic) -> serde_json::Result<String> {
    let place = |label: &Label| label.place.line_and_column();
    let first = diagnostic.labels.first();
    let (line, column) = first.map_or((1, 1), place);
    let related = diagnostic.labels.iter().skip(1).map(|label| {
        let (line, column) = place(label);
        JsonPlace { file: &label.place.source.path, line, column, text: &label.text }
    });
    serde_json::to_string(&JsonFinding {
        version: "1.0",
        code: diagnostic.code.id(),
        severity: severity(diagnostic),
        message: &diagnostic.message,
        file: first.map_or("", |label| label.place.source.path.as_str()),
        line,
        column,
        related: related.collect(),
        help: diagnostic.help.as_deref(),
    })
}

/// A finding as a workflow command of GitHub.
pub fn as_github(diagnostic: &Diagnostic) -> String {
    let first = diagnostic.labels.first();
    let (line, column) = first.map_or((1, 1), |label| label.place.line_and_column());
    let file = first.map_or("", |label| label.place.source.path.as_str());
    let text = diagnostic
        .help
        .as_ref()
        .map_or_else(|| diagnostic.message.clone(), |help| format!("{}\nhelp: {help}", diagnostic.message));
    format!(
        "::{} file={},line={line},col={column},title={}::{}",
        severity(diagnostic),
        for_workflow(file, true),
        for_workflow(diagnostic.code.id(), true),
        for_workflow(&text, false)
    )
}
