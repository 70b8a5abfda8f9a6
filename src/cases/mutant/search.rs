//! Claims that might tell a mutant from the program: those of the cases, each with one field moved to a value around the
//! figures that the changed line names.

use std::collections::BTreeSet;

use super::Mutant;
use crate::{
    calendar::{Date, add_days, parse_iso},
    cases::claim::Row,
    claim::Constant,
    money::{Decimal, add, parse_decimal, plain, subtract},
    program::{Field, Identity, Program},
    schema::Scalar,
};

/// The furthest that a date is moved from another one, in days.
const MAX_DAYS: i64 = 4000;

/// A claim that is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its columns.
    pub(in crate::cases) row: Row,
}

/// What is tried: each claim of a case with one field moved.
pub(in crate::cases) fn attempts(program: &Program, mutant: &Mutant, rows: &[Row]) -> Vec<Attempt> {
    let around = Around::of(program, mutant);
    let mut found = Vec::new();
    for row in rows {
        found.push(Attempt { row: row.clone() });
        for field in &program.claim.fields {
            for value in around.values(program, field, row) {
                let mut row = row.clone();
                match row.iter_mut().find(|(column, _)| *column == field.column) {
                    Some((_, cell)) => *cell = value,
                    None => row.push((field.column.clone(), value)),
                }
                found.push(Attempt { row });
            }
        }
    }
    found
}

/// The same claim under another id.
pub(in crate::cases) fn renamed(program: &Program, row: &Row) -> Row {
    let mut row = row.clone();
    if let Identity::Fields(fields) = &program.claim.id {
        let last = fields.iter().filter_map(|field| program.claim.fields.get(*field)).next_back();
        let cell = last.and_then(|field| row.iter_mut().find(|(column, _)| *column == field.column));
        if let Some((_, cell)) = cell {
            cell.push('9');
        }
    }
    row
}

/// The figures that a changed line names, and that it names now.
struct Around {
    numbers: BTreeSet<Decimal>,
    dates: BTreeSet<Date>,
}

impl Around {
    fn of(program: &Program, mutant: &Mutant) -> Self {
        let place = &mutant.place;
        let line = place.source.text.lines().nth(place.line_and_column().0.saturating_sub(1)).unwrap_or("");
        let mut around = Self { numbers: BTreeSet::new(), dates: BTreeSet::new() };
        for text in [line, place.text(), &mutant.with] {
            around.read(text);
            let named = program.params.iter().filter(|param| text.contains(&format!("params.{}", param.name)));
            let values = named.flat_map(|param| &param.versions);
            values.for_each(|(_, value)| around.take(value));
        }
        around
    }

    fn read(&mut self, text: &str) {
        let is_figure = |symbol: char| symbol.is_ascii_digit() || matches!(symbol, '.' | '-');
        for word in text.split(|symbol| !is_figure(symbol)) {
            if let Ok(date) = parse_iso(word) {
                self.dates.insert(date);
            } else if let Ok(number) = parse_decimal(word.trim_matches(['-', '.'])) {
                self.numbers.insert(number);
            }
        }
    }

    fn take(&mut self, value: &Constant) {
        match value {
            Constant::Integer(number) => {
                self.numbers.insert(Decimal::from(*number));
            }
            Constant::Decimal(number) => {
                self.numbers.insert(*number);
            }
            Constant::Date(date) => {
                self.dates.insert(*date);
            }
            _ => {}
        }
    }

    /// What a field of a claim is moved to.
    fn values(&self, program: &Program, field: &Field, row: &Row) -> Vec<String> {
        if field.kind.list {
            return Vec::new();
        }
        let own = row.iter().find(|(column, _)| *column == field.column).map_or("", |(_, cell)| cell.as_str());
        let values: Vec<String> = match field.kind.scalar {
            Scalar::Integer => self.numbers_by(Decimal::ONE),
            Scalar::Decimal => self.numbers_by(Decimal::new(1, 2)),
            Scalar::Date => self.days(program, field, row),
            Scalar::Text => field.kind.choices.clone().unwrap_or_default(),
            Scalar::Boolean => vec!["true".to_owned(), "false".to_owned()],
        };
        values.into_iter().filter(|value| value != own).collect()
    }

    fn numbers_by(&self, unit: Decimal) -> Vec<String> {
        let near = |number: &Decimal| [Ok(*number), add(*number, unit), subtract(*number, unit)];
        self.numbers.iter().flat_map(near).filter_map(Result::ok).map(plain).collect()
    }

    /// Days around those that are named, and so many days from another date of the claim.
    fn days(&self, program: &Program, field: &Field, row: &Row) -> Vec<String> {
        let near = |date: &Date| [-1, 0, 1].into_iter().filter_map(|days| add_days(*date, days)).collect::<Vec<_>>();
        let mut days: Vec<Date> = self.dates.iter().flat_map(near).collect();
        let others = program.claim.fields.iter();
        let others = others.filter(|other| other.name != field.name && other.kind.scalar == Scalar::Date);
        let cell = |other: &Field| row.iter().find(|(column, _)| *column == other.column).map(|(_, cell)| cell.clone());
        let others: Vec<Date> = others.filter_map(|other| other.kind.format.parse(&cell(other)?).ok()).collect();
        let lengths = self.numbers.iter().filter_map(|number| i64::try_from(*number).ok());
        for length in lengths.filter(|length| *length <= MAX_DAYS) {
            for days_away in [length - 1, length, length + 1] {
                let away = |date: &Date| [add_days(*date, days_away), add_days(*date, -days_away)];
                days.extend(others.iter().flat_map(away).flatten());
            }
        }
        days.into_iter().filter_map(|day| field.kind.format.write(day)).collect()
    }
}
