//! Evaluation of the typed form: exact, checked, bounded, without a look at anything but its scope.

mod compared;
mod scope;

use super::{
    builtin::Trouble,
    code::{Body, Code, Frame, Stop, Unwatched, Watch},
    form::{Expression, Form, NodeId, Part, Template},
};
use crate::{claim::Value, diagnostic::Place, money::Decimal};

pub use compared::compared;
pub use scope::{Found, Scope};

/// A rule that could not be worked out for a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where.
    pub place: Place,
    /// Why.
    pub reason: String,
}

/// Evaluates expressions over the same figures, one after the other.
pub struct Evaluation<'a, 'e, 's> {
    form: &'a Form,
    frame: Frame<'a, 'e, 's, Unwatched>,
}

impl<'a, 'e, 's> Evaluation<'a, 'e, 's> {
    /// An evaluation over these figures. The form lasts as long as what the expressions give.
    pub fn new(form: &'a Form, scope: &'e Scope<'a, 's>) -> Self
    where
        'a: 'e,
    {
        Self { form, frame: Frame::new(form, &form.code, scope, Unwatched) }
    }

    /// The value of an expression.
    pub fn value(&mut self, expression: &Expression) -> Result<Value<'a>, Failure> {
        self.run(expression, |frame, body| body.value(frame))
    }

    /// Whether a condition holds.
    pub fn holds(&mut self, condition: &Expression) -> Result<bool, Failure> {
        let holds = self.run(condition, |frame, body| match body {
            Body::Condition(run) => run(frame).map(Some),
            other => Ok(if let Value::Boolean(holds) = other.value(frame)? { Some(holds) } else { None }),
        });
        holds?.ok_or_else(|| nothing(condition))
    }

    /// The number that an expression comes to; a whole one widens exactly.
    pub fn number(&mut self, expression: &Expression) -> Result<Decimal, Failure> {
        let number = self.run(expression, |frame, body| match body {
            Body::Number(run) => {
                let number = run(frame)?;
                Ok(Some(frame.decimal(number)))
            }
            other => Ok(other.value(frame)?.number()),
        });
        number?.ok_or_else(|| nothing(expression))
    }

    #[inline]
    fn run<T>(
        &mut self,
        expression: &Expression,
        work: impl FnOnce(&mut Frame<'a, 'e, 's, Unwatched>, &'a Body<Unwatched>) -> Result<T, Stop>,
    ) -> Result<T, Failure> {
        run(self.form, &self.form.code, expression, &mut self.frame, work)
    }
}

/// The value of an expression.
pub fn evaluate<'a>(form: &'a Form, expression: &Expression, scope: &Scope<'a, '_>) -> Result<Value<'a>, Failure> {
    match expression.read {
        Some(read) => Ok(scope.read(read)),
        None => Evaluation::new(form, scope).value(expression),
    }
}

/// Whether a condition holds.
pub fn holds<'a>(form: &'a Form, condition: &Expression, scope: &Scope<'a, '_>) -> Result<bool, Failure> {
    Evaluation::new(form, scope).holds(condition)
}

/// The number that an expression comes to; a whole one widens exactly.
pub fn number<'a>(form: &'a Form, expression: &Expression, scope: &Scope<'a, '_>) -> Result<Decimal, Failure> {
    match expression.read.and_then(|read| scope.number(read)) {
        Some(number) => Ok(number),
        None => Evaluation::new(form, scope).number(expression),
    }
}

/// The value of an expression, with a look at each node on the way.
#[cfg(any(test, fuzzing))]
pub(super) fn evaluate_watched<'a, W: Watch>(
    form: &'a Form,
    code: &'a Code<W>,
    expression: &Expression,
    scope: &Scope<'a, '_>,
    watch: W,
) -> (Result<Value<'a>, Failure>, W) {
    let mut frame = Frame::new(form, code, scope, watch);
    let value = run(form, code, expression, &mut frame, |frame, body| body.value(frame));
    (value, frame.watch)
}

/// A message with its values, where none is put in the place of one by `instead`.
pub fn fill<'a>(
    form: &'a Form,
    template: &Template,
    scope: &Scope<'a, '_>,
    instead: &dyn Fn(&Expression) -> Option<Value<'static>>,
) -> Result<String, Failure> {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::Value(expression) => match instead(expression) {
                Some(other) => text.push_str(&other.to_string()),
                None => text.push_str(&evaluate(form, expression, scope)?.to_string()),
            },
        }
    }
    Ok(text)
}

/// Runs the code of an expression. It has no `return` of its own: the checker refuses one outside a function.
#[inline]
fn run<'a, 'e, 's, W: Watch, T>(
    form: &'a Form,
    code: &'a Code<W>,
    expression: &Expression,
    frame: &mut Frame<'a, 'e, 's, W>,
    work: impl FnOnce(&mut Frame<'a, 'e, 's, W>, &'a Body<W>) -> Result<T, Stop>,
) -> Result<T, Failure> {
    let Some(body) = code.expression(expression.number) else { return Err(nothing(expression)) };
    frame.begin(expression.slots);
    match work(frame, body) {
        Ok(value) if !frame.has_lost() => Ok(value),
        _ => Err(failure(form, frame.failure(), expression)),
    }
}

#[cold]
fn failure(form: &Form, failed: Option<(NodeId, Trouble)>, expression: &Expression) -> Failure {
    match failed {
        Some((node, reason)) => {
            let place = form.places.get(node as usize).unwrap_or(&expression.place).clone();
            Failure { place, reason: reason.into_owned() }
        }
        None => nothing(expression),
    }
}

#[cold]
fn nothing(expression: &Expression) -> Failure {
    Failure { place: expression.place.clone(), reason: "there is no value".to_owned() }
}
