//! What was reached while rules were compared: kinds of node, built-in functions by the type they worked on, errors by
//! where they came from. Each is counted once for a pair of rule and claim.

use std::collections::BTreeMap;

use super::{
    verdict::Class,
    world::{CLAIM, Kind},
};
use crate::{
    diagnostic::Place,
    schema::Scalar,
    script::{
        BUILTINS, Form, Read,
        builtin::Slot,
        code::Watch,
        form::{Arithmetic, Comparison, Node, NodeId},
    },
};

/// Every kind of node that the checker makes. It makes no division of whole numbers, and of a row that is always there
/// it makes `true`.
pub(super) const KINDS: [&str; 48] = [
    "nothing",
    "boolean",
    "integer",
    "decimal",
    "constant",
    "read field",
    "read field of a list",
    "read param",
    "read total",
    "read derived",
    "read table row",
    "read table cell",
    "read earlier",
    "read due total",
    "read component",
    "read award.total",
    "read award.cut",
    "local",
    "is nothing",
    "not",
    "widen",
    "negate integer",
    "negate decimal",
    "all",
    "any",
    "compare ==",
    "compare !=",
    "compare <",
    "compare <=",
    "compare >",
    "compare >=",
    "integers +",
    "integers -",
    "integers *",
    "integers %",
    "decimals +",
    "decimals -",
    "decimals *",
    "decimals /",
    "decimals %",
    "join",
    "interpolate",
    "list",
    "in",
    "call function",
    "if",
    "switch",
    "block",
];
/// The kinds that stand for statements.
pub(super) const STATEMENTS: [&str; 3] = ["set", "for", "return"];

/// Every error with where it comes from, that a rule can meet.
pub(super) const ERRORS: [(Class, &str); 34] = [
    (Class::WholeNumber, "integers +"),
    (Class::WholeNumber, "integers -"),
    (Class::WholeNumber, "integers *"),
    (Class::WholeNumber, "integers %"),
    (Class::WholeNumber, "negate integer"),
    (Class::WholeNumber, "abs"),
    (Class::WholeNumber, "idiv"),
    (Class::WholeNumber, "sum"),
    (Class::WholeNumber, "whole"),
    (Class::Digits, "decimals +"),
    (Class::Digits, "decimals -"),
    (Class::Digits, "decimals *"),
    (Class::Digits, "decimals /"),
    (Class::Digits, "sum"),
    (Class::DivisionByZero, "integers %"),
    (Class::DivisionByZero, "decimals /"),
    (Class::DivisionByZero, "decimals %"),
    (Class::DivisionByZero, "idiv"),
    (Class::Places, "round_half_even"),
    (Class::Places, "round_half_up"),
    (Class::Places, "round_half_down"),
    (Class::Places, "round_up"),
    (Class::Places, "round_down"),
    (Class::Places, "round_ceiling"),
    (Class::Places, "round_floor"),
    (Class::LeastAboveMost, "clamp"),
    (Class::Calendar, "add_days"),
    (Class::Calendar, "add_months"),
    (Class::NotDate, "date"),
    (Class::TextLength, "join"),
    (Class::TextLength, "interpolate"),
    (Class::TextLength, "upper"),
    (Class::TextLength, "lower"),
    (Class::Steps, "any"),
];

fn kind(form: &Form, node: Node) -> &'static str {
    match node {
        Node::Nothing => "nothing",
        Node::Boolean(_) => "boolean",
        Node::Integer(_) => "integer",
        Node::Decimal(_) => "decimal",
        Node::Constant(_) => "constant",
        Node::Read(read) => match read {
            Read::Presence => panic!("a row that is always there is `true`"),
            Read::Field(field) => match CLAIM[field].1 {
                Kind::Many(_) => "read field of a list",
                Kind::One(_) | Kind::Maybe(_) => "read field",
            },
            Read::Param(_) => "read param",
            Read::Total(_) => "read total",
            Read::Derived(_) => "read derived",
            Read::TableRow(_) => "read table row",
            Read::TableCell { .. } => "read table cell",
            Read::CountedOn => "read counted_on",
            Read::ReceivedFirst => "read received_first",
            Read::Earlier(_) => "read earlier",
            Read::DueTotal => "read due total",
            Read::Component(_) => "read component",
            Read::AwardTotal => "read award.total",
            Read::AwardCut => "read award.cut",
        },
        Node::Local(_) => "local",
        Node::IsNothing(_) => "is nothing",
        Node::Not(_) => "not",
        Node::Widen(_) => "widen",
        Node::NegateInteger(_) => "negate integer",
        Node::NegateDecimal(_) => "negate decimal",
        Node::All(_) => "all",
        Node::Any(_) => "any",
        Node::Compare(comparison, ..) => match comparison {
            Comparison::Equal => "compare ==",
            Comparison::Unequal => "compare !=",
            Comparison::Less => "compare <",
            Comparison::AtMost => "compare <=",
            Comparison::Greater => "compare >",
            Comparison::AtLeast => "compare >=",
        },
        Node::OnIntegers(operation, ..) => match operation {
            Arithmetic::Add => "integers +",
            Arithmetic::Subtract => "integers -",
            Arithmetic::Multiply => "integers *",
            Arithmetic::Divide => panic!("whole numbers are not divided"),
            Arithmetic::Remainder => "integers %",
        },
        Node::OnDecimals(operation, ..) => match operation {
            Arithmetic::Add => "decimals +",
            Arithmetic::Subtract => "decimals -",
            Arithmetic::Multiply => "decimals *",
            Arithmetic::Divide => "decimals /",
            Arithmetic::Remainder => "decimals %",
        },
        Node::Join(..) => "join",
        Node::Interpolate(_) => "interpolate",
        Node::List(_) => "list",
        Node::In(..) => "in",
        Node::CallBuiltin(number, _) => form.builtins[number as usize].name,
        Node::CallFunction(..) => "call function",
        Node::If { .. } => "if",
        Node::Switch { .. } => "switch",
        Node::Block(_) => "block",
        Node::Set { .. } => "set",
        Node::For { .. } => "for",
        Node::Return(_) => "return",
    }
}

/// The kinds of a form's nodes, and which were evaluated.
#[derive(Default)]
pub(super) struct Nodes {
    kinds: Vec<&'static str>,
    places: Vec<Place>,
    seen: Vec<bool>,
    /// Those marked in `seen`.
    touched: Vec<NodeId>,
}

impl Watch for Nodes {
    const ON: bool = true;

    fn node(&mut self, id: NodeId) {
        if !std::mem::replace(&mut self.seen[id as usize], true) {
            self.touched.push(id);
        }
    }
}

impl Nodes {
    pub(super) fn new(form: &Form) -> Self {
        let kinds: Vec<_> = form.nodes.iter().map(|node| kind(form, *node)).collect();
        let seen = vec![false; kinds.len()];
        Self { kinds, places: form.places.clone(), seen, touched: Vec::new() }
    }

    /// Whether a sum, difference or product of decimals was evaluated.
    pub(super) fn has_decimals(&self) -> bool {
        self.touched.iter().any(|id| matches!(self.kinds[*id as usize], "decimals +" | "decimals -" | "decimals *"))
    }

    /// The kinds evaluated since the last time.
    fn drain(&mut self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.touched.iter().map(|id| self.kinds[*id as usize]).collect();
        for id in self.touched.drain(..) {
            self.seen[id as usize] = false;
        }
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The kind of the node evaluated at this place that could fail so.
    fn origin(&self, class: Class, place: &Place) -> &'static str {
        let at = |id: &&NodeId| {
            let known = &self.places[**id as usize];
            known.span == place.span && std::sync::Arc::ptr_eq(&known.source, &place.source)
        };
        let fails = |kind: &&str| ERRORS.contains(&(class, kind));
        self.touched.iter().filter(at).map(|id| self.kinds[*id as usize]).find(fails).unwrap_or("any")
    }
}

/// Counts by what was reached.
#[derive(Debug, Clone, Default)]
pub(super) struct Census {
    pub(super) pairs: u64,
    pub(super) values: u64,
    nodes: BTreeMap<&'static str, u64>,
    builtins: BTreeMap<(usize, Option<Scalar>), u64>,
    errors: BTreeMap<(Class, &'static str), u64>,
}

impl Census {
    /// Counts a pair: the nodes it evaluated, the functions that Rhai called, and how it failed.
    pub(super) fn count(
        &mut self,
        nodes: &mut Nodes,
        called: &[(usize, Option<Scalar>)],
        failure: Option<(Class, &Place)>,
    ) {
        self.pairs += 1;
        match failure {
            Some((class, place)) => *self.errors.entry((class, nodes.origin(class, place))).or_default() += 1,
            None => self.values += 1,
        }
        for kind in nodes.drain() {
            *self.nodes.entry(kind).or_default() += 1;
        }
        for (number, scalar) in called {
            *self.builtins.entry((*number, *scalar)).or_default() += 1;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.pairs += other.pairs;
        self.values += other.values;
        other.nodes.iter().for_each(|(key, count)| *self.nodes.entry(key).or_default() += count);
        other.builtins.iter().for_each(|(key, count)| *self.builtins.entry(*key).or_default() += count);
        other.errors.iter().for_each(|(key, count)| *self.errors.entry(*key).or_default() += count);
    }

    /// Everything that there is to reach, with how often it was.
    pub(super) fn rows(&self) -> Vec<(String, u64)> {
        let mut rows = Vec::new();
        let count = |map: &BTreeMap<&'static str, u64>, key: &str| map.get(key).copied().unwrap_or(0);
        for kind in KINDS.iter().chain(&STATEMENTS) {
            rows.push((format!("node     {kind}"), count(&self.nodes, kind)));
        }
        for (number, builtin) in BUILTINS.iter().enumerate() {
            let over =
                if builtin.over.is_empty() { vec![None] } else { builtin.over.iter().copied().map(Some).collect() };
            for scalar in over {
                let words: Vec<&str> = builtin.parameters.iter().map(|(_, slot)| word(*slot, scalar)).collect();
                let reached = self.builtins.get(&(number, scalar)).copied().unwrap_or(0);
                rows.push((format!("built-in {}({})", builtin.name, words.join(", ")), reached));
            }
        }
        let mut errors: BTreeMap<(Class, &str), u64> = ERRORS.iter().map(|error| (*error, 0)).collect();
        errors.insert((Class::Bytes, "any"), 0);
        errors.extend(&self.errors);
        rows.extend(
            errors.into_iter().map(|((class, origin), count)| (format!("error    {class:?}: {origin}"), count)),
        );
        rows
    }
}

fn word(slot: Slot, scalar: Option<Scalar>) -> &'static str {
    match (slot, scalar) {
        (Slot::Is(kind), _) => kind.scalar().unwrap().name(),
        (Slot::T, Some(scalar)) => scalar.name(),
        (Slot::OptionalT, Some(Scalar::Boolean)) => "optional boolean",
        (Slot::OptionalT, Some(Scalar::Integer)) => "optional integer",
        (Slot::OptionalT, Some(Scalar::Decimal)) => "optional decimal",
        (Slot::OptionalT, Some(Scalar::Text)) => "optional text",
        (Slot::OptionalT, Some(Scalar::Date)) => "optional date",
        (Slot::ListOfT, Some(Scalar::Boolean)) => "booleans",
        (Slot::ListOfT, Some(Scalar::Integer)) => "integers",
        (Slot::ListOfT, Some(Scalar::Decimal)) => "decimals",
        (Slot::ListOfT, Some(Scalar::Text)) => "texts",
        (Slot::ListOfT, Some(Scalar::Date)) => "dates",
        (_, None) => "T",
    }
}
