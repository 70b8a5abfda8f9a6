//! The ways that rules can go: each side of every condition and each arm of a `switch`, and which of them were gone.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use super::{
    code::Code,
    form::{Expression, Form, Kept, Node, NodeId, Read},
};
use crate::diagnostic::Place;

/// One of the ways that a rule can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A condition holds.
    Holds,
    /// A condition doesn't hold.
    Fails,
    /// An arm of a `switch` counts.
    Arm,
    /// An expression or a function is worked out.
    Entered,
}

impl Way {
    const fn bit(self) -> u8 {
        match self {
            Self::Holds => 1,
            Self::Fails => 2,
            Self::Arm => 4,
            Self::Entered => 8,
        }
    }
}

/// A way with the place of the condition or arm. A function that is called with values of several types has one here.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The condition, or the value of the arm.
    pub place: Place,
    /// Which way.
    pub way: Way,
    nodes: Vec<NodeId>,
}

/// Which ways were gone, by node. Whoever evaluates marks them, from whichever thread.
#[derive(Debug, Default)]
pub struct Tally {
    nodes: Vec<AtomicU8>,
}

impl Tally {
    /// Marks a way.
    pub(super) fn mark(&self, id: NodeId, way: Way) {
        if let Some(node) = self.nodes.get(id as usize) {
            node.fetch_or(way.bit(), Ordering::Relaxed);
        }
    }

    /// Whether a way was gone.
    pub fn has(&self, branch: &Branch) -> bool {
        let gone = |id: &NodeId| {
            let node = self.nodes.get(*id as usize);
            node.is_some_and(|node| node.load(Ordering::Relaxed) & branch.way.bit() != 0)
        };
        branch.nodes.iter().any(gone)
    }

    /// Forgets all of it.
    pub fn clear(&self) {
        self.nodes.iter().for_each(|node| node.store(0, Ordering::Relaxed));
    }
}

impl Form {
    /// Makes the form ready to run again, so that whatever is evaluated from now on is marked in the tally.
    pub fn watch(&mut self) -> Arc<Tally> {
        let nodes = self.nodes.iter().map(|_| AtomicU8::new(0)).collect();
        let tally = Arc::new(Tally { nodes });
        self.code = Code::marking(self, &tally);
        tally
    }

    /// The ways of all expressions but some, in the order of files and places. Of `conditions` it is asked as a whole whether
    /// they hold, of others only inside. What is `certain` to be there is never missing.
    pub fn branches(
        &self,
        conditions: &[&Expression],
        except: &[&Expression],
        certain: &dyn Fn(Read) -> bool,
    ) -> Vec<Branch> {
        let among = |expressions: &[&Expression], number| expressions.iter().any(|one| one.number as usize == number);
        let mut found = Search { form: self, certain, seen: vec![false; self.nodes.len()], branches: BTreeMap::new() };
        for (number, root) in self.roots.iter().enumerate() {
            if !among(except, number) {
                found.visit(*root, among(conditions, number));
            }
        }
        found.branches.into_values().collect()
    }
}

impl Form {
    /// The expressions and functions, as ways that are gone when they are worked out. The place is all that they span.
    pub fn entries(&self) -> Vec<Branch> {
        let functions = self.functions.iter().map(|function| function.body);
        let starts = self.roots.iter().copied().chain(functions);
        let entry = |id| Some(Branch { place: self.extent(id)?, way: Way::Entered, nodes: vec![id] });
        starts.filter_map(entry).collect()
    }
}

/// A branch by its file, its place and its way.
type Spot = (String, usize, usize, Way);

struct Search<'f> {
    form: &'f Form,
    certain: &'f dyn Fn(Read) -> bool,
    seen: Vec<bool>,
    branches: BTreeMap<Spot, Branch>,
}

impl Search<'_> {
    /// Looks through a node; `asked` says that whether it holds decides something.
    fn visit(&mut self, id: NodeId, asked: bool) {
        match self.seen.get_mut(id as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => return,
        }
        let form = self.form;
        match form.node(id) {
            Node::All(parts) | Node::Any(parts) => form.run(parts).iter().for_each(|part| self.visit(*part, true)),
            // `x != ()`, which is one question.
            Node::Not(inner) if matches!(form.node(inner), Node::IsNothing(_)) => {
                self.add(id, Way::Holds);
                if !self.is_there(inner) {
                    self.add(id, Way::Fails);
                }
                form.inside(inner).into_iter().for_each(|inner| self.visit(inner, false));
            }
            Node::Not(inner) => self.visit(inner, true),
            Node::If { condition, then, otherwise } => {
                self.visit(condition, true);
                self.visit(then, asked);
                self.visit(otherwise, asked);
            }
            Node::Switch { subject, arms, otherwise } => {
                self.visit(subject, false);
                let values: Vec<NodeId> =
                    form.run(arms).chunks_exact(2).filter_map(|arm| arm.last()).copied().collect();
                for value in values.into_iter().chain([otherwise]) {
                    self.add(value, Way::Arm);
                    self.visit(value, asked);
                }
            }
            Node::Block(parts) => {
                if let Some((last, before)) = form.run(parts).split_last() {
                    for part in before {
                        self.visit(*part, false);
                    }
                    self.visit(*last, asked);
                }
            }
            node => {
                if self.is_condition(id, node, asked) {
                    if !self.is_there(id) {
                        self.add(id, Way::Holds);
                    }
                    self.add(id, Way::Fails);
                }
                form.inside(id).into_iter().for_each(|inner| self.visit(inner, false));
                if let Node::CallFunction(function, _) = node
                    && let Some(function) = form.functions.get(function as usize)
                {
                    let is_condition = form.kept.get(function.body as usize) == Some(&Kept::Boolean);
                    self.visit(function.body, is_condition);
                }
            }
        }
    }

    /// Whether a node is asked a question of its own. A figure that is only handed on asks nothing.
    fn is_condition(&self, id: NodeId, node: Node, asked: bool) -> bool {
        let is_boolean = self.form.kept.get(id as usize) == Some(&Kept::Boolean);
        let asks = match node {
            Node::Compare(..) | Node::In(..) | Node::IsNothing(_) | Node::CallBuiltin(..) | Node::CallFunction(..) => {
                true
            }
            Node::Read(Read::Presence) | Node::Boolean(_) => false,
            Node::Read(_) | Node::Local(_) => asked,
            _ => false,
        };
        is_boolean && asks
    }

    /// Whether a node asks if something is missing that never is.
    fn is_there(&self, id: NodeId) -> bool {
        let Node::IsNothing(inner) = self.form.node(id) else { return false };
        matches!(self.form.node(inner), Node::Read(read) if (self.certain)(read))
    }

    fn add(&mut self, id: NodeId, way: Way) {
        let Some(mut place) = self.form.extent(id) else { return };
        let behind = place.source.text.get(place.span.end..).unwrap_or("");
        if let Some(rest) = behind.trim_start().strip_prefix("()").filter(|_| place.text().ends_with('=')) {
            // Nothing to compare with is no node of its own.
            place.span.end = place.source.text.len() - rest.len();
        }
        let spot = (place.source.path.clone(), place.span.start, place.span.end, way);
        self.branches.entry(spot).or_insert(Branch { place, way, nodes: Vec::new() }).nodes.push(id);
    }
}
