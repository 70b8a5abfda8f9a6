//! Conditions, and values that are used behind a test of them.

use super::{Kind, Maker, expression::is_ordered};
use crate::{
    schema::Scalar::{self, Boolean, Date, Decimal, Integer, Text},
    script::oracle::world::SCALARS,
};

const ORDERS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
const EQUALITY: [&str; 2] = ["==", "!="];

impl Maker {
    pub(super) fn boolean(&mut self, depth: u32) -> String {
        match self.random.below(14) {
            0 | 1 => {
                let scalar = self.random.pick(&[Integer, Decimal, Text, Date]);
                self.two(scalar, &ORDERS, scalar, depth)
            }
            2 => self.two(Integer, &ORDERS, Decimal, depth),
            3 => self.two(Decimal, &ORDERS, Integer, depth),
            4 => self.two(Boolean, &EQUALITY, Boolean, depth),
            5 => {
                let scalar = self.random.pick(&SCALARS);
                let (left, sign) = (self.many(scalar, depth), self.random.pick(&EQUALITY));
                format!("({left} {sign} {})", self.many(scalar, depth))
            }
            6 => {
                let scalar = self.random.pick(&SCALARS);
                let list = self.many(scalar, depth);
                if self.random.one_in(3) {
                    let item = self.one(scalar, depth);
                    self.written_call("contains", &[list, item])
                } else {
                    let item = self.number_alike(scalar, depth);
                    format!("({item} {} {list})", self.random.pick(&["in", "in", "!in"]))
                }
            }
            7 => {
                let name = self.random.pick(&["contains", "starts_with", "ends_with"]);
                self.built_in(name, &[Text, Text], depth)
            }
            8 => format!("({} in {})", self.one(Text, depth), self.one(Text, depth)),
            9 => format!("!({})", self.one(Boolean, depth)),
            10 | 11 => self.joined(depth),
            12 => self.built_in("is_weekend", &[Date], depth),
            _ => {
                let scalar = self.random.pick(&SCALARS);
                let (value, sign) = (self.maybe(scalar, depth), self.random.pick(&EQUALITY));
                if self.random.one_in(4) { format!("(() {sign} {value})") } else { format!("({value} {sign} ())") }
            }
        }
    }

    /// A whole number beside decimals, and a decimal beside whole numbers, now and then.
    fn number_alike(&mut self, scalar: Scalar, depth: u32) -> String {
        match scalar {
            Integer if self.random.one_in(4) => self.one(Decimal, depth),
            Decimal if self.random.one_in(4) => self.one(Integer, depth),
            scalar => self.one(scalar, depth),
        }
    }

    /// Conditions joined by one sign, those behind a test knowing what it found.
    fn joined(&mut self, depth: u32) -> String {
        let all = self.random.one_in(2);
        let known = self.names.present.len();
        let mut parts = Vec::new();
        for _ in 0..=self.random.below(3) {
            let testable = self.names.testable();
            if !testable.is_empty() && self.random.one_in(2) {
                let name = self.random.pick(&testable);
                parts.push(format!("{name} {} ()", if all { "!=" } else { "==" }));
                self.names.present.push(name);
            } else {
                parts.push(self.one(Boolean, depth));
            }
        }
        parts.push(self.one(Boolean, depth));
        self.names.present.truncate(known);
        format!("({})", parts.join(if all { " && " } else { " || " }))
    }

    /// A value in whose branches it is known whether something is there.
    pub(super) fn guarded(&mut self, scalar: Scalar, depth: u32) -> String {
        let testable = self.names.testable();
        if testable.is_empty() {
            return self.one(scalar, depth);
        }
        let name = self.random.pick(&testable);
        let there = self.knowing(&name, |maker| maker.one(scalar, depth));
        let missing = self.one(scalar, depth);
        match self.random.below(4) {
            0 => format!("(if {name} == () {{ {missing} }} else {{ {there} }})"),
            1 => format!("(if !({name} == ()) {{ {there} }} else {{ {missing} }})"),
            2 => {
                let condition = self.knowing(&name, |maker| maker.one(Boolean, depth));
                format!("(if {name} != () && {condition} {{ {there} }} else {{ {missing} }})")
            }
            _ => format!("(if {name} != () {{ {there} }} else {{ {missing} }})"),
        }
    }

    /// A `switch` with arms made by a function.
    pub(super) fn switch(&mut self, depth: u32, mut arm: impl FnMut(&mut Self) -> String) -> String {
        let (subject, literals): (Scalar, &[&str]) = match self.random.below(4) {
            0 => (Boolean, &["true", "false"]),
            1 => (Integer, &["0", "1", "2", "-1", "3", "7"]),
            _ => (Text, &["\"A\"", "\"B\"", "\"\"", "\"LAMP-01\"", "\"ü x\"", "\"10\""]),
        };
        let value = match self.read(Kind::One(subject)) {
            Some(read) if !self.random.one_in(3) => read,
            _ => self.one(subject, depth),
        };
        let mut left = literals.to_vec();
        let mut arms = Vec::new();
        for _ in 0..=self.random.below(3) {
            let mut cases = Vec::new();
            for _ in 0..=self.random.below(2) {
                if !left.is_empty() {
                    let at = usize::try_from(self.random.below(left.len() as u64)).unwrap();
                    cases.push(left.remove(at));
                }
            }
            if !cases.is_empty() {
                arms.push(format!("{} => {}", cases.join(" | "), arm(self)));
            }
        }
        format!("switch {value} {{ {}, _ => {} }}", arms.join(", "), arm(self))
    }

    /// One of the orders that a type has.
    pub(super) fn compared(&mut self, scalar: Scalar, depth: u32) -> String {
        self.two(scalar, if is_ordered(scalar) { &ORDERS } else { &EQUALITY }, scalar, depth)
    }
}
