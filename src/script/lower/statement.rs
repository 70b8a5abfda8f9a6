//! Statements: `let`, assignment, `if`, `switch`, `for`, `return` and blocks.

use std::collections::BTreeSet;

use rhai::{
    ASTFlags, ASTNode, Expr, FlowControl, FnCallExpr, Ident, OpAssignment, Position, Stmt, SwitchCasesCollection,
};

use super::{Body, Slot, Type, Typed, article, local::Scope};
use crate::{
    claim::Constant,
    diagnostic::{Code, Diagnostic, Place},
    schema::{Base, Scalar},
    script::form::{Node, NodeId},
};

impl Body<'_, '_> {
    /// A function's statements; its type is that of the last one and of every `return`.
    pub(super) fn function_body(&mut self, statements: &[Stmt], place: &Place) -> Option<Typed> {
        let typed = self.block(statements, true)?;
        let mut kind = typed.kind;
        for (returned, at) in std::mem::take(&mut self.returns) {
            kind = match kind.join(returned) {
                Some(joined) => joined,
                None => return self.branch_types(kind, place, returned, &at, "the function returns"),
            };
        }
        Some(Typed { kind, ..typed })
    }

    fn branch_types<T>(&mut self, one: Type, at: &Place, other: Type, and: &Place, what: &str) -> Option<T> {
        let finding = Diagnostic::error(Code::BranchTypes, and, format!("{what} values of different types"));
        let finding = finding.labelled(article(other)).and(at, article(one));
        let numbers = one.is_number() && other.is_number();
        self.report(if numbers { finding.help("write whole numbers as decimals: `0.0`") } else { finding })
    }

    /// Statements in a scope of their own. `used` says whether the value of the last one is.
    pub(super) fn block(&mut self, statements: &[Stmt], used: bool) -> Option<Typed> {
        let (locals, mut kind, mut ids, mut complete) = (self.locals.len(), Type::Nothing, Vec::new(), true);
        let mut returned = None;
        for (index, statement) in statements.iter().enumerate() {
            if let Some(id) = returned.take().filter(|_| !matches!(statement, Stmt::Noop(_))) {
                self.unreachable(statement, id);
            }
            match self.statement(statement, used && index + 1 == statements.len()) {
                Some(typed) => {
                    returned = (typed.kind == Type::Never).then_some(typed.id);
                    kind = if kind == Type::Never { Type::Never } else { typed.kind };
                    ids.push(typed.id);
                }
                None => complete = false,
            }
        }
        self.leave(locals, complete, Scope::Block);
        if !complete {
            return None;
        }
        match ids.as_slice() {
            [only] => Some(Typed { id: *only, kind }),
            _ => {
                let place = ids.last().map_or_else(|| self.fragment.place(), |id| self.place_of(*id));
                let children = self.children(&ids);
                self.add(Node::Block(children), kind, &place)
            }
        }
    }

    fn unreachable(&mut self, statement: &Stmt, returned: NodeId) {
        let position = match statement {
            Stmt::Expr(parsed) => start(parsed),
            Stmt::FnCall(call, position) => operand(call).map_or(*position, start),
            Stmt::Assignment(parts) => start(&parts.1.lhs),
            other => other.position(),
        };
        let finding = Diagnostic::warning(Code::Unreachable, &self.place(position), "this is never reached");
        let finding = finding.and(&self.place_of(returned), "this returns in every case");
        self.findings.add(finding.help("remove what stands behind it, or return only under a condition"));
    }

    fn statement(&mut self, statement: &Stmt, used: bool) -> Option<Typed> {
        let place = self.place(statement.position());
        match statement {
            Stmt::Noop(_) => self.add(Node::Nothing, Type::Nothing, &place),
            Stmt::Expr(parsed) => match &**parsed {
                Expr::Stmt(block) => self.block(block.statements(), used),
                parsed => self.value(parsed),
            },
            Stmt::FnCall(call, _) => self.call(call, &place),
            Stmt::Block(block) => self.block(block.statements(), used),
            Stmt::If(flow, _) => self.branch(flow, used, &place),
            Stmt::Switch(switch, _) => self.switch(&switch.0, &switch.1, used, &place),
            Stmt::Var(parts, flags, _) => self.let_local(&parts.0, &parts.1, flags.contains(ASTFlags::CONSTANT)),
            Stmt::Assignment(parts) => self.assign(&parts.0, &parts.1.lhs, &parts.1.rhs, &place),
            Stmt::For(parts, _) => self.each(&parts.0, parts.1.as_ref(), &parts.2, &place),
            Stmt::Return(value, flags, _) if !flags.contains(ASTFlags::BREAK) => {
                self.give_back(value.as_deref(), &place)
            }
            other => self.no_statement(other, &place),
        }
    }

    fn no_statement<T>(&mut self, statement: &Stmt, place: &Place) -> Option<T> {
        let (what, remedy) = match statement {
            Stmt::While(..) | Stmt::Do(..) => {
                ("`while`, `loop` or `do`", "use `for` over a list, so that every rule ends")
            }
            Stmt::BreakLoop(..) => {
                ("`break` or `continue`", "put the condition into an `if`, or `return` from a function")
            }
            Stmt::TryCatch(..) => ("`try`", "a rule that fails holds its claim; test before it can fail"),
            Stmt::Return(..) => ("`throw`", "give back a value that the definition can judge"),
            _ => ("statements of this kind", "see `docs/language.md` for what rules can do"),
        };
        self.report(Diagnostic::error(Code::NotCovered, place, format!("rules have no {what}")).help(remedy))
    }

    fn branch(&mut self, flow: &FlowControl, used: bool, place: &Place) -> Option<Typed> {
        let (condition, branches) = self.condition(&flow.expr)?;
        if condition.kind != Type::BOOLEAN {
            return self.wrong_type(condition, "a condition, true or false, is expected");
        }
        self.facts = branches.holds;
        let then = self.block(flow.body.statements(), used);
        let after_then = std::mem::replace(&mut self.facts, branches.fails);
        let otherwise = self.block(flow.branch.statements(), used);
        let after_otherwise = std::mem::take(&mut self.facts);
        let (then, otherwise) = (then?, otherwise?);
        self.facts = match (then.kind, otherwise.kind) {
            (Type::Never, _) => after_otherwise,
            (_, Type::Never) => after_then,
            _ => after_then.or(&after_otherwise),
        };
        let kind = match then.kind.join(otherwise.kind) {
            Some(kind) => kind,
            None if !used => Type::Nothing,
            None => {
                let (at, and) = (self.place_of(then.id), self.place_of(otherwise.id));
                return self.branch_types(then.kind, &at, otherwise.kind, &and, "the branches give");
            }
        };
        let node = Node::If { condition: condition.id, then: then.id, otherwise: otherwise.id };
        self.add(node, kind, place)
    }

    fn switch(&mut self, subject: &Expr, cases: &SwitchCasesCollection, used: bool, place: &Place) -> Option<Typed> {
        let subject = self.value(subject)?;
        let subject = self.present(subject)?;
        if !matches!(subject.kind.scalar(), Some(Scalar::Integer | Scalar::Text | Scalar::Boolean)) {
            return self.wrong_type(subject, "a `switch` looks at text, a whole number, or true or false");
        }
        let Some(default) = cases.def_case.and_then(|number| cases.expressions.get(number)) else {
            let finding = Diagnostic::error(Code::SwitchCases, place, "the `switch` has no `_` case");
            return self.report(finding.help("say what happens to every other value: `_ => …`"));
        };
        if !cases.ranges.is_empty() {
            let finding = Diagnostic::error(Code::SwitchCases, place, "a `switch` of rules has no ranges");
            return self.report(finding.help("use `if`, or bands in the definition"));
        }
        let before = self.facts.clone();
        let otherwise = self.arm(&default.rhs, used)?;
        let (mut arms, mut kind) = (Vec::new(), otherwise.kind);
        for (literal, value) in self.literals(cases, subject, place)? {
            self.facts = before.clone();
            let value_start = value.start_position();
            let value = self.arm(&value, used)?;
            kind = match kind.join(value.kind) {
                Some(kind) => kind,
                None if !used => Type::Nothing,
                None => {
                    let (at, and) = (self.place_of(otherwise.id), self.place_of(value.id));
                    return self.branch_types(kind, &at, value.kind, &and, "the cases give");
                }
            };
            let at = self.case_place(&literal, place, value_start);
            let literal = self.constant(literal, subject.kind, &at)?;
            arms.extend([literal.id, value.id]);
        }
        self.facts = before;
        let arms = self.children(&arms);
        self.add(Node::Switch { subject: subject.id, arms, otherwise: otherwise.id }, kind, place)
    }

    /// Where the text of a case stands, of which Rhai keeps no position: behind the `switch` and before its value.
    fn case_place(&self, literal: &Constant, switch: &Place, value: Position) -> Place {
        let (value, start) = (self.place(value), switch.span.start);
        let Constant::Text(text) = literal else { return value };
        let written = format!("\"{text}\"");
        let before = value.source.text.get(start..value.span.start).unwrap_or("");
        let found = before.rfind(&written).map(|at| start + at);
        found.map_or(value.clone(), |at| Place::new(&value.source, at..at + written.len()))
    }

    /// What a case gives, or does where nothing uses it.
    fn arm(&mut self, value: &Expr, used: bool) -> Option<Typed> {
        match value {
            Expr::Stmt(block) => self.block(block.statements(), used),
            value => self.value(value),
        }
    }

    /// The literal of each case with its value, in the order of the cases.
    fn literals(
        &mut self,
        cases: &SwitchCasesCollection,
        subject: Typed,
        place: &Place,
    ) -> Option<Vec<(Constant, Expr)>> {
        let mut numbered = Vec::new();
        #[expect(clippy::iter_over_hash_type, reason = "the cases are sorted right after")]
        for case in cases.cases.values() {
            numbered.extend(case.blocks.iter().map(|number| (*number, case.value.clone())));
        }
        numbered.sort_by_key(|(number, _)| *number);
        let mut literals = Vec::new();
        for (number, literal) in numbered {
            let arm = cases.expressions.get(number)?;
            if !matches!(arm.lhs, Expr::BoolConstant(true, _)) {
                let finding = Diagnostic::error(Code::SwitchCases, place, "a case of a rule has no condition");
                return self.report(finding.help("use `if` inside the case"));
            }
            let constant = match subject.kind.scalar() {
                Some(Scalar::Integer) => literal.as_int().ok().map(Constant::Integer),
                Some(Scalar::Boolean) => literal.as_bool().ok().map(Constant::Boolean),
                _ => literal.into_string().ok().map(|text| Constant::Text(text.into())),
            };
            let Some(constant) = constant else {
                let at = self.place(arm.rhs.start_position());
                let message = format!("this case can't match {}", article(subject.kind));
                let finding = Diagnostic::error(Code::SwitchCases, &at, message);
                return self.report(finding.help("cases are literals of the type that the `switch` looks at"));
            };
            if literals.iter().any(|(other, _)| *other == constant) {
                let at = self.place(arm.rhs.start_position());
                let finding = Diagnostic::error(Code::SwitchCases, &at, "this case stands above already");
                return self.report(finding.help("remove or change one of the two: only the first would count"));
            }
            literals.push((constant, arm.rhs.clone()));
        }
        Some(literals)
    }

    fn let_local(&mut self, name: &Ident, value: &Expr, constant: bool) -> Option<Typed> {
        let place = self.place(name.pos);
        let typed = self.value(value);
        self.free_name(&name.name, &place)?;
        let Some(typed) = typed else {
            self.untyped.insert(name.name.to_string());
            return None;
        };
        if matches!(typed.kind, Type::Nothing | Type::Never) {
            let finding = Diagnostic::error(Code::WrongType, &place, format!("`{}` has no value", name.name));
            return self
                .report(finding.help("give it its value where it is declared: `let x = if … { a } else { b };`"));
        }
        let figure = self.figure(typed.id);
        let slot = self.declare(&name.name, &place, typed.kind, constant, figure);
        self.add(Node::Set { slot, value: typed.id }, Type::Nothing, &place)
    }

    fn free_name(&mut self, name: &str, place: &Place) -> Option<()> {
        let local = self.locals.iter().any(|local| local.name == name);
        if local || self.callers.is_empty() && self.vocabulary.name(name).is_some() {
            let finding = Diagnostic::error(Code::LocalName, place, format!("`{name}` already has a meaning here"));
            return self.report(finding.help("give the local another name"));
        }
        Some(())
    }

    fn assign(&mut self, sign: &OpAssignment, target: &Expr, value: &Expr, place: &Place) -> Option<Typed> {
        let target_place = self.place(target.start_position());
        let Expr::Variable(name, _, _) = target else {
            let finding = Diagnostic::error(Code::NotCovered, &target_place, "only a local can be assigned");
            return self.report(finding.help("rules change nothing but their own locals"));
        };
        if self.untyped.contains(name.1.as_str()) {
            self.value(value);
            return None;
        }
        let Some(local) = self.locals.iter().rev().find(|local| local.name == name.1.as_str()).cloned() else {
            let finding =
                Diagnostic::error(Code::UnknownName, &target_place, format!("there is no local `{}`", name.1));
            return self.report(finding.help(format!("declare it first: `let {} = …`", name.1)));
        };
        if local.constant {
            let finding = Diagnostic::error(Code::LocalName, &target_place, format!("`{}` is a constant", name.1));
            return self.report(finding.help("declare it with `let` if it changes"));
        }
        let mut typed = self.value(value)?;
        if let Some((_, _, _, _, _, symbol)) = sign.get_op_assignment_info() {
            let used = self.local(&name.1).is_some_and(|local| local.used);
            let left = self.value(target)?;
            // To change a local is not to use it.
            self.local(&name.1).into_iter().for_each(|local| local.used = used);
            typed = self.arithmetic(symbol, left, typed, place)?;
        }
        // A decimal local keeps a decimal, so that a division later on is what it seems to be.
        if typed.kind != local.kind && typed.kind != local.kind.present() {
            let finding = Diagnostic::error(Code::WrongType, place, format!("`{}` keeps its type", name.1));
            let (value_place, kind) = (self.place_of(typed.id), typed.kind);
            return self.report(finding.labelled(article(local.kind)).and(&value_place, article(kind)));
        }
        self.add(Node::Set { slot: local.slot, value: typed.id }, Type::Nothing, place)
    }

    fn each(&mut self, item: &Ident, counter: Option<&Ident>, flow: &FlowControl, place: &Place) -> Option<Typed> {
        let list = self.value(&flow.expr)?;
        let list = self.present(list)?;
        let Some(scalar) = Self::element(list.kind) else {
            return self.wrong_type(list, "`for` goes over a list");
        };
        let locals = self.locals.len();
        let mut slots = [0; 2];
        let element = Type::Some(Base::Scalar(scalar));
        for ((name, kind), slot) in [(Some(item), element), (counter, Type::INTEGER)].into_iter().zip(&mut slots) {
            *slot = match name {
                Some(name) => {
                    let at = self.place(name.pos);
                    self.free_name(&name.name, &at)?;
                    self.declare(&name.name, &at, kind, true, None)
                }
                None => self.new_slot(Slot { fixed: true, figure: None }),
            };
        }
        let before = self.facts.clone();
        let body = self.block(flow.body.statements(), false);
        self.facts = before;
        self.leave(locals, body.is_some(), Scope::Round);
        let [slot, counter] = slots;
        self.add(Node::For { slot, counter, list: list.id, body: body?.id }, Type::Nothing, place)
    }

    fn give_back(&mut self, value: Option<&Expr>, place: &Place) -> Option<Typed> {
        if self.callers.is_empty() {
            let finding = Diagnostic::error(Code::NotCovered, place, "`return` belongs in a function");
            return self.report(finding.help("move the expression into a function of a script"));
        }
        let typed = match value {
            Some(value) => self.value(value)?,
            None => self.add(Node::Nothing, Type::Nothing, place)?,
        };
        let at = self.place_of(typed.id);
        self.returns.push((typed.kind, at));
        self.add(Node::Return(typed.id), Type::Never, place)
    }
}

/// Where an expression starts: Rhai gives an operator's own position.
fn start(parsed: &Expr) -> Position {
    match parsed {
        Expr::FnCall(call, _) => operand(call).map_or_else(|| parsed.start_position(), start),
        _ => parsed.start_position(),
    }
}

/// The left side of an operator.
fn operand(call: &FnCallExpr) -> Option<&Expr> {
    call.args.first().filter(|_| call.op_token.is_some() && call.args.len() == 2)
}

/// The names that statements assign, at any depth.
pub(super) fn assigned_names(statements: &[Stmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for statement in statements {
        statement.walk(&mut Vec::new(), &mut |path| {
            if let Some(ASTNode::Stmt(Stmt::Assignment(parts))) = path.last()
                && let Expr::Variable(name, _, _) = &parts.1.lhs
            {
                names.insert(name.1.to_string());
            }
            true
        });
    }
    names
}
