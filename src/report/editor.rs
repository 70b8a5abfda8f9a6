//! What editors need to complete and check definitions and cases while they are written: JSON Schema, draft 7. Whether
//! a definition is right is for `meed check` to say; the schema knows its keys, their shapes and the fixed words.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::{
    calendar::Period,
    money::{RoundingMode, SplitMethod},
    schema::Scalar,
    script::Functions,
};

/// A kind of file that a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authored {
    /// `programs/CLIENT/NAME.yaml`.
    Definition,
    /// `tests/programs/CLIENT/NAME/CASE.yaml`.
    Case,
    /// `arrangements/CLIENT/NAME.yaml`.
    Arrangement,
}

/// A key with what it is for, whether it must be there, and what its value looks like.
type Key = (&'static str, bool, &'static str, Value);

/// The schema of a kind of file.
pub fn schema(of: Authored) -> String {
    let schema = match of {
        Authored::Definition => definition(),
        Authored::Case => case(),
        Authored::Arrangement => arrangement(),
    };
    // A value made of values can be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The built-in functions for editors of scripts, as a definition file of Rhai.
pub fn rhai_definitions(functions: &Functions) -> String {
    let mut text = String::from("module static;\n");
    for builtin in functions.all() {
        let signature = builtin.signature();
        let parameters: Vec<String> = builtin.parameters.iter().map(|(name, _)| format!("{name}: ?")).collect();
        // Writing to a String can't fail.
        let _ = write!(
            text,
            "\n/// `{signature}`: {}\nfn {}({}) -> ?;\n",
            builtin.doc,
            builtin.name,
            parameters.join(", ")
        );
    }
    text
}

/// Anything that YAML writes on one line: texts, numbers and dates are all read as they are written.
fn scalar() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> Value {
    json!({ "enum": words.into_iter().collect::<Vec<_>>() })
}

fn any_of<const N: usize>(schemas: [Value; N]) -> Value {
    json!({ "anyOf": Vec::from(schemas) })
}

fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// One or several, as keys and columns are named.
fn names() -> Value {
    any_of([scalar(), list(&scalar())])
}

fn by_name(of: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": of })
}

fn keys(keys: Vec<Key>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (key, is_required, description, mut schema) in keys {
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), description.into());
        }
        properties.insert(key.to_owned(), schema);
        if is_required {
            required.push(key);
        }
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// A definition; one that extends another may leave out everything, and takes something out with `~`.
fn definition() -> Value {
    let whole = keys(head().into_iter().chain(sections()).collect());
    let mut layer = whole.clone();
    loosen(&mut layer, true);
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "a program definition of Meed",
        "type": "object",
        "if": { "required": ["extends"] },
        "then": layer,
        "else": whole,
    })
}

/// What is left of a schema for a layer: nothing is required, and every value may be nothing.
fn loosen(schema: &mut Value, is_top: bool) {
    let Some(map) = schema.as_object_mut() else { return };
    map.remove("required");
    if is_top {
        map.insert("required".to_owned(), json!(["format", "program"]));
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = map.get_mut(key).filter(|inner| inner.is_object()) {
            or_nothing(inner);
        }
    }
    let choices = map.get_mut("anyOf").and_then(Value::as_array_mut);
    choices.into_iter().flatten().for_each(|choice| loosen(choice, false));
    let properties = map.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(or_nothing);
}

fn or_nothing(schema: &mut Value) {
    loosen(schema, false);
    let inner = schema.take();
    let description = inner.get("description").cloned();
    *schema = json!({ "anyOf": [inner, { "type": "null" }] });
    if let (Some(description), Some(schema)) = (description, schema.as_object_mut()) {
        schema.insert("description".to_owned(), description);
    }
}

fn head() -> Vec<Key> {
    let unit = keys(vec![
        ("code", true, "as outcomes show it, `PTS`", scalar()),
        ("scale", true, "the places that it is written with", scalar()),
    ]);
    let rounding = keys(vec![
        ("mode", true, "what becomes of what is left over", words(RoundingMode::NAMES.iter().map(|(name, _)| *name))),
        ("scale", false, "decimal places, at most 12", scalar()),
        ("step", false, "multiples of it: `50`", scalar()),
    ]);
    let effective =
        keys(vec![("from", true, "the first day", scalar()), ("until", true, "the last day, included", scalar())]);
    vec![
        ("format", true, "`1`", json!({ "enum": [1, "1"] })),
        ("program", true, "`client/name`, as the file's path", scalar()),
        ("extends", false, "makes this a layer over another program", scalar()),
        ("title", false, "for people", scalar()),
        ("currency", false, "an ISO 4217 code", scalar()),
        ("unit", false, "in place of a currency: points and the like", unit),
        ("effective", true, "first and last day, both included", effective),
        ("rounding", true, "how each component is rounded, once for each claim", rounding),
        ("order", true, "the fields by which the claims of one run queue", names()),
        ("scripts", false, "files under `rules/` with the functions that expressions call", names()),
        ("fiscal_year_starts", false, "month and day, `04-01`", scalar()),
        (
            "approval",
            false,
            "whether what one person does to a held claim another confirms",
            words(["one_person", "two_people"]),
        ),
        ("priority", false, "among programs over the same claims, the lowest first", scalar()),
        ("earlier", false, "by a name for rules, programs whose awards they see", by_name(&scalar())),
        ("excludes", false, "programs that may not have awarded the same claim", names()),
        ("requires", false, "programs that must have approved the same claim", names()),
        ("meant", false, "by code of a warning, why it is meant", by_name(&scalar())),
    ]
}

fn sections() -> Vec<Key> {
    let rule = keys(vec![
        ("require", true, "what must hold", scalar()),
        ("else", true, "what becomes of the claim otherwise", words(["reject", "return", "hold"])),
        ("message", false, "what the claimant reads; values in braces", scalar()),
        ("after", false, "a rule above that must have held", scalar()),
    ]);
    let flag = keys(vec![
        ("when", true, "when it is raised", scalar()),
        ("then", true, "what becomes of the claim", words(["reject", "hold", "note"])),
        ("message", false, "what is said; values in braces", scalar()),
    ]);
    let limit = keys(vec![
        ("of", false, "the components that it holds; all, if left out", names()),
        ("per", true, "per what", per()),
        ("max", true, "the ceiling", scalar()),
        ("then", true, "what happens over it", words(["cut", "hold", "reject"])),
    ]);
    let total = keys(vec![
        ("count", false, "`claims`", scalar()),
        ("sum", false, "what each claim adds", scalar()),
        ("distinct", false, "of what unlike values are counted", scalar()),
        ("of", true, "which claims count", words(["all", "standing", "approved"])),
        ("per", true, "per what", per()),
        ("within", false, "`7 days`, either side", scalar()),
    ]);
    let allocate = keys(vec![
        ("method", true, "who gets what can't be split", words(SplitMethod::NAMES.iter().map(|(name, _)| *name))),
        ("shares", true, "by cost centre, `60%`, `rest` or a weight", by_name(&scalar())),
    ]);
    vec![
        ("claim", true, "how a claim is read", claim()),
        ("params", false, "named values; dated ones as a list of `from` and `value`", by_name(&param())),
        ("tables", false, "reference data under `tables/`", by_name(&table())),
        ("totals", false, "running figures over the claims decided before", by_name(&total)),
        ("derived", false, "named figures, in order", by_name(&scalar())),
        ("eligibility", false, "by code, what must hold before the award", by_name(&rule)),
        ("award", true, "by name, the components of the award", by_name(&component())),
        ("limits", false, "by code, ceilings in this order", by_name(&limit)),
        ("flags", false, "by code, what is looked at after the award", by_name(&flag)),
        ("allocate", false, "how awards are split over cost centres", allocate),
    ]
}

/// A key of totals, bases and limits.
fn per() -> Value {
    let known = ["claim", "participant", "program"].into_iter().chain(Period::NAMES.iter().map(|(name, _)| *name));
    let part = any_of([words(known), scalar()]);
    any_of([part.clone(), list(&part)])
}

fn claim() -> Value {
    keys(vec![
        ("id", true, "the field that identifies a claim, several, or `content`", names()),
        ("participant", true, "who earns", scalar()),
        ("payee", false, "who is paid", scalar()),
        ("date", true, "picks params, table rows and periods", scalar()),
        ("received", false, "the day of receipt", scalar()),
        ("claimed", false, "what the claimant asks", scalar()),
        ("original", false, "the id of the claim that this one takes back", scalar()),
        ("fields", true, "the columns that are read", fields()),
    ])
}

fn fields() -> Value {
    let scalars = Scalar::NAMES.iter().map(|(name, _)| *name);
    let types: Vec<String> =
        scalars.flat_map(|name| [name.to_owned(), format!("optional {name}"), format!("list of {name}")]).collect();
    let kind = json!({ "enum": types });
    let declared = keys(vec![
        ("type", false, "what the column holds", kind.clone()),
        ("one_of", false, "the texts that it may hold", list(&scalar())),
        ("column", false, "as the file names it", scalar()),
        ("format", false, "how dates are written, `%d/%m/%Y`", scalar()),
        ("decimal", false, "how decimals are written", words(["point", "comma"])),
        ("private", false, "shown in the outcomes file alone", json!({ "type": "boolean" })),
    ]);
    by_name(&any_of([kind, declared]))
}

fn param() -> Value {
    let single = any_of([scalar(), list(&scalar())]);
    let version = keys(vec![
        ("from", true, "the first day on which it is in force", scalar()),
        ("value", true, "the value from then on", single.clone()),
    ]);
    any_of([single, list(&version)])
}

fn table() -> Value {
    let range = keys(vec![
        ("from", false, "the column with the lowest value", scalar()),
        ("above", false, "the column with the value below all", scalar()),
        ("until", false, "the column with the highest value", scalar()),
        ("below", false, "the column with the value above all", scalar()),
        ("value", true, "what must lie between", scalar()),
    ]);
    let hit = any_of([scalar(), by_name(&scalar())]);
    let effective = keys(vec![
        ("from", true, "the column with a row's first day", scalar()),
        ("until", true, "the column with its last day", scalar()),
    ]);
    keys(vec![
        ("file", true, "under `tables/`", scalar()),
        ("match", true, "by column, what a row must match", by_name(&any_of([scalar(), range]))),
        ("effective", false, "when a row is in force", effective),
        ("hit", false, "what counts of several rows", hit),
        ("fields", true, "the columns that are read", fields()),
    ])
}

fn component() -> Value {
    let band = keys(vec![
        ("from", false, "it starts at this total", scalar()),
        ("above", false, "it starts above this total", scalar()),
        ("rate", false, "a share, `1%`", scalar()),
        ("per_unit", false, "an amount for each unit", scalar()),
        ("flat", false, "a fixed amount", scalar()),
    ]);
    let tiers = keys(vec![
        (
            "kind",
            true,
            "the band reached pays on everything, or each slice at its own",
            words(["retroactive", "incremental"]),
        ),
        ("bands", true, "from the lowest, or the name of a table", any_of([scalar(), list(&band)])),
    ]);
    keys(vec![
        ("when", false, "when it is due", scalar()),
        ("amount", false, "how much, by itself", scalar()),
        ("base", false, "what this claim adds", scalar()),
        ("measure", false, "what it adds to the figure that picks the band", scalar()),
        ("per", false, "where it accumulates; this claim alone, if left out", per()),
        ("target", false, "band edges are multiples of it", scalar()),
        ("terms", false, "what is due where terms change inside a key", words(["whole", "from_here"])),
        ("tiers", false, "what is due, by bands", tiers),
        ("due", false, "what is due, worked out of `total`", scalar()),
    ])
}

fn case() -> Value {
    let cell = json!({ "type": ["string", "number", "boolean", "null"] });
    let rows = list(&by_name(&cell));
    let claims = any_of([scalar(), rows.clone()]);
    let expected = keys(vec![
        ("disposition", false, "what became of it", words(["approved", "held", "returned", "rejected", "skipped"])),
        ("award", false, "after limits", scalar()),
        ("pending", false, "what a held claim would get", scalar()),
        ("reversed", false, "what a correction took back", scalar()),
        ("net", false, "the award less that", scalar()),
        ("components", false, "by name", by_name(&scalar())),
        ("allocation", false, "by cost centre", by_name(&scalar())),
        ("derived", false, "figures by name", by_name(&cell)),
        ("reasons", false, "codes", list(&scalar())),
        ("flags", false, "codes", list(&scalar())),
        ("cuts", false, "codes of limits", list(&scalar())),
    ]);
    let mut schema = keys(vec![
        ("format", true, "`1`", json!({ "enum": [1, "1"] })),
        ("title", true, "what the case shows", scalar()),
        ("arrangement", false, "the arrangements that add to its awards", names()),
        ("accepted", false, "why outcomes were accepted", list(&scalar())),
        ("defaults", false, "what a claim leaves out", by_name(&cell)),
        ("earlier", false, "claims decided before, run by run", any_of([claims.clone(), list(&claims)])),
        ("claims", true, "the claims, or a file beside the case", claims),
        ("expect", false, "by a claim's id, or `nth:2`", by_name(&expected)),
    ]);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
        schema.insert("title".to_owned(), "a case of Meed".into());
    }
    schema
}

fn arrangement() -> Value {
    let scope = keys(vec![
        ("participants", false, "all of them, if left out", names()),
        ("claims", false, "ids; all of them, if left out", names()),
        ("when", false, "an expression over the claim", scalar()),
    ]);
    let dates = keys(vec![("from", true, "the first day", scalar()), ("until", true, "the last day", scalar())]);
    let mut schema = keys(vec![
        ("format", true, "`1`", json!({ "enum": [1, "1"] })),
        ("arrangement", true, "its name, that of the file", scalar()),
        ("program", true, "the program that it changes", scalar()),
        ("title", false, "what it is for", scalar()),
        ("reason", true, "why it was granted", scalar()),
        ("reference", true, "where the approval stands", scalar()),
        ("asked_by", true, "who asked for it", scalar()),
        ("approved_by", true, "who approved it", scalar()),
        ("effective", true, "the dates of its claims, both days included", dates),
        ("expires", true, "the last day on which a claim may come in", scalar()),
        ("ceiling", true, "the most that it may add to the standard awards", scalar()),
        ("scope", true, "which claims it is for", scope),
        ("change", false, "values by their paths, `params.tolerance: 50`; `~` takes out", by_name(&json!({}))),
        ("waive", false, "codes of rules, limits and flags", names()),
    ]);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
        schema.insert("title".to_owned(), "an arrangement of Meed".into());
    }
    schema
}
