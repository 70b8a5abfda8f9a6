//! What rules have written in them to compare figures with.

use std::collections::BTreeSet;

use super::form::{Comparison, Expression, Form, Node, NodeId};
use crate::claim::Constant;

impl Form {
    /// The texts with which an expression, or a function that it calls, compares something, and the numbers that stand
    /// in it.
    pub fn literals(&self, expression: &Expression) -> Vec<Constant> {
        let mut found = Vec::new();
        self.find_literals(expression.root, &mut BTreeSet::new(), &mut found);
        found
    }

    fn find_literals(&self, id: NodeId, functions: &mut BTreeSet<u32>, found: &mut Vec<Constant>) {
        let node = self.node(id);
        let compared: Vec<NodeId> = match node {
            Node::Integer(_) | Node::Decimal(_) => vec![id],
            Node::Compare(Comparison::Equal | Comparison::Unequal, _, left, right) => vec![left, right],
            Node::In(_, list) => match self.node(list) {
                Node::List(items) => self.run(items).to_vec(),
                _ => vec![list],
            },
            Node::Switch { arms, .. } => self.run(arms).iter().step_by(2).copied().collect(),
            _ => Vec::new(),
        };
        for literal in compared.into_iter().filter_map(|id| self.literal(id)) {
            let literals = if let Constant::List(items) = literal { items } else { vec![literal] };
            for literal in literals {
                if !found.contains(&literal) {
                    found.push(literal);
                }
            }
        }
        if let Node::CallFunction(function, _) = node
            && functions.insert(function)
            && let Some(function) = self.functions.get(function as usize)
        {
            self.find_literals(function.body, functions, found);
        }
        self.inside(id).into_iter().for_each(|inner| self.find_literals(inner, functions, found));
    }
}
