//! What of a rule is worked out next: the statements of a block, the arm of a `switch`, the body of a function.

use super::{Evaluation, Stop, Watch};
use crate::{
    claim::Value,
    script::form::{Children, NodeId},
};

/// Room for the locals of most functions and of those that they call.
const MANY_LOCALS: usize = 16;

impl<'a, W: Watch> Evaluation<'a, '_, '_, W> {
    /// Calls a function whose body is worked out by `work`; what it returned early is read by `read`.
    #[inline]
    pub(super) fn called<T>(
        &mut self,
        number: u32,
        arguments: Children,
        work: impl Fn(&mut Self, NodeId) -> Result<T, Stop>,
        read: impl Fn(&Value<'a>) -> Option<T>,
    ) -> Result<T, Stop> {
        let Some(function) = self.form.functions.get(number as usize) else { return Err(Stop::Failed) };
        self.count_step(function.body)?;
        let top = self.locals.len();
        if self.locals.capacity() == 0 {
            self.locals.reserve(MANY_LOCALS);
        }
        for argument in self.children(arguments) {
            let value = self.value(*argument)?;
            self.locals.push(value);
        }
        for _ in self.locals.len()..top + function.slots as usize {
            self.locals.push(Value::Nothing);
        }
        let base = std::mem::replace(&mut self.base, top);
        let result = work(self, function.body);
        self.base = base;
        self.locals.truncate(top);
        match result {
            Err(Stop::Return) => match read(&self.returned) {
                Some(returned) => Ok(returned),
                None => self.fail(function.body, "the function returned something else"),
            },
            other => other,
        }
    }

    /// Works out all statements but the last, which gives the value.
    #[inline]
    pub(super) fn until_last(&mut self, statements: Children) -> Result<Option<NodeId>, Stop> {
        let Some((last, before)) = self.children(statements).split_last() else { return Ok(None) };
        for statement in before {
            self.value(*statement)?;
        }
        Ok(Some(*last))
    }

    /// The arm of a `switch` that counts.
    pub(super) fn arm(&mut self, subject: NodeId, arms: Children, otherwise: NodeId) -> Result<NodeId, Stop> {
        let subject = self.value(subject)?;
        for arm in self.children(arms).chunks_exact(2) {
            if let [literal, value] = arm
                && self.value(*literal)? == subject
            {
                return Ok(*value);
            }
        }
        Ok(otherwise)
    }
}
