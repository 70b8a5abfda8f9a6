//! `meed impact`: what it says of a change is what two dry runs say, it holds a change to what was declared of it, and
//! nothing private or written by others gets where it doesn't belong.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, and writes files of its own"
)]

mod command_line;
mod repository_of_git;

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    path::Path,
};

use command_line::meed;
use repository_of_git::Repository;
use rust_decimal::Decimal;
use serde_json::Value;

const PROGRAM: &str = "\
format: 1
program: acme/rebate
title: Rebate
currency: EUR
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_up, scale: 2 }
order: [day, id]
scripts: [acme/rebate.rhai]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, sold: decimal, note: { type: optional text } }
params: { most: 9000 }
eligibility:
  TOO_MUCH:
    require: is_usual(claim.sold, params.most)
    else: hold
    message: \"{claim.note}: {claim.sold} is more than {params.most}\"
award:
  rebate:
    base: claim.sold
    per: [participant, quarter]
    tiers:
      kind: retroactive
      bands:
        - { from: 0, rate: 1% }
        - { from: 5000, rate: 2% }
";
const SCRIPT: &str = "fn is_usual(sold, most) { sold <= most }\n";
const CLAIMS: &str = "\
id,partner,day,sold,note
A-1,P-1,2026-01-05,3000,
A-2,P-1,2026-01-06,1500,
B-1,P-2,2026-01-07,4200,
B-2,P-2,2026-02-01,900,
C-1,P-3,2026-01-08,9500,<b>@all</b>|`x`
D-1,P-4,2026-01-09,100,
";

fn repository(name: &str) -> Repository {
    let repository = Repository::new(name, "");
    repository.write(&[
        ("programs/acme/rebate.yaml", PROGRAM),
        ("rules/acme/rebate.rhai", SCRIPT),
        ("claims.csv", CLAIMS),
    ]);
    repository.commit("first");
    repository
}

/// Writes the program with one text in place of another.
fn change(repository: &Repository, from: &str, to: &str) {
    assert!(PROGRAM.contains(from), "{from}");
    repository.write(&[("programs/acme/rebate.yaml", &PROGRAM.replace(from, to))]);
}

fn impact(repository: &Repository, arguments: &[&str]) -> (u8, String, String) {
    let always = ["impact", "--base", "HEAD", "--claims", "claims.csv"];
    meed(repository.folder(), &[&always, arguments].concat())
}

fn json(repository: &Repository, arguments: &[&str]) -> Value {
    let (_, out, said) = impact(repository, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{said}"))
}

/// What a dry run of the files as they are awards.
fn awarded(folder: &Path, program: &str, claims: &str) -> Decimal {
    let (exit, out, said) = meed(folder, &["dry-run", program, "--claims", claims, "--format", "json"]);
    assert_eq!(exit, 0, "{said}");
    let summary: Value = serde_json::from_str(&out).unwrap();
    decimal(&summary["awards"]["total"])
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

fn texts<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    list.as_array().unwrap().iter().map(|item| item[name].as_str().unwrap()).collect()
}

#[test]
fn the_difference_is_that_of_two_dry_runs_and_money_moved_in_time_is_told_apart() {
    let repository = repository("difference");
    let before = awarded(repository.folder(), "acme/rebate", "claims.csv");
    change(&repository, "from: 5000", "from: 4000");
    let after = awarded(repository.folder(), "acme/rebate", "claims.csv");
    let impact = json(&repository, &[]);
    let program = &impact["programs"][0];
    assert_eq!(
        (&impact["version"], &impact["changed"], &program["change"]),
        (&"1.1".into(), &true.into(), &"changed".into())
    );
    assert_eq!(decimal(&program["awards"]["total"]["difference"]), after - before);
    assert_eq!((before.to_string(), after.to_string()), ("148.00".to_owned(), "193.00".to_owned()));
    // P-1's quarter lies between the bands; P-2's passes both, and only the claim that does so is another one.
    let keys = program["keys"].as_array().unwrap();
    assert_eq!((keys.len(), decimal(&keys[0]["difference"])), (1, after - before));
    assert_eq!(keys[0]["key"][0]["value"], "P-1");
    assert_eq!(
        program["changed_claims"],
        serde_json::json!({ "repaid": 1, "retimed": 2, "pending": 0, "reasoned": 0 })
    );
    assert_eq!(texts(&program["claims"], "claim"), ["A-2", "B-1", "B-2"]);
    let retimed: Decimal =
        program["claims"].as_array().unwrap()[1..].iter().map(|claim| decimal(&claim["difference"])).sum();
    assert_eq!(retimed, Decimal::ZERO);
    let (_, text, _) = self::impact(&repository, &["--first", "1"]);
    assert!(text.contains("Awards move by +45.00 EUR.") && text.contains(" and 2 more; `--all` shows them"), "{text}");
    assert!(text.contains("1 paid differently, 2 re-timed."), "{text}");
    let (_, all, _) = self::impact(&repository, &["--all"]);
    assert!(all.contains("B-1") && !all.contains("more"), "{all}");
}

#[test]
fn two_revisions_are_compared_whatever_the_folder_holds() {
    let repository = repository("revisions");
    change(&repository, "2%", "3%");
    repository.commit("second");
    repository.write(&[("programs/acme/rebate.yaml", "no definition at all")]);
    let claims = ["--claims", "claims.csv", "--format", "json"];
    let (exit, out, said) =
        meed(repository.folder(), &[&["impact", "--base", "HEAD~1", "--head", "main"], &claims[..]].concat());
    assert_eq!(exit, 0, "{said}");
    let impact: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&impact["base"], &impact["head"]), (&"HEAD~1".into(), &"main".into()));
    assert_eq!(decimal(&impact["programs"][0]["awards"]["total"]["difference"]), "51.00".parse().unwrap());
}

#[test]
fn formatting_alone_is_no_change_and_programs_that_came_or_went_are_named() {
    let repository = repository("formatting");
    change(&repository, "params: { most: 9000 }", "# the usual\nparams:\n  most:   9000");
    repository.write(&[("rules/acme/rebate.rhai", "// what is usual\nfn is_usual(sold, most) {\n  sold <= most\n}\n")]);
    let (exit, text, _) = impact(&repository, &["--exit-code", "--only-programs", "acme/rebate"]);
    assert!(exit == 0 && text.contains("No program changed its effective definition."), "{text}");
    let named = json(&repository, &["acme/rebate"]);
    assert_eq!((&named["programs"][0]["change"], &named["changed"]), (&"none".into(), &false.into()));
    let other = PROGRAM.replace("acme/rebate\n", "acme/bonus\n");
    repository.write(&[("programs/acme/bonus.yaml", &other)]);
    let new = json(&repository, &[]);
    assert_eq!((&new["programs"][0]["program"], &new["programs"][0]["change"]), (&"acme/bonus".into(), &"new".into()));
    let (exit, _, said) = impact(&repository, &["--format", "json", "--max-total", "1000"]);
    assert!(exit == 1 && said.contains("--max-total: `acme/bonus` can't be held to it"), "{said}");
    repository.commit("second");
    fs::remove_file(repository.folder().join("programs/acme/bonus.yaml")).unwrap();
    assert_eq!(json(&repository, &[])["programs"][0]["change"], "gone");
}

#[test]
fn what_was_declared_is_held_and_a_breach_fails() {
    let repository = repository("scope");
    change(&repository, "from: 5000", "from: 4000");
    for (arguments, exit) in [
        (&[][..], 0),
        (&["--exit-code"], 4),
        (&["--max-total", "45"], 0),
        (&["--max-total", "44.99"], 1),
        (&["--max-total", "44.99", "--exit-code"], 1),
        (&["--direction", "up"], 0),
        (&["--direction", "down"], 1),
        (&["--only-after", "2026-01-05"], 0),
        (&["--only-after", "2026-01-06"], 1),
        (&["--only-programs", "acme/rebate", "--exit-code"], 4),
    ] {
        let (found, out, said) = impact(&repository, arguments);
        assert_eq!(found, exit, "{arguments:?}: {out}{said}");
        let verdict = if exit == 1 { "It breaks what was declared" } else { "It stays within what was declared" };
        let declares = arguments.iter().any(|argument| *argument != "--exit-code" && argument.starts_with("--"));
        assert_eq!(out.contains(verdict), declares, "{out}");
    }
    let other = PROGRAM.replace("acme/rebate\n", "acme/bonus\n");
    repository.write(&[("programs/acme/bonus.yaml", &other)]);
    repository.commit("second");
    repository.write(&[("programs/acme/bonus.yaml", &other.replace("1%", "2%"))]);
    // The programs that may change are all of the workspace's, whichever are decided.
    let (exit, out, _) = impact(&repository, &["acme/rebate", "--only-programs", "acme/rebate"]);
    assert!(
        exit == 1 && out.contains("--only-programs: acme/bonus is not among the programs that may change"),
        "{out}"
    );
    for wrong in [["--max-total", "-1"], ["--only-after", "soon"], ["--only-programs", "acme/rebat"]] {
        assert_eq!(impact(&repository, &wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn a_claim_that_is_paid_less_while_its_key_is_not_is_no_breach_of_a_direction() {
    let repository = repository("direction");
    // B-2 carries less of its quarter than before, whose sum is the same.
    change(&repository, "from: 5000", "from: 4000");
    let claims = json(&repository, &[])["programs"][0]["claims"].clone();
    assert!(decimal(&claims[2]["difference"]) < Decimal::ZERO);
    assert_eq!(impact(&repository, &["--direction", "up"]).0, 0);
    // Components that stand alone have no key: their claims are looked at one by one.
    let alone = PROGRAM.split("award:").next().unwrap();
    let award = |high: &str, low: &str| {
        format!("{alone}award:\n  rebate: {{ amount: \"if claim.sold > 1000 {{ {high} }} else {{ {low} }}\" }}\n")
    };
    repository.write(&[("programs/acme/rebate.yaml", &award("50", "20"))]);
    repository.commit("second");
    repository.write(&[("programs/acme/rebate.yaml", &award("90", "10"))]);
    assert_eq!(impact(&repository, &["--direction", "up"]).0, 1);
    repository.write(&[("programs/acme/rebate.yaml", &award("90", "20"))]);
    assert_eq!(impact(&repository, &["--direction", "up"]).0, 0);
}

#[test]
fn both_reasons_are_said_in_words_and_what_is_private_is_not() {
    let repository = repository("words");
    change(&repository, "most: 9000", "most: 4000");
    let impact = json(&repository, &[]);
    let claims = impact["programs"][0]["claims"].as_array().unwrap();
    let of = |id: &str| claims.iter().find(|claim| claim["claim"] == id).unwrap();
    assert_eq!(of("B-1")["before"]["reasons"], serde_json::json!([]));
    assert_eq!(of("B-1")["after"]["disposition"], "held");
    assert_eq!(of("B-1")["after"]["reasons"][0]["message"], ": 4200 is more than 4000");
    let private = PROGRAM.replace(
        "id: text, partner: text",
        "id: { type: text, private: true }, partner: { type: text, private: true }",
    );
    let private = private.replace("{ type: optional text }", "{ type: optional text, private: true }");
    repository.write(&[("programs/acme/rebate.yaml", &private)]);
    repository.commit("second");
    repository
        .write(&[("programs/acme/rebate.yaml", &private.replace("2%", "3%").replace("else: hold", "else: reject"))]);
    let page = repository.folder().join("impact.html");
    for format in ["text", "json", "markdown"] {
        let (exit, out, _) = self::impact(&repository, &["--all", "--format", format, "--page", "impact.html"]);
        assert!(exit == 0 && out.contains("TOO_MUCH") && out.contains("(private): 9500 is more than 9000"), "{out}");
        let out = [out, fs::read_to_string(&page).unwrap()].concat();
        assert!(out.contains("(private)"), "{out}");
        for hidden in ["P-3", "C-1", "@all"] {
            assert!(!out.contains(hidden), "{format} shows {hidden}: {out}");
        }
    }
}

#[test]
fn what_claims_hold_is_escaped_in_a_comment_and_on_a_page() {
    let repository = repository("escaped");
    change(&repository, "most: 9000", "most: 9100");
    let (_, comment, _) = impact(&repository, &["--format", "markdown", "--page", "impact.html"]);
    // Only the words of its reason differ, and outcomes are the same while their codes are.
    assert!(comment.contains("Every claim is decided as before."), "{comment}");
    change(&repository, "else: hold", "else: reject");
    let (_, comment, _) = impact(&repository, &["--format", "markdown", "--page", "impact.html"]);
    let shown = "``<b>@all</b>\\|`x`: 9500 is more than 9000``";
    assert!(comment.contains(shown), "{comment}");
    assert!(comment.lines().filter(|line| line.starts_with("| `C-1`")).count() == 1, "{comment}");
    let page = fs::read_to_string(repository.folder().join("impact.html")).unwrap();
    assert!(page.contains("&lt;b&gt;@all&lt;/b&gt;|`x`: 9500") && !page.contains("<b>"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http"), "{page}");
    let (exit, _, said) = impact(&repository, &["--page", "claims.csv"]);
    assert!(exit == 2 && said.contains("`--page` names `claims.csv`, which is read"), "{said}");
}

#[test]
fn a_program_whose_forerunner_changed_is_compared_too() {
    let repository = repository("first");
    let later = PROGRAM
        .replace("acme/rebate\n", "acme/extra\n")
        .replace("params:", "priority: 20\nearlier: { first: acme/rebate }\nparams:");
    let later =
        format!("{}award:\n  extra: {{ amount: earlier.first * 0.1 }}\n", later.split("award:").next().unwrap());
    let base = format!("{PROGRAM}priority: 10\n");
    repository.write(&[("programs/acme/extra.yaml", &later), ("programs/acme/rebate.yaml", &base)]);
    repository.commit("second");
    repository.write(&[("programs/acme/rebate.yaml", &base.replace("1%", "2%"))]);
    let impact = json(&repository, &[]);
    assert_eq!(texts(&impact["programs"], "program"), ["acme/extra", "acme/rebate"]);
    let [extra, rebate] = [0, 1].map(|number| &impact["programs"][number]);
    assert_eq!(extra["because_of"], serde_json::json!(["acme/rebate"]));
    let tenth = decimal(&rebate["awards"]["total"]["difference"]) / Decimal::TEN;
    assert_eq!(decimal(&extra["awards"]["total"]["difference"]), tenth);
}

#[test]
fn a_revision_that_is_an_option_or_not_there_is_refused_with_a_remedy() {
    let repository = repository("refused");
    let claims = ["--claims", "claims.csv"];
    for (base, exit, words) in [
        (
            "--base=--output=x",
            2,
            "error: `--output=x` is no name of a revision\nhelp: name a commit, a branch or a tag\n",
        ),
        ("--base=nowhere", 2, "error: there is no revision `nowhere`\nhelp: `git log` shows those that are here"),
        ("--base=HEAD^{tree}", 2, "error: there is no revision `HEAD^{tree}`\n"),
    ] {
        let (found, out, said) = meed(repository.folder(), &[&["impact", base], &claims[..]].concat());
        assert!(found == exit && out.is_empty() && said.starts_with(words), "{base}: {said}");
    }
    let plain = Repository::without_git("plain");
    plain.write(&[("programs/acme/rebate.yaml", PROGRAM), ("rules/acme/rebate.rhai", SCRIPT), ("claims.csv", CLAIMS)]);
    let (exit, _, said) = impact(&plain, &[]);
    assert!(
        exit == 3 && said.starts_with("error: the workspace is in no git repository\nhelp: put the workspace"),
        "{said}"
    );
    assert_eq!(meed(repository.folder(), &["impact", "--base", "HEAD", "--claims", "-"]).0, 2);
}

#[test]
fn the_page_on_the_impact_of_a_change_shows_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let (definition, script) = ("programs/giftware/trade-rebate.yaml", "rules/giftware/trade_rebate.rhai");
    let (committed, claims) = (read(definition), "samples/trade-claims.csv");
    let repository = Repository::new("page", "");
    repository.write(&[(definition, &committed), (script, &read(script)), (claims, &read(claims))]);
    repository.commit("first");
    repository.write(&[(definition, &committed.replace("{ from: 5000,", "{ from: 4000,"))]);
    let (exit, out, _) = meed(repository.folder(), &["impact", "--base", "main", "--claims", claims]);
    assert_eq!(exit, 0);
    assert!(read("docs/impact.md").contains(&format!("```text\n{out}```\n")), "docs/impact.md is out of date:\n{out}");
}

/// The approved total of each customer and quarter, by the raw rows that a dry run approves.
fn approved_totals(folder: &Path, claims: &str, raw: &[u8]) -> BTreeMap<(String, String), Decimal> {
    let (exit, outcomes, _) =
        meed(folder, &["dry-run", "giftware/trade-rebate", "--claims", claims, "--format", "csv"]);
    assert_eq!(exit, 0);
    let mut approved = BTreeMap::new();
    for row in csv::Reader::from_reader(outcomes.as_bytes()).records() {
        let row = row.unwrap();
        if &row[3] == "approved" {
            let line: u64 = row[row.len() - 1].rsplit_once(':').unwrap().1.parse().unwrap();
            let month: u32 = row[2][5..7].parse().unwrap();
            approved.insert(line, (row[1].to_owned(), format!("{}-Q{}", &row[2][..4], month.div_ceil(3))));
        }
    }
    let mut totals: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for row in csv::Reader::from_reader(raw).records() {
        let row = row.unwrap();
        let Some(key) = approved.remove(&row.position().unwrap().line()) else { continue };
        let [quantity, price] = [3, 5].map(|column| row[column].parse::<Decimal>().unwrap());
        *totals.entry(key).or_default() += quantity * price;
    }
    assert!(approved.is_empty());
    totals
}

#[test]
fn a_band_that_moves_pays_only_those_differently_whose_total_lies_in_between() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let real = root.join("../shared/data/online-retail-uci.csv.gz");
    let Ok(file) = fs::File::open(&real) else {
        // Not through `println!`, which the test runner hides for a test that passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED: the real file is not at {}", real.display());
        return;
    };
    let mut raw = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut raw).unwrap();
    let claims = real.canonicalize().unwrap().display().to_string();
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let (definition, script) = ("programs/giftware/trade-rebate.yaml", "rules/giftware/trade_rebate.rhai");
    let repository = Repository::new("real", "");
    let committed = read(definition);
    repository.write(&[(definition, &committed), (script, &read(script))]);
    repository.commit("first");
    let before = awarded(repository.folder(), "giftware/trade-rebate", &claims);
    let totals = approved_totals(repository.folder(), &claims, &raw);
    let moved = committed.replace("{ from: 5000,", "{ from: 4000,");
    assert_ne!(moved, committed);
    repository.write(&[(definition, &moved)]);
    let after = awarded(repository.folder(), "giftware/trade-rebate", &claims);
    let arguments =
        ["impact", "giftware/trade-rebate", "--base", "HEAD", "--claims", &claims, "--all", "--format", "json"];
    let (exit, out, said) = meed(repository.folder(), &arguments);
    assert_eq!(exit, 0, "{said}");
    let impact: Value = serde_json::from_str(&out).unwrap();
    let program = &impact["programs"][0];
    assert_eq!(decimal(&program["awards"]["total"]["difference"]), after - before);
    assert!(after > before);
    let between = |total: &Decimal| *total >= Decimal::from(4_000) && *total < Decimal::from(5_000);
    let value = |key: &Value, number: usize| key["key"][number]["value"].as_str().unwrap().to_owned();
    let mut differing: Vec<_> =
        program["keys"].as_array().unwrap().iter().map(|key| (value(key, 0), value(key, 1))).collect();
    differing.sort();
    let expected: Vec<_> = totals.iter().filter(|(_, total)| between(total)).map(|(key, _)| key.clone()).collect();
    assert_eq!(differing, expected);
    let mut retimed: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for claim in program["claims"].as_array().unwrap() {
        let date = claim["date"].as_str().unwrap();
        let quarter = format!("{}-Q{}", &date[..4], date[5..7].parse::<u32>().unwrap().div_ceil(3));
        let key = (claim["participant"].as_str().unwrap().to_owned(), quarter);
        match claim["change"].as_str().unwrap() {
            "repaid" => assert!(expected.contains(&key), "{claim}"),
            "retimed" => {
                assert!(!expected.contains(&key), "{claim}");
                *retimed.entry(key).or_default() += decimal(&claim["difference"]);
            }
            other => {
                assert_eq!((other, claim["before"]["award"] == claim["after"]["award"]), ("pending", true), "{claim}");
            }
        }
    }
    assert!(retimed.len() > 100 && retimed.values().all(Decimal::is_zero));
}

const ARRANGEMENT: &str = "\
format: 1
arrangement: acme/spring
program: acme/rebate
reason: to keep the account
reference: CRM-1
asked_by: a
approved_by: b
effective: { from: 2026-02-01, until: 2026-03-31 }
expires: 2026-03-01
ceiling: 500
scope: { participants: [P-1] }
change: { params.most: 8000 }
";

/// A merge can grant money without a change of any program.
#[test]
fn arrangements_that_change_are_named_and_held_to_what_was_declared() {
    let repository = repository("arranged");
    repository.write(&[("arrangements/acme/spring.yaml", ARRANGEMENT)]);
    let (exit, text, said) = impact(&repository, &["--exit-code"]);
    assert!(
        exit == 4 && text.contains("acme/spring is new, and may add up to 500; it isn't decided here"),
        "{text}{said}"
    );
    for (declared, exit) in [
        (["--max-total", "499"], 1),
        (["--max-total", "500"], 0),
        (["--direction", "down"], 1),
        (["--direction", "up"], 0),
        (["--only-after", "2026-02-01"], 1),
        (["--only-after", "2026-01-31"], 0),
    ] {
        assert_eq!(impact(&repository, &declared).0, exit, "{declared:?}");
    }
    repository.commit("granted");
    assert!(!impact(&repository, &[]).1.contains("arrangement"));
    repository.write(&[("arrangements/acme/spring.yaml", &ARRANGEMENT.replace("500", "9000"))]);
    let changes = json(&repository, &[])["arrangements"].clone();
    let ceiling = serde_json::json!({ "before": "500", "after": "9000" });
    assert_eq!(changes, serde_json::json!([{ "arrangement": "acme/spring", "change": "changed", "ceiling": ceiling }]));
    assert_eq!(impact(&repository, &["--max-total", "600"]).0, 1);
}
