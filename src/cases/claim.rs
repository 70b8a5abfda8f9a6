//! Claims written in a case: columns with their texts, read as those of a file are.

use std::sync::Arc;

use crate::{
    claim::{Cell, Claims, Deficiency, DeficiencyKind},
    diagnostic::{Code, Diagnostic, Findings},
    program::{Node, Program, Text, text, wrong_shape},
    schema::CellTrouble,
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
    let kinds = program.claim.fields.iter().map(|field| field.kind.column());
    let mut claims = Claims::new("case", kinds);
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
        // A claim of a case is named by its number, which a reader can count.
        let number = claims.count() as u64 + 1;
        push(&mut claims, number, &row, program);
        written.push(row);
    }
    Some((written, claims))
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

fn push(claims: &mut Claims, number: u64, row: &Written, program: &Program) {
    let mut deficiencies = Vec::new();
    let mut cells = Vec::new();
    for (index, field) in program.claim.fields.iter().enumerate() {
        let cell = row.iter().find(|(column, _)| *column == field.column).map_or("", |(_, cell)| cell.as_str());
        let kind = match field.kind.read(cell) {
            Ok(cell) => {
                cells.push(cell);
                continue;
            }
            Err(CellTrouble::Missing) => DeficiencyKind::Missing,
            Err(CellTrouble::Unreadable(reason)) => DeficiencyKind::Unreadable(reason),
        };
        cells.push(Cell::Empty);
        deficiencies.push(Deficiency::cell(index, &Arc::from(field.column.as_str()), cell, kind));
    }
    // A case is far from the number of texts at which this could fail.
    let _ = claims.push(number, cells, deficiencies);
}
