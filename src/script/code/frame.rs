//! What one evaluation has before it: the figures that it may look at, its locals, and what stopped it.

use std::cell::Cell;

use bumpalo::collections::Vec as ScratchVec;

use super::{Body, Code};
use crate::{
    claim::Value,
    money::{Decimal, Short},
    script::{
        builtin::Trouble,
        evaluate::Scope,
        form::{Form, NodeId},
        limit,
    },
};

/// Sees which nodes are evaluated. Chosen when compiling, so that an unwatched run pays nothing.
pub(in crate::script) trait Watch: 'static {
    /// Whether nodes are wanted at all.
    const ON: bool;

    /// Takes a node that is about to be evaluated.
    fn node(&mut self, id: NodeId);
}

/// Sees nothing.
pub(in crate::script) struct Unwatched;

impl Watch for Unwatched {
    const ON: bool = false;

    fn node(&mut self, _: NodeId) {}
}

/// Why a value doesn't come. What comes instead is kept in the frame, so that this fits in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::script) enum Stop {
    /// The function returned.
    Return,
    /// Something failed.
    Failed,
}

/// A number on its way: the bits of a short one, or a mark for where a long one is kept.
#[derive(Debug, Clone, Copy)]
pub(in crate::script) struct Number(u64);

/// A local: a decimal as a number on its way, and anything else as a value.
#[derive(Debug, Clone, Copy)]
struct Local<'a> {
    value: Value<'a>,
    number: Number,
}

impl Local<'_> {
    const NOTHING: Self = Self { value: Value::Nothing, number: Number::NONE };
}

impl From<Short> for Number {
    #[inline]
    fn from(short: Short) -> Self {
        Self(short.bits())
    }
}

impl Number {
    /// No number.
    const NONE: Self = Self(u64::MAX);

    /// The number, where it is short.
    #[inline]
    pub(super) fn short(self) -> Option<Short> {
        Short::from_bits(self.0)
    }
}

/// One evaluation.
pub(in crate::script) struct Frame<'a, 'e, 's, W> {
    pub(super) form: &'a Form,
    code: &'a Code<W>,
    pub(super) scope: &'e Scope<'a, 's>,
    pub(in crate::script) watch: W,
    locals: ScratchVec<'a, Local<'a>>,
    /// Numbers of many digits that were worked out.
    long: Vec<Decimal>,
    /// Whether one of them was read that isn't there.
    lost: Cell<bool>,
    /// Where the locals of the function that is running start.
    base: usize,
    steps: usize,
    pub(super) returned: Value<'a>,
    failed: Option<(NodeId, Trouble)>,
}

/// Room for the locals of most functions and of those that they call.
const MANY_LOCALS: usize = 16;

impl<'a, 'e, 's, W: Watch> Frame<'a, 'e, 's, W> {
    /// A frame over these figures.
    #[inline]
    pub(in crate::script) fn new(form: &'a Form, code: &'a Code<W>, scope: &'e Scope<'a, 's>, watch: W) -> Self {
        let locals = ScratchVec::new_in(scope.scratch);
        Self {
            form,
            code,
            scope,
            watch,
            locals,
            long: Vec::new(),
            lost: Cell::new(false),
            base: 0,
            steps: 0,
            returned: Value::Nothing,
            failed: None,
        }
    }

    /// Begins an expression with so many locals of its own.
    #[inline]
    pub(in crate::script) fn begin(&mut self, slots: u32) {
        self.steps = 0;
        self.long.clear();
        if slots > 0 || !self.locals.is_empty() {
            self.locals.clear();
            self.base = 0;
            self.locals.resize(slots as usize, Local::NOTHING);
        }
    }

    /// Where it failed, and why.
    pub(in crate::script) fn failure(&mut self) -> Option<(NodeId, Trouble)> {
        self.failed.take()
    }

    /// A node is about to be evaluated.
    #[inline]
    pub(super) fn see(&mut self, id: NodeId) {
        if W::ON {
            self.watch.node(id);
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn fail<T>(&mut self, id: NodeId, reason: impl Into<Trouble>) -> Result<T, Stop> {
        self.failed = Some((id, reason.into()));
        Err(Stop::Failed)
    }

    /// A number as it travels.
    #[inline]
    pub(super) fn number(&mut self, decimal: Decimal) -> Number {
        match Short::of(decimal) {
            Some(short) => Number(short.bits()),
            None => self.keep_long(decimal),
        }
    }

    #[cold]
    fn keep_long(&mut self, decimal: Decimal) -> Number {
        self.long.push(decimal);
        Number(Short::marked(self.long.len() as u64 - 1))
    }

    /// A number as it is.
    #[inline]
    pub(in crate::script) fn decimal(&self, number: Number) -> Decimal {
        match number.short() {
            Some(short) => short.decimal(),
            None => {
                let place = usize::try_from(Short::mark(number.0)).unwrap_or(usize::MAX);
                self.long.get(place).copied().unwrap_or_else(|| self.lose())
            }
        }
    }

    /// A mark without a number would be a mistake of the checker's; it must not pass as zero.
    #[cold]
    fn lose(&self) -> Decimal {
        self.lost.set(true);
        Decimal::ZERO
    }

    /// Whether a number was read that isn't there.
    #[inline]
    pub(in crate::script) fn has_lost(&self) -> bool {
        self.lost.get()
    }

    fn whole_local(&self, slot: u32) -> &Local<'a> {
        self.locals.get(self.base + slot as usize).unwrap_or(&Local::NOTHING)
    }

    #[inline]
    pub(super) fn local(&self, slot: u32) -> Value<'a> {
        let Local { value, number } = self.whole_local(slot);
        if number.0 == Number::NONE.0 { *value } else { Value::Decimal(self.decimal(*number)) }
    }

    /// A local that is a decimal.
    #[inline]
    pub(super) fn local_number(&self, slot: u32) -> Number {
        self.whole_local(slot).number
    }

    fn make_local(&mut self, value: Value<'a>) -> Local<'a> {
        match value {
            Value::Decimal(decimal) => Local { value: Value::Nothing, number: self.number(decimal) },
            value => Local { value, number: Number::NONE },
        }
    }

    #[inline]
    pub(super) fn set(&mut self, slot: u32, value: Value<'a>) {
        let made = self.make_local(value);
        if let Some(local) = self.locals.get_mut(self.base + slot as usize) {
            *local = made;
        }
    }

    #[inline]
    pub(super) fn set_number(&mut self, slot: u32, number: Number) {
        if let Some(local) = self.locals.get_mut(self.base + slot as usize) {
            *local = Local { value: Value::Nothing, number };
        }
    }

    /// Adds an argument of the function that is about to be called.
    #[inline]
    pub(super) fn push(&mut self, value: Value<'a>) {
        let local = self.make_local(value);
        self.locals.push(local);
    }

    /// Adds an argument that is a decimal.
    #[inline]
    pub(super) fn push_number(&mut self, number: Number) {
        self.locals.push(Local { value: Value::Nothing, number });
    }

    /// Where the locals of the next function start.
    #[inline]
    pub(super) fn top(&mut self) -> usize {
        if self.locals.capacity() == 0 {
            self.locals.reserve(MANY_LOCALS);
        }
        self.locals.len()
    }

    /// Works out the body of a function whose arguments stand from `top` on.
    #[inline]
    pub(super) fn call<T>(
        &mut self,
        function: u32,
        slots: u32,
        top: usize,
        work: impl FnOnce(&mut Self, &Body<W>) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        for _ in self.locals.len()..top + slots as usize {
            self.locals.push(Local::NOTHING);
        }
        let code = self.code;
        let Some(body) = code.functions.get(function as usize) else { return Err(Stop::Failed) };
        let base = std::mem::replace(&mut self.base, top);
        let result = work(self, body);
        self.base = base;
        self.locals.truncate(top);
        result
    }

    /// Counts a call or a round of a loop; only these can add up.
    #[inline]
    pub(super) fn count_step(&mut self, id: NodeId) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > limit::MAX_STEPS {
            return self.fail(id, format!("the rule takes more than {} steps", limit::MAX_STEPS));
        }
        if self.long.len() * size_of::<Decimal>() > limit::MAX_SCRATCH_BYTES { self.too_much(id) } else { Ok(()) }
    }

    /// Counts a text or list that a rule made.
    #[inline]
    pub(super) fn count_built(&mut self, id: NodeId, value: Value<'a>) -> Result<Value<'a>, Stop> {
        let bytes = match value {
            Value::Text(text) => text.len(),
            Value::List(items) => size_of_val(items),
            _ => return Ok(value),
        };
        let built = self.scope.built.get().saturating_add(bytes);
        self.scope.built.set(built);
        if built > limit::MAX_SCRATCH_BYTES { self.too_much(id) } else { Ok(value) }
    }

    #[cold]
    fn too_much<T>(&mut self, id: NodeId) -> Result<T, Stop> {
        self.fail(id, format!("the rules need more than {} bytes for what they build", limit::MAX_SCRATCH_BYTES))
    }

    /// A text that a rule made, kept in the scratch space.
    pub(super) fn keep_text(&mut self, id: NodeId, text: &str) -> Result<Value<'a>, Stop> {
        if text.len() > limit::MAX_TEXT_BYTES {
            return self.fail(id, format!("the text is longer than {} bytes", limit::MAX_TEXT_BYTES));
        }
        self.count_built(id, Value::Text(self.scope.scratch.alloc_str(text)))
    }
}
