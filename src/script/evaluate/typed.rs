//! Evaluation where the type is known: conditions, numbers, texts and dates come without the detour over a value. What
//! isn't worth it goes that way all the same.

use std::cmp::Ordering;

use super::{Evaluation, OVERFLOW, Stop, Watch};
use crate::{
    calendar::Date,
    claim::{Constant, Value},
    money::{Decimal, Inexact, RoundingMode, add, divide, multiply, subtract},
    script::builtin::{Apply, number::round},
    script::form::{Arithmetic, Children, Compared, Comparison, Node, NodeId},
};

impl<'a, W: Watch> Evaluation<'a, '_, '_, W> {
    /// Whether a condition holds.
    pub(super) fn holds(&mut self, id: NodeId) -> Result<bool, Stop> {
        match *self.node(id) {
            Node::Boolean(boolean) => Ok(boolean),
            Node::Not(inner) => Ok(!self.holds(inner)?),
            Node::IsNothing(inner) => self.is_nothing(inner),
            Node::All(parts) => self.all(parts),
            Node::Any(parts) => self.any(parts),
            Node::Compare(comparison, compared, left, right) => self.compare(comparison, compared, left, right),
            Node::In(item, list) => self.contained(item, list),
            Node::If { condition, then, otherwise } => {
                let branch = if self.holds(condition)? { then } else { otherwise };
                self.holds(branch)
            }
            Node::Block(statements) => match self.until_last(statements)? {
                Some(last) => self.holds(last),
                None => self.fail(id, NO_CONDITION),
            },
            Node::Switch { subject, arms, otherwise } => {
                let arm = self.arm(subject, arms, otherwise)?;
                self.holds(arm)
            }
            Node::CallFunction(number, arguments) => self.holds_called(number, arguments),
            ref other => match self.of_node(id, other)? {
                Value::Boolean(boolean) => Ok(boolean),
                _ => self.fail(id, NO_CONDITION),
            },
        }
    }

    pub(super) fn is_nothing(&mut self, id: NodeId) -> Result<bool, Stop> {
        match *self.node(id) {
            Node::Read(read) => Ok(!self.scope.is_there(read)),
            ref other => Ok(self.of_node(id, other)?.is_nothing()),
        }
    }

    pub(super) fn all(&mut self, parts: Children) -> Result<bool, Stop> {
        for part in self.children(parts) {
            if !self.holds(*part)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn any(&mut self, parts: Children) -> Result<bool, Stop> {
        for part in self.children(parts) {
            if self.holds(*part)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A number; a whole one widens exactly. What is there already comes without a call.
    #[inline]
    pub(super) fn number(&mut self, id: NodeId) -> Result<Decimal, Stop> {
        let node = self.node(id);
        match node {
            Node::Decimal(decimal) => Ok(*decimal),
            Node::Local(slot) if let Value::Decimal(decimal) = self.local(*slot) => Ok(*decimal),
            _ => self.number_of(id, node),
        }
    }

    #[inline(never)]
    fn number_of(&mut self, id: NodeId, node: &'a Node) -> Result<Decimal, Stop> {
        match *node {
            Node::Decimal(decimal) => Ok(decimal),
            Node::Integer(integer) => Ok(Decimal::from(integer)),
            Node::Read(read) => match self.scope.number(read) {
                Some(number) => Ok(number),
                None => self.fail(id, NO_NUMBER),
            },
            Node::Widen(inner) => Ok(Decimal::from(self.integer(inner)?)),
            Node::OnIntegers(operation, left, right) => {
                Ok(Decimal::from(self.on_integers(id, operation, left, right)?))
            }
            Node::OnDecimals(operation, left, right) => self.on_decimals(id, operation, left, right),
            Node::CallBuiltin(number, arguments) if let Some(Apply::Rounding(mode)) = self.apply(number) => {
                self.rounded(id, arguments, *mode)
            }
            Node::If { condition, then, otherwise } => {
                let branch = if self.holds(condition)? { then } else { otherwise };
                self.number(branch)
            }
            Node::Local(slot) => match self.local(slot).number() {
                Some(number) => Ok(number),
                None => self.fail(id, NO_NUMBER),
            },
            Node::Switch { subject, arms, otherwise } => {
                let arm = self.arm(subject, arms, otherwise)?;
                self.number(arm)
            }
            Node::Block(statements) => match self.until_last(statements)? {
                Some(last) => self.number(last),
                None => self.fail(id, NO_NUMBER),
            },
            Node::CallFunction(number, arguments) => self.number_called(number, arguments),
            ref other => match self.of_node(id, other)?.number() {
                Some(number) => Ok(number),
                None => self.fail(id, NO_NUMBER),
            },
        }
    }

    #[inline(never)]
    fn number_called(&mut self, number: u32, arguments: Children) -> Result<Decimal, Stop> {
        self.called(number, arguments, Self::number, Value::number)
    }

    #[inline(never)]
    fn rounded(&mut self, id: NodeId, arguments: Children, mode: RoundingMode) -> Result<Decimal, Stop> {
        let [x, places] = self.two(arguments);
        let (x, places) = (self.number(x)?, self.integer(places)?);
        round(x, places, mode).or_else(|trouble| self.fail(id, trouble))
    }

    /// A whole number. What is there already comes without a call.
    #[inline]
    pub(super) fn integer(&mut self, id: NodeId) -> Result<i64, Stop> {
        let node = self.node(id);
        match node {
            Node::Integer(integer) => Ok(*integer),
            Node::Local(slot) if let Value::Integer(integer) = self.local(*slot) => Ok(*integer),
            _ => self.integer_of(id, node),
        }
    }

    #[inline(never)]
    fn integer_of(&mut self, id: NodeId, node: &'a Node) -> Result<i64, Stop> {
        match *node {
            Node::Integer(integer) => Ok(integer),
            Node::Read(read) => match self.scope.integer(read) {
                Some(integer) => Ok(integer),
                None => self.fail(id, NO_NUMBER),
            },
            Node::OnIntegers(operation, left, right) => self.on_integers(id, operation, left, right),
            Node::CallBuiltin(number, arguments) if let Some(Apply::Dates(apply)) = self.apply(number) => {
                let [from, to] = self.two(arguments);
                Ok(apply(self.date(from)?, self.date(to)?))
            }
            Node::If { condition, then, otherwise } => {
                let branch = if self.holds(condition)? { then } else { otherwise };
                self.integer(branch)
            }
            Node::Switch { subject, arms, otherwise } => {
                let arm = self.arm(subject, arms, otherwise)?;
                self.integer(arm)
            }
            Node::Block(statements) => match self.until_last(statements)? {
                Some(last) => self.integer(last),
                None => self.fail(id, NO_NUMBER),
            },
            Node::CallFunction(number, arguments) => self.integer_called(number, arguments),
            ref other => match self.of_node(id, other)? {
                Value::Integer(integer) => Ok(integer),
                _ => self.fail(id, NO_NUMBER),
            },
        }
    }

    #[inline(never)]
    fn integer_called(&mut self, number: u32, arguments: Children) -> Result<i64, Stop> {
        self.called(number, arguments, Self::integer, integer)
    }

    #[inline(never)]
    fn holds_called(&mut self, number: u32, arguments: Children) -> Result<bool, Stop> {
        self.called(number, arguments, Self::holds, boolean)
    }

    /// What a built-in function does.
    fn apply(&self, number: u32) -> Option<&'static Apply> {
        self.form.builtins.get(number as usize).map(|builtin| &builtin.apply)
    }

    /// The two arguments of a function that has two.
    fn two(&self, arguments: Children) -> [NodeId; 2] {
        // INVARIANT: the checker has counted them.
        self.children(arguments).try_into().unwrap_or_default()
    }

    fn text_of(&mut self, id: NodeId) -> Result<&'a str, Stop> {
        match *self.node(id) {
            Node::Constant(number) => match self.form.constants.get(number as usize) {
                Some(Constant::Text(text)) => Ok(text),
                _ => self.fail(id, EMPTY),
            },
            Node::Read(read) => match self.scope.text(read) {
                Some(text) => Ok(text),
                None => self.fail(id, EMPTY),
            },
            ref other => match self.of_node(id, other)? {
                Value::Text(text) => Ok(text),
                _ => self.fail(id, EMPTY),
            },
        }
    }

    fn date(&mut self, id: NodeId) -> Result<Date, Stop> {
        match *self.node(id) {
            Node::Read(read) => match self.scope.date(read) {
                Some(date) => Ok(date),
                None => self.fail(id, EMPTY),
            },
            ref other => match self.of_node(id, other)? {
                Value::Date(date) => Ok(date),
                _ => self.fail(id, EMPTY),
            },
        }
    }

    pub(super) fn compare(
        &mut self,
        comparison: Comparison,
        compared: Compared,
        left: NodeId,
        right: NodeId,
    ) -> Result<bool, Stop> {
        let order = match compared {
            Compared::Integers => self.integer(left)?.cmp(&self.integer(right)?),
            Compared::Numbers => self.number(left)?.cmp(&self.number(right)?),
            Compared::Texts => self.text_of(left)?.cmp(self.text_of(right)?),
            Compared::Dates => self.date(left)?.cmp(&self.date(right)?),
            Compared::Others => {
                let (left_value, right_value) = (self.value(left)?, self.value(right)?);
                // The checker has shown that both are there; if it were wrong, nothing must be decided on an empty value.
                if left_value.is_nothing() || right_value.is_nothing() {
                    return self.fail(left, EMPTY);
                }
                left_value.order(&right_value)
            }
        };
        Ok(match comparison {
            Comparison::Equal => order == Ordering::Equal,
            Comparison::Unequal => order != Ordering::Equal,
            Comparison::Less => order.is_lt(),
            Comparison::AtMost => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::AtLeast => order.is_ge(),
        })
    }

    pub(super) fn on_integers(
        &mut self,
        id: NodeId,
        operation: Arithmetic,
        left: NodeId,
        right: NodeId,
    ) -> Result<i64, Stop> {
        let (left, right) = (self.integer(left)?, self.integer(right)?);
        let result = match operation {
            Arithmetic::Add => left.checked_add(right),
            Arithmetic::Subtract => left.checked_sub(right),
            Arithmetic::Multiply => left.checked_mul(right),
            Arithmetic::Divide | Arithmetic::Remainder if right == 0 => {
                return self.fail(id, Inexact::DivisionByZero.to_string());
            }
            Arithmetic::Divide => left.checked_div(right),
            Arithmetic::Remainder => left.checked_rem(right),
        };
        match result {
            Some(result) => Ok(result),
            None => self.fail(id, OVERFLOW),
        }
    }

    #[inline(never)]
    pub(super) fn on_decimals(
        &mut self,
        id: NodeId,
        operation: Arithmetic,
        left: NodeId,
        right: NodeId,
    ) -> Result<Decimal, Stop> {
        let (left, right) = (self.number(left)?, self.number(right)?);
        let result = match operation {
            Arithmetic::Add => add(left, right),
            Arithmetic::Subtract => subtract(left, right),
            Arithmetic::Multiply => multiply(left, right),
            Arithmetic::Divide => divide(left, right),
            Arithmetic::Remainder if right.is_zero() => Err(Inexact::DivisionByZero),
            Arithmetic::Remainder => left.checked_rem(right).ok_or(Inexact::Overflow),
        };
        match result {
            Ok(result) => Ok(result),
            Err(reason) => self.fail(id, reason.to_string()),
        }
    }

    /// Whether an item is in a list. The list comes first, as in `contains(list, item)`; one that is written out is looked
    /// through without being made.
    pub(super) fn contained(&mut self, item: NodeId, list: NodeId) -> Result<bool, Stop> {
        let node = self.node(list);
        if let Node::Constant(number) = *node
            && let Some(Constant::List(items)) = self.form.constants.get(number as usize)
        {
            if let Some(Constant::Text(_)) = items.first() {
                let text = self.text_of(item)?;
                return Ok(items.iter().any(|item| matches!(item, Constant::Text(item) if **item == *text)));
            }
            let item = self.value(item)?;
            return Ok(items.iter().any(|constant| constant.is(&item)));
        }
        let Value::List(items) = self.of_node(list, node)? else { return Ok(false) };
        if let Some(Value::Text(_)) = items.first() {
            let text = self.text_of(item)?;
            return Ok(items.iter().any(|item| matches!(item, Value::Text(item) if *item == text)));
        }
        let item = self.value(item)?;
        Ok(items.contains(&item))
    }
}

fn boolean(value: &Value<'_>) -> Option<bool> {
    if let Value::Boolean(boolean) = value { Some(*boolean) } else { None }
}

fn integer(value: &Value<'_>) -> Option<i64> {
    if let Value::Integer(integer) = value { Some(*integer) } else { None }
}

const NO_CONDITION: &str = "a condition has no value";
const NO_NUMBER: &str = "a number has no value";
const EMPTY: &str = "an empty value is compared";
