//! The schemas for editors against what there is: every definition, case and example of the repository fits, and a key
//! that nobody knows doesn't.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and it reads files of its own"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use meed::{
    report::{Authored, rhai_definitions, schema},
    script::Functions,
};
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema_of(of: Authored) -> Value {
    serde_json::from_str(&schema(of)).unwrap()
}

/// Where a value doesn't fit, by the words of draft 7 that the schemas use; any other word is a panic.
fn misfit(schema: &Value, value: &Value, at: &str) -> Option<String> {
    for (word, rule) in schema.as_object().unwrap() {
        let found = match word.as_str() {
            "$schema" | "title" | "description" | "then" | "else" => None,
            "type" => {
                let is = |kind: &Value| match kind.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("{other}"),
                };
                let fits = rule.as_array().map_or_else(|| is(rule), |kinds| kinds.iter().any(is));
                (!fits).then(|| format!("{at}: no {rule}"))
            }
            "enum" => (!rule.as_array().unwrap().contains(value)).then(|| format!("{at}: {value} is none of {rule}")),
            "required" => {
                let missing = rule.as_array().unwrap().iter().find(|key| value.get(key.as_str().unwrap()).is_none());
                missing.filter(|_| value.is_object()).map(|key| format!("{at}: {key} is missing"))
            }
            "properties" | "additionalProperties" => {
                value.as_object().into_iter().flatten().find_map(|(key, inner)| {
                    let own = schema.get("properties").and_then(|properties| properties.get(key));
                    let at = format!("{at}/{key}");
                    match own.unwrap_or(&schema["additionalProperties"]) {
                        Value::Bool(false) => Some(format!("{at}: unknown key")),
                        schema => misfit(schema, inner, &at),
                    }
                })
            }
            "items" => value.as_array().into_iter().flatten().find_map(|item| misfit(rule, item, at)),
            "anyOf" => {
                let misfits: Vec<Option<String>> =
                    rule.as_array().unwrap().iter().map(|one| misfit(one, value, at)).collect();
                if misfits.contains(&None) { None } else { misfits.into_iter().flatten().max_by_key(String::len) }
            }
            "if" => {
                let branch = if misfit(rule, value, at).is_none() { "then" } else { "else" };
                misfit(&schema[branch], value, at)
            }
            other => panic!("the schemas use `{other}`"),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn every_definition_case_and_arrangement_of_the_repository_fits() {
    for (folder, of, least) in [
        ("programs", Authored::Definition, 70),
        ("examples/workspace/programs", Authored::Definition, 1),
        ("tests/programs", Authored::Case, 200),
        ("arrangements", Authored::Arrangement, 2),
    ] {
        let (schema, mut found) = (schema_of(of), Vec::new());
        files(&root().join(folder), &mut found);
        assert!(found.len() >= least, "{folder}: {}", found.len());
        for path in found {
            let value: Value = serde_yaml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(misfit(&schema, &value, ""), None, "{}", path.display());
        }
    }
}

#[test]
fn every_example_of_the_page_of_a_definition_fits() {
    let (schema, page) =
        (schema_of(Authored::Definition), fs::read_to_string(root().join("docs/definition.md")).unwrap());
    let mut examples = 0;
    for block in page.split("```yaml").skip(1) {
        let (mark, text) = block.split_once('\n').unwrap();
        let text = text.split("```").next().unwrap();
        if mark.contains("refused") {
            continue;
        }
        let mut part: serde_json::Map<String, Value> = serde_yaml::from_str(text).unwrap();
        // A part of a definition is as free as a layer.
        for (key, value) in [("format", "1"), ("program", "a/b"), ("extends", "a/c")] {
            part.entry(key).or_insert_with(|| value.into());
        }
        examples += 1;
        assert_eq!(misfit(&schema, &part.into(), ""), None, "{text}");
    }
    assert!(examples >= 20, "{examples}");
}

#[test]
fn what_is_mistyped_or_left_out_does_not_fit() {
    let (definition, case) = (schema_of(Authored::Definition), schema_of(Authored::Case));
    let text = fs::read_to_string(root().join("programs/giftware/trade-rebate.yaml")).unwrap();
    let whole: Value = serde_yaml::from_str(&text).unwrap();
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut broken = whole.clone();
        change(&mut broken);
        misfit(&definition, &broken, "").unwrap()
    };
    assert_eq!(broken(&|it| it["eligibilty"] = json!({})), "/eligibilty: unknown key");
    assert_eq!(
        broken(&|it| it["award"]["volume_rebate"]["tiers"]["kind"] = json!("stepped")).split(": ").next(),
        Some("/award/volume_rebate/tiers/kind")
    );
    assert_eq!(broken(&|it| drop(it.as_object_mut().unwrap().remove("rounding"))), ": \"rounding\" is missing");
    assert_eq!(
        misfit(&case, &json!({ "format": 1, "title": "x", "claims": [], "expects": {} }), "").unwrap(),
        "/expects: unknown key"
    );
}

#[test]
fn every_built_in_function_is_among_those_for_editors() {
    let text = rhai_definitions(&Functions::standard());
    for builtin in Functions::standard().all() {
        assert!(text.contains(&format!("\nfn {}(", builtin.name)), "{}", builtin.name);
    }
}
