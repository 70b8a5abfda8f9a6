//! The typed form: a flat, immutable program of typed nodes. Checking builds it; evaluation runs it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    builtin::Builtin,
    code::{Code, Unwatched},
};
use crate::{claim::Constant, diagnostic::Place, money::Decimal, schema::Type};

/// Where a figure of the program is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// A row that is always there, named as a whole; it carries no value of its own.
    Presence,
    /// A field of the claim.
    Field(usize),
    /// A param in force on the claim's date.
    Param(usize),
    /// A total over the claims decided before.
    Total(usize),
    /// A derived figure.
    Derived(usize),
    /// Whether a table has a row for the claim, or the figure that it gives.
    TableRow(usize),
    /// A cell of that row, or the list of the cells of a column.
    TableCell {
        /// The table.
        table: usize,
        /// The column.
        column: usize,
    },
    /// The date by which the claim is decided.
    CountedOn,
    /// When the claim was received first.
    ReceivedFirst,
    /// What an earlier program awarded to the claim.
    Earlier(usize),
    /// A component of the award.
    Component(usize),
    /// The total on which something is due.
    DueTotal,
    /// The award after limits.
    AwardTotal,
    /// What limits took.
    AwardCut,
}

/// A node of a [`Form`], by its number.
pub(super) type NodeId = u32;

/// Consecutive children of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Children {
    pub(super) start: u32,
    pub(super) count: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// What a node comes to, as far as evaluation goes by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Boolean,
    Integer,
    Decimal,
    Text,
    /// Anything else, or perhaps nothing.
    Other,
}

impl From<Type> for Kept {
    fn from(kind: Type) -> Self {
        match kind {
            Type::BOOLEAN => Self::Boolean,
            Type::INTEGER => Self::Integer,
            Type::DECIMAL => Self::Decimal,
            Type::TEXT => Self::Text,
            _ => Self::Other,
        }
    }
}

/// What both sides of a comparison are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Integers,
    Numbers,
    Texts,
    Dates,
    Others,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Node {
    Nothing,
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    Constant(u32),
    Read(Read),
    Local(u32),
    IsNothing(NodeId),
    Not(NodeId),
    Widen(NodeId),
    NegateInteger(NodeId),
    NegateDecimal(NodeId),
    All(Children),
    Any(Children),
    Compare(Comparison, Compared, NodeId, NodeId),
    OnIntegers(Arithmetic, NodeId, NodeId),
    OnDecimals(Arithmetic, NodeId, NodeId),
    Join(NodeId, NodeId),
    Interpolate(Children),
    List(Children),
    In(NodeId, NodeId),
    CallBuiltin(u32, Children),
    CallFunction(u32, Children),
    If {
        condition: NodeId,
        then: NodeId,
        otherwise: NodeId,
    },
    /// Its arms are pairs of a literal and a value.
    Switch {
        subject: NodeId,
        arms: Children,
        otherwise: NodeId,
    },
    Block(Children),
    Set {
        slot: u32,
        value: NodeId,
    },
    For {
        slot: u32,
        counter: u32,
        list: NodeId,
        body: NodeId,
    },
    Return(NodeId),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Function {
    pub(super) body: NodeId,
    pub(super) slots: u32,
}

/// The typed rules of a program.
#[derive(Debug, Default)]
pub struct Form {
    pub(super) nodes: Vec<Node>,
    /// What each node comes to, by its number.
    pub(super) kept: Vec<Kept>,
    pub(super) places: Vec<Place>,
    pub(super) children: Vec<NodeId>,
    pub(super) constants: Vec<Constant>,
    pub(super) functions: Vec<Function>,
    pub(super) builtins: Vec<Arc<Builtin>>,
    /// The node that each expression starts from, by its number.
    pub(super) roots: Vec<NodeId>,
    /// All of it, ready to run.
    pub(super) code: Code<Unwatched>,
    /// The most values of each list that is read.
    pub(super) lists: BTreeMap<Read, usize>,
    /// The most values of any list.
    pub(super) longest_list: usize,
    /// The most nodes that a call of each function evaluates.
    pub(super) function_costs: Vec<usize>,
}

impl Form {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// The functions of an embedder's own that its rules call, as messages write them, in the order of the alphabet.
    pub fn own_functions(&self) -> Vec<String> {
        let own = self.builtins.iter().filter(|builtin| builtin.is_own());
        own.map(|builtin| builtin.signature()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// How many nodes there are.
    pub fn size(&self) -> usize {
        self.nodes.len()
    }
}

/// An expression of a program, checked.
#[derive(Debug, Clone)]
pub struct Expression {
    /// Its number in the form.
    pub(super) number: u32,
    pub(super) root: NodeId,
    pub(super) slots: u32,
    pub(super) kind: Type,
    pub(super) place: Place,
    pub(super) reads: Vec<(String, Read)>,
    /// The figure that it is, where nothing is worked out.
    pub(super) read: Option<Read>,
}

impl Expression {
    /// Its type.
    pub fn kind(&self) -> Type {
        self.kind
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The figures that it or a function it calls may look at, by the names that rules give them, in order of reading.
    pub fn reads(&self) -> &[(String, Read)] {
        &self.reads
    }

    /// Whether it looks at nothing, so that it has the same value for every claim.
    pub fn is_constant(&self) -> bool {
        self.reads.is_empty()
    }

    /// The figure that it is, where nothing is worked out.
    pub fn figure(&self) -> Option<Read> {
        self.read
    }

    /// Whether it is the figure that it reads, and nothing is worked out.
    pub fn is_read(&self) -> bool {
        self.read.is_some()
    }
}

/// A message with expressions in braces.
#[derive(Debug, Clone, Default)]
pub struct Template {
    pub(super) parts: Vec<Part>,
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Text(String),
    Value(Expression),
}

impl Template {
    /// A message without expressions.
    pub fn fixed(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())] }
    }

    /// The expressions in the message.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(expression) => Some(expression),
            Part::Text(_) => None,
        })
    }
}
