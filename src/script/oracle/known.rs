//! What the engine knew when it decided a claim, and what expressions of the program give on it.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use bumpalo::Bump;
use rhai::{Dynamic, Map};

use super::{
    dynamic,
    part::{Part, When},
    typed,
    verdict::{Given, class_of_reason},
    world::cell,
};
use crate::{
    calendar::Date,
    claim::{Claim, Claims, Constant, Value},
    money::{Decimal, add},
    outcome::{FoundRow, Outcome, RuleResult, Step, Trace},
    program::{Hit, Program, Table},
    schema::{Base, Type},
    script::{Found, Read, Scope, evaluate},
};

/// What a table gave.
enum Gave {
    Nothing,
    Row(Claims),
    /// By column.
    Lists(Vec<Constant>),
    Figure(Constant),
}

impl Gave {
    fn new(table: &Table, rows: &[FoundRow<'_>], figure: Option<Value<'_>>) -> Self {
        let cells = |row: &FoundRow<'_>| row.cells.iter().map(|seen| seen.value.into()).collect::<Vec<Constant>>();
        match (figure, rows) {
            (Some(figure), _) => Self::Figure(figure.into()),
            (None, rows) if table.hit == Some(Hit::All) => {
                let column =
                    |column: usize| Constant::List(rows.iter().map(|row| cells(row)[column].clone()).collect());
                Self::Lists((0..table.fields.len()).map(column).collect())
            }
            (None, [row]) => {
                let mut rows = Claims::new("table", table.fields.iter().map(|field| field.kind.column()));
                rows.push(1, cells(row).iter().map(cell), Vec::new()).unwrap();
                Self::Row(rows)
            }
            _ => Self::Nothing,
        }
    }

    fn found<'a>(&'a self, scratch: &'a Bump) -> Found<'a> {
        match self {
            Self::Nothing => Found::Nothing,
            Self::Row(rows) => Found::Row(rows.claim(0).row()),
            Self::Lists(lists) => {
                Found::Columns(scratch.alloc_slice_fill_iter(lists.iter().map(|list| list.value(scratch))))
            }
            Self::Figure(figure) => Found::Figure(figure.value(scratch)),
        }
    }
}

/// What the engine knew when it decided one claim.
pub(super) struct Known<'p> {
    program: &'p Program,
    claim: Claim<'p>,
    date: Date,
    received: Option<Date>,
    params: Vec<Constant>,
    tables: Vec<Gave>,
    totals: BTreeMap<usize, Constant>,
    derived: BTreeMap<usize, Constant>,
    components: Vec<Decimal>,
    /// What earlier programs awarded.
    earlier: Vec<Decimal>,
    /// By component: the total on which something was due.
    due_totals: BTreeMap<usize, Decimal>,
    total: Decimal,
    cut: Decimal,
    looked_up: bool,
    /// The codes of rules and flags that were evaluated, and of those the ones that objected.
    evaluated: BTreeSet<String>,
    objected: BTreeSet<String>,
    limits: BTreeSet<String>,
}

impl<'p> Known<'p> {
    pub(super) fn new(
        program: &'p Program,
        claim: Claim<'p>,
        outcome: &Outcome<'_>,
        trace: &Trace<'_>,
    ) -> Option<Self> {
        let date = outcome.date?;
        let cut = outcome.cuts.iter().try_fold(Decimal::ZERO, |sum, cut| add(sum, cut.amount)).unwrap();
        let mut known = Self {
            program,
            claim,
            date,
            received: outcome.received,
            params: program.params.iter().map(|param| param.value_on(date).clone()).collect(),
            tables: program.tables.iter().map(|_| Gave::Nothing).collect(),
            totals: BTreeMap::new(),
            derived: BTreeMap::new(),
            components: Vec::new(),
            earlier: Vec::new(),
            due_totals: BTreeMap::new(),
            total: add(outcome.award, outcome.pending).unwrap(),
            cut,
            looked_up: program.tables.is_empty(),
            evaluated: BTreeSet::new(),
            objected: BTreeSet::new(),
            limits: BTreeSet::new(),
        };
        trace.steps.iter().for_each(|step| known.take(step));
        Some(known)
    }

    fn take(&mut self, step: &Step<'_>) {
        match step {
            Step::InForce { .. } | Step::Original { .. } => {}
            // Those that are looked at come first.
            Step::Earlier { award, .. } => self.earlier.push(*award),
            Step::Total(seen) => {
                let total = self.program.totals.iter().position(|total| total.name == seen.name);
                self.totals.extend(total.map(|number| (number, seen.value.into())));
            }
            Step::Figure(seen) => {
                let derived = self.program.derived.iter().position(|figure| figure.name == seen.name);
                self.derived.extend(derived.map(|number| (number, seen.value.into())));
            }
            Step::Lookup { table, rows, figure, .. } => {
                self.looked_up = true;
                let number = self.program.tables.iter().position(|known| known.name == *table).unwrap();
                self.tables[number] = Gave::new(&self.program.tables[number], rows, *figure);
            }
            Step::Rule { code, result, .. } | Step::Flag { code, result, .. } => {
                if *result != RuleResult::NotReached {
                    self.evaluated.insert((*code).to_owned());
                }
                if matches!(result, RuleResult::Objected(_)) {
                    self.objected.insert((*code).to_owned());
                }
            }
            Step::Component(step) => {
                let total = step.schedule.as_ref().map(|schedule| schedule.total_after);
                self.due_totals.extend(total.map(|total| (self.components.len(), total)));
                self.components.push(step.amount);
            }
            Step::Limit(step) => _ = self.limits.insert(step.code.to_owned()),
        }
    }

    /// Whether the engine evaluated an expression of this part for the claim, or could have.
    pub(super) fn reached(&self, part: &Part<'p>) -> bool {
        let reached = match &part.when {
            When::Always => true,
            When::Evaluated(code) => self.evaluated.contains(*code),
            When::Objected(code) => self.objected.contains(*code),
            When::Limited(code) => self.limits.contains(*code),
            When::Component(number) => *number < self.components.len(),
            // What the condition established is known to the amount alone.
            When::Due(number) => self.components.get(*number).is_some_and(|amount| !amount.is_zero()),
            When::Total(number) => self.due_totals.contains_key(number),
        };
        reached && part.expression.reads().iter().all(|(_, read)| self.has(*read))
    }

    /// Whether a figure was worked out for this claim.
    fn has(&self, read: Read) -> bool {
        match read {
            Read::Total(number) => self.totals.contains_key(&number),
            Read::Derived(number) => self.derived.contains_key(&number),
            Read::TableRow(_) | Read::TableCell { .. } => self.looked_up,
            Read::Component(number) => number < self.components.len(),
            Read::AwardTotal | Read::AwardCut => self.components.len() == self.program.components.len(),
            // A required cell that can't be read is no value, and rules don't run on such a claim.
            Read::Field(field) => !self.claim.deficiencies().iter().any(|one| one.field == Some(field)),
            // The total is known of the component that the expression belongs to.
            Read::Param(_) | Read::Presence | Read::DueTotal | Read::CountedOn | Read::ReceivedFirst => true,
            Read::Earlier(number) => number < self.earlier.len(),
        }
    }

    /// The total on which something is due by a part of the program.
    pub(super) fn due_total(&self, part: &Part<'_>) -> Decimal {
        let When::Total(number) = &part.when else { return Decimal::ZERO };
        self.due_totals.get(number).copied().unwrap_or_default()
    }

    pub(super) fn typed(&self, part: &Part<'_>) -> Given {
        let expression = part.expression;
        let scratch = Bump::new();
        let params: Vec<Value<'_>> = self.params.iter().map(|param| param.value(&scratch)).collect();
        let tables: Vec<Found<'_>> = self.tables.iter().map(|gave| gave.found(&scratch)).collect();
        let all = |known: &'_ BTreeMap<usize, Constant>, count: usize| {
            (0..count).map(|number| known.get(&number).cloned().unwrap_or(Constant::Nothing)).collect::<Vec<_>>()
        };
        let totals = all(&self.totals, self.program.totals.len());
        let derived = all(&self.derived, self.program.derived.len());
        let totals: Vec<Value<'_>> = totals.iter().map(|total| total.value(&scratch)).collect();
        let derived: Vec<Value<'_>> = derived.iter().map(|figure| figure.value(&scratch)).collect();
        let scope = Scope {
            claim: self.claim,
            params: &params,
            tables: &tables,
            totals: &totals,
            derived: &derived,
            components: &self.components,
            counted_on: self.date,
            received_first: self.received,
            earlier: &self.earlier,
            due_total: self.due_total(part),
            award_total: self.total,
            award_cut: self.cut,
            scratch: &scratch,
            built: &Cell::new(0),
        };
        let given = evaluate(&self.program.form, expression, &scope);
        given.map(Constant::from).map_err(|failure| class_of_reason(&failure.reason).unwrap())
    }

    pub(super) fn rhai_scope(&self) -> rhai::Scope<'static> {
        let map = |cells: Vec<(&str, Dynamic)>| -> Dynamic {
            cells.into_iter().map(|(name, value)| (name.into(), value)).collect::<Map>().into()
        };
        let program = self.program;
        let fields = program.claim.fields.iter().enumerate();
        let scratch = Bump::new();
        let cell = |number| Constant::from(self.claim.row().value_in(number, &scratch));
        let fields = fields.map(|(number, field)| (field.name.as_str(), typed(&cell(number), field.kind.kind())));
        let mut scope = rhai::Scope::new();
        scope.push_dynamic("counted_on", dynamic(&Constant::Date(self.date)));
        scope.push_dynamic("received_first", dynamic(&self.received.map_or(Constant::Nothing, Constant::Date)));
        scope.push_dynamic("claim", map(fields.collect()));
        let params = program.params.iter().zip(&self.params);
        scope.push_dynamic("params", map(params.map(|(param, value)| (param.name.as_str(), dynamic(value))).collect()));
        let totals = self.totals.iter();
        let totals = totals.map(|(number, value)| (program.totals[*number].name.as_str(), dynamic(value)));
        scope.push_dynamic("totals", map(totals.collect()));
        for (number, value) in &self.derived {
            let derived = &program.derived[*number];
            scope.push_dynamic(derived.name.as_str(), typed(value, derived.value.kind()));
        }
        for (table, gave) in program.tables.iter().zip(&self.tables) {
            let cells = |value: &dyn Fn(usize) -> Dynamic| {
                let fields = table.fields.iter().enumerate();
                map(fields.map(|(column, field)| (field.name.as_str(), value(column))).collect())
            };
            let given = match gave {
                Gave::Nothing => Dynamic::UNIT,
                Gave::Row(rows) => cells(&|column| dynamic(&rows.claim(0).row().value_in(column, &scratch).into())),
                Gave::Lists(lists) => {
                    cells(&|column| typed(&lists[column], Type::Some(Base::List(table.fields[column].kind.scalar))))
                }
                Gave::Figure(figure) => dynamic(figure),
            };
            scope.push_dynamic(table.name.as_str(), given);
        }
        let components = program.components.iter().zip(&self.components);
        let mut award: Vec<(&str, Dynamic)> =
            components.map(|(one, amount)| (one.name.as_str(), (*amount).into())).collect();
        award.extend([("total", self.total.into()), ("cut", self.cut.into())]);
        scope.push_dynamic("award", map(award));
        let names = program.neighbours.earlier.iter().map(|(name, _)| name.as_str());
        let earlier = names.zip(&self.earlier).map(|(name, sum)| (name, (*sum).into()));
        scope.push_dynamic("earlier", map(earlier.collect()));
        scope
    }
}
