//! Looking up what the tables give for a claim.

use bumpalo::collections::Vec as ScratchVec;

use super::{
    assessment::{Assessment, HIDDEN},
    table::Hits,
};
use crate::{
    claim::Claim,
    outcome::{EngineReason, FoundRow, Observer, Reason, Seen, Step},
    program::{Hit, Table},
    script::{Failure, Found, Read},
};

impl<'a> Assessment<'a, '_> {
    /// Looks up every table. Where rows conflict, the claim is held and nothing more is worked out.
    pub(super) fn look_up<O: Observer<'a>>(&mut self, observer: &mut O) -> Result<(), Failure> {
        let tables = self.decider.tables;
        for (number, table) in self.program.tables.iter().enumerate() {
            let hits = tables.look_up(number, table, self)?;
            if O::STEPS {
                observer.step(self.lookup(number, table, &hits));
            }
            if let Hits::Conflict(rows) = hits {
                self.own(conflict(table, rows, O::WORDS));
                self.has_failed = true;
            }
            self.tables.push(hits.found());
        }
        Ok(())
    }

    fn lookup(&self, number: usize, table: &'a Table, hits: &Hits<'a>) -> Step<'a> {
        let rows = match hits {
            Hits::Nothing => &[],
            Hits::Row(row) => std::slice::from_ref(row),
            Hits::Several { rows, .. } | Hits::Conflict(rows) => rows,
        };
        let rows = rows.iter().map(|row| {
            let cells = table.fields.iter().enumerate();
            let cells = cells.map(|(column, field)| Seen {
                name: field.name.as_str(),
                value: match self.hides(Read::TableCell { table: number, column }) {
                    true => HIDDEN,
                    false => row.row().value_in(column, self.scratch),
                },
            });
            FoundRow { origin: row.origin(), cells: ScratchVec::from_iter_in(cells, self.scratch).into_bump_slice() }
        });
        let rows = ScratchVec::from_iter_in(rows, self.scratch).into_bump_slice();
        let figure = if let Found::Figure(value) = hits.found() { Some(value) } else { None };
        Step::Lookup { table: &table.name, rows, figure, is_conflict: matches!(hits, Hits::Conflict(_)) }
    }
}

/// Why a claim is held for rows of which one should count.
fn conflict<'a>(table: &Table, rows: &[Claim<'_>], words: bool) -> Reason<'a> {
    let message = || {
        let lines: Vec<String> = rows.iter().map(|row| row.line().to_string()).collect();
        let why = match table.hit {
            Some(Hit::Any) => "match the claim and say different things",
            Some(Hit::Priority(_)) => "match the claim with the same priority and say different things",
            _ => "match the claim, and one may",
        };
        format!("lines {} of `{}` {why}", listed(&lines), table.file.text)
    };
    let message = if words { message() } else { String::new() };
    EngineReason::TableConflict.because(message, Some(table.place.clone()))
}

/// The most lines that are named.
const LISTED: usize = 8;

/// `2 and 3`, `2, 3 and 4`.
fn listed(lines: &[String]) -> String {
    let (shown, rest) = lines.split_at_checked(LISTED).unwrap_or((lines, &[]));
    match (shown, rest) {
        ([first @ .., last], []) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        (shown, []) => shown.concat(),
        (shown, rest) => format!("{} and {} more", shown.join(", "), rest.len()),
    }
}
