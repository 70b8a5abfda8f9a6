//! What is wrong with the rows of a table, in the words and lines of its file.

use crate::{
    claim::Constant,
    diagnostic::{Code, Diagnostic},
    engine::{Example, FlawKind, MAX_CANDIDATES, Sample, Unchecked},
    money::{Decimal, multiply, plain},
    program::{Hit, Table},
};

/// The finding for a flaw, its rows by the lines that they stand on.
pub(super) fn finding(table: &Table, flaw: &FlawKind, line: &dyn Fn(usize) -> u64) -> Diagnostic {
    let (place, file) = (&table.file.place, &table.file.text);
    let error = |code, message: String| Diagnostic::error(code, place, message);
    let warning = |code, message: String| Diagnostic::warning(code, place, message);
    match flaw {
        FlawKind::Overlap { first, second, example } => overlap(table, line(*first), line(*second), example),
        FlawKind::EmptyRange { row, range } => {
            let message = format!("line {} of `{file}`: no value lies in the range `{range}`", line(*row));
            error(Code::TableRange, message).help("put its lower end below its upper end")
        }
        FlawKind::Impossible { row, column, value, choices } => {
            let message =
                format!("line {} of `{file}` never matches: `{column}` is never {}", line(*row), shown(value));
            let choices: Vec<String> = choices.iter().map(shown).collect();
            warning(Code::NoChoice, message).help(format!("what is looked up is one of {}", choices.join(", ")))
        }
        FlawKind::Masked { row, by, says_the_same } => {
            let (row, lines) = (line(*row), listed(by.iter().map(|row| line(*row).to_string())));
            let (noun, verb, say) = if by.len() == 1 { ("line", "counts", "says") } else { ("lines", "count", "say") };
            if *says_the_same {
                let message = format!("line {row} of `{file}` adds nothing");
                let message = format!("{message}, since {noun} {lines} {verb} wherever it matches, and {say} the same");
                return warning(Code::TableMasked, message).help("delete it, unless it is meant to say something else");
            }
            let message =
                format!("line {row} of `{file}` never counts, since {noun} {lines} {verb} wherever it matches");
            error(Code::TableMasked, message).help(match table.hit {
                Some(Hit::Priority(_)) => "give it a better priority, narrow the others, or delete it",
                _ => "move it up, narrow the others, or delete it",
            })
        }
        FlawKind::Gap { range, example } => {
            let message = format!("there is a gap in `{range}` of `{file}`: rows match on both sides of it");
            let message = format!("{message}, and none matches a claim with {}", sentence(example));
            warning(Code::TableGap, message).help("let the rows meet, or add one with what is meant there")
        }
        FlawKind::Missing { examples, others } => {
            let examples: Vec<String> = examples.iter().map(sentence).collect();
            let more = if *others == 0 { String::new() } else { format!(", and {others} more of the kind") };
            let message = format!("no row of `{file}` matches a claim with {}{more}", examples.join("; or with "));
            warning(Code::TableGap, message).help("add rows with what is meant there, if need be with blank cells")
        }
        FlawKind::SameStart { first, second, start, example } => {
            let start = start.map_or_else(|| "without a lower end".to_owned(), |start| format!("at {}", plain(start)));
            let message = format!("lines {} and {} of `{file}` both start a band {start}", line(*first), line(*second));
            error(Code::BandsDisordered, format!("{message}, for a claim with {}", sentence(example)))
                .help("give each band that a claim may reach a start of its own")
        }
        FlawKind::LargeRate { row, rate } => {
            let percent = rate.saturating_mul(Decimal::ONE_HUNDRED);
            let message = format!("line {} of `{file}`: a rate of {} is {}%", line(*row), plain(*rate), plain(percent));
            warning(Code::LargeRate, message).help(format!(
                "write {} if {}% is meant",
                plain(share(*rate)),
                plain(*rate)
            ))
        }
        FlawKind::TooManyCandidates { rows } => {
            let message = format!("{rows} rows of `{file}` may match the same claim, and {MAX_CANDIDATES} are allowed");
            let help = "match a column whose cells are filled and tell the rows apart, or split the table";
            error(Code::TableTooLarge, message).help(help)
        }
        FlawKind::Unchecked(what) => {
            let what = match what {
                Unchecked::Overlaps => "whether rows overlap",
                Unchecked::Masked => "whether each row ever counts",
                Unchecked::Gaps => "whether there are gaps",
            };
            let message = format!("`{file}` has too many rows with ranges and blanks to find out {what}");
            let help =
                "split the table; until then a claim on which rows conflict is held all the same (`TABLE_CONFLICT`)";
            warning(Code::TableTooLarge, message).help(help)
        }
    }
}

fn overlap(table: &Table, first: u64, second: u64, example: &Example) -> Diagnostic {
    let (place, file) = (&table.file.place, &table.file.text);
    let lines = format!("lines {first} and {second} of `{file}`");
    let such = format!("a claim with {}", sentence(example));
    let error = |message: String| Diagnostic::error(Code::TableOverlap, place, message);
    match table.hit {
        None => error(format!("{lines} match at the same time"))
            .help("correct the keys or dates, so that one row is in force on each day"),
        Some(Hit::Any) => error(format!("{lines} say different things about {such}"))
            .help("let them say the same, or keep them apart; with `hit: first` the upper one counts"),
        Some(Hit::Priority(_)) => {
            let message = format!("{lines} have the same priority and say different things about {such}");
            let finding = Diagnostic::warning(Code::TableOverlap, place, message);
            finding
                .help("such claims are held (`TABLE_CONFLICT`): give one of them a better priority, or keep them apart")
        }
        Some(_) => error(format!("{lines} both match {such}"))
            .help("keep the rows apart; with `hit: first` the upper one counts"),
    }
}

/// A number of percent as a share.
fn share(percent: Decimal) -> Decimal {
    multiply(percent, Decimal::new(1, 2)).unwrap_or(percent)
}

/// `category` "DEVICE" and `quantity` 10.
fn sentence(example: &Example) -> String {
    let sample = |(name, sample): &(String, Sample)| match sample {
        Sample::Value(Constant::Nothing) => format!("no `{name}`"),
        Sample::Value(value) => format!("`{name}` {}", shown(value)),
        Sample::Anything => format!("any `{name}`"),
        Sample::Unlisted => format!("another `{name}`"),
    };
    listed(example.iter().map(sample))
}

fn shown(value: &Constant) -> String {
    match value {
        Constant::Text(text) => format!("\"{text}\""),
        other => other.single().map_or_else(String::new, |value| value.to_string()),
    }
}

/// `2`, `2 and 3`, `2, 3 and 4`.
fn listed(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    match words.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        words => words.concat(),
    }
}
