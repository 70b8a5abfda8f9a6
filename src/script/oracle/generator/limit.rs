//! Functions that pass a limit of the rule language for some claims.

use super::{Kind, Maker, Parameter, Signature};
use crate::schema::Scalar;

impl Maker {
    pub(super) fn function_at_a_limit(&mut self) -> String {
        let name = self.name("limit");
        let list: Vec<String> = (1..=32).map(|number| number.to_string()).collect();
        let all = format!("[{}]", list.join(", "));
        let some = format!("[{}]", list[..15].join(", "));
        // Texts of 32 KiB, or of 64.
        let grown = |start: &str| format!("let w = \"{start}\"; for x in {some} {{ w += w; }}");
        let work = match self.random.below(12) {
            0..=1 => format!("{} w += w; w += \"!\"; len(w)", grown("A")),
            2..=3 => format!("{} len(`${{w}}${{w}}!`)", grown("a")),
            4..=6 => format!("{} len(upper(w))", grown("ΐ")),
            7..=9 => format!("{} len(lower(w))", grown("İ")),
            10 => format!("{} let l = {all}; for x in l {{ for y in l {{ len(w + \"!\"); }} }} 1", grown("b")),
            _ => format!("let l = {all}; for x in l {{ for y in l {{ for z in l {{ for u in l {{ }} }} }} }} 1"),
        };
        let text = format!("/// Passes a limit.\nfn {name}(n) {{\nif n < 0 {{ return 0; }}\n{work}\n}}\n");
        let parameters = vec![Parameter::Value(Kind::One(Scalar::Integer))];
        self.functions.push(Signature { name, parameters, returns: Kind::One(Scalar::Integer) });
        text
    }

    /// Whole numbers where they end.
    pub(super) fn integer_at_a_limit(&mut self, depth: u32) -> String {
        const LOWEST: &str = "(-9223372036854775807 - 1)";
        let (other, step) = (self.one(Scalar::Integer, depth), self.random.pick(&["-1", "-1", "1", "2", "0"]));
        match self.random.below(11) {
            9 | 10 => {
                format!("whole({} * 1000)", self.random.pick(&["7922816251426433759354395.0", "9223372036854775.808"]))
            }
            0 | 1 => format!("idiv({LOWEST}, {step})"),
            2 | 3 => format!("({LOWEST} % {step})"),
            4 => format!("-(min({other}, {LOWEST}))"),
            5 => format!("abs(min({LOWEST}, {other}))"),
            6 => format!("({LOWEST} - {other})"),
            7 => format!("(9223372036854775807 + {other})"),
            _ => format!("sum([{other}, {LOWEST}, {step}])"),
        }
    }

    /// Decimals where they end.
    pub(super) fn decimal_at_a_limit(&mut self, depth: u32) -> String {
        const LARGE: &str = "7922816251426433759354395033.5";
        const SMALL: &str = "0.0000000000000000000000000001";
        let other = self.one(Scalar::Decimal, depth);
        let (large, small) = (self.random.pick(&[LARGE, &other]), self.random.pick(&[SMALL, &other]));
        let sign = self.random.pick(&["+", "-", "*", "/", "/", "%"]);
        format!("({large} {sign} {small})")
    }
}
