//! Well-typed expressions, made at random from their types downward.

use crate::schema::Scalar;

/// The claim's fields in every test, with their types; those that end in `_maybe` are optional.
pub(super) const FIELDS: [(&str, Scalar); 8] = [
    ("flag", Scalar::Boolean),
    ("units", Scalar::Integer),
    ("price", Scalar::Decimal),
    ("sku", Scalar::Text),
    ("day", Scalar::Date),
    ("units_maybe", Scalar::Integer),
    ("price_maybe", Scalar::Decimal),
    ("sku_maybe", Scalar::Text),
];

const ORDERS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
const ALL: [Scalar; 5] = [Scalar::Boolean, Scalar::Integer, Scalar::Decimal, Scalar::Text, Scalar::Date];
const ROUNDING: [&str; 7] =
    ["round_half_even", "round_half_up", "round_half_down", "round_up", "round_down", "round_ceiling", "round_floor"];

/// The expression of a seed: some type, nested at most so deep.
pub(super) fn expression(seed: u64, depth: u32) -> String {
    let mut maker = Maker { state: seed };
    let scalar = maker.pick(&ALL);
    maker.of(scalar, depth)
}

/// Choices from a seed, the same on every machine (the generator known as split mix).
struct Maker {
    state: u64,
}

impl Maker {
    fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    fn of(&mut self, scalar: Scalar, depth: u32) -> String {
        match self.below(8) {
            _ if depth == 0 => self.leaf(scalar),
            0 | 1 => self.leaf(scalar),
            2 => {
                let (condition, then) = (self.of(Scalar::Boolean, depth - 1), self.of(scalar, depth - 1));
                format!("(if {condition} {{ {then} }} else {{ {} }})", self.of(scalar, depth - 1))
            }
            _ => match scalar {
                Scalar::Boolean => self.boolean(depth - 1),
                Scalar::Integer => self.integer(depth - 1),
                Scalar::Decimal => self.decimal(depth - 1),
                Scalar::Text => self.text(depth - 1),
                Scalar::Date => self.date(depth - 1),
            },
        }
    }

    fn leaf(&mut self, scalar: Scalar) -> String {
        if self.below(2) == 0 {
            let fields: Vec<&str> = FIELDS
                .iter()
                .filter(|(name, kind)| *kind == scalar && !name.ends_with("_maybe"))
                .map(|(name, _)| *name)
                .collect();
            return format!("claim.{}", self.pick(&fields));
        }
        match scalar {
            Scalar::Boolean => self.pick(&["true", "false"]).to_owned(),
            Scalar::Integer => self.below(100).to_string(),
            Scalar::Decimal => format!("{}.{:02}", self.below(1_000), self.below(100)),
            Scalar::Text => self.pick(&["\"\"", "\"A\"", "\"LAMP-01\"", "\"ü x\""]).to_owned(),
            Scalar::Date => format!("date(\"2026-{:02}-{:02}\")", self.below(12) + 1, self.below(28) + 1),
        }
    }

    fn two(&mut self, left: Scalar, signs: &[&str], right: Scalar, depth: u32) -> String {
        let (left, sign) = (self.of(left, depth), self.pick(signs).to_owned());
        format!("({left} {sign} {})", self.of(right, depth))
    }

    fn call(&mut self, names: &[&str], arguments: &[Scalar], depth: u32) -> String {
        let name = self.pick(names).to_owned();
        let arguments: Vec<String> = arguments.iter().map(|scalar| self.of(*scalar, depth)).collect();
        format!("{name}({})", arguments.join(", "))
    }

    fn list(&mut self, scalar: Scalar, depth: u32) -> String {
        let items: Vec<String> = (0..=self.below(3)).map(|_| self.of(scalar, depth)).collect();
        format!("[{}]", items.join(", "))
    }

    fn boolean(&mut self, depth: u32) -> String {
        match self.below(10) {
            0 | 1 => self.two(Scalar::Boolean, &["&&", "||", "==", "!="], Scalar::Boolean, depth),
            2 => self.two(Scalar::Integer, &ORDERS, Scalar::Decimal, depth),
            3 => self.call(&["contains", "starts_with", "ends_with"], &[Scalar::Text, Scalar::Text], depth),
            4 => format!("(claim.price_maybe == () || claim.price_maybe > {})", self.of(Scalar::Decimal, depth)),
            5 => format!("(claim.price_maybe != () && claim.price_maybe > {})", self.of(Scalar::Decimal, depth)),
            6 => {
                let scalar = self.pick(&ALL);
                let item = self.of(scalar, depth);
                format!("({item} in {})", self.list(scalar, depth))
            }
            7 => format!("!({})", self.of(Scalar::Boolean, depth)),
            8 => self.call(&["is_weekend"], &[Scalar::Date], depth),
            _ => {
                let scalar = self.pick(&[Scalar::Integer, Scalar::Decimal, Scalar::Text, Scalar::Date]);
                self.two(scalar, &ORDERS, scalar, depth)
            }
        }
    }

    fn integer(&mut self, depth: u32) -> String {
        let integer = Scalar::Integer;
        match self.below(14) {
            0..=2 => self.two(integer, &["+", "-", "*", "%"], integer, depth),
            3 => self.call(&["min", "max", "idiv"], &[integer, integer], depth),
            4 => self.call(&["days_between", "business_days_between"], &[Scalar::Date, Scalar::Date], depth),
            5 => self.call(&["year_of", "day_of_month", "weekday"], &[Scalar::Date], depth),
            6 => {
                let (subject, one) = (self.of(Scalar::Text, depth), self.of(integer, depth));
                format!("(switch {subject} {{ \"A\" => {one}, _ => {} }})", self.of(integer, depth))
            }
            7 => format!("-({})", self.of(integer, depth)),
            8 => self.call(&["abs", "climb", "scaled"], &[integer], depth),
            9 => format!("or_else(claim.units_maybe, {})", self.of(integer, depth)),
            10 => self.call(&["len"], &[Scalar::Text], depth),
            11 => self.call(&["whole"], &[Scalar::Decimal], depth),
            12 => format!("{}({})", self.pick(&["sum", "count"]), self.list(integer, depth)),
            _ => {
                let (call, list) = (self.pick(&["squares", "place"]).to_owned(), self.list(integer, depth));
                format!("{call}({list}, {})", self.of(integer, depth))
            }
        }
    }

    fn decimal(&mut self, depth: u32) -> String {
        let (integer, decimal) = (Scalar::Integer, Scalar::Decimal);
        let signs = ["+", "-", "*", "/", "%"];
        match self.below(12) {
            0..=2 => self.two(decimal, &signs, decimal, depth),
            3 => self.two(integer, &signs, decimal, depth),
            4 => self.two(decimal, &signs, integer, depth),
            5 => format!("{}({}, {})", self.pick(&ROUNDING), self.of(decimal, depth), self.below(6)),
            6 => self.call(&["min", "max"], &[integer, decimal], depth),
            7 => self.call(&["clamp"], &[decimal, integer, decimal], depth),
            8 => format!("-({})", self.of(decimal, depth)),
            9 => format!("{}({}, 0.25)", self.pick(&["less", "max"]), self.of(decimal, depth)),
            10 => self.pick(&["or_zero(claim.price_maybe)", "or_else(claim.price_maybe, 1.5)"]).to_owned(),
            _ => {
                let (call, list) =
                    (self.pick(&["smallest", "largest", "first", "last"]).to_owned(), self.list(decimal, depth));
                format!("or_else({call}({list}), {})", self.of(decimal, depth))
            }
        }
    }

    fn text(&mut self, depth: u32) -> String {
        match self.below(6) {
            0 => self.two(Scalar::Text, &["+"], Scalar::Text, depth),
            1 => {
                let scalar = self.pick(&ALL);
                format!("`${{{}}} on ${{{}}}`", self.of(scalar, depth), self.of(Scalar::Date, depth))
            }
            2 => self.call(&["month_of", "quarter_of", "week_of"], &[Scalar::Date], depth),
            3 => self.call(&["upper", "lower", "trimmed", "word"], &[Scalar::Text], depth),
            4 => self.call(&["band"], &[Scalar::Integer], depth),
            _ => format!("or_else(claim.sku_maybe, {})", self.of(Scalar::Text, depth)),
        }
    }

    fn date(&mut self, depth: u32) -> String {
        match self.below(3) {
            0 => self.call(&["add_days", "add_months"], &[Scalar::Date, Scalar::Integer], depth),
            1 => self.call(&["min", "max"], &[Scalar::Date, Scalar::Date], depth),
            _ => format!("or_else(first(sorted({})), claim.day)", self.list(Scalar::Date, depth)),
        }
    }
}
