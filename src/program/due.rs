//! What is due on a running total: by bands, or by an expression.

use super::{context::Context, param::Param, schedule::Schedule, yaml::Text};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    script::{Expression, Facts, Read, Wanted},
};

/// What is due on a total.
#[derive(Debug, Clone)]
pub enum Due {
    /// By bands.
    Tiers(Schedule),
    /// What an expression over the total comes to.
    Computed(Expression),
}

impl Due {
    /// The expressions in it.
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Tiers(schedule) => schedule.expressions().collect(),
            Self::Computed(expression) => vec![expression],
        }
    }

    /// Whether it is the same for every claim.
    pub fn is_constant(&self, params: &[Param]) -> bool {
        let constant = |read: &Read| match read {
            Read::Param(param) => params.get(*param).is_some_and(|param| !param.is_dated()),
            Read::DueTotal => true,
            _ => false,
        };
        let table = if let Self::Tiers(schedule) = self { schedule.table() } else { None };
        let is_fixed = table.is_none_or(|table| !table.varies);
        is_fixed && self.expressions().iter().all(|one| one.reads().iter().all(|(_, read)| constant(read)))
    }

    /// Where something stands that can differ between claims.
    fn varying(&self) -> Option<&Place> {
        match self {
            Self::Tiers(schedule) => schedule.varying(),
            Self::Computed(expression) => Some(expression.place()),
        }
    }

    /// Says that what is due can differ between claims of one key, which has more than one meaning.
    pub(super) fn ask_for_terms(&self, name: &Place, context: &mut Context<'_>) {
        let message = "`terms` is missing, and what is due can differ between claims of one key";
        let finding = Diagnostic::error(Code::TermsMissing, name, message);
        let finding = match self.varying() {
            Some(place) => finding.and(place, "this can differ"),
            None => finding,
        };
        let help = "write `terms: whole` (all is due under this claim's terms) or `terms: from_here` (only this claim's \
                    difference is)";
        context.findings.add(finding.help(help));
    }
}

/// Checks `due`. Keys that are there and mean nothing beside it are refused.
pub(super) fn check(text: &Text, keys: &[(&str, bool)], facts: &Facts, context: &mut Context<'_>) -> Option<Due> {
    for (key, _) in keys.iter().filter(|(_, is_there)| *is_there) {
        let finding = Diagnostic::error(Code::UnknownKey, &text.place, format!("`{key}` means nothing beside `due`"));
        context.findings.add(finding.help(format!("remove `{key}`, or write `tiers`")));
    }
    let checked = context.over_total(|context| context.expression(text, Wanted::Number, facts));
    checked.map(|(expression, _)| Due::Computed(expression))
}

/// What is due has to be said, and once: `due` is there only if it stands beside tiers.
pub(super) fn refuse(name: &Place, due: Option<&Text>, context: &mut Context<'_>) -> Option<Due> {
    let finding = match due {
        None => {
            let help =
                "say what is due on the base: `tiers: { kind: retroactive, bands: […] }`, or `due: total * 0.02`";
            Diagnostic::error(Code::MissingKey, name, "`tiers` is missing").help(help)
        }
        Some(due) => Diagnostic::error(Code::UnknownKey, &due.place, "`due` means nothing beside `tiers`")
            .help("say once what is due on the base: remove one of the two"),
    };
    context.findings.add(finding);
    None
}

/// Incremental bands cut the base itself, so that no other figure can pick them.
pub(super) fn refuse_measure(measure: &Text, due: Option<&Due>, context: &mut Context<'_>) {
    if matches!(due, Some(Due::Tiers(schedule)) if schedule.incremental) {
        let finding = Diagnostic::error(Code::UnknownKey, &measure.place, "incremental bands cut the base itself");
        context.findings.add(finding.help("remove `measure`, or write `kind: retroactive`"));
    }
}
