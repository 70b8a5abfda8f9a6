//! Evaluation of the typed form: exact, checked, bounded, without a look at anything but its scope.

mod any;
mod compared;
mod flow;
mod scope;
mod typed;

use bumpalo::collections::Vec as ScratchVec;

use super::{
    builtin::Trouble,
    form::{Children, Expression, Form, Node, NodeId, Part, Template},
    limit,
};
use crate::{claim::Value, diagnostic::Place, money::Decimal};

pub use compared::compared;
pub use scope::Scope;

/// A rule that could not be worked out for a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where.
    pub place: Place,
    /// Why.
    pub reason: String,
}

/// Sees which nodes are evaluated. Chosen when compiling, so that an unwatched run pays nothing.
pub(super) trait Watch {
    /// Whether nodes are wanted at all.
    const ON: bool;

    /// Takes a node that is about to be evaluated.
    fn node(&mut self, id: NodeId);
}

/// Sees nothing.
pub(super) struct Unwatched;

impl Watch for Unwatched {
    const ON: bool = false;

    fn node(&mut self, _: NodeId) {}
}

/// The value of an expression.
pub fn evaluate<'a>(form: &'a Form, expression: &Expression, scope: &Scope<'a, '_>) -> Result<Value<'a>, Failure> {
    match expression.read {
        Some(read) => Ok(scope.read(read)),
        None => evaluate_watched(form, expression, scope, &mut Unwatched),
    }
}

/// The value of an expression, with a look at each node on the way.
pub(super) fn evaluate_watched<'a, W: Watch>(
    form: &'a Form,
    expression: &Expression,
    scope: &Scope<'a, '_>,
    watch: &mut W,
) -> Result<Value<'a>, Failure> {
    let mut evaluation = Evaluation::new(form, expression, scope, watch);
    let value = evaluation.value(expression.root);
    evaluation.end(value, expression)
}

/// Whether a condition holds.
pub fn holds<'a>(form: &'a Form, condition: &Expression, scope: &Scope<'a, '_>) -> Result<bool, Failure> {
    let mut watch = Unwatched;
    let mut evaluation = Evaluation::new(form, condition, scope, &mut watch);
    let holds = evaluation.holds(condition.root);
    evaluation.end(holds, condition)
}

/// The number that an expression comes to; a whole one widens exactly.
pub fn number<'a>(form: &'a Form, expression: &Expression, scope: &Scope<'a, '_>) -> Result<Decimal, Failure> {
    if let Some(number) = expression.read.and_then(|read| scope.number(read)) {
        return Ok(number);
    }
    let mut watch = Unwatched;
    let mut evaluation = Evaluation::new(form, expression, scope, &mut watch);
    let number = evaluation.number(expression.root);
    evaluation.end(number, expression)
}

/// A message with its values.
pub fn fill(form: &Form, template: &Template, scope: &Scope<'_, '_>) -> Result<String, Failure> {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::Value(expression) => text.push_str(&evaluate(form, expression, scope)?.to_string()),
        }
    }
    Ok(text)
}

/// Why a value doesn't come. What comes instead is kept in the evaluation, so that this fits in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// The function returned.
    Return,
    /// Something failed.
    Failed,
}

struct Evaluation<'a, 'e, 's, W> {
    form: &'a Form,
    scope: &'e Scope<'a, 's>,
    watch: &'e mut W,
    locals: ScratchVec<'a, Value<'a>>,
    /// Where the locals of the function that is running start.
    base: usize,
    steps: usize,
    returned: Value<'a>,
    failed: Option<(NodeId, Trouble)>,
}

const OVERFLOW: &str = "the whole number is too large for 64 bits";

impl<'a, 'e, 's, W: Watch> Evaluation<'a, 'e, 's, W> {
    fn new(form: &'a Form, expression: &Expression, scope: &'e Scope<'a, 's>, watch: &'e mut W) -> Self {
        let mut locals = ScratchVec::new_in(scope.scratch);
        if expression.slots > 0 {
            locals.resize(expression.slots as usize, Value::Nothing);
        }
        Self { form, scope, watch, locals, base: 0, steps: 0, returned: Value::Nothing, failed: None }
    }

    /// What the expression comes to. It has no `return` of its own: the checker refuses one outside a function.
    fn end<T>(self, result: Result<T, Stop>, expression: &Expression) -> Result<T, Failure> {
        result.map_err(|_| match self.failed {
            Some((node, reason)) => {
                let place = self.form.places.get(node as usize).unwrap_or(&expression.place).clone();
                Failure { place, reason: reason.into_owned() }
            }
            None => Failure { place: expression.place.clone(), reason: "there is no value".to_owned() },
        })
    }

    #[inline]
    fn node(&mut self, id: NodeId) -> &'a Node {
        if W::ON {
            self.watch.node(id);
        }
        self.form.nodes.get(id as usize).unwrap_or(&Node::Nothing)
    }

    #[cold]
    #[inline(never)]
    fn fail<T>(&mut self, id: NodeId, reason: impl Into<Trouble>) -> Result<T, Stop> {
        self.failed = Some((id, reason.into()));
        Err(Stop::Failed)
    }

    #[inline]
    fn children(&self, children: Children) -> &'a [NodeId] {
        let start = children.start as usize;
        self.form.children.get(start..start + children.count as usize).unwrap_or(&[])
    }

    #[inline]
    fn local(&self, slot: u32) -> &Value<'a> {
        self.locals.get(self.base + slot as usize).unwrap_or(&Value::Nothing)
    }

    fn set(&mut self, slot: u32, value: Value<'a>) {
        if let Some(local) = self.locals.get_mut(self.base + slot as usize) {
            *local = value;
        }
    }

    /// Counts a call or a round of a loop; only these can add up.
    fn count_step(&mut self, id: NodeId) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > limit::MAX_STEPS {
            return self.fail(id, format!("the rule takes more than {} steps", limit::MAX_STEPS));
        }
        if self.scope.scratch.allocated_bytes() > limit::MAX_SCRATCH_BYTES {
            let reason = format!("the rule needs more than {} bytes for what it builds", limit::MAX_SCRATCH_BYTES);
            return self.fail(id, reason);
        }
        Ok(())
    }

    fn text(&mut self, id: NodeId, text: &str) -> Result<Value<'a>, Stop> {
        if text.len() > limit::MAX_TEXT_BYTES {
            return self.fail(id, format!("the text is longer than {} bytes", limit::MAX_TEXT_BYTES));
        }
        Ok(Value::Text(self.scope.scratch.alloc_str(text)))
    }
}
