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
            10 => format!("{} for x in {all} {{ for y in {all} {{ len(w + \"!\"); }} }} 1", grown("b")),
            _ => format!("for x in {all} {{ for y in {all} {{ for z in {all} {{ for u in {all} {{ }} }} }} }} 1"),
        };
        let text = format!("/// Passes a limit.\nfn {name}(n) {{\nif n < 0 {{ return 0; }}\n{work}\n}}\n");
        let parameters = vec![Parameter::Value(Kind::One(Scalar::Integer))];
        self.functions.push(Signature { name, parameters, returns: Kind::One(Scalar::Integer) });
        text
    }
}
