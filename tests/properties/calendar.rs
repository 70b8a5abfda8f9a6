//! The calendar against counting day by day.

use meed::calendar::{
    Date, FiscalStart, Period, add_days, add_months, business_days_between, days_between, is_weekend, parse_iso,
    weekday,
};
use proptest::prelude::*;

fn date() -> impl Strategy<Value = Date> {
    let start = parse_iso("1999-01-01").unwrap();
    (0..12_000_i64).prop_map(move |days| add_days(start, days).unwrap())
}

/// Year, month and day as they are written.
fn parts(date: Date) -> (i64, u32, u32) {
    let text = date.to_string();
    let part = |range: std::ops::Range<usize>| text[range].parse().unwrap();
    (i64::from(part(0..4)), part(5..7), part(8..10))
}

/// Whether a period starts on a date, from the words of the design. `month` and `day` start the fiscal year.
fn starts(period: Period, date: Date, (month, day): (u32, u32)) -> bool {
    let (_, in_month, on_day) = parts(date);
    match period {
        Period::Day => true,
        Period::Week => weekday(date) == 1,
        Period::Month => on_day == 1,
        Period::Quarter => on_day == 1 && [1, 4, 7, 10].contains(&in_month),
        Period::Year => on_day == 1 && in_month == 1,
        Period::FiscalQuarter => on_day == day && (in_month + 12 - month).is_multiple_of(3),
        Period::FiscalYear => on_day == day && in_month == month,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn business_days_are_the_days_that_are_no_weekend(from in date(), length in 0..400_i64) {
        let to = add_days(from, length).unwrap();
        let days = (1..=length).map(|day| add_days(from, day).unwrap());
        let counted = i64::try_from(days.filter(|day| !is_weekend(*day)).count()).unwrap();
        prop_assert_eq!(business_days_between(from, to), counted);
        prop_assert_eq!(business_days_between(to, from), -counted);
        prop_assert_eq!(days_between(from, to), length);
    }

    #[test]
    fn a_period_has_one_name_and_its_neighbours_have_others(
        from in date(), month in 1..=12_u32, day in 1..=28_u32, length in 1..800_i64,
    ) {
        let fiscal = FiscalStart::parse(&format!("{month:02}-{day:02}")).unwrap();
        let days: Vec<Date> = (0..length).map(|later| add_days(from, later).unwrap()).collect();
        for (word, period) in Period::NAMES {
            let mut seen = vec![period.name(from, fiscal)];
            for today in &days[1..] {
                let name = period.name(*today, fiscal);
                if starts(period, *today, (month, day)) {
                    prop_assert!(!seen.contains(&name), "{} {} is named {} again", word, today, name);
                    seen.push(name);
                } else {
                    prop_assert_eq!(Some(&name), seen.last(), "{} {}", word, today);
                }
            }
        }
    }

    #[test]
    fn some_months_later_is_the_same_day_or_the_last_of_the_month(from in date(), months in -40..40_i64) {
        let later = add_months(from, months).unwrap();
        let ((year, month, day), (later_year, later_month, later_day)) = (parts(from), parts(later));
        prop_assert_eq!(later_year * 12 + i64::from(later_month), year * 12 + i64::from(month) + months);
        let is_last_of_month = parts(add_days(later, 1).unwrap()).2 == 1;
        prop_assert!(later_day == day || later_day < day && is_last_of_month);
    }
}
