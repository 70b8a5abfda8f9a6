//! What is worked out once for all claims of a run: params by the dates from which they are in force, terms that are the
//! same for every claim.

use std::cell::OnceCell;

use bumpalo::Bump;

use super::{schedule::Terms, table::Tables};
use crate::{
    calendar::Date,
    claim::{Deficiency, Value},
    outcome::Reason,
    program::{ComponentKind, Program, Schedule},
    script::{Failure, Read, Scope},
};

/// A program with its tables, ready to decide claims.
pub struct Decider<'p> {
    pub(super) program: &'p Program,
    pub(super) tables: &'p Tables,
    /// The values of all params, from each date on which one of them changes. The first is there from the first day.
    params: Vec<(Date, &'p [Value<'p>])>,
    /// By component: its terms, once they are known to be the same for every claim.
    terms: Vec<OnceCell<Terms>>,
    /// How many steps a decision has at most.
    pub(super) steps: usize,
    /// Whether what is decided is kept by claim, for those that come later.
    pub(super) remembers: bool,
    /// Whether private figures are shown.
    pub(super) names: bool,
}

impl<'p> Decider<'p> {
    /// A decider. What it works out is kept in the scratch space, which must not be reset while it is used.
    pub fn new(program: &'p Program, tables: &'p Tables, scratch: &'p Bump) -> Self {
        let changes = program.params.iter().flat_map(|param| param.versions.iter().map(|(from, _)| *from));
        let mut dates: Vec<Date> = [Date::MIN].into_iter().chain(changes).collect();
        dates.sort_unstable();
        dates.dedup();
        let params = dates.into_iter().map(|date| {
            let values = program.params.iter().map(|param| param.value_on(date).value(scratch));
            (date, &*scratch.alloc_slice_fill_iter(values))
        });
        let terms = program.components.iter().map(|_| OnceCell::new()).collect();
        let figures = program.totals.len() + program.tables.len() + program.derived.len();
        let judgements = program.rules.len() + program.components.len() + program.limits.len() + program.flags.len();
        // In force, the original, and each of the others.
        let steps = 2 + program.neighbours.named().count() + figures + judgements;
        let remembers = program.claim.original.is_some();
        Self { program, tables, params: params.collect(), terms, steps, remembers, names: false }
    }

    /// Whether a figure is private, and isn't shown.
    pub(super) fn hides(&self, read: Read) -> bool {
        !self.names && self.program.private.contains(&read)
    }

    /// The reason for which a claim is returned, with words where they are wanted.
    pub(super) fn deficiency(&self, line: u64, deficiency: &Deficiency, words: bool) -> Reason<'static> {
        let hidden = deficiency.field.is_some_and(|field| self.hides(Read::Field(field)));
        let shown = || if hidden { deficiency.without_text() } else { deficiency.to_string() };
        Reason::of_deficiency(deficiency, words.then(|| format!("line {line}: {}", shown())))
    }

    /// The params in force on a date.
    pub(super) fn params_on(&self, date: Date) -> &'p [Value<'p>] {
        let behind = self.params.partition_point(|(from, _)| *from <= date);
        behind.checked_sub(1).and_then(|last| self.params.get(last)).map_or(&[], |(_, values)| values)
    }

    /// The terms of a component's schedule for a claim, handed to `use_terms`.
    pub(super) fn with_terms<T>(
        &self,
        component: usize,
        schedule: &Schedule,
        scope: &Scope<'_, '_>,
        use_terms: impl FnOnce(&Terms) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let kept = self.terms.get(component);
        if let Some(terms) = kept.and_then(OnceCell::get) {
            return use_terms(terms);
        }
        let terms = Terms::new(self.program, schedule, scope)?;
        match kept.filter(|_| self.is_constant(component)) {
            Some(cell) => use_terms(cell.get_or_init(|| terms)),
            None => use_terms(&terms),
        }
    }

    fn is_constant(&self, component: usize) -> bool {
        let kind = self.program.components.get(component).map(|component| &component.kind);
        matches!(kind, Some(ComponentKind::Accumulating { due, .. }) if due.is_constant(&self.program.params))
    }
}
