//! The engine inside another system: claims from memory, functions of its own, outcomes as values.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking")]

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use meed::{
    claim::{Constant, Value},
    engine::run,
    outcome::{Depth, Disposition},
    report::functions_page,
    schema::{Base, Scalar, Type},
    script::{Functions, Signature},
    workspace::{Loaded, NotLoaded, Workspace},
};

#[expect(dead_code, unreachable_pub, reason = "an example is a program of its own")]
#[path = "../examples/embed.rs"]
mod example;

#[test]
fn the_example_decides_as_its_program_and_its_function_say() {
    let outcomes = example::outcomes().unwrap();
    let decided: Vec<(&str, Disposition, String)> =
        outcomes.iter().map(|outcome| (&*outcome.claim, outcome.disposition, outcome.award.to_string())).collect();
    let expected = [
        // Five full years at half a percent each.
        ("O-1", Disposition::Approved, "25.00".to_owned()),
        ("O-2", Disposition::Rejected, "0.00".to_owned()),
        ("O-3", Disposition::Held, "0.00".to_owned()),
    ];
    assert_eq!(decided, expected);
    let [reason] = outcomes[2].reasons.as_ref() else { panic!("{:?}", outcomes[2].reasons) };
    assert_eq!(reason.code, "RULE_FAILED");
    assert!(reason.message.ends_with("`CIRO` is not in the directory"), "{}", reason.message);
}

#[test]
fn a_loaded_program_may_be_shared_by_threads() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    is_shared(&workspace(SCORED, "").with_functions(functions()).open("acme/own").unwrap());
}

const HEAD: &str = "
format: 1
program: acme/own
currency: EUR
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_even, scale: 2 }
order: [day, id]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, count: integer, note: optional text }
";

/// A workspace with one program, whose rules follow the head.
fn workspace(rules: &str, script: &str) -> Workspace {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = format!("embedding-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(root.join("programs/acme")).unwrap();
    fs::create_dir_all(root.join("rules/acme")).unwrap();
    fs::write(root.join("programs/acme/own.yaml"), format!("{HEAD}{rules}")).unwrap();
    fs::write(root.join("rules/acme/own.rhai"), script).unwrap();
    Workspace::find(&root).unwrap()
}

const NOTE: Type = Type::Optional(Base::Scalar(Scalar::Text));

/// The functions of this test: a score by name, which panics for one, and lists.
fn functions() -> Functions {
    let mut functions = Functions::standard();
    let parameters = &[("partner", Type::TEXT), ("note", NOTE)];
    let score = Signature { name: "score", doc: "The score of a partner.", parameters, returns: Type::DECIMAL };
    functions
        .add(score, |arguments| match arguments {
            [Value::Text("BOOM"), _] => panic!("the directory is down"),
            [Value::Text(_), Value::Nothing] => Ok(Constant::Decimal(15.into())),
            [Value::Text(_), Value::Text(note)] => Err(format!("no score for `{note}`")),
            _ => Ok(Constant::Nothing),
        })
        .unwrap();
    let returns = Type::Some(Base::List(Scalar::Integer));
    let numbers = Signature { name: "numbers", doc: "From 1 on.", parameters: &[("to", Type::INTEGER)], returns };
    functions
        .add(numbers, |arguments| match arguments {
            [Value::Integer(to)] => Ok(Constant::List((1..=*to).map(Constant::Integer).collect())),
            _ => Err("a number is expected".to_owned()),
        })
        .unwrap();
    functions
}

/// What a claim of each partner is awarded, with the codes of its reasons.
fn decided(program: &Loaded, partners: &[(&str, &str)]) -> Vec<String> {
    let claims = partners.iter().zip(1..).map(|((partner, note), number)| {
        let id = format!("C-{number}");
        [
            ("id", id),
            ("partner", (*partner).into()),
            ("day", "2026-02-01".into()),
            ("count", "4".into()),
            ("note", (*note).into()),
        ]
    });
    let claims = program.claims("given", claims).unwrap();
    let outcomes = program.evaluate(&mut program.past(), &claims);
    let shown = outcomes.iter().map(|outcome| {
        let codes: Vec<&str> = outcome.reasons.iter().map(|reason| &*reason.code).collect();
        format!("{} {} {}", outcome.claim, outcome.award, codes.join(","))
    });
    shown.map(|line| line.trim_end().to_owned()).collect()
}

const SCORED: &str = "award:\n  fee: { amount: \"score(claim.partner, claim.note) * 2\" }\n";

#[test]
fn trouble_and_panics_in_an_own_function_hold_that_claim_alone() {
    let program = workspace(SCORED, "").with_functions(functions()).open("acme/own").unwrap();
    let partners = [("ALBA", ""), ("BOOM", ""), ("CIRO", "late"), ("DORA", "")];
    let expected = ["C-1 30.00", "C-2 0.00 ENGINE_FAILED", "C-3 0.00 RULE_FAILED", "C-4 30.00"];
    assert_eq!(decided(&program, &partners), expected);
}

/// The smallest change that would flip an outcome is found by deciding again with other cells.
#[test]
fn a_panic_in_an_own_function_says_nothing_about_what_would_flip_an_outcome() {
    let rules = "eligibility:
  SMALL: { require: 'claim.count < 4 || score(\"BOOM\", claim.note) > 1', else: reject }
award:
  fee: { amount: \"1\" }
";
    let program = workspace(rules, "").with_functions(functions()).open("acme/own").unwrap();
    let given = [("id", "A"), ("partner", "P"), ("day", "2026-02-01"), ("count", "9")];
    let claims = program.claims("given", [given]).unwrap();
    let mut codes = Vec::new();
    run(&program.program, &program.tables, &mut program.past(), &claims, &|_, _| Depth::Flips, &mut |outcome, _| {
        codes.extend(outcome.reasons.iter().map(|reason| reason.code.to_string()));
    });
    assert_eq!(codes, ["ENGINE_FAILED"]);
}

#[test]
fn an_own_list_is_looped_over_and_its_rounds_are_counted() {
    let script = "fn total(to) { let sum = 0; for n in numbers(to) { sum += n; } sum }\n";
    let rules = "scripts: [acme/own.rhai]\naward:\n  fee: { amount: total(claim.count) }\n";
    let program = workspace(rules, script).with_functions(functions()).open("acme/own").unwrap();
    assert_eq!(decided(&program, &[("ALBA", "")]), ["C-1 10.00"]);
    // A hundred rounds, since nothing declares how many there are.
    assert!(program.program.costs().iter().any(|cost| cost.nodes > 100), "{:?}", program.program.costs());
}

#[test]
fn an_own_function_is_not_called_before_a_claim_is_decided() {
    let rules = "flags:\n  ODD: { when: 'score(\"BOOM\", ()) > 1', then: note }\naward:\n  fee: { amount: \"1\" }\n";
    let mut findings = meed::diagnostic::Findings::new();
    let workspace = workspace(rules, "").with_functions(functions());
    workspace.load(&"acme/own".parse().unwrap(), &mut findings).unwrap();
    assert_eq!(findings.count(), 0, "a value that no check can know is no finding");
}

#[test]
fn rules_are_checked_against_own_functions() {
    let workspace = workspace("award:\n  fee: { amount: \"scor(claim.partner, claim.note)\" }\n", "");
    let error = workspace.clone().with_functions(functions()).open("acme/own").unwrap_err();
    assert!(error.to_string().contains("did you mean `score`?"), "{error}");
    let error = workspace.open("acme/own").unwrap_err();
    assert!(error.to_string().contains("there is no function `scor`"), "{error}");
    assert!(matches!(workspace.open("Acme"), Err(NotLoaded::Name(..))));
}

#[test]
fn a_script_takes_no_name_of_an_own_function() {
    let script = "fn score(a, b) { 1.0 }\n";
    let rules = format!("scripts: [acme/own.rhai]\n{SCORED}");
    let error = workspace(&rules, script).with_functions(functions()).open("acme/own").unwrap_err();
    assert!(error.to_string().contains("`score` is a built-in function"), "{error}");
}

#[test]
fn a_fingerprint_names_the_own_functions_that_are_called_and_no_others() {
    let fingerprint = |rules: &str, functions: Functions| {
        workspace(rules, "").with_functions(functions).open("acme/own").unwrap().fingerprint
    };
    let plain = "award:\n  fee: { amount: \"1\" }\n";
    assert_eq!(fingerprint(plain, Functions::standard()), fingerprint(plain, functions()));
    let mut others = Functions::standard();
    let parameters = &[("partner", Type::TEXT), ("remark", NOTE)];
    let signature = Signature { name: "score", doc: "", parameters, returns: Type::DECIMAL };
    others.add(signature, |_| Ok(Constant::Decimal(0.into()))).unwrap();
    assert_ne!(fingerprint(SCORED, others), fingerprint(SCORED, functions()));
    assert_eq!(fingerprint(SCORED, functions()), fingerprint(SCORED, functions()));
}

#[test]
fn own_functions_are_in_the_reference_behind_the_built_in_ones() {
    let page = functions_page(&functions());
    let own = page.split_once("### Own functions").unwrap().1;
    assert!(
        own.contains("| `score(partner: text, note: optional text) -> decimal` | The score of a partner. |"),
        "{own}"
    );
    assert!(functions_page(&Functions::standard()).lines().all(|line| !line.contains("Own functions")));
}
