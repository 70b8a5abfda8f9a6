//! The page for people.

use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, Table, presets};

use super::{Movement, SideBySide};
use crate::{
    compare::{ClaimDifference, ClaimOutcome, DifferenceKind, Tally},
    engine::Ceiling,
    money::{Decimal, Inexact, at_scale, negated, subtract},
    report::{
        for_terminal,
        summary::{grouped, short},
    },
};

impl SideBySide<'_> {
    /// The page for people.
    pub fn to_table(&self) -> Result<String, Inexact> {
        let identification = &self.program.identification;
        let [standard, changed] = self.fingerprints.map(short);
        let mut page = format!("{} ({})\n", identification.title, identification.name);
        let _ = writeln!(page, "with {}\nrules {standard}, changed {changed}\n\n{}", self.variant, self.totals()?);
        if self.comparison.is_same() {
            page.push_str("\nnothing changes for any claim\n");
            self.ceilings(&mut page)?;
            return Ok(for_terminal(&page).into_owned());
        }
        for (word, movement) in ["gain", "lose"].into_iter().zip(self.movements()?) {
            self.movement(&mut page, word, &movement);
        }
        self.budgets(&mut page)?;
        self.claims(&mut page);
        Ok(for_terminal(&page).into_owned())
    }

    fn amount(&self, amount: Decimal) -> String {
        grouped(&at_scale(amount, self.program.identification.scale))
    }

    /// An amount with its sign, as differences are shown.
    fn signed(&self, amount: Decimal) -> String {
        let sign = if amount > Decimal::ZERO { "+" } else { "" };
        format!("{sign}{}", self.amount(amount))
    }

    fn totals(&self) -> Result<String, Inexact> {
        let (before, after) = (&self.comparison.before, &self.comparison.after);
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let mut row = |cells: [String; 4]| {
            let [name, figures @ ..] = cells;
            let figures = figures.map(|figure| Cell::new(figure).set_alignment(CellAlignment::Right));
            table.add_row([Cell::new(name)].into_iter().chain(figures));
        };
        row(["", "standard", "changed", "difference"].map(str::to_owned));
        let (one, other) = (before.counts, after.counts);
        for (name, before, after) in [
            ("claims read", one.read, other.read),
            ("  approved", one.approved, other.approved),
            ("  held", one.held, other.held),
            ("  returned", one.returned, other.returned),
            ("  rejected", one.rejected, other.rejected),
            ("  skipped", one.skipped, other.skipped),
        ] {
            row(counted(name, before, after));
        }
        let mut money = |name: &str, before: Decimal, after: Decimal| {
            let difference = self.signed(subtract(after, before)?);
            row([name.to_owned(), self.amount(before), self.amount(after), difference]);
            Ok(())
        };
        money(&format!("awarded, {}", self.program.identification.unit.code()), before.award, after.award)?;
        let of = |components: &[(String, Decimal)], name: &str| {
            components.iter().find(|(known, _)| known == name).map_or(Decimal::ZERO, |(_, amount)| *amount)
        };
        let gone =
            before.components.iter().filter(|(name, _)| !after.components.iter().any(|(known, _)| known == name));
        for (name, _) in after.components.iter().chain(gone) {
            money(&format!("  {name}"), of(&before.components, name), of(&after.components, name))?;
        }
        if !before.reversed.is_zero() || !after.reversed.is_zero() {
            money("taken back", negated(before.reversed), negated(after.reversed))?;
        }
        money("pending", before.pending, after.pending)?;
        for (title, before, after) in [
            ("reasons", &before.reasons, &after.reasons),
            ("flags", &before.flags, &after.flags),
            ("cuts", &before.cuts, &after.cuts),
        ] {
            let claims = |tallies: &std::collections::BTreeMap<String, Tally>, code: &str| {
                tallies.get(code).map_or(0, |tally| tally.claims)
            };
            let codes: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            let changed: Vec<_> =
                codes.into_iter().filter(|code| claims(before, code) != claims(after, code)).collect();
            if !changed.is_empty() {
                row([format!("{title} that change"), String::new(), String::new(), String::new()]);
            }
            for code in changed {
                row(counted(&format!("  {code}"), claims(before, code), claims(after, code)));
            }
        }
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        Ok(lines.join("\n"))
    }

    fn movement(&self, page: &mut String, word: &str, movement: &Movement) {
        let count = movement.participants.len();
        let (noun, verb) =
            if count == 1 { ("participant", format!("{word}s")) } else { ("participants", word.to_owned()) };
        let unit = self.program.identification.unit.code();
        let total = self.amount(movement.total);
        if count == 0 {
            let _ = writeln!(page, "\nno participant {word}s");
            return;
        }
        let _ = writeln!(page, "\n{count} {noun} {verb} {total} {unit}");
        for (name, amount) in movement.participants.iter().take(self.most) {
            let _ = writeln!(page, "  {}  {}", self.participant(name), self.amount(*amount));
        }
        if count > self.most {
            let _ = writeln!(page, "  and {} more", count - self.most);
        }
    }

    /// What is used of the ceilings on all awards, history included.
    fn budgets(&self, page: &mut String) -> Result<(), Inexact> {
        let before = &self.comparison.before.budgets;
        for budget in &self.comparison.after.budgets {
            let standard = before.iter().find(|known| known.code == budget.code);
            let used = standard.map_or(Decimal::ZERO, |standard| standard.granted);
            let _ = write!(page, "\nbudget {}: {} used", budget.code, self.amount(budget.granted));
            let _ = write!(page, " ({} against the standard)", self.signed(subtract(budget.granted, used)?));
            if let Some(max) = budget.max {
                let left = self.amount(subtract(max, budget.granted)?);
                let _ = write!(page, " of {}, {left} left", self.amount(max));
            }
            page.push('\n');
        }
        self.ceilings(page)
    }

    /// What arrangements add, and what their ceilings leave.
    fn ceilings(&self, page: &mut String) -> Result<(), Inexact> {
        for ceiling in &self.comparison.after.ceilings {
            let Ceiling { arrangement, claims, .. } = ceiling;
            if *claims == 0 {
                let _ = writeln!(page, "\narrangement {arrangement}: no claim of the file is in its scope");
                continue;
            }
            let left = self.amount(subtract(ceiling.max, ceiling.granted)?);
            let (added, max) = (self.amount(ceiling.granted), self.amount(ceiling.max));
            let _ = write!(page, "\narrangement {arrangement}: {added} added of a ceiling of {max}, {left} left");
            let noun = if *claims == 1 { "claim is" } else { "claims are" };
            let _ = write!(page, "; {} {noun} in its scope", grouped(&claims.to_string()));
            if ceiling.asked > ceiling.granted {
                let _ = write!(page, "; without it {} would be added", self.amount(ceiling.asked));
            }
            page.push('\n');
        }
        Ok(())
    }

    fn claims(&self, page: &mut String) {
        let claims = &self.comparison.claims;
        let kinds = DifferenceKind::ALL.map(|kind| (kind, self.comparison.of_kind(kind).count()));
        let kinds: Vec<String> = kinds
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| format!("{count} {}", kind_words(kind)))
            .collect();
        let noun = if claims.len() == 1 { "claim changes" } else { "claims change" };
        let _ = writeln!(page, "\n{} {noun}: {}", claims.len(), kinds.join(", "));
        for claim in claims.iter().take(self.most) {
            self.claim(page, claim);
        }
        if claims.len() > self.most {
            let _ = writeln!(page, "  and {} more", claims.len() - self.most);
        }
    }

    fn claim(&self, page: &mut String, claim: &ClaimDifference) {
        let of = match claim.participant.as_str() {
            "" => String::new(),
            name => format!(" of {}", self.participant(name)),
        };
        let date = claim.date.map_or(String::new(), |date| format!(", {date}"));
        let id = if claim.claim.is_empty() { "a row without a readable id" } else { self.id(claim) };
        let kind = kind_words(claim.kind);
        let _ = writeln!(page, "  {id}{of}{date}, line {}: {kind}", claim.line);
        for (number, (word, outcome)) in
            [("standard", &claim.before), ("changed", &claim.after)].into_iter().enumerate()
        {
            let _ = writeln!(page, "    {word:<8}  {}", self.outcome(outcome));
            for reason in self.reasons(number, claim.line, outcome) {
                let _ = writeln!(page, "              {reason}");
            }
        }
    }

    fn outcome(&self, outcome: &ClaimOutcome) -> String {
        match outcome.status {
            "approved" => format!("approved, {}", self.amount(outcome.award)),
            "held" => format!("held, {} pending", self.amount(outcome.pending)),
            "" => "not there".to_owned(),
            status => status.to_owned(),
        }
    }
}

/// A row of two counts.
fn counted(name: &str, before: u64, after: u64) -> [String; 4] {
    let difference = match after.cmp(&before) {
        std::cmp::Ordering::Less => format!("-{}", grouped(&(before - after).to_string())),
        std::cmp::Ordering::Equal => "0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", grouped(&(after - before).to_string())),
    };
    [name.to_owned(), grouped(&before.to_string()), grouped(&after.to_string()), difference]
}

/// What a kind of difference is in words.
fn kind_words(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Repaid => "paid otherwise",
        DifferenceKind::Retimed => "paid at another time within the same total",
        DifferenceKind::Pending => "pending otherwise",
        DifferenceKind::Reasoned => "decided otherwise for the same money",
    }
}
