//! Tables: reference data of which one row, or none, matches a claim. With a hit policy, several may.

pub(super) mod band;
mod hit;
mod matching;

use std::collections::BTreeMap;

pub use band::BandTable;
pub use hit::Hit;
pub use matching::{Bound, Match, MatchKind, Range};

use super::{
    claim::{Field, check_fields, name_fields},
    context::Context,
    fields::Fields,
    name::{RESERVED_NAMES, check_word},
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    schema::{Base, Scalar, Type},
    script::{Read, RowType},
};

/// Reference data.
#[derive(Debug, Clone)]
pub struct Table {
    /// As rules call it.
    pub name: String,
    /// Where it is declared.
    pub place: Place,
    /// Its file, relative to `tables/`.
    pub file: Text,
    /// Its declared columns.
    pub fields: Vec<Field>,
    /// What a row must match.
    pub matches: Vec<Match>,
    /// The columns with the first and last day of a row, where rows are dated. An empty last day has no end.
    pub effective: Option<(usize, usize)>,
    /// What counts where several rows match. `None` where a key has one row, and a blank cell matches nothing.
    pub hit: Option<Hit>,
}

impl Table {
    /// The columns that say nothing of which claims a row matches.
    pub fn free_columns(&self) -> impl Iterator<Item = usize> {
        let of_matches = self.matches.iter().flat_map(Match::columns);
        let of_dates = self.effective.into_iter().flat_map(|(from, until)| [from, until]);
        let matched: Vec<usize> = of_matches.chain(of_dates).collect();
        (0..self.fields.len()).filter(move |column| !matched.contains(column))
    }
}

/// Checks `tables`. Their matches see the claim and params alone.
pub(super) fn check(entries: &[(Text, Node)], context: &mut Context<'_>) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for (name, node) in entries {
        if !check_word(name, "a table", context) {
            continue;
        }
        if context.vocabulary.has(&name.text) || RESERVED_NAMES.contains(&name.text.as_str()) {
            let finding =
                Diagnostic::error(Code::NameTaken, &name.place, format!("`{}` already has a meaning", name.text));
            context.findings.add(finding.help("give the table another name"));
            continue;
        }
        if let Some(table) = check_table(name, node, tables.len(), context) {
            tables.push(table);
        }
    }
    tables
}

fn check_table(name: &Text, node: &Node, number: usize, context: &mut Context<'_>) -> Option<Table> {
    let row = RowType { name: name.text.clone(), member_word: "column", members: BTreeMap::new() };
    let row = context.vocabulary.add_table(number, row);
    let mut fields = Fields::named(name, node, context.findings)?;
    let file = fields.required_text("file", "name its file under `tables/`");
    let matched =
        fields.required("match", "say which column must equal what: `match: { partner_id: claim.partner_id }`");
    let (effective, hit) = (fields.optional("effective"), fields.optional("hit"));
    let declared = fields.required("fields", "declare its columns: `fields: { partner_id: text, target: decimal }`");
    fields.finish();
    let declared = check_fields(declared?, row, context);
    let matches = matched.and_then(|node| matching::check(node, &declared, hit.is_some(), context));
    let effective = effective.map(|node| check_effective(node, &declared, context));
    let hit = hit.map(|node| hit::check(node, &declared, context));
    match hit {
        Some(Some(Hit::All)) => hit::name_lists(&name.text, &declared, row, number, context),
        _ => name_fields(&declared, row, |column| Read::TableCell { table: number, column }, context),
    }
    if let Some(hit) = hit {
        hit::name(&name.text, hit, &declared, number, context);
    }
    if effective == Some(None) || hit == Some(None) {
        return None;
    }
    let place = name.place.clone();
    Some(Table {
        name: name.text.clone(),
        place,
        file: file?,
        fields: declared,
        matches: matches?,
        effective: effective.flatten(),
        hit: hit.flatten(),
    })
}

fn find(column: &Text, declared: &[Field], context: &mut Context<'_>) -> Option<usize> {
    let found = declared.iter().position(|field| field.name == column.text);
    if found.is_none() {
        let finding =
            Diagnostic::error(Code::UnknownField, &column.place, format!("the table has no column `{}`", column.text));
        context.findings.add(finding.suggest(&column.text, declared.iter().map(|field| field.name.as_str())));
    }
    found
}

fn check_effective(node: &Node, declared: &[Field], context: &mut Context<'_>) -> Option<(usize, usize)> {
    let mut fields = Fields::of(node, context.findings)?;
    let from = fields.required_text("from", "name the column with a row's first day");
    let until = fields.required_text("until", "name the column with a row's last day");
    fields.finish();
    let mut column = |text: Option<Text>| {
        let text = text?;
        let number = find(&text, declared, context)?;
        let kind = declared.get(number)?.kind.kind();
        if kind.present() != Type::Some(Base::Scalar(Scalar::Date)) {
            let message = format!("`{}` is {kind}, and a row is in force between dates", text.text);
            context.findings.add(Diagnostic::error(Code::WrongType, &text.place, message));
            return None;
        }
        Some(number)
    };
    let (from, until) = (column(from), column(until));
    Some((from?, until?))
}
