//! Values that are known before any claim is: of literals, of params that aren't dated, and of what is worked out from
//! these alone.

use bumpalo::Bump;

use super::question::{compares, order};
use crate::{
    claim::{Constant, Value},
    money::{Decimal, add, divide, multiply, subtract},
    script::{
        form::{Arithmetic, Form, Node, NodeId, Read},
        vocabulary::Vocabulary,
    },
};

/// What is known of the nodes of a form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Constants<'r> {
    pub(super) form: &'r Form,
    pub(super) vocabulary: &'r Vocabulary,
}

impl Constants<'_> {
    /// The value of a node, where it is the same for every claim.
    pub(super) fn value(&self, id: NodeId) -> Option<Constant> {
        match self.form.node(id) {
            Node::Read(read) => self.param(read),
            Node::Widen(inner) => Some(Constant::Decimal(self.number(inner)?)),
            Node::NegateInteger(inner) => match self.value(inner)? {
                Constant::Integer(integer) => integer.checked_neg().map(Constant::Integer),
                _ => None,
            },
            Node::NegateDecimal(inner) => Some(Constant::Decimal(crate::money::negated(self.number(inner)?))),
            Node::OnIntegers(operation, left, right) => self.on_integers(operation, left, right),
            Node::OnDecimals(operation, left, right) => self.on_decimals(operation, left, right),
            Node::Compare(comparison, _, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                Some(Constant::Boolean(compares(comparison, order(&left, &right))))
            }
            Node::In(item, list) => {
                let (item, Constant::List(items)) = (self.value(item)?, self.value(list)?) else { return None };
                Some(Constant::Boolean(items.iter().any(|other| order(other, &item).is_eq())))
            }
            Node::CallBuiltin(number, arguments) => {
                // What an embedder's function does is known when a claim is decided, and not before.
                let builtin = self.form.builtins.get(number as usize).filter(|builtin| !builtin.is_own())?;
                let arguments: Option<Vec<Constant>> =
                    self.form.run(arguments).iter().map(|argument| self.value(*argument)).collect();
                let (arguments, scratch) = (arguments?, Bump::new());
                let values: Vec<Value<'_>> = arguments.iter().map(|argument| argument.value(&scratch)).collect();
                builtin.apply.to(&values, &scratch).ok().map(Constant::from)
            }
            _ => self.form.literal(id),
        }
    }

    /// The value of a param that isn't dated.
    pub(super) fn param(&self, read: Read) -> Option<Constant> {
        match (read, &**self.vocabulary.values(read)?) {
            (Read::Param(_), [only]) => Some(only.clone()),
            _ => None,
        }
    }

    fn number(&self, id: NodeId) -> Option<Decimal> {
        self.value(id)?.number()
    }

    fn on_integers(&self, operation: Arithmetic, left: NodeId, right: NodeId) -> Option<Constant> {
        let (Constant::Integer(left), Constant::Integer(right)) = (self.value(left)?, self.value(right)?) else {
            return None;
        };
        let result = match operation {
            Arithmetic::Add => left.checked_add(right),
            Arithmetic::Subtract => left.checked_sub(right),
            Arithmetic::Multiply => left.checked_mul(right),
            Arithmetic::Divide => left.checked_div(right),
            Arithmetic::Remainder => left.checked_rem(right),
        };
        result.map(Constant::Integer)
    }

    fn on_decimals(&self, operation: Arithmetic, left: NodeId, right: NodeId) -> Option<Constant> {
        let (left, right) = (self.number(left)?, self.number(right)?);
        let result = match operation {
            Arithmetic::Add => add(left, right).ok(),
            Arithmetic::Subtract => subtract(left, right).ok(),
            Arithmetic::Multiply => multiply(left, right).ok(),
            Arithmetic::Divide => divide(left, right).ok(),
            Arithmetic::Remainder => left.checked_rem(right),
        };
        result.map(Constant::Decimal)
    }
}
