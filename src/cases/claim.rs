//! Claims written in a case: columns with their texts, read as those of a file are.

use crate::{
    claim::Claims,
    diagnostic::{Code, Diagnostic, Findings},
    input::claims_of,
    program::{Field, Node, Program, Text, text, wrong_shape},
};

type Written = Vec<(String, String)>;

/// Reads the claims of a case, each column that it leaves out taken from the defaults.
pub(super) fn read(
    node: &Node,
    defaults: &[(Text, Node)],
    program: &Program,
    findings: &mut Findings,
) -> Option<(Vec<Written>, Claims)> {
    let Node::Sequence(items, _) = node else {
        findings.add(wrong_shape(node, "a list of claims is expected"));
        return None;
    };
    let defaults = columns(defaults, program, findings);
    let mut written = Vec::new();
    for item in items {
        let Node::Mapping(entries, _) = item else {
            findings.add(wrong_shape(item, "a claim with its columns is expected"));
            continue;
        };
        let own = columns(entries, program, findings);
        let row: Written = own
            .iter()
            .chain(defaults.iter().filter(|(column, _)| !own.iter().any(|(known, _)| known == column)))
            .cloned()
            .collect();
        written.push(row);
    }
    let fields = &program.claim.fields;
    let rows = written.iter().map(|row| fields.iter().map(|field| (&field.name, cell(row, field))));
    // A case gives no fields but these, and is far from the number of claims at which this could fail.
    let claims = claims_of("case", fields, rows).ok()?;
    Some((written, claims))
}

/// What is written in a field's column; nothing where the claim leaves it out.
fn cell<'w>(row: &'w Written, field: &Field) -> &'w str {
    row.iter().find(|(column, _)| *column == field.column).map_or("", |(_, cell)| cell.as_str())
}

fn columns(entries: &[(Text, Node)], program: &Program, findings: &mut Findings) -> Written {
    let known: Vec<&str> = program.claim.fields.iter().map(|field| field.column.as_str()).collect();
    let mut row = Vec::new();
    for (column, node) in entries {
        if !known.contains(&column.text.as_str()) {
            let message = format!("the program reads no column `{}`", column.text);
            let finding = Diagnostic::error(Code::CaseProblem, &column.place, message);
            findings.add(finding.suggest(&column.text, known.iter().copied()));
            continue;
        }
        let cell = if node.is_empty() { Some(String::new()) } else { text(node, findings).map(|cell| cell.text) };
        row.extend(cell.map(|cell| (column.text.clone(), cell)));
    }
    row
}
