//! A program's past while its decisions are made again.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    mem::replace,
};

use super::{
    BesideRules, Bringer, Rulebook, awards_of, claims_again,
    compared::{arranged_difference, first_difference},
};
use crate::{
    claim::Claims,
    engine::{ArrangedProgram, Arrangements, Awards, Brought, BroughtShare, Past, Queue, Run, Tables, Touched},
    history::{History, KeptChange},
    ledger::{Kept, KeptRow, KeptRules, KnownArranged, Ledger, LedgerError},
    outcome::Depth,
    program::{Layout, Program},
};

/// The rules of all times.
pub(super) struct Shelf<'s, 'r, 'b> {
    ledger: &'s Ledger,
    rulebook: &'s Rulebook<'r>,
    pub(super) arranged: &'s BTreeMap<i64, ArrangedProgram<'b>>,
}

/// A program with its rules of a time, and all that it has decided.
pub(super) struct Desk<'b> {
    rules: i64,
    program: Program,
    tables: Tables,
    past: Past,
    /// The arrangements beside it, by the numbers of their rules.
    beside: Vec<(i64, ArrangedProgram<'b>)>,
    arrangements: Arrangements<'b>,
    /// Figures that these rules don't have, and their arrangements, by name.
    parked: Parked,
    parked_beside: BTreeMap<String, Parked>,
    /// The claims that were decided.
    claims: BTreeSet<Box<str>>,
    /// Claims that stand without their rows.
    erased: HashSet<Box<str>>,
    /// What stands beside the last decision.
    last: Last,
}

/// The last decision that was not an arrangement's.
#[derive(Default)]
struct Last {
    claim: String,
    /// Whether it was taken as it was kept.
    is_taken: bool,
    /// What arrangements made of it.
    touched: Option<Touched>,
}

/// How an entry was gone through.
pub(super) enum Made {
    /// As it was kept.
    Taken,
    /// Decided again, with the first step that differs.
    Again(Option<&'static str>),
}

type Parked = BTreeMap<String, Vec<KeptChange>>;

impl<'s, 'r, 'b> Shelf<'s, 'r, 'b> {
    pub(super) fn new(
        ledger: &'s Ledger,
        rulebook: &'s Rulebook<'r>,
        arranged: &'s BTreeMap<i64, ArrangedProgram<'b>>,
    ) -> Self {
        Self { ledger, rulebook, arranged }
    }

    fn open(&self, rules: i64) -> Result<(Program, Tables), LedgerError> {
        (self.rulebook)(self.ledger, rules)
    }

    /// The desk at which an entry was decided, on what the one before leaves.
    pub(super) fn desk(&self, before: Option<Desk<'b>>, kept: &Kept) -> Result<Desk<'b>, LedgerError> {
        let desk = match before {
            Some(desk) => desk,
            None => Desk::new(kept.rules, self.open(kept.rules)?),
        };
        if !kept.is_decision() && kept.arranged.is_none() {
            return Ok(desk);
        }
        let beside = self.beside(&desk.beside, kept);
        let numbers = |all: &[(i64, ArrangedProgram<'b>)]| all.iter().map(|(rules, _)| *rules).collect::<Vec<_>>();
        match desk.rules == kept.rules && numbers(&desk.beside) == numbers(&beside) {
            true => Ok(desk),
            false => desk.turned(kept, beside, self),
        }
    }

    /// The arrangements beside an entry, where these were beside the one before.
    fn beside(&self, before: &[(i64, ArrangedProgram<'b>)], kept: &Kept) -> Vec<(i64, ArrangedProgram<'b>)> {
        let version = |rules: &i64| Some((*rules, *self.arranged.get(rules)?));
        let mut beside: Vec<_> = kept.beside.iter().filter_map(version).collect();
        if !kept.is_of_run {
            // Those that made nothing of what a person did are beside it as they were.
            let is_other = |(_, with): &&(i64, ArrangedProgram<'b>)| {
                beside.iter().all(|(_, one)| one.arrangement.name != with.arrangement.name)
            };
            let others: Vec<_> = before.iter().filter(is_other).copied().collect();
            beside.extend(others);
        }
        beside.sort_by(|(_, one), (_, other)| one.arrangement.name.cmp(&other.arrangement.name));
        beside
    }
}

/// Figures of some names by their new numbers; those that have none are parked until they have one again.
fn carried(history: &History, from: &[String], to: &[String], parked: &mut Parked) -> History {
    history.each(&mut |change| {
        if let Some(name) = from.get(change.accumulator) {
            parked.entry(name.clone()).or_default().push(change.clone());
        }
    });
    let mut carried = History::new();
    for (number, name) in to.iter().enumerate() {
        for mut change in parked.remove(name).unwrap_or_default() {
            change.accumulator = number;
            let change = change.again(&carried);
            carried.apply(&change);
        }
    }
    carried
}

impl<'b> Desk<'b> {
    fn new(rules: i64, (program, tables): (Program, Tables)) -> Self {
        Self {
            rules,
            past: Past::remembering(&program),
            program,
            tables,
            beside: Vec::new(),
            arrangements: Arrangements::default(),
            parked: Parked::new(),
            parked_beside: BTreeMap::new(),
            claims: BTreeSet::new(),
            erased: HashSet::new(),
            last: Last::default(),
        }
    }

    /// The same by other rules, or with other arrangements beside it, or other versions of them: all that stands is brought as it
    /// was kept, by the figures of these.
    fn turned(
        mut self,
        kept: &Kept,
        beside: Vec<(i64, ArrangedProgram<'b>)>,
        shelf: &Shelf<'_, '_, 'b>,
    ) -> Result<Self, LedgerError> {
        if self.rules != kept.rules {
            let known = self.past.earlier.take(kept.rules);
            let (program, tables) = known.map_or_else(|| shelf.open(kept.rules), Ok)?;
            let [old, new] = [&self.program, &program].map(|program| Layout::of(program).accumulators());
            self.past.history = carried(&self.past.history, &old, &new, &mut self.parked);
            let (program, tables) = (replace(&mut self.program, program), replace(&mut self.tables, tables));
            self.past.earlier.put(replace(&mut self.rules, kept.rules), program, tables);
        }
        let all = beside.iter().map(|(_, with)| (*with, self.difference(with))).collect();
        self.arrangements = Arrangements::kept(&self.program, all, &self.past);
        self.past.standing = Past::remembering(&self.program).standing;
        self.beside = beside;
        self.bring(kept.entry, shelf)?;
        Ok(self)
    }

    /// What the figures of an arrangement differ by from the standard ones, by its own version.
    fn difference(&mut self, with: &ArrangedProgram<'_>) -> History {
        let name = &with.arrangement.name;
        let before = self.beside.iter().position(|(_, old)| old.arrangement.name == *name);
        let before = before.and_then(|place| Some((self.arrangements.difference(place)?, self.beside.get(place)?)));
        let Some((difference, (_, old))) = before else { return History::new() };
        let [from, to] = [old.program, with.program].map(|program| Layout::of_arranged(program).accumulators());
        carried(difference, &from, &to, self.parked_beside.entry(name.to_string()).or_default())
    }

    /// Brings what stood of all claims before an entry.
    fn bring(&mut self, entry: i64, shelf: &Shelf<'_, '_, 'b>) -> Result<(), LedgerError> {
        let ledger = shelf.ledger;
        let kept: Vec<KeptRules> =
            self.beside.iter().map(|(rules, _)| ledger.rules(*rules)).collect::<Result<_, _>>()?;
        let beside = self.beside.iter().zip(&kept).map(|((_, with), kept)| BesideRules {
            with: *with,
            fingerprint: &kept.fingerprint,
            kept: Some(kept.clone()),
        });
        let (beside, own) = (beside.collect::<Vec<_>>(), ledger.rules(self.rules)?);
        let bringer = Bringer::new(ledger, (&self.program, &own.fingerprint), &beside, shelf.rulebook)?;
        let mut bringer = bringer.before(entry);
        let Self { past, arrangements, claims, .. } = self;
        claims.iter().try_for_each(|claim| bringer.bring(ledger, past, arrangements, claim, &mut |_, _| {}))
    }

    /// Whether a claim stands without its row, so that nobody can say by it what leaves with the claim.
    pub(super) fn has_erased(&self, claim: &str) -> bool {
        self.erased.contains(claim)
    }

    /// Lets a decision stand as it was kept.
    pub(super) fn take(&mut self, kept: &Kept) -> Option<&'static str> {
        let step = self.begin(kept, true);
        let cells = kept.row.as_ref().map(KeptRow::cells).unwrap_or_default();
        let decided = &kept.decided;
        if kept.is_decision() {
            self.arrangements.take_standard(&kept.claim, &cells, decided);
        }
        let Past { history, standing, .. } = &mut self.past;
        for change in decided.left.iter().chain(&decided.changes) {
            let change = change.again(history);
            history.apply(&change);
        }
        if let Some(standing) = standing.as_mut().filter(|_| kept.is_decision()) {
            for took in &decided.uses {
                standing.use_up(&took.original, &took.usage);
            }
            standing.forget_uses();
            standing.bring(&kept.claim, cells, decided.clone());
        }
        step
    }

    /// Decides a claim again. Comes back with the first step that differs.
    pub(super) fn decide(&mut self, kept: &Kept, row: &KeptRow) -> Option<&'static str> {
        let step = self.begin(kept, false);
        let decided = &kept.decided;
        let kinds = self.program.claim.fields.iter().map(|field| field.kind.column());
        let mut claims = Claims::new(decided.outcome.origin.file.as_ref(), kinds);
        let line = decided.outcome.origin.line;
        if claims.push(line, row.cells(), row.deficiencies()).is_err() {
            return Some("row");
        }
        let awards = awards_of(&self.program, &kept.claim, decided);
        self.run(&claims, &awards, &kept.claim);
        let again = self.past.standing.as_ref().and_then(|standing| standing.find(&kept.claim));
        match again {
            None => Some("row"),
            Some(again) => first_difference(decided, again).or(step),
        }
    }

    fn run(&mut self, claims: &Claims, awards: &Awards, claim: &str) {
        let Self { program, tables, past, arrangements, .. } = self;
        let run = Run { program, tables, claims, awards, depth: &|_, _| Depth::Words, names: false };
        let queue = Queue::named(program, claims, claim);
        run.decide_arranged(&queue, past, arrangements, &mut |_, _| {});
        self.last.touched = arrangements.take_touched().pop();
    }

    /// Begins another decision. What arrangements made of the last one has been kept by now.
    fn begin(&mut self, kept: &Kept, is_taken: bool) -> Option<&'static str> {
        let last = Last { claim: kept.claim.clone(), is_taken, touched: None };
        let before = replace(&mut self.last, last);
        if kept.is_decision() {
            self.claims.insert(kept.claim.as_str().into());
            match kept.row {
                Some(_) => self.erased.remove(kept.claim.as_str()),
                None => self.erased.insert(kept.claim.as_str().into()),
            };
        }
        before.touched.filter(|_| !before.is_taken).map(|_| "arrangements of the decision before")
    }

    /// Decides again what arrangements made of the decision before, or of one that stood.
    pub(super) fn arrange(
        &mut self,
        kept: &Kept,
        arranged: &KnownArranged,
        shelf: &BTreeMap<i64, ArrangedProgram<'b>>,
    ) -> Made {
        let is_behind = self.last.claim == kept.claim;
        if (is_behind && self.last.is_taken) || kept.row.is_none() {
            self.take_arranged(kept, arranged, shelf);
            return Made::Taken;
        }
        if !is_behind || self.last.touched.is_none() {
            self.look_again(&kept.claim);
        }
        let made = self.last.touched.take();
        self.last.claim.clear();
        let Some(made) = made else { return Made::Again(Some("arrangements")) };
        Made::Again(arranged_difference(arranged, &made, &self.beside))
    }

    /// Lets a claim that stands come again, to which an arrangement is new.
    fn look_again(&mut self, claim: &str) {
        self.last = Last { claim: claim.to_owned(), ..Last::default() };
        let Some(standing) = &self.past.standing else { return };
        let Some(decided) = standing.find(claim) else { return };
        let awards = awards_of(&self.program, claim, decided);
        if let Some(claims) = claims_again(&self.program, standing, decided, Vec::new()) {
            self.run(&claims, &awards, claim);
        }
    }

    fn take_arranged(&mut self, kept: &Kept, arranged: &KnownArranged, shelf: &BTreeMap<i64, ArrangedProgram<'b>>) {
        self.last = Last::default();
        let place = |rules: i64| {
            let theirs = shelf.get(&rules)?;
            self.beside.iter().position(|(_, own)| own.arrangement.name == theirs.arrangement.name)
        };
        let Some(standing) = &self.past.standing else { return };
        let Some(standard) = standing.find(&kept.claim) else { return };
        let row = standing.row(standard);
        let cells: Vec<_> = (0..self.program.claim.fields.len()).map(|field| row.cell(field)).collect();
        let (mut shares, mut moved) = (Vec::new(), Vec::new());
        for share in &arranged.shares {
            if let Some(number) = place(share.rules) {
                let (is_inside, decided) = (share.is_inside, share.decided.clone());
                shares.push(BroughtShare { number, is_inside, decided });
                moved.push((number, share.moved.clone()));
            }
        }
        let (outcome, paid) = (arranged.on(&standard.outcome), arranged.outcome.award);
        self.arrangements.take_arranged(&kept.claim, &cells, Brought { outcome, paid, shares }, &moved);
    }
}
