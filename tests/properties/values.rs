//! Keys: their bytes are equal where the values are, and nowhere else.

use meed::{
    calendar::{Date, add_days},
    claim::{Value, canonical},
    money::Decimal,
};
use proptest::prelude::*;

#[derive(Debug, Clone, PartialEq)]
enum Owned {
    Nothing,
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    Text(String),
    Date(Date),
    Texts(Vec<String>),
}

impl Owned {
    fn key_of(values: &[Self]) -> Vec<u8> {
        let texts: Vec<Vec<Value<'_>>> = values.iter().map(Self::texts).collect();
        canonical(values.iter().zip(&texts).map(|(value, texts)| value.value(texts)))
    }

    fn texts(&self) -> Vec<Value<'_>> {
        match self {
            Self::Texts(texts) => texts.iter().map(|text| Value::Text(text)).collect(),
            _ => Vec::new(),
        }
    }

    fn value<'a>(&'a self, texts: &'a [Value<'a>]) -> Value<'a> {
        match self {
            Self::Nothing => Value::Nothing,
            Self::Boolean(boolean) => Value::Boolean(*boolean),
            Self::Integer(integer) => Value::Integer(*integer),
            Self::Decimal(decimal) => Value::Decimal(*decimal),
            Self::Text(text) => Value::Text(text),
            Self::Date(date) => Value::Date(*date),
            Self::Texts(_) => Value::List(texts),
        }
    }

    /// Equal as rules see it: numbers by their amount, whatever their type or zeros.
    fn equals(&self, other: &Self) -> bool {
        let number = |value: &Self| match value {
            Self::Integer(integer) => Some((i128::from(*integer) * 1_000_000, 0)),
            Self::Decimal(decimal) => {
                let decimal = decimal.normalize();
                Some((decimal.mantissa() * 10_i128.pow(6 - decimal.scale()), 0))
            }
            _ => None,
        };
        match (number(self), number(other)) {
            (Some(left), Some(right)) => left == right,
            _ => self == other,
        }
    }
}

fn value() -> impl Strategy<Value = Owned> {
    let text = prop_oneof!["[ab]{0,3}", "\\PC{0,6}", Just("\u{0}\u{1}".to_owned())];
    prop_oneof![
        Just(Owned::Nothing),
        any::<bool>().prop_map(Owned::Boolean),
        (-3..12_i64).prop_map(Owned::Integer),
        any::<i64>().prop_map(Owned::Integer),
        (-30..120_i64, 0..=2_u32).prop_map(|(mantissa, scale)| Owned::Decimal(Decimal::new(mantissa, scale))),
        (any::<i64>(), 0..=6_u32).prop_map(|(mantissa, scale)| Owned::Decimal(Decimal::new(mantissa, scale))),
        text.clone().prop_map(Owned::Text),
        (0..4_i64).prop_map(|days| Owned::Date(add_days(Date::default(), days).unwrap())),
        prop::collection::vec(text, 0..3).prop_map(Owned::Texts),
    ]
}

/// Two lists, often alike in all but one value.
fn two_lists() -> impl Strategy<Value = (Vec<Owned>, Vec<Owned>)> {
    let lists = (prop::collection::vec(value(), 0..4), prop::collection::vec(value(), 0..4));
    let alike = (prop::collection::vec(value(), 1..4), value(), any::<prop::sample::Index>());
    prop_oneof![
        lists,
        alike.prop_map(|(list, value, index)| {
            let mut other = list.clone();
            other[index.index(list.len())] = value;
            (list, other)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_keys_are_equal_where_their_values_are(( left, right) in two_lists()) {
        let equal = left.len() == right.len() && left.iter().zip(&right).all(|(left, right)| left.equals(right));
        prop_assert_eq!(Owned::key_of(&left) == Owned::key_of(&right), equal);
        prop_assert_eq!(Owned::key_of(&left), Owned::key_of(&left.clone()));
    }

    #[test]
    fn two_values_are_equal_and_in_order_as_their_keys_say(left in value(), right in value()) {
        let (left_texts, right_texts) = (left.texts(), right.texts());
        let (one, other) = (left.value(&left_texts), right.value(&right_texts));
        prop_assert_eq!(one == other, left.equals(&right));
        prop_assert_eq!(one.order(&other), other.order(&one).reverse());
        prop_assert_eq!(one.order(&other).is_eq(), canonical([one]) == canonical([other]));
    }

    #[test]
    fn trailing_zeros_make_no_other_key(mantissa in any::<i32>(), scale in 0..=6_u32, zeros in 0..=6_u32) {
        let short = Decimal::new(i64::from(mantissa), scale);
        let long = Decimal::new(i64::from(mantissa) * 10_i64.pow(zeros), scale + zeros);
        prop_assert_eq!(canonical([Value::Decimal(short)]), canonical([Value::Decimal(long)]));
    }
}
