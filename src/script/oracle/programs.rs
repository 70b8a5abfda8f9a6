//! The typed form against the oracle on every expression of the workspace's programs, for the claims of their cases and
//! of the real file, over the figures that the engine had when it decided them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{BufRead, BufReader, Write},
    path::Path,
};

use rhai::AST;

use super::{
    dynamic,
    known::Known,
    pairs::{Engines, interpreted},
    part::parts,
    verdict::{Given, Rhai, compare},
};
use crate::{
    claim::{Claim, Claims, Constant},
    diagnostic::{Findings, Span},
    engine::{Awards, Past, Run},
    input::{ColumnMap, read_claims, wanted},
    outcome::{Depth, Outcome, Trace},
    program::{self, Node, Program},
    workspace::{Loaded, Workspace},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Rhai on one expression of a program.
struct Asked<'p> {
    tree: &'p AST,
    scope: &'p mut rhai::Scope<'static>,
    engines: &'p Engines,
}

impl Rhai for Asked<'_> {
    fn as_written(&mut self) -> Result<Given, String> {
        interpreted(&self.engines.plain, self.tree, self.scope)
    }

    fn without_points(&mut self) -> Result<Given, String> {
        self.as_written()
    }

    fn without_rounding(&mut self) -> Result<Given, String> {
        interpreted(&self.engines.without_rounding, self.tree, self.scope)
    }

    fn with_bounded_texts(&mut self) -> Result<Given, String> {
        interpreted(&self.engines.with_bounded_texts, self.tree, self.scope)
    }
}

/// A program with its functions as Rhai has them.
struct Subject {
    loaded: Loaded,
    functions: AST,
    engines: Engines,
    trees: BTreeMap<(String, Span), AST>,
    /// How often each expression was compared.
    compared: BTreeMap<(String, Span), u64>,
}

impl Subject {
    fn new(name: &str) -> Self {
        let workspace = Workspace::find(Path::new(ROOT)).unwrap();
        let loaded = workspace.load(&name.parse().unwrap(), &mut Findings::new()).unwrap();
        let root = workspace.definition(&name.parse().unwrap(), &mut Findings::new()).unwrap().root;
        let scripts = entry(&root, "scripts").map_or(Vec::new(), |node| program::texts(node, &mut Findings::new()));
        let texts = scripts.iter().map(|script| read(&format!("rules/{}", script.text)));
        let engines = Engines::new();
        let functions = engines.plain.compile(texts.collect::<Vec<_>>().join("\n")).unwrap();
        Self { loaded, functions, engines, trees: BTreeMap::new(), compared: BTreeMap::new() }
    }

    /// Decides the claims of one file.
    fn compare_alone(&mut self, csv: &[u8]) {
        let mut past = Past::new(&self.loaded.program);
        self.compare(csv, &mut past, &Awards::new());
    }

    /// Decides the claims of a case, run by run, behind the programs that come first.
    fn compare_case(&mut self, workspace: &Workspace, case: &str) {
        let first = workspace.run_first(&self.loaded.program, &mut Findings::new()).unwrap();
        let programs: Vec<&Program> =
            first.iter().map(|loaded| &loaded.program).chain([&self.loaded.program]).collect();
        let runs = as_csv(case, &programs);
        let mut awards = Awards::new();
        let mut pasts: Vec<Past> = first.iter().map(|loaded| Past::remembering(&loaded.program)).collect();
        let mut past = Past::remembering(&self.loaded.program);
        for csv in runs {
            for (Loaded { program, tables, .. }, past) in first.iter().zip(&mut pasts) {
                let claims = &claims(program, csv.as_bytes());
                let mut decided = Awards::new();
                Run { program, tables, claims, awards: &awards, depth: &|_, _| Depth::Codes, names: true }
                    .decide(past, &mut |outcome, _| decided.take(&program.identification.name, outcome));
                awards.absorb(decided);
            }
            self.compare(csv.as_bytes(), &mut past, &awards);
        }
    }

    /// Decides the claims of a file and compares every expression on each.
    fn compare(&mut self, csv: &[u8], past: &mut Past, awards: &Awards) {
        let Self { loaded, functions, engines, trees, compared } = self;
        let intake = claims(&loaded.program, csv);
        let by_line: HashMap<u64, Claim<'_>> = intake.iter().map(|claim| (claim.origin().line, claim)).collect();
        let mut decided = Vec::new();
        let mut keep = |outcome: &Outcome<'_>, trace: Option<&Trace<'_>>| {
            let claim = by_line[&outcome.origin.line];
            let trace = trace.cloned().unwrap_or_default();
            decided
                .extend(Known::new(&loaded.program, claim, outcome, &trace).map(|known| (outcome.origin.line, known)));
        };
        let (program, tables, depth) = (&loaded.program, &loaded.tables, &|_: &str, _| Depth::Steps);
        Run { program, tables, claims: &intake, awards, depth, names: true }.decide(past, &mut keep);
        for (line, known) in &decided {
            let mut scope = known.rhai_scope();
            for part in parts(&loaded.program).iter().filter(|part| known.reached(part)) {
                let (name, place) = (&part.name, part.expression.place());
                let tree = trees.entry((place.source.path.clone(), place.span)).or_insert_with(|| {
                    let expression = engines.plain.compile_expression(unquoted(place.text()));
                    functions.merge(&expression.unwrap_or_else(|error| panic!("{name}: {error}")))
                });
                scope.set_value("total", dynamic(&Constant::Decimal(known.due_total(part))));
                let mut asked = Asked { tree, scope: &mut scope, engines };
                if let Err(trouble) = compare(&known.typed(part), true, &mut asked) {
                    panic!("{name} on line {line}: {}: {trouble}", place.text());
                }
                *compared.entry((name.clone(), place.span)).or_default() += 1;
            }
        }
    }

    /// The expressions of the program's own file that no claim has reached. Those that it takes over from what it
    /// extends are for the cases of that.
    fn left(&self) -> Vec<&str> {
        let parts = parts(&self.loaded.program).into_iter().map(|part| (part.name, part.expression.place()));
        let own = parts.filter(|(_, place)| place.source == self.loaded.program.source);
        let left = own.filter(|(name, place)| !self.compared.contains_key(&(name.clone(), place.span)));
        left.map(|(_, place)| place.text()).collect()
    }
}

fn claims(program: &Program, csv: &[u8]) -> Claims {
    let fields = wanted(&program.claim.fields);
    read_claims("claims.csv", csv, &fields, &ColumnMap::default(), &mut |_| {}).unwrap().claims
}

fn entry<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let Node::Mapping(entries, _) = node else { return None };
    entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node)
}

#[expect(clippy::disallowed_methods, reason = "a test reads the authored files as they are")]
fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// An expression without the quotes that YAML wants around some.
fn unquoted(text: &str) -> String {
    for (quote, doubled) in [('"', "\\\""), ('\'', "''")] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.replace(doubled, &quote.to_string());
        }
    }
    text.to_owned()
}

/// The claims of a case run by run, each as a file with a column for each field of these programs.
fn as_csv(case: &str, programs: &[&Program]) -> Vec<String> {
    let source = std::sync::Arc::new(crate::diagnostic::Source { path: case.to_owned(), text: read(case) });
    let root = program::parse(&source, &mut Findings::new()).unwrap();
    let fields = programs.iter().flat_map(|program| &program.claim.fields);
    let columns: BTreeSet<&str> = fields.map(|field| field.column.as_str()).collect();
    let earlier = match entry(&root, "earlier") {
        Some(Node::Sequence(items, _)) if !matches!(items.first(), Some(Node::Mapping(..))) => items.iter().collect(),
        one => one.into_iter().collect::<Vec<_>>(),
    };
    let run = |claims: &Node| match claims {
        Node::Sequence(claims, _) => rows(claims, entry(&root, "defaults"), &columns),
        Node::Scalar(file) => read(&format!("{}/{}", case.rsplit_once('/').unwrap().0, file.text)),
        Node::Mapping(..) => panic!("{case}: no claims"),
    };
    earlier.into_iter().chain(entry(&root, "claims")).map(run).collect()
}

fn rows(claims: &[Node], defaults: Option<&Node>, columns: &BTreeSet<&str>) -> String {
    let cell = |node: Option<&Node>| match node {
        Some(Node::Scalar(text)) if !node.is_some_and(Node::is_empty) => {
            format!("\"{}\"", text.text.replace('"', "\"\""))
        }
        _ => String::new(),
    };
    let mut csv = columns.iter().copied().collect::<Vec<_>>().join(",");
    for claim in claims {
        let of = |column: &&str| cell(entry(claim, column).or(defaults.and_then(|all| entry(all, column))));
        csv.push('\n');
        csv.push_str(&columns.iter().map(of).collect::<Vec<_>>().join(","));
    }
    csv + "\n"
}

#[test]
fn every_expression_of_a_program_is_what_rhai_gives_on_its_cases() {
    let workspace = Workspace::find(Path::new(ROOT)).unwrap();
    let mut subjects: BTreeMap<String, Subject> = BTreeMap::new();
    for case in workspace.cases().unwrap() {
        let name = case.program.to_string();
        let subject = subjects.entry(name.clone()).or_insert_with(|| Subject::new(&name));
        subject.compare_case(&workspace, &case.snapshot_path().replace(".snap", ".yaml"));
    }
    for (name, subject) in &subjects {
        assert_eq!(subject.left(), Vec::<&str>::new(), "{name}: no case reaches these");
    }
}

#[test]
fn every_expression_of_the_real_program_is_what_rhai_gives_on_real_rows() {
    let path = Path::new(ROOT).join("../shared/data/online-retail-uci.csv.gz");
    #[expect(clippy::disallowed_methods, reason = "a test reads the file where it is at hand")]
    let Ok(file) = std::fs::File::open(&path) else {
        // Not through `println!`, which the test runner hides for a test that passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED: the real file is not at {}", path.display());
        return;
    };
    let rows = BufReader::new(flate2::read::GzDecoder::new(file)).lines().map(Result::unwrap);
    // The header, and every twenty-seventh of half a million rows.
    let sample: Vec<String> = rows.enumerate().filter(|(number, _)| number % 27 == 0).map(|(_, row)| row).collect();
    let mut subject = Subject::new("giftware/trade-rebate");
    subject.compare_alone((sample.join("\n") + "\n").as_bytes());
    assert_eq!(subject.left(), Vec::<&str>::new(), "no row reaches these");
    let all: u64 = subject.compared.values().sum();
    assert!(sample.len() > 20_000 && all > 200_000, "{all} comparisons on {} rows", sample.len());
}
