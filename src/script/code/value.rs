//! Values of any type.

use std::fmt::Write;

use bumpalo::collections::Vec as ScratchVec;

use super::{Compiler, RunValue, Stop, Watch};
use crate::{
    claim::{Constant, Value},
    script::{
        builtin::{Apply, MAX_PARAMETERS},
        form::{Children, Kept, Node, NodeId},
    },
};

impl<W: Watch> Compiler<'_, W> {
    /// A value. One whose type is known is worked out as that.
    pub(super) fn value(&self, id: NodeId) -> RunValue<W> {
        match self.kept(id) {
            Kept::Boolean => {
                let condition = self.condition(id);
                Box::new(move |frame| condition(frame).map(Value::Boolean))
            }
            Kept::Integer => {
                let integer = self.integer(id);
                Box::new(move |frame| integer.get(frame).map(Value::Integer))
            }
            Kept::Decimal => {
                let number = self.number(id);
                Box::new(move |frame| {
                    let number = number.get(frame)?;
                    Ok(Value::Decimal(frame.decimal(number)))
                })
            }
            Kept::Text | Kept::Other => self.any(id),
        }
    }

    /// What a built-in function does.
    pub(super) fn apply(&self, builtin: u32) -> Option<Apply> {
        self.form.builtins.get(builtin as usize).map(|builtin| builtin.apply.clone())
    }

    /// The value of a node, as its kind gives it.
    pub(super) fn any(&self, id: NodeId) -> RunValue<W> {
        match self.node(id) {
            Node::Nothing => Box::new(move |frame| {
                frame.see(id);
                Ok(Value::Nothing)
            }),
            Node::Constant(number) => Box::new(move |frame| {
                frame.see(id);
                let constant = frame.form.constants.get(number as usize);
                match constant {
                    Some(Constant::Text(text)) => Ok(Value::Text(text)),
                    Some(constant) => frame.count_built(id, constant.value(frame.scope.scratch)),
                    None => Ok(Value::Nothing),
                }
            }),
            Node::Read(read) => Box::new(move |frame| {
                frame.see(id);
                Ok(frame.scope.read(read))
            }),
            Node::Local(slot) => Box::new(move |frame| {
                frame.see(id);
                Ok(frame.local(slot))
            }),
            Node::Join(left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                Box::new(move |frame| {
                    frame.see(id);
                    let text = format!("{}{}", left(frame)?, right(frame)?);
                    frame.keep_text(id, &text)
                })
            }
            Node::Interpolate(parts) => self.interpolation(id, parts),
            Node::List(parts) => self.list(id, parts),
            Node::CallBuiltin(builtin, arguments) => self.builtin(id, builtin, arguments),
            Node::CallFunction(function, arguments) => {
                let call = self.call(function, arguments);
                Box::new(move |frame| {
                    frame.see(id);
                    call.value(frame)
                })
            }
            Node::If { condition, then, otherwise } => {
                let (condition, then, otherwise) = (self.condition(condition), self.value(then), self.value(otherwise));
                Box::new(move |frame| {
                    frame.see(id);
                    if condition(frame)? { then(frame) } else { otherwise(frame) }
                })
            }
            Node::Switch { subject, arms, otherwise } => {
                let (choice, values) = self.choice(subject, arms, otherwise);
                let values: Vec<RunValue<W>> = values.into_iter().map(|value| self.value(value)).collect();
                let otherwise = self.value(otherwise);
                Box::new(move |frame| {
                    frame.see(id);
                    let arm = choice.arm(frame)?;
                    values.get(arm).unwrap_or(&otherwise)(frame)
                })
            }
            Node::Block(statements) => {
                let (steps, last) = self.statements(statements);
                let last = last.map(|last| self.value(last));
                Box::new(move |frame| {
                    frame.see(id);
                    steps.iter().try_for_each(|step| step(frame))?;
                    last.as_ref().map_or(Ok(Value::Nothing), |last| last(frame))
                })
            }
            Node::Set { .. } | Node::For { .. } | Node::Return(_) => {
                let step = self.step(id);
                Box::new(move |frame| step(frame).map(|()| Value::Nothing))
            }
            _ => self.typed(id),
        }
    }

    /// The value of a node whose kind has one type.
    fn typed(&self, id: NodeId) -> RunValue<W> {
        match self.node(id) {
            Node::Integer(_) | Node::NegateInteger(_) | Node::OnIntegers(..) => {
                let integer = self.integer(id);
                Box::new(move |frame| integer.get(frame).map(Value::Integer))
            }
            Node::Decimal(_) | Node::Widen(_) | Node::NegateDecimal(_) | Node::OnDecimals(..) => {
                let number = self.number(id);
                Box::new(move |frame| {
                    let number = number.get(frame)?;
                    Ok(Value::Decimal(frame.decimal(number)))
                })
            }
            _ => {
                let condition = self.condition(id);
                Box::new(move |frame| condition(frame).map(Value::Boolean))
            }
        }
    }

    fn interpolation(&self, id: NodeId, parts: Children) -> RunValue<W> {
        let parts: Vec<RunValue<W>> = self.children(parts).iter().map(|part| self.value(*part)).collect();
        Box::new(move |frame| {
            frame.see(id);
            let mut text = String::new();
            for part in &parts {
                // A text takes whatever is written to it.
                let _ = write!(text, "{}", part(frame)?);
            }
            frame.keep_text(id, &text)
        })
    }

    fn list(&self, id: NodeId, parts: Children) -> RunValue<W> {
        let parts: Vec<RunValue<W>> = self.children(parts).iter().map(|part| self.value(*part)).collect();
        Box::new(move |frame| {
            frame.see(id);
            let mut values = ScratchVec::with_capacity_in(parts.len(), frame.scope.scratch);
            for part in &parts {
                values.push(part(frame)?);
            }
            frame.count_built(id, Value::List(values.into_bump_slice()))
        })
    }

    fn builtin(&self, id: NodeId, builtin: u32, arguments: Children) -> RunValue<W> {
        let apply = self.apply(builtin);
        let arguments: Vec<RunValue<W>> =
            self.children(arguments).iter().map(|argument| self.value(*argument)).collect();
        Box::new(move |frame| {
            frame.see(id);
            let Some(apply) = &apply else { return Err(Stop::Failed) };
            let mut values = [Value::Nothing; MAX_PARAMETERS];
            for (value, argument) in values.iter_mut().zip(&arguments) {
                *value = argument(frame)?;
            }
            let values = values.get(..arguments.len()).unwrap_or_default();
            match apply.to(values, frame.scope.scratch) {
                Ok(value) => frame.count_built(id, value),
                Err(trouble) => frame.fail(id, trouble),
            }
        })
    }
}
