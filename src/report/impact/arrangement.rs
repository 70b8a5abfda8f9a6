//! Arrangements that a change brings, changes or ends. They aren't decided: what each may add at most is its ceiling.

use super::{Breach, Direction, scope::Scope};
use crate::{calendar::Date, money::Decimal, program::ProgramName, variant::Arrangement};

/// What became of an arrangement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrangementChange {
    /// Its name.
    pub name: ProgramName,
    /// Before the change; `None` where it is new.
    pub before: Option<Bounds>,
    /// After the change; `None` where it is gone.
    pub after: Option<Bounds>,
}

/// How far an arrangement reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The program that it is for.
    pub program: ProgramName,
    /// The first day of its claims.
    pub from: Date,
    /// The most that it may add.
    pub ceiling: Decimal,
    /// The hash over its file.
    pub file_hash: String,
}

impl Bounds {
    /// How far an arrangement reaches.
    pub fn new(arrangement: &Arrangement, file_hash: &str) -> Self {
        Self {
            program: arrangement.program.0.clone(),
            from: arrangement.scope.dates.0,
            ceiling: arrangement.ceiling,
            file_hash: file_hash.to_owned(),
        }
    }
}

impl ArrangementChange {
    /// The word for what became of it.
    pub fn name_of_change(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "new",
            (_, None) => "gone",
            _ => "changed",
        }
    }

    /// What became of it, in words.
    pub(super) fn words(&self) -> String {
        let ceiling = |bounds: &Option<Bounds>| bounds.as_ref().map_or_else(String::new, |one| one.ceiling.to_string());
        match (&self.before, &self.after) {
            (None, _) => format!("is new, and may add up to {}", ceiling(&self.after)),
            (_, None) => format!("is gone, and might have added up to {}", ceiling(&self.before)),
            _ => {
                format!("changed, and may add up to {} where it was {}", ceiling(&self.after), ceiling(&self.before))
            }
        }
    }

    /// Where it goes beyond what was declared.
    pub(super) fn breaches(&self, scope: &Scope) -> Vec<Breach> {
        let sides: Vec<&Bounds> = self.before.iter().chain(&self.after).collect();
        let mut breaches = Vec::new();
        let mut breach = |option| {
            let words = format!("the arrangement `{}` {}; it isn't decided here", self.name, self.words());
            breaches.push(Breach { option, program: None, words });
        };
        let is_other = |only: &Vec<ProgramName>| sides.iter().any(|bounds| !only.contains(&bounds.program));
        if scope.only_programs.as_ref().is_some_and(is_other) {
            breach("--only-programs");
        }
        if scope.max_total.is_some_and(|most| sides.iter().any(|bounds| bounds.ceiling > most)) {
            breach("--max-total");
        }
        let may_go = |direction| match direction {
            Direction::Up => self.before.is_some(),
            Direction::Down => self.after.is_some(),
        };
        if scope.direction.is_some_and(may_go) {
            breach("--direction");
        }
        if scope.only_after.is_some_and(|last| sides.iter().any(|bounds| bounds.from <= last)) {
            breach("--only-after");
        }
        breaches
    }
}
