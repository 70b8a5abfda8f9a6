//! A script without its spacing and comments, to tell whether two of them say the same.

/// What a script says, a token a line. Text between back quotes may hold expressions, so a script with such text stays as
/// it is: taking a formatted one for a changed one is harmless, the other way round is not.
pub fn without_spacing(script: &str) -> String {
    if script.contains('`') {
        return script.replace('\r', "");
    }
    let mut tokens = String::with_capacity(script.len());
    let mut rest = script.trim_start();
    while let Some(first) = rest.chars().next() {
        let bytes = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            '"' | '\'' => quoted(rest, first),
            _ if is_word(first) => run(rest, is_word),
            _ if is_operator(first) => run(rest, is_operator),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(bytes).unwrap_or((rest, ""));
        if !token.starts_with("//") && !token.starts_with("/*") {
            tokens.push_str(token);
            tokens.push('\n');
        }
        rest = after.trim_start();
    }
    tokens
}

fn is_word(symbol: char) -> bool {
    symbol.is_alphanumeric() || symbol == '_'
}

/// Characters that mean something else beside each other than apart.
fn is_operator(symbol: char) -> bool {
    "+-*%<>=!&|^.:?#$@~\\".contains(symbol)
}

fn run(text: &str, belongs: fn(char) -> bool) -> usize {
    text.find(|symbol| !belongs(symbol)).unwrap_or(text.len())
}

/// How long the text is that stands first, with its quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, symbol) in text.char_indices().skip(1) {
        match symbol {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if symbol == quote => return place + 1,
            _ => {}
        }
    }
    text.len()
}

/// How long the comment is that stands first. Comments stand inside each other.
fn comment(text: &str) -> usize {
    let (mut depth, mut place) = (0_usize, 0);
    while let Some(ahead) = text.get(place..) {
        let Some(first) = ahead.chars().next() else { break };
        if ahead.starts_with("/*") {
            (depth, place) = (depth + 1, place + 2);
        } else if ahead.starts_with("*/") {
            (depth, place) = (depth - 1, place + 2);
            if depth == 0 {
                return place;
            }
        } else {
            place += first.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_and_comments_say_nothing_and_everything_else_does() {
        let same = [
            "fn fee(days) { if days > 3 { 5 } else { 0 } }",
            "// what a day costs\nfn fee( days )\r\n{\n  if days>3 { 5 } else { 0 } /* or /* more */ so */\n}\n",
        ];
        assert_eq!(without_spacing(same[0]), without_spacing(same[1]));
        let other = [
            "fn fee(days) { if days >= 3 { 5 } else { 0 } }",
            "fn fee(days) { if days > 30 { 5 } else { 0 } }",
            "fn fee(days) { if days > 3 { 5 } /* else { 0 } */ }",
        ];
        for other in other {
            assert_ne!(without_spacing(same[0]), without_spacing(other));
        }
    }

    #[test]
    fn a_text_keeps_its_spaces_and_what_looks_like_a_comment() {
        assert_ne!(without_spacing("fn f() { \"a b\" }"), without_spacing("fn f() { \"a  b\" }"));
        assert_ne!(without_spacing("fn f() { \"a//b\" }"), without_spacing("fn f() { \"a//c\" }"));
        assert_ne!(without_spacing("fn f() { \"a\\\"//b\" }"), without_spacing("fn f() { \"a\\\"//c\" }"));
        assert_ne!(without_spacing("fn f() { `a b` }"), without_spacing("fn f() { `a  b` }"));
    }

    #[test]
    fn operators_beside_each_other_are_not_those_apart() {
        assert_ne!(without_spacing("fn f(a) { 1 - -a }"), without_spacing("fn f(a) { 1 --a }"));
        assert_ne!(without_spacing("fn f(ab) { ab }"), without_spacing("fn f(ab) { a b }"));
    }
}
