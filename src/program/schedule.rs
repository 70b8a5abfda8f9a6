//! Tiers: a schedule of bands under an accumulating component.

use super::{
    amount::Amount,
    context::Context,
    fields::{Fields, word},
    param::Param,
    table::{BandTable, band},
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    money::Decimal,
    script::{Expression, Facts, Read, Wanted},
};

/// Where a band starts.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The total at which it starts; a multiple of the target where the schedule has one.
    pub amount: Amount,
    /// Whether that total itself belongs to it: `from`, not `above`.
    pub inclusive: bool,
}

/// One step of a schedule.
#[derive(Debug, Clone)]
pub struct Band {
    /// Where it stands.
    pub place: Place,
    /// Where it starts; only the first may have no lower end.
    pub edge: Option<Edge>,
    /// What one unit of the base earns.
    pub rate: Amount,
    /// Whether it is an amount for each unit, not a share.
    pub per_unit: bool,
    /// The fixed amount.
    pub flat: Amount,
}

/// Where the bands of a schedule stand.
#[derive(Debug, Clone)]
pub enum Bands {
    /// Here, from the lowest.
    Listed(Vec<Band>),
    /// In the rows of a table.
    Table(Box<BandTable>),
}

/// A schedule of bands.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Each slice at its own band, not the whole at the one reached.
    pub incremental: bool,
    /// Its bands.
    pub bands: Bands,
    /// What band edges are multiples of.
    pub target: Option<Expression>,
}

impl Schedule {
    /// The expressions in it.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let amounts = self.listed().iter().flat_map(|band| {
            band.edge.iter().map(|edge| &edge.amount).chain([&band.rate, &band.flat]).collect::<Vec<_>>()
        });
        let computed = amounts.filter_map(|amount| match amount {
            Amount::Computed(expression) => Some(expression.as_ref()),
            Amount::Fixed(_) => None,
        });
        computed.chain(&self.target)
    }

    /// The bands that are listed; none where a table has them.
    pub fn listed(&self) -> &[Band] {
        if let Bands::Listed(bands) = &self.bands { bands } else { &[] }
    }

    /// The table that the bands stand in.
    pub fn table(&self) -> Option<&BandTable> {
        if let Bands::Table(table) = &self.bands { Some(table) } else { None }
    }

    /// Where something stands that can differ between claims.
    pub fn varying(&self) -> Option<&Place> {
        let table = self.table().filter(|table| table.varies).map(|table| &table.place);
        table.or_else(|| self.expressions().find(|expression| !expression.is_constant()).map(Expression::place))
    }
}

/// Checks `tiers`. `whole_base` says that the base is counted in whole numbers.
pub(super) fn check(
    node: &Node,
    target: Option<Expression>,
    whole_base: bool,
    params: &[Param],
    facts: &Facts,
    context: &mut Context<'_>,
) -> Option<Schedule> {
    let mut fields = Fields::of(node, context.findings)?;
    let kind = fields.required_text("kind", "say how bands pay: `kind: retroactive` (the band reached pays on everything) or `incremental` (each slice at its own band)");
    let bands = fields.required("bands", "list the bands: `- { from: 0, rate: 1% }`");
    let findings = fields.findings();
    let words = [("retroactive", false), ("incremental", true)];
    let incremental = kind.and_then(|text| word(&text, "a kind of tiers", &words, findings));
    fields.finish();
    if let Node::Scalar(name) = bands? {
        let bands = Bands::Table(Box::new(band::check(name, params, context)?));
        return Some(Schedule { incremental: incremental?, bands, target });
    }
    let Node::Sequence(items, place) = bands? else {
        context.findings.add(super::fields::wrong_shape(bands?, "a list of bands is expected"));
        return None;
    };
    if items.is_empty() {
        context.findings.add(Diagnostic::error(Code::WrongShape, place, "a schedule has at least one band"));
        return None;
    }
    let bands: Vec<_> =
        items.iter().enumerate().map(|(index, item)| check_band(item, index == 0, facts, context)).collect();
    let bands: Vec<Band> = bands.into_iter().collect::<Option<_>>()?;
    check_order(&bands, params, context);
    let incremental = incremental?;
    if incremental && whole_base && target.is_none() {
        warn_of_whole_edges(&bands, context);
    }
    Some(Schedule { incremental, bands: Bands::Listed(bands), target })
}

fn check_band(node: &Node, first: bool, facts: &Facts, context: &mut Context<'_>) -> Option<Band> {
    let mut fields = Fields::of(node, context.findings)?;
    let (from, above) = (fields.optional_text("from"), fields.optional_text("above"));
    let (rate, per_unit, flat) =
        (fields.optional_text("rate"), fields.optional_text("per_unit"), fields.optional_text("flat"));
    let place = fields.place().clone();
    fields.finish();
    let zero = Some(Amount::Fixed(Decimal::ZERO));
    let (rate, is_per_unit) = match (rate, per_unit) {
        (Some(rate), None) => {
            let amount = context.amount(&rate, facts);
            warn_of_large_rate(&rate, amount.as_ref(), context);
            (amount, false)
        }
        (None, Some(per_unit)) => (context.sum(&per_unit, facts), true),
        (None, None) if flat.is_some() => (zero.clone(), false),
        (rate, _) => {
            let message =
                if rate.is_some() { "a band has `rate` or `per_unit`, not both" } else { "the band pays nothing" };
            let finding = Diagnostic::error(Code::MissingKey, &place, message);
            context
                .findings
                .add(finding.help("write `rate: 1%`, `per_unit: 2.00` or `flat: 100`; `rate: 0%` if nothing is due"));
            (None, false)
        }
    };
    let flat = flat.map_or(zero, |flat| context.sum(&flat, facts));
    let edge = check_edge(from, above, first, &place, facts, context);
    Some(Band { place, edge: edge.ok()?, rate: rate?, per_unit: is_per_unit, flat: flat? })
}

/// What is wrong is among the findings already.
struct Reported;

fn check_edge(
    from: Option<Text>,
    above: Option<Text>,
    first: bool,
    place: &Place,
    facts: &Facts,
    context: &mut Context<'_>,
) -> Result<Option<Edge>, Reported> {
    let (text, inclusive) = match (from, above) {
        (Some(text), None) => (text, true),
        (None, Some(text)) => (text, false),
        (None, None) if first => return Ok(None),
        (from, _) => {
            let message = if from.is_some() {
                "a band starts `from` or `above`, not both"
            } else {
                "the band doesn't say where it starts"
            };
            let finding = Diagnostic::error(Code::MissingKey, place, message);
            context.findings.add(finding.help("write `from: 5000` (5000 or more) or `above: 5000` (more than 5000)"));
            return Err(Reported);
        }
    };
    context.amount(&text, facts).map(|amount| Some(Edge { amount, inclusive })).ok_or(Reported)
}

/// An amount that is the same for every claim: written out, or a param that isn't dated.
pub(super) fn known(amount: &Amount, params: &[Param]) -> Option<Decimal> {
    let Amount::Computed(expression) = amount else { return amount.fixed() };
    match (expression.reads(), expression.is_read()) {
        ([(_, Read::Param(param))], true) => {
            let param = params.get(*param).filter(|param| !param.is_dated())?;
            param.versions.first()?.1.number()
        }
        _ => None,
    }
}

/// A band that starts `from` a total comes before one that starts `above` it.
fn check_order(bands: &[Band], params: &[Param], context: &mut Context<'_>) {
    for pair in bands.windows(2) {
        let [before, after] = pair else { continue };
        let start = |band: &Band| {
            let edge = band.edge.as_ref()?;
            Some((known(&edge.amount, params)?, !edge.inclusive))
        };
        if let (Some(low), Some(high)) = (start(before), start(after))
            && high <= low
        {
            let finding = Diagnostic::error(
                Code::BandsDisordered,
                &after.place,
                "this band doesn't start above the one before it",
            );
            context.findings.add(
                finding.and(&before.place, "the one before it").help("order bands from the lowest, each start once"),
            );
        }
    }
}

fn warn_of_whole_edges(bands: &[Band], context: &mut Context<'_>) {
    let edges: Option<Vec<Decimal>> = bands
        .iter()
        .map(|band| band.edge.as_ref().filter(|edge| edge.inclusive).and_then(|edge| edge.amount.fixed()))
        .collect();
    let Some(edges) = edges.filter(|edges| edges.first() == Some(&Decimal::ONE)) else { return };
    if let Some(first) = bands.first() {
        let remedy: Vec<String> = edges.iter().map(|edge| edge.saturating_sub(Decimal::ONE).to_string()).collect();
        let message = "edges of incremental bands are points on the line, so the first unit lies below the first band";
        let finding = Diagnostic::warning(Code::WholeNumberEdges, &first.place, message);
        context.findings.add(finding.help(format!("for counted things write `above: {}`", remedy.join("`, `above: "))));
    }
}

/// The target that band edges are multiples of.
pub(super) fn check_target(text: &Text, facts: &Facts, context: &mut Context<'_>) -> Option<Expression> {
    context.expression(text, Wanted::Number, facts).map(|(expression, _)| expression)
}

/// A rate of 1 or more is most often a share that lost its sign.
fn warn_of_large_rate(rate: &Text, amount: Option<&Amount>, context: &mut Context<'_>) {
    let Some(written) = amount.and_then(Amount::fixed).filter(|amount| *amount >= Decimal::ONE) else { return };
    if !rate.text.ends_with('%') {
        let percent = written.saturating_mul(Decimal::ONE_HUNDRED).normalize();
        let finding =
            Diagnostic::warning(Code::LargeRate, &rate.place, format!("a rate of {} is {percent}%", rate.text));
        context
            .findings
            .add(finding.help(format!("write `{0}%` if {0} in a hundred is meant, or `{percent}%`", rate.text)));
    }
}
