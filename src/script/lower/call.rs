//! Calls: built-in functions by the types of their arguments, script functions checked anew for each set of them.

use std::sync::Arc;

use rhai::{Expr, FnCallExpr};

use super::{
    Body, Instance, InstanceKey, Type, Typed, article,
    local::{Scope, parameter_place},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    schema::Base,
    script::{
        builtin::Builtin,
        form::{Function, Node},
        limit,
        parse::{FunctionSource, is_banned},
    },
};

impl Body<'_, '_> {
    /// `f(a, b)`, also what Rhai writes as one: operators and `in`.
    pub(super) fn call(&mut self, call: &FnCallExpr, place: &Place) -> Option<Typed> {
        // Rhai makes `contains(list, a)` of `a in list` and leaves the operator's token out.
        if call.name == "contains" && place.text() == "in" {
            return self.contained(call, place);
        }
        if call.op_token.is_some() {
            return match call.name.as_str() {
                "==" | "!=" | "!" => {
                    let parsed = Expr::FnCall(Box::new(call.clone()), rhai::Position::NONE);
                    self.condition_at(&parsed, place)
                }
                "contains" | "in" => self.contained(call, place),
                _ => self.operator(call, place),
            };
        }
        let arguments: Vec<Option<Typed>> = call.args.iter().map(|argument| self.value(argument)).collect();
        let arguments: Vec<Typed> = arguments.into_iter().collect::<Option<_>>()?;
        self.resolve(&call.name, &arguments, place)
    }

    /// `a.f(b)`, which is `f(a, b)`.
    pub(super) fn method(&mut self, subject: Typed, call: &FnCallExpr, place: &Place) -> Option<Typed> {
        let rest: Vec<Option<Typed>> = call.args.iter().map(|argument| self.value(argument)).collect();
        let is_builtin = self.checker.scripts.functions().has(&call.name);
        if !is_builtin && !self.checker.scripts.arities(&call.name).is_empty() {
            let message = format!("`{}` is a function of a script, which is not called with a point", call.name);
            let finding = Diagnostic::error(Code::NotCovered, place, message);
            return self.report(finding.help(format!("give it the value as its first argument: `{}(…)`", call.name)));
        }
        let mut arguments = vec![subject];
        arguments.extend(rest.into_iter().collect::<Option<Vec<_>>>()?);
        self.resolve(&call.name, &arguments, place)
    }

    fn condition_at(&mut self, parsed: &Expr, place: &Place) -> Option<Typed> {
        let (typed, _) = self.condition(parsed)?;
        if let Some(known) = self.checker.form.places.get_mut(typed.id as usize) {
            *known = place.clone();
        }
        Some(typed)
    }

    /// `a in list` arrives as `contains(list, a)`.
    fn contained(&mut self, call: &FnCallExpr, place: &Place) -> Option<Typed> {
        let (list, item) = self.operands(call)?;
        let (list, item) = (self.present(list)?, self.present(item)?);
        if list.kind == Type::TEXT {
            return self.resolve("contains", &[list, item], place);
        }
        let Some(scalar) = Self::element(list.kind) else {
            return self.wrong_type(list, "behind `in` stands a list or a text");
        };
        let element = Type::Some(Base::Scalar(scalar));
        let numbers = item.kind.is_number() && element.is_number();
        if item.kind != element && !numbers {
            let finding =
                Diagnostic::error(Code::MixedComparison, place, "a value of another type is never in the list");
            let finding = finding
                .and(&self.place_of(item.id), article(item.kind))
                .and(&self.place_of(list.id), article(list.kind));
            return self.report(finding.help("the list and the value have one type"));
        }
        self.add(Node::In(item.id, list.id), Type::BOOLEAN, place)
    }

    fn resolve(&mut self, name: &str, arguments: &[Typed], place: &Place) -> Option<Typed> {
        if self.checker.scripts.functions().has(name) {
            return self.builtin(name, arguments, place);
        }
        if self.checker.scripts.function(name, arguments.len()).is_some() {
            return self.script_function(name, arguments, place);
        }
        let counts = self.checker.scripts.arities(name);
        if !counts.is_empty() {
            let counts: Vec<String> = counts.iter().map(ToString::to_string).collect();
            let word = if counts == ["1"] { "argument" } else { "arguments" };
            let message = format!("`{name}` takes {} {word}, not {}", counts.join(" or "), arguments.len());
            return self.report(Diagnostic::error(Code::WrongArguments, place, message));
        }
        self.unknown_function(name, place)
    }

    fn unknown_function<T>(&mut self, name: &str, place: &Place) -> Option<T> {
        if name == "round" {
            let finding = Diagnostic::error(Code::UnnamedRounding, place, "`round` doesn't say what happens to a tie");
            return self.report(
                finding.help("name it: `round_half_even(x, 2)`, `round_half_up(x, 2)`, `round_down(x, 2)`, …"),
            );
        }
        let finding = Diagnostic::error(Code::UnknownFunction, place, format!("there is no function `{name}`"));
        if is_banned(name) {
            return self.report(finding.help("rules decide from what they are given and can do nothing else"));
        }
        let scripts = self.checker.scripts;
        if scripts.is_broken() {
            return None;
        }
        let known = scripts.functions().all().map(|builtin| builtin.name).chain(scripts.names());
        let near = crate::diagnostic::nearest(name, &known.collect::<Vec<_>>());
        self.report(match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("built-in functions are listed in `docs/language.md`; others belong in a script"),
        })
    }

    fn builtin(&mut self, name: &str, arguments: &[Typed], place: &Place) -> Option<Typed> {
        let kinds: Vec<Type> = arguments.iter().map(|argument| argument.kind).collect();
        let functions = self.checker.scripts.functions();
        let candidates = || functions.all().filter(|builtin| builtin.name == name);
        let fitting = |widen| candidates().find_map(|builtin| Some((builtin, builtin.result(&kinds, widen)?)));
        if let Some((builtin, kind)) = fitting(false) {
            return self.call_builtin(builtin, kind, arguments, place);
        }
        if let Some((builtin, kind)) = fitting(true) {
            let widened = self.widen(builtin, arguments)?;
            return self.call_builtin(builtin, kind, &widened, place);
        }
        let present: Vec<Type> = kinds.iter().map(|kind| kind.present()).collect();
        if present != kinds && candidates().any(|builtin| builtin.result(&present, true).is_some()) {
            let empty = arguments.iter().find(|argument| matches!(argument.kind, Type::Optional(_)))?;
            return self.maybe_empty(*empty);
        }
        let given: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        let message = format!("`{name}` doesn't take ({})", given.join(", "));
        let takes: Vec<String> = candidates().map(|builtin| format!("`{}`", builtin.signature())).collect();
        self.report(
            Diagnostic::error(Code::WrongArguments, place, message).help(format!("it is {}", takes.join(" or "))),
        )
    }

    fn call_builtin(
        &mut self,
        builtin: &Arc<Builtin>,
        kind: Type,
        arguments: &[Typed],
        place: &Place,
    ) -> Option<Typed> {
        let ids: Vec<_> = arguments.iter().map(|argument| argument.id).collect();
        let children = self.children(&ids);
        let number = self.builtin_number(builtin);
        self.add(Node::CallBuiltin(number, children), kind, place)
    }

    /// Integers as decimals, where the function takes decimals only.
    fn widen(&mut self, builtin: &Builtin, arguments: &[Typed]) -> Option<Vec<Typed>> {
        let pairs = builtin.parameters.iter().zip(arguments);
        pairs
            .map(|((_, slot), argument)| match argument.kind {
                Type::INTEGER if slot.widens() => {
                    let place = self.place_of(argument.id);
                    self.add(Node::Widen(argument.id), Type::DECIMAL, &place)
                }
                _ => Some(*argument),
            })
            .collect()
    }

    fn builtin_number(&mut self, builtin: &Arc<Builtin>) -> u32 {
        let list = &mut self.checker.form.builtins;
        let number = list.iter().position(|known| Arc::ptr_eq(known, builtin)).unwrap_or_else(|| {
            list.push(Arc::clone(builtin));
            list.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    fn script_function(&mut self, name: &str, arguments: &[Typed], place: &Place) -> Option<Typed> {
        if self.callers.iter().any(|(caller, count)| caller == name && *count == arguments.len()) {
            let message = format!("`{name}` calls itself");
            let finding = Diagnostic::error(Code::NotCovered, place, message);
            return self.report(finding.help("rules have no recursion, so that every rule ends"));
        }
        let kinds: Vec<Type> = arguments.iter().map(|argument| argument.kind).collect();
        let figures = arguments.iter().map(|argument| self.figure(argument.id)).collect();
        let key = InstanceKey { name: name.to_owned(), kinds, figures, facts: self.facts.of_reads() };
        let instance = match self.checker.instances.get(&key) {
            Some(instance) => instance.clone()?,
            None => {
                let source = self.checker.scripts.function(name, arguments.len())?;
                let instance = self.instantiate(source, &key, place);
                self.checker.instances.insert(key, instance.clone());
                instance?
            }
        };
        self.cost = self.cost.saturating_add(instance.cost);
        if self.cost > limit::MAX_COST {
            let message = format!("the rule may take more than {} steps on one claim", limit::MAX_COST);
            let finding = Diagnostic::error(Code::TooLarge, place, message);
            return self.report(finding.help("call a function once and keep its value: `let x = …;`"));
        }
        for (path, read) in &instance.reads {
            self.read(path.clone(), *read);
        }
        let ids: Vec<_> = arguments.iter().map(|argument| argument.id).collect();
        let children = self.children(&ids);
        self.add(Node::CallFunction(instance.function, children), instance.kind, place)
    }

    /// Checks and lowers a function for these argument types.
    fn instantiate(&mut self, source: &FunctionSource, key: &InstanceKey, place: &Place) -> Option<Instance> {
        let called = (key.name.clone(), key.kinds.len());
        self.checker.called.insert(called.clone());
        if self.callers.len() >= limit::MAX_CALL_DEPTH || self.checker.instances.len() >= limit::MAX_INSTANCES {
            let message = format!("functions call each other deeper than {} or are too many", limit::MAX_CALL_DEPTH);
            return self.report(Diagnostic::error(Code::TooLarge, place, message));
        }
        let mut callers = self.callers.clone();
        callers.push(called);
        let mut body = Body::new(self.checker, self.vocabulary, self.findings, &source.fragment, key.facts.clone());
        body.callers = callers;
        body.assigned = super::statement::assigned_names(&source.body);
        for (parameter, (kind, figure)) in source.parameters.iter().zip(key.kinds.iter().zip(&key.figures)) {
            let at = parameter_place(source, parameter);
            body.declare(parameter, &at, *kind, false, *figure);
        }
        let typed = body.function_body(&source.body, &source.place)?;
        body.leave(0, true, Scope::Function);
        body.review(typed.id);
        let (slots, reads, cost) = (body.slot_count(), std::mem::take(&mut body.reads), body.cost);
        let function = u32::try_from(self.checker.form.functions.len()).unwrap_or(u32::MAX);
        self.checker.form.functions.push(Function { body: typed.id, slots });
        Some(Instance { function, kind: typed.kind, reads, cost })
    }
}
