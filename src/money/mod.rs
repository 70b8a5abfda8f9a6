//! Exact amounts: how they are written, added, multiplied and rounded. No binary float ever comes near.

mod decimal;
mod rounding;
mod short;
mod split;
mod unit;

pub use decimal::{
    Inexact, NotDecimal, add, at_scale, compare, divide, multiply, negated, parse_decimal, plain, subtract,
    write_at_scale,
};
pub use rounding::{Rounding, RoundingMode, UnknownRoundingMode, round_to_places};
pub use rust_decimal::Decimal;
pub use short::Short;
pub use split::{SplitMethod, split};
pub use unit::{MAX_AMOUNT, MAX_SCALE, Unit, UnknownCurrency};
