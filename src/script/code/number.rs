//! Decimals.

use super::{Compiler, Frame, Number, Run, Stop, Watch};
use crate::{
    money::{Decimal, Inexact, Short, add, divide, multiply, subtract},
    script::{
        builtin::{Apply, number::round},
        form::{Arithmetic, Children, Kept, Node, NodeId, Read},
    },
};

/// A number. What is there already is read without a call.
pub(super) enum Numeric<W> {
    Constant(NodeId, Decimal, Option<Short>),
    Local(NodeId, u32),
    Field(NodeId, usize),
    Code(Run<W, Number>),
}

const NO_NUMBER: &str = "a number has no value";

impl<W: Watch> Numeric<W> {
    #[expect(clippy::inline_always, reason = "a call would cost more than what is read")]
    #[inline(always)]
    pub(super) fn get(&self, frame: &mut Frame<'_, '_, '_, W>) -> Result<Number, Stop> {
        match self {
            Self::Constant(id, decimal, short) => {
                frame.see(*id);
                Ok(short.map_or_else(|| frame.number(*decimal), Number::from))
            }
            Self::Local(id, slot) => {
                frame.see(*id);
                Ok(frame.local_number(*slot))
            }
            Self::Field(id, field) => {
                frame.see(*id);
                match frame.scope.claim.row().short(*field) {
                    Some(short) => Ok(short.into()),
                    None => long_field(frame, *id, *field),
                }
            }
            Self::Code(run) => run(frame),
        }
    }

    pub(super) fn run(self) -> Run<W, Number> {
        match self {
            Self::Code(run) => run,
            leaf => Box::new(move |frame| leaf.get(frame)),
        }
    }
}

/// A field that is whole or has many digits.
#[inline(never)]
fn long_field<W: Watch>(frame: &mut Frame<'_, '_, '_, W>, id: NodeId, field: usize) -> Result<Number, Stop> {
    match frame.scope.claim.row().number(field) {
        Some(number) => Ok(frame.number(number)),
        None => frame.fail(id, NO_NUMBER),
    }
}

impl<W: Watch> Compiler<'_, W> {
    /// A number; a whole one widens exactly.
    pub(super) fn number(&self, id: NodeId) -> Numeric<W> {
        Numeric::Code(match self.node(id) {
            Node::Decimal(decimal) => return Numeric::Constant(id, decimal, Short::of(decimal)),
            Node::Integer(integer) => {
                let decimal = Decimal::from(integer);
                return Numeric::Constant(id, decimal, Short::of(decimal));
            }
            Node::Local(slot) if self.kept(id) == Kept::Decimal => return Numeric::Local(id, slot),
            Node::Read(Read::Field(field)) => return Numeric::Field(id, field),
            Node::Read(read) => Box::new(move |frame| {
                frame.see(id);
                match frame.scope.number(read) {
                    Some(number) => Ok(frame.number(number)),
                    None => frame.fail(id, NO_NUMBER),
                }
            }),
            Node::Widen(inner) => {
                let inner = self.integer(inner);
                Box::new(move |frame| {
                    frame.see(id);
                    let integer = inner.get(frame)?;
                    Ok(frame.number(Decimal::from(integer)))
                })
            }
            Node::NegateDecimal(inner) => {
                let inner = self.number(inner);
                Box::new(move |frame| {
                    frame.see(id);
                    let number = inner.get(frame)?;
                    let mut number = frame.decimal(number);
                    // Also of zero, as Rhai does, which shows where a rule writes the number into a text.
                    number.set_sign_negative(number.is_sign_positive());
                    Ok(frame.number(number))
                })
            }
            Node::OnIntegers(..) | Node::NegateInteger(_) => {
                let integer = self.integer(id);
                Box::new(move |frame| {
                    let integer = integer.get(frame)?;
                    Ok(frame.number(Decimal::from(integer)))
                })
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
                let (choice, values) = self.choice(subject, arms, otherwise);
                let values: Vec<Numeric<W>> = values.into_iter().map(|value| self.number(value)).collect();
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
            Node::CallBuiltin(builtin, arguments) => self.number_of_builtin(id, builtin, arguments),
            Node::Return(inner) => self.give_back(id, inner),
            _ => self.number_of_value(id),
        })
    }

    fn number_of_builtin(&self, id: NodeId, builtin: u32, arguments: Children) -> Run<W, Number> {
        match (self.apply(builtin), self.children(arguments)) {
            (Some(Apply::Rounding(mode)), [x, places]) => {
                let (x, places, mode) = (self.number(*x), self.integer(*places), mode);
                Box::new(move |frame| {
                    frame.see(id);
                    let (x, places) = (x.get(frame)?, places.get(frame)?);
                    if let (Some(short), Ok(to)) = (x.short(), u32::try_from(places))
                        && to <= Decimal::MAX_SCALE
                        && let Some(rounded) = short.rounded(to, mode)
                    {
                        return Ok(rounded.into());
                    }
                    match round(frame.decimal(x), places, mode) {
                        Ok(rounded) => Ok(frame.number(rounded)),
                        Err(trouble) => frame.fail(id, trouble),
                    }
                })
            }
            (Some(Apply::Absolute), [x]) if self.kept(id) == Kept::Decimal => {
                let x = self.number(*x);
                Box::new(move |frame| {
                    frame.see(id);
                    let x = x.get(frame)?;
                    match x.short().and_then(Short::absolute) {
                        Some(short) => Ok(short.into()),
                        None => Ok(frame.number(frame.decimal(x).abs())),
                    }
                })
            }
            _ => self.number_of_value(id),
        }
    }

    fn number_of_value(&self, id: NodeId) -> Run<W, Number> {
        let value = self.any(id);
        Box::new(move |frame| match value(frame)?.number() {
            Some(number) => Ok(frame.number(number)),
            None => frame.fail(id, NO_NUMBER),
        })
    }

    fn on_decimals(&self, id: NodeId, operation: Arithmetic, left: NodeId, right: NodeId) -> Run<W, Number> {
        let (left, right) = (self.number(left), self.number(right));
        macro_rules! apply {
            ($short:expr, $operation:expr) => {
                Box::new(move |frame| {
                    frame.see(id);
                    let (left, right) = (left.get(frame)?, right.get(frame)?);
                    if let (Some(one), Some(other)) = (left.short(), right.short())
                        && let Some(short) = $short(one, other)
                    {
                        return Ok(Number::from(short));
                    }
                    match $operation(frame.decimal(left), frame.decimal(right)) {
                        Ok(result) => Ok(frame.number(result)),
                        Err(reason) => frame.fail(id, Inexact::to_string(&reason)),
                    }
                })
            };
        }
        match operation {
            Arithmetic::Add => apply!(Short::plus, add),
            Arithmetic::Subtract => apply!(Short::minus, subtract),
            Arithmetic::Multiply => apply!(Short::times, multiply),
            Arithmetic::Divide => apply!(never, divide),
            Arithmetic::Remainder => apply!(never, remainder),
        }
    }
}

/// No short way.
const fn never(_: Short, _: Short) -> Option<Short> {
    None
}

fn remainder(left: Decimal, right: Decimal) -> Result<Decimal, Inexact> {
    if right.is_zero() {
        return Err(Inexact::DivisionByZero);
    }
    left.checked_rem(right).ok_or(Inexact::Overflow)
}
