//! Evaluation of the typed form: exact, checked, bounded, without a look at anything but its scope.

use bumpalo::Bump;

use super::{
    form::{Arithmetic, Children, Comparison, Expression, Form, Node, NodeId, Part, Read, Template},
    limit,
};
use crate::{
    claim::{Claim, Row, Value},
    diagnostic::Place,
    money::{Decimal, Inexact, add, divide, multiply, subtract},
};

/// The figures that one evaluation may look at.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a, 's> {
    /// The claim.
    pub claim: Claim<'a>,
    /// Params in force on the claim's date.
    pub params: &'s [Value<'a>],
    /// The row of each table, where there is one.
    pub tables: &'s [Option<Row<'a>>],
    /// Totals over earlier claims.
    pub totals: &'s [Value<'a>],
    /// Derived figures so far.
    pub derived: &'s [Value<'a>],
    /// Components so far.
    pub components: &'s [Decimal],
    /// The award after limits.
    pub award_total: Decimal,
    /// What limits took.
    pub award_cut: Decimal,
    /// Where texts and lists made on the way are kept.
    pub scratch: &'a Bump,
}

/// A rule that could not be worked out for a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where.
    pub place: Place,
    /// Why.
    pub reason: String,
}

impl<'a> Scope<'a, '_> {
    /// The value of a figure.
    pub fn read(&self, read: Read) -> Value<'a> {
        let found = |row: &Option<Row<'a>>| if row.is_some() { Value::Boolean(true) } else { Value::Nothing };
        match read {
            Read::Presence => Value::Boolean(true),
            Read::Field(field) => self.claim.value(field),
            Read::Param(param) => self.params.get(param).copied().unwrap_or(Value::Nothing),
            Read::Total(total) => self.totals.get(total).copied().unwrap_or(Value::Nothing),
            Read::Derived(figure) => self.derived.get(figure).copied().unwrap_or(Value::Nothing),
            Read::TableRow(table) => self.tables.get(table).map_or(Value::Nothing, found),
            Read::TableCell { table, column } => {
                self.tables.get(table).copied().flatten().map_or(Value::Nothing, |row| row.value(column))
            }
            Read::Component(component) => {
                self.components.get(component).map_or(Value::Nothing, |amount| Value::Decimal(*amount))
            }
            Read::AwardTotal => Value::Decimal(self.award_total),
            Read::AwardCut => Value::Decimal(self.award_cut),
        }
    }
}

/// Sees which nodes are evaluated. Chosen when compiling, so that an unwatched evaluation pays nothing.
pub(super) trait Watch {
    /// Whether nodes are to be told at all.
    const ON: bool;

    /// Takes a node that is evaluated.
    fn node(&mut self, _id: NodeId) {}
}

/// Sees nothing.
struct Unwatched;

impl Watch for Unwatched {
    const ON: bool = false;
}

/// The value of an expression.
pub fn evaluate<'a>(form: &'a Form, expression: &Expression, scope: &Scope<'a, '_>) -> Result<Value<'a>, Failure> {
    evaluate_watched(form, expression, scope, &mut Unwatched)
}

/// The value of an expression; `watch` is told every node that is evaluated on the way.
pub(super) fn evaluate_watched<'a, W: Watch>(
    form: &'a Form,
    expression: &Expression,
    scope: &Scope<'a, '_>,
    watch: &mut W,
) -> Result<Value<'a>, Failure> {
    let mut evaluation = Evaluation { form, scope, watch, locals: Vec::new(), base: 0, steps: 0 };
    evaluation.locals.resize(expression.slots as usize, Value::Nothing);
    match evaluation.value(expression.root) {
        Ok(value) | Err(Stop::Return(value)) => Ok(value),
        Err(Stop::Failed(node, reason)) => {
            let place = form.places.get(node as usize).unwrap_or(&expression.place).clone();
            Err(Failure { place, reason: reason.into_owned() })
        }
    }
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

/// Why a value doesn't come: the function returned, or something failed at a node.
enum Stop<'a> {
    Return(Value<'a>),
    Failed(NodeId, super::builtin::Trouble),
}

struct Evaluation<'a, 'e, 's, W> {
    form: &'a Form,
    scope: &'e Scope<'a, 's>,
    watch: &'e mut W,
    locals: Vec<Value<'a>>,
    base: usize,
    steps: usize,
}

const OVERFLOW: &str = "the whole number is too large for 64 bits";

impl<'a, W: Watch> Evaluation<'a, '_, '_, W> {
    fn value(&mut self, id: NodeId) -> Result<Value<'a>, Stop<'a>> {
        if W::ON {
            self.watch.node(id);
        }
        let Some(node) = self.form.nodes.get(id as usize) else { return Ok(Value::Nothing) };
        Ok(match *node {
            Node::Nothing => Value::Nothing,
            Node::Boolean(boolean) => Value::Boolean(boolean),
            Node::Integer(integer) => Value::Integer(integer),
            Node::Decimal(decimal) => Value::Decimal(decimal),
            Node::Constant(number) => self
                .form
                .constants
                .get(number as usize)
                .map_or(Value::Nothing, |constant| constant.value(self.scope.scratch)),
            Node::Read(read) => self.scope.read(read),
            Node::Local(slot) => self.local(slot),
            Node::IsNothing(inner) => Value::Boolean(self.value(inner)?.is_nothing()),
            Node::Not(inner) => Value::Boolean(!self.holds(inner)?),
            Node::Widen(inner) => Value::Decimal(self.number(inner)?),
            Node::NegateInteger(inner) => {
                Value::Integer(self.integer(inner)?.checked_neg().ok_or(Stop::Failed(id, OVERFLOW.into()))?)
            }
            Node::NegateDecimal(inner) => {
                let mut number = self.number(inner)?;
                // Also of zero, as Rhai does, which shows where a rule writes the number into a text.
                number.set_sign_negative(number.is_sign_positive());
                Value::Decimal(number)
            }
            Node::All(parts) => Value::Boolean(self.all(parts)?),
            Node::Any(parts) => Value::Boolean(self.any(parts)?),
            Node::Compare(comparison, left, right) => Value::Boolean(self.compare(comparison, left, right)?),
            Node::OnIntegers(operation, left, right) => Value::Integer(self.on_integers(id, operation, left, right)?),
            Node::OnDecimals(operation, left, right) => Value::Decimal(self.on_decimals(id, operation, left, right)?),
            Node::Join(left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                self.text(id, &format!("{left}{right}"))?
            }
            Node::Interpolate(parts) => self.interpolate(id, parts)?,
            Node::List(parts) => self.list(parts)?,
            Node::In(item, list) => Value::Boolean(self.contained(item, list)?),
            Node::CallBuiltin(number, arguments) => self.builtin(id, number, arguments)?,
            Node::CallFunction(number, arguments) => self.function(number, arguments)?,
            Node::If { condition, then, otherwise } => {
                let branch = if self.holds(condition)? { then } else { otherwise };
                self.value(branch)?
            }
            Node::Switch { subject, arms, otherwise } => self.switch(subject, arms, otherwise)?,
            Node::Block(statements) => self.block(statements)?,
            Node::Set { slot, value } => {
                let value = self.value(value)?;
                self.set(slot, value);
                Value::Nothing
            }
            Node::For { slot, counter, list, body } => self.each(id, slot, counter, list, body)?,
            Node::Return(inner) => return Err(Stop::Return(self.value(inner)?)),
        })
    }

    fn children(&self, children: Children) -> &'a [NodeId] {
        let start = children.start as usize;
        self.form.children.get(start..start + children.count as usize).unwrap_or(&[])
    }

    fn local(&self, slot: u32) -> Value<'a> {
        self.locals.get(self.base + slot as usize).copied().unwrap_or(Value::Nothing)
    }

    fn set(&mut self, slot: u32, value: Value<'a>) {
        if let Some(local) = self.locals.get_mut(self.base + slot as usize) {
            *local = value;
        }
    }

    fn holds(&mut self, id: NodeId) -> Result<bool, Stop<'a>> {
        match self.value(id)? {
            Value::Boolean(boolean) => Ok(boolean),
            _ => Err(Stop::Failed(id, "a condition has no value".into())),
        }
    }

    fn integer(&mut self, id: NodeId) -> Result<i64, Stop<'a>> {
        match self.value(id)? {
            Value::Integer(integer) => Ok(integer),
            _ => Err(Stop::Failed(id, "a number has no value".into())),
        }
    }

    fn number(&mut self, id: NodeId) -> Result<Decimal, Stop<'a>> {
        self.value(id)?.number().ok_or(Stop::Failed(id, "a number has no value".into()))
    }

    fn all(&mut self, parts: Children) -> Result<bool, Stop<'a>> {
        for part in self.children(parts) {
            if !self.holds(*part)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn any(&mut self, parts: Children) -> Result<bool, Stop<'a>> {
        for part in self.children(parts) {
            if self.holds(*part)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn compare(&mut self, comparison: Comparison, left: NodeId, right: NodeId) -> Result<bool, Stop<'a>> {
        let (left_value, right_value) = (self.value(left)?, self.value(right)?);
        // The checker has shown that both are there; if it were wrong, nothing must be decided on an empty value.
        if left_value.is_nothing() || right_value.is_nothing() {
            return Err(Stop::Failed(left, "an empty value is compared".into()));
        }
        let (left, right) = (left_value, right_value);
        Ok(match comparison {
            Comparison::Equal => left == right,
            Comparison::Unequal => left != right,
            Comparison::Less => left.order(&right).is_lt(),
            Comparison::AtMost => left.order(&right).is_le(),
            Comparison::Greater => left.order(&right).is_gt(),
            Comparison::AtLeast => left.order(&right).is_ge(),
        })
    }

    fn on_integers(&mut self, id: NodeId, operation: Arithmetic, left: NodeId, right: NodeId) -> Result<i64, Stop<'a>> {
        let (left, right) = (self.integer(left)?, self.integer(right)?);
        let result = match operation {
            Arithmetic::Add => left.checked_add(right),
            Arithmetic::Subtract => left.checked_sub(right),
            Arithmetic::Multiply => left.checked_mul(right),
            Arithmetic::Divide | Arithmetic::Remainder if right == 0 => {
                return Err(Stop::Failed(id, Inexact::DivisionByZero.to_string().into()));
            }
            Arithmetic::Divide => left.checked_div(right),
            Arithmetic::Remainder => left.checked_rem(right),
        };
        result.ok_or(Stop::Failed(id, OVERFLOW.into()))
    }

    fn on_decimals(
        &mut self,
        id: NodeId,
        operation: Arithmetic,
        left: NodeId,
        right: NodeId,
    ) -> Result<Decimal, Stop<'a>> {
        let (left, right) = (self.number(left)?, self.number(right)?);
        let result = match operation {
            Arithmetic::Add => add(left, right),
            Arithmetic::Subtract => subtract(left, right),
            Arithmetic::Multiply => multiply(left, right),
            Arithmetic::Divide => divide(left, right),
            Arithmetic::Remainder if right.is_zero() => Err(Inexact::DivisionByZero),
            Arithmetic::Remainder => left.checked_rem(right).ok_or(Inexact::Overflow),
        };
        result.map_err(|reason| Stop::Failed(id, reason.to_string().into()))
    }

    /// Counts a call or a round of a loop; only these can add up.
    fn count_step(&mut self, id: NodeId) -> Result<(), Stop<'a>> {
        self.steps += 1;
        if self.steps > limit::MAX_STEPS {
            let reason = format!("the rule takes more than {} steps", limit::MAX_STEPS);
            return Err(Stop::Failed(id, reason.into()));
        }
        if self.scope.scratch.allocated_bytes() > limit::MAX_SCRATCH_BYTES {
            let reason = format!("the rule needs more than {} bytes for what it builds", limit::MAX_SCRATCH_BYTES);
            return Err(Stop::Failed(id, reason.into()));
        }
        Ok(())
    }

    fn text(&self, id: NodeId, text: &str) -> Result<Value<'a>, Stop<'a>> {
        if text.len() > limit::MAX_TEXT_BYTES {
            let reason = format!("the text is longer than {} bytes", limit::MAX_TEXT_BYTES);
            return Err(Stop::Failed(id, reason.into()));
        }
        Ok(Value::Text(self.scope.scratch.alloc_str(text)))
    }

    fn interpolate(&mut self, id: NodeId, parts: Children) -> Result<Value<'a>, Stop<'a>> {
        let mut text = String::new();
        for part in self.children(parts) {
            text.push_str(&self.value(*part)?.to_string());
        }
        self.text(id, &text)
    }

    fn values(&mut self, parts: Children) -> Result<Vec<Value<'a>>, Stop<'a>> {
        self.children(parts).iter().map(|part| self.value(*part)).collect()
    }

    fn list(&mut self, parts: Children) -> Result<Value<'a>, Stop<'a>> {
        let values = self.values(parts)?;
        Ok(Value::List(self.scope.scratch.alloc_slice_copy(&values)))
    }

    fn contained(&mut self, item: NodeId, list: NodeId) -> Result<bool, Stop<'a>> {
        // The list comes first, as in `contains(list, item)`.
        let (list, item) = (self.value(list)?, self.value(item)?);
        Ok(matches!(list, Value::List(items) if items.contains(&item)))
    }

    fn builtin(&mut self, id: NodeId, number: u32, arguments: Children) -> Result<Value<'a>, Stop<'a>> {
        let arguments = self.values(arguments)?;
        let Some(builtin) = self.form.builtins.get(number as usize) else { return Ok(Value::Nothing) };
        (builtin.apply)(&arguments, self.scope.scratch).map_err(|trouble| Stop::Failed(id, trouble))
    }

    fn function(&mut self, number: u32, arguments: Children) -> Result<Value<'a>, Stop<'a>> {
        let Some(function) = self.form.functions.get(number as usize) else { return Ok(Value::Nothing) };
        self.count_step(function.body)?;
        let top = self.locals.len();
        for argument in self.children(arguments) {
            let value = self.value(*argument)?;
            self.locals.push(value);
        }
        self.locals.resize(top + function.slots as usize, Value::Nothing);
        let base = std::mem::replace(&mut self.base, top);
        let result = self.value(function.body);
        self.base = base;
        self.locals.truncate(top);
        match result {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn switch(&mut self, subject: NodeId, arms: Children, otherwise: NodeId) -> Result<Value<'a>, Stop<'a>> {
        let subject = self.value(subject)?;
        for arm in self.children(arms).chunks_exact(2) {
            if let [literal, value] = arm
                && self.value(*literal)? == subject
            {
                return self.value(*value);
            }
        }
        self.value(otherwise)
    }

    fn block(&mut self, statements: Children) -> Result<Value<'a>, Stop<'a>> {
        let mut last = Value::Nothing;
        for statement in self.children(statements) {
            last = self.value(*statement)?;
        }
        Ok(last)
    }

    fn each(&mut self, id: NodeId, slot: u32, counter: u32, list: NodeId, body: NodeId) -> Result<Value<'a>, Stop<'a>> {
        let Value::List(items) = self.value(list)? else { return Ok(Value::Nothing) };
        for (number, item) in items.iter().enumerate() {
            self.count_step(id)?;
            self.set(slot, *item);
            self.set(counter, Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)));
            self.value(body)?;
        }
        Ok(Value::Nothing)
    }
}
