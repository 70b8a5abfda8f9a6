//! A frozen case as YAML.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    cases::claim::Row,
    money::at_scale,
    outcome::{Outcome, Reason},
    program::Program,
};

/// A case as it is written.
#[derive(Serialize)]
struct File<'c> {
    format: u8,
    title: &'c str,
    #[serde(skip_serializing_if = "is_empty")]
    defaults: Cells<'c>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Vec<Cells<'c>>>,
    claims: Vec<Cells<'c>>,
    expect: BTreeMap<String, Expected>,
}

/// Columns with their texts, in the order of the fields.
#[derive(Default)]
struct Cells<'c>(Vec<(&'c str, &'c str)>);

fn is_empty(cells: &Cells<'_>) -> bool {
    cells.0.is_empty()
}

impl Serialize for Cells<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (column, text) in &self.0 {
            map.serialize_entry(column, text)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Expected {
    disposition: &'static str,
    award: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    components: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cuts: Vec<String>,
}

/// The text of a case. Outcomes come with what expectations call their claims.
pub(super) fn text(
    title: &str,
    program: &Program,
    earlier: &[Vec<Row>],
    claims: &[Row],
    expected: &[(String, Outcome<'static>)],
) -> String {
    let rows: Vec<&Row> = earlier.iter().flatten().chain(claims).collect();
    let defaults = defaults(&rows);
    let written = |row| -> Cells<'_> {
        let own = std::iter::zip::<&Row, _>(row, &defaults)
            .filter(|((_, text), default)| default.is_none() && !text.is_empty());
        Cells(own.map(|((column, text), _)| (column.as_str(), text.as_str())).collect())
    };
    let first = rows.first().into_iter().flat_map(|row| row.iter()).zip(&defaults);
    let file = File {
        format: 1,
        title,
        defaults: Cells(first.filter_map(|((column, _), text)| Some((column.as_str(), (*text)?))).collect()),
        earlier: earlier.iter().map(|run| run.iter().map(written).collect()).collect(),
        claims: claims.iter().map(written).collect(),
        expect: expected.iter().map(|(name, outcome)| (name.clone(), expectation(program, outcome))).collect(),
    };
    serde_yaml::to_string(&file).unwrap_or_default()
}

/// By column, the text that it has in every claim, where that isn't empty and there are several claims.
fn defaults<'c>(rows: &[&'c Row]) -> Vec<Option<&'c str>> {
    let Some((first, others)) = rows.split_first() else { return Vec::new() };
    let columns = first.iter().enumerate();
    columns
        .map(|(number, (_, text))| {
            let same = others.iter().all(|row| row.get(number).is_some_and(|(_, other)| other == text));
            (same && !others.is_empty() && !text.is_empty()).then_some(text.as_str())
        })
        .collect()
}

fn expectation(program: &Program, outcome: &Outcome<'_>) -> Expected {
    let amount = |amount| at_scale(amount, program.identification.scale);
    let codes = |reasons: &[Reason<'_>]| reasons.iter().map(|reason| reason.code.to_string()).collect();
    let components = program.components.iter().zip(outcome.components.iter());
    let components = components.filter(|(_, sum)| program.components.len() > 1 && !sum.is_zero());
    Expected {
        disposition: outcome.status(),
        award: amount(outcome.award),
        pending: (!outcome.pending.is_zero()).then(|| amount(outcome.pending)),
        reversed: outcome.reversed.map(amount),
        components: components.map(|(component, sum)| (component.name.clone(), amount(*sum))).collect(),
        reasons: codes(&outcome.reasons),
        flags: codes(&outcome.flags),
        cuts: outcome.cuts.iter().map(|cut| cut.code.to_string()).collect(),
    }
}
