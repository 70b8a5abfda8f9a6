//! The typed form against the oracle on every expression of the workspace's programs, for the claims of their cases and
//! of the real file, over the figures that the engine had when it decided them.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{BufRead, BufReader, Write},
    path::Path,
};

use bumpalo::Bump;
use rhai::{AST, Dynamic, Map};

use super::{
    dynamic,
    pairs::{Engines, interpreted},
    verdict::{Given, Rhai, class_of_reason, compare},
    world::cell,
};
use crate::{
    claim::{Claim, Claims, Constant, Value},
    diagnostic::{Findings, Span},
    engine::{Awards, Past, Run},
    input::{ColumnMap, read_claims, wanted},
    money::{Decimal, add},
    outcome::{Depth, FoundRow, Outcome, RuleResult, Step, Trace},
    program::{self, Amount, ComponentKind, Hit, KeyPart, KeyPlan, Node, Program, Table, TotalKind},
    script::{Expression, Found, Read, Scope, evaluate},
    workspace::{Loaded, Workspace},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a table gave.
enum Gave {
    Nothing,
    Row(Claims),
    /// By column.
    Lists(Vec<Constant>),
    Figure(Constant),
}

impl Gave {
    fn new(table: &Table, rows: &[FoundRow<'_>], figure: Option<Value<'_>>) -> Self {
        let cells = |row: &FoundRow<'_>| row.cells.iter().map(|seen| seen.value.into()).collect::<Vec<Constant>>();
        match (figure, rows) {
            (Some(figure), _) => Self::Figure(figure.into()),
            (None, rows) if table.hit == Some(Hit::All) => {
                let column =
                    |column: usize| Constant::List(rows.iter().map(|row| cells(row)[column].clone()).collect());
                Self::Lists((0..table.fields.len()).map(column).collect())
            }
            (None, [row]) => {
                let mut rows = Claims::new("table", table.fields.iter().map(|field| field.kind.column()));
                rows.push(1, cells(row).iter().map(cell), Vec::new()).unwrap();
                Self::Row(rows)
            }
            _ => Self::Nothing,
        }
    }

    fn found<'a>(&'a self, scratch: &'a Bump) -> Found<'a> {
        match self {
            Self::Nothing => Found::Nothing,
            Self::Row(rows) => Found::Row(rows.claim(0).row()),
            Self::Lists(lists) => {
                Found::Columns(scratch.alloc_slice_fill_iter(lists.iter().map(|list| list.value(scratch))))
            }
            Self::Figure(figure) => Found::Figure(figure.value(scratch)),
        }
    }
}

/// What the engine knew when it decided one claim.
struct Known<'p> {
    program: &'p Program,
    claim: Claim<'p>,
    params: Vec<Constant>,
    tables: Vec<Gave>,
    totals: BTreeMap<usize, Constant>,
    derived: BTreeMap<usize, Constant>,
    components: Vec<Decimal>,
    total: Decimal,
    cut: Decimal,
    looked_up: bool,
    /// The codes of rules and flags that were evaluated, and of those the ones that objected.
    evaluated: BTreeSet<String>,
    objected: BTreeSet<String>,
    limits: BTreeSet<String>,
}

impl<'p> Known<'p> {
    fn new(program: &'p Program, claim: Claim<'p>, outcome: &Outcome<'_>, trace: &Trace<'_>) -> Option<Self> {
        let date = outcome.date?;
        let cut = outcome.cuts.iter().try_fold(Decimal::ZERO, |sum, cut| add(sum, cut.amount)).unwrap();
        let mut known = Self {
            program,
            claim,
            params: program.params.iter().map(|param| param.value_on(date).clone()).collect(),
            tables: program.tables.iter().map(|_| Gave::Nothing).collect(),
            totals: BTreeMap::new(),
            derived: BTreeMap::new(),
            components: Vec::new(),
            total: add(outcome.award, outcome.pending).unwrap(),
            cut,
            looked_up: program.tables.is_empty(),
            evaluated: BTreeSet::new(),
            objected: BTreeSet::new(),
            limits: BTreeSet::new(),
        };
        trace.steps.iter().for_each(|step| known.take(step));
        Some(known)
    }

    fn take(&mut self, step: &Step<'_>) {
        match step {
            Step::InForce { .. } | Step::Original { .. } | Step::Earlier { .. } => {}
            Step::Total(seen) => {
                let total = self.program.totals.iter().position(|total| total.name == seen.name);
                self.totals.extend(total.map(|number| (number, seen.value.into())));
            }
            Step::Figure(seen) => {
                let derived = self.program.derived.iter().position(|figure| figure.name == seen.name);
                self.derived.extend(derived.map(|number| (number, seen.value.into())));
            }
            Step::Lookup { table, rows, figure, .. } => {
                self.looked_up = true;
                let number = self.program.tables.iter().position(|known| known.name == *table).unwrap();
                self.tables[number] = Gave::new(&self.program.tables[number], rows, *figure);
            }
            Step::Rule { code, result, .. } | Step::Flag { code, result, .. } => {
                if *result != RuleResult::NotReached {
                    self.evaluated.insert((*code).to_owned());
                }
                if matches!(result, RuleResult::Objected(_)) {
                    self.objected.insert((*code).to_owned());
                }
            }
            Step::Component(step) => self.components.push(step.amount),
            Step::Limit(step) => _ = self.limits.insert(step.code.to_owned()),
        }
    }

    /// Whether the engine evaluated an expression of this part for the claim, or could have.
    fn reached(&self, part: &Part<'p>) -> bool {
        let reached = match &part.when {
            When::Always => true,
            When::Evaluated(code) => self.evaluated.contains(*code),
            When::Objected(code) => self.objected.contains(*code),
            When::Limited(code) => self.limits.contains(*code),
            When::Component(number) => *number < self.components.len(),
            // What the condition established is known to the amount alone.
            When::Due(number) => self.components.get(*number).is_some_and(|amount| !amount.is_zero()),
        };
        reached && part.expression.reads().iter().all(|(_, read)| self.has(*read))
    }

    /// Whether a figure was worked out for this claim.
    fn has(&self, read: Read) -> bool {
        match read {
            Read::Total(number) => self.totals.contains_key(&number),
            Read::Derived(number) => self.derived.contains_key(&number),
            Read::TableRow(_) | Read::TableCell { .. } => self.looked_up,
            Read::Component(number) => number < self.components.len(),
            Read::AwardTotal | Read::AwardCut => self.components.len() == self.program.components.len(),
            // A required cell that can't be read is no value, and rules don't run on such a claim.
            Read::Field(field) => !self.claim.deficiencies().iter().any(|one| one.field == Some(field)),
            Read::Param(_) | Read::Presence => true,
            // What other programs awarded, and the totals that something is due on, are in no step.
            Read::Earlier(_) | Read::DueTotal => false,
        }
    }

    fn typed(&self, expression: &Expression) -> Given {
        let scratch = Bump::new();
        let params: Vec<Value<'_>> = self.params.iter().map(|param| param.value(&scratch)).collect();
        let tables: Vec<Found<'_>> = self.tables.iter().map(|gave| gave.found(&scratch)).collect();
        let all = |known: &'_ BTreeMap<usize, Constant>, count: usize| {
            (0..count).map(|number| known.get(&number).cloned().unwrap_or(Constant::Nothing)).collect::<Vec<_>>()
        };
        let totals = all(&self.totals, self.program.totals.len());
        let derived = all(&self.derived, self.program.derived.len());
        let totals: Vec<Value<'_>> = totals.iter().map(|total| total.value(&scratch)).collect();
        let derived: Vec<Value<'_>> = derived.iter().map(|figure| figure.value(&scratch)).collect();
        let scope = Scope {
            claim: self.claim,
            params: &params,
            tables: &tables,
            totals: &totals,
            derived: &derived,
            components: &self.components,
            earlier: &[],
            due_total: Decimal::ZERO,
            award_total: self.total,
            award_cut: self.cut,
            scratch: &scratch,
            built: &Cell::new(0),
        };
        let given = evaluate(&self.program.form, expression, &scope);
        given.map(Constant::from).map_err(|failure| class_of_reason(&failure.reason).unwrap())
    }

    fn rhai_scope(&self) -> rhai::Scope<'static> {
        let map = |cells: Vec<(&str, Constant)>| -> Dynamic {
            cells.iter().map(|(name, value)| ((*name).into(), dynamic(value))).collect::<Map>().into()
        };
        let program = self.program;
        let fields = program.claim.fields.iter().enumerate();
        let scratch = Bump::new();
        let cell = |number| Constant::from(self.claim.row().value_in(number, &scratch));
        let fields = fields.map(|(number, field)| (field.name.as_str(), cell(number)));
        let mut scope = rhai::Scope::new();
        scope.push_dynamic("claim", map(fields.collect()));
        let params = program.params.iter().zip(&self.params);
        scope.push_dynamic("params", map(params.map(|(param, value)| (param.name.as_str(), value.clone())).collect()));
        let totals = self.totals.iter();
        let totals = totals.map(|(number, value)| (program.totals[*number].name.as_str(), value.clone()));
        scope.push_dynamic("totals", map(totals.collect()));
        for (number, value) in &self.derived {
            scope.push_dynamic(program.derived[*number].name.as_str(), dynamic(value));
        }
        for (table, gave) in program.tables.iter().zip(&self.tables) {
            let cells = |value: &dyn Fn(usize) -> Constant| {
                let fields = table.fields.iter().enumerate();
                map(fields.map(|(column, field)| (field.name.as_str(), value(column))).collect())
            };
            let given = match gave {
                Gave::Nothing => Dynamic::UNIT,
                Gave::Row(rows) => cells(&|column| rows.claim(0).row().value_in(column, &scratch).into()),
                Gave::Lists(lists) => cells(&|column| lists[column].clone()),
                Gave::Figure(figure) => dynamic(figure),
            };
            scope.push_dynamic(table.name.as_str(), given);
        }
        let components = program.components.iter().zip(&self.components);
        let mut award: Vec<(&str, Constant)> =
            components.map(|(one, amount)| (one.name.as_str(), Constant::Decimal(*amount))).collect();
        award.extend([("total", Constant::Decimal(self.total)), ("cut", Constant::Decimal(self.cut))]);
        scope.push_dynamic("award", map(award));
        scope
    }
}

/// When an expression is evaluated.
enum When<'p> {
    Always,
    /// When the rule or flag of this code is.
    Evaluated(&'p str),
    /// When the flag of this code was raised.
    Objected(&'p str),
    /// When the limit of this code is.
    Limited(&'p str),
    /// When the component of this number is.
    Component(usize),
    /// When its condition holds.
    Due(usize),
}

/// An expression of a program by what it is called in messages.
struct Part<'p> {
    name: String,
    expression: &'p Expression,
    when: When<'p>,
}

/// Every expression of a program.
fn parts(program: &Program) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut add = |name: String, expression, when| parts.push(Part { name, expression, when });
    for table in &program.tables {
        table.matches.iter().for_each(|one| add(format!("table {}", table.name), &one.value, When::Always));
    }
    for total in &program.totals {
        if let TotalKind::Sum(expression) | TotalKind::Distinct(expression) = &total.kind {
            add(format!("total {}", total.name), expression, When::Always);
        }
        of_key(&total.key).for_each(|one| add(format!("key of total {}", total.name), one, When::Always));
    }
    program.derived.iter().for_each(|one| add(format!("derived {}", one.name), &one.value, When::Always));
    for rule in &program.rules {
        let when = || When::Evaluated(&rule.code);
        add(format!("rule {}", rule.code), &rule.require, when());
        rule.message.expressions().for_each(|one| add(format!("message of {}", rule.code), one, when()));
    }
    for (number, component) in program.components.iter().enumerate() {
        let name = || format!("component {}", component.name);
        let due = || if component.when.is_some() { When::Due(number) } else { When::Component(number) };
        component.when.iter().for_each(|one| add(name(), one, When::Component(number)));
        match &component.kind {
            ComponentKind::Amount { amount, base } => {
                [amount].into_iter().chain(base).for_each(|one| add(name(), one, due()));
            }
            ComponentKind::Accumulating { base, measure, key, due: dues, .. } => {
                [base].into_iter().chain(measure).for_each(|one| add(name(), one, due()));
                key.iter().flat_map(of_key).for_each(|one| add(format!("key of {}", name()), one, due()));
                dues.expressions().into_iter().for_each(|one| add(name(), one, due()));
            }
        }
    }
    for limit in &program.limits {
        let when = || When::Limited(&limit.code);
        if let Amount::Computed(max) = &limit.max {
            add(format!("limit {}", limit.code), max, when());
        }
        of_key(&limit.key).for_each(|one| add(format!("key of {}", limit.code), one, when()));
    }
    for flag in &program.flags {
        add(format!("flag {}", flag.code), &flag.when, When::Evaluated(&flag.code));
        let message = flag.message.expressions();
        message.for_each(|one| add(format!("message of {}", flag.code), one, When::Objected(&flag.code)));
    }
    parts
}

fn of_key(key: &KeyPlan) -> impl Iterator<Item = &Expression> {
    key.parts.iter().filter_map(|(_, part)| match part {
        KeyPart::Expression(expression) => Some(&**expression),
        _ => None,
    })
}

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

    /// Decides the claims of a file and compares every expression on each.
    fn compare(&mut self, csv: &[u8]) {
        let Self { loaded, functions, engines, trees, compared } = self;
        let fields = wanted(&loaded.program.claim.fields);
        let intake = read_claims("claims.csv", csv, &fields, &ColumnMap::default(), &mut |_| {}).unwrap();
        let by_line: HashMap<u64, Claim<'_>> = intake.claims.iter().map(|claim| (claim.origin().line, claim)).collect();
        let mut decided = Vec::new();
        let mut keep = |outcome: &Outcome<'_>, trace: Option<&Trace<'_>>| {
            let claim = by_line[&outcome.origin.line];
            let trace = trace.cloned().unwrap_or_default();
            decided
                .extend(Known::new(&loaded.program, claim, outcome, &trace).map(|known| (outcome.origin.line, known)));
        };
        let (program, awards) = (&loaded.program, Awards::new());
        let (tables, claims, depth) = (&loaded.tables, &intake.claims, &|_: &str, _| Depth::Steps);
        Run { program, tables, claims, awards: &awards, depth, names: true }.decide(&mut Past::new(program), &mut keep);
        for (line, known) in &decided {
            let mut scope = known.rhai_scope();
            for part in parts(&loaded.program).iter().filter(|part| known.reached(part)) {
                let (name, place) = (&part.name, part.expression.place());
                let tree = trees.entry((place.source.path.clone(), place.span)).or_insert_with(|| {
                    let expression = engines.plain.compile_expression(place.text());
                    functions.merge(&expression.unwrap_or_else(|error| panic!("{name}: {error}")))
                });
                let mut asked = Asked { tree, scope: &mut scope, engines };
                if let Err(trouble) = compare(&known.typed(part.expression), true, &mut asked) {
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

fn entry<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let Node::Mapping(entries, _) = node else { return None };
    entries.iter().find(|(key, _)| key.text == name).map(|(_, node)| node)
}

#[expect(clippy::disallowed_methods, reason = "a test reads the authored files as they are")]
fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// The claims of a case as a file with a column for each field.
fn as_csv(case: &str, program: &Program) -> String {
    let source = std::sync::Arc::new(crate::diagnostic::Source { path: case.to_owned(), text: read(case) });
    let root = program::parse(&source, &mut Findings::new()).unwrap();
    let Some(Node::Sequence(claims, _)) = entry(&root, "claims") else { panic!("{case} names a file") };
    let mut columns: Vec<&str> = program.claim.fields.iter().map(|field| field.column.as_str()).collect();
    columns.sort_unstable();
    columns.dedup();
    let cell = |node: Option<&Node>| match node {
        Some(Node::Scalar(text)) => format!("\"{}\"", text.text.replace('"', "\"\"")),
        _ => String::new(),
    };
    let mut csv = columns.join(",");
    for claim in claims {
        let of =
            |column: &&str| cell(entry(claim, column).or(entry(&root, "defaults").and_then(|all| entry(all, column))));
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
        let csv = as_csv(&case.snapshot_path().replace(".snap", ".yaml"), &subject.loaded.program);
        subject.compare(csv.as_bytes());
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
    subject.compare((sample.join("\n") + "\n").as_bytes());
    assert_eq!(subject.left(), Vec::<&str>::new(), "no row reaches these");
    let all: u64 = subject.compared.values().sum();
    assert!(sample.len() > 20_000 && all > 200_000, "{all} comparisons on {} rows", sample.len());
}
