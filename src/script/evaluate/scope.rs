//! The figures that one evaluation may look at.

use std::cell::Cell;

use bumpalo::Bump;

use crate::{
    calendar::Date,
    claim::{Claim, Row, Value},
    money::Decimal,
    script::form::Read,
};

/// What a table gives for a claim.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// No row.
    Nothing,
    /// The row that counts.
    Row(Row<'a>),
    /// By column, the list of its cells in all rows that count.
    Columns(&'a [Value<'a>]),
    /// A figure made of the rows that count.
    Figure(Value<'a>),
}

impl<'a> Found<'a> {
    /// The figure, or whether there are rows.
    fn whole(&self) -> Value<'a> {
        match self {
            Self::Nothing => Value::Nothing,
            Self::Row(_) | Self::Columns(_) => Value::Boolean(true),
            Self::Figure(figure) => *figure,
        }
    }

    fn column(&self, column: usize, scratch: &'a Bump) -> Value<'a> {
        match self {
            Self::Row(row) => row.value_in(column, scratch),
            Self::Columns(lists) => lists.get(column).copied().unwrap_or(Value::Nothing),
            Self::Nothing | Self::Figure(_) => Value::Nothing,
        }
    }
}

/// The figures that one evaluation may look at.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a, 's> {
    /// The claim.
    pub claim: Claim<'a>,
    /// Params in force on the claim's date.
    pub params: &'s [Value<'a>],
    /// What each table gives.
    pub tables: &'s [Found<'a>],
    /// Totals over earlier claims.
    pub totals: &'s [Value<'a>],
    /// Derived figures so far.
    pub derived: &'s [Value<'a>],
    /// The date by which the claim is decided.
    pub counted_on: Date,
    /// When it was received first.
    pub received_first: Option<Date>,
    /// What earlier programs awarded to the claim.
    pub earlier: &'s [Decimal],
    /// Components so far.
    pub components: &'s [Decimal],
    /// The total on which something is due.
    pub due_total: Decimal,
    /// The award after limits.
    pub award_total: Decimal,
    /// What limits took.
    pub award_cut: Decimal,
    /// Where texts and lists made on the way are kept.
    pub scratch: &'a Bump,
    /// How many bytes of them the rules of this claim have built so far. What is kept in the scratch space beside them, or
    /// for another claim, doesn't count.
    pub built: &'s Cell<usize>,
}

impl<'a> Scope<'a, '_> {
    /// The value of a figure.
    pub fn read(&self, read: Read) -> Value<'a> {
        match read {
            Read::Presence => Value::Boolean(true),
            Read::Field(field) => self.claim.row().value_in(field, self.scratch),
            Read::Param(param) => self.params.get(param).copied().unwrap_or(Value::Nothing),
            Read::Total(total) => self.totals.get(total).copied().unwrap_or(Value::Nothing),
            Read::Derived(figure) => self.derived.get(figure).copied().unwrap_or(Value::Nothing),
            Read::TableRow(table) => self.tables.get(table).map_or(Value::Nothing, Found::whole),
            Read::TableCell { table, column } => {
                self.tables.get(table).map_or(Value::Nothing, |found| found.column(column, self.scratch))
            }
            Read::CountedOn => Value::Date(self.counted_on),
            Read::ReceivedFirst => self.received_first.map_or(Value::Nothing, Value::Date),
            Read::Earlier(program) => self.earlier.get(program).map_or(Value::Nothing, |sum| Value::Decimal(*sum)),
            Read::DueTotal => Value::Decimal(self.due_total),
            Read::Component(component) => {
                self.components.get(component).map_or(Value::Nothing, |amount| Value::Decimal(*amount))
            }
            Read::AwardTotal => Value::Decimal(self.award_total),
            Read::AwardCut => Value::Decimal(self.award_cut),
        }
    }

    /// Whether a figure has a value.
    pub(in crate::script) fn is_there(&self, read: Read) -> bool {
        match read {
            Read::Field(field) => self.claim.row().is_filled(field),
            other => !self.read(other).is_nothing(),
        }
    }

    /// A figure that is a number; a whole one widens exactly.
    pub(in crate::script) fn number(&self, read: Read) -> Option<Decimal> {
        match read {
            Read::Field(field) => self.claim.row().number(field),
            Read::AwardTotal => Some(self.award_total),
            other => self.read(other).number(),
        }
    }

    /// A figure that is a whole number.
    pub(in crate::script) fn integer(&self, read: Read) -> Option<i64> {
        match read {
            Read::Field(field) => self.claim.row().integer(field),
            other => match self.read(other) {
                Value::Integer(integer) => Some(integer),
                _ => None,
            },
        }
    }
}
