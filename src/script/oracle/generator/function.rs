//! Functions.

use super::{Kind, Local, Maker, Names, Parameter, Signature};
use crate::script::oracle::world::{ROWS, SCALARS};

impl Maker {
    /// A function, which those made after it may call.
    pub(super) fn function(&mut self) -> String {
        let returns = self.kind();
        let parameters: Vec<Parameter> = (0..=self.random.below(4)).map(|_| self.parameter()).collect();
        let mut names = Names { returns: Some(returns), ..Names::default() };
        let mut written = Vec::new();
        for parameter in &parameters {
            let name = self.name("p");
            match parameter {
                Parameter::Row(row) => names.rows.push((name.clone(), *row)),
                Parameter::Value(kind) => {
                    let assignable = !matches!(kind, Kind::Maybe(_)) && self.random.one_in(2);
                    names.locals.push(Local { name: name.clone(), kind: *kind, assignable });
                }
            }
            written.push(name);
        }
        let around = std::mem::replace(&mut self.names, names);
        let body = self.body(returns);
        self.names = around;
        let name = self.name("f");
        let text = format!("/// Gives {returns:?}.\nfn {name}({}) {{\n{body}}}\n", written.join(", "));
        self.functions.push(Signature { name, parameters, returns });
        text
    }

    fn kind(&mut self) -> Kind {
        let scalar = self.random.pick(&SCALARS);
        match self.random.below(6) {
            0 => Kind::Maybe(scalar),
            1 => Kind::Many(scalar),
            _ => Kind::One(scalar),
        }
    }

    fn parameter(&mut self) -> Parameter {
        match self.random.below(3) {
            0 => {
                const OFTEN: [&str; 2] = ["claim", "grid"];
                let rows = ROWS.iter().map(|(name, _)| *name).chain(OFTEN);
                Parameter::Row(self.random.pick(&rows.collect::<Vec<_>>()))
            }
            _ => Parameter::Value(self.kind()),
        }
    }

    fn body(&mut self, returns: Kind) -> String {
        let mut body = String::new();
        if let Kind::Maybe(_) = returns {
            // So that the checker, too, says that the value may be missing.
            body.extend(["if ", &self.one(crate::schema::Scalar::Boolean, 1), " { return; }\n"]);
        }
        for _ in 0..self.random.below(5) {
            body.push_str(&self.statement(2));
        }
        body.push_str(&self.last(returns));
        body
    }

    /// What a function ends with.
    fn last(&mut self, returns: Kind) -> String {
        let condition = self.one(crate::schema::Scalar::Boolean, 1);
        let (one, other) = (self.value(returns, 2), self.value(returns, 2));
        match self.random.below(7) {
            0 => format!("return {one};\n"),
            1 => format!("if {condition} {{ return {one}; }} else {{ return {other}; }}\n"),
            2 => format!("if {condition} {{ {one} }} else {{ {other} }}\n"),
            3 => format!("{}\n", self.switch(1, |maker| maker.value(returns, 1))),
            // The value of the last statement is the function's, with a semicolon too.
            4 => format!("{one};\n"),
            5 if matches!(returns, Kind::Maybe(_)) => format!("if {condition} {{ {one} }}\n"),
            _ => format!("{one}\n"),
        }
    }
}
