//! Freezing: claims as they were decided become a case, with those before them that have a part in it, with pseudonyms
//! in place of who and what is meant, and with the same outcomes.

mod cell;
mod live;
mod pseudonym;
mod written;

use std::sync::Arc;

use super::{
    Case, Part, Snapshot,
    claim::{Given, Row},
    outcomes,
};
use crate::{
    claim::Claims,
    diagnostic::{Findings, Source},
    engine::{Past, run},
    outcome::{Depth, Outcome, Reason},
    program::{self, Identity, Program},
};
use live::{Decided, Live, MAX_CLAIMS};
use pseudonym::Pseudonyms;

/// How many pseudonyms are tried where ids are made of content, and with them the order of claims that tie.
const MAX_TRIES: usize = 64;

/// A case made of claims that were decided.
#[derive(Debug)]
pub struct Frozen {
    /// Its text.
    pub text: String,
    /// What is decided of it, which is what was decided of the claims.
    pub snapshot: Snapshot,
    /// How many claims it has besides those that were asked for.
    pub others: usize,
    /// The columns with pseudonyms.
    pub replaced: Vec<String>,
    /// The columns that say who or what is meant and are as they were, since rules or tables look into them.
    pub kept: Vec<String>,
}

/// Why claims can't be frozen.
#[derive(Debug, thiserror::Error)]
pub enum NotFrozen {
    /// No claim of the file has this id.
    #[error("no claim of the file has the id `{0}`")]
    Unknown(String),
    /// More claims have a part than a case should have.
    #[error("more than {MAX_CLAIMS} claims share a key with these, or are these")]
    TooMany,
    /// A row that can't be written into a case.
    #[error("the row on line {0} can't be read as a whole, and so can't be written into a case")]
    Row(u64),
    /// A private column in which rules look.
    #[error("column `{0}` is private, and rules look at more of it than a pseudonym has")]
    Private(String),
    /// Ids of content, which pseudonyms change, where one claim names another.
    #[error("claims name others by ids that are made of their content, which pseudonyms change")]
    Original,
    /// The case would decide otherwise.
    #[error("the case would not decide as the file did: claim `{claim}` {difference}{}", if *.replaced { "" } else { ", before anything is replaced" })]
    Differs {
        /// The claim.
        claim: String,
        /// What is different.
        difference: String,
        /// Whether that is so only with pseudonyms.
        replaced: bool,
    },
}

/// Makes a case of some claims of the last run, so that it decides them as they were decided. The smallest set of claims
/// before them is tried first: those that share a key with one of them; then those that share one with these, too.
pub fn freeze(parts: &[Part<'_>], only: &[String], title: &str) -> Result<Frozen, NotFrozen> {
    let columns = cell::columns(parts);
    let pseudonyms = Pseudonyms::new(parts, &columns)?;
    let live = Live::decide(parts, only)?;
    let mut last = None;
    for all in [false, true] {
        let chosen = match (live.choose(parts, all), last) {
            (Ok(chosen), _) => chosen,
            // The smaller set was tried, and says more.
            (Err(_), Some(trouble)) => return Err(trouble),
            (Err(error), None) => return Err(error),
        };
        let mut rows = Vec::new();
        for number in &chosen {
            if let Some(decided) = live.order.get(*number) {
                rows.push((decided, cell::row(parts, &columns, decided)?));
            }
        }
        let draft = Draft { parts, live: &live, chosen: &chosen, rows, title };
        match draft.tried(&pseudonyms)? {
            Ok((text, snapshot)) => {
                let others = chosen.len().saturating_sub(live.wanted.len());
                let Pseudonyms { replaced, kept, .. } = pseudonyms;
                return Ok(Frozen { text, snapshot, others, replaced, kept });
            }
            Err(trouble) => last = Some(trouble),
        }
    }
    Err(last.unwrap_or(NotFrozen::TooMany))
}

/// The claims of a case before they are written.
struct Draft<'d, 'p> {
    parts: &'d [Part<'p>],
    live: &'d Live,
    chosen: &'d [usize],
    rows: Vec<(&'d Decided, Row)>,
    title: &'d str,
}

impl Draft<'_, '_> {
    /// The first way of writing these claims that decides the same; otherwise what is different. An outer error is a reason
    /// to stop.
    fn tried(&self, pseudonyms: &Pseudonyms) -> Result<Result<(String, Snapshot), NotFrozen>, NotFrozen> {
        let plain: Vec<Row> = self.rows.iter().map(|(_, row)| row.clone()).collect();
        let offsets = if self.parts.last().is_some_and(|part| by_content(part.program)) { MAX_TRIES } else { 1 };
        let mut last = None;
        for apart in [true, false] {
            if let Err(trouble) = self.case(&plain, apart, false) {
                last = last.or(Some(trouble));
                continue;
            }
            for offset in 0..offsets {
                let replaced = pseudonyms.replace(self.parts, &self.rows, offset)?;
                match self.case(&replaced, apart, true) {
                    Ok(made) => return Ok(Ok(made)),
                    Err(trouble) => last = Some(trouble),
                }
            }
        }
        Ok(Err(last.unwrap_or(NotFrozen::TooMany)))
    }

    /// The case of these rows, if it decides as the file did. Apart, the claims before the first that is asked for decide in
    /// a run of their own.
    fn case(&self, rows: &[Row], apart: bool, replaced: bool) -> Result<(String, Snapshot), NotFrozen> {
        let (earlier, claims) = self.runs(rows, apart);
        let wanted = self.wanted(rows.len() - claims.len());
        let differs = |outcome: &Outcome<'_>, difference| {
            Err(NotFrozen::Differs { claim: outcome.claim.to_string(), difference, replaced })
        };
        let decided = self.decided(&earlier, &claims);
        let mut expected = Vec::new();
        for (nth, before) in &wanted {
            let line = u64::try_from(*nth).unwrap_or_default();
            match decided.iter().find(|outcome| outcome.origin.line == line) {
                None => return differs(before, "is not decided".to_owned()),
                Some(after) => match difference(before, after) {
                    Some(difference) => return differs(before, difference),
                    None => expected.push((*nth, after.clone())),
                },
            }
        }
        let Some(program) = self.parts.last().map(|part| part.program) else { return Err(NotFrozen::TooMany) };
        // An id that stands twice doesn't say which claim is meant.
        let is_twice = |id: &str| decided.iter().filter(|outcome| outcome.claim == id).count() > 1;
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(nth, outcome)| {
                let by_number = by_content(program) || outcome.claim.is_empty() || is_twice(&outcome.claim);
                let name = if by_number { format!("nth:{nth}") } else { outcome.claim.to_string() };
                (name, outcome)
            })
            .collect();
        let text = written::text(self.title, program, &earlier, &claims, &expected);
        match self.read_back(&text) {
            Some(snapshot) => Ok((text, snapshot)),
            None => Err(NotFrozen::Differs {
                claim: expected.first().map(|(_, outcome)| outcome.claim.to_string()).unwrap_or_default(),
                difference: "can't be read back from the case".to_owned(),
                replaced,
            }),
        }
    }

    /// The claims in their runs: those of earlier files, those before the first that is asked for, and the rest. A run
    /// whose order would be another one is cut in two there.
    fn runs(&self, rows: &[Row], apart: bool) -> (Vec<Vec<Row>>, Vec<Row>) {
        let last = self.rows.last().map_or(0, |(decided, _)| decided.run);
        let first = self.live.wanted.first().map_or(0, |(number, _)| *number);
        let mut earlier: Vec<Vec<Row>> = Vec::new();
        let (mut claims, mut run_before) = (Vec::new(), None);
        for ((number, (decided, _)), row) in self.chosen.iter().zip(&self.rows).zip(rows) {
            let is_before = decided.run < last || (apart && *number < first);
            if !is_before {
                claims.push(row.clone());
                continue;
            }
            if run_before != Some(decided.run) {
                earlier.push(Vec::new());
                run_before = Some(decided.run);
            }
            if let Some(run) = earlier.last_mut() {
                run.push(row.clone());
            }
        }
        (earlier.into_iter().flat_map(|run| self.in_order(run)).collect(), claims)
    }

    /// A run, cut where its claims would be decided in another order.
    fn in_order(&self, run_of: Vec<Row>) -> Vec<Vec<Row>> {
        let Some(part) = self.parts.last() else { return vec![run_of] };
        let Some(claims) = given(&run_of, part.program) else { return vec![run_of] };
        let mut lines = Vec::new();
        let codes = |_: &str, _| Depth::Codes;
        run(part.program, part.tables, &mut Past::new(part.program), &claims, &codes, &mut |outcome, _| {
            lines.push(outcome.origin.line);
        });
        let place = |number: usize| {
            let line = u64::try_from(number + 1).unwrap_or_default();
            lines.iter().position(|other| *other == line)
        };
        let mut runs: Vec<Vec<Row>> = Vec::new();
        let mut before = None;
        for (number, row) in run_of.into_iter().enumerate() {
            let place = place(number);
            match runs.last_mut() {
                Some(run) if before < place => run.push(row),
                _ => runs.push(vec![row]),
            }
            before = place;
        }
        runs
    }

    /// The claims that are asked for, with their numbers among those of the last run, from 1.
    fn wanted(&self, before: usize) -> Vec<(usize, &Outcome<'static>)> {
        let nth = |number: &usize| self.chosen.iter().position(|chosen| chosen == number);
        let wanted = self.live.wanted.iter();
        wanted.filter_map(|(number, outcome)| Some(((nth(number)? + 1).checked_sub(before)?, outcome))).collect()
    }

    /// What is decided of the last run.
    fn decided(&self, earlier: &[Vec<Row>], claims: &[Row]) -> Vec<Outcome<'static>> {
        let parts: Option<Vec<Part<'_>>> = self
            .parts
            .iter()
            .map(|part| {
                let earlier: Option<Vec<Claims>> = earlier.iter().map(|run| given(run, part.program)).collect();
                Some(Part::new(part.program, part.tables, earlier?, given(claims, part.program)?))
            })
            .collect();
        outcomes(&parts.unwrap_or_default())
    }

    /// Reads the text as a case and runs it; nothing where it can't be, or isn't what it says.
    fn read_back(&self, text: &str) -> Option<Snapshot> {
        let source = Arc::new(Source { path: "case".to_owned(), text: text.to_owned() });
        let mut findings = Findings::new();
        let root = program::parse(&source, &mut findings)?;
        let programs: Vec<&Program> = self.parts.iter().map(|part| part.program).collect();
        let case = Case::read(&root, &programs, &mut findings)?;
        let parts: Option<Vec<Part<'_>>> =
            self.parts.iter().map(|part| case.part(part.program, part.tables, &mut |_, _| None)).collect();
        let ran = case.run(&parts?, &mut findings)?;
        (ran.unmet.is_empty() && !findings.has_errors()).then_some(ran.snapshot)
    }
}

fn by_content(program: &Program) -> bool {
    program.claim.id == Identity::Content
}

fn given(rows: &[Row], program: &Program) -> Option<Claims> {
    Given::Rows(rows.to_vec()).claims(program, &mut |_, _| None)
}

/// How an outcome differs in what became of the claim, in amounts or in codes.
fn difference(before: &Outcome<'_>, after: &Outcome<'_>) -> Option<String> {
    let codes = |outcome: &Outcome<'_>| {
        let of = |reasons: &[Reason<'_>]| reasons.iter().map(|reason| reason.code.to_string()).collect::<Vec<_>>();
        let cuts = outcome.cuts.iter().map(|cut| format!("{} {}", cut.code, cut.amount));
        let codes: Vec<String> = of(&outcome.reasons).into_iter().chain(of(&outcome.flags)).chain(cuts).collect();
        if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
    };
    let says = |what: &str, before: String, after: String| {
        (before != after).then(|| format!("had the {what} {before} and would have {after}"))
    };
    let amounts = |outcome: &Outcome<'_>| {
        let all = outcome.components.iter().chain(outcome.allocation.iter());
        all.map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let reversed = |outcome: &Outcome<'_>| outcome.reversed.map_or_else(|| "none".to_owned(), |sum| sum.to_string());
    says("disposition", before.status().to_owned(), after.status().to_owned())
        .or_else(|| says("codes", codes(before), codes(after)))
        .or_else(|| says("award", before.award.to_string(), after.award.to_string()))
        .or_else(|| says("pending amount", before.pending.to_string(), after.pending.to_string()))
        .or_else(|| says("reversed amount", reversed(before), reversed(after)))
        .or_else(|| says("parts", amounts(before), amounts(after)))
}
