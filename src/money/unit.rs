//! What an award is counted in: an ISO 4217 currency, or a unit of the program's own such as points.

use iso_currency::Currency;
use rust_decimal::Decimal;

/// The most decimal places that a program may round to.
pub const MAX_SCALE: u32 = 12;

/// The largest amount of one component, so that the sums of any run stay exact.
pub const MAX_AMOUNT: Decimal = Decimal::from_parts(0xA4C6_8000, 0x0003_8D7E, 0, false, 0);

/// A currency or a unit of points, with the decimal places that it is written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    code: String,
    scale: u32,
}

/// A code that is not in ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an ISO 4217 currency")]
pub struct UnknownCurrency;

impl Unit {
    /// A currency by its ISO 4217 code, with the places of its minor unit.
    pub fn currency(code: &str) -> Result<Self, UnknownCurrency> {
        let currency = Currency::from_code(code).ok_or(UnknownCurrency)?;
        Ok(Self { code: code.to_owned(), scale: u32::from(currency.exponent().unwrap_or(0)) })
    }

    /// A unit of the program's own.
    pub const fn own(code: String, scale: u32) -> Self {
        Self { code, scale }
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Decimal places that amounts are written with.
    pub const fn scale(&self) -> u32 {
        self.scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_amount_is_a_thousand_million_million() {
        assert_eq!(MAX_AMOUNT.to_string(), "1000000000000000");
    }

    #[test]
    fn a_currency_knows_its_minor_unit() {
        for (code, scale) in [("USD", 2), ("JPY", 0), ("BHD", 3)] {
            assert_eq!(Unit::currency(code).unwrap().scale(), scale);
        }
        assert_eq!(Unit::currency("EURO"), Err(UnknownCurrency));
    }
}
