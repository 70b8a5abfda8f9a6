//! Figures a little off: by one unit of their last digit, by one percent, a date by a day.

use crate::{
    calendar::parse_iso,
    money::{Decimal, add, multiply, parse_decimal, plain, subtract},
};

/// What is tried in the place of a number or date; nothing for other texts. A `%` behind a number stays.
pub(super) fn near(text: &str) -> Vec<String> {
    if let Ok(date) = parse_iso(text) {
        return [date.pred_opt(), date.succ_opt()].into_iter().flatten().map(|date| date.to_string()).collect();
    }
    let (number, percent) = text.strip_suffix('%').map_or((text, ""), |number| (number.trim_end(), "%"));
    let Ok(value) = parse_decimal(number) else { return Vec::new() };
    let unit = Decimal::new(1, value.scale());
    let hundredth = Decimal::new(1, 2);
    let more = multiply(value, hundredth)
        .ok()
        .filter(|part| !part.is_zero() && (value.scale() > 0 || is_hundreds(value) || percent == "%"));
    let values = [add(value, unit).ok(), subtract(value, unit).ok(), more.and_then(|part| add(value, part).ok())];
    let mut texts: Vec<String> = Vec::new();
    for value in values.into_iter().flatten() {
        let text = format!("{}{percent}", plain(value));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// Whether a percent of it is a whole number: what is counted in whole numbers stays whole.
fn is_hundreds(value: Decimal) -> bool {
    !value.is_zero() && value.checked_rem(Decimal::ONE_HUNDRED).is_some_and(|rest| rest.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_move_by_a_unit_and_a_percent_and_dates_by_a_day() {
        assert_eq!(near("5000"), ["5001", "4999", "5050"]);
        assert_eq!(near("60"), ["61", "59"]);
        assert_eq!(near("2.50"), ["2.51", "2.49", "2.525"]);
        assert_eq!(near("3%"), ["4%", "2%", "3.03%"]);
        assert_eq!((near("0"), near("0%")), (vec!["1".to_owned(), "-1".into()], vec!["1%".into(), "-1%".into()]));
        assert_eq!(near("2026-03-01"), ["2026-02-28", "2026-03-02"]);
        assert_eq!(near("hold"), Vec::<String>::new());
    }
}
