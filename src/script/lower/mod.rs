//! From Rhai's syntax tree to the typed form: every name, type and call is checked on the way.

mod call;
mod choice;
mod constant;
mod expression;
mod fact;
mod imply;
mod local;
mod operator;
mod question;
mod remark;
mod review;
mod statement;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    code,
    form::{Children, Expression, Form, Kept, Node, NodeId, Part, Read, Template},
    limit,
    parse::{Scripts, parse_expression},
    vocabulary::Vocabulary,
};
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Fragment, Place},
    schema::{Base, Scalar, Type},
};

pub use fact::Facts;
use fact::Known;
use local::{Local, Slot};
use remark::Remarks;

/// What an expression of the definition must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// Something a key can be made of: any scalar, also an optional one.
    Key,
    /// Anything that can be printed.
    Printable,
    /// Any value.
    Any,
}

/// Checks expressions against a vocabulary and lowers them into one form.
#[derive(Debug)]
pub struct Checker<'s> {
    scripts: &'s Scripts,
    form: Form,
    /// `None` for one with errors, which were reported: it isn't checked again at every call.
    instances: BTreeMap<InstanceKey, Option<Instance>>,
    called: BTreeSet<(String, usize)>,
    remarks: Remarks,
}

/// What a function is checked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct InstanceKey {
    name: String,
    /// The types of its arguments.
    kinds: Vec<Type>,
    /// Which of them are figures with declared choices.
    figures: Vec<Option<Read>>,
    /// What is known of the program's figures where it is called.
    facts: Facts,
}

/// A function checked for one key.
#[derive(Debug, Clone)]
struct Instance {
    function: u32,
    kind: Type,
    reads: Vec<(String, Read)>,
    /// Nodes that a call may evaluate.
    cost: usize,
}

/// A node with its type.
#[derive(Debug, Clone, Copy)]
struct Typed {
    id: NodeId,
    kind: Type,
}

/// What is known while one expression or function body is lowered. `None` from a method means: already reported.
struct Body<'c, 's> {
    checker: &'c mut Checker<'s>,
    vocabulary: &'c Vocabulary,
    findings: &'c mut Findings,
    fragment: &'c Fragment,
    /// The functions being lowered, outermost first; empty in an expression of the definition.
    callers: Vec<(String, usize)>,
    locals: Vec<Local>,
    /// Locals whose value is wrong, so that nothing more can be said of them.
    untyped: BTreeSet<String>,
    slots: Vec<Slot>,
    facts: Facts,
    returns: Vec<(Type, Place)>,
    /// Names that the body assigns somewhere.
    assigned: BTreeSet<String>,
    reads: Vec<(String, Read)>,
    /// Nodes that it may evaluate, with those of the functions that it calls.
    cost: usize,
}

impl<'s> Checker<'s> {
    /// A checker for a program with these scripts.
    pub fn new(scripts: &'s Scripts) -> Self {
        let (form, remarks) = (Form::new(), Remarks::default());
        Self { scripts, form, instances: BTreeMap::new(), called: BTreeSet::new(), remarks }
    }

    /// Checks an expression. Comes back with it and what is known where it holds, if it is a condition.
    pub fn expression(
        &mut self,
        fragment: &Fragment,
        vocabulary: &Vocabulary,
        wanted: Wanted,
        facts: &Facts,
        findings: &mut Findings,
    ) -> Option<(Expression, Facts)> {
        let parsed = match parse_expression(fragment) {
            Ok(parsed) => parsed,
            Err(diagnostic) => {
                findings.add(*diagnostic);
                return None;
            }
        };
        let mut body = Body::new(self, vocabulary, findings, fragment, facts.clone());
        let (typed, established) = body.condition_or_value(&parsed)?;
        let typed = body.convert_to_wanted(typed, wanted)?;
        body.review(typed.id);
        let (slots, reads) = (body.slot_count(), std::mem::take(&mut body.reads));
        let number = body.checker.add_root(typed.id);
        let read = if let Node::Read(read) = body.node(typed.id) { Some(read) } else { None };
        let expression =
            Expression { number, root: typed.id, slots, kind: typed.kind, place: fragment.place(), reads, read };
        Some((expression, established))
    }

    /// Checks a message with expressions in braces.
    pub fn template(
        &mut self,
        fragment: &Fragment,
        vocabulary: &Vocabulary,
        facts: &Facts,
        findings: &mut Findings,
    ) -> Option<Template> {
        let text = fragment.text();
        let (mut parts, mut from) = (Vec::new(), 0);
        while let Some(open) = text.get(from..).and_then(|rest| rest.find('{')) {
            let open = from + open;
            let Some(length) = text.get(open..).and_then(|rest| rest.find('}')) else {
                let place = fragment.range(open, open + 1);
                let finding = Diagnostic::error(Code::ScriptSyntax, &place, "this brace isn't closed");
                findings.add(finding.help("an expression in a message stands in braces: `{claim.sale_date}`"));
                return None;
            };
            parts.push(Part::Text(text.get(from..open).unwrap_or("").to_owned()));
            let inner = text.get(open + 1..open + length).unwrap_or("");
            let piece = Fragment::of(&fragment.range(open + 1, open + length), inner);
            let (expression, _) = self.expression(&piece, vocabulary, Wanted::Printable, facts, findings)?;
            parts.push(Part::Value(expression));
            from = open + length + 1;
        }
        parts.push(Part::Text(text.get(from..).unwrap_or("").to_owned()));
        Some(Template { parts })
    }

    /// Reports what was found in rules that are right by their types, once all of them are checked.
    pub fn report_remarks(&self, findings: &mut Findings) {
        self.remarks.report(findings);
    }

    /// The finished form. Functions that nothing calls are reported.
    pub fn finish(mut self, findings: &mut Findings) -> Form {
        for ((name, count), function) in self.scripts.all() {
            if !self.called.contains(&(name.clone(), *count)) {
                let message = format!("function `{name}` is never called, so its body isn't checked");
                findings.add(Diagnostic::warning(Code::UnusedFunction, &function.place, message));
            }
        }
        self.form.weigh_functions();
        self.form.code = code::Code::of(&self.form);
        self.form
    }

    /// The number of the expression that starts from a node.
    fn add_root(&mut self, root: NodeId) -> u32 {
        self.form.roots.push(root);
        // INVARIANT: there are no more expressions than nodes.
        u32::try_from(self.form.roots.len() - 1).unwrap_or(u32::MAX)
    }

    fn add(&mut self, node: Node, kind: Type, place: &Place) -> NodeId {
        // INVARIANT: `Body::add` refuses to grow beyond MAX_NODES, which fits.
        let id = u32::try_from(self.form.nodes.len()).unwrap_or(NodeId::MAX);
        self.form.nodes.push(node);
        self.form.kept.push(Kept::from(kind));
        self.form.places.push(place.clone());
        id
    }
}

impl<'c, 's> Body<'c, 's> {
    fn new(
        checker: &'c mut Checker<'s>,
        vocabulary: &'c Vocabulary,
        findings: &'c mut Findings,
        fragment: &'c Fragment,
        facts: Facts,
    ) -> Self {
        Self {
            checker,
            vocabulary,
            findings,
            fragment,
            callers: Vec::new(),
            locals: Vec::new(),
            untyped: BTreeSet::new(),
            slots: Vec::new(),
            facts,
            returns: Vec::new(),
            assigned: BTreeSet::new(),
            reads: Vec::new(),
            cost: 0,
        }
    }

    fn add(&mut self, node: Node, kind: Type, place: &Place) -> Option<Typed> {
        if self.checker.form.nodes.len() >= limit::MAX_NODES {
            let message = format!("the rules have more than {} nodes", limit::MAX_NODES);
            return self.report(Diagnostic::error(Code::TooLarge, place, message));
        }
        self.cost += 1;
        Some(Typed { id: self.checker.add(node, kind, place), kind })
    }

    fn children(&mut self, ids: &[NodeId]) -> Children {
        let list = &mut self.checker.form.children;
        let start = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.extend(ids);
        Children { start, count: u32::try_from(ids.len()).unwrap_or(u32::MAX) }
    }

    fn report<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.findings.add(diagnostic);
        None
    }

    fn read(&mut self, name: String, read: Read) {
        if read != Read::Presence && !self.reads.iter().any(|(_, known)| *known == read) {
            self.reads.push((name, read));
        }
    }

    fn place_of(&self, id: NodeId) -> Place {
        self.checker.form.places.get(id as usize).cloned().unwrap_or_else(|| self.fragment.place())
    }

    fn node(&self, id: NodeId) -> Node {
        self.checker.form.node(id)
    }

    fn slot_count(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    /// What a node can be known by in [`Facts`].
    fn known(&self, id: NodeId) -> Option<Known> {
        match self.node(id) {
            Node::Read(read) => Some(Known::Read(read)),
            Node::Local(slot) => {
                let fixed = self.locals.iter().any(|local| local.slot == slot && local.fixed);
                fixed.then_some(Known::Local(slot))
            }
            _ => None,
        }
    }

    fn convert_to_wanted(&mut self, typed: Typed, wanted: Wanted) -> Option<Typed> {
        let fits = match wanted {
            Wanted::Boolean => typed.kind == Type::BOOLEAN,
            Wanted::Number => typed.kind.is_number(),
            Wanted::Key => matches!(typed.kind, Type::Some(Base::Scalar(_)) | Type::Optional(Base::Scalar(_))),
            Wanted::Printable => !matches!(
                typed.kind,
                Type::Never | Type::Nothing | Type::Some(Base::Row(_)) | Type::Optional(Base::Row(_))
            ),
            Wanted::Any => !matches!(typed.kind, Type::Never | Type::Nothing),
        };
        if fits {
            return Some(typed);
        }
        let expected = match wanted {
            Wanted::Boolean => "a condition, true or false, is expected",
            Wanted::Number => "a number is expected",
            Wanted::Key => "a key is made of single values: text, a number, a date, true or false",
            _ => "a value is expected",
        };
        self.wrong_type(typed, expected)
    }

    fn wrong_type<T>(&mut self, typed: Typed, expected: &str) -> Option<T> {
        let place = self.place_of(typed.id);
        if let Type::Optional(base) = typed.kind
            && (expected.contains(&base.to_string()) || expected.contains("number"))
        {
            return self.maybe_empty(typed);
        }
        let message = format!("{expected}, and this is {}", article(typed.kind));
        self.report(Diagnostic::error(Code::WrongType, &place, message).labelled(article(typed.kind)))
    }

    fn maybe_empty<T>(&mut self, typed: Typed) -> Option<T> {
        let place = self.place_of(typed.id);
        let name = place.text().to_owned();
        let local = match self.node(typed.id) {
            Node::Local(slot) => self.locals.iter().find(|local| local.slot == slot),
            _ => None,
        };
        let (message, help) = match self.node(typed.id) {
            Node::Local(_) if local.is_some_and(|local| !local.fixed) => (
                format!("`{name}` may be empty"),
                format!(
                    "it is assigned elsewhere, so a test of it proves nothing: copy it (`let y = {name};`) and test the copy"
                ),
            ),
            Node::Local(_) | Node::Read(_) => (
                format!("`{name}` may be empty"),
                format!("test it first: `{name} != () && …`, or `if {name} == () {{ return …; }}` in a function"),
            ),
            Node::If { .. } => ("this `if` may give nothing".to_owned(), "add an `else` with a value".to_owned()),
            _ => (
                "this value may be empty".to_owned(),
                "say what stands for an empty one: `or_else(…, 0.0)`; or keep it with `let` and test it".to_owned(),
            ),
        };
        let finding = Diagnostic::error(Code::MaybeEmpty, &place, message);
        self.report(finding.labelled(article(typed.kind)).help(help))
    }

    /// Whether a value is certainly there; reports it if not.
    fn present(&mut self, typed: Typed) -> Option<Typed> {
        match typed.kind {
            Type::Optional(_) => self.maybe_empty(typed),
            Type::Nothing | Type::Never => self.wrong_type(typed, "a value is expected"),
            Type::Some(_) => Some(typed),
        }
    }
}

/// A type with its article, as messages say it.
fn article(kind: Type) -> String {
    match kind {
        Type::Never | Type::Nothing => "nothing".to_owned(),
        Type::Some(Base::Scalar(Scalar::Text)) => "text".to_owned(),
        Type::Some(Base::Scalar(Scalar::Boolean)) => "true or false (a boolean)".to_owned(),
        Type::Some(Base::Scalar(Scalar::Integer)) => "a whole number (integer)".to_owned(),
        Type::Some(Base::Scalar(Scalar::Decimal)) => "a decimal number".to_owned(),
        Type::Optional(_) => format!("an {kind}"),
        Type::Some(_) => format!("a {kind}"),
    }
}
