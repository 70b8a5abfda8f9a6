//! Claims written in a case: columns with their texts, read as those of a file are.

use crate::{
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings},
    input::claims_of,
    program::{Field, Node, Program, Text, text, wrong_shape},
};

/// The columns of one claim with their texts.
pub(super) type Row = Vec<(String, String)>;

/// Claims of a case: written in it, or in a file beside it.
#[derive(Debug, Clone)]
pub(super) enum Given {
    /// In the case.
    Rows(Vec<Row>),
    /// In a file, relative to the case's folder.
    File(Text),
}

impl Given {
    /// The claims as a program reads them; `file` reads those of a file.
    pub(super) fn claims(
        &self,
        program: &Program,
        file: &mut dyn FnMut(&Text, &Program) -> Option<Claims>,
    ) -> Option<Claims> {
        match self {
            Self::File(name) => file(name, program),
            Self::Rows(rows) => {
                let fields = &program.claim.fields;
                let rows = rows.iter().map(|row| fields.iter().map(|field| (&field.name, cell(row, field))));
                // A case gives no fields but these, and is far from the number of claims at which this could fail.
                claims_of("case", fields, rows).ok()
            }
        }
    }
}

/// What claims written in a case may name: the columns of the programs that decide them.
pub(super) struct Columns<'p> {
    known: Vec<&'p str>,
}

impl<'p> Columns<'p> {
    /// The columns that these programs read.
    pub(super) fn new(programs: &[&'p Program]) -> Self {
        let fields = programs.iter().flat_map(|program| &program.claim.fields);
        let mut known: Vec<&str> = Vec::new();
        for field in fields {
            if !known.contains(&field.column.as_str()) {
                known.push(&field.column);
            }
        }
        Self { known }
    }

    /// Reads claims of a case, each column that one leaves out taken from the defaults.
    pub(super) fn read(&self, node: &Node, defaults: &[(Text, Node)], findings: &mut Findings) -> Option<Given> {
        let items = match node {
            Node::Scalar(file) => return Some(Given::File(file.clone())),
            Node::Sequence(items, _) => items,
            Node::Mapping(..) => {
                findings.add(wrong_shape(node, "a list of claims is expected"));
                return None;
            }
        };
        let defaults = self.row(defaults, findings);
        let mut rows = Vec::new();
        for item in items {
            let Node::Mapping(entries, _) = item else {
                findings.add(wrong_shape(item, "a claim with its columns is expected"));
                continue;
            };
            let mut row = self.row(entries, findings);
            let left_out = defaults.iter().filter(|(column, _)| !row.iter().any(|(known, _)| known == column));
            let left_out: Row = left_out.cloned().collect();
            row.extend(left_out);
            rows.push(row);
        }
        Some(Given::Rows(rows))
    }

    fn row(&self, entries: &[(Text, Node)], findings: &mut Findings) -> Row {
        let mut row = Vec::new();
        for (column, node) in entries {
            if !self.known.contains(&column.text.as_str()) {
                let message = format!("the program reads no column `{}`", column.text);
                let finding = Diagnostic::error(Code::CaseProblem, &column.place, message);
                findings.add(finding.suggest(&column.text, self.known.iter().copied()));
                continue;
            }
            let cell = if node.is_empty() { Some(String::new()) } else { text(node, findings).map(|cell| cell.text) };
            row.extend(cell.map(|cell| (column.text.clone(), cell)));
        }
        row
    }
}

/// What is written in a field's column; nothing where the claim leaves it out.
fn cell<'w>(row: &'w Row, field: &Field) -> &'w str {
    row.iter().find(|(column, _)| *column == field.column).map_or("", |(_, cell)| cell.as_str())
}
