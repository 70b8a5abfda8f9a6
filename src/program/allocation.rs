//! Allocation: how each award is split over cost centres.

use super::{
    amount::written_amount,
    context::Context,
    fields::{Fields, word, wrong_shape},
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    money::{Decimal, SplitMethod, add, subtract},
};

/// How each award is split over cost centres.
#[derive(Debug, Clone)]
pub struct Allocation {
    /// Who gets the units that are left.
    pub method: SplitMethod,
    /// Each cost centre with its weight, in order.
    pub shares: Vec<(String, Decimal)>,
    /// Where it stands.
    pub place: Place,
}

/// Checks `allocate`.
pub(super) fn check(node: &Node, context: &mut Context<'_>) -> Option<Allocation> {
    let mut fields = Fields::of(node, context.findings)?;
    let method = fields.required_text("method", "write `method: largest_remainder` or `method: first_shares`");
    let shares = fields.required("shares", "write `shares: { CC-100: 60%, CC-200: 40% }`");
    let place = fields.head();
    let findings = fields.findings();
    let method = method.and_then(|text| word(&text, "a method of splitting", &SplitMethod::NAMES, findings));
    fields.finish();
    let shares = match shares? {
        Node::Mapping(entries, place) => check_shares(entries, place, context),
        other => {
            context.findings.add(wrong_shape(other, "cost centres with their shares are expected"));
            None
        }
    };
    Some(Allocation { method: method?, shares: shares?, place })
}

/// A share as it is written.
enum Share {
    Percent(Decimal),
    Weight(Decimal),
    Rest,
}

fn check_shares(entries: &[(Text, Node)], place: &Place, context: &mut Context<'_>) -> Option<Vec<(String, Decimal)>> {
    let shares: Vec<_> = entries.iter().map(|(centre, node)| check_share(centre, node, context)).collect();
    let shares: Vec<(String, Share)> = shares.into_iter().collect::<Option<_>>()?;
    let is_weight = |share: &(String, Share)| matches!(share.1, Share::Weight(_));
    let weights = shares.iter().filter(|share| is_weight(share)).count();
    let rests = shares.iter().filter(|(_, share)| matches!(share, Share::Rest)).count();
    let mut wrong = |message: String| {
        let finding = Diagnostic::error(Code::WrongShares, place, message);
        let help =
            "write percentages that add up to 100%, one of which may be `rest`, or weights alone: `{ A: 2, B: 1 }`";
        context.findings.add(finding.help(help));
        None
    };
    if weights > 0 && weights < shares.len() {
        return wrong("the shares mix percentages and weights".to_owned());
    }
    if shares.is_empty() || rests > 1 {
        return wrong(
            if shares.is_empty() { "there is no share" } else { "more than one share is the rest" }.to_owned(),
        );
    }
    if weights > 0 {
        return Some(shares.into_iter().map(|(centre, share)| (centre, share.number())).collect());
    }
    let sum = shares.iter().try_fold(Decimal::ZERO, |sum, (_, share)| add(sum, share.number()));
    let rest = sum.and_then(|sum| subtract(Decimal::ONE, sum)).ok()?;
    if rest.is_sign_negative() && !rest.is_zero() || rests == 0 && !rest.is_zero() {
        let percent = subtract(Decimal::ONE, rest).ok()?.saturating_mul(Decimal::ONE_HUNDRED).normalize();
        return wrong(format!("the shares add up to {percent}%"));
    }
    let number = |share: Share| if let Share::Rest = share { rest } else { share.number() };
    Some(shares.into_iter().map(|(centre, share)| (centre, number(share))).collect())
}

impl Share {
    fn number(&self) -> Decimal {
        match self {
            Self::Percent(share) | Self::Weight(share) => *share,
            Self::Rest => Decimal::ZERO,
        }
    }
}

fn check_share(centre: &Text, node: &Node, context: &mut Context<'_>) -> Option<(String, Share)> {
    if centre.text.contains(';') || centre.text.trim() != centre.text || centre.text.is_empty() {
        let message = format!("`{}` can't name a cost centre", centre.text);
        let finding = Diagnostic::error(Code::WrongName, &centre.place, message);
        context.findings.add(finding.help("write it without `;` and without spaces around it"));
        return None;
    }
    let text = super::fields::text(node, context.findings)?;
    if text.text == "rest" {
        return Some((centre.text.clone(), Share::Rest));
    }
    let amount = written_amount(&text, context.findings)?;
    if amount.is_sign_negative() && !amount.is_zero() {
        let finding = Diagnostic::error(Code::WrongShares, &text.place, "a share below zero");
        context.findings.add(finding.help("write how much of each award the cost centre bears: `60%`"));
        return None;
    }
    let share = if text.text.ends_with('%') { Share::Percent(amount) } else { Share::Weight(amount) };
    Some((centre.text.clone(), share))
}
