//! The names that a definition may give: words for fields and figures, codes for rules, limits and flags.

use super::{context::Context, yaml::Text};
use crate::diagnostic::{Code, Diagnostic};

/// Whether a text can name a field, param, table, total, component or derived figure.
pub(super) fn check_word(text: &Text, what: &str, context: &mut Context<'_>) -> bool {
    let is_word = text.text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.text.chars().all(|symbol| symbol.is_ascii_alphanumeric() || symbol == '_')
        && !RESERVED.contains(&text.text.as_str());
    if !is_word {
        let finding = Diagnostic::error(Code::WrongName, &text.place, format!("`{}` can't name {what}", text.text));
        let help =
            "names are made of letters, digits and `_`, start with a letter, and are no words of the rule language";
        context.findings.add(match RESERVED.contains(&text.text.as_str()) && what == "a field" {
            true => finding.help(format!(
                "`{0}` is a word of the rule language: name the field otherwise, as in `the_{0}: {{ type: …, column: {0} }}`",
                text.text
            )),
            false => finding.help(help),
        });
    }
    is_word
}

/// Whether a text can be the code of a rule, limit or flag.
pub(super) fn check_code(text: &Text, context: &mut Context<'_>) -> bool {
    let is_code = text.text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.text.chars().all(|symbol| symbol.is_ascii_uppercase() || symbol.is_ascii_digit() || symbol == '_');
    let engine = crate::outcome::EngineReason::ALL.iter().any(|reason| reason.code() == text.text);
    if !is_code {
        let finding = Diagnostic::error(Code::WrongName, &text.place, format!("`{}` is not a code", text.text));
        context.findings.add(finding.help("codes are written in capitals: `NO_PROOF`"));
    } else if engine {
        let finding =
            Diagnostic::error(Code::NameTaken, &text.place, format!("the engine itself gives `{}`", text.text));
        context.findings.add(finding.help("give the rule another code"));
    } else if let Some(first) = context.codes.get(&text.text) {
        let finding = Diagnostic::error(Code::NameTaken, &text.place, format!("code `{}` stands twice", text.text));
        context.findings.add(finding.and(first, "first here").help("each rule, limit and flag has a code of its own"));
    } else {
        context.codes.insert(text.text.clone(), text.place.clone());
        return true;
    }
    false
}

/// Names that rules see besides those that a definition declares.
pub(super) const RESERVED_NAMES: [&str; 3] = ["award", "earlier", "total"];

/// Words of the rule language.
const RESERVED: [&str; 27] = [
    "true", "false", "let", "const", "if", "else", "switch", "do", "while", "until", "loop", "for", "in", "continue",
    "break", "fn", "private", "import", "export", "as", "return", "throw", "try", "catch", "this", "global", "eval",
];
