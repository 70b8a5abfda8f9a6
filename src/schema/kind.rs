//! The types of the rule language.

use std::fmt;

use crate::claim::ColumnKind;

/// A type that a cell can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// True or false.
    Boolean,
    /// A whole number of 64 bits.
    Integer,
    /// An exact decimal.
    Decimal,
    /// Text as written.
    Text,
    /// A civil date.
    Date,
}

impl Scalar {
    /// Every scalar with the word that definitions use.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("decimal", Self::Decimal),
        ("text", Self::Text),
        ("date", Self::Date),
    ];

    /// The word that definitions use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Date => "date",
        }
    }

    /// The kind of column that keeps it.
    pub const fn column(self) -> ColumnKind {
        match self {
            Self::Boolean => ColumnKind::Boolean,
            Self::Integer => ColumnKind::Integer,
            Self::Decimal => ColumnKind::Decimal,
            Self::Text => ColumnKind::Text,
            Self::Date => ColumnKind::Date,
        }
    }
}

/// A row type that a program declares: its claim, its params, one of its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowTypeId(pub usize);

/// A type of which there is a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Base {
    /// One of the scalars.
    Scalar(Scalar),
    /// Values of one scalar.
    List(Scalar),
    /// A declared row.
    Row(RowTypeId),
}

/// A type of the rule language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// No value comes back: the rule returned before.
    Never,
    /// Only `()`.
    Nothing,
    /// A value.
    Some(Base),
    /// A value or `()`.
    Optional(Base),
}

impl Type {
    /// True or false.
    pub const BOOLEAN: Self = Self::Some(Base::Scalar(Scalar::Boolean));
    /// A whole number.
    pub const INTEGER: Self = Self::Some(Base::Scalar(Scalar::Integer));
    /// An exact decimal.
    pub const DECIMAL: Self = Self::Some(Base::Scalar(Scalar::Decimal));
    /// Text.
    pub const TEXT: Self = Self::Some(Base::Scalar(Scalar::Text));
    /// A date.
    pub const DATE: Self = Self::Some(Base::Scalar(Scalar::Date));

    /// The scalar, where it is certainly one.
    pub const fn scalar(self) -> Option<Scalar> {
        match self {
            Self::Some(Base::Scalar(scalar)) => Some(scalar),
            _ => None,
        }
    }

    /// Whether it is certainly a number.
    pub const fn is_number(self) -> bool {
        matches!(self.scalar(), Some(Scalar::Integer | Scalar::Decimal))
    }

    /// Whether it is a list, perhaps an optional one.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Some(Base::List(_)) | Self::Optional(Base::List(_)))
    }

    /// The type once it is known that there is a value.
    #[must_use]
    pub const fn present(self) -> Self {
        match self {
            Self::Optional(base) => Self::Some(base),
            other => other,
        }
    }

    /// The type of a value that is one of two; `None` where they don't agree.
    pub fn join(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Never, kind) | (kind, Self::Never) => Some(kind),
            (left, right) if left == right => Some(left),
            (Self::Nothing, Self::Some(base) | Self::Optional(base))
            | (Self::Some(base) | Self::Optional(base), Self::Nothing) => Some(Self::Optional(base)),
            (Self::Some(left) | Self::Optional(left), Self::Some(right) | Self::Optional(right)) if left == right => {
                Some(Self::Optional(left))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Base {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(scalar) => formatter.write_str(scalar.name()),
            Self::List(scalar) => write!(formatter, "list of {}", scalar.name()),
            Self::Row(_) => formatter.write_str("row"),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never | Self::Nothing => formatter.write_str("nothing"),
            Self::Some(base) => base.fmt(formatter),
            Self::Optional(base) => write!(formatter, "optional {base}"),
        }
    }
}
