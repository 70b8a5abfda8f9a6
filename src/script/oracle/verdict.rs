//! When the typed form and Rhai's interpreter say the same.
//!
//! Values are the same if their types are and they print alike: the places and the sign of a decimal count. Errors are
//! the same if they are of one class. There are three differences by intent, each checked against an oracle of its own:
//!
//! - Where both the subject and an argument of `a.f(b)` fail, Rhai meets the argument first and the typed form, which
//!   takes it for `f(a, b)`, the subject. There Rhai must fail in the same way on the rule written as `f(a, b)`.
//! - Where Rhai would round a decimal past 28 digits, the typed form fails. There an engine whose operators fail where
//!   they would round must fail in the same way; and where the typed form gives a value, that engine must give it, too,
//!   so that nothing was rounded on the way.
//! - Where a limit of the rule language is passed that Rhai lacks, the typed form fails. Where it is the length of texts,
//!   Rhai with that limit must fail in the same way; steps and bytes have no counterpart, and nothing is compared.
//!
//! An empty list has no type in Rhai. Here it carries the type of its declaration, so that its sum is a zero of that type
//! on both sides.

use rhai::EvalAltResult;

use super::world::shown;
use crate::claim::Constant;

/// A class of errors of evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// A whole number beyond 64 bits.
    WholeNumber,
    /// A decimal beyond 28 digits.
    Digits,
    DivisionByZero,
    Places,
    LeastAboveMost,
    Calendar,
    NotDate,
    TextLength,
    Steps,
    Bytes,
    /// Rhai's word for a number that is too large, which says not of which type.
    Overflow,
}

/// What either side gives.
pub(super) type Given = Result<Constant, Class>;

/// The class of the typed form's reason; also of a built-in function's, in Rhai.
pub(super) fn class_of_reason(reason: &str) -> Option<Class> {
    Some(match reason {
        "the whole number is too large for 64 bits" => Class::WholeNumber,
        super::exact::ROUNDS => Class::Digits,
        "division by zero" => Class::DivisionByZero,
        "numbers have 0 to 28 places" => Class::Places,
        "`least` is above `most`" => Class::LeastAboveMost,
        "the date leaves the calendar" => Class::Calendar,
        _ if reason.ends_with("is not a date written as `2026-07-01`") => Class::NotDate,
        _ if reason.starts_with("the text is longer than") => Class::TextLength,
        _ if reason.starts_with("the rule takes more than") => Class::Steps,
        _ if reason.starts_with("the rules need more than") => Class::Bytes,
        _ => return None,
    })
}

/// The class of Rhai's error; `None` for one that no rule should meet.
pub(super) fn class_of_error(error: &EvalAltResult) -> Option<Class> {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => class_of_error(inner),
        EvalAltResult::ErrorRuntime(reason, _) => class_of_reason(&reason.to_string()),
        EvalAltResult::ErrorDataTooLarge(..) => Some(Class::TextLength),
        EvalAltResult::ErrorArithmetic(message, _) => {
            let divisor = message.rsplit_once(['/', '%']).map(|(_, divisor)| divisor.trim());
            let is_zero = divisor
                .is_some_and(|divisor| divisor.trim_start_matches('-').chars().all(|digit| "0.".contains(digit)));
            if is_zero { Some(Class::DivisionByZero) } else { message.contains("overflow").then_some(Class::Overflow) }
        }
        _ => None,
    }
}

/// Whether two values are the same to the last place.
pub(super) fn same(one: &Constant, other: &Constant) -> bool {
    match (one, other) {
        (Constant::Decimal(one), Constant::Decimal(other)) => one.serialize() == other.serialize(),
        (Constant::List(one), Constant::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        _ => one == other,
    }
}

/// What Rhai gives for a rule, asked as far as it has to be.
pub(super) trait Rhai {
    /// For the rule as written.
    fn as_written(&mut self) -> Result<Given, String>;
    /// For the rule with no function called with a point.
    fn without_points(&mut self) -> Result<Given, String>;
    /// For that, by the engine that doesn't round.
    fn without_rounding(&mut self) -> Result<Given, String>;
    /// For that, by the engine that bounds texts.
    fn with_bounded_texts(&mut self) -> Result<Given, String>;
}

/// Whether Rhai agrees with the typed form; the error says what it gives instead. `decimals` says that some were worked
/// out.
pub(super) fn compare(typed: &Given, decimals: bool, rhai: &mut dyn Rhai) -> Result<(), String> {
    match typed {
        // It would go on for long.
        Err(Class::Steps | Class::Bytes) => Ok(()),
        Err(Class::Digits) => {
            // Whatever it makes of it after rounding.
            rhai.as_written()?.ok();
            same_or(typed, &rhai.without_rounding()?, " without rounding")
        }
        Err(Class::TextLength) => {
            rhai.as_written()?.ok();
            same_or(typed, &rhai.with_bounded_texts()?, " with bounded texts")
        }
        Err(_) => {
            let given = rhai.as_written()?;
            if given.is_err() && !alike(typed, &given) {
                return same_or(typed, &rhai.without_points()?, " without points");
            }
            same_or(typed, &given, "")
        }
        Ok(_) => {
            same_or(typed, &rhai.as_written()?, "")?;
            if decimals { same_or(typed, &rhai.without_rounding()?, " without rounding") } else { Ok(()) }
        }
    }
}

fn same_or(typed: &Given, rhai: &Given, how: &str) -> Result<(), String> {
    if alike(typed, rhai) {
        return Ok(());
    }
    Err(format!("`{}` where Rhai{how} gives `{}`", said(typed), said(rhai)))
}

/// Whether both gave the same value, or failed in the same way.
pub(super) fn alike(typed: &Given, rhai: &Given) -> bool {
    match (typed, rhai) {
        (Ok(one), Ok(other)) => same(one, other),
        (Err(Class::WholeNumber), Err(Class::Overflow)) => true,
        (Err(one), Err(other)) => one == other,
        _ => false,
    }
}

/// As a test shows it.
pub(super) fn said(given: &Given) -> String {
    match given {
        Ok(value) => shown(value),
        Err(class) => format!("fails: {class:?}"),
    }
}
