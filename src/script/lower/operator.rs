//! Conditions, comparisons and arithmetic.

use rhai::{Expr, FnCallExpr};

use super::{
    Body, Typed, article,
    expression::{Branches, is_condition},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    schema::{Base, Scalar, Type},
    script::form::{Arithmetic, Compared, Comparison, Node},
};

impl Body<'_, '_> {
    /// A condition with what is known after it.
    pub(super) fn condition(&mut self, parsed: &Expr) -> Option<(Typed, Branches)> {
        match parsed {
            Expr::And(parts, _) => self.all_or_any(parts, true),
            Expr::Or(parts, _) => self.all_or_any(parts, false),
            Expr::FnCall(call, position) if is_condition(parsed) => {
                let place = self.place(*position);
                if call.name.as_str() == "!" { self.not(call, &place) } else { self.equality(call, &place) }
            }
            _ => {
                let typed = self.value(parsed)?;
                Some((typed, Branches { holds: self.facts.clone(), fails: self.facts.clone() }))
            }
        }
    }

    fn boolean_condition(&mut self, parsed: &Expr) -> Option<(Typed, Branches)> {
        let (typed, branches) = self.condition(parsed)?;
        if typed.kind != Type::BOOLEAN {
            return self.wrong_type(typed, "a condition, true or false, is expected");
        }
        Some((typed, branches))
    }

    /// `a && b` knows in `b` that `a` holds; `a || b` that it doesn't.
    fn all_or_any(&mut self, parts: &[Expr], all: bool) -> Option<(Typed, Branches)> {
        let before = self.facts.clone();
        let (mut ids, mut short_cut, mut complete) = (Vec::new(), None, true);
        for part in parts {
            let Some((typed, branches)) = self.boolean_condition(part) else {
                complete = false;
                continue;
            };
            ids.push(typed.id);
            let (go_on, stop) = if all { (branches.holds, branches.fails) } else { (branches.fails, branches.holds) };
            short_cut = Some(short_cut.map_or_else(|| stop.clone(), |known: super::Facts| known.or(&stop)));
            self.facts = go_on;
        }
        let through = std::mem::replace(&mut self.facts, before);
        let stopped = short_cut.filter(|_| complete)?;
        let place = ids.first().map_or_else(|| self.fragment.place(), |id| self.place_of(*id));
        let children = self.children(&ids);
        let node = if all { Node::All(children) } else { Node::Any(children) };
        let typed = self.add(node, Type::BOOLEAN, &place)?;
        let branches = match all {
            true => Branches { holds: through, fails: stopped },
            false => Branches { holds: stopped, fails: through },
        };
        Some((typed, branches))
    }

    fn not(&mut self, call: &FnCallExpr, place: &Place) -> Option<(Typed, Branches)> {
        let (typed, branches) = self.boolean_condition(call.args.first()?)?;
        let typed = self.add(Node::Not(typed.id), Type::BOOLEAN, place)?;
        Some((typed, Branches { holds: branches.fails, fails: branches.holds }))
    }

    fn equality(&mut self, call: &FnCallExpr, place: &Place) -> Option<(Typed, Branches)> {
        let (left, right) = self.operands(call)?;
        let equal = call.name.as_str() == "==";
        let tested = match (left.kind, right.kind) {
            (_, Type::Nothing) => left,
            (Type::Nothing, _) => right,
            _ => {
                let comparison = if equal { Comparison::Equal } else { Comparison::Unequal };
                let typed = self.compare(comparison, left, right, place)?;
                return Some((typed, Branches { holds: self.facts.clone(), fails: self.facts.clone() }));
            }
        };
        let known = self.known(tested.id).is_some_and(|known| self.facts.has(known));
        if !matches!(tested.kind, Type::Optional(_)) && (known || !self.callers.is_empty()) {
            // What was found before, and what a function is given by this call, decides the test already.
            let there = matches!(tested.kind, Type::Some(_));
            let typed = self.add(Node::Boolean(there != equal), Type::BOOLEAN, place)?;
            return Some((typed, Branches { holds: self.facts.clone(), fails: self.facts.clone() }));
        }
        if !matches!(tested.kind, Type::Optional(_)) {
            let name = self.place_of(tested.id).text().to_owned();
            let message = format!("`{name}` is never empty here, so this test always says the same");
            let finding = Diagnostic::error(Code::WrongType, place, message);
            return self.report(finding.help("leave the test out, or declare the field as optional"));
        }
        let is_nothing = self.add(Node::IsNothing(tested.id), Type::BOOLEAN, place)?;
        let there = self.facts.with(self.known(tested.id));
        let here = self.facts.clone();
        if equal {
            return Some((is_nothing, Branches { holds: here, fails: there }));
        }
        let typed = self.add(Node::Not(is_nothing.id), Type::BOOLEAN, place)?;
        Some((typed, Branches { holds: there, fails: here }))
    }

    /// Both operands, so that the author hears of trouble in either.
    pub(super) fn operands(&mut self, call: &FnCallExpr) -> Option<(Typed, Typed)> {
        let [left, right] = call.args.as_slice() else { return None };
        let (left, right) = (self.value(left), self.value(right));
        Some((left?, right?))
    }

    fn compare(&mut self, comparison: Comparison, left: Typed, right: Typed, place: &Place) -> Option<Typed> {
        let (left, right) = (self.present(left)?, self.present(right)?);
        let numbers = left.kind.is_number() && right.kind.is_number();
        let is_row = matches!(left.kind, Type::Some(Base::Row(_)));
        if !numbers && left.kind != right.kind || is_row {
            return self.mixed(left, right, place);
        }
        let equality = matches!(comparison, Comparison::Equal | Comparison::Unequal);
        if !equality && matches!(left.kind, Type::BOOLEAN | Type::Some(Base::List(_))) {
            return self.wrong_type(left, "only numbers, texts and dates have an order");
        }
        let compared = match (left.kind, right.kind) {
            (Type::INTEGER, Type::INTEGER) => Compared::Integers,
            (Type::TEXT, _) => Compared::Texts,
            (Type::DATE, _) => Compared::Dates,
            _ if numbers => Compared::Numbers,
            _ => Compared::Others,
        };
        self.add(Node::Compare(comparison, compared, left.id, right.id), Type::BOOLEAN, place)
    }

    fn mixed<T>(&mut self, left: Typed, right: Typed, place: &Place) -> Option<T> {
        let finding = Diagnostic::error(Code::MixedComparison, place, "values of different types are compared");
        let finding =
            finding.and(&self.place_of(left.id), article(left.kind)).and(&self.place_of(right.id), article(right.kind));
        let remedy = match (left.kind.scalar(), right.kind.scalar()) {
            (Some(Scalar::Date), Some(Scalar::Text)) | (Some(Scalar::Text), Some(Scalar::Date)) => {
                "a date in a rule is written `date(\"2026-07-01\")`"
            }
            (Some(Scalar::Text), _) | (_, Some(Scalar::Text)) => {
                "compare text with text in double quotes, or declare the field as a number"
            }
            _ => "both sides of a comparison have one type",
        };
        self.report(finding.help(remedy))
    }

    /// An operator that is no condition of its own.
    pub(super) fn operator(&mut self, call: &FnCallExpr, place: &Place) -> Option<Typed> {
        let name = call.name.as_str();
        if let [only] = call.args.as_slice() {
            return self.unary(name, only, place);
        }
        let comparison = match name {
            "<" => Some(Comparison::Less),
            "<=" => Some(Comparison::AtMost),
            ">" => Some(Comparison::Greater),
            ">=" => Some(Comparison::AtLeast),
            _ => None,
        };
        if let Some(comparison) = comparison {
            let (left, right) = self.operands(call)?;
            return self.compare(comparison, left, right, place);
        }
        let (left, right) = self.operands(call)?;
        self.arithmetic(name, left, right, place)
    }

    fn unary(&mut self, name: &str, operand: &Expr, place: &Place) -> Option<Typed> {
        let operand = self.value(operand)?;
        let operand = self.present(operand)?;
        match (name, operand.kind) {
            ("+", kind) if kind.is_number() => Some(operand),
            ("-", Type::INTEGER) => self.add(Node::NegateInteger(operand.id), Type::INTEGER, place),
            ("-", Type::DECIMAL) => self.add(Node::NegateDecimal(operand.id), Type::DECIMAL, place),
            _ => self.wrong_type(operand, "a number is expected"),
        }
    }

    /// `+ - * / %` between two values.
    pub(super) fn arithmetic(&mut self, name: &str, left: Typed, right: Typed, place: &Place) -> Option<Typed> {
        let operation = match name {
            "+" => Arithmetic::Add,
            "-" => Arithmetic::Subtract,
            "*" => Arithmetic::Multiply,
            "/" => Arithmetic::Divide,
            "%" => Arithmetic::Remainder,
            _ => return self.no_operator(name, place),
        };
        let (left, right) = (self.present(left)?, self.present(right)?);
        if operation == Arithmetic::Add && left.kind == Type::TEXT && right.kind == Type::TEXT {
            return self.add(Node::Join(left.id, right.id), Type::TEXT, place);
        }
        if !left.kind.is_number() || !right.kind.is_number() {
            return self.not_numbers(name, left, right, place);
        }
        if left.kind == Type::INTEGER && right.kind == Type::INTEGER {
            if operation == Arithmetic::Divide {
                let finding = Diagnostic::error(Code::IntegerDivision, place, "whole numbers are divided")
                    .and(&self.place_of(left.id), article(left.kind))
                    .and(&self.place_of(right.id), article(right.kind));
                return self
                    .report(finding.help("make one a decimal (`2.0`), or write `idiv(a, b)` to drop the fraction"));
            }
            return self.add(Node::OnIntegers(operation, left.id, right.id), Type::INTEGER, place);
        }
        self.add(Node::OnDecimals(operation, left.id, right.id), Type::DECIMAL, place)
    }

    fn not_numbers<T>(&mut self, name: &str, left: Typed, right: Typed, place: &Place) -> Option<T> {
        let finding = Diagnostic::error(Code::WrongType, place, format!("`{name}` works on two numbers"))
            .and(&self.place_of(left.id), article(left.kind))
            .and(&self.place_of(right.id), article(right.kind));
        let dates = left.kind == Type::DATE || right.kind == Type::DATE;
        let texts = left.kind == Type::TEXT || right.kind == Type::TEXT;
        self.report(if dates {
            finding.help("use `days_between(from, to)`, `add_days(date, n)` or `add_months(date, n)`")
        } else if texts {
            finding.help("text with values in it is written `` `${claim.sku} x ${claim.quantity}` ``")
        } else {
            finding
        })
    }

    fn no_operator<T>(&mut self, name: &str, place: &Place) -> Option<T> {
        let remedy = match name {
            "**" => "powers are not exact: multiply instead",
            "&" | "|" => "write `&&` or `||`",
            ".." | "..=" => "compare both ends: `x >= 1 && x < 10`",
            _ => "see `docs/language.md` for the operators of rules",
        };
        let finding = Diagnostic::error(Code::NotCovered, place, format!("rules have no operator `{name}`"));
        self.report(finding.help(remedy))
    }
}
