//! What of a rule is worked out next: the statements of a block, the arm of a `switch`, the body of a function.

use std::sync::Arc;

use super::{Body, Compiler, Frame, Number, Run, RunValue, Stop, Watch, number::Numeric};
use crate::{
    claim::Value,
    script::{
        branch::{Tally, Way},
        form::{Children, Kept, Node, NodeId},
    },
};

/// A statement, of which nothing is wanted but what it does.
type Step<W> = Run<W, ()>;

/// The arms of a `switch` before their values are known: each literal with the number of its value, and the number where
/// none of them counts.
pub(super) struct Choice<W> {
    subject: RunValue<W>,
    literals: Vec<RunValue<W>>,
}

/// A call of a script's function.
pub(super) struct Call<W> {
    function: u32,
    slots: u32,
    body: NodeId,
    arguments: Vec<Argument<W>>,
}

/// An argument, by what it comes to.
enum Argument<W> {
    Number(Numeric<W>),
    Value(RunValue<W>),
}

impl<W: Watch> Choice<W> {
    /// The number of the arm that counts; that of the arms where it is none.
    #[inline]
    pub(super) fn arm(&self, frame: &mut Frame<'_, '_, '_, W>) -> Result<usize, Stop> {
        let subject = (self.subject)(frame)?;
        for (number, literal) in self.literals.iter().enumerate() {
            if literal(frame)? == subject {
                return Ok(number);
            }
        }
        Ok(self.literals.len())
    }
}

impl<W: Watch> Call<W> {
    #[inline]
    fn run<'a, T>(
        &self,
        frame: &mut Frame<'a, '_, '_, W>,
        work: impl FnOnce(&mut Frame<'a, '_, '_, W>, &Body<W>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        frame.count_step(self.body)?;
        let top = frame.top();
        for argument in &self.arguments {
            match argument {
                Argument::Number(number) => {
                    let number = number.get(frame)?;
                    frame.push_number(number);
                }
                Argument::Value(value) => {
                    let value = value(frame)?;
                    frame.push(value);
                }
            }
        }
        frame.call(self.function, self.slots, top, work)
    }

    /// What the function gives, as a value.
    pub(super) fn value<'a>(&self, frame: &mut Frame<'a, '_, '_, W>) -> Result<Value<'a>, Stop> {
        match self.run(frame, |frame, body| body.value(frame)) {
            Err(Stop::Return) => Ok(frame.returned),
            other => other,
        }
    }

    /// What the function gives, as a number.
    #[inline]
    pub(super) fn number(&self, frame: &mut Frame<'_, '_, '_, W>) -> Result<Number, Stop> {
        let result = self.run(frame, |frame, body| match body {
            Body::Number(run) => run(frame),
            other => match other.value(frame)?.number() {
                Some(number) => Ok(frame.number(number)),
                None => frame.fail(self.body, GAVE_NOTHING),
            },
        });
        match result {
            Err(Stop::Return) => match frame.returned.number() {
                Some(number) => Ok(frame.number(number)),
                None => frame.fail(self.body, GAVE_NOTHING),
            },
            other => other,
        }
    }

    /// What the function gives, as a condition.
    #[inline]
    pub(super) fn condition(&self, frame: &mut Frame<'_, '_, '_, W>) -> Result<bool, Stop> {
        let result = self.run(frame, |frame, body| match body {
            Body::Condition(run) => run(frame).map(Some),
            other => Ok(boolean(&other.value(frame)?)),
        });
        let condition = match result {
            Err(Stop::Return) => boolean(&frame.returned),
            other => other?,
        };
        condition.map_or_else(|| frame.fail(self.body, GAVE_NOTHING), Ok)
    }
}

const GAVE_NOTHING: &str = "the function gives no value of its type";

fn boolean(value: &Value<'_>) -> Option<bool> {
    if let Value::Boolean(boolean) = value { Some(*boolean) } else { None }
}

impl<W: Watch> Compiler<'_, W> {
    pub(super) fn choice(&self, subject: NodeId, arms: Children, otherwise: NodeId) -> (Choice<W>, Vec<NodeId>) {
        let pairs = || self.children(arms).chunks_exact(2);
        let literals = || pairs().filter_map(|arm| arm.first()).map(|literal| self.value(*literal)).collect();
        let values: Vec<NodeId> = pairs().filter_map(|arm| arm.last()).copied().collect();
        let choice = Choice { subject: self.value(subject), literals: literals() };
        let Some(tally) = &self.tally else { return (choice, values) };
        let arms = values.iter().copied().chain([otherwise]).collect();
        let subject = Self::marked(choice, arms, Arc::clone(tally));
        (Choice { subject, literals: literals() }, values)
    }

    /// The subject of a choice that marks the arm which counts, as soon as its value is known.
    fn marked(choice: Choice<W>, arms: Vec<NodeId>, tally: Arc<Tally>) -> RunValue<W> {
        Box::new(move |frame| {
            let subject = (choice.subject)(frame)?;
            let mut counts = choice.literals.len();
            for (number, literal) in choice.literals.iter().enumerate() {
                if literal(frame)? == subject {
                    counts = number;
                    break;
                }
            }
            if let Some(arm) = arms.get(counts) {
                tally.mark(*arm, Way::Arm);
            }
            Ok(subject)
        })
    }

    pub(super) fn call(&self, function: u32, arguments: Children) -> Call<W> {
        let known = self.form.functions.get(function as usize);
        let (body, slots) = known.map_or((0, 0), |function| (function.body, function.slots));
        let arguments = self.children(arguments).iter().map(|argument| self.argument(*argument)).collect();
        Call { function, slots, body, arguments }
    }

    fn argument(&self, id: NodeId) -> Argument<W> {
        match self.kept(id) {
            Kept::Decimal => Argument::Number(self.number(id)),
            _ => Argument::Value(self.value(id)),
        }
    }

    /// All statements but the last, and the last, which gives the value.
    pub(super) fn statements(&self, statements: Children) -> (Vec<Step<W>>, Option<NodeId>) {
        match self.children(statements).split_last() {
            Some((last, before)) => (before.iter().map(|statement| self.step(*statement)).collect(), Some(*last)),
            None => (Vec::new(), None),
        }
    }

    pub(super) fn step(&self, id: NodeId) -> Step<W> {
        match self.node(id) {
            Node::Set { slot, value } => self.set(id, slot, value),
            Node::If { condition, then, otherwise } => {
                let (condition, then) = (self.condition(condition), self.step(then));
                let otherwise = (!matches!(self.node(otherwise), Node::Nothing) || W::ON).then(|| self.step(otherwise));
                Box::new(move |frame| {
                    frame.see(id);
                    match (condition(frame)?, &otherwise) {
                        (true, _) => then(frame),
                        (false, Some(otherwise)) => otherwise(frame),
                        (false, None) => Ok(()),
                    }
                })
            }
            Node::Block(statements) => {
                let steps: Vec<Step<W>> =
                    self.children(statements).iter().map(|statement| self.step(*statement)).collect();
                Box::new(move |frame| {
                    frame.see(id);
                    steps.iter().try_for_each(|step| step(frame))
                })
            }
            Node::For { slot, counter, list, body } => {
                let (list, body) = (self.value(list), self.step(body));
                Box::new(move |frame| {
                    frame.see(id);
                    let Value::List(items) = list(frame)? else { return Ok(()) };
                    for (number, item) in items.iter().enumerate() {
                        frame.count_step(id)?;
                        frame.set(slot, *item);
                        frame.set(counter, Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)));
                        body(frame)?;
                    }
                    Ok(())
                })
            }
            Node::Return(inner) => self.give_back(id, inner),
            _ => {
                let value = self.value(id);
                Box::new(move |frame| value(frame).map(|_| ()))
            }
        }
    }

    fn set(&self, id: NodeId, slot: u32, value: NodeId) -> Step<W> {
        match self.kept(value) {
            Kept::Decimal => {
                let number = self.number(value);
                Box::new(move |frame| {
                    frame.see(id);
                    let number = number.get(frame)?;
                    frame.set_number(slot, number);
                    Ok(())
                })
            }
            _ => {
                let value = self.value(value);
                Box::new(move |frame| {
                    frame.see(id);
                    let value = value(frame)?;
                    frame.set(slot, value);
                    Ok(())
                })
            }
        }
    }

    /// `return`: whatever type is wanted where it stands.
    pub(super) fn give_back<T: 'static>(&self, id: NodeId, inner: NodeId) -> Run<W, T> {
        match self.kept(inner) {
            Kept::Decimal => {
                let number = self.number(inner);
                Box::new(move |frame| {
                    frame.see(id);
                    let number = number.get(frame)?;
                    frame.returned = Value::Decimal(frame.decimal(number));
                    Err(Stop::Return)
                })
            }
            _ => {
                let value = self.value(inner);
                Box::new(move |frame| {
                    frame.see(id);
                    frame.returned = value(frame)?;
                    Err(Stop::Return)
                })
            }
        }
    }
}

/// A node that has no value of the type that is wanted. The checker lets none through.
pub(super) fn none<W: Watch, T: 'static>(id: NodeId, reason: &'static str) -> Run<W, T> {
    Box::new(move |frame| {
        frame.see(id);
        frame.fail(id, reason)
    })
}
