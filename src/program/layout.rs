//! Which running figures a program has, by words instead of numbers, so that what one version of the rules kept can be found by
//! the next.

use super::{Component, ComponentKind, KeyPlan, Program, Total};

/// The running figures of a program, in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Layout {
    /// Its totals.
    pub totals: Vec<String>,
    /// Its components, with the key under which a base accumulates.
    pub components: Vec<String>,
    /// Its limits, with their keys.
    pub limits: Vec<String>,
    /// What an arrangement that made it adds: in all, and to each participant.
    pub purse: Vec<String>,
    /// The fields of its claims, which are no figures, but are kept by number as well.
    pub fields: Vec<String>,
}

impl Layout {
    /// The running figures of a program. Under another key a figure is another one, and so is a total that figures something else.
    pub fn of(program: &Program) -> Self {
        let per = |key: &KeyPlan| {
            let words: Vec<&str> = key.parts.iter().map(|(word, _)| word.as_str()).collect();
            format!("per {}", words.join(", "))
        };
        let total = |total: &Total| {
            let within = total.within.map_or_else(String::new, |days| format!(" within {days} days"));
            format!("{}, {}, of {:?} {}{within}", total.name, total.figured, total.of, per(&total.key))
        };
        let component = |component: &Component| match (&component.kind, component.key()) {
            (ComponentKind::Accumulating { .. }, Some(key)) => format!("{} {}", component.name, per(key)),
            _ => component.name.clone(),
        };
        Self {
            totals: program.totals.iter().map(total).collect(),
            components: program.components.iter().map(component).collect(),
            limits: program.limits.iter().map(|limit| format!("{} {}", limit.code, per(&limit.key))).collect(),
            purse: Vec::new(),
            fields: program
                .claim
                .fields
                .iter()
                .map(|field| format!("{}: {:?}", field.name, field.kind.column()))
                .collect(),
        }
    }

    /// The running figures of a program that an arrangement made.
    pub fn of_arranged(program: &Program) -> Self {
        Self { purse: ["per program", "per participant"].map(str::to_owned).to_vec(), ..Self::of(program) }
    }

    /// The names of all accumulators, in the order of their numbers.
    pub fn accumulators(&self) -> Vec<String> {
        let kinds = [
            ("total", &self.totals),
            ("base", &self.components),
            ("limit", &self.limits),
            ("measure", &self.components),
            ("ceiling", &self.purse),
        ];
        kinds.into_iter().flat_map(|(kind, names)| names.iter().map(move |name| format!("{kind} {name}"))).collect()
    }
}
