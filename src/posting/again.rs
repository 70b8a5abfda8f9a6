//! A program's past while its decisions are made again.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Rulebook,
    compared::{arranged_difference, first_difference},
};
use crate::{
    claim::Claims,
    engine::{
        ArrangedProgram, Arrangements, Awards, Brought, BroughtShare, Counterpart, Past, Queue, Run, Tables, Touched,
    },
    history::{History, KeptChange},
    ledger::{Kept, KeptRow, KnownArranged, Ledger, LedgerError},
    outcome::{DecidedBy, Depth},
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
    /// The rules that decided each claim.
    decided_by: HashMap<Box<str>, i64>,
    /// Those of each arrangement, by name, that did.
    shared_by: HashMap<(Box<str>, String), i64>,
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
        let mut desk = match before {
            Some(desk) if desk.rules == kept.rules => desk,
            Some(mut before) => {
                let known = before.past.earlier.take(kept.rules);
                before.by(kept.rules, known.map_or_else(|| self.open(kept.rules), Ok)?, self)?
            }
            None => Desk::new(kept.rules, self.open(kept.rules)?),
        };
        let version = |rules: &i64| Some((*rules, *self.arranged.get(rules)?));
        let mut beside: Vec<_> = kept.beside.iter().filter_map(version).collect();
        if !kept.is_of_run {
            // Those that made nothing of what a person did are beside it as they were.
            let is_other = |(_, with): &&(i64, ArrangedProgram<'b>)| {
                beside.iter().all(|(_, one)| one.arrangement.name != with.arrangement.name)
            };
            let others: Vec<_> = desk.beside.iter().filter(is_other).copied().collect();
            beside.extend(others);
        }
        beside.sort_by(|(_, one), (_, other)| one.arrangement.name.cmp(&other.arrangement.name));
        let numbers = |all: &[(i64, ArrangedProgram<'b>)]| all.iter().map(|(rules, _)| *rules).collect::<Vec<_>>();
        if numbers(&beside) != numbers(&desk.beside) {
            desk.put_beside(beside, self)?;
        }
        Ok(desk)
    }
}

/// Which rules say what leaves with a claim, where these have a number, as [those who bring](super::Bringer) claims say.
fn decided_by(theirs: Option<i64>, own: i64, has_same_figures: impl Fn(i64) -> bool) -> DecidedBy {
    match theirs {
        Some(theirs) if theirs == own => DecidedBy::These,
        Some(theirs) if has_same_figures(theirs) => DecidedBy::Earlier(theirs),
        _ => DecidedBy::Others,
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
            decided_by: HashMap::new(),
            shared_by: HashMap::new(),
            erased: HashSet::new(),
            last: Last::default(),
        }
    }

    /// The same by another version of the rules.
    fn by(
        mut self,
        rules: i64,
        (program, tables): (Program, Tables),
        shelf: &Shelf<'_, '_, 'b>,
    ) -> Result<Self, LedgerError> {
        let (old, new) = (Layout::of(&self.program), Layout::of(&program));
        let (mut past, counterpart) = (Past::remembering(&program), Counterpart::new(&old, &new));
        past.history = carried(&self.past.history, &old.accumulators(), &new.accumulators(), &mut self.parked);
        past.earlier = std::mem::take(&mut self.past.earlier);
        let fields = self.program.claim.fields.len();
        past.earlier.put(self.rules, self.program, self.tables);
        let same: HashSet<i64> = past.earlier.numbers(|program| Layout::of(program) == new).collect();
        if let (Some(old), Some(new)) = (&self.past.standing, &mut past.standing) {
            old.each(|id, decided, row| {
                let mut decided = counterpart.decided(decided);
                let theirs = self.decided_by.get(id).copied();
                decided.by = decided_by(theirs, rules, |theirs| same.contains(&theirs));
                let cells: Vec<_> = (0..fields).map(|field| row.cell(field)).collect();
                new.bring(id, counterpart.cells(&cells), decided);
            });
        }
        let beside = std::mem::take(&mut self.beside);
        let mut desk = Self { rules, program, tables, past, ..self };
        desk.beside_again(beside.clone(), &beside, shelf)?;
        Ok(desk)
    }

    /// Puts other arrangements, or other versions of them, beside the program.
    fn put_beside(
        &mut self,
        beside: Vec<(i64, ArrangedProgram<'b>)>,
        shelf: &Shelf<'_, '_, 'b>,
    ) -> Result<(), LedgerError> {
        let before = std::mem::take(&mut self.beside);
        self.beside_again(beside, &before, shelf)
    }

    fn beside_again(
        &mut self,
        beside: Vec<(i64, ArrangedProgram<'b>)>,
        before: &[(i64, ArrangedProgram<'b>)],
        shelf: &Shelf<'_, '_, 'b>,
    ) -> Result<(), LedgerError> {
        if beside.is_empty() && before.is_empty() {
            return Ok(());
        }
        let place = |with: &ArrangedProgram<'_>| {
            before.iter().position(|(_, old)| old.arrangement.name == with.arrangement.name)
        };
        let mut all = Vec::new();
        for (_, with) in &beside {
            let old = place(with).and_then(|place| Some((place, before.get(place)?)));
            let difference = match old.and_then(|(place, (_, old))| Some((self.arrangements.difference(place)?, old))) {
                None => History::new(),
                Some((difference, old)) => {
                    let parked = self.parked_beside.entry(with.arrangement.name.to_string()).or_default();
                    let names = [old, with].map(|one| Layout::of_arranged(one.program).accumulators());
                    let [from, to] = &names;
                    carried(difference, from, to, parked)
                }
            };
            all.push((*with, difference));
        }
        let mut arrangements = Arrangements::kept(&self.program, all, &self.past);
        let mut earlier = Vec::new();
        if let Some(standing) = &self.past.standing {
            standing.each(|id, decided, row| {
                let cells: Vec<_> = (0..self.program.claim.fields.len()).map(|field| row.cell(field)).collect();
                let brought = self.arrangements.brought(id).map(|mut brought| {
                    for share in &mut brought.shares {
                        let old = before.get(share.number);
                        let new = old.and_then(|(_, old)| {
                            beside.iter().position(|(_, new)| new.arrangement.name == old.arrangement.name)
                        });
                        if let (Some((_, old)), Some((number, (own, new)))) =
                            (old, new.and_then(|number| Some((number, beside.get(number)?))))
                        {
                            let [one, other] = [old, new].map(|one| Layout::of_arranged(one.program));
                            share.number = number;
                            share.decided = Counterpart::new(&one, &other).decided(&share.decided);
                            let theirs = self.shared_by.get(&(id.into(), new.arrangement.name.to_string())).copied();
                            share.decided.by = decided_by(theirs, *own, |theirs| {
                                shelf.arranged.get(&theirs).is_some_and(|one| Layout::of_arranged(one.program) == other)
                            });
                            if let DecidedBy::Earlier(theirs) = share.decided.by {
                                earlier.push((number, theirs));
                            }
                        }
                    }
                    brought
                });
                let is_new = |number: usize| {
                    let old = beside.get(number).and_then(|(_, with)| place(with));
                    old.is_none_or(|old| self.arrangements.is_new(old, id))
                };
                arrangements.bring(id, &cells, decided, brought, &is_new);
            });
        }
        earlier.sort_unstable();
        earlier.dedup();
        for (number, theirs) in earlier {
            let (program, tables) = shelf.open(theirs)?;
            if let Some(earlier) = arrangements.earlier(number) {
                earlier.put(theirs, program, tables);
            }
        }
        (self.beside, self.arrangements) = (beside, arrangements);
        Ok(())
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
        let mut awards = Awards::new();
        for (named, elsewhere) in self.program.neighbours.named().zip(&decided.elsewhere) {
            if let Some(elsewhere) = elsewhere {
                awards.put(&named.program, &kept.claim, *elsewhere);
            }
        }
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
        let before = std::mem::replace(&mut self.last, last);
        if kept.is_decision() {
            self.decided_by.insert(kept.claim.as_str().into(), kept.rules);
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
        for share in &arranged.shares {
            if let Some(with) = shelf.get(&share.rules) {
                let place = (kept.claim.as_str().into(), with.arrangement.name.to_string());
                self.shared_by.insert(place, share.rules);
            }
        }
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
        let kinds = self.program.claim.fields.iter().map(|field| field.kind.column());
        let mut claims = Claims::new(decided.outcome.origin.file.as_ref(), kinds);
        let row = standing.row(decided);
        let cells: Vec<_> = (0..self.program.claim.fields.len()).map(|field| row.cell(field)).collect();
        let mut awards = Awards::new();
        for (named, elsewhere) in self.program.neighbours.named().zip(&decided.elsewhere) {
            if let Some(elsewhere) = elsewhere {
                awards.put(&named.program, claim, *elsewhere);
            }
        }
        if claims.push(decided.outcome.origin.line, cells, Vec::new()).is_ok() {
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
