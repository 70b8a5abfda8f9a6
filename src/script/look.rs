//! Which fields of the claim rules look into, so that another text in their place could decide otherwise.

use std::collections::BTreeSet;

use super::form::{Comparison, Form, Node, NodeId, Read};

impl Form {
    /// The fields of the claim whose values rules look into. One that is only compared with another field of the claim,
    /// asked whether it is filled, counted by or shown isn't among them.
    pub fn looked_into(&self) -> BTreeSet<usize> {
        let mut fields = BTreeSet::new();
        for (id, node) in (0..).zip(&self.nodes) {
            let children = self.inside(id);
            let is_plain = match node {
                Node::IsNothing(_) => true,
                Node::Compare(Comparison::Equal | Comparison::Unequal, ..) => {
                    children.iter().all(|child| self.field(*child).is_some())
                }
                _ => false,
            };
            if !is_plain {
                fields.extend(children.iter().filter_map(|child| self.field(*child)));
            }
        }
        fields
    }

    fn field(&self, id: NodeId) -> Option<usize> {
        match self.node(id) {
            Node::Read(Read::Field(field)) => Some(field),
            _ => None,
        }
    }
}
