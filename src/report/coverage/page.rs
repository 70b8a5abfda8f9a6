//! The page of what was reached. Everything in it that comes from elsewhere is escaped by the writer of the page.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{Reached, cases, shown};
use crate::cases::{Coverage, CoveredPart, Item};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}\
table{border-collapse:collapse}td,th{padding:.15rem .8rem .15rem 0;text-align:left}td.figure{text-align:right}\
pre{font:13px/1.45 ui-monospace,monospace;overflow-x:auto;border:1px solid #ccc;padding:.5rem 0}\
pre span{display:block;padding:0 .75rem;white-space:pre}pre b{display:inline-block;width:4ch;color:#777;font-weight:400}\
.all{background:#e2f4e4}.some{background:#fdf1c8}.none{background:#fbdcd9}em{color:#8a2b20;font-style:normal}";

/// The page.
pub(super) fn page(reached: &Reached<'_>) -> String {
    let title = format!("What cases reach of {}", reached.program);
    let body = html! {
        h1 { (title) }
        (measures(reached))
        @for (path, text) in sources(reached.by_cases) {
            h2 { (path) }
            (source(reached, &path, &text))
        }
    };
    crate::report::page::page(&title, STYLE, &body)
}

fn measures(reached: &Reached<'_>) -> Markup {
    html! {
        table {
            tr {
                th { "" }
                th { "by " (cases(reached.by_cases.runs.len())) }
                @if let Some((file, _)) = &reached.by_claims { th { "by the claims of " (file) } }
            }
            @for part in CoveredPart::ALL {
                @if reached.by_cases.share(part).of > 0 {
                    tr {
                        td { (part.name()) }
                        td.figure { (share(reached.by_cases, part)) }
                        @if let Some((_, claims)) = &reached.by_claims { td.figure { (share(claims, part)) } }
                    }
                }
            }
        }
        p {
            span.all { " all of a line is reached " } " "
            span.some { " some of it " } " "
            span.none { " none of it " }
        }
    }
}

fn share(coverage: &Coverage, part: CoveredPart) -> String {
    let share = coverage.share(part);
    format!("{} of {}, {}%", share.reached, share.of, share.percent())
}

/// The files that something stands in, with their texts.
fn sources(coverage: &Coverage) -> BTreeMap<String, String> {
    let sources = coverage.items.iter().map(|item| &item.place.source);
    sources.map(|source| (source.path.clone(), source.text.clone())).collect()
}

fn source(reached: &Reached<'_>, path: &str, text: &str) -> Markup {
    let mut lines: BTreeMap<usize, Vec<&Item>> = BTreeMap::new();
    let of_line = |item: &&Item| item.place.source.path == path && item.part != CoveredPart::Disposition;
    for item in reached.by_cases.items.iter().filter(of_line) {
        lines.entry(item.place.line_and_column().0).or_default().push(item);
    }
    html! {
        pre {
            @for (number, line) in (1..).zip(text.lines()) {
                @let items = lines.get(&number).map_or(&[][..], Vec::as_slice);
                span class=[colour(items)] title=[hint(items)] {
                    b { (number) } (line)
                    @for item in items.iter().filter(|item| item.reached_by.is_empty()) {
                        em { "   ← never: " (shown(item)) }
                    }
                }
            }
        }
    }
}

fn colour(items: &[&Item]) -> Option<&'static str> {
    let reached = items.iter().filter(|item| !item.reached_by.is_empty()).count();
    match reached {
        _ if items.is_empty() => None,
        0 => Some("none"),
        _ if reached == items.len() => Some("all"),
        _ => Some("some"),
    }
}

/// How many cases reach each item of a line.
fn hint(items: &[&Item]) -> Option<String> {
    let hints = items.iter().map(|item| format!("{}: {}", shown(item), cases(item.reached_by.len())));
    (!items.is_empty()).then(|| hints.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_can_put_nothing_into_the_page() {
        let reached = Reached { program: "a/<b>".to_owned(), by_cases: &Coverage::default(), by_claims: None };
        let page = page(&reached);
        assert!(page.contains("a/&lt;b&gt;") && !page.contains("<b>&"), "{page}");
        let line = source(&reached, "x", "<script>alert(\"1\")</script>").into_string();
        assert!(
            line.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;") && !line.contains("<script"),
            "{line}"
        );
    }
}
