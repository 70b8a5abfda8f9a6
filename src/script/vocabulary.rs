//! The names that rules see, with their types: what the checker checks against.

use std::{collections::BTreeMap, sync::Arc};

use super::form::Read;
use crate::{
    claim::Constant,
    schema::{Base, RowTypeId, Type},
};

/// A name with a type, and where its value is read from.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Where the value is read from.
    pub read: Read,
    /// Its type.
    pub kind: Type,
}

/// A declared row: the claim, the params, a table.
#[derive(Debug, Clone)]
pub struct RowType {
    /// As rules call it: `claim`.
    pub name: String,
    /// What its members are called in messages: field, param, total, component.
    pub member_word: &'static str,
    /// Its members.
    pub members: BTreeMap<String, Member>,
}

/// The names that an expression sees.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    names: BTreeMap<String, Member>,
    row_types: Vec<RowType>,
    /// The only values of figures for which they are declared: the choices of a field, what a param is on each day.
    values: BTreeMap<Read, Arc<[Constant]>>,
    /// Members that rows have and rules can't see, each with the reason and what to do.
    withheld: BTreeMap<(RowTypeId, String), &'static str>,
}

impl Vocabulary {
    /// No names yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row that is always there.
    pub fn add_row(&mut self, row: RowType) -> RowTypeId {
        let id = RowTypeId(self.row_types.len());
        let member = Member { read: Read::Presence, kind: Type::Some(Base::Row(id)) };
        self.names.insert(row.name.clone(), member);
        self.row_types.push(row);
        id
    }

    /// Adds the row of a table, which may not be there.
    pub fn add_table(&mut self, table: usize, row: RowType) -> RowTypeId {
        let id = self.add_row(row);
        if let Some(member) = self.row_types.get(id.0).and_then(|row| self.names.get_mut(&row.name)) {
            *member = Member { read: Read::TableRow(table), kind: Type::Optional(Base::Row(id)) };
        }
        id
    }

    /// Adds a value.
    pub fn add_value(&mut self, name: &str, member: Member) {
        self.names.insert(name.to_owned(), member);
    }

    /// Adds a member to a row.
    pub fn add_member(&mut self, row: RowTypeId, name: &str, member: Member) {
        if let Some(row) = self.row_types.get_mut(row.0) {
            row.members.insert(name.to_owned(), member);
        }
    }

    /// Says why rules can't see a member of a row.
    pub fn withhold(&mut self, row: RowTypeId, name: &str, reason: &'static str) {
        self.withheld.insert((row, name.to_owned()), reason);
    }

    /// Why rules can't see a member of a row, where it has one that they can't.
    pub(super) fn withheld(&self, row: RowTypeId, name: &str) -> Option<&'static str> {
        self.withheld.get(&(row, name.to_owned())).copied()
    }

    /// Declares the only values that a figure can have, or that it can have any.
    pub fn declare_values(&mut self, read: Read, values: Option<Arc<[Constant]>>) {
        match values {
            Some(values) => self.values.insert(read, values),
            None => self.values.remove(&read),
        };
    }

    /// The only values that a figure can have, where they are declared.
    pub fn values(&self, read: Read) -> Option<&Arc<[Constant]>> {
        self.values.get(&read)
    }

    /// Of these names alone.
    #[must_use]
    pub fn only(&self, kept: &[&str]) -> Self {
        let mut left = self.clone();
        left.names.retain(|name, _| kept.contains(&name.as_str()));
        left
    }

    /// Whether a row has a member, well declared or not.
    pub fn has_member(&self, row: RowTypeId, name: &str) -> bool {
        self.row_types.get(row.0).is_some_and(|row| row.members.contains_key(name))
    }

    /// Whether a name has a meaning.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    pub(super) fn name(&self, name: &str) -> Option<Member> {
        self.names.get(name).copied()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// The row in sight that has a member of this name.
    pub fn row_with(&self, member: &str) -> Option<&str> {
        let rows = self.row_types.iter().filter(|row| self.names.contains_key(&row.name));
        rows.filter(|row| row.members.contains_key(member)).map(|row| row.name.as_str()).next()
    }

    pub(super) fn row_type(&self, id: RowTypeId) -> Option<&RowType> {
        self.row_types.get(id.0)
    }
}
