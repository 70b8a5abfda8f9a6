//! Amounts that a layer in another currency takes over as they are written: 500 EUR are not 500 GBP.

use std::sync::Arc;

use super::{Component, ComponentKind, Due, Node, Program, Schedule, Text, amount::looks_like_number};
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place, Source},
    money::parse_decimal,
    schema::Type,
};

/// A file with the currency or unit that it writes, if it does.
#[derive(Debug, Clone)]
pub struct Denomination {
    /// The file.
    pub source: Arc<Source>,
    /// Its currency, or the code of its unit.
    pub unit: Option<Text>,
}

impl Denomination {
    /// What a file writes, before it is put together with others.
    pub fn of(source: &Arc<Source>, root: &Node) -> Self {
        let unit = root.at(&["currency"]).or(root.at(&["unit", "code"])).and_then(Node::scalar);
        Self { source: Arc::clone(source), unit: unit.cloned() }
    }
}

/// Warns of amounts of a definition that stand in files of another currency. The files are named from the program's own
/// down to what the others are layers over.
pub fn check_denomination(program: &Program, root: &Node, files: &[Denomination], findings: &mut Findings) {
    let written = |from: usize| files.iter().skip(from).find_map(|file| file.unit.as_ref());
    let Some(unit) = written(0) else { return };
    let other = |place: &Place| {
        let file = files.iter().position(|file| file.source == place.source)?;
        written(file).filter(|other| other.text != unit.text)
    };
    let amounts = amounts(program, root);
    let mut foreign = amounts.iter().filter_map(|place| Some((place, other(place)?))).peekable();
    let Some((_, before)) = foreign.peek() else { return };
    let message = format!(
        "the currency changes from `{}` to `{}`, and some amounts stay as they were written",
        before.text, unit.text
    );
    let finding = Diagnostic::warning(Code::OtherCurrency, &unit.place, message);
    let finding = foreign.fold(finding, |finding, (place, other)| finding.and(place, format!("in `{}`", other.text)));
    findings.add(finding.help("write them in this layer, even where the figure is the same"));
}

/// Where the amounts of money stand that are written out, or as a param of their own.
fn amounts(program: &Program, root: &Node) -> Vec<Place> {
    let limits = program.limits.iter().filter_map(|limit| root.at(&["limits", &limit.code, "max"]));
    let components = program.components.iter().flat_map(|component| in_component(component, root));
    limits.chain(components).filter_map(|node| written_out(node, root)).collect()
}

fn in_component<'n>(component: &Component, root: &'n Node) -> Vec<&'n Node> {
    match &component.kind {
        ComponentKind::Amount { .. } => root.at(&["award", &component.name, "amount"]).into_iter().collect(),
        ComponentKind::Accumulating { due: Due::Computed(_), .. } => Vec::new(),
        ComponentKind::Accumulating { base, due: Due::Tiers(schedule), .. } => {
            let in_money = base.kind() != Type::INTEGER;
            root.at(&["award", &component.name, "tiers", "bands"])
                .map_or_else(Vec::new, |bands| in_bands(bands, schedule, in_money))
        }
    }
}

fn in_bands<'n>(bands: &'n Node, schedule: &Schedule, in_money: bool) -> Vec<&'n Node> {
    let Node::Sequence(bands, _) = bands else { return Vec::new() };
    let edges: &[&str] = if in_money && schedule.target.is_none() { &["from", "above"] } else { &[] };
    let keys = || edges.iter().chain(&["per_unit", "flat"]);
    bands.iter().flat_map(|band| keys().filter_map(|key| band.at(&[key]))).collect()
}

/// Where an amount is written: here, or where the param stands that this is. Nothing is nothing in every currency.
fn written_out(node: &Node, root: &Node) -> Option<Place> {
    let text = node.scalar()?;
    if looks_like_number(&text.text) {
        let is_zero = parse_decimal(&text.text).is_ok_and(|amount| amount.is_zero());
        return (!is_zero).then(|| text.place.clone());
    }
    let Node::Mapping(params, _) = root.at(&["params"])? else { return None };
    let name = text.text.trim().strip_prefix("params.")?;
    params.iter().find(|(param, _)| param.text == name).map(|(param, _)| param.place.clone())
}
