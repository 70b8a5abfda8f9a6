//! What of a program cases or claims reach: each side of its conditions, its rules and flags, bands, limits, dispositions
//! and the rows of its decision tables.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diagnostic::Place,
    engine::Tables,
    outcome::{ComponentStep, Disposition, FoundRow, Outcome, RuleResult, Step, Trace},
    program::{ComponentKind, Due, LimitEffect, Program},
    script::{Branch, Expression, Read, Tally, Way},
};

/// A part of a program that can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A side of a condition, or an arm of a `switch`.
    Branch,
    /// A rule that objects, or passes.
    Rule,
    /// A flag that is raised, or isn't.
    Flag,
    /// A band.
    Band,
    /// A limit that acts, or leaves a claim what it asks.
    Limit,
    /// A disposition.
    Disposition,
    /// A row of a decision table.
    Row,
}

impl Part {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 7] =
        [Self::Branch, Self::Rule, Self::Flag, Self::Band, Self::Limit, Self::Disposition, Self::Row];

    /// What reports call several of them.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Branch => "branches",
            Self::Rule => "rules",
            Self::Flag => "flags",
            Self::Band => "bands",
            Self::Limit => "limits",
            Self::Disposition => "dispositions",
            Self::Row => "table rows",
        }
    }
}

/// Something that can be reached, and what reached it.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub part: Part,
    /// Where it stands.
    pub place: Place,
    /// What it is to reach it: `holds`, `LATE objects`.
    pub words: String,
    /// The numbers of the runs that reached it, in order.
    pub reached_by: Vec<usize>,
}

/// What names an item while claims are decided: numbers in the program, and whether it acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Rule(usize, bool),
    Flag(usize, bool),
    Limit(usize, bool),
    Band(usize, usize),
    Disposition(Disposition),
    Row(usize, u64),
}

/// What runs reached of a program.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// The runs: cases by their names.
    pub runs: Vec<String>,
    /// What can be reached; branches first, in the order of files and places.
    pub items: Vec<Item>,
    branches: Vec<Branch>,
    /// Expressions and functions, with the runs that worked them out.
    entries: Vec<(Branch, Vec<usize>)>,
    spots: BTreeMap<Spot, usize>,
    reached: BTreeSet<Spot>,
}

/// How much of something was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// How many were.
    pub reached: usize,
    /// Of how many.
    pub of: usize,
}

impl Share {
    /// In percent, rounded down, so that 100 means all.
    pub fn percent(self) -> usize {
        (self.reached.saturating_mul(100)).checked_div(self.of).unwrap_or(100)
    }
}

impl Coverage {
    /// Nothing reached yet.
    pub fn new(program: &Program, tables: &Tables) -> Self {
        let branches = branches(program, tables);
        let mut coverage = Self {
            runs: Vec::new(),
            items: branches.iter().map(of_branch).collect(),
            branches,
            entries: program.form.entries().into_iter().map(|entry| (entry, Vec::new())).collect(),
            spots: BTreeMap::new(),
            reached: BTreeSet::new(),
        };
        coverage.add_judgements(program);
        coverage.add_bands(program);
        for disposition in dispositions(program) {
            let place = Place::start_of(&program.source);
            let words = format!("a claim is {}", disposition.name());
            coverage.add(Spot::Disposition(disposition), Part::Disposition, &place, words);
        }
        for (number, table) in program.tables.iter().enumerate() {
            for line in tables.decision_lines(number) {
                let words = format!("a claim finds line {line} of {}", table.file.text);
                coverage.add(Spot::Row(number, line), Part::Row, &table.place, words);
            }
        }
        coverage
    }

    fn add(&mut self, spot: Spot, part: Part, place: &Place, words: String) {
        self.spots.insert(spot, self.items.len());
        self.items.push(Item { part, place: place.clone(), words, reached_by: Vec::new() });
    }

    fn add_judgements(&mut self, program: &Program) {
        for (number, rule) in program.rules.iter().enumerate() {
            self.add(Spot::Rule(number, true), Part::Rule, &rule.place, format!("{} objects", rule.code));
            self.add(Spot::Rule(number, false), Part::Rule, &rule.place, format!("{} passes", rule.code));
        }
        for (number, flag) in program.flags.iter().enumerate() {
            self.add(Spot::Flag(number, true), Part::Flag, &flag.place, format!("{} is raised", flag.code));
            self.add(Spot::Flag(number, false), Part::Flag, &flag.place, format!("{} isn't raised", flag.code));
        }
        for (number, limit) in program.limits.iter().enumerate() {
            let does = match limit.then {
                LimitEffect::Cut => "cuts",
                LimitEffect::Hold => "holds",
                LimitEffect::Reject => "rejects",
            };
            self.add(Spot::Limit(number, true), Part::Limit, &limit.place, format!("{} {does}", limit.code));
            let words = format!("{} leaves all of it", limit.code);
            self.add(Spot::Limit(number, false), Part::Limit, &limit.place, words);
        }
    }

    fn add_bands(&mut self, program: &Program) {
        for (component, declared) in program.components.iter().enumerate() {
            if let ComponentKind::Accumulating { due: Due::Tiers(schedule), .. } = &declared.kind {
                for (band, listed) in schedule.listed().iter().enumerate() {
                    let words = format!("a total of {} reaches the band", declared.name);
                    self.add(Spot::Band(component, band), Part::Band, &listed.place, words);
                }
            }
        }
    }

    /// Takes a decision of the run that is under way.
    pub fn see(&mut self, program: &Program, outcome: &Outcome<'_>, trace: Option<&Trace<'_>>) {
        if !outcome.skipped {
            self.reached.insert(Spot::Disposition(outcome.disposition));
        }
        let mut found: Vec<(usize, &[FoundRow<'_>])> = Vec::new();
        for step in trace.map_or(&[][..], |trace| &trace.steps) {
            match step {
                Step::Rule { code, result, .. } => {
                    let number = program.rules.iter().position(|rule| rule.code == *code);
                    self.reached.extend(acts(*result).zip(number).map(|(acts, number)| Spot::Rule(number, acts)));
                }
                Step::Flag { code, result, .. } => {
                    let number = program.flags.iter().position(|flag| flag.code == *code);
                    self.reached.extend(acts(*result).zip(number).map(|(acts, number)| Spot::Flag(number, acts)));
                }
                Step::Limit(step) => {
                    let number = program.limits.iter().position(|limit| limit.code == step.code);
                    let acts = matches!(step.result, RuleResult::Objected(_)) || step.granted != step.asked;
                    self.reached.extend(number.map(|number| Spot::Limit(number, acts)));
                }
                Step::Lookup { table, rows, .. } => {
                    let number = program.tables.iter().position(|known| known.name == *table);
                    found.extend(number.map(|number| (number, *rows)));
                }
                Step::Component(step) => self.see_component(program, step),
                _ => {}
            }
        }
        for (table, rows) in found {
            self.reached.extend(rows.iter().map(|row| Spot::Row(table, row.origin.line)));
        }
    }

    fn see_component(&mut self, program: &Program, step: &ComponentStep<'_>) {
        let number = program.components.iter().position(|component| component.name == step.name);
        let (Some(number), Some(schedule)) = (number, step.schedule) else { return };
        let slices = schedule.slices.iter().map(|(_, band)| band);
        self.reached.extend(slices.chain(&schedule.band_after).map(|band| Spot::Band(number, band.number)));
    }

    /// Ends a run, with the ways that its claims went.
    pub fn finish(&mut self, run: String, tally: &Tally) {
        let number = self.runs.len();
        self.runs.push(run);
        let spots = std::mem::take(&mut self.reached);
        let by_trace = spots.iter().filter_map(|spot| self.spots.get(spot)).copied();
        let by_way = self.branches.iter().enumerate().filter(|(_, branch)| tally.has(branch)).map(|(item, _)| item);
        for item in by_way.chain(by_trace).collect::<Vec<_>>() {
            if let Some(item) = self.items.get_mut(item) {
                item.reached_by.push(number);
            }
        }
        for (_, runs) in self.entries.iter_mut().filter(|(entry, _)| tally.has(entry)) {
            runs.push(number);
        }
        tally.clear();
    }

    /// The runs that worked out the expression or function around a place; `None` where it lies in none.
    pub fn runs_at(&self, place: &Place) -> Option<Vec<usize>> {
        let around = |entry: &&(Branch, Vec<usize>)| {
            let other = &entry.0.place;
            let (own, other_span) = (place.span, other.span);
            other.source == place.source && other_span.start <= own.start && own.end <= other_span.end
        };
        let around: Vec<_> = self.entries.iter().filter(around).collect();
        let length = |entry: &&(Branch, Vec<usize>)| entry.0.place.text().len();
        let least = around.iter().map(length).min()?;
        // A function that is called with values of several types has several entries in one place.
        let runs: BTreeSet<usize> =
            around.iter().filter(|entry| length(entry) == least).flat_map(|entry| entry.1.iter().copied()).collect();
        Some(runs.into_iter().collect())
    }

    /// How much of a part was reached.
    pub fn share(&self, part: Part) -> Share {
        let of_part = || self.items.iter().filter(|item| item.part == part);
        Share { reached: of_part().filter(|item| !item.reached_by.is_empty()).count(), of: of_part().count() }
    }
}

/// Whether a rule or flag acted; `None` where it wasn't asked.
fn acts(result: RuleResult) -> Option<bool> {
    match result {
        RuleResult::Passed => Some(false),
        RuleResult::Objected(_) => Some(true),
        RuleResult::NotReached | RuleResult::Failed => None,
    }
}

fn of_branch(branch: &Branch) -> Item {
    let words = match branch.way {
        Way::Holds => "holds",
        Way::Fails => "doesn't hold",
        Way::Arm => "is the arm that counts",
        Way::Entered => "is worked out",
    };
    Item { part: Part::Branch, place: branch.place.clone(), words: words.to_owned(), reached_by: Vec::new() }
}

/// The ways of everything that decides; what stands in messages decides nothing. That a table has no row is no way where it
/// has one for every claim.
fn branches(program: &Program, tables: &Tables) -> Vec<Branch> {
    let rules = program.rules.iter().map(|rule| &rule.require);
    let flags = program.flags.iter().map(|flag| &flag.when);
    let components = program.components.iter().filter_map(|component| component.when.as_ref());
    let conditions: Vec<&Expression> = rules.chain(flags).chain(components).collect();
    let of_rules = program.rules.iter().flat_map(|rule| rule.message.expressions());
    let of_flags = program.flags.iter().flat_map(|flag| flag.message.expressions());
    let words: Vec<&Expression> = of_rules.chain(of_flags).collect();
    let complete: Vec<bool> = (0..program.tables.len()).map(|table| tables.is_complete(program, table)).collect();
    let certain = |read| matches!(read, Read::TableRow(table) if complete.get(table) == Some(&true));
    program.form.branches(&conditions, &words, &certain)
}

/// The dispositions that a program's own rules, limits and flags give.
fn dispositions(program: &Program) -> BTreeSet<Disposition> {
    let rules = program.rules.iter().map(|rule| rule.otherwise);
    let flags = program.flags.iter().map(|flag| flag.then);
    let limits = program.limits.iter().filter_map(|limit| match limit.then {
        LimitEffect::Cut => None,
        LimitEffect::Hold => Some(Disposition::Held),
        LimitEffect::Reject => Some(Disposition::Rejected),
    });
    rules.chain(flags).chain(limits).chain([Disposition::Approved]).collect()
}
