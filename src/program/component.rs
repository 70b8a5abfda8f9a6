//! Components: the named parts of an award.

use std::collections::BTreeMap;

use super::{
    context::Context,
    due::{self, Due},
    fields::{Fields, word, wrong_shape},
    key::{self, KeyPlan},
    name::check_word,
    param::Param,
    schedule,
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    schema::Type,
    script::{Expression, Facts, Member, Read, RowType, Wanted},
};

/// What arrangements add is a component of its own, by this name.
pub const ARRANGEMENT: &str = "arrangement";

/// How a component comes about.
#[derive(Debug, Clone)]
pub enum ComponentKind {
    /// An amount of its own.
    Amount {
        /// How much.
        amount: Expression,
        /// What a claim that takes it back takes back in proportion to; all of it, if there is none.
        base: Option<Expression>,
    },
    /// What is due on a running total, less what was due before.
    Accumulating {
        /// What this claim adds.
        base: Expression,
        /// What it adds to the figure that picks the band, where that isn't the base.
        measure: Option<Expression>,
        /// Where it accumulates; `None` for this claim alone.
        key: Option<KeyPlan>,
        /// What is due on a total.
        due: Due,
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
            ComponentKind::Amount { .. } => None,
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
        if ["total", "cut", ARRANGEMENT].contains(&name.text.as_str()) {
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
    let (measure, tiers, due) =
        (fields.optional_text("measure"), fields.optional("tiers"), fields.optional_text("due"));
    let place = fields.head();
    fields.finish();
    let when = when.map(|text| context.expression(&text, Wanted::Boolean, established));
    let facts = when.as_ref().and_then(Option::as_ref).map_or_else(|| established.clone(), |(_, facts)| facts.clone());
    let accumulating = Accumulating { per, target, terms, measure, tiers, due };
    let kind = match (amount, base) {
        (Some(amount), base) => {
            accumulating.refuse(&amount, context);
            check_amount(&amount, base, &facts, context)
        }
        (None, Some(base)) => accumulating.check(&base, &name.place, params, &facts, context),
        (None, None) => {
            let finding = Diagnostic::error(Code::MissingKey, &place, "the component has no amount");
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

/// An amount, and what it is taken back in proportion to.
fn check_amount(amount: &Text, base: Option<Text>, facts: &Facts, context: &mut Context<'_>) -> Option<ComponentKind> {
    let checked = context.expression(amount, Wanted::Number, facts);
    if let Some(base) = base.as_ref().filter(|_| !context.takes_back) {
        let message = "`base` beside `amount` means nothing where no claim takes another one back";
        let finding = Diagnostic::error(Code::UnknownKey, &base.place, message);
        context.findings.add(
            finding.and(&amount.place, "the amount").help(
                "write `base` with `tiers` alone, or name the claim that is taken back in `claim: { original: … }`",
            ),
        );
        return None;
    }
    let base = base.map(|base| context.expression(&base, Wanted::Number, facts).map(|(base, _)| base));
    let (amount, _) = checked?;
    let base = match base {
        Some(base) => Some(base?),
        None => None,
    };
    Some(ComponentKind::Amount { amount, base })
}

struct Accumulating<'n> {
    per: Option<&'n Node>,
    target: Option<Text>,
    terms: Option<Text>,
    measure: Option<Text>,
    tiers: Option<&'n Node>,
    due: Option<Text>,
}

impl Accumulating<'_> {
    /// Keys that mean nothing without a base.
    fn refuse(&self, amount: &Text, context: &mut Context<'_>) {
        let texts = [("target", &self.target), ("terms", &self.terms), ("measure", &self.measure), ("due", &self.due)];
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
        let measure = self.measure.as_ref().map(|text| context.expression(text, Wanted::Number, facts));
        let whole_base = base.as_ref().is_some_and(|base| base.kind() == Type::INTEGER);
        let target_is_wrong = target.as_ref().is_some_and(Option::is_none);
        let (has_target, has_measure) = (target.is_some(), measure.is_some());
        let due = match (self.tiers, &self.due) {
            (Some(tiers), None) => {
                schedule::check(tiers, target.flatten(), whole_base, params, facts, context).map(Due::Tiers)
            }
            (None, Some(text)) => due::check(text, &[("target", has_target), ("measure", has_measure)], facts, context),
            (tiers, _) => due::refuse(name, self.due.as_ref().filter(|_| tiers.is_some()), context),
        };
        if let Some(text) = &self.measure {
            due::refuse_measure(text, due.as_ref(), context);
        }
        if target_is_wrong || measure.as_ref().is_some_and(Option::is_none) {
            return None;
        }
        let words = [("whole", true), ("from_here", false)];
        let terms = self.terms.map(|text| word(&text, "a kind of terms", &words, context.findings));
        let (base, due) = (base?, due?);
        let key = match key {
            Some(key) => Some(key?),
            None => None,
        };
        if terms.is_none() && key.is_some() && !due.is_constant(params) {
            due.ask_for_terms(name, context);
            return None;
        }
        let whole = match terms {
            Some(terms) => terms?,
            None => false,
        };
        let measure = measure.flatten().map(|(measure, _)| measure);
        Some(ComponentKind::Accumulating { base, measure, key, due, whole })
    }
}
