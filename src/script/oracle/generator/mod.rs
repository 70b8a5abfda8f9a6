//! Well-typed rules, made at random from their types downward: a script with its functions, and expressions of a
//! definition that call them.

mod condition;
mod expression;
mod function;
mod limit;
mod statement;

use super::{
    random::Random,
    world::{DERIVED, Kind, ROWS},
};
use crate::schema::Scalar;

/// A script and expressions over it.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) script: String,
    pub(super) expressions: Vec<String>,
}

/// The same rules in two writings.
#[derive(Debug)]
pub(super) struct Written {
    /// With some built-in functions called as `a.f(b)`.
    pub(super) with_points: Rules,
    /// With each called as `f(a, b)`.
    pub(super) without_points: Rules,
}

impl Written {
    /// Adds an expression, unless there is one already that is the same but for points.
    fn add(&mut self, with_points: String, without_points: String) {
        if !self.without_points.expressions.contains(&without_points) {
            self.with_points.expressions.push(with_points);
            self.without_points.expressions.push(without_points);
        }
    }
}

/// Rules made of choices, no two expressions of which are the same but for points.
pub(super) fn rules(random: &Random, expressions: usize) -> Written {
    // Both makers make the same choices, so neither may choose by what is written.
    let (mut with, mut without) = (Maker::new(random.clone(), true), Maker::new(random.clone(), false));
    let mut written = Written { with_points: with.script(), without_points: without.script() };
    while written.without_points.expressions.len() < expressions {
        written.add(with.root(), without.root());
    }
    written
}

/// What a function is given.
#[derive(Debug, Clone, Copy)]
enum Parameter {
    Value(Kind),
    /// A row by the name that a definition knows it by.
    Row(&'static str),
}

#[derive(Debug, Clone)]
struct Signature {
    name: String,
    parameters: Vec<Parameter>,
    returns: Kind,
}

#[derive(Debug, Clone)]
struct Local {
    name: String,
    kind: Kind,
    assignable: bool,
}

/// What is in sight where an expression is made.
#[derive(Debug, Clone, Default)]
struct Names {
    locals: Vec<Local>,
    /// Rows by the name that they have here.
    rows: Vec<(String, &'static str)>,
    /// What was found to be there: values, and the row of the table.
    present: Vec<String>,
    derived: bool,
    /// The type of the function around.
    returns: Option<Kind>,
}

impl Names {
    fn of_a_definition() -> Self {
        let rows = ROWS.iter().map(|(name, _)| ((*name).to_owned(), *name)).collect();
        Self { rows, derived: true, ..Self::default() }
    }

    /// Every value in sight by the way it is written. Those found to be there are there.
    fn values(&self) -> Vec<(String, Kind)> {
        let mut values: Vec<(String, Kind)> =
            self.locals.iter().map(|local| (local.name.clone(), local.kind)).collect();
        for (name, row) in &self.rows {
            if *row == "grid" && !self.is_present(name) {
                continue;
            }
            let (_, members) = ROWS.iter().find(|(known, _)| known == row).unwrap();
            values.extend(members.iter().map(|(member, kind)| (format!("{name}.{member}"), *kind)));
        }
        if self.derived {
            values.extend(DERIVED.iter().map(|(name, kind)| ((*name).to_owned(), *kind)));
        }
        for (name, kind) in &mut values {
            if let Kind::Maybe(scalar) = kind
                && self.is_present(name)
            {
                *kind = Kind::One(*scalar);
            }
        }
        values
    }

    fn is_present(&self, name: &str) -> bool {
        self.present.iter().any(|known| known == name)
    }

    /// What can be tested for being there.
    fn testable(&self) -> Vec<String> {
        let values = self.values().into_iter().filter(|(_, kind)| matches!(kind, Kind::Maybe(_)));
        let rows = self.rows.iter().filter(|(name, row)| *row == "grid" && !self.is_present(name));
        values.map(|(name, _)| name).chain(rows.map(|(name, _)| name.clone())).collect()
    }
}

struct Maker {
    random: Random,
    functions: Vec<Signature>,
    names: Names,
    /// The number of the next name.
    next: u32,
    /// Whether functions may be called with a point.
    points: bool,
}

impl Maker {
    fn new(random: Random, points: bool) -> Self {
        Self { random, functions: Vec::new(), names: Names::default(), next: 0, points }
    }

    /// A script, whose functions the expressions made after it call.
    fn script(&mut self) -> Rules {
        let mut script = String::new();
        for _ in 0..=self.random.below(4) {
            let function = self.function();
            script.push_str(&function);
        }
        if self.random.one_in(12) {
            let function = self.function_at_a_limit();
            script.push_str(&function);
        }
        self.names = Names::of_a_definition();
        Rules { script, expressions: Vec::new() }
    }

    fn name(&mut self, start: &str) -> String {
        self.next += 1;
        format!("{start}{}", self.next)
    }

    /// A value in sight of a type, if there is one.
    fn read(&mut self, kind: Kind) -> Option<String> {
        let fitting: Vec<String> =
            self.names.values().into_iter().filter(|(_, known)| *known == kind).map(|(name, _)| name).collect();
        (!fitting.is_empty()).then(|| self.random.pick(&fitting))
    }

    /// What is made while a name is known to be there.
    fn knowing(&mut self, name: &str, make: impl FnOnce(&mut Self) -> String) -> String {
        self.names.present.push(name.to_owned());
        let made = make(self);
        self.names.present.pop();
        made
    }

    /// An expression as a definition holds it: most often a call of one of the functions.
    fn root(&mut self) -> String {
        if !self.functions.is_empty() && !self.random.one_in(3) {
            let function = self.random.pick(&self.functions);
            return self.call(&function, 2);
        }
        let scalar = self.random.pick(&super::world::SCALARS);
        match self.random.below(8) {
            0 => self.many(scalar, 2),
            1 => self.maybe(scalar, 2),
            _ => self.one(scalar, 3),
        }
    }

    fn call(&mut self, function: &Signature, depth: u32) -> String {
        let arguments: Vec<String> = function.parameters.iter().map(|one| self.argument(*one, depth)).collect();
        format!("{}({})", function.name, arguments.join(", "))
    }

    fn argument(&mut self, parameter: Parameter, depth: u32) -> String {
        let depth = depth.saturating_sub(1);
        match parameter {
            Parameter::Value(kind) => self.value(kind, depth),
            Parameter::Row(row) => {
                let rows: Vec<String> =
                    self.names.rows.iter().filter(|(_, known)| *known == row).map(|(name, _)| name.clone()).collect();
                self.random.pick(&rows)
            }
        }
    }

    /// A function that can be called from here and gives this type.
    fn callable(&mut self, returns: Kind) -> Option<Signature> {
        let has = |row: &str| self.names.rows.iter().any(|(_, known)| *known == row);
        let fits = |function: &&Signature| {
            function.returns == returns
                && function.parameters.iter().all(|one| match one {
                    Parameter::Row(row) => has(row),
                    Parameter::Value(_) => true,
                })
        };
        let fitting: Vec<Signature> = self.functions.iter().filter(fits).cloned().collect();
        (!fitting.is_empty()).then(|| self.random.pick(&fitting))
    }

    fn value(&mut self, kind: Kind, depth: u32) -> String {
        match kind {
            Kind::One(scalar) => self.one(scalar, depth),
            Kind::Maybe(scalar) if self.random.one_in(3) => self.one(scalar, depth),
            Kind::Maybe(scalar) => self.maybe(scalar, depth),
            Kind::Many(scalar) => self.many(scalar, depth),
        }
    }

    fn literal(&mut self, scalar: Scalar) -> String {
        let random = &mut self.random;
        match scalar {
            Scalar::Boolean => random.pick(&["true", "false"]).to_owned(),
            Scalar::Integer => match random.below(12) {
                0 => random.pick(&["9223372036854775807", "1_000_000", "0x1F", "0b101", "28", "29"]).to_owned(),
                1 => format!("-{}", random.below(20)),
                _ => random.below(13).to_string(),
            },
            Scalar::Decimal => match random.below(12) {
                0 => {
                    const LONG: [&str; 5] = [
                        "7922816251426433759354395033.5",
                        "0.0000000000000000000000000001",
                        "1.0000000000000000000000000000",
                        "999999999999999999999999999.9",
                        "-0.0",
                    ];
                    random.pick(&LONG).to_owned()
                }
                1 => format!("-{}.{}", random.below(20), random.below(10)),
                2 => random.pick(&["0.0", "0.00", "1_000.50", "0.5", "0.005", "2.345"]).to_owned(),
                _ => format!("{}.{:02}", random.below(100), random.below(100)),
            },
            Scalar::Text => {
                const TEXTS: [&str; 12] =
                    ["", "A", "B", "a", "LAMP-01", "10", "ü x", "\\u00fc", " ", "1\\t2", "\\\"q\\\"", "日"];
                format!("\"{}\"", random.pick(&TEXTS))
            }
            Scalar::Date => match random.below(8) {
                0 => format!("date(\"{}\")", random.pick(&["0000-01-01", "9999-12-31", "2024-02-29", "2026-12-31"])),
                _ => format!(
                    "date(\"202{}-{:02}-{:02}\")",
                    4 + random.below(4),
                    random.below(12) + 1,
                    random.below(28) + 1
                ),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What rules are made of besides points, brackets and commas.
    fn letters(rules: &Rules) -> Vec<char> {
        let mut letters: Vec<char> = rules.script.chars().collect();
        letters.extend(rules.expressions.iter().flat_map(|expression| expression.chars()));
        letters.retain(|symbol| !"(), .".contains(*symbol));
        letters.sort_unstable();
        letters
    }

    #[test]
    fn both_writings_are_of_the_same_rules() {
        let mut differ = 0;
        for seed in 0..200 {
            let Written { with_points, without_points } = rules(&Random::new(seed), 4);
            assert_eq!(letters(&with_points), letters(&without_points), "{with_points:?}\n{without_points:?}");
            differ += usize::from(with_points.expressions != without_points.expressions);
        }
        assert!(differ > 20, "{differ} of 200");
    }

    #[test]
    fn an_expression_that_is_the_same_but_for_points_is_left_out_of_both_writings() {
        let rules = || Rules { script: String::new(), expressions: Vec::new() };
        let mut written = Written { with_points: rules(), without_points: rules() };
        for (with_points, without_points) in [("(a).f()", "f(a)"), ("f(a)", "f(a)"), ("f(b)", "f(b)")] {
            written.add(with_points.to_owned(), without_points.to_owned());
        }
        assert_eq!(written.with_points.expressions, ["(a).f()", "f(b)"]);
        assert_eq!(written.without_points.expressions, ["f(a)", "f(b)"]);
    }
}
