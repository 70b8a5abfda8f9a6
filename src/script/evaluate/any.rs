//! Evaluation of a node to a value, whatever its type.

use std::fmt::Write;

use bumpalo::collections::Vec as ScratchVec;

use super::{Evaluation, OVERFLOW, Stop, Watch};
use crate::{
    claim::Value,
    script::{
        builtin::MAX_PARAMETERS,
        form::{Children, Kept, Node, NodeId},
    },
};

impl<'a, W: Watch> Evaluation<'a, '_, '_, W> {
    /// The value of a node. One whose type is known is worked out as that and becomes a value at the very end: values are
    /// copied in pieces, and the processor waits for each piece.
    pub(super) fn value(&mut self, id: NodeId) -> Result<Value<'a>, Stop> {
        match self.form.kept.get(id as usize) {
            Some(Kept::Boolean) => self.holds(id).map(Value::Boolean),
            Some(Kept::Integer) => self.integer(id).map(Value::Integer),
            Some(Kept::Decimal) => self.number(id).map(Value::Decimal),
            Some(Kept::Other) | None => {
                let node = self.node(id);
                self.of_node(id, node)
            }
        }
    }

    /// The value of a node that was looked at already.
    pub(super) fn of_node(&mut self, id: NodeId, node: &'a Node) -> Result<Value<'a>, Stop> {
        Ok(match *node {
            Node::Nothing => Value::Nothing,
            Node::Boolean(boolean) => Value::Boolean(boolean),
            Node::Integer(integer) => Value::Integer(integer),
            Node::Decimal(decimal) => Value::Decimal(decimal),
            Node::Constant(number) => self.constant(number),
            Node::Read(read) => self.scope.read(read),
            Node::Local(slot) => *self.local(slot),
            Node::IsNothing(inner) => Value::Boolean(self.is_nothing(inner)?),
            Node::Not(inner) => Value::Boolean(!self.holds(inner)?),
            Node::Widen(inner) => Value::Decimal(self.number(inner)?),
            Node::NegateInteger(inner) => match self.integer(inner)?.checked_neg() {
                Some(integer) => Value::Integer(integer),
                None => return self.fail(id, OVERFLOW),
            },
            Node::NegateDecimal(inner) => {
                let mut number = self.number(inner)?;
                // Also of zero, as Rhai does, which shows where a rule writes the number into a text.
                number.set_sign_negative(number.is_sign_positive());
                Value::Decimal(number)
            }
            Node::All(parts) => Value::Boolean(self.all(parts)?),
            Node::Any(parts) => Value::Boolean(self.any(parts)?),
            Node::Compare(comparison, compared, left, right) => {
                Value::Boolean(self.compare(comparison, compared, left, right)?)
            }
            Node::OnIntegers(operation, left, right) => Value::Integer(self.on_integers(id, operation, left, right)?),
            Node::OnDecimals(operation, left, right) => Value::Decimal(self.on_decimals(id, operation, left, right)?),
            Node::Join(left, right) => self.join(id, left, right)?,
            Node::Interpolate(parts) => self.interpolate(id, parts)?,
            Node::List(parts) => self.list(parts)?,
            Node::In(item, list) => Value::Boolean(self.contained(item, list)?),
            Node::CallBuiltin(number, arguments) => self.builtin(id, number, arguments)?,
            Node::CallFunction(number, arguments) => self.value_called(number, arguments)?,
            Node::If { condition, then, otherwise } => {
                let branch = if self.holds(condition)? { then } else { otherwise };
                self.value(branch)?
            }
            Node::Switch { subject, arms, otherwise } => {
                let arm = self.arm(subject, arms, otherwise)?;
                self.value(arm)?
            }
            Node::Block(statements) => match self.until_last(statements)? {
                Some(last) => self.value(last)?,
                None => Value::Nothing,
            },
            Node::Set { slot, value } => {
                let value = self.value(value)?;
                self.set(slot, value);
                Value::Nothing
            }
            Node::For { slot, counter, list, body } => self.each(id, slot, counter, list, body)?,
            Node::Return(inner) => {
                self.returned = self.value(inner)?;
                return Err(Stop::Return);
            }
        })
    }

    // What follows is kept out of the function above, whose frame is laid for every node.

    #[inline(never)]
    fn value_called(&mut self, number: u32, arguments: Children) -> Result<Value<'a>, Stop> {
        self.called(number, arguments, Self::value, |value| Some(*value))
    }

    #[inline(never)]
    fn constant(&self, number: u32) -> Value<'a> {
        let constant = self.form.constants.get(number as usize);
        constant.map_or(Value::Nothing, |constant| constant.value(self.scope.scratch))
    }

    #[inline(never)]
    fn join(&mut self, id: NodeId, left: NodeId, right: NodeId) -> Result<Value<'a>, Stop> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        self.text(id, &format!("{left}{right}"))
    }

    #[inline(never)]
    fn interpolate(&mut self, id: NodeId, parts: Children) -> Result<Value<'a>, Stop> {
        let mut text = String::new();
        for part in self.children(parts) {
            // A text takes whatever is written to it.
            let _ = write!(text, "{}", self.value(*part)?);
        }
        self.text(id, &text)
    }

    #[inline(never)]
    fn list(&mut self, parts: Children) -> Result<Value<'a>, Stop> {
        let mut values = ScratchVec::with_capacity_in(parts.count as usize, self.scope.scratch);
        for part in self.children(parts) {
            values.push(self.value(*part)?);
        }
        Ok(Value::List(values.into_bump_slice()))
    }

    #[inline(never)]
    fn builtin(&mut self, id: NodeId, number: u32, arguments: Children) -> Result<Value<'a>, Stop> {
        let Some(builtin) = self.form.builtins.get(number as usize) else { return Ok(Value::Nothing) };
        let mut values = [Value::Nothing; MAX_PARAMETERS];
        let arguments = self.children(arguments);
        for (value, argument) in values.iter_mut().zip(arguments) {
            *value = self.value(*argument)?;
        }
        let values = values.get(..arguments.len()).unwrap_or_default();
        match builtin.apply.to(values, self.scope.scratch) {
            Ok(value) => Ok(value),
            Err(trouble) => self.fail(id, trouble),
        }
    }

    #[inline(never)]
    fn each(&mut self, id: NodeId, slot: u32, counter: u32, list: NodeId, body: NodeId) -> Result<Value<'a>, Stop> {
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
