//! How many nodes an expression may evaluate on one claim at worst: of two branches the dearer one, and every round of
//! every `for`.

use std::sync::Arc;

use super::{
    builtin::{Builtin, Slot},
    form::{Expression, Form, Node, NodeId},
    limit,
};
use crate::claim::Constant;

impl Form {
    /// The most nodes that an expression may evaluate on one claim, those of the functions that it calls included.
    pub fn worst_case(&self, expression: &Expression) -> usize {
        self.cost(expression.root)
    }

    /// Works out what a call of each function costs at worst.
    pub(super) fn weigh_functions(&mut self) {
        self.longest_list = self.longest();
        // A function stands behind those that it calls.
        for function in 0..self.functions.len() {
            let cost = self.functions.get(function).map_or(0, |function| self.cost(function.body));
            self.function_costs.push(cost);
        }
    }

    fn cost(&self, id: NodeId) -> usize {
        let inside = match self.node(id) {
            Node::If { condition, then, otherwise } => {
                self.cost(condition).saturating_add(self.cost(then).max(self.cost(otherwise)))
            }
            Node::Switch { subject, arms, otherwise } => {
                let arms: Vec<(usize, usize)> = (self.run(arms).chunks_exact(2))
                    .filter_map(|arm| Some((self.cost(*arm.first()?), self.cost(*arm.last()?))))
                    .collect();
                let literals = arms.iter().fold(self.cost(subject), |sum, (literal, _)| sum.saturating_add(*literal));
                let dearest = arms.iter().map(|(_, value)| *value).max().unwrap_or(0);
                literals.saturating_add(dearest.max(self.cost(otherwise)))
            }
            Node::For { list, body, .. } => {
                self.cost(list).saturating_add(self.cost(body).saturating_mul(self.length(list)))
            }
            Node::CallFunction(function, arguments) => {
                let body = self.function_costs.get(function as usize).copied().unwrap_or(0);
                self.sum(self.run(arguments)).saturating_add(body)
            }
            _ => self.sum(&self.inside(id)),
        };
        inside.saturating_add(1)
    }

    fn sum(&self, ids: &[NodeId]) -> usize {
        ids.iter().fold(0, |sum, id| sum.saturating_add(self.cost(*id)))
    }

    /// The most values that a list can have.
    fn length(&self, list: NodeId) -> usize {
        match self.node(list) {
            Node::List(items) => items.count as usize,
            Node::Read(read) => self.lists.get(&read).copied().unwrap_or(limit::COUNTED_ROUNDS),
            Node::If { then, otherwise, .. } => self.length(then).max(self.length(otherwise)),
            Node::Block(statements) => self.run(statements).last().map_or(0, |last| self.length(*last)),
            // What gives a list gives the one that it was given, in another order.
            Node::CallBuiltin(number, arguments) => {
                let builtin = self.builtins.get(number as usize);
                let gives_list = builtin.is_some_and(|builtin| builtin.returns == Slot::ListOfT);
                let given = self.run(arguments).first().filter(|_| gives_list);
                given.map_or(self.longest_list, |given| self.length(*given))
            }
            _ => match self.literal(list) {
                Some(Constant::List(items)) => items.len(),
                _ => self.longest_list,
            },
        }
    }

    /// The length of the longest list that rules write or look at: no other can be in a local.
    fn longest(&self) -> usize {
        let constants = self.constants.iter().map(|constant| match constant {
            Constant::List(items) => items.len(),
            _ => 0,
        });
        let written = self.nodes.iter().map(|node| match node {
            Node::List(items) => items.count as usize,
            _ => 0,
        });
        let is_list = |builtin: &&Arc<Builtin>| matches!(builtin.returns, Slot::Is(kind) if kind.is_list());
        // How long a list is that a function makes of something else is declared nowhere.
        let own = self.builtins.iter().filter(is_list).map(|_| limit::COUNTED_ROUNDS);
        constants.chain(written).chain(self.lists.values().copied()).chain(own).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use super::*;
    use crate::{
        diagnostic::{Findings, Fragment, Place, Source},
        schema::{Base, Scalar, Type},
        script::{Checker, Facts, Member, Read, RowType, Scripts, Vocabulary, Wanted},
    };

    const SCRIPT: &str = "fn rounds(list) { let n = 0; for x in list { n += x; } n }";

    fn worst_case(expression: &str) -> usize {
        let source = |text: &str| Arc::new(Source { path: "a".into(), text: text.into() });
        let (mut scripts, mut vocabulary, mut findings) = (Scripts::new(), Vocabulary::new(), Findings::new());
        scripts.add(&source(SCRIPT), &mut findings);
        let row = vocabulary.add_row(RowType { name: "params".into(), member_word: "param", members: BTreeMap::new() });
        let kind = Type::Some(Base::List(Scalar::Integer));
        vocabulary.add_member(row, "days", Member { read: Read::Param(0), kind });
        let version = |days: i64| Constant::List((0..days).map(Constant::Integer).collect());
        vocabulary.declare_values(Read::Param(0), Some([version(3), version(7)].into()));
        let fragment = Fragment::of(&Place::new(&source(expression), 0..expression.len()), expression);
        let mut checker = Checker::new(&scripts);
        let checked = checker.expression(&fragment, &vocabulary, Wanted::Any, &Facts::none(), &mut findings);
        let form = checker.finish(&mut findings);
        assert!(!findings.has_errors(), "{expression}: {findings:?}");
        form.worst_case(&checked.unwrap().0)
    }

    #[test]
    fn the_dearer_branch_counts_and_every_round() {
        // A round is `n += x`: a sum of two locals, and where it is kept.
        let (call_without_rounds, round) = (8, 4);
        for (expression, nodes) in [
            ("1 + 2", 3),
            ("if 1 > 2 { 1 } else { 1 + 2 + 3 }", 1 + 3 + 5),
            ("switch 1 { 1 => 1 + 2, 2 => 3, _ => 4 }", 1 + 1 + 2 + 3),
            ("rounds([1, 2, 3])", call_without_rounds + 3 * round),
            // The longest version of a dated param.
            ("rounds(params.days)", call_without_rounds + 7 * round),
            ("rounds(sorted([1, 2]))", call_without_rounds + 1 + 2 * round),
        ] {
            assert_eq!(worst_case(expression), nodes, "{expression}");
        }
    }
}
