//! Whole numbers.

use super::{Compiler, Frame, Run, Stop, Watch};
use crate::{
    claim::Value,
    money::Inexact,
    script::{
        builtin::Apply,
        form::{Arithmetic, Node, NodeId, Read},
    },
};

/// A whole number. What is there already is read without a call.
pub(super) enum Integer<W> {
    Constant(NodeId, i64),
    Local(NodeId, u32),
    Field(NodeId, usize),
    Code(Run<W, i64>),
}

const NO_NUMBER: &str = "a number has no value";
const OVERFLOW: &str = "the whole number is too large for 64 bits";

impl<W: Watch> Integer<W> {
    #[expect(clippy::inline_always, reason = "a call would cost more than what is read")]
    #[inline(always)]
    pub(super) fn get(&self, frame: &mut Frame<'_, '_, '_, W>) -> Result<i64, Stop> {
        match self {
            Self::Constant(id, integer) => {
                frame.see(*id);
                Ok(*integer)
            }
            Self::Local(id, slot) => {
                frame.see(*id);
                match frame.local(*slot) {
                    Value::Integer(integer) => Ok(integer),
                    _ => frame.fail(*id, NO_NUMBER),
                }
            }
            Self::Field(id, field) => {
                frame.see(*id);
                match frame.scope.claim.row().integer(*field) {
                    Some(integer) => Ok(integer),
                    None => frame.fail(*id, NO_NUMBER),
                }
            }
            Self::Code(run) => run(frame),
        }
    }

    pub(super) fn run(self) -> Run<W, i64> {
        match self {
            Self::Code(run) => run,
            leaf => Box::new(move |frame| leaf.get(frame)),
        }
    }
}

impl<W: Watch> Compiler<'_, W> {
    /// A whole number.
    pub(super) fn integer(&self, id: NodeId) -> Integer<W> {
        Integer::Code(match self.node(id) {
            Node::Integer(integer) => return Integer::Constant(id, integer),
            Node::Local(slot) => return Integer::Local(id, slot),
            Node::Read(Read::Field(field)) => return Integer::Field(id, field),
            Node::Read(read) => Box::new(move |frame| {
                frame.see(id);
                match frame.scope.integer(read) {
                    Some(integer) => Ok(integer),
                    None => frame.fail(id, NO_NUMBER),
                }
            }),
            Node::NegateInteger(inner) => {
                let inner = self.integer(inner);
                Box::new(move |frame| {
                    frame.see(id);
                    match inner.get(frame)?.checked_neg() {
                        Some(integer) => Ok(integer),
                        None => frame.fail(id, OVERFLOW),
                    }
                })
            }
            Node::OnIntegers(operation, left, right) => self.on_integers(id, operation, left, right),
            Node::If { condition, then, otherwise } => {
                let (condition, then, otherwise) =
                    (self.condition(condition), self.integer(then), self.integer(otherwise));
                Box::new(move |frame| {
                    frame.see(id);
                    if condition(frame)? { then.get(frame) } else { otherwise.get(frame) }
                })
            }
            Node::CallBuiltin(builtin, arguments) => match (self.apply(builtin), self.children(arguments)) {
                (Some(Apply::Days), [from, to]) => {
                    let (from, to) = (self.date(*from), self.date(*to));
                    Box::new(move |frame| {
                        frame.see(id);
                        let from = from.day(frame)?;
                        Ok(to.day(frame)? - from)
                    })
                }
                (Some(Apply::Dates(apply)), [from, to]) => {
                    let (from, to) = (self.date(*from), self.date(*to));
                    Box::new(move |frame| {
                        frame.see(id);
                        Ok(apply(from.get(frame)?, to.get(frame)?))
                    })
                }
                _ => self.integer_of_value(id),
            },
            Node::Return(inner) => self.give_back(id, inner),
            _ => self.integer_of_value(id),
        })
    }

    fn integer_of_value(&self, id: NodeId) -> Run<W, i64> {
        let value = self.any(id);
        Box::new(move |frame| match value(frame)? {
            Value::Integer(integer) => Ok(integer),
            _ => frame.fail(id, NO_NUMBER),
        })
    }

    fn on_integers(&self, id: NodeId, operation: Arithmetic, left: NodeId, right: NodeId) -> Run<W, i64> {
        let (left, right) = (self.integer(left), self.integer(right));
        macro_rules! apply {
            ($operation:expr, $divides:expr) => {
                Box::new(move |frame| {
                    frame.see(id);
                    let (left, right) = (left.get(frame)?, right.get(frame)?);
                    if $divides && right == 0 {
                        return frame.fail(id, Inexact::DivisionByZero.to_string());
                    }
                    match $operation(left, right) {
                        Some(result) => Ok(result),
                        None => frame.fail(id, OVERFLOW),
                    }
                })
            };
        }
        match operation {
            Arithmetic::Add => apply!(i64::checked_add, false),
            Arithmetic::Subtract => apply!(i64::checked_sub, false),
            Arithmetic::Multiply => apply!(i64::checked_mul, false),
            Arithmetic::Divide => apply!(i64::checked_div, true),
            Arithmetic::Remainder => apply!(i64::checked_rem, true),
        }
    }
}
