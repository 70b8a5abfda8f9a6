//! What a row of a table must match: columns that equal a value, ranges that a value lies in.

use std::sync::Arc;

use super::find;
use crate::{
    claim::Constant,
    diagnostic::{Code, Diagnostic, Place},
    program::{
        claim::Field,
        context::Context,
        fields::{Fields, text, wrong_shape},
        yaml::{Node, Text},
    },
    schema::{Base, Scalar, Type},
    script::{Expression, Facts, Wanted},
};

/// One thing that a row must match.
#[derive(Debug, Clone)]
pub struct Match {
    /// The column, or the name of the range.
    pub name: String,
    /// What is looked up.
    pub value: Expression,
    /// How a row's cells are compared with it.
    pub kind: MatchKind,
    /// All that the value can be, where that is declared.
    pub choices: Option<Arc<[Constant]>>,
}

/// How a row's cells are compared with a value.
#[derive(Debug, Clone)]
pub enum MatchKind {
    /// The cell of this column equals it.
    Equal(usize),
    /// It lies between two cells.
    Range(Range),
}

/// The columns between whose cells a value must lie; at least one of them is there.
#[derive(Debug, Clone)]
pub struct Range {
    /// Where the range starts.
    pub lower: Option<Bound>,
    /// Where it ends.
    pub upper: Option<Bound>,
}

/// A column with one end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The column.
    pub column: usize,
    /// Whether its cell itself belongs to the range: `from` and `until`, not `above` and `below`.
    pub inclusive: bool,
}

impl Match {
    /// The columns that it looks at.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let columns = match &self.kind {
            MatchKind::Equal(column) => [Some(*column), None],
            MatchKind::Range(range) => [range.lower, range.upper].map(|bound| bound.map(|bound| bound.column)),
        };
        columns.into_iter().flatten()
    }
}

const HELP: &str = "say which column must equal what: `match: { partner_id: claim.partner_id }`";
const EDGES: &str = "name a column for its lower end (`from` that value on, or `above` it), its upper end (`below` that value, \
                     or `until` it with the value itself), or both";

/// Checks `match`. Ranges need a hit policy.
pub(super) fn check(node: &Node, declared: &[Field], has_hit: bool, context: &mut Context<'_>) -> Option<Vec<Match>> {
    let Node::Mapping(entries, _) = node else {
        context.findings.add(wrong_shape(node, "columns with expressions are expected"));
        return None;
    };
    if entries.is_empty() {
        let finding = Diagnostic::error(Code::MissingKey, node.place(), "the table matches every claim");
        context.findings.add(finding.help(HELP));
        return None;
    }
    let matches: Vec<_> = context.over_claim(|context| {
        let one = |(name, node): &(Text, Node)| match node {
            Node::Mapping(..) if !has_hit => {
                let finding = Diagnostic::error(Code::MissingKey, &name.place, "a range needs `hit`");
                let help = "say what counts where a claim lies in several ranges: `hit: unique` (that never happens), \
                            `hit: first` (the row that stands first)";
                context.findings.add(finding.help(help));
                None
            }
            Node::Mapping(..) => check_range(name, node, declared, context),
            _ => check_equal(name, node, declared, context),
        };
        entries.iter().map(one).collect()
    });
    matches.into_iter().collect()
}

fn check_equal(column: &Text, node: &Node, declared: &[Field], context: &mut Context<'_>) -> Option<Match> {
    let number = find(column, declared, context)?;
    let kind = declared.get(number)?.kind.kind().present();
    let text = text(node, context.findings)?;
    let (value, _) = context.expression(&text, Wanted::Key, &Facts::none())?;
    let widens = value.kind().present() == Type::INTEGER && kind == Type::DECIMAL;
    if value.kind().present() != kind && !widens {
        let message = format!("column `{}` is {kind}, and this is {}", column.text, value.kind());
        let finding = Diagnostic::error(Code::WrongType, &text.place, message);
        context.findings.add(finding.and(&column.place, "the column"));
        return None;
    }
    let choices = value.figure().and_then(|read| context.vocabulary.values(read).cloned());
    Some(Match { name: column.text.clone(), value, kind: MatchKind::Equal(number), choices })
}

fn check_range(name: &Text, node: &Node, declared: &[Field], context: &mut Context<'_>) -> Option<Match> {
    let mut fields = Fields::named(name, node, context.findings)?;
    let value = fields.required_text("value", "say what must lie in the range: `value: claim.quantity`");
    let [from, above, below, until] = ["from", "above", "below", "until"].map(|key| fields.optional_text(key));
    fields.finish();
    let lower = check_end(name, [from, above], "lower", context);
    let upper = check_end(name, [below, until], "upper", context);
    let value = value.and_then(|text| Some((context.expression(&text, Wanted::Key, &Facts::none())?.0, text.place)));
    let (Ok(lower), Ok(upper)) = (lower, upper) else { return None };
    if lower.is_none() && upper.is_none() {
        let finding = Diagnostic::error(Code::MissingKey, &name.place, "the range has no end");
        context.findings.add(finding.help(EDGES));
        return None;
    }
    let (value, place) = value?;
    let measure = measure(value.kind(), &place, context)?;
    let mut bound = |end: Option<(Text, bool)>| -> Result<_, Reported> {
        let Some((column, inclusive)) = end else { return Ok(None) };
        let column = check_column(&column, measure, &place, declared, context).ok_or(Reported)?;
        Ok(Some(Bound { column, inclusive }))
    };
    // From a value on is with it, below it is without.
    let lower = bound(lower);
    let upper = bound(upper.map(|(column, is_first)| (column, !is_first)));
    let (Ok(lower), Ok(upper)) = (lower, upper) else { return None };
    let range = Range { lower, upper };
    Some(Match { name: name.text.clone(), value, kind: MatchKind::Range(range), choices: None })
}

/// What is wrong is among the findings already.
struct Reported;

/// The end of a range that is written in one of two ways, and whether in the first of them.
fn check_end(
    name: &Text,
    ways: [Option<Text>; 2],
    which: &str,
    context: &mut Context<'_>,
) -> Result<Option<(Text, bool)>, Reported> {
    match ways {
        [None, None] => Ok(None),
        [Some(text), None] => Ok(Some((text, true))),
        [None, Some(text)] => Ok(Some((text, false))),
        [Some(_), Some(second)] => {
            let message = format!("the range `{}` has two {which} ends", name.text);
            context.findings.add(Diagnostic::error(Code::MissingKey, &second.place, message).help(EDGES));
            Err(Reported)
        }
    }
}

/// What a range is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Numbers,
    Dates,
}

fn measure(kind: Type, place: &Place, context: &mut Context<'_>) -> Option<Measure> {
    let found = of_type(kind);
    if found.is_none() {
        let message = format!("a range is over numbers or dates, and this is {kind}");
        let finding = Diagnostic::error(Code::WrongType, place, message);
        context.findings.add(finding.help("match anything else by what it equals: `match: { COLUMN: EXPRESSION }`"));
    }
    found
}

fn of_type(kind: Type) -> Option<Measure> {
    match kind.present() {
        Type::Some(Base::Scalar(Scalar::Integer | Scalar::Decimal)) => Some(Measure::Numbers),
        Type::Some(Base::Scalar(Scalar::Date)) => Some(Measure::Dates),
        _ => None,
    }
}

fn check_column(
    column: &Text,
    measure: Measure,
    value: &Place,
    declared: &[Field],
    context: &mut Context<'_>,
) -> Option<usize> {
    let number = find(column, declared, context)?;
    let kind = declared.get(number)?.kind.kind();
    if of_type(kind) != Some(measure) {
        let over = if measure == Measure::Dates { "dates" } else { "numbers" };
        let message = format!("the range is over {over}, and column `{}` is {kind}", column.text);
        let finding = Diagnostic::error(Code::WrongType, &column.place, message);
        context.findings.add(finding.and(value, "what must lie in it"));
        return None;
    }
    Some(number)
}
