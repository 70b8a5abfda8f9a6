//! Bands that stand in a table: those of a claim are the rows that match it.

use super::{Hit, Table};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    program::{claim::Field, context::Context, param::Param, yaml::Text},
    schema::Scalar,
    script::Read,
};

/// The bands of a schedule in the rows of a table. Columns are named by their numbers.
#[derive(Debug, Clone)]
pub struct BandTable {
    /// The table's number.
    pub table: usize,
    /// Where the schedule names it.
    pub place: Place,
    /// The column with the start of a band; a blank cell is no lower end.
    pub edge: usize,
    /// Whether that total itself belongs to the band: `from`, not `above`.
    pub inclusive: bool,
    /// The column with what one unit of the base earns.
    pub rate: usize,
    /// Whether that is an amount for each unit, not a share.
    pub per_unit: bool,
    /// The column with the fixed amount; a blank cell is none.
    pub flat: Option<usize>,
    /// Whether the rows can differ between claims.
    pub varies: bool,
}

/// Checks `bands` where it names a table.
pub(in crate::program) fn check(name: &Text, params: &[Param], context: &mut Context<'_>) -> Option<BandTable> {
    let Some(number) = context.tables.iter().position(|table| table.name == name.text) else {
        // A table whose declaration is broken was reported there.
        if !context.findings.has_errors() || !context.vocabulary.has(&name.text) {
            let message = format!("there is no table `{}`", name.text);
            let finding = Diagnostic::error(Code::UnknownName, &name.place, message);
            let known = context.tables.iter().map(|table| table.name.as_str());
            context.findings.add(match context.tables.is_empty() {
                true => finding.help("list the bands: `- { from: 0, rate: 1% }`"),
                false => finding.suggest(&name.text, known),
            });
        }
        return None;
    };
    let table = context.tables.get(number)?.clone();
    context.use_table(number);
    if table.hit != Some(Hit::All) {
        let message = format!("the bands of a claim are several rows, and `{}` doesn't give all that match", name.text);
        let finding = Diagnostic::error(Code::MissingKey, &name.place, message);
        context.findings.add(finding.and(&table.place, "the table").help("write `hit: all` in the table"));
        return None;
    }
    let columns = Columns { table: &table, bands: &name.place };
    let edge = columns.one_of(["from", "above"], "where a band starts", true, context);
    let rate = columns.one_of(["rate", "per_unit"], "what a band pays", false, context);
    let flat = columns.find("flat").map(|flat| columns.number(flat, true, context));
    let (edge, rate) = (edge?, rate?);
    let flat = match flat {
        Some(flat) => Some(flat?),
        None => None,
    };
    let is_fixed = |read: &Read| match read {
        Read::Param(param) => params.get(*param).is_some_and(|param| !param.is_dated()),
        _ => false,
    };
    let varies = |one: &super::Match| !one.value.reads().iter().all(|(_, read)| is_fixed(read));
    Some(BandTable {
        table: number,
        place: name.place.clone(),
        edge: edge.0,
        inclusive: edge.1,
        rate: rate.0,
        per_unit: !rate.1,
        flat,
        varies: table.effective.is_some() || table.matches.iter().any(varies),
    })
}

/// The columns of a table that bands are made of.
struct Columns<'t> {
    table: &'t Table,
    /// Where the schedule names the table.
    bands: &'t Place,
}

impl Columns<'_> {
    fn find(&self, name: &str) -> Option<usize> {
        self.table.fields.iter().position(|field| field.name == name)
    }

    /// The column of one of two names, and whether of the first.
    fn one_of(
        &self,
        names: [&str; 2],
        what: &str,
        may_be_blank: bool,
        context: &mut Context<'_>,
    ) -> Option<(usize, bool)> {
        let (column, is_first) = match names.map(|name| self.find(name)) {
            [Some(column), None] => (column, true),
            [None, Some(column)] => (column, false),
            found => {
                let ([one, other], has) = (names, if found == [None, None] { "no" } else { "more than one" });
                let message = format!("`{}` has {has} column that says {what}", self.table.name);
                let finding = Diagnostic::error(Code::UnknownField, self.bands, message);
                let finding = finding.and(&self.table.place, "the table");
                context
                    .findings
                    .add(finding.help(format!("declare either `{one}` or `{other}` in the table's `fields`")));
                return None;
            }
        };
        self.number(column, may_be_blank, context).map(|column| (column, is_first))
    }

    /// A column of numbers.
    fn number(&self, column: usize, may_be_blank: bool, context: &mut Context<'_>) -> Option<usize> {
        let field: &Field = self.table.fields.get(column)?;
        let is_number = matches!(field.kind.scalar, Scalar::Integer | Scalar::Decimal);
        if is_number && (may_be_blank || !field.kind.optional) {
            return Some(column);
        }
        let code = if is_number { Code::MaybeEmpty } else { Code::WrongType };
        let message = format!("bands are made of numbers, and column `{}` is {}", field.name, field.kind.kind());
        let finding = Diagnostic::error(code, self.bands, message);
        let finding = finding.and(&field.place, "declared here");
        context.findings.add(match is_number {
            true => finding.help("every band pays something: remove `optional`"),
            false => finding.help("declare it as `decimal`"),
        });
        None
    }
}
