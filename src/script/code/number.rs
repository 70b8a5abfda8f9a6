//! Decimals.

use super::{Compiler, Frame, Run, Stop, Watch};
use crate::{
    claim::Value,
    money::{Decimal, Inexact, add, divide, multiply, subtract},
    script::{
        builtin::{Apply, number::round},
        form::{Arithmetic, Kept, Node, NodeId, Read},
    },
};

/// A number. What is there already is read without a call.
pub(super) enum Number<W> {
    Constant(NodeId, Decimal),
    Local(NodeId, u32),
    Field(NodeId, usize),
    Code(Run<W, Decimal>),
}

const NO_NUMBER: &str = "a number has no value";

impl<W: Watch> Number<W> {
    #[expect(clippy::inline_always, reason = "a call would cost more than what is read")]
    #[inline(always)]
    pub(super) fn get(&self, frame: &mut Frame<'_, '_, '_, W>) -> Result<Decimal, Stop> {
        match self {
            Self::Constant(id, decimal) => {
                frame.see(*id);
                Ok(*decimal)
            }
            Self::Local(id, slot) => {
                frame.see(*id);
                match frame.local(*slot) {
                    Value::Decimal(decimal) => Ok(*decimal),
                    other => match other.number() {
                        Some(number) => Ok(number),
                        None => frame.fail(*id, NO_NUMBER),
                    },
                }
            }
            Self::Field(id, field) => {
                frame.see(*id);
                match frame.scope.claim.row().number(*field) {
                    Some(number) => Ok(number),
                    None => frame.fail(*id, NO_NUMBER),
                }
            }
            Self::Code(run) => run(frame),
        }
    }

    pub(super) fn run(self) -> Run<W, Decimal> {
        match self {
            Self::Code(run) => run,
            leaf => Box::new(move |frame| leaf.get(frame)),
        }
    }
}

impl<W: Watch> Compiler<'_, W> {
    /// A number; a whole one widens exactly.
    pub(super) fn number(&self, id: NodeId) -> Number<W> {
        Number::Code(match self.node(id) {
            Node::Decimal(decimal) => return Number::Constant(id, decimal),
            Node::Integer(integer) => return Number::Constant(id, Decimal::from(integer)),
            Node::Local(slot) => return Number::Local(id, slot),
            Node::Read(Read::Field(field)) => return Number::Field(id, field),
            Node::Read(read) => Box::new(move |frame| {
                frame.see(id);
                match frame.scope.number(read) {
                    Some(number) => Ok(number),
                    None => frame.fail(id, NO_NUMBER),
                }
            }),
            Node::Widen(inner) => {
                let inner = self.integer(inner);
                Box::new(move |frame| {
                    frame.see(id);
                    Ok(Decimal::from(inner.get(frame)?))
                })
            }
            Node::NegateDecimal(inner) => {
                let inner = self.number(inner);
                Box::new(move |frame| {
                    frame.see(id);
                    let mut number = inner.get(frame)?;
                    // Also of zero, as Rhai does, which shows where a rule writes the number into a text.
                    number.set_sign_negative(number.is_sign_positive());
                    Ok(number)
                })
            }
            Node::OnIntegers(..) | Node::NegateInteger(_) => {
                let integer = self.integer(id);
                Box::new(move |frame| Ok(Decimal::from(integer.get(frame)?)))
            }
            Node::OnDecimals(operation, left, right) => self.on_decimals(id, operation, left, right),
            Node::CallFunction(function, arguments) => {
                let call = self.call(function, arguments);
                Box::new(move |frame| {
                    frame.see(id);
                    call.number(frame)
                })
            }
            Node::If { condition, then, otherwise } => {
                let (condition, then, otherwise) =
                    (self.condition(condition), self.number(then), self.number(otherwise));
                Box::new(move |frame| {
                    frame.see(id);
                    if condition(frame)? { then.get(frame) } else { otherwise.get(frame) }
                })
            }
            Node::Switch { subject, arms, otherwise } => {
                let (choice, values) = self.choice(subject, arms);
                let values: Vec<Number<W>> = values.into_iter().map(|value| self.number(value)).collect();
                let otherwise = self.number(otherwise);
                Box::new(move |frame| {
                    frame.see(id);
                    let arm = choice.arm(frame)?;
                    values.get(arm).unwrap_or(&otherwise).get(frame)
                })
            }
            Node::Block(statements) => {
                let (steps, last) = self.statements(statements);
                let last = last.map(|last| self.number(last));
                Box::new(move |frame| {
                    frame.see(id);
                    steps.iter().try_for_each(|step| step(frame))?;
                    match &last {
                        Some(last) => last.get(frame),
                        None => frame.fail(id, NO_NUMBER),
                    }
                })
            }
            Node::CallBuiltin(builtin, arguments) => match (self.apply(builtin), self.children(arguments)) {
                (Some(Apply::Rounding(mode)), [x, places]) => {
                    let (x, places, mode) = (self.number(*x), self.integer(*places), *mode);
                    Box::new(move |frame| {
                        frame.see(id);
                        let (x, places) = (x.get(frame)?, places.get(frame)?);
                        round(x, places, mode).or_else(|trouble| frame.fail(id, trouble))
                    })
                }
                (Some(Apply::Absolute), [x]) if self.kept(id) == Kept::Decimal => {
                    let x = self.number(*x);
                    Box::new(move |frame| {
                        frame.see(id);
                        Ok(x.get(frame)?.abs())
                    })
                }
                _ => self.number_of_value(id),
            },
            Node::Return(inner) => self.give_back(id, inner),
            _ => self.number_of_value(id),
        })
    }

    fn number_of_value(&self, id: NodeId) -> Run<W, Decimal> {
        let value = self.any(id);
        Box::new(move |frame| match value(frame)?.number() {
            Some(number) => Ok(number),
            None => frame.fail(id, NO_NUMBER),
        })
    }

    fn on_decimals(&self, id: NodeId, operation: Arithmetic, left: NodeId, right: NodeId) -> Run<W, Decimal> {
        let (left, right) = (self.number(left), self.number(right));
        macro_rules! apply {
            ($operation:expr) => {
                Box::new(move |frame| {
                    frame.see(id);
                    let (left, right) = (left.get(frame)?, right.get(frame)?);
                    $operation(left, right).or_else(|reason: Inexact| frame.fail(id, reason.to_string()))
                })
            };
        }
        match operation {
            Arithmetic::Add => apply!(add),
            Arithmetic::Subtract => apply!(subtract),
            Arithmetic::Multiply => apply!(multiply),
            Arithmetic::Divide => apply!(divide),
            Arithmetic::Remainder => apply!(remainder),
        }
    }
}

fn remainder(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    if right.is_zero() {
        return Err(Inexact::DivisionByZero);
    }
    left.checked_rem(right).ok_or(Inexact::Overflow)
}
