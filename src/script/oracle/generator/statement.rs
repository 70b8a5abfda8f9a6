//! Statements of functions.

use super::{Kind, Local, Maker};
use crate::{
    schema::Scalar::{self, Boolean, Date, Decimal, Integer, Text},
    script::oracle::world::SCALARS,
};

impl Maker {
    pub(super) fn statement(&mut self, depth: u32) -> String {
        match self.random.below(16) {
            4..=6 => self.assignment(),
            7 | 8 if depth > 0 => {
                let condition = self.one(Boolean, 2);
                let then = self.block(depth - 1);
                match self.random.below(3) {
                    0 => format!("if {condition} {then}\n"),
                    1 => {
                        let (other, middle) = (self.one(Boolean, 1), self.block(depth - 1));
                        format!("if {condition} {then} else if {other} {middle} else {}\n", self.block(depth - 1))
                    }
                    _ => format!("if {condition} {then} else {}\n", self.block(depth - 1)),
                }
            }
            9 if depth > 0 => {
                let switch = self.switch(1, |maker| maker.block(depth - 1));
                format!("{switch}\n")
            }
            10 | 11 if depth > 0 => self.each(depth - 1),
            12 if depth > 0 => format!("{}\n", self.block(depth - 1)),
            13 => self.tested(),
            14 => {
                let condition = self.compared_or_not();
                let returns = self.names.returns.unwrap();
                format!("if {condition} {{ return {}; }}\n", self.value(returns, 1))
            }
            15 => {
                let scalar = self.random.pick(&SCALARS);
                format!("{};\n", self.one(scalar, 1))
            }
            _ => self.declaration(),
        }
    }

    fn compared_or_not(&mut self) -> String {
        let scalar = self.random.pick(&SCALARS);
        if self.random.one_in(2) { self.compared(scalar, 1) } else { self.one(Boolean, 1) }
    }

    /// Statements whose names are gone behind them, and nothing that they found out is known.
    fn block(&mut self, depth: u32) -> String {
        let (locals, present) = (self.names.locals.len(), self.names.present.len());
        let statements: String = (0..self.random.below(3)).map(|_| self.statement(depth)).collect();
        self.names.locals.truncate(locals);
        self.names.present.truncate(present);
        format!("{{ {statements}}}")
    }

    fn declaration(&mut self) -> String {
        let scalar = self.random.pick(&SCALARS);
        let kind = match self.random.below(6) {
            0 => Kind::Maybe(scalar),
            1 => Kind::Many(scalar),
            _ => Kind::One(scalar),
        };
        let value = match kind {
            Kind::Maybe(scalar) => self.maybe(scalar, 1),
            kind => self.value(kind, 2),
        };
        let constant = self.random.one_in(5);
        let name = self.name(if constant { "C" } else { "v" });
        let assignable = !constant && !matches!(kind, Kind::Maybe(_)) && self.random.one_in(2);
        self.names.locals.push(Local { name: name.clone(), kind, assignable });
        format!("{} {name} = {value};\n", if constant { "const" } else { "let" })
    }

    fn assignment(&mut self) -> String {
        let assignable: Vec<Local> = self.names.locals.iter().filter(|local| local.assignable).cloned().collect();
        if assignable.is_empty() {
            return self.declaration();
        }
        let Local { name, kind, .. } = self.random.pick(&assignable);
        let Kind::One(scalar) = kind else { return format!("{name} = {};\n", self.value(kind, 2)) };
        let sign = match scalar {
            Integer => self.random.pick(&["=", "+=", "-=", "*=", "%="]),
            Decimal => self.random.pick(&["=", "+=", "-=", "*=", "/=", "%="]),
            Text => self.random.pick(&["=", "+="]),
            Boolean | Date => "=",
        };
        let value = match scalar {
            Decimal if sign != "=" && self.random.one_in(3) => self.one(Integer, 2),
            scalar => self.one(scalar, 2),
        };
        format!("{name} {sign} {value};\n")
    }

    fn each(&mut self, depth: u32) -> String {
        let scalar: Scalar = self.random.pick(&SCALARS);
        let list = self.many(scalar, 1);
        let locals = self.names.locals.len();
        let item = self.name("x");
        let counter = self.random.one_in(2).then(|| self.name("i"));
        let mut local = |name: &str, scalar| {
            self.names.locals.push(Local { name: name.to_owned(), kind: Kind::One(scalar), assignable: false });
        };
        local(&item, scalar);
        if let Some(counter) = &counter {
            local(counter, Integer);
        }
        // Most rounds change something that is seen behind them.
        let change = if self.random.one_in(4) { String::new() } else { self.assignment_only() };
        let body = self.block(depth);
        self.names.locals.truncate(locals);
        let head = counter.map_or_else(|| item.clone(), |counter| format!("({item}, {counter})"));
        format!("for {head} in {list} {{ {change}{body} }}\n")
    }

    fn assignment_only(&mut self) -> String {
        if self.names.locals.iter().any(|local| local.assignable) { self.assignment() } else { String::new() }
    }

    /// A function that gives up where something is missing, and knows from then on that it is there.
    fn tested(&mut self) -> String {
        let testable = self.names.testable();
        if testable.is_empty() {
            return self.declaration();
        }
        let name = self.random.pick(&testable);
        let returns = self.names.returns.unwrap();
        let text = format!("if {name} == () {{ return {}; }}\n", self.value(returns, 1));
        self.names.present.push(name);
        text
    }
}
