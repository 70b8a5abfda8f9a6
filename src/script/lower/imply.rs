//! What conditions ask, and whether one holds wherever another does.

use super::{
    constant::Constants,
    question::{Question, answered, turned},
};
use crate::{
    claim::Constant,
    script::{
        builtin::{Builtin, Slot as Parameter},
        form::{Expression, Form, Node, NodeId},
        vocabulary::Vocabulary,
    },
};

impl Constants<'_> {
    /// What a condition asks of one value, where the rest of it is known.
    pub(super) fn question(&self, condition: NodeId) -> Option<(NodeId, Question)> {
        match self.form.node(condition) {
            Node::Compare(comparison, _, left, right) => match (self.value(left), self.value(right)) {
                (None, Some(constant)) => Some((left, Question::Compare(comparison, constant))),
                (Some(constant), None) => Some((right, Question::Compare(turned(comparison), constant))),
                _ => None,
            },
            _ => {
                let (item, list) = self.membership(condition)?;
                let Constant::List(items) = self.value(list)? else { return None };
                Some((item, Question::OneOf(items)))
            }
        }
    }

    /// The item and the list of `item in list` and `list.contains(item)`.
    pub(super) fn membership(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        let is_list = |builtin: &Builtin| matches!(builtin.parameters.first(), Some((_, Parameter::ListOfT)));
        match self.form.node(id) {
            Node::In(item, list) => Some((item, list)),
            Node::CallBuiltin(number, arguments) => {
                let builtin = self.form.builtins.get(number as usize).filter(|builtin| is_list(builtin))?;
                match self.form.run(arguments) {
                    [list, item] if builtin.name == "contains" => Some((*item, *list)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether a condition certainly holds where all of some others do.
    fn follows(&self, known: &[NodeId], asked: NodeId) -> bool {
        if let Node::All(parts) = self.form.node(asked) {
            return self.form.run(parts).iter().all(|part| self.follows(known, *part));
        }
        if known.iter().any(|condition| self.form.same(*condition, asked)) {
            return true;
        }
        let Some((subject, test)) = self.question(asked) else { return false };
        known.iter().any(|condition| {
            let known = self.question(*condition).filter(|(value, _)| self.form.same(*value, subject));
            known.is_some_and(|(_, known)| answered(&[&known], &test) == Some(true))
        })
    }
}

impl Form {
    /// Whether a condition certainly holds for every claim for which another one does.
    pub fn implies(&self, vocabulary: &Vocabulary, one: &Expression, other: &Expression) -> bool {
        let mut known = vec![one.root];
        let mut parts = Vec::new();
        while let Some(id) = known.pop() {
            match self.node(id) {
                Node::All(children) => known.extend(self.run(children)),
                _ => parts.push(id),
            }
        }
        Constants { form: self, vocabulary }.follows(&parts, other.root)
    }
}
