//! Whatever a file holds: each row has exactly one outcome, and the counts tie.

use std::collections::BTreeMap;

use meed::{
    engine::Counts,
    outcome::{Disposition, EngineReason, Outcome},
};
use proptest::prelude::*;

use crate::{desk::Desk, purchase::definition};

const HEADER: &str = "claim_no,position,partner,sold_on,region,net,bonus,fate";
const COLUMNS: usize = 8;

const JUNK: [&str; 24] = [
    "",
    " ",
    "1e3",
    "1,5",
    "=SUM(A1:A2)",
    "日本",
    "-",
    "NaN",
    "0x10",
    "1_000",
    "\u{feff}",
    "2026-02-30",
    "2025-06-01",
    "\u{7f}",
    "9999999999999999999999999999999",
    "a\"b",
    "two\nlines",
    "two\r\nlines",
    "null",
    "()",
    "'",
    ";",
    "\t",
    "ÿ",
];

/// How a row is spoilt, if it is.
#[derive(Debug, Clone)]
enum Row {
    Claim(Vec<String>),
    /// The same again as the row this many before.
    Again(usize),
    /// The same id as the row this many before, with one cell that differs.
    SameId(usize, usize, String),
    Ragged(Vec<String>),
}

fn cells() -> impl Strategy<Value = Vec<String>> {
    let good = (0..5_u8, 0..40_u8, 0..3_u8, 1..=28_u8, -900..900_i32).prop_map(|(id, position, partner, day, net)| {
        let cells = [format!("C-{id}"), position.to_string(), format!("P{partner}"), format!("2026-03-{day:02}")];
        cells.into_iter().chain(["R1".to_owned(), net.to_string(), "5".to_owned(), "plain".to_owned()]).collect()
    });
    let junk = (0..COLUMNS, prop::sample::select(&JUNK[..]));
    (good, prop::collection::vec(junk, 0..3), 0..3_u8).prop_map(|(good, junk, spoilt)| {
        let mut cells: Vec<String> = good;
        for (column, text) in junk.into_iter().filter(|_| spoilt == 0) {
            text.clone_into(&mut cells[column]);
        }
        cells
    })
}

fn any_row() -> impl Strategy<Value = Row> {
    let junk = prop::sample::select(&JUNK[..]).prop_map(ToOwned::to_owned);
    let text = prop_oneof![3 => junk, 1 => "\\PC{0,12}"].boxed();
    prop_oneof![
        6 => cells().prop_map(Row::Claim),
        2 => (1..4_usize).prop_map(Row::Again),
        2 => (1..4_usize, 1..COLUMNS, prop_oneof![Just("7".to_owned()), text.clone()])
            .prop_map(|(back, column, text)| Row::SameId(back, column, text)),
        1 => prop::collection::vec(text, 1..12).prop_map(Row::Ragged),
    ]
}

/// The cells of each row.
fn table(rows: Vec<Row>) -> Vec<Vec<String>> {
    let mut table: Vec<Vec<String>> = Vec::new();
    for row in rows {
        let before = |back: usize| table.len().checked_sub(back).map(|index| table[index].clone());
        let cells = match row {
            Row::Claim(cells) | Row::Ragged(cells) => Some(cells),
            Row::Again(back) => before(back),
            Row::SameId(back, column, text) => before(back).map(|mut cells| {
                if let Some(cell) = cells.get_mut(column) {
                    *cell = text;
                }
                cells
            }),
        };
        // Over several lines a row of another length refuses the whole file.
        let is_ragged = |cells: &Vec<String>| cells.len() != COLUMNS;
        table.extend(cells.map(|cells| match is_ragged(&cells) {
            true => cells.iter().map(|cell| cell.replace(['\n', '\r'], " ")).collect(),
            false => cells,
        }));
    }
    table
}

/// As a spreadsheet would write it: every cell in quotes, so that a row stands for itself.
fn csv(table: &[Vec<String>]) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let rows = table.iter().map(|cells| cells.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n");
    format!("{HEADER}\n{}", rows.collect::<String>())
}

fn desk() -> Desk {
    let award = "  rebate:\n    base: claim.net\n    per: [participant, quarter]\n    tiers:\n      kind: retroactive\n      \
                 bands:\n        - { from: 0, rate: 1% }\n        - { from: 500, rate: 2% }\n";
    Desk::new(&definition("{ mode: half_even, scale: 2 }", award, ""))
}

fn check_counts(rows: usize, outcomes: &[Outcome<'static>]) -> Result<(), TestCaseError> {
    prop_assert_eq!(outcomes.len(), rows);
    let mut counts = Counts::default();
    for outcome in outcomes {
        counts.add(outcome);
    }
    prop_assert!(counts.tie());
    prop_assert_eq!(usize::try_from(counts.read).unwrap(), rows);
    let mut lines: Vec<u64> = outcomes.iter().map(|outcome| outcome.origin.line).collect();
    lines.sort_unstable();
    lines.dedup();
    prop_assert_eq!(lines.len(), rows, "a line has two outcomes, or none");
    for outcome in outcomes {
        let code = |reason: EngineReason| outcome.reasons.iter().any(|found| found.code == reason.code());
        prop_assert!(!code(EngineReason::EngineFailed), "{:?}", outcome.reasons);
        prop_assert!(outcome.disposition == Disposition::Approved || !outcome.reasons.is_empty());
        prop_assert!(outcome.disposition == Disposition::Approved && !outcome.skipped || outcome.award.is_zero());
    }
    Ok(())
}

/// Whether a row's id, date and place in the order can be read.
fn can_be_queued(cells: &[String]) -> bool {
    let is_integer = cells.get(1).is_some_and(|cell| cell.parse::<i64>().is_ok());
    let is_date = cells.get(3).is_some_and(|cell| meed::calendar::parse_iso(cell).is_ok());
    cells.len() == COLUMNS && !cells[0].is_empty() && is_integer && is_date
}

/// Repeats of a decided row are skipped, and ids with two contents returned, all of them.
fn check_repeats(table: &[Vec<String>], outcomes: &[Outcome<'static>]) -> Result<(), TestCaseError> {
    let mut by_id: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
    for cells in table.iter().filter(|cells| can_be_queued(cells)) {
        by_id.entry(cells[0].as_str()).or_default().push(cells);
    }
    for (id, rows) in by_id {
        let unreadable = ["FIELD_MISSING", "FIELD_UNREADABLE", "ROW_UNREADABLE"];
        let own: Vec<&Outcome<'static>> = outcomes.iter().filter(|outcome| outcome.claim == id).collect();
        let twice = own.iter().filter(|outcome| outcome.reasons.iter().any(|reason| reason.code == "ID_TWICE")).count();
        let skipped = own.iter().filter(|outcome| outcome.skipped).count();
        // A row that can't be queued still shows its id; it counts for nothing here.
        let aside = own.len() - rows.len();
        let not_queued = own.iter().filter(|outcome| {
            outcome.disposition == Disposition::Returned
                && outcome.reasons.iter().all(|reason| unreadable.contains(&&*reason.code))
        });
        prop_assert!(not_queued.count() >= aside);
        if rows.iter().all(|cells| *cells == rows[0]) {
            // A returned row isn't decided, so the same row again is returned again.
            let decided = own.iter().any(|outcome| outcome.disposition != Disposition::Returned);
            let repeats = if decided { rows.len() - 1 } else { 0 };
            prop_assert_eq!((twice, skipped), (0, repeats), "{}", id);
        } else {
            prop_assert_eq!((twice, skipped), (rows.len(), 0), "{}", id);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_has_exactly_one_outcome_and_repeats_are_told_from_conflicts(
        rows in prop::collection::vec(any_row(), 0..16),
    ) {
        let table = table(rows);
        let outcomes = desk().decide(&csv(&table));
        check_counts(table.len(), &outcomes)?;
        check_repeats(&table, &outcomes)?;
    }

    #[test]
    fn where_content_is_the_id_exact_copies_are_claims_of_their_own(
        rows in prop::collection::vec(any_row(), 0..16),
    ) {
        let award = "  bonus:\n    amount: claim.bonus\n";
        let definition = definition("{ mode: floor, scale: 0 }", award, "").replace("id: claim_no", "id: content");
        let table = table(rows);
        let outcomes = Desk::new(&definition).decide(&csv(&table));
        check_counts(table.len(), &outcomes)?;
        let mut ids: Vec<&str> = outcomes.iter().map(|outcome| &*outcome.claim).filter(|id| !id.is_empty()).collect();
        prop_assert_eq!(ids.len(), table.iter().filter(|cells| cells.len() == COLUMNS
            && cells[1].parse::<i64>().is_ok() && meed::calendar::parse_iso(&cells[3]).is_ok()).count());
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), outcomes.iter().filter(|outcome| !outcome.claim.is_empty()).count());
        prop_assert!(outcomes.iter().all(|outcome| !outcome.skipped));
    }

    #[test]
    fn a_file_of_any_text_is_refused_or_every_row_of_it_has_an_outcome(
        body in "([a-c0-9,\"\n;\r\t ]|\\PC){0,200}",
    ) {
        use meed::input::{ColumnMap, Wanted, read_claims};
        let desk = desk();
        let fields = &desk.program().claim.fields;
        let wanted: Vec<Wanted<'_>> =
            fields.iter().map(|field| Wanted { column: &field.column, kind: &field.kind }).collect();
        let text = format!("{HEADER}\n{body}");
        let read = read_claims("claims.csv", text.as_bytes(), &wanted, &ColumnMap::default(), &mut |_| {});
        if let Ok(intake) = read {
            check_counts(intake.claims.count(), &desk.decide(&text))?;
        }
    }
}
