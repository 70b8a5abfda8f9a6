//! Components: the named parts of an award.

use std::collections::BTreeMap;

use super::{
    context::Context,
    fields::{Fields, word, wrong_shape},
    key::{self, KeyPlan},
    name::check_word,
    param::Param,
    schedule::{self, Schedule},
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    schema::Type,
    script::{Expression, Facts, Member, Read, RowType, Wanted},
};

/// How a component comes about.
#[derive(Debug, Clone)]
pub enum ComponentKind {
    /// An amount of its own.
    Amount(Expression),
    /// What a schedule makes due on a running total, less what was due before.
    Accumulating {
        /// What this claim adds.
        base: Expression,
        /// Where it accumulates; `None` for this claim alone.
        key: Option<KeyPlan>,
        /// The bands.
        schedule: Schedule,
        /// What the key was asked before is taken off, instead of what was due before under this claim's terms.
        whole: bool,
    },
}

/// A named part of an award.
#[derive(Debug, Clone)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// When it is due.
    pub when: Option<Expression>,
    /// How it comes about.
    pub kind: ComponentKind,
}

impl Component {
    /// Where it accumulates, if it does.
    pub fn key(&self) -> Option<&KeyPlan> {
        match &self.kind {
            ComponentKind::Accumulating { key, .. } => key.as_ref(),
            ComponentKind::Amount(_) => None,
        }
    }
}

/// Checks `award`; each component sees those above it.
pub(super) fn check(node: &Node, params: &[Param], established: &Facts, context: &mut Context<'_>) -> Vec<Component> {
    let Node::Mapping(entries, _) = node else {
        context.findings.add(wrong_shape(node, "components by name are expected"));
        return Vec::new();
    };
    if entries.is_empty() {
        let finding = Diagnostic::error(Code::MissingKey, node.place(), "the award has no component");
        context
            .findings
            .add(finding.help("name at least one: `award: { rebate: { amount: claim.net_revenue * 0.02 } }`"));
    }
    let row = RowType { name: "award".to_owned(), member_word: "component", members: BTreeMap::new() };
    let award = context.vocabulary.add_row(row);
    context.award = Some(award);
    let mut components = Vec::new();
    for (name, node) in entries {
        if !check_word(name, "a component", context) {
            continue;
        }
        if ["total", "cut"].contains(&name.text.as_str()) {
            let finding =
                Diagnostic::error(Code::NameTaken, &name.place, format!("`award.{}` already has a meaning", name.text));
            context.findings.add(finding.help("give the component another name"));
            continue;
        }
        match check_component(name, node, params, established, context) {
            Some(component) => {
                components.push(component);
                let member = Member { read: Read::Component(components.len() - 1), kind: Type::DECIMAL };
                context.vocabulary.add_member(award, &name.text, member);
            }
            None => context.add_broken(award, &name.text),
        }
    }
    components
}

/// Makes the award after limits known to flags.
pub(super) fn name_totals(context: &mut Context<'_>) {
    if let Some(award) = context.award {
        for (name, read) in [("total", Read::AwardTotal), ("cut", Read::AwardCut)] {
            context.vocabulary.add_member(award, name, Member { read, kind: Type::DECIMAL });
        }
    }
}

fn check_component(
    name: &Text,
    node: &Node,
    params: &[Param],
    established: &Facts,
    context: &mut Context<'_>,
) -> Option<Component> {
    let mut fields = Fields::named(name, node, context.findings)?;
    let (when, amount, base) =
        (fields.optional_text("when"), fields.optional_text("amount"), fields.optional_text("base"));
    let (per, target, terms) = (fields.optional("per"), fields.optional_text("target"), fields.optional_text("terms"));
    let tiers = fields.optional("tiers");
    let place = fields.head();
    fields.finish();
    let when = when.map(|text| context.expression(&text, Wanted::Boolean, established));
    let facts = when.as_ref().and_then(Option::as_ref).map_or_else(|| established.clone(), |(_, facts)| facts.clone());
    let accumulating = Accumulating { per, target, terms, tiers };
    let both = amount.is_some() && base.is_some();
    let kind = match (amount, base) {
        (Some(amount), None) => {
            accumulating.refuse(&amount, context);
            context.expression(&amount, Wanted::Number, &facts).map(|(amount, _)| ComponentKind::Amount(amount))
        }
        (None, Some(base)) => accumulating.check(&base, &name.place, params, &facts, context),
        _ => {
            let message =
                if both { "the component has both `amount` and `base`" } else { "the component has no amount" };
            let finding = Diagnostic::error(Code::MissingKey, &place, message);
            context.findings.add(finding.help("write either `amount`, or `base` with `tiers`"));
            None
        }
    };
    let when = match when {
        Some(checked) => Some(checked?.0),
        None => None,
    };
    Some(Component { name: name.text.clone(), place: name.place.clone(), when, kind: kind? })
}

struct Accumulating<'n> {
    per: Option<&'n Node>,
    target: Option<Text>,
    terms: Option<Text>,
    tiers: Option<&'n Node>,
}

impl Accumulating<'_> {
    /// Keys that mean nothing without a base.
    fn refuse(&self, amount: &Text, context: &mut Context<'_>) {
        let texts = [("target", &self.target), ("terms", &self.terms)];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, &text.as_ref()?.place)));
        let nodes = [("per", self.per), ("tiers", self.tiers)];
        let nodes = nodes.into_iter().filter_map(|(key, node)| Some((key, node?.place())));
        for (key, place) in texts.chain(nodes).collect::<Vec<_>>() {
            let finding = Diagnostic::error(Code::UnknownKey, place, format!("`{key}` means nothing beside `amount`"));
            context
                .findings
                .add(finding.and(&amount.place, "the amount").help("write `base` for a component under tiers"));
        }
    }

    fn check(
        self,
        base: &Text,
        name: &Place,
        params: &[Param],
        facts: &Facts,
        context: &mut Context<'_>,
    ) -> Option<ComponentKind> {
        let base = context.expression(base, Wanted::Number, facts).map(|(base, _)| base);
        let key = self.per.map(|node| key::check(node, context));
        let target = self.target.map(|text| schedule::check_target(&text, facts, context));
        let whole_base = base.as_ref().is_some_and(|base| base.kind() == Type::INTEGER);
        let Some(tiers) = self.tiers else {
            let finding = Diagnostic::error(Code::MissingKey, name, "`tiers` is missing");
            context
                .findings
                .add(finding.help("say what is due on the base: `tiers: { kind: retroactive, bands: […] }`"));
            return None;
        };
        if target.as_ref().is_some_and(Option::is_none) {
            return None;
        }
        let schedule = schedule::check(tiers, target.flatten(), whole_base, params, facts, context);
        let words = [("whole", true), ("from_here", false)];
        let terms = self.terms.map(|text| word(&text, "a kind of terms", &words, context.findings));
        let (base, schedule) = (base?, schedule?);
        let key = match key {
            Some(key) => Some(key?),
            None => None,
        };
        if terms.is_none() && key.is_some() && !schedule.is_constant(params) {
            let finding = Diagnostic::error(
                Code::TermsMissing,
                name,
                "`terms` is missing, and the bands can differ between claims of one key",
            );
            let finding = match schedule.varying() {
                Some(place) => finding.and(place, "this can differ"),
                None => finding,
            };
            let help = "write `terms: whole` (all is due under this claim's terms) or `terms: from_here` (only this claim's difference is)";
            context.findings.add(finding.help(help));
            return None;
        }
        let whole = match terms {
            Some(terms) => terms?,
            None => false,
        };
        Some(ComponentKind::Accumulating { base, key, schedule, whole })
    }
}
