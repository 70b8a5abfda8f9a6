//! What counts of the rows that match a claim, by the table's hit policy.

use bumpalo::collections::Vec as ScratchVec;

use super::{Hits, decision::Decision};
use crate::{
    claim::{Claim, Row, Value},
    engine::assessment::Assessment,
    money::{Decimal, add},
    program::{Hit, Table},
    schema::Scalar,
    script::{Failure, Found},
};

impl Decision {
    /// What a table gives for a claim.
    pub(super) fn look_up<'a>(
        &'a self,
        table: &'a Table,
        assessment: &Assessment<'a, '_>,
    ) -> Result<Hits<'a>, Failure> {
        let scratch = assessment.scratch;
        let numbers = self.matching(table, assessment)?;
        let claims = |numbers: &[usize]| -> &'a [Claim<'a>] {
            scratch.alloc_slice_fill_iter(numbers.iter().map(|number| self.rows.claim(*number)))
        };
        let rows = claims(&numbers);
        let figure = |value| Ok(Hits::Several { found: Found::Figure(value), rows });
        let hits = match self.hit {
            Hit::First => one_of(rows, rows.get(..1).unwrap_or_default(), table),
            Hit::Unique if rows.len() > 1 => Hits::Conflict(rows),
            Hit::Unique | Hit::Any => one_of(rows, rows, table),
            Hit::Priority(_) => {
                let rank = |number: &usize| self.ranks.get(*number).copied().unwrap_or(usize::MAX);
                let best = numbers.iter().map(rank).min();
                let best = numbers.iter().copied().filter(|number| Some(rank(number)) == best);
                let best = claims(&ScratchVec::from_iter_in(best, scratch));
                one_of(best, best, table)
            }
            Hit::All => Hits::Several { found: Found::Columns(columns(table, rows, assessment)), rows },
            Hit::Sum(column) => return sum(table, column, rows).and_then(figure),
            Hit::Min(column) => return figure(cells(rows, column).min_by(Value::order).unwrap_or(Value::Nothing)),
            Hit::Max(column) => return figure(cells(rows, column).max_by(Value::order).unwrap_or(Value::Nothing)),
            Hit::Count => return figure(Value::Integer(i64::try_from(rows.len()).unwrap_or(i64::MAX))),
        };
        Ok(hits)
    }

    /// Whether two rows say the same.
    pub(super) fn agree(&self, free: &[usize], one: usize, other: usize) -> bool {
        say_the_same(free, self.rows.claim(one).row(), self.rows.claim(other).row())
    }
}

/// The first of some rows, where all of them say the same.
fn one_of<'a>(rows: &'a [Claim<'a>], same: &[Claim<'a>], table: &Table) -> Hits<'a> {
    let Some((first, others)) = same.split_first() else { return Hits::Nothing };
    let free: Vec<usize> = if others.is_empty() { Vec::new() } else { table.free_columns().collect() };
    match others.iter().all(|other| say_the_same(&free, first.row(), other.row())) {
        true => Hits::Row(*first),
        false => Hits::Conflict(rows),
    }
}

fn say_the_same(columns: &[usize], one: Row<'_>, other: Row<'_>) -> bool {
    columns.iter().all(|column| one.value(*column) == other.value(*column))
}

fn cells<'a>(rows: &'a [Claim<'a>], column: usize) -> impl Iterator<Item = Value<'a>> {
    rows.iter().map(move |row| row.value(column))
}

/// Each column as a list, in the order of the file.
fn columns<'a>(table: &Table, rows: &'a [Claim<'a>], assessment: &Assessment<'a, '_>) -> &'a [Value<'a>] {
    let scratch = assessment.scratch;
    let lists = (0..table.fields.len())
        .map(|column| Value::List(scratch.alloc_slice_fill_iter(rows.iter().map(|row| row.value(column)))));
    scratch.alloc_slice_fill_iter(lists)
}

/// The sum of a column, whole where its cells are.
fn sum<'a>(table: &Table, column: usize, rows: &'a [Claim<'a>]) -> Result<Value<'a>, Failure> {
    let failed = |reason| Failure { place: table.place.clone(), reason };
    if table.fields.get(column).is_some_and(|field| field.kind.scalar == Scalar::Integer) {
        let mut integers = rows.iter().filter_map(|row| row.row().integer(column));
        let sum = integers.try_fold(0_i64, i64::checked_add);
        return sum
            .map(Value::Integer)
            .ok_or_else(|| failed("the sum has no room in a whole number of 64 bits".to_owned()));
    }
    let mut numbers = rows.iter().filter_map(|row| row.row().number(column));
    let sum = numbers.try_fold(Decimal::ZERO, add);
    sum.map(Value::Decimal).map_err(|reason| failed(reason.to_string()))
}
