//! Rhai's interpreter with decimal operators that fail where Rhai's own would round. Whether a result is exact is
//! decided here without the code under test: both sides are compared modulo numbers whose product is larger than either.

use rhai::{Engine, EvalAltResult};
use rust_decimal::Decimal;

/// How an operator says that it would round; the same words as the typed form's.
pub(super) const ROUNDS: &str = "the result needs more than 28 digits";

/// Makes an engine refuse to round decimals.
pub(super) fn refuse_rounding(engine: &mut Engine) {
    engine.set_fast_operators(false);
    register(engine, "+", |left, right| left.checked_add(right).filter(|sum| is_sum(left, right, *sum)));
    register(engine, "-", |left, right| left.checked_sub(right).filter(|rest| is_sum(*rest, right, left)));
    register(engine, "*", |left, right| left.checked_mul(right).filter(|product| is_product(left, right, *product)));
    register(engine, "/", Decimal::checked_div);
    register(engine, "%", Decimal::checked_rem);
}

fn register(engine: &mut Engine, sign: &'static str, operate: fn(Decimal, Decimal) -> Option<Decimal>) {
    let checked = move |left: Decimal, right: Decimal| {
        if matches!(sign, "/" | "%") && right.is_zero() {
            return Err(Box::<EvalAltResult>::from("division by zero"));
        }
        operate(left, right).ok_or_else(|| Box::<EvalAltResult>::from(ROUNDS))
    };
    engine.register_fn(sign, move |left: Decimal, right: Decimal| checked(left, right));
    engine.register_fn(sign, move |left: i64, right: Decimal| checked(left.into(), right));
    engine.register_fn(sign, move |left: Decimal, right: i64| checked(left, right.into()));
    let sign_of_assignment = format!("{sign}=");
    engine.register_fn(&sign_of_assignment, move |left: &mut Decimal, right: Decimal| {
        *left = checked(*left, right)?;
        Ok::<(), Box<EvalAltResult>>(())
    });
    engine.register_fn(&sign_of_assignment, move |left: &mut Decimal, right: i64| {
        *left = checked(*left, right.into())?;
        Ok::<(), Box<EvalAltResult>>(())
    });
}

/// Primes near 2⁶⁴. Together they exceed every number that is compared here, which are below 2²⁹⁰.
const PRIMES: [u128; 5] = [
    18_446_744_073_709_551_557,
    18_446_744_073_709_551_533,
    18_446_744_073_709_551_521,
    18_446_744_073_709_551_437,
    18_446_744_073_709_551_427,
];

/// A number times a power of ten, modulo a prime.
fn scaled(number: i128, places: u32, prime: u128) -> u128 {
    let magnitude = number.unsigned_abs() % prime;
    let signed = if number < 0 { (prime - magnitude) % prime } else { magnitude };
    (0..places).fold(signed, |value, _| value * 10 % prime)
}

fn is_sum(left: Decimal, right: Decimal, sum: Decimal) -> bool {
    let places = left.scale().max(right.scale()).max(sum.scale());
    PRIMES.iter().all(|prime| {
        let at = |number: Decimal| scaled(number.mantissa(), places - number.scale(), *prime);
        (at(left) + at(right)) % prime == at(sum)
    })
}

fn is_product(left: Decimal, right: Decimal, product: Decimal) -> bool {
    let places = (left.scale() + right.scale()).max(product.scale());
    PRIMES.iter().all(|prime| {
        let made = scaled(left.mantissa(), 0, *prime) * scaled(right.mantissa(), 0, *prime) % prime;
        let made = (left.scale() + right.scale()..places).fold(made, |value, _| value * 10 % prime);
        made == scaled(product.mantissa(), places - product.scale(), *prime)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_exact_is_told_from_what_is_rounded() {
        let of = |text: &str| Decimal::from_str_exact(text).unwrap();
        assert!(is_sum(of("1.10"), of("-0.1"), of("1")));
        assert!(!is_sum(of("1.10"), of("-0.1"), of("1.0000000000000000000000000001")));
        assert!(is_product(of("1.50"), of("-2"), of("-3")));
        assert!(!is_product(of("0.0000000000000001"), of("0.0000000000000001"), of("0")));
        assert!(!is_product(of("79228162514264337593543950335"), of("0.1"), of("7922816251426433759354395033")));
    }
}
