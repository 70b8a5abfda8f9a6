//! The typed form as a tree: what stands inside a node, and whether two nodes say the same.

use std::mem::discriminant;

use super::form::{Children, Form, Node, NodeId};
use crate::{
    claim::Constant,
    diagnostic::{Place, Span},
};

impl Form {
    /// A node; one that isn't there is nothing.
    pub(super) fn node(&self, id: NodeId) -> Node {
        self.nodes.get(id as usize).copied().unwrap_or(Node::Nothing)
    }

    /// The nodes of a run of children.
    pub(super) fn run(&self, children: Children) -> &[NodeId] {
        let start = children.start as usize;
        self.children.get(start..start + children.count as usize).unwrap_or(&[])
    }

    /// The value of a literal.
    pub(super) fn literal(&self, id: NodeId) -> Option<Constant> {
        match self.node(id) {
            Node::Boolean(boolean) => Some(Constant::Boolean(boolean)),
            Node::Integer(integer) => Some(Constant::Integer(integer)),
            Node::Decimal(decimal) => Some(Constant::Decimal(decimal)),
            Node::Constant(number) => self.constants.get(number as usize).cloned(),
            _ => None,
        }
    }

    /// The nodes that stand inside a node, in the order of evaluation.
    pub(super) fn inside(&self, id: NodeId) -> Vec<NodeId> {
        match self.node(id) {
            Node::Nothing
            | Node::Boolean(_)
            | Node::Integer(_)
            | Node::Decimal(_)
            | Node::Constant(_)
            | Node::Read(_)
            | Node::Local(_) => Vec::new(),
            Node::IsNothing(inner)
            | Node::Not(inner)
            | Node::Widen(inner)
            | Node::NegateInteger(inner)
            | Node::NegateDecimal(inner)
            | Node::Return(inner)
            | Node::Set { value: inner, .. } => vec![inner],
            Node::Compare(_, _, left, right)
            | Node::OnIntegers(_, left, right)
            | Node::OnDecimals(_, left, right)
            | Node::Join(left, right)
            | Node::In(left, right) => vec![left, right],
            Node::All(parts)
            | Node::Any(parts)
            | Node::Interpolate(parts)
            | Node::List(parts)
            | Node::Block(parts)
            | Node::CallBuiltin(_, parts)
            | Node::CallFunction(_, parts) => self.run(parts).to_vec(),
            Node::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Node::Switch { subject, arms, otherwise } => {
                [subject].into_iter().chain(self.run(arms).iter().copied()).chain([otherwise]).collect()
            }
            Node::For { list, body, .. } => vec![list, body],
        }
    }

    /// The form written out without the places of its nodes: the same for rules that say the same in the same way.
    pub fn without_places(&self) -> String {
        let builtins: Vec<String> = self.builtins.iter().map(|builtin| builtin.signature()).collect();
        let Self { nodes, children, constants, functions, roots, .. } = self;
        format!("{nodes:?} {children:?} {constants:?} {functions:?} {roots:?} {builtins:?}")
    }

    /// Whether two values without statements are worked out in the same way from the same things.
    pub(super) fn same(&self, one: NodeId, other: NodeId) -> bool {
        let (left, right) = (self.node(one), self.node(other));
        let alike = match (left, right) {
            (Node::Read(left), Node::Read(right)) => left == right,
            (Node::Compare(left, ..), Node::Compare(right, ..)) => left == right,
            (Node::OnIntegers(left, ..), Node::OnIntegers(right, ..))
            | (Node::OnDecimals(left, ..), Node::OnDecimals(right, ..)) => left == right,
            (Node::Local(left), Node::Local(right))
            | (Node::CallBuiltin(left, _), Node::CallBuiltin(right, _))
            | (Node::CallFunction(left, _), Node::CallFunction(right, _)) => left == right,
            (Node::If { .. } | Node::Switch { .. } | Node::Block(_) | Node::Set { .. } | Node::For { .. }, _) => false,
            _ => discriminant(&left) == discriminant(&right) && self.literal(one) == self.literal(other),
        };
        let (left, right) = (self.inside(one), self.inside(other));
        alike && left.len() == right.len() && left.iter().zip(&right).all(|(left, right)| self.same(*left, *right))
    }

    /// The text that a node was made of, from its first word to its last. `None` for a node that isn't there.
    pub(super) fn extent(&self, id: NodeId) -> Option<Place> {
        let own = self.places.get(id as usize)?;
        let inner = self.inside(id).into_iter().filter_map(|id| self.extent(id));
        let span = inner.filter(|place| place.source == own.source).fold(own.span, |span, place| Span {
            start: span.start.min(place.span.start),
            end: span.end.max(place.span.end),
        });
        let text = own.source.text.as_str();
        let end = span.start + closed(text.get(span.start..).unwrap_or(""), span.end - span.start);
        let start = opened(text.get(..span.start).unwrap_or(""), text.get(span.start..end).unwrap_or(""));
        Some(Place::new(&own.source, Span { start, end }))
    }
}

/// How far a text reaches that is known to reach to `end`, with the brackets that are still open there.
fn closed(text: &str, end: usize) -> usize {
    let is_call = text.get(end..).is_some_and(|rest| rest.starts_with('('));
    let (mut open, mut quoted) = (0_usize, false);
    for (at, symbol) in text.char_indices() {
        if at >= end && open == 0 && !(is_call && at == end) {
            return at;
        }
        match symbol {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => open += 1,
            ')' | ']' if !quoted => open = open.saturating_sub(1),
            '\n' if at >= end => return end,
            _ => {}
        }
    }
    if open == 0 { text.len().max(end) } else { end }
}

/// Where a text starts with the brackets before it that it closes and doesn't open.
fn opened(before: &str, text: &str) -> usize {
    let (mut missing, mut open, mut quoted) = (0_usize, 0_usize, false);
    for symbol in text.chars() {
        match symbol {
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted && open > 0 => open -= 1,
            ')' if !quoted => missing += 1,
            _ => {}
        }
    }
    let stripped = (0..missing).try_fold(before, |before, _| before.trim_end().strip_suffix('('));
    stripped.map_or(before.len(), str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_brackets_are_closed_on_their_line() {
        for (text, end, closed_at) in [
            ("a in [1, 2], b", 6, 11),
            ("x.f() > 1", 3, 5),
            ("f(a) > 1", 1, 4),
            ("a > 1", 5, 5),
            ("f(\")\", a) b", 1, 9),
            ("f(a\n)", 1, 1),
        ] {
            assert_eq!(closed(text, end), closed_at, "{text}");
        }
    }

    #[test]
    fn brackets_that_a_text_closes_belong_to_it() {
        for (before, text, start) in [
            ("a && (", "b + c) > 3", 5),
            ("a && ((", "b) + c) > 3", 5),
            ("f(", "b > 3", 2),
            ("f(", "\")\" == b", 2),
            ("f", "b) > 3", 1),
        ] {
            assert_eq!(opened(before, text), start, "{before}{text}");
        }
    }
}
