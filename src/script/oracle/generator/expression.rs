//! Values of each type.

use super::{Kind, Maker};
use crate::schema::Scalar::{self, Boolean, Date, Decimal, Integer, Text};

const ROUNDING: [&str; 7] =
    ["round_half_even", "round_half_up", "round_half_down", "round_up", "round_down", "round_ceiling", "round_floor"];

pub(super) const fn is_ordered(scalar: Scalar) -> bool {
    matches!(scalar, Integer | Decimal | Date)
}

impl Maker {
    /// A value that is there.
    pub(super) fn one(&mut self, scalar: Scalar, depth: u32) -> String {
        if depth == 0 || self.random.one_in(5) {
            return self.leaf(scalar);
        }
        let depth = depth - 1;
        match self.random.below(14) {
            0 => {
                let (condition, then) = (self.one(Boolean, depth), self.one(scalar, depth));
                format!("(if {condition} {{ {then} }} else {{ {} }})", self.one(scalar, depth))
            }
            1 => format!("({})", self.switch(depth, |maker| maker.one(scalar, depth))),
            2 | 3 => match self.callable(Kind::One(scalar)) {
                Some(function) => self.call(&function, depth),
                None => self.leaf(scalar),
            },
            4 => {
                let value = self.maybe(scalar, depth);
                format!("or_else({value}, {})", self.one(scalar, depth))
            }
            5 => self.guarded(scalar, depth),
            6 if is_ordered(scalar) => {
                let name = self.random.pick(&["min", "max"]);
                self.built_in(name, &[scalar, scalar], depth)
            }
            7 if is_ordered(scalar) => self.built_in("clamp", &[scalar, scalar, scalar], depth),
            _ => match scalar {
                Boolean => self.boolean(depth),
                Integer => self.integer(depth),
                Decimal => self.decimal(depth),
                Text => self.text(depth),
                Date => self.date(depth),
            },
        }
    }

    fn leaf(&mut self, scalar: Scalar) -> String {
        if !self.random.one_in(3)
            && let Some(read) = self.read(Kind::One(scalar))
        {
            return read;
        }
        self.literal(scalar)
    }

    /// A value that may be missing.
    pub(super) fn maybe(&mut self, scalar: Scalar, depth: u32) -> String {
        let choice = self.random.below(6);
        if choice < 3
            && let Some(read) = self.read(Kind::Maybe(scalar))
        {
            return read;
        }
        if choice == 3
            && depth > 0
            && let Some(function) = self.callable(Kind::Maybe(scalar))
        {
            return self.call(&function, depth - 1);
        }
        let names: &[&str] =
            if is_ordered(scalar) { &["first", "last", "smallest", "largest"] } else { &["first", "last"] };
        let name = self.random.pick(names);
        format!("{name}({})", self.many(scalar, depth.saturating_sub(1)))
    }

    /// A list.
    pub(super) fn many(&mut self, scalar: Scalar, depth: u32) -> String {
        let choice = self.random.below(6);
        if choice < 2
            && let Some(read) = self.read(Kind::Many(scalar))
        {
            return read;
        }
        if choice == 2 && depth > 0 {
            return format!("sorted({})", self.many(scalar, depth - 1));
        }
        if choice == 3
            && depth > 0
            && let Some(function) = self.callable(Kind::Many(scalar))
        {
            return self.call(&function, depth - 1);
        }
        let constants = choice == 4;
        let count = 1 + self.random.below(4);
        let item = |_| if constants { self.literal(scalar) } else { self.one(scalar, depth.saturating_sub(1)) };
        let items: Vec<String> = (0..count).map(item).collect();
        format!("[{}]", items.join(", "))
    }

    /// A built-in function, called either way.
    pub(super) fn built_in(&mut self, name: &str, arguments: &[Scalar], depth: u32) -> String {
        // A whole number will do for a decimal.
        let widened = |maker: &mut Self, scalar: Scalar| match scalar {
            Decimal if maker.random.one_in(6) => maker.one(Integer, depth),
            scalar => maker.one(scalar, depth),
        };
        let all_decimal = arguments.iter().all(|scalar| *scalar == Decimal);
        let made: Vec<String> = arguments
            .iter()
            .enumerate()
            .map(|(number, scalar)| {
                // Of several alike the first stays a decimal, so that the function stays one over decimals.
                if all_decimal && number == 0 { self.one(*scalar, depth) } else { widened(self, *scalar) }
            })
            .collect();
        self.written_call(name, &made)
    }

    pub(super) fn written_call(&mut self, name: &str, arguments: &[String]) -> String {
        if self.random.one_in(4) && self.points {
            format!("({}).{name}({})", arguments[0], arguments[1..].join(", "))
        } else {
            format!("{name}({})", arguments.join(", "))
        }
    }

    pub(super) fn two(&mut self, left: Scalar, signs: &[&str], right: Scalar, depth: u32) -> String {
        let (left, sign) = (self.one(left, depth), self.random.pick(signs));
        format!("({left} {sign} {})", self.one(right, depth))
    }

    fn of_list(&mut self, names: &[&str], scalar: Scalar, depth: u32) -> String {
        let (name, list) = (self.random.pick(names), self.many(scalar, depth));
        self.written_call(name, &[list])
    }

    fn integer(&mut self, depth: u32) -> String {
        if self.random.one_in(18) {
            return self.integer_at_a_limit(depth);
        }
        match self.random.below(13) {
            0..=3 => self.two(Integer, &["+", "-", "*", "%"], Integer, depth),
            4 => format!("-({})", self.one(Integer, depth)),
            5 => format!("+({})", self.one(Integer, depth)),
            6 => {
                let name = self.random.pick(&["days_between", "business_days_between"]);
                self.built_in(name, &[Date, Date], depth)
            }
            7 => {
                let name = self.random.pick(&["year_of", "day_of_month", "weekday"]);
                self.built_in(name, &[Date], depth)
            }
            8 => match self.random.below(2) {
                0 => self.built_in("idiv", &[Integer, Integer], depth),
                _ => self.built_in("abs", &[Integer], depth),
            },
            9 => self.built_in("len", &[Text], depth),
            10 => self.built_in("whole", &[Decimal], depth),
            11 => self.of_list(&["sum"], Integer, depth),
            _ => {
                let scalar = self.random.pick(&crate::script::oracle::world::SCALARS);
                self.of_list(&["count"], scalar, depth)
            }
        }
    }

    fn decimal(&mut self, depth: u32) -> String {
        const SIGNS: [&str; 5] = ["+", "-", "*", "/", "%"];
        if self.random.one_in(25) {
            return self.decimal_at_a_limit(depth);
        }
        match self.random.below(13) {
            0..=3 => self.two(Decimal, &SIGNS, Decimal, depth),
            4 => self.two(Integer, &SIGNS, Decimal, depth),
            5 => self.two(Decimal, &SIGNS, Integer, depth),
            6 => format!("-({})", self.one(Decimal, depth)),
            7 => format!("+({})", self.one(Decimal, depth)),
            8 => self.built_in("abs", &[Decimal], depth),
            9 => self.of_list(&["sum"], Decimal, depth),
            _ => {
                let (name, x) = (self.random.pick(&ROUNDING), self.one(Decimal, depth));
                let places = match self.random.below(10) {
                    0 => self.one(Integer, depth),
                    1 | 2 => self.random.pick(&["28", "29", "(-1)"]).to_owned(),
                    _ => self.random.below(6).to_string(),
                };
                self.written_call(name, &[x, places])
            }
        }
    }

    fn text(&mut self, depth: u32) -> String {
        match self.random.below(7) {
            0 => self.two(Text, &["+"], Text, depth),
            1 | 2 => self.interpolation(depth),
            3 | 4 => {
                let name = self.random.pick(&["month_of", "quarter_of", "week_of"]);
                self.built_in(name, &[Date], depth)
            }
            _ => {
                let name = self.random.pick(&["upper", "lower", "trimmed"]);
                self.built_in(name, &[Text], depth)
            }
        }
    }

    fn interpolation(&mut self, depth: u32) -> String {
        let mut text = "`".to_owned();
        for _ in 0..=self.random.below(3) {
            text.push_str(self.random.pick(&["", " ", "x ", "日", "{", "$"]));
            let scalar = self.random.pick(&crate::script::oracle::world::SCALARS);
            text.extend(["${", &self.one(scalar, depth), "}"]);
        }
        text + "`"
    }

    fn date(&mut self, depth: u32) -> String {
        match self.random.below(6) {
            0 => self.built_in("date", &[Text], depth),
            _ => {
                let (name, date) = (self.random.pick(&["add_days", "add_months"]), self.one(Date, depth));
                let distance = match self.random.below(8) {
                    0 => self.random.pick(&["(-800000)", "3_000_000", "9223372036854775807", "120000"]).to_owned(),
                    _ => self.one(Integer, depth),
                };
                self.written_call(name, &[date, distance])
            }
        }
    }
}
