//! Amounts and shares of the definition: exact as written, or worked out for each claim.

use super::{context::Context, yaml::Text};
use crate::{
    diagnostic::{Code, Diagnostic, Findings},
    money::{Decimal, NotDecimal, parse_decimal},
    script::{Expression, Facts, Wanted},
};

/// An amount of the definition.
#[derive(Debug, Clone)]
pub enum Amount {
    /// Written out.
    Fixed(Decimal),
    /// Worked out for each claim.
    Computed(Box<Expression>),
}

impl Amount {
    /// The amount, where it is written out.
    pub fn fixed(&self) -> Option<Decimal> {
        match self {
            Self::Fixed(amount) => Some(*amount),
            Self::Computed(_) => None,
        }
    }
}

/// An amount written out, `60000.00` or `1%`; anything else is reported.
pub fn written_amount(text: &Text, findings: &mut Findings) -> Option<Decimal> {
    match parse_amount(&text.text) {
        Ok(amount) => Some(amount),
        Err(reason) => {
            let message = format!("the amount `{}` {}", text.text, sentence(reason));
            findings.add(Diagnostic::error(Code::WrongAmount, &text.place, message).help(remedy(&text.text, reason)));
            None
        }
    }
}

/// `60000.00` or `1%`.
pub(super) fn parse_amount(text: &str) -> Result<Decimal, NotDecimal> {
    let Some(share) = text.strip_suffix('%') else { return parse_decimal(text) };
    let mut amount = parse_decimal(share.trim_end())?;
    let scale = amount.scale() + 2;
    amount.set_scale(scale).map_err(|_| NotDecimal::TooLong)?;
    Ok(amount)
}

/// The reason without its remedy, which goes into the help.
pub(super) fn sentence(reason: NotDecimal) -> String {
    let text = reason.to_string();
    text.split(": ").next().unwrap_or_default().to_owned()
}

/// Whether the only comma stands where thousands aren't separated.
fn comma_is_point(text: &str) -> bool {
    let number = text.trim_end_matches('%');
    number.split_once(',').is_some_and(|(_, after)| after.len() != 3 && after.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn remedy(text: &str, reason: NotDecimal) -> String {
    match reason {
        NotDecimal::Exponent => "write all digits: `1000` for `1e3`".to_owned(),
        // `5,50` is five and a half: taking the comma out would pay a hundred times as much.
        NotDecimal::Separator if comma_is_point(text) => {
            format!("write a point before the decimals: `{}`", text.replace(',', "."))
        }
        NotDecimal::Separator => {
            let digits: String = text.chars().filter(|symbol| !"_,' ".contains(*symbol)).collect();
            format!("write it without separators: `{digits}`")
        }
        NotDecimal::BarePoint => "write `0.5` for `.5`, `5.0` for `5.`".to_owned(),
        NotDecimal::TooLong => "round it to 28 digits or fewer".to_owned(),
        NotDecimal::Empty | NotDecimal::NotNumber => {
            "write digits with at most one point, or a share as `1%`".to_owned()
        }
    }
}

/// Whether a text means to be a number, well written or not.
pub(super) fn looks_like_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+', '.']);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.chars().all(|symbol| symbol.is_ascii_digit() || "eExX_.,'%+-abcdefABCDEF".contains(symbol))
}

impl Context<'_> {
    /// An amount of money, not a share: written out and not below zero, or an expression.
    pub(super) fn sum(&mut self, text: &Text, facts: &Facts) -> Option<Amount> {
        let amount = self.amount(text, facts)?;
        let share = amount.fixed().is_some() && text.text.ends_with('%');
        if share || amount.fixed().is_some_and(|amount| amount.is_sign_negative() && !amount.is_zero()) {
            let message = format!("`{}` is {}", text.text, if share { "a share, not an amount" } else { "below zero" });
            let finding = Diagnostic::error(Code::WrongAmount, &text.place, message);
            self.findings.add(finding.help("write an amount: `500.00`"));
            return None;
        }
        Some(amount)
    }

    /// An amount written out, or an expression.
    pub(super) fn amount(&mut self, text: &Text, facts: &Facts) -> Option<Amount> {
        if looks_like_number(&text.text) {
            return written_amount(text, self.findings).map(Amount::Fixed);
        }
        self.expression(text, Wanted::Number, facts).map(|(expression, _)| Amount::Computed(Box::new(expression)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact() {
        for (text, amount) in [("1%", "0.01"), ("2.5%", "0.025"), ("75%", "0.75"), ("0.015", "0.015"), ("5.00", "5.00")]
        {
            assert_eq!(parse_amount(text).unwrap().to_string(), amount);
        }
        assert_eq!(parse_amount("1e3"), Err(NotDecimal::Exponent));
        assert!(looks_like_number("1e3") && looks_like_number("0x10") && !looks_like_number("params.rate"));
    }
}
