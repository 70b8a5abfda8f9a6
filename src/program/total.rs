//! Totals: figures over the claims decided before this one.

use super::{
    context::Context,
    fields::{Fields, word},
    key::{self, KeyPlan},
    name::check_word,
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place},
    schema::Type,
    script::{Expression, Facts, Member, Read, Wanted, without_spacing},
};

/// Which claims a total counts, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All, whatever became of them.
    All,
    /// Approved and held.
    Standing,
    /// Approved.
    Approved,
}

/// What a total figures.
#[derive(Debug, Clone)]
pub enum TotalKind {
    /// How many claims.
    Count,
    /// The sum of an expression.
    Sum(Expression),
    /// How many different values an expression has.
    Distinct(Expression),
    /// The sum of what was awarded after limits, and of what is pending where held claims count.
    Awarded(AwardPart),
}

/// A part of an award that a total adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwardPart {
    /// All of it.
    Total,
    /// A component.
    Component(usize),
}

/// A figure over earlier claims.
#[derive(Debug, Clone)]
pub struct Total {
    /// As rules call it.
    pub name: String,
    /// Where it is declared.
    pub place: Place,
    /// What it figures.
    pub kind: TotalKind,
    /// The same as it is written, word by word: `sum of claim . sold`.
    pub figured: String,
    /// Which claims it counts.
    pub of: Counted,
    /// Per what.
    pub key: KeyPlan,
    /// Only claims dated less than so many days away, either side.
    pub within: Option<u32>,
}

impl Total {
    /// Its type.
    pub fn result(&self) -> Type {
        match &self.kind {
            TotalKind::Sum(expression) => expression.kind(),
            TotalKind::Awarded(_) => Type::DECIMAL,
            TotalKind::Count | TotalKind::Distinct(_) => Type::INTEGER,
        }
    }
}

/// Checks `totals`. They see the claim and params alone, and the parts of awards by name.
pub(super) fn check(entries: &[(Text, Node)], award: Option<&Node>, context: &mut Context<'_>) -> Vec<Total> {
    let components = if let Some(Node::Mapping(components, _)) = award { components.as_slice() } else { &[] };
    let mut totals = Vec::new();
    for (name, node) in entries {
        if !check_word(name, "a total", context) {
            continue;
        }
        match check_total(name, node, components, context) {
            Some(total) => totals.push(total),
            None => context.add_broken(context.totals, &name.text),
        }
    }
    totals
}

/// Makes the totals known to the expressions behind them.
pub(super) fn name(totals: &[Total], context: &mut Context<'_>) {
    for (number, total) in totals.iter().enumerate() {
        let member = Member { read: Read::Total(number), kind: total.result() };
        context.vocabulary.add_member(context.totals, &total.name, member);
    }
}

fn check_total(name: &Text, node: &Node, components: &[(Text, Node)], context: &mut Context<'_>) -> Option<Total> {
    let mut fields = Fields::named(name, node, context.findings)?;
    let kinds = [fields.optional_text("count"), fields.optional_text("sum"), fields.optional_text("distinct")];
    let figured = ["count", "sum", "distinct"].iter().zip(&kinds).filter_map(|(word, text)| {
        let words: Vec<String> = without_spacing(&text.as_ref()?.text).lines().map(str::to_owned).collect();
        Some(format!("{word} of {}", words.join(" ")))
    });
    let figured = figured.collect();
    let of = fields.required_text("of", "say which claims count: `of: all`, `standing` or `approved`");
    let per = fields.required("per", "say per what: `per: [participant, month]`");
    let within = fields.optional_text("within");
    let place = fields.place().clone();
    let findings = fields.findings();
    let words = [("all", Counted::All), ("standing", Counted::Standing), ("approved", Counted::Approved)];
    let of = of.and_then(|text| word(&text, "a choice of claims", &words, findings));
    let within = within.map(|text| check_within(&text, findings));
    fields.finish();
    let kind = check_kind(kinds, &place, components, context);
    let key = per.and_then(|node| key::check(node, context));
    if within == Some(None) {
        return None;
    }
    let (kind, key) = (kind?, key?);
    if within.is_some() && matches!(kind, TotalKind::Distinct(_)) {
        let finding =
            Diagnostic::error(Code::UnknownKey, &place, "a total of distinct values can't be kept within days");
        context.findings.add(finding.help("count claims, or name a calendar period in `per`"));
        return None;
    }
    let (name, place) = (name.text.clone(), name.place.clone());
    Some(Total { name, place, kind, figured, of: of?, key, within: within.flatten() })
}

fn check_kind(
    kinds: [Option<Text>; 3],
    place: &Place,
    components: &[(Text, Node)],
    context: &mut Context<'_>,
) -> Option<TotalKind> {
    match kinds {
        [Some(count), None, None] => {
            word(&count, "something that can be counted", &[("claims", TotalKindWord)], context.findings)?;
            Some(TotalKind::Count)
        }
        [None, Some(sum), None] => {
            if sum.text.contains("award.") {
                return check_part(&sum, components, context).map(TotalKind::Awarded);
            }
            let (expression, _) = context.expression(&sum, Wanted::Number, &Facts::none())?;
            Some(TotalKind::Sum(expression))
        }
        [None, None, Some(distinct)] => {
            let (expression, _) = context.expression(&distinct, Wanted::Key, &Facts::none())?;
            Some(TotalKind::Distinct(expression))
        }
        _ => {
            let finding = Diagnostic::error(Code::MissingKey, place, "a total figures one thing");
            context
                .findings
                .add(finding.help("write one of `count: claims`, `sum: claim.quantity`, `distinct: claim.sku`"));
            None
        }
    }
}

/// A part of the award by its name: what was awarded is known only once the claim is decided, so nothing is worked out of it.
fn check_part(text: &Text, components: &[(Text, Node)], context: &mut Context<'_>) -> Option<AwardPart> {
    let part = text.text.trim().strip_prefix("award.").unwrap_or_default();
    if part == "total" {
        return Some(AwardPart::Total);
    }
    let found = components.iter().position(|(name, _)| name.text == part);
    if found.is_none() {
        let is_name = !part.is_empty() && part.chars().all(|symbol| symbol.is_ascii_alphanumeric() || symbol == '_');
        let finding = if is_name {
            let message = format!("there is no component `{part}`");
            let finding = Diagnostic::error(Code::UnknownComponent, &text.place, message);
            finding.suggest(part, components.iter().map(|(name, _)| name.text.as_str()))
        } else {
            let message = "of awards a total adds up all or one component, and nothing beside it";
            let finding = Diagnostic::error(Code::UnknownComponent, &text.place, message);
            finding.help("write `sum: award.total` or `sum: award.COMPONENT`, and work with the total in `derived`")
        };
        context.findings.add(finding);
    }
    found.map(AwardPart::Component)
}

/// The one word behind `count`.
#[derive(Debug, Clone, Copy)]
struct TotalKindWord;

/// The most days that a total may reach to either side.
const MAX_WITHIN_DAYS: u32 = 3_660;

fn check_within(text: &Text, findings: &mut Findings) -> Option<u32> {
    let number = text.text.strip_suffix(" days").or(text.text.strip_suffix(" day"));
    let days = number.and_then(|number| number.parse().ok()).filter(|days| (1..=MAX_WITHIN_DAYS).contains(days));
    if days.is_none() {
        let finding =
            Diagnostic::error(Code::WrongShape, &text.place, format!("`{}` is not a number of days", text.text));
        findings.add(finding.help(format!("write `within: 7 days`, from 1 to {MAX_WITHIN_DAYS}")));
    }
    days
}
