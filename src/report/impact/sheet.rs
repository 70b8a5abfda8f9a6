//! What an impact shows, as lines and grids, before it becomes text, Markdown or a page. What comes from files and
//! arguments stands apart from the report's own words, so that each form can escape it.

use super::{Change, Compared, Impact, ProgramImpact, codes, components, words_for};
use crate::{
    compare::{ClaimDifference, ClaimOutcome, DifferenceKind},
    money::{Decimal, at_scale, negated},
    outcome::{Outcome, Reason},
    report::summary::{grouped, short},
};

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// The report's own words and figures.
    Own(String),
    /// What comes from a file or an argument, without control characters.
    Given(String),
}

/// Pieces behind each other.
pub(super) type Line = Vec<Piece>;

/// Rows under columns.
pub(super) struct Grid {
    pub(super) title: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Line>>,
    /// How many more there are.
    pub(super) left_out: usize,
}

/// A column, and whether it holds figures.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) holds_figures: bool,
}

impl Grid {
    /// How many more there are, as people read it; `None` if all are shown.
    pub(super) fn more(&self) -> Option<String> {
        (self.left_out > 0).then(|| format!("and {} more; `--all` shows them", grouped(&self.left_out.to_string())))
    }
}

/// A heading with what stands under it.
pub(super) struct Sheet {
    pub(super) heading: Line,
    pub(super) lines: Vec<Line>,
    pub(super) grids: Vec<Grid>,
}

fn own(text: impl Into<String>) -> Line {
    vec![Piece::Own(text.into())]
}

fn given(text: &str) -> Line {
    let shown = |symbol: char| if symbol.is_control() { symbol.escape_unicode().to_string() } else { symbol.into() };
    vec![Piece::Given(text.chars().map(shown).collect())]
}

fn words(name: &'static str) -> Column {
    Column { name, holds_figures: false }
}

fn figures(name: &'static str) -> Column {
    Column { name, holds_figures: true }
}

/// The impact: first what was compared and whether it stays within what was declared, then program by program.
pub(super) fn sheets(impact: &Impact) -> Vec<Sheet> {
    let head = impact.head.as_deref().map_or_else(|| own("the files as they are"), given);
    let heading =
        [own("Impact of "), head, own(" against "), given(&impact.base), own(", over "), given(&impact.claims)];
    let mut lines = Vec::new();
    let declared = impact.scope.declared();
    if !declared.is_empty() {
        let breaches = impact.breaches();
        let verdict =
            if breaches.is_empty() { "It stays within what was declared: " } else { "It breaks what was declared: " };
        lines.push([own(verdict), given(&declared.join(" "))].concat());
        for breach in breaches {
            let of = breach.program.map_or_else(Vec::new, |program| [given(&program.to_string()), own(" ")].concat());
            lines.push([own(format!("{}: ", breach.option)), of, given(&breach.words)].concat());
        }
    }
    if impact.programs.iter().all(|program| matches!(program.change, Change::None)) {
        lines.push(own("No program changed its effective definition."));
    }
    for change in &impact.arrangements {
        let name = given(&change.name.to_string());
        lines.push(
            [own("The arrangement "), name, own(format!(" {}; it isn't decided here.", change.words()))].concat(),
        );
    }
    let first = Sheet { heading: heading.concat(), lines, grids: Vec::new() };
    let programs = impact.programs.iter().map(|program| sheet(program, impact.first));
    [first].into_iter().chain(programs).collect()
}

fn sheet(program: &ProgramImpact, first: Option<usize>) -> Sheet {
    let name = given(&program.name.to_string());
    let alone = |text: &str| Sheet { heading: name.clone(), lines: vec![own(text)], grids: Vec::new() };
    match &program.change {
        Change::None => alone("No change: the effective definition says the same."),
        Change::New => alone("New: there is nothing to compare its awards with; see `meed dry-run`."),
        Change::Undecided => alone("Changed, and not asked for: no claim was decided by it."),
        Change::Gone => alone("Gone: claims are no longer decided by it."),
        Change::Compared(compared) => {
            let heading = [given(&compared.title), own(" ("), name, own(")")].concat();
            Sheet { heading, lines: compared.lines(), grids: compared.grids(first) }
        }
    }
}

impl Compared {
    fn lines(&self) -> Vec<Line> {
        let (before, after) = &self.fingerprints;
        let mut lines = vec![own(format!("Rules {} before, {} after.", short(before), short(after)))];
        if !self.because_of.is_empty() {
            let names: Vec<String> = self.because_of.iter().map(ToString::to_string).collect();
            let changed = [own("Its own definition says the same; before it comes "), given(&names.join(", "))];
            lines.push([changed.concat(), own(".")].concat());
        }
        if self.units.0 != self.units.1 {
            let (before, after) = &self.units;
            lines.push(own(format!("Amounts before are in {before}, those after in {after}.")));
        }
        if self.comparison.is_same() {
            lines.push(own("Every claim is decided as before."));
            return lines;
        }
        let unit = &self.units.1;
        lines.push(own(format!("Awards move by {} {unit}.", self.signed(self.gain()))));
        let kinds = DifferenceKind::ALL.map(|kind| (kind, self.comparison.of_kind(kind).count()));
        let kinds = kinds.into_iter().filter(|(_, count)| *count > 0);
        let kinds: Vec<String> =
            kinds.map(|(kind, count)| format!("{} {}", grouped(&count.to_string()), words_for(kind))).collect();
        lines.push(own(format!("Claims that differ: {}.", kinds.join(", "))));
        lines
    }

    fn grids(&self, first: Option<usize>) -> Vec<Grid> {
        let mut grids = vec![self.totals()];
        if !self.comparison.keys.is_empty() {
            grids.push(self.keys(first));
        }
        if !self.comparison.claims.is_empty() {
            grids.push(self.claims(first));
        }
        grids
    }

    fn amount(&self, amount: Decimal) -> Line {
        own(grouped(&at_scale(amount, self.scale)))
    }

    fn signed(&self, amount: Decimal) -> String {
        let sign = if amount > Decimal::ZERO { "+" } else { "" };
        format!("{sign}{}", grouped(&at_scale(amount, self.scale)))
    }

    fn amounts(&self, before: Decimal, after: Decimal) -> [Line; 3] {
        [self.amount(before), self.amount(after), own(self.signed(after.saturating_sub(before)))]
    }

    /// Counts and money by disposition, component and code.
    fn totals(&self) -> Grid {
        let (before, after) = (&self.comparison.before, &self.comparison.after);
        let none = || [own(""), own(""), own("")];
        let row = |name: Line, counts: [Line; 3], money: [Line; 3]| {
            [name].into_iter().chain(counts).chain(money).collect::<Vec<Line>>()
        };
        let (b, a) = (before.counts, after.counts);
        let mut rows = vec![
            row(own("approved"), counts(b.approved, a.approved), self.amounts(before.award, after.award)),
            row(own("held"), counts(b.held, a.held), self.amounts(before.pending, after.pending)),
            row(own("returned"), counts(b.returned, a.returned), none()),
            row(own("rejected"), counts(b.rejected, a.rejected), none()),
        ];
        if b.skipped + a.skipped > 0 {
            rows.push(row(own("skipped"), counts(b.skipped, a.skipped), none()));
        }
        if !(before.reversed.is_zero() && after.reversed.is_zero()) {
            let taken = self.amounts(negated(before.reversed), negated(after.reversed));
            rows.push(row(own("taken back"), none(), taken));
        }
        for (name, (before, after)) in components(before, after) {
            rows.push(row([own("component "), given(name)].concat(), none(), self.amounts(before, after)));
        }
        for (word, codes) in [
            ("reason ", codes(&before.reasons, &after.reasons)),
            ("flag ", codes(&before.flags, &after.flags)),
            ("cut by ", codes(&before.cuts, &after.cuts)),
        ] {
            for (code, (before, after)) in codes {
                let money = self.amounts(before.amount, after.amount);
                rows.push(row([own(word), given(code)].concat(), counts(before.claims, after.claims), money));
            }
        }
        let columns = vec![
            words(""),
            figures("claims before"),
            figures("after"),
            figures("difference"),
            figures("money before"),
            figures("after"),
            figures("difference"),
        ];
        Grid { title: "Claims and money".to_owned(), columns, rows, left_out: 0 }
    }

    /// What components and keys are paid differently, the largest differences first.
    fn keys(&self, first: Option<usize>) -> Grid {
        let mut keys: Vec<_> = self.comparison.keys.iter().collect();
        keys.sort_by_key(|key| std::cmp::Reverse(key.gain().abs()));
        let shown = keys.iter().take(first.unwrap_or(usize::MAX)).map(|key| {
            let parts: Vec<Line> =
                key.key.iter().map(|(name, value)| [given(name), own(" "), given(value)].concat()).collect();
            let parts = if parts.is_empty() { own("all claims") } else { parts.join(&Piece::Own(", ".to_owned())) };
            [given(&key.component), parts].into_iter().chain(self.amounts(key.before, key.after)).collect()
        });
        let rows: Vec<Vec<Line>> = shown.collect();
        let columns =
            vec![words("component"), words("key"), figures("before"), figures("after"), figures("difference")];
        let left_out = keys.len().saturating_sub(rows.len());
        Grid { title: "Paid differently, by component and key".to_owned(), columns, rows, left_out }
    }

    fn claims(&self, first: Option<usize>) -> Grid {
        let rows: Vec<Vec<Line>> = self.shown(first).into_iter().map(|claim| self.claim(claim)).collect();
        let columns = vec![
            words("claim"),
            words("line"),
            words("participant"),
            words("date"),
            words("change"),
            figures("difference"),
            words("before"),
            words("after"),
        ];
        let left_out = self.comparison.claims.len().saturating_sub(rows.len());
        Grid { title: "Claims that differ".to_owned(), columns, rows, left_out }
    }

    fn claim(&self, claim: &ClaimDifference) -> Vec<Line> {
        vec![
            given(self.id(claim)),
            own(claim.line.to_string()),
            given(self.participant(claim)),
            own(claim.date.map_or_else(String::new, |date| date.to_string())),
            own(words_for(claim.kind)),
            own(self.signed(claim.gain())),
            self.side(&claim.before, self.words_before.get(&claim.line)),
            self.side(&claim.after, self.words_after.get(&claim.line)),
        ]
    }

    /// What one side decided: disposition, money, and each reason with its words.
    fn side(&self, outcome: &ClaimOutcome, words: Option<&Outcome<'static>>) -> Line {
        let status = if outcome.status.is_empty() { "not there" } else { outcome.status };
        let mut line = own(status);
        if !outcome.award.is_zero() || outcome.status == "approved" {
            line.extend(own(" "));
            line.extend(self.amount(outcome.award));
        }
        if !outcome.pending.is_zero() {
            line.extend(own(", pending "));
            line.extend(self.amount(outcome.pending));
        }
        let said: Vec<&Reason<'_>> =
            words.into_iter().flat_map(|words| words.reasons.iter().chain(words.flags.iter())).collect();
        if said.is_empty() {
            for code in outcome.reasons.iter().chain(&outcome.flags) {
                line.extend([own("; "), given(code)].concat());
            }
        }
        for reason in said {
            line.extend([own("; "), given(&reason.code)].concat());
            if !reason.message.is_empty() {
                line.extend([own(": "), given(&reason.message)].concat());
            }
        }
        for code in &outcome.cuts {
            line.extend([own("; cut by "), given(code)].concat());
        }
        line
    }
}

fn counts(before: u64, after: u64) -> [Line; 3] {
    let difference = match after.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", grouped(&(after - before).to_string())),
        std::cmp::Ordering::Less => format!("-{}", grouped(&(before - after).to_string())),
        std::cmp::Ordering::Equal => "0".to_owned(),
    };
    [own(grouped(&before.to_string())), own(grouped(&after.to_string())), own(difference)]
}

/// A line as one text, without saying what was given.
pub(super) fn plain(line: &Line) -> String {
    let texts = line.iter().map(|piece| match piece {
        Piece::Own(text) | Piece::Given(text) => text.as_str(),
    });
    texts.collect()
}
