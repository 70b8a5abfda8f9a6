//! Limits: ceilings on awards per key.

use super::{
    amount::Amount,
    component::{Component, ComponentKind},
    context::Context,
    fields::{Fields, word},
    key::{self, KeyPlan},
    name::check_code,
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    script::Facts,
};

/// What happens to a claim that would pass the ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitEffect {
    /// It gets what is left.
    Cut,
    /// It is held.
    Hold,
    /// It is rejected.
    Reject,
}

/// A ceiling on awards per key.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Its code.
    pub code: String,
    /// Where it stands.
    pub place: Place,
    /// The components that it holds.
    pub of: Vec<usize>,
    /// Per what.
    pub key: KeyPlan,
    /// The ceiling.
    pub max: Amount,
    /// What happens to a claim that would pass it.
    pub then: LimitEffect,
}

/// Checks `limits`.
pub(super) fn check(
    entries: &[(Text, Node)],
    components: &[Component],
    established: &Facts,
    context: &mut Context<'_>,
) -> Vec<Limit> {
    let mut limits: Vec<Limit> = Vec::new();
    for (code, node) in entries {
        if check_code(code, context)
            && let Some(limit) = check_limit(code, node, components, established, context)
        {
            check_binds(&limit, &limits, context);
            check_key(&limit, components, context);
            check_order(&limit, &limits, context);
            limits.push(limit);
        }
    }
    limits
}

fn check_limit(
    code: &Text,
    node: &Node,
    components: &[Component],
    established: &Facts,
    context: &mut Context<'_>,
) -> Option<Limit> {
    let mut fields = Fields::named(code, node, context.findings)?;
    let of = fields.optional("of").is_some().then(|| fields.texts("of"));
    let per = fields.required("per", "say per what: `per: [participant, quarter]`, or `per: [program]` for a budget");
    let max = fields.required_text("max", "give the ceiling: `max: 60000`");
    let then = fields.required_text("then", "say what happens over the ceiling: `then: cut`, `hold` or `reject`");
    let findings = fields.findings();
    let words = [("cut", LimitEffect::Cut), ("hold", LimitEffect::Hold), ("reject", LimitEffect::Reject)];
    let then = then.and_then(|text| word(&text, "an effect of limits", &words, findings));
    fields.finish();
    let of = match of {
        None => Some((0..components.len()).collect()),
        Some(names) if names.is_empty() => {
            let finding = Diagnostic::error(Code::LimitNeverBinds, &code.place, "the limit holds no component");
            context.findings.add(finding.help("name components in `of`, or leave it out to hold all"));
            None
        }
        Some(names) => check_of(&names, components, context),
    };
    let key = per.and_then(|node| key::check(node, context));
    let max = max.and_then(|text| {
        let amount = context.sum(&text, established)?;
        let places = amount.fixed().map_or(0, |amount| amount.normalize().scale());
        if places > context.scale {
            let message =
                format!("the ceiling has {places} decimal places, and amounts of this program {}", context.scale);
            context.findings.add(Diagnostic::error(Code::WrongRounding, &text.place, message));
            return None;
        }
        Some(amount)
    });
    Some(Limit { code: code.text.clone(), place: code.place.clone(), of: of?, key: key?, max: max?, then: then? })
}

fn check_of(names: &[Text], components: &[Component], context: &mut Context<'_>) -> Option<Vec<usize>> {
    let mut numbers = Vec::new();
    for name in names {
        match components.iter().position(|component| component.name == name.text) {
            Some(number) => numbers.push(number),
            // What is wrong with it was said where it stands.
            None if context.award.is_some_and(|award| context.vocabulary.has_member(award, &name.text)) => {}
            None => {
                let message = format!("there is no component `{}`", name.text);
                let finding = Diagnostic::error(Code::UnknownComponent, &name.place, message);
                let known = components.iter().map(|component| component.name.as_str());
                context.findings.add(finding.suggest(&name.text, known));
            }
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    (numbers.len() == names.len()).then_some(numbers)
}

/// A limit above an earlier one over the same components and key never acts.
fn check_binds(limit: &Limit, earlier: &[Limit], context: &mut Context<'_>) {
    let Some(max) = limit.max.fixed() else { return };
    let shadows = |other: &&Limit| {
        // A claim that an earlier limit holds can still be cut by this one, in what is pending.
        other.then == LimitEffect::Cut
            && other.of == limit.of
            && other.key.same_as(&limit.key)
            && other.max.fixed().is_some_and(|lower| lower <= max)
    };
    if let Some(other) = earlier.iter().find(shadows) {
        let finding =
            Diagnostic::error(Code::LimitNeverBinds, &limit.place, format!("`{}` can never bind", limit.code));
        let label = format!("`{}` already holds these awards below it", other.code);
        context.findings.add(
            finding
                .and(&other.place, label)
                .help("remove one of them, or order them from the larger to the smaller ceiling"),
        );
    }
}

/// What a coarser ceiling has cut off and gives back isn't asked of the finer one behind it claim by claim: it takes back what
/// it never gave.
fn check_order(limit: &Limit, earlier: &[Limit], context: &mut Context<'_>) {
    let is_coarser = |other: &&Limit| {
        let is_finer = match (limit.key.is_claim(), other.key.is_claim()) {
            (true, is_claim) => !is_claim,
            (false, true) => false,
            (false, false) => limit.key.determines(&other.key) && !other.key.determines(&limit.key),
        };
        is_finer && other.then == LimitEffect::Cut && other.of.iter().any(|component| limit.of.contains(component))
    };
    if let Some(other) = earlier.iter().find(is_coarser) {
        let message = format!(
            "the key is finer than that of `{}` before it, so returns may take back what was never awarded",
            other.code
        );
        let finding = Diagnostic::warning(Code::LimitKey, &limit.key.place, message);
        let help = format!("put `{}` before `{}`", limit.code, other.code);
        context.findings.add(finding.and(&other.key.place, "the coarser key").help(help));
    }
}

fn check_key(limit: &Limit, components: &[Component], context: &mut Context<'_>) {
    let held = limit.of.iter().filter_map(|number| components.get(*number));
    for component in held.filter(|component| matches!(component.kind, ComponentKind::Accumulating { .. })) {
        let Some(key) = component.key() else { continue };
        if limit.key.is_claim() {
            let message = format!("`{}` accumulates across claims and can't be held per claim", component.name);
            let finding = Diagnostic::error(Code::LimitKey, &limit.key.place, message);
            context.findings.add(
                finding.and(&component.place, "the component").help("hold it per its own key, or leave it out of `of`"),
            );
        } else if !key.determines(&limit.key) {
            let message =
                format!("the key is finer than that of `{}`, so sums depend on the order of claims", component.name);
            let finding = Diagnostic::warning(Code::LimitKey, &limit.key.place, message);
            context.findings.add(
                finding
                    .and(&key.place, "the component's key")
                    .help("hold it per the component's key, or a coarser one"),
            );
        }
    }
}
