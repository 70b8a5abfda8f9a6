//! Civil dates: how they are written, the periods they fall in, and how far apart they are. No clock, no time zone.

use std::fmt::Write;

use chrono::{Datelike, Days, Months, NaiveDateTime, Weekday};

pub use chrono::NaiveDate as Date;

/// A date that can't be read by the declared format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a date of the declared format")]
pub struct NotDate;

/// Reads a date written as `2026-07-01`.
pub fn parse_iso(text: &str) -> Result<Date, NotDate> {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Result<u32, NotDate> {
        let digits = bytes.get(range).filter(|digits| digits.iter().all(u8::is_ascii_digit)).ok_or(NotDate)?;
        Ok(digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
    };
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return Err(NotDate);
    }
    let year = i32::try_from(number(0..4)?).map_err(|_| NotDate)?;
    Date::from_ymd_opt(year, number(5..7)?, number(8..10)?).ok_or(NotDate)
}

/// Appends a date as `2026-07-01`.
pub fn write_iso(date: Date, bytes: &mut Vec<u8>) {
    let (month, day) = (date.month(), date.day());
    let Some(year) = four_digits(date.year()) else {
        bytes.extend_from_slice(date.to_string().as_bytes());
        return;
    };
    bytes.extend_from_slice(&year);
    bytes.extend_from_slice(&[b'-', tens(month), digit(month), b'-', tens(day), digit(day)]);
}

/// How a column of dates is written: ISO 8601 unless the definition says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DateFormat {
    /// A strftime pattern; `None` is `%Y-%m-%d`.
    pattern: Option<String>,
}

impl DateFormat {
    /// A format by its strftime pattern. A time of day may be written and is left out of the date.
    pub fn new(pattern: &str) -> Result<Self, NotDate> {
        use chrono::format::{Item, StrftimeItems};
        let items: Vec<Item<'_>> = StrftimeItems::new(pattern).collect();
        if items.iter().any(|item| matches!(item, Item::Error)) {
            return Err(NotDate);
        }
        let probe = Date::from_ymd_opt(2023, 11, 25).and_then(|date| date.and_hms_opt(13, 45, 59)).ok_or(NotDate)?;
        // A pattern that asks for what a day doesn't have, such as its time zone, can't be written.
        let mut written = String::new();
        write!(written, "{}", probe.format_with_items(items.iter())).map_err(|_| NotDate)?;
        let format = Self { pattern: (pattern != "%Y-%m-%d").then(|| pattern.to_owned()) };
        // A pattern that can't read back the day that it wrote doesn't say which day it means.
        if format.parse(&written) == Ok(probe.date()) { Ok(format) } else { Err(NotDate) }
    }

    /// The pattern as written in a definition.
    pub fn pattern(&self) -> &str {
        self.pattern.as_deref().unwrap_or("%Y-%m-%d")
    }

    /// Writes a date, at midnight where a time of day is written.
    pub fn write(&self, date: Date) -> Option<String> {
        let mut written = String::new();
        write!(written, "{}", date.and_hms_opt(0, 0, 0)?.format(self.pattern())).ok()?;
        Some(written)
    }

    /// Reads a date.
    pub fn parse(&self, text: &str) -> Result<Date, NotDate> {
        match &self.pattern {
            None => parse_iso(text),
            Some(pattern) => parse_by(text, pattern),
        }
    }
}

/// Reads a date by a pattern, exactly as the pattern writes it: the library would also take signs, blanks and years of
/// two digits.
fn parse_by(text: &str, pattern: &str) -> Result<Date, NotDate> {
    // What a pattern asks for and a day doesn't have, such as a time of day without its minutes, can't be written.
    let mut written = String::new();
    let date = match NaiveDateTime::parse_from_str(text, pattern) {
        Ok(moment) => {
            write!(written, "{}", moment.format(pattern)).map_err(|_| NotDate)?;
            moment.date()
        }
        Err(_) => {
            let date = Date::parse_from_str(text, pattern).map_err(|_| NotDate)?;
            write!(written, "{}", date.format(pattern)).map_err(|_| NotDate)?;
            date
        }
    };
    if written == text { Ok(date) } else { Err(NotDate) }
}

/// A calendar period that a key may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// One day, `2026-07-01`.
    Day,
    /// An ISO 8601 week, `2026-W27`.
    Week,
    /// A calendar month, `2026-07`.
    Month,
    /// A calendar quarter, `2026-Q3`.
    Quarter,
    /// A calendar year, `2026`.
    Year,
    /// A quarter of the fiscal year, `FY2026-Q1`; the year is named after the calendar year in which it starts.
    FiscalQuarter,
    /// A fiscal year, `FY2026`, named after the calendar year in which it starts.
    FiscalYear,
}

impl Period {
    /// Every period with the word that definitions use.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("day", Self::Day),
        ("week", Self::Week),
        ("month", Self::Month),
        ("quarter", Self::Quarter),
        ("year", Self::Year),
        ("fiscal_quarter", Self::FiscalQuarter),
        ("fiscal_year", Self::FiscalYear),
    ];

    /// Whether it needs the program's `fiscal_year_starts`.
    pub const fn is_fiscal(self) -> bool {
        matches!(self, Self::FiscalQuarter | Self::FiscalYear)
    }

    /// A number for the period that a date falls in, another for each.
    pub fn number(self, date: Date, fiscal_start: FiscalStart) -> i32 {
        // The calendar of dates ends long before a year times a hundred would overflow.
        let part = |year: i32, part: u32| year * 100 + i32::try_from(part).unwrap_or_default();
        match self {
            Self::Day => date.num_days_from_ce(),
            Self::Week => part(date.iso_week().year(), date.iso_week().week()),
            Self::Month => part(date.year(), date.month()),
            Self::Quarter => part(date.year(), date.month().div_ceil(3)),
            Self::Year => date.year(),
            Self::FiscalQuarter => {
                let (year, quarter) = fiscal_start.quarter(date);
                part(year, quarter)
            }
            Self::FiscalYear => fiscal_start.quarter(date).0,
        }
    }

    /// The period's name on a date. `fiscal_start` is the first day of the fiscal year.
    pub fn name(self, date: Date, fiscal_start: FiscalStart) -> String {
        match self {
            Self::Day => date.to_string(),
            Self::Week => week_name(date),
            Self::Month => month_name(date),
            Self::Quarter => quarter_name(date),
            Self::Year => date.year().to_string(),
            Self::FiscalQuarter => {
                let (year, quarter) = fiscal_start.quarter(date);
                format!("FY{year}-Q{quarter}")
            }
            Self::FiscalYear => format!("FY{}", fiscal_start.quarter(date).0),
        }
    }
}

/// The first day of a fiscal year, as a month and a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiscalStart {
    month: u32,
    day: u32,
}

impl Default for FiscalStart {
    fn default() -> Self {
        Self { month: 1, day: 1 }
    }
}

impl FiscalStart {
    /// Reads `04-01`. The 29th of February is no start, since it isn't there every year.
    pub fn parse(text: &str) -> Result<Self, NotDate> {
        let date = parse_iso(&format!("2023-{text}"))?;
        Ok(Self { month: date.month(), day: date.day() })
    }

    /// The calendar year in which the fiscal year of a date starts, and the quarter of it, 1 to 4. Quarters start
    /// on the fiscal year's day every three months, or on the last day of a month that doesn't have it.
    fn quarter(self, date: Date) -> (i32, u32) {
        let start_in = |year: i32| Date::from_ymd_opt(year, self.month, self.day).unwrap_or(date);
        let year = if date < start_in(date.year()) { date.year() - 1 } else { date.year() };
        let starts = |quarter: u32| start_in(year).checked_add_months(Months::new(3 * quarter)).unwrap_or(Date::MAX);
        (year, (1..4).rev().find(|quarter| starts(*quarter) <= date).unwrap_or(0) + 1)
    }
}

/// `2026-07`.
pub fn month_name(date: Date) -> String {
    part_name(date.year(), &[tens(date.month()), digit(date.month())])
}

/// `2026-Q3`.
pub fn quarter_name(date: Date) -> String {
    part_name(date.year(), &[b'Q', digit(date.month().div_ceil(3))])
}

/// `2026-W27`, the ISO 8601 week.
pub fn week_name(date: Date) -> String {
    let week = date.iso_week();
    part_name(week.year(), &[b'W', tens(week.week()), digit(week.week())])
}

/// The name of a part of a year. Names are made for every claim that is traced, for which formatting is too slow.
fn part_name(year: i32, part: &[u8]) -> String {
    let mut name = String::with_capacity(12);
    let Some(digits) = four_digits(year) else {
        return format!("{year:04}-{}", String::from_utf8_lossy(part));
    };
    name.extend(digits.map(char::from));
    name.push('-');
    name.extend(part.iter().copied().map(char::from));
    name
}

/// The digits of a year; `None` where it has more, or lies before the year 0.
fn four_digits(year: i32) -> Option<[u8; 4]> {
    let year = u32::try_from(year).ok().filter(|year| *year <= 9_999)?;
    Some([tens(year / 100), digit(year / 100), tens(year), digit(year)])
}

/// The last digit of a number.
fn digit(number: u32) -> u8 {
    b'0' + u8::try_from(number % 10).unwrap_or_default()
}

/// The last digit but one of a number.
fn tens(number: u32) -> u8 {
    digit(number / 10)
}

/// Days from one date to another; negative where the second comes first.
pub fn days_between(from: Date, to: Date) -> i64 {
    to.signed_duration_since(from).num_days()
}

/// Days from Monday to Friday after `from`, up to and with `to`; negative where `to` comes first.
pub fn business_days_between(from: Date, to: Date) -> i64 {
    let (first, last, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
    let days = days_between(first, last);
    let start = i64::from(first.weekday().num_days_from_monday());
    let in_last_week: i64 = (1..=days % 7).map(|day| i64::from((start + day) % 7 < 5)).sum();
    sign * (days / 7 * 5 + in_last_week)
}

/// A date some days later, or earlier where negative; `None` outside the calendar.
pub fn add_days(date: Date, days: i64) -> Option<Date> {
    let distance = Days::new(days.unsigned_abs());
    if days < 0 { date.checked_sub_days(distance) } else { date.checked_add_days(distance) }
}

/// The same day some months later, or earlier where negative, or the last of that month; `None` outside the calendar.
pub fn add_months(date: Date, months: i64) -> Option<Date> {
    let distance = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { date.checked_sub_months(distance) } else { date.checked_add_months(distance) }
}

/// 1 for Monday to 7 for Sunday.
pub fn weekday(date: Date) -> i64 {
    i64::from(date.weekday().number_from_monday())
}

/// Whether a date falls on a Saturday or Sunday.
pub fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        parse_iso(text).unwrap()
    }

    #[test]
    fn only_a_full_iso_date_is_read_without_a_format() {
        assert_eq!(parse_iso("2026-02-28"), Ok(date("2026-02-28")));
        for text in ["2026-02-30", "2026-2-28", "28/02/2026", "2026-02-28 ", "", "2026-13-01", "+026-01-01"] {
            assert_eq!(parse_iso(text), Err(NotDate), "{text:?}");
        }
    }

    #[test]
    fn a_date_is_appended_as_it_is_printed() {
        for day in [date("2026-07-01"), date("0001-12-31"), Date::MIN, Date::MAX] {
            let mut bytes = Vec::new();
            write_iso(day, &mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), day.to_string());
        }
    }

    #[test]
    fn a_format_reads_the_day_and_leaves_the_time() {
        let format = DateFormat::new("%Y-%m-%d %H:%M:%S").unwrap();
        assert_eq!(format.parse("2010-12-01 08:26:00"), Ok(date("2010-12-01")));
        assert_eq!(DateFormat::new("%d/%m/%Y").unwrap().parse("05/11/2026"), Ok(date("2026-11-05")));
        for text in ["05/11/26", " 5/11/2026", "5/11/2026", "05/11/+2026", "05/11/2026 "] {
            assert_eq!(DateFormat::new("%d/%m/%Y").unwrap().parse(text), Err(NotDate), "{text:?}");
        }
        assert_eq!(DateFormat::new("%-d/%-m/%Y").unwrap().parse("5/11/2026"), Ok(date("2026-11-05")));
        assert!(DateFormat::new("%d/%m").is_err());
        assert!(DateFormat::new("%Y-%m-%d %z").is_err());
        assert!(DateFormat::new("%Y-%m-%d %H").is_err());
        assert!(DateFormat::new("%Q").is_err());
    }

    #[test]
    fn periods_are_named_by_their_start() {
        let fiscal = FiscalStart::parse("04-01").unwrap();
        for (period, name) in [
            (Period::Day, "2026-03-31"),
            (Period::Week, "2026-W14"),
            (Period::Month, "2026-03"),
            (Period::Quarter, "2026-Q1"),
            (Period::Year, "2026"),
            (Period::FiscalQuarter, "FY2025-Q4"),
            (Period::FiscalYear, "FY2025"),
        ] {
            assert_eq!(period.name(date("2026-03-31"), fiscal), name);
        }
        assert_eq!(Period::FiscalQuarter.name(date("2026-04-01"), fiscal), "FY2026-Q1");
        let end_of_month = FiscalStart::parse("03-31").unwrap();
        for (day, name) in [("2026-03-31", "Q1"), ("2026-06-29", "Q1"), ("2026-06-30", "Q2"), ("2026-12-31", "Q4")] {
            assert!(Period::FiscalQuarter.name(date(day), end_of_month).ends_with(name), "{day}");
        }
    }

    #[test]
    fn periods_have_the_same_number_where_they_have_the_same_name() {
        let fiscal = FiscalStart::parse("04-06").unwrap();
        let days: Vec<Date> = (0..800).map(|day| add_days(date("2024-12-01"), day).unwrap()).collect();
        for (_, period) in Period::NAMES {
            for pair in days.windows(2) {
                let names = period.name(pair[0], fiscal) == period.name(pair[1], fiscal);
                let numbers = period.number(pair[0], fiscal) == period.number(pair[1], fiscal);
                assert_eq!(names, numbers, "{period:?} {pair:?}");
            }
        }
    }

    #[test]
    fn business_days_agree_with_counting_them() {
        let start = date("2026-01-01");
        for from in 0..14 {
            for length in 0..30 {
                let from = add_days(start, from).unwrap();
                let to = add_days(from, length).unwrap();
                let counted: i64 = (1..=length).map(|day| i64::from(!is_weekend(add_days(from, day).unwrap()))).sum();
                assert_eq!(business_days_between(from, to), counted, "{from} to {to}");
                assert_eq!(business_days_between(to, from), -counted);
            }
        }
    }

    #[test]
    fn months_end_on_their_last_day() {
        assert_eq!(add_months(date("2026-01-31"), 1), Some(date("2026-02-28")));
        assert_eq!(add_months(date("2026-03-31"), -1), Some(date("2026-02-28")));
        assert_eq!(add_days(date("2026-03-01"), -1), Some(date("2026-02-28")));
    }
}
