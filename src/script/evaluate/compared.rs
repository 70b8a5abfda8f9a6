//! What the comparisons of a condition had before them, for people who read why a rule objected.

use super::Scope;
use crate::{
    claim::Value,
    script::{
        code::{Compiler, Frame, Unwatched},
        form::{Expression, Form, Node, NodeId},
    },
};

/// The sides of a condition's own comparisons, as the rule writes them, with what they came to. Sides that are a figure
/// or a literal are left out, and so are those that can't be worked out.
pub fn compared<'a>(form: &'a Form, condition: &Expression, scope: &Scope<'a, '_>) -> Vec<(String, Value<'a>)> {
    let value = |id: NodeId| {
        let mut frame = Frame::new(form, &form.code, scope, Unwatched);
        frame.begin(condition.slots);
        Compiler::new(form).body(id).value(&mut frame).ok()
    };
    let mut sides: Vec<(String, Value<'a>)> = Vec::new();
    for side in form.worked_out_sides(condition.root) {
        let words = form.extent(side).map(|place| place.text().split_whitespace().collect::<Vec<_>>().join(" "));
        if let Some(words) = words.filter(|words| sides.iter().all(|(known, _)| known != words))
            && let Some(value) = value(side)
        {
            sides.push((words, value));
        }
    }
    sides
}

impl Form {
    /// The sides of the comparisons that a condition is made of, where they are worked out.
    fn worked_out_sides(&self, id: NodeId) -> Vec<NodeId> {
        match self.node(id) {
            Node::All(parts) | Node::Any(parts) => {
                self.run(parts).iter().flat_map(|part| self.worked_out_sides(*part)).collect()
            }
            Node::Not(inner) => self.worked_out_sides(inner),
            Node::Compare(_, _, left, right) => [left, right]
                .into_iter()
                .map(|side| self.narrow(side))
                .filter(|side| self.is_worked_out(*side))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A node without what only widens it.
    fn narrow(&self, id: NodeId) -> NodeId {
        if let Node::Widen(inner) = self.node(id) { inner } else { id }
    }

    fn is_worked_out(&self, id: NodeId) -> bool {
        match self.node(id) {
            Node::NegateInteger(inner) | Node::NegateDecimal(inner) => self.literal(inner).is_none(),
            Node::OnIntegers(..)
            | Node::OnDecimals(..)
            | Node::Join(..)
            | Node::CallBuiltin(..)
            | Node::CallFunction(..) => true,
            _ => false,
        }
    }
}
