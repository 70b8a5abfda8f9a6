//! What all pages for a browser have in common: one file that loads nothing.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A page with its title, its style and what stands on it.
pub(super) fn page(title: &str, style: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}
