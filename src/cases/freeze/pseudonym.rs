//! Pseudonyms in place of who claims, what claims are called and what is private. Equal texts stay equal, and ids keep
//! their order.

use std::collections::{BTreeMap, BTreeSet};

use super::{NotFrozen, cell::Column, live::Decided};
use crate::{
    calendar::Date,
    cases::{Part, claim::Row},
    claim::Constant,
    money::Decimal,
    program::{Identity, Program},
    schema::{FieldType, Scalar},
    script::Read,
};

/// What stands in a column, as far as it says who or what is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// What a claim is called.
    Claim,
    /// Who earns or is paid.
    Party,
    /// What is shown in the outcomes file alone.
    Private,
}

impl Role {
    const ALL: [Self; 3] = [Self::Claim, Self::Party, Self::Private];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Claim => "C-",
            Self::Party => "P-",
            Self::Private => "X-",
        }
    }
}

/// What becomes of the cells of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Treatment {
    Kept,
    /// Text that may be replaced where it is one that was replaced elsewhere.
    Followed,
    Replaced(Role),
    /// Whole numbers by their rank.
    Ranked,
    /// The same value in every filled cell.
    Filled(String),
}

/// What becomes of each column.
pub(super) struct Pseudonyms {
    treatments: Vec<Treatment>,
    /// Whether the numbers of a role follow the order of what they stand for.
    ordered: BTreeSet<Role>,
    /// The column with the id of another claim, where an id is made of several fields.
    joined: Option<usize>,
    /// Columns that say who or what is meant and are replaced.
    pub(super) replaced: Vec<String>,
    /// Those that are kept, since rules look into them.
    pub(super) kept: Vec<String>,
}

impl Pseudonyms {
    /// Says what becomes of the columns; a private one that can't be replaced is a reason not to freeze.
    pub(super) fn new(parts: &[Part<'_>], columns: &[Column]) -> Result<Self, NotFrozen> {
        let looked: Vec<BTreeSet<usize>> = parts.iter().map(|part| looked_into(part.program)).collect();
        let mut own = Self {
            treatments: Vec::new(),
            ordered: [Role::Claim].into(),
            joined: None,
            replaced: Vec::new(),
            kept: Vec::new(),
        };
        for (number, column) in columns.iter().enumerate() {
            let uses: Vec<(&Program, usize)> =
                column.uses.iter().filter_map(|(part, field)| Some((parts.get(*part)?.program, *field))).collect();
            let is_looked_into =
                column.uses.iter().any(|(part, field)| looked.get(*part).is_some_and(|fields| fields.contains(field)));
            let role = uses.iter().filter_map(|(program, field)| role(program, *field)).min();
            let treatment =
                treatment(&uses, role, is_looked_into).ok_or_else(|| NotFrozen::Private(column.name.clone()))?;
            if let Some(role) = role {
                let list = if matches!(treatment, Treatment::Kept) { &mut own.kept } else { &mut own.replaced };
                list.push(column.name.clone());
                if uses.iter().any(|(program, field)| program.claim.order.contains(field)) {
                    own.ordered.insert(role);
                }
            }
            let names_joined = |(program, field): &(&Program, usize)| {
                let is_one = matches!(&program.claim.id, Identity::Fields(fields) if fields.len() == 1);
                program.claim.original == Some(*field) && !is_one
            };
            if uses.iter().any(names_joined) {
                own.joined = Some(number);
            }
            own.treatments.push(treatment);
        }
        Ok(own)
    }

    /// The rows with pseudonyms, whose numbers start behind `offset`. The first claims come first.
    pub(super) fn replace(
        &self,
        parts: &[Part<'_>],
        rows: &[(&Decided, Row)],
        offset: usize,
    ) -> Result<Vec<Row>, NotFrozen> {
        let names = self.names(rows, offset);
        let mut replaced: Vec<Row> = rows.iter().map(|(_, row)| self.replace_row(row, &names)).collect();
        for (number, treatment) in self.treatments.iter().enumerate() {
            if *treatment == Treatment::Ranked {
                rank(number, &mut replaced);
            }
        }
        let Some(joined) = self.joined else { return Ok(replaced) };
        let has_original = rows.iter().any(|(_, row)| row.get(joined).is_some_and(|(_, text)| !text.is_empty()));
        let program = parts.last().map(|part| part.program);
        match program.map(|program| (&program.claim.id, program)) {
            Some((Identity::Fields(fields), program)) => {
                let ids = rows
                    .iter()
                    .zip(&replaced)
                    .map(|((decided, _), row)| (decided.id.as_ref(), id_of(program, fields, row)));
                let ids: BTreeMap<&str, String> = ids.collect();
                for ((_, row), new) in rows.iter().zip(&mut replaced) {
                    if let (Some((_, text)), Some((_, new))) = (row.get(joined), new.get_mut(joined))
                        && let Some(id) = ids.get(text.as_str())
                    {
                        new.clone_from(id);
                    }
                }
                Ok(replaced)
            }
            _ if has_original => Err(NotFrozen::Original),
            _ => Ok(replaced),
        }
    }

    /// The pseudonym of each text that is replaced.
    fn names(&self, rows: &[(&Decided, Row)], offset: usize) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        // A text that has to stay in one place stays in all, so that what is equal stays equal.
        let stays: BTreeSet<&str> = (rows.iter().flat_map(|(_, row)| row.iter().zip(&self.treatments)))
            .filter(|((column, _), treatment)| **treatment == Treatment::Kept && self.kept.contains(column))
            .map(|((_, text), _)| text.as_str())
            .collect();
        for role in Role::ALL {
            let mut texts: Vec<&str> = Vec::new();
            let mut known = BTreeSet::new();
            for (_, row) in rows {
                let cells =
                    row.iter().zip(&self.treatments).filter(|(_, treatment)| **treatment == Treatment::Replaced(role));
                for text in cells.flat_map(|((_, cell), _)| cell.split(';')).filter(|text| !text.is_empty()) {
                    if !stays.contains(text) && !names.contains_key(text) && known.insert(text) {
                        texts.push(text);
                    }
                }
            }
            let is_ordered = self.ordered.contains(&role);
            if is_ordered {
                texts.sort_unstable();
            }
            let width = if is_ordered { (texts.len() + offset).to_string().len() } else { 1 };
            for (number, text) in texts.iter().enumerate() {
                let number = number + offset + 1;
                names.insert((*text).to_owned(), format!("{}{number:0width$}", role.prefix()));
            }
        }
        names
    }

    fn replace_row(&self, row: &Row, names: &BTreeMap<String, String>) -> Row {
        let name = |text: &str| names.get(text).cloned().unwrap_or_else(|| text.to_owned());
        let cells = row.iter().zip(&self.treatments).map(|((column, text), treatment)| {
            let text = match treatment {
                Treatment::Replaced(_) => text.split(';').map(name).collect::<Vec<_>>().join(";"),
                Treatment::Followed => name(text),
                Treatment::Filled(filler) if !text.is_empty() => filler.clone(),
                Treatment::Kept | Treatment::Ranked | Treatment::Filled(_) => text.clone(),
            };
            (column.clone(), text)
        });
        cells.collect()
    }
}

fn role(program: &Program, field: usize) -> Option<Role> {
    let plan = &program.claim;
    let is_id = matches!(&plan.id, Identity::Fields(fields) if fields.contains(&field));
    if is_id || plan.original == Some(field) {
        Some(Role::Claim)
    } else if plan.participant == field || plan.payee == Some(field) {
        Some(Role::Party)
    } else {
        plan.fields.get(field).filter(|field| field.private).map(|_| Role::Private)
    }
}

/// What becomes of a column; `None` where it is private and can't be replaced.
fn treatment(uses: &[(&Program, usize)], role: Option<Role>, is_looked_into: bool) -> Option<Treatment> {
    let fields: Vec<_> = uses.iter().filter_map(|(program, field)| program.claim.fields.get(*field)).collect();
    let all = |scalar| fields.iter().all(|field| field.kind.scalar == scalar && field.kind.choices.is_none());
    let is_private = fields.iter().any(|field| field.private);
    let is_ordered = uses.iter().any(|(program, field)| program.claim.order.contains(field));
    let Some(role) = role else {
        let follows =
            all(Scalar::Text) && !is_looked_into && !is_ordered && fields.iter().all(|field| !field.kind.list);
        return Some(if follows { Treatment::Followed } else { Treatment::Kept });
    };
    if all(Scalar::Text) && (is_private || !is_looked_into) {
        return Some(Treatment::Replaced(role));
    }
    if all(Scalar::Integer) && !is_looked_into {
        return Some(Treatment::Ranked);
    }
    match fields.first() {
        Some(field) if is_private && !is_looked_into => filler(&field.kind).map(Treatment::Filled),
        _ if is_private => None,
        _ => Some(Treatment::Kept),
    }
}

/// A value that says nothing.
fn filler(kind: &FieldType) -> Option<String> {
    match (&kind.choices, kind.scalar) {
        (Some(choices), _) => choices.first().cloned(),
        (None, Scalar::Boolean) => Some("false".to_owned()),
        (None, Scalar::Integer | Scalar::Decimal) => Some("0".to_owned()),
        (None, Scalar::Text) => None,
        (None, Scalar::Date) => kind.write(&Constant::Date(Date::from_ymd_opt(2000, 1, 1)?)),
    }
}

/// The fields whose values have a say in what is decided: rules look into them, or tables are looked up by them.
fn looked_into(program: &Program) -> BTreeSet<usize> {
    let mut fields = program.form.looked_into();
    let matches = program.tables.iter().flat_map(|table| &table.matches).map(|one| &one.value);
    for expression in matches.chain(program.derived.iter().map(|figure| &figure.value)) {
        fields.extend(match expression.figure() {
            Some(Read::Field(field)) => Some(field),
            _ => None,
        });
    }
    // A claim names another one by its id: either both are as they were, or neither is.
    let is_text =
        |field: &usize| program.claim.fields.get(*field).is_some_and(|field| field.kind.scalar == Scalar::Text);
    let ids = if let Identity::Fields(ids) = &program.claim.id { ids.as_slice() } else { &[] };
    let named: Vec<usize> = ids.iter().copied().filter(is_text).chain(program.claim.original).collect();
    if program.claim.original.is_some() && named.iter().any(|field| fields.contains(field)) {
        fields.extend(named);
    }
    fields
}

/// Numbers in place of whole numbers: the same order, from 1.
fn rank(column: usize, rows: &mut [Row]) {
    let number = |row: &Row| row.get(column).and_then(|(_, text)| crate::money::parse_decimal(text).ok());
    let numbers: BTreeSet<Decimal> = rows.iter().filter_map(&number).collect();
    let ranks: BTreeMap<Decimal, usize> = numbers.into_iter().zip(1..).collect();
    for row in rows {
        let rank = number(row).and_then(|number| ranks.get(&number));
        if let (Some(rank), Some((_, text))) = (rank, row.get_mut(column)) {
            *text = rank.to_string();
        }
    }
}

/// The id of a row, joined as outcomes show it.
fn id_of(program: &Program, fields: &[usize], row: &Row) -> String {
    let part = |field: &usize| {
        let column = program.claim.fields.get(*field).map(|field| field.column.as_str());
        let cell = row.iter().find(|(name, _)| Some(name.as_str()) == column);
        cell.map_or_else(String::new, |(_, text)| text.replace('\\', "\\\\").replace('/', "\\/"))
    };
    fields.iter().map(part).collect::<Vec<_>>().join("/")
}
