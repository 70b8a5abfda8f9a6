//! The declared type of a column, and how a cell of it is read.

use std::borrow::Cow;

use super::{Base, Scalar, Type};
use crate::{
    calendar::DateFormat,
    claim::{Cell, ColumnKind, Constant, PackedList},
    money::{NotDecimal, parse_decimal},
};

/// The most values of a list in one cell.
pub const MAX_LIST_VALUES: usize = 100;

/// How decimals are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notation {
    /// `1234.50`.
    #[default]
    Point,
    /// `1234,50`, also `1.234,50`.
    Comma,
}

/// A word that is not a type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a type")]
pub struct UnknownFieldType;

/// The declared type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldType {
    /// What a cell holds, or each value of its list.
    pub scalar: Scalar,
    /// Whether a cell holds several values, `;` between.
    pub list: bool,
    /// Whether it may be empty.
    pub optional: bool,
    /// How dates are written.
    pub format: DateFormat,
    /// How decimals are written.
    pub notation: Notation,
    /// The texts it may hold, where they are declared.
    pub choices: Option<Vec<String>>,
}

/// Why a cell can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellTrouble {
    /// It is empty and must not be.
    Missing,
    /// It holds something else; the text completes "`…` holds `…`, which".
    Unreadable(String),
}

impl FieldType {
    /// A type without further options.
    pub fn plain(scalar: Scalar) -> Self {
        Self {
            scalar,
            list: false,
            optional: false,
            format: DateFormat::default(),
            notation: Notation::Point,
            choices: None,
        }
    }

    /// Reads `text`, `optional decimal`, `list of text`. A list may always be empty, so none is optional.
    pub fn parse(words: &str) -> Result<Self, UnknownFieldType> {
        if let Some(word) = words.strip_prefix("list of ") {
            return Ok(Self { list: true, ..Self::plain(scalar(word.trim_start())?) });
        }
        let (optional, word) = words.strip_prefix("optional ").map_or((false, words), |word| (true, word.trim_start()));
        Ok(Self { optional, ..Self::plain(scalar(word)?) })
    }

    /// The kind of column that keeps it.
    pub fn column(&self) -> ColumnKind {
        if self.list { ColumnKind::List } else { self.scalar.column() }
    }

    /// The type that rules see.
    pub fn kind(&self) -> Type {
        let base = if self.list { Base::List(self.scalar) } else { Base::Scalar(self.scalar) };
        if self.optional { Type::Optional(base) } else { Type::Some(base) }
    }

    /// Reads a cell.
    #[inline]
    pub fn read<'t>(&self, text: &'t str) -> Result<Cell<'t>, CellTrouble> {
        if self.list {
            return self.read_list(text.split(';').filter(|_| !text.is_empty()).map(|item| (item, false)));
        }
        if text.is_empty() {
            return if self.optional { Ok(Cell::Empty) } else { Err(CellTrouble::Missing) };
        }
        if self.scalar == Scalar::Text && self.choices.is_none() {
            return Ok(Cell::Text(text));
        }
        self.read_filled(text).map_err(CellTrouble::Unreadable)
    }

    /// Reads the values of a list; those that are numbers of JSON are marked.
    pub fn read_list<'t>(&self, items: impl IntoIterator<Item = (&'t str, bool)>) -> Result<Cell<'t>, CellTrouble> {
        let item = |(text, is_number): (&'t str, bool)| match self.read_item(text, is_number) {
            Err(CellTrouble::Unreadable(reason)) => {
                Err(CellTrouble::Unreadable(format!("has `{text}` among its values, which {reason}")))
            }
            Err(CellTrouble::Missing) => {
                Err(CellTrouble::Unreadable("has an empty value among its values; remove a `;`".to_owned()))
            }
            read => read,
        };
        let cells: Vec<Cell<'t>> = items.into_iter().map(item).collect::<Result<_, _>>()?;
        if cells.len() > MAX_LIST_VALUES {
            let count = cells.len();
            let reason = format!("holds {count} values, and a list has at most {MAX_LIST_VALUES}");
            return Err(CellTrouble::Unreadable(reason));
        }
        Ok(Cell::List(PackedList::new(cells)))
    }

    fn read_item<'t>(&self, text: &'t str, is_number: bool) -> Result<Cell<'t>, CellTrouble> {
        match text {
            "" => Err(CellTrouble::Missing),
            _ if is_number && self.scalar == Scalar::Decimal => self.read_number(text),
            _ => self.read_filled(text).map_err(CellTrouble::Unreadable),
        }
    }

    /// Writes a value as a cell of this type holds it; a date without its time of day is at midnight. `None` for what
    /// is no value of the type.
    pub fn write(&self, value: &Constant) -> Option<String> {
        match (self.scalar, value) {
            (Scalar::Boolean, Constant::Boolean(boolean)) => Some(boolean.to_string()),
            (Scalar::Integer, Constant::Integer(integer)) => Some(integer.to_string()),
            (Scalar::Decimal, Constant::Decimal(decimal)) => Some(match self.notation {
                Notation::Point => decimal.to_string(),
                Notation::Comma => decimal.to_string().replace('.', ","),
            }),
            (Scalar::Date, Constant::Date(date)) => self.format.write(*date),
            (Scalar::Text, Constant::Text(text)) => Some(text.to_string()),
            _ => None,
        }
    }

    /// Reads a number that is written with a decimal point, whatever the notation of the field.
    pub fn read_number<'t>(&self, text: &'t str) -> Result<Cell<'t>, CellTrouble> {
        match self.scalar {
            Scalar::Decimal => {
                parse_decimal(text).map(Cell::Decimal).map_err(|reason| CellTrouble::Unreadable(reason.to_string()))
            }
            _ => self.read(text),
        }
    }

    fn read_filled<'t>(&self, text: &'t str) -> Result<Cell<'t>, String> {
        match self.scalar {
            Scalar::Boolean => match text {
                "true" => Ok(Cell::Boolean(true)),
                "false" => Ok(Cell::Boolean(false)),
                _ => Err("is neither `true` nor `false`".to_owned()),
            },
            Scalar::Integer => read_integer(text).map(Cell::Integer),
            Scalar::Decimal => self.read_decimal(text),
            Scalar::Date => self.format.parse(text).map(Cell::Date).map_err(|_| self.date_remedy(text)),
            Scalar::Text => match &self.choices {
                Some(choices) if !choices.iter().any(|choice| choice == text) => {
                    Err(format!("is not one of {}", choices.join(", ")))
                }
                _ => Ok(Cell::Text(text)),
            },
        }
    }

    fn read_decimal<'t>(&self, text: &'t str) -> Result<Cell<'t>, String> {
        let written = match self.notation {
            Notation::Point => Cow::Borrowed(text),
            Notation::Comma => Cow::Owned(comma_to_point(text).ok_or("is not a number with a decimal comma")?),
        };
        parse_decimal(&written).map(Cell::Decimal).map_err(|reason| match reason {
            NotDecimal::Separator if self.notation == Notation::Point && text.contains(',') => {
                format!("{reason}; a file written with a decimal comma needs `decimal: comma` at this field")
            }
            _ => reason.to_string(),
        })
    }

    fn date_remedy(&self, text: &str) -> String {
        let pattern = self.format.pattern();
        if crate::calendar::parse_iso(text).is_ok() {
            format!("is not a date written as `{pattern}`; for this one leave out `format`")
        } else {
            format!("is not a date written as `{pattern}`")
        }
    }
}

fn scalar(word: &str) -> Result<Scalar, UnknownFieldType> {
    Scalar::NAMES.iter().find(|(name, _)| *name == word).map(|(_, scalar)| *scalar).ok_or(UnknownFieldType)
}

fn read_integer(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(match parse_decimal(text) {
            Ok(_) => "is not a whole number; declare the field as `decimal` if it may have decimals".to_owned(),
            Err(NotDecimal::NotNumber) => "is not a whole number".to_owned(),
            Err(reason) => reason.to_string(),
        });
    }
    text.parse().map_err(|_| "is too large for a whole number of 64 bits; declare the field as `text`".to_owned())
}

/// `1.234,50` to `1234.50`. Points may only stand between groups of three digits.
fn comma_to_point(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once(',').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut groups = whole.trim_start_matches('-').split('.');
    let first = groups.next()?;
    let grouped = whole.contains('.');
    if grouped && (first.is_empty() || first.len() > 3 || groups.any(|group| group.len() != 3)) {
        return None;
    }
    let whole: String = whole.chars().filter(|symbol| *symbol != '.').collect();
    Some(fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'t>(words: &str, text: &'t str) -> Result<Cell<'t>, CellTrouble> {
        FieldType::parse(words).unwrap().read(text)
    }

    #[test]
    fn cells_are_read_by_their_declared_type_and_nothing_else() {
        assert_eq!(read("integer", "-12"), Ok(Cell::Integer(-12)));
        assert_eq!(read("boolean", "true"), Ok(Cell::Boolean(true)));
        assert_eq!(read("text", " NO "), Ok(Cell::Text(" NO ")));
        assert_eq!(read("optional decimal", ""), Ok(Cell::Empty));
        assert_eq!(read("decimal", ""), Err(CellTrouble::Missing));
        for (words, text) in [("integer", "1.0"), ("integer", "1e3"), ("decimal", "1e3"), ("boolean", "yes")] {
            assert!(matches!(read(words, text), Err(CellTrouble::Unreadable(_))), "{words} {text}");
        }
        assert_eq!(FieldType::parse("optional txt"), Err(UnknownFieldType));
    }

    #[test]
    fn a_value_is_written_as_it_is_read() {
        let dated = FieldType { format: DateFormat::new("%d/%m/%Y %H:%M").unwrap(), ..FieldType::plain(Scalar::Date) };
        let comma = FieldType { notation: Notation::Comma, ..FieldType::plain(Scalar::Decimal) };
        let date = crate::calendar::parse_iso("2026-07-01").unwrap();
        for (kind, value, written) in [
            (&dated, Constant::Date(date), "01/07/2026 00:00"),
            (&FieldType::plain(Scalar::Date), Constant::Date(date), "2026-07-01"),
            (&comma, Constant::Decimal(parse_decimal("-1234.50").unwrap()), "-1234,50"),
            (&FieldType::plain(Scalar::Integer), Constant::Integer(-3), "-3"),
            (&FieldType::plain(Scalar::Text), Constant::Text("a".into()), "a"),
        ] {
            assert_eq!(kind.write(&value).as_deref(), Some(written));
            assert!(kind.read(written).is_ok(), "{written}");
        }
        assert_eq!(comma.write(&Constant::Integer(1)), None);
    }

    #[test]
    fn a_list_is_read_value_by_value_and_may_be_empty() {
        let list = |cells: Vec<Cell<'static>>| Ok(Cell::List(PackedList::new(cells)));
        assert_eq!(read("list of text", "INVOICE; POD"), list(vec![Cell::Text("INVOICE"), Cell::Text(" POD")]));
        assert_eq!(read("list of integer", "1;-2"), list(vec![Cell::Integer(1), Cell::Integer(-2)]));
        assert_eq!(read("list of text", ""), list(Vec::new()));
        for (words, text, part) in [
            ("list of integer", "1;x", "has `x` among its values, which is not a whole number"),
            ("list of text", "A;;B", "has an empty value among its values"),
            ("list of text", &"A;".repeat(101), "an empty value"),
            ("list of text", &"A;".repeat(101)[..201], "holds 101 values"),
        ] {
            let Err(CellTrouble::Unreadable(reason)) = read(words, text) else { panic!("{text} was read") };
            assert!(reason.contains(part), "{reason}");
        }
        assert_eq!(FieldType::parse("optional list of text"), Err(UnknownFieldType));
    }

    #[test]
    fn a_decimal_comma_is_read_where_it_is_declared() {
        let comma = FieldType { notation: Notation::Comma, ..FieldType::plain(Scalar::Decimal) };
        let decimal = |text| Ok(Cell::Decimal(parse_decimal(text).unwrap()));
        assert_eq!(comma.read("1.234,50"), decimal("1234.50"));
        assert_eq!(comma.read("-1234,5"), decimal("-1234.5"));
        assert_eq!(comma.read("1.234.567"), decimal("1234567"));
        assert!(comma.read("1.50").is_err());
        assert!(comma.read("1234.500,0").is_err());
        let Err(CellTrouble::Unreadable(reason)) = read("decimal", "1.234,50") else { panic!("read") };
        assert!(reason.contains("decimal: comma"), "{reason}");
    }
}
