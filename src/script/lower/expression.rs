//! Names, members, literals and lists.

use rhai::{Dynamic, Expr, Position};
use rust_decimal::Decimal;

use super::{Body, Facts, Known, Typed, article};
use crate::{
    claim::Constant,
    diagnostic::{Code, Diagnostic, Place},
    money::parse_decimal,
    schema::{Base, Scalar, Type},
    script::{
        form::{Node, Read},
        limit,
        parse::at,
        vocabulary::Member,
    },
};

/// What is known after a condition, if it holds and if it doesn't.
pub(super) struct Branches {
    pub(super) holds: Facts,
    pub(super) fails: Facts,
}

impl Body<'_, '_> {
    pub(super) fn place(&self, position: Position) -> Place {
        at(self.fragment, position)
    }

    /// A condition with what it establishes, or any other value.
    pub(super) fn condition_or_value(&mut self, parsed: &Expr) -> Option<(Typed, Facts)> {
        if is_condition(parsed) {
            let (typed, branches) = self.condition(parsed)?;
            return Some((typed, branches.holds));
        }
        Some((self.value(parsed)?, self.facts.clone()))
    }

    /// Any expression.
    pub(super) fn value(&mut self, parsed: &Expr) -> Option<Typed> {
        let place = self.place(parsed.start_position());
        match parsed {
            Expr::BoolConstant(boolean, _) => self.add(Node::Boolean(*boolean), Type::BOOLEAN, &place),
            Expr::IntegerConstant(integer, _) => self.add(Node::Integer(*integer), Type::INTEGER, &place),
            Expr::DynamicConstant(constant, _) => self.decimal(constant, &place),
            Expr::StringConstant(text, _) => self.constant(Constant::Text(text.as_str().into()), Type::TEXT, &place),
            Expr::Unit(_) => self.add(Node::Nothing, Type::Nothing, &place),
            Expr::InterpolatedString(parts, _) => self.interpolate(parts, &place),
            Expr::Array(items, _) => self.list(items, &place),
            Expr::Variable(name, _, _) => self.variable(&name.1, &place),
            Expr::Dot(..) => self.chain(parsed, &place),
            Expr::And(..) | Expr::Or(..) => self.condition(parsed).map(|(typed, _)| typed),
            Expr::FnCall(call, position) => {
                let position = self.place(*position);
                self.call(call, &position)
            }
            Expr::Stmt(block) => self.block(block.statements(), true),
            Expr::CharConstant(symbol, _) => {
                let finding = Diagnostic::error(Code::NotCovered, &place, "rules have no single characters");
                self.report(finding.help(format!("texts stand in double quotes: `\"{symbol}\"`")))
            }
            _ => self.not_covered(parsed, &place),
        }
    }

    fn not_covered<T>(&mut self, parsed: &Expr, place: &Place) -> Option<T> {
        let (what, remedy) = match parsed {
            Expr::Map(..) => ("maps", "use a table or params"),
            Expr::Index(..) => ("access by index", "use `first(list)`, `last(list)` or a table"),
            Expr::Coalesce(..) => ("`??`", "use `or_else(value, instead)`"),
            Expr::ThisPtr(..) => ("`this`", "give the value as an argument"),
            Expr::Dot(..) => {
                ("`?.`", "test the value first: `x != () && …`, or `if x == () { return …; }` in a function")
            }
            _ => ("expressions of this kind", "see `docs/language.md` for what rules can do"),
        };
        let finding = Diagnostic::error(Code::NotCovered, place, format!("rules have no {what}"));
        self.report(finding.help(remedy))
    }

    pub(super) fn constant(&mut self, constant: Constant, kind: Type, place: &Place) -> Option<Typed> {
        let number = u32::try_from(self.checker.form.constants.len()).unwrap_or(u32::MAX);
        self.checker.form.constants.push(constant);
        self.add(Node::Constant(number), kind, place)
    }

    /// A decimal literal. Rhai makes a decimal of a whole number that is too large and rounds one that is too long.
    fn decimal(&mut self, constant: &Dynamic, place: &Place) -> Option<Typed> {
        let Some(decimal) = constant.clone().try_cast::<Decimal>() else {
            return self.report(Diagnostic::error(Code::NotCovered, place, "rules have no literals of this kind"));
        };
        let from = place.span.start;
        let behind = place.source.text.get(from..).unwrap_or("").trim_start_matches(['-', ' ']);
        let digits: String =
            behind.chars().take_while(|symbol| symbol.is_ascii_digit() || "._".contains(*symbol)).collect();
        // `2.5.abs()` calls a function on a literal.
        let written = digits.trim_end_matches('.').replace('_', "");
        if !written.contains('.') {
            let finding = Diagnostic::error(Code::InexactLiteral, place, "the whole number is too large for 64 bits");
            return self.report(finding.help(format!("write it as a decimal: `{written}.0`")));
        }
        if let Err(reason) = parse_decimal(&written) {
            return self.report(Diagnostic::error(Code::InexactLiteral, place, format!("the number {reason}")));
        }
        self.add(Node::Decimal(decimal), Type::DECIMAL, place)
    }

    fn interpolate(&mut self, parts: &[Expr], place: &Place) -> Option<Typed> {
        let mut ids = Vec::with_capacity(parts.len());
        for part in parts {
            let part = match part {
                Expr::Stmt(block) if block.is_empty() => continue,
                part => self.value(part)?,
            };
            let part = self.present(part)?;
            if !matches!(part.kind, Type::Some(Base::Scalar(_))) {
                return self.wrong_type(part, "text is made of single values");
            }
            ids.push(part.id);
        }
        let children = self.children(&ids);
        self.add(Node::Interpolate(children), Type::TEXT, place)
    }

    fn list(&mut self, items: &[Expr], place: &Place) -> Option<Typed> {
        let typed: Vec<Typed> = items.iter().map(|item| self.value(item)).collect::<Option<_>>()?;
        let Some(first) = typed.first() else {
            let finding = Diagnostic::error(Code::WrongType, place, "an empty list has no type");
            return self.report(finding.help("nothing is ever in it: leave the test out"));
        };
        let Some(scalar) = first.kind.scalar() else {
            return self.wrong_type(*first, "lists hold single values");
        };
        if let Some(other) = typed.iter().find(|item| item.kind != first.kind) {
            let finding =
                Diagnostic::error(Code::WrongType, &self.place_of(other.id), "a list holds values of one type");
            let first_place = self.place_of(first.id);
            return self.report(finding.labelled(article(other.kind)).and(&first_place, article(first.kind)));
        }
        let ids: Vec<_> = typed.iter().map(|item| item.id).collect();
        let kind = Type::Some(Base::List(scalar));
        if let Some(constants) = ids.iter().map(|id| self.checker.form.literal(*id)).collect::<Option<Vec<_>>>() {
            // INVARIANT: a review finds the literals right before their list.
            return self.constant(Constant::List(constants), kind, place);
        }
        let children = self.children(&ids);
        self.add(Node::List(children), kind, place)
    }

    fn variable(&mut self, name: &str, place: &Place) -> Option<Typed> {
        if self.untyped.contains(name) {
            return None;
        }
        if let Some(local) = self.local(name) {
            local.used = true;
            let (slot, kind) = (local.slot, local.kind);
            let kind = self.known_kind(Known::Local(slot), kind);
            return self.add(Node::Local(slot), kind, place);
        }
        // A function sees only what it is given.
        let member = if self.callers.is_empty() { self.vocabulary.name(name) } else { None };
        if let Some(member) = member {
            return self.member(name.to_owned(), member, place);
        }
        let finding = Diagnostic::error(Code::UnknownName, place, format!("`{name}` isn't known here"));
        if !self.callers.is_empty() && self.vocabulary.name(name).is_some() {
            return self.report(finding.help(format!("a function sees only its arguments: give it `{name}`")));
        }
        if let Some(row) = self.vocabulary.row_with(name).filter(|_| self.callers.is_empty()) {
            return self.report(finding.help(format!("did you mean `{row}.{name}`?")));
        }
        let names: Vec<String> = match self.callers.is_empty() {
            true => self.vocabulary.names().map(ToOwned::to_owned).collect(),
            false => self.locals.iter().map(|local| local.name.clone()).collect(),
        };
        self.report(finding.suggest(name, names.iter().map(String::as_str)))
    }

    fn known_kind(&self, known: Known, kind: Type) -> Type {
        if self.facts.has(known) { kind.present() } else { kind }
    }

    fn member(&mut self, path: String, member: Member, place: &Place) -> Option<Typed> {
        // A member whose declaration is broken was reported there.
        if member.kind == Type::Never {
            return None;
        }
        self.read(path, member.read);
        self.note_list(member);
        let kind = self.known_kind(Known::Read(member.read), member.kind);
        let node = if member.read == Read::Presence { Node::Boolean(true) } else { Node::Read(member.read) };
        self.add(node, kind, place)
    }

    /// Notes the most values that a list can have, for what a `for` over it may cost.
    fn note_list(&mut self, member: Member) {
        if !matches!(member.kind.present(), Type::Some(Base::List(_))) {
            return;
        }
        let lengths = self.vocabulary.values(member.read).into_iter().flat_map(|values| values.iter());
        let longest =
            lengths.filter_map(|value| if let Constant::List(items) = value { Some(items.len()) } else { None }).max();
        self.checker.form.lists.insert(member.read, longest.unwrap_or(limit::COUNTED_ROUNDS));
    }

    /// `claim.sku`, `claim.sku.starts_with("A")`: members and calls from left to right.
    fn chain(&mut self, parsed: &Expr, place: &Place) -> Option<Typed> {
        let mut links = Vec::new();
        flatten(parsed, &mut links);
        let (first, rest) = links.split_first()?;
        if matches!(first, Expr::Dot(..)) {
            // One that `flatten` left whole.
            let at = self.place(first.start_position());
            return self.not_covered(first, &at);
        }
        let mut typed = self.value(first)?;
        for link in rest {
            typed = match link {
                Expr::Property(names, position) => {
                    let at = self.place(*position);
                    let place = Place::new(&at.source, place.span.start..at.span.end);
                    self.member_of(typed, &names.2, &at, &place)?
                }
                Expr::MethodCall(call, position) => {
                    let at = self.place(*position);
                    self.method(typed, call, &at)?
                }
                other => {
                    let at = self.place(other.start_position());
                    return self.not_covered(other, &at);
                }
            };
        }
        Some(typed)
    }

    fn member_of(&mut self, row: Typed, name: &str, at: &Place, place: &Place) -> Option<Typed> {
        let (id, row) = match row.kind {
            Type::Optional(Base::Row(_)) => return self.maybe_empty(row),
            Type::Some(Base::Row(id)) => (id, self.vocabulary.row_type(id)?),
            kind => {
                let message = format!("{} has no fields, so no `{name}`", article(kind));
                return self.report(Diagnostic::error(Code::UnknownMember, at, message));
            }
        };
        if let Some(member) = row.members.get(name) {
            return self.member(format!("{}.{name}", row.name), *member, place);
        }
        let message = format!("`{}` has no {} `{name}`", row.name, row.member_word);
        let finding = Diagnostic::error(Code::UnknownMember, at, message);
        self.report(match self.vocabulary.withheld(id, name) {
            Some(reason) => finding.help(reason),
            None => finding.suggest(name, row.members.keys().map(String::as_str)),
        })
    }

    /// The text type's and lists' single element type, for `in` and the like.
    pub(super) fn element(kind: Type) -> Option<Scalar> {
        match kind {
            Type::Some(Base::List(scalar)) => Some(scalar),
            _ => None,
        }
    }
}

/// Whether an expression is one that can establish facts.
pub(super) fn is_condition(parsed: &Expr) -> bool {
    match parsed {
        Expr::And(..) | Expr::Or(..) => true,
        Expr::FnCall(call, _) => call.op_token.is_some() && matches!(call.name.as_str(), "==" | "!=" | "!"),
        _ => false,
    }
}

fn flatten<'e>(parsed: &'e Expr, links: &mut Vec<&'e Expr>) {
    match parsed {
        Expr::Dot(pair, flags, _) if flags.is_empty() => {
            flatten(&pair.lhs, links);
            flatten(&pair.rhs, links);
        }
        other => links.push(other),
    }
}
