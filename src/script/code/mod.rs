//! The typed form made ready to run: for each expression and function a closure that calls those of its parts. Each knows
//! the type of what it gives, and constants, locals and fields of the claim are read without a call.
//!
//! Nothing is decided here that the form doesn't say: whoever checks, weighs or shows rules looks at the form.

mod condition;
mod date;
mod flow;
mod frame;
mod integer;
mod number;
mod text;
mod value;

use std::{fmt, marker::PhantomData, sync::Arc};

use super::{
    branch::{Tally, Way},
    form::{Children, Form, Kept, Node, NodeId},
};
use crate::claim::Value;

pub(super) use frame::{Frame, Number, Stop, Unwatched, Watch};

/// Gives a value of one type.
type Run<W, T> = Box<dyn Fn(&mut Frame<'_, '_, '_, W>) -> Result<T, Stop> + Send + Sync>;
/// Gives any value.
type RunValue<W> = Box<dyn for<'a> Fn(&mut Frame<'a, '_, '_, W>) -> Result<Value<'a>, Stop> + Send + Sync>;

/// An expression or the body of a function.
pub(super) enum Body<W> {
    Condition(Run<W, bool>),
    Integer(Run<W, i64>),
    Number(Run<W, Number>),
    Value(RunValue<W>),
}

/// All expressions and functions of a form, by their numbers.
pub(super) struct Code<W> {
    expressions: Vec<Body<W>>,
    functions: Vec<Body<W>>,
}

impl<W> Default for Code<W> {
    fn default() -> Self {
        Self { expressions: Vec::new(), functions: Vec::new() }
    }
}

impl<W> fmt::Debug for Code<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "code of {} expressions and {} functions", self.expressions.len(), self.functions.len())
    }
}

impl<W: Watch> Code<W> {
    /// Makes a form ready to run.
    pub(super) fn of(form: &Form) -> Self {
        Self::by(&Compiler::new(form))
    }

    /// The same, which marks in a tally which way each condition and each `switch` goes.
    pub(super) fn marking(form: &Form, tally: &Arc<Tally>) -> Self {
        Self::by(&Compiler { tally: Some(Arc::clone(tally)), ..Compiler::new(form) })
    }

    fn by(compiler: &Compiler<'_, W>) -> Self {
        let form = compiler.form;
        Self {
            expressions: form.roots.iter().map(|root| compiler.entered(*root)).collect(),
            functions: form.functions.iter().map(|function| compiler.entered(function.body)).collect(),
        }
    }

    pub(super) fn expression(&self, number: u32) -> Option<&Body<W>> {
        self.expressions.get(number as usize)
    }
}

impl<W: Watch> Body<W> {
    pub(super) fn value<'a>(&self, frame: &mut Frame<'a, '_, '_, W>) -> Result<Value<'a>, Stop> {
        match self {
            Self::Condition(run) => run(frame).map(Value::Boolean),
            Self::Integer(run) => run(frame).map(Value::Integer),
            Self::Number(run) => {
                let number = run(frame)?;
                Ok(Value::Decimal(frame.decimal(number)))
            }
            Self::Value(run) => run(frame),
        }
    }
}

/// Makes closures of nodes.
pub(super) struct Compiler<'f, W> {
    form: &'f Form,
    /// Where ways are marked, in code that is made for that.
    tally: Option<Arc<Tally>>,
    watch: PhantomData<W>,
}

impl<'f, W: Watch> Compiler<'f, W> {
    pub(super) fn new(form: &'f Form) -> Self {
        Self { form, tally: None, watch: PhantomData }
    }

    /// A node by what it comes to.
    pub(super) fn body(&self, id: NodeId) -> Body<W> {
        match self.kept(id) {
            Kept::Boolean => Body::Condition(self.condition(id)),
            Kept::Integer => Body::Integer(self.integer(id).run()),
            Kept::Decimal => Body::Number(self.number(id).run()),
            Kept::Text | Kept::Other => Body::Value(self.value(id)),
        }
    }

    /// The same for an expression or a function: where ways are marked, also that it is worked out.
    fn entered(&self, id: NodeId) -> Body<W> {
        let body = self.body(id);
        let Some(tally) = self.tally.clone() else { return body };
        let enter = move || tally.mark(id, Way::Entered);
        match body {
            Body::Condition(run) => Body::Condition(Box::new(move |frame| {
                enter();
                run(frame)
            })),
            Body::Integer(run) => Body::Integer(Box::new(move |frame| {
                enter();
                run(frame)
            })),
            Body::Number(run) => Body::Number(Box::new(move |frame| {
                enter();
                run(frame)
            })),
            Body::Value(run) => Body::Value(Box::new(move |frame| {
                enter();
                run(frame)
            })),
        }
    }

    fn node(&self, id: NodeId) -> Node {
        self.form.node(id)
    }

    fn kept(&self, id: NodeId) -> Kept {
        self.form.kept.get(id as usize).copied().unwrap_or(Kept::Other)
    }

    fn children(&self, children: Children) -> &'f [NodeId] {
        self.form.run(children)
    }
}
