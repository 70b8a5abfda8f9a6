//! A workspace with one program, and claims decided by it.

use std::{
    fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, Ordering},
};

use meed::{
    claim::Claims,
    diagnostic::Findings,
    engine::{Past, run},
    input::{ColumnMap, Wanted, read_claims},
    outcome::{Depth, Outcome},
    program::Program,
    report::{CommaWriter, OutcomeColumns, OutcomeWriter},
    workspace::{Loaded, Workspace},
};

/// The name of every program that a property writes.
pub const PROGRAM: &str = "property/program";

static NEXT: AtomicU64 = AtomicU64::new(0);

pub struct Desk {
    pub loaded: Loaded,
}

impl Desk {
    /// Loads a definition through a workspace of its own, which is gone afterwards.
    pub fn new(definition: &str) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = format!("properties-{}-{number}", process::id());
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
        fs::create_dir_all(root.join("programs/property")).unwrap();
        fs::write(root.join("programs/property/program.yaml"), definition).unwrap();
        let mut findings = Findings::new();
        let loaded = Workspace::find(&root).unwrap().load(&PROGRAM.parse().unwrap(), &mut findings);
        fs::remove_dir_all(&root).unwrap();
        let errors: Vec<String> = findings.into_sorted().iter().map(|finding| finding.message.clone()).collect();
        Self { loaded: loaded.unwrap_or_else(|| panic!("{errors:?} in\n{definition}")) }
    }

    pub fn program(&self) -> &Program {
        &self.loaded.program
    }

    pub fn read(&self, csv: &str) -> Claims {
        let fields = &self.program().claim.fields;
        let wanted: Vec<Wanted<'_>> =
            fields.iter().map(|field| Wanted { column: &field.column, kind: &field.kind }).collect();
        read_claims("claims.csv", csv.as_bytes(), &wanted, &ColumnMap::default(), &mut |_| {}).unwrap().claims
    }

    /// The outcomes in the order in which they come.
    pub fn decide(&self, csv: &str) -> Vec<Outcome<'static>> {
        let mut outcomes = Vec::new();
        let claims = self.read(csv);
        let (program, tables) = (&self.loaded.program, &self.loaded.tables);
        run(program, tables, &mut Past::new(program), &claims, &|_, _| Depth::Words, &mut |outcome, _| {
            outcomes.push(outcome.clone().into_owned());
        });
        outcomes
    }

    /// The outcomes file.
    pub fn written(&self, outcomes: &[Outcome<'static>]) -> String {
        let mut bytes = Vec::new();
        let mut writer = CommaWriter::new(OutcomeColumns::new(self.program()), &mut bytes).unwrap();
        for outcome in outcomes {
            writer.write(outcome).unwrap();
        }
        writer.finish().unwrap();
        drop(writer);
        String::from_utf8(bytes).unwrap()
    }

    /// The outcomes file without where each row stands.
    pub fn written_without_source(&self, outcomes: &[Outcome<'static>]) -> String {
        let mut outcomes = outcomes.to_vec();
        for outcome in &mut outcomes {
            outcome.origin.file = "".into();
            outcome.origin.line = 0;
        }
        self.written(&outcomes)
    }
}
