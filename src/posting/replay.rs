//! Deciding all of a ledger again, by the rules of the time, and comparing byte for byte.

use std::collections::BTreeMap;

use crate::{
    claim::Claims,
    engine::{Awards, Past, Queue, Run, Tables},
    ledger::{Kept, KeptRow, Ledger, LedgerError},
    outcome::{Decided, Depth},
    program::{Layout, Program},
};

/// Hands out the rules of a version by its number.
pub type Rulebook<'r> = dyn FnMut(i64) -> Result<(Program, Tables), LedgerError> + 'r;

/// A decision that comes out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its entry.
    pub entry: i64,
    /// The claim.
    pub claim: String,
    /// The first step that differs.
    pub step: &'static str,
}

/// What was decided again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Decisions that were made again.
    pub decided: u64,
    /// Those whose rows were erased: what they moved was taken as it was kept.
    pub erased: u64,
    /// What people did, which is taken as it was kept.
    pub acted: u64,
    /// Rows that had decided nothing.
    pub undecided: u64,
    /// What comes out otherwise.
    pub differences: Vec<Difference>,
}

/// A program's past while its decisions are made again.
struct Desk {
    rules: i64,
    program: Program,
    tables: Tables,
    past: Past,
}

/// Decides all of a ledger again.
pub fn replay(ledger: &Ledger, rulebook: &mut Rulebook<'_>) -> Result<Replayed, LedgerError> {
    let mut replayed = Replayed::default();
    let mut desks: BTreeMap<i64, Desk> = BTreeMap::new();
    ledger.each_kept(&mut |kept| {
        if kept.is_undecided() {
            replayed.undecided += 1;
            return Ok(());
        }
        let Some(decided) = &kept.decided else { return Ok(()) };
        let desk = match desks.remove(&kept.program) {
            Some(desk) if desk.rules == kept.rules => desk,
            before => next_desk(before, &kept, rulebook)?,
        };
        let desk = desks.entry(kept.program).or_insert(desk);
        if kept.is_act() || kept.row.is_none() {
            *(if kept.is_act() { &mut replayed.acted } else { &mut replayed.erased }) += 1;
            if kept.stands() {
                desk.take(decided, &kept);
            }
            return Ok(());
        }
        replayed.decided += 1;
        if let Some(step) = desk.decide(decided, &kept) {
            replayed.differences.push(Difference { entry: kept.entry, claim: kept.claim.clone(), step });
        }
        Ok(())
    })?;
    Ok(replayed)
}

/// A program by another version of its rules, on the past that the one before left.
fn next_desk(before: Option<Desk>, kept: &Kept, rulebook: &mut Rulebook<'_>) -> Result<Desk, LedgerError> {
    let (program, tables) = rulebook(kept.rules)?;
    let past = match before {
        None => Past::remembering(&program),
        Some(before) => carried(&before, &program),
    };
    Ok(Desk { rules: kept.rules, program, tables, past })
}

/// The past of one version as the next one knows it.
fn carried(before: &Desk, program: &Program) -> Past {
    let counterpart = crate::engine::Counterpart::new(&Layout::of(&before.program), &Layout::of(program));
    let mut past = Past::remembering(program);
    before.past.history.each(&mut |change| counterpart.apply(change, &mut past.history));
    if let (Some(old), Some(new)) = (&before.past.standing, &mut past.standing) {
        let fields = program.claim.fields.len();
        old.each(|id, decided, row| {
            new.bring(id, (0..fields).map(|field| row.cell(field)), counterpart.decided(decided));
        });
    }
    past
}

impl Desk {
    /// Lets a decision stand as it was kept.
    fn take(&mut self, decided: &Decided, kept: &Kept) {
        let Past { history, standing } = &mut self.past;
        for change in decided.left.iter().chain(&decided.changes) {
            let change = change.again(history);
            history.apply(&change);
        }
        let Some(standing) = standing else { return };
        for took in &decided.uses {
            standing.use_up(&took.original, &took.usage);
        }
        standing.forget_uses();
        let cells = kept.row.as_ref().map(KeptRow::cells).unwrap_or_default();
        standing.bring(&kept.claim, cells, decided.clone());
    }

    /// Decides a claim again. Comes back with the first step that differs.
    fn decide(&mut self, decided: &Decided, kept: &Kept) -> Option<&'static str> {
        let row = kept.row.as_ref()?;
        let kinds = self.program.claim.fields.iter().map(|field| field.kind.column());
        let mut claims = Claims::new(decided.outcome.origin.file.as_ref(), kinds);
        let line = decided.outcome.origin.line;
        if claims.push(line, row.cells(), row.deficiencies()).is_err() {
            return Some("row");
        }
        let mut awards = Awards::new();
        for (named, elsewhere) in self.program.neighbours.named().zip(&decided.elsewhere) {
            if let Some(elsewhere) = elsewhere {
                awards.put(&named.program, &kept.claim, *elsewhere);
            }
        }
        let Self { program, tables, past, .. } = self;
        let run = Run { program, tables, claims: &claims, awards: &awards, depth: &|_, _| Depth::Words, names: false };
        let queue = Queue::named(program, &claims, &kept.claim);
        run.decide_in(&queue, past, &mut |_, _| {});
        let again = past.standing.as_ref().and_then(|standing| standing.find(&kept.claim));
        match again {
            None => Some("row"),
            Some(again) => first_difference(decided, again),
        }
    }
}

/// The first step by which two decisions differ.
fn first_difference(kept: &Decided, again: &Decided) -> Option<&'static str> {
    let (one, other) = (&kept.outcome, &again.outcome);
    let without_place = |reasons: &[crate::outcome::Reason<'_>]| -> Vec<(String, crate::outcome::Disposition, String)> {
        let parts = |one: &crate::outcome::Reason<'_>| (one.code.to_string(), one.disposition, one.message.to_string());
        reasons.iter().map(parts).collect()
    };
    let steps = [
        ("content", kept.content == again.content),
        ("history", kept.seen == again.seen && kept.left == again.left),
        ("date", one.date == other.date && kept.received == again.received),
        ("reasons", without_place(&one.reasons) == without_place(&other.reasons)),
        ("award", one.components == other.components),
        ("limits", one.cuts == other.cuts),
        ("flags", without_place(&one.flags) == without_place(&other.flags)),
        ("disposition", one.disposition == other.disposition),
        ("amount", (one.award, one.pending, one.reversed) == (other.award, other.pending, other.reversed)),
        ("allocation", one.allocation == other.allocation),
        ("changes", kept.changes == again.changes),
    ];
    steps.into_iter().find(|(_, is_same)| !is_same).map(|(step, _)| step)
}
