//! Wrong programs, tables, cases and claims files, and what Meed says about each.
//!
//! A folder `tests/diagnostics/<phase>/<name>/` is a small workspace kept flat: `program.yaml` and, where needed,
//! `rules.rhai`, tables (`*.csv`), `case.yaml`, `arrangement.yaml`; in the phase `layers` also what it extends (`*.yaml`). Its snapshot is what `meed check` prints. In the phase `claims` it is
//! what `meed dry-run` says about `claims.csv` or `claims.jsonl`, read through `map.yaml` where there is one; a file
//! that can't be kept in git is made by [`made_claims`].

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at once, and it writes and reads files of its own"
)]

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fmt::Write as _,
    fs,
    io::{self, Read},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use meed::{
    cli::{self, Environment},
    diagnostic::Code,
};

/// What `meed check` looks at, by what is wrong.
const CHECKED_PHASES: [&str; 8] =
    ["arrangements", "case", "definition", "layers", "money", "neighbours", "rules", "tables"];
/// What `meed dry-run` reads.
const CLAIMS_PHASE: &str = "claims";
/// What `meed dry-run` is to change; each line of `set.txt` is one `--set`.
const SET_PHASE: &str = "set";
/// What `meed dry-run` answers.
const DECIDED_PHASES: [&str; 2] = [CLAIMS_PHASE, SET_PHASE];

/// Codes without a fixture, each with the reason.
const OUT_OF_REACH: [(Code, &str); 2] = [
    (Code::FileTooLarge, "a file that unpacks to more than 64 GiB takes minutes to read"),
    (Code::TooManyRows, "four billion rows need more memory than a test machine has"),
];

#[test]
fn every_wrong_program_is_answered_as_its_snapshot_shows() {
    let fixtures = CHECKED_PHASES.into_iter().flat_map(fixtures_of).collect::<Vec<_>>();
    assert_all(&fixtures, |fixture| {
        let workspace = fixture.workspace();
        let answer = meed(&workspace, &["check"], &mut io::empty());
        fixture.assert_answer("check", &format!("{}exit code: {}", answer.stdout, answer.exit));
    });
}

#[test]
fn every_wrong_claims_file_or_change_is_answered_as_its_snapshot_shows() {
    let fixtures = DECIDED_PHASES.into_iter().flat_map(fixtures_of).collect::<Vec<_>>();
    assert_all(&fixtures, |fixture| {
        let workspace = fixture.workspace();
        let given = fixture.claims(&workspace);
        let mut arguments = vec!["dry-run", "acme/rebate", "--claims", &given.path];
        let map = workspace.join("map.yaml").display().to_string();
        if Path::new(&map).exists() {
            arguments.extend(["--map", &map]);
        }
        let set = if fixture.phase == SET_PHASE { fixture.text("set.txt") } else { String::new() };
        arguments.extend(set.lines().flat_map(|change| ["--set", change]));
        let answer = meed(&workspace, &arguments, &mut { given.stdin });
        fixture.assert_answer("dry-run", &format!("{}exit code: {}", answer.stderr, answer.exit));
    });
}

#[test]
fn every_code_that_can_be_reached_has_a_fixture() {
    let fixtures = CHECKED_PHASES.into_iter().chain(DECIDED_PHASES).flat_map(fixtures_of);
    let answers: String = fixtures.map(|fixture| fixture.snapshot()).collect();
    let has_fixture = |code: &Code| answers.contains(&format!("[{}]", code.id()));
    let out_of_reach: BTreeSet<Code> = OUT_OF_REACH.into_iter().map(|(code, _)| code).collect();
    let without: BTreeSet<Code> = Code::ALL.iter().copied().filter(|code| !has_fixture(code)).collect();
    assert_eq!(without, out_of_reach, "codes without a fixture (left) are those named as out of reach (right)");
}

#[test]
fn every_snapshot_belongs_to_a_fixture_and_holds_no_path_of_this_machine() {
    for fixture in CHECKED_PHASES.into_iter().chain(DECIDED_PHASES).flat_map(fixtures_of) {
        let command = if DECIDED_PHASES.contains(&fixture.phase) { "dry-run" } else { "check" };
        for file in files_in(&fixture.folder()).filter(|file| ending(file) == "snap") {
            assert_eq!(file, format!("{command}.snap"), "{fixture:?}");
        }
        assert!(!fixture.snapshot().contains(env!("CARGO_MANIFEST_DIR")), "{fixture:?}");
    }
    let phases: BTreeSet<String> = files_in(&root()).collect();
    assert_eq!(phases, CHECKED_PHASES.into_iter().chain(DECIDED_PHASES).map(str::to_owned).collect());
}

/// One wrong workspace.
#[derive(Debug)]
struct Fixture {
    phase: &'static str,
    name: String,
}

/// A claims file as the command is given it.
struct GivenClaims {
    path: String,
    stdin: Box<dyn Read>,
}

/// What the command said.
struct Answer {
    stdout: String,
    stderr: String,
    exit: u8,
}

impl Fixture {
    fn folder(&self) -> PathBuf {
        root().join(self.phase).join(&self.name)
    }

    fn text(&self, file: &str) -> String {
        let path = self.folder().join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn snapshot(&self) -> String {
        let snapshots = files_in(&self.folder()).filter(|file| ending(file) == "snap");
        snapshots.map(|file| self.text(&file)).collect()
    }

    /// The fixture as a workspace, made anew.
    fn workspace(&self) -> PathBuf {
        let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diagnostics").join(self.phase).join(&self.name);
        if workspace.exists() {
            fs::remove_dir_all(&workspace).unwrap();
        }
        for file in files_in(&self.folder()).filter(|file| !["snap", "new", "txt"].contains(&ending(file))) {
            let place = match file.as_str() {
                "program.yaml" => "programs/acme/rebate.yaml".to_owned(),
                "rules.rhai" => "rules/acme/rebate.rhai".to_owned(),
                "case.yaml" => "tests/programs/acme/rebate/case.yaml".to_owned(),
                "arrangement.yaml" => "arrangements/acme/spring.yaml".to_owned(),
                "base.rhai" => "rules/acme/base.rhai".to_owned(),
                "claims.csv" | "claims.jsonl" | "map.yaml" => file.clone(),
                other if ["layers", "neighbours"].contains(&self.phase) && ending(other) == "yaml" => {
                    format!("programs/acme/{other}")
                }
                table if !DECIDED_PHASES.contains(&self.phase) && ending(table) == "csv" => {
                    format!("tables/acme/{table}")
                }
                other => panic!("{self:?}: {other} has no place in a workspace"),
            };
            write(&workspace.join(place), self.text(&file).as_bytes());
        }
        if let Some(table) = made_table(&self.name) {
            write(&workspace.join("tables/acme/bonus.csv"), table.as_bytes());
        }
        match self.name.as_str() {
            "a_link_out_of_the_workspace" => link_out(&workspace, "rules/acme/rebate.rhai"),
            "a_base_behind_a_link" => link_out(&workspace, "programs/acme/base.yaml"),
            "a_file_behind_a_link" => link_out(&workspace, "tables/acme/agreements.csv"),
            _ => {}
        }
        workspace
    }

    fn claims(&self, workspace: &Path) -> GivenClaims {
        let path = |file: &str| workspace.join(file).display().to_string();
        let from_stdin = |stdin: Box<dyn Read>| GivenClaims { path: "-".to_owned(), stdin };
        match self.name.as_str() {
            "a_pipe_that_fails" => from_stdin(Box::new(HEADER_AND_ROW.as_bytes().chain(FailingPipe))),
            "a_row_without_end" => {
                let cell = io::repeat(b'x').take(1 << 30);
                from_stdin(Box::new(HEADER_AND_ROW.as_bytes().chain(cell)))
            }
            name => {
                let file = if self.folder().join("claims.jsonl").exists() { "claims.jsonl" } else { "claims.csv" };
                if let Some(bytes) = made_claims(name) {
                    write(&workspace.join(file), &bytes);
                }
                let file = if name == "a_folder" { "programs" } else { file };
                GivenClaims { path: path(file), stdin: Box::new(io::empty()) }
            }
        }
    }

    /// Compares with the snapshot beside the fixture; its header says what is wrong.
    fn assert_answer(&self, name: &str, answer: &str) {
        let program = self.text("program.yaml");
        let first = program.lines().next().and_then(|line| line.strip_prefix("# "));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(Path::new("diagnostics").join(self.phase).join(&self.name));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_description(first.unwrap_or_else(|| panic!("{self:?}: the first line says what is wrong")));
        settings.bind(|| insta::assert_snapshot!(name, answer));
    }
}

const HEADER_AND_ROW: &str = "id,partner,day,units,amount,note\nA,P,2026-02-01,1,5.00,\n";

/// The claims file of a fixture that git can't keep or people can't read.
fn made_claims(name: &str) -> Option<Vec<u8>> {
    let bytes = match name {
        "a_damaged_gzip_file" => {
            let mut packed = Vec::new();
            flate2::read::GzEncoder::new(HEADER_AND_ROW.as_bytes(), flate2::Compression::fast())
                .read_to_end(&mut packed)
                .unwrap();
            packed.truncate(packed.len() - 12);
            packed
        }
        "zero_bytes" => [HEADER_AND_ROW.as_bytes(), b"B\0\0,P,2026-02-01,1,5.00,\n"].concat(),
        "utf_16" => "\u{feff}id,partner\n".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "a_workbook" => b"PK\x03\x04\x14\x00\x06\x00".to_vec(),
        "too_many_columns" => {
            let columns: Vec<String> = (1..=5000).map(|number| format!("column_{number}")).collect();
            columns.join(",").into_bytes()
        }
        _ => return None,
    };
    Some(bytes)
}

/// The table of a fixture that is too large to be read by people.
fn made_table(name: &str) -> Option<String> {
    let rows: Vec<String> = match name {
        "too_many_rows_for_a_claim" => (0..10_001).map(|from| format!(",{from},{},1.00", from + 1)).collect(),
        "too_many_rows_to_review" => (0..2_100).map(|from| format!(",{from},{},{from}.00", 5_000 - from)).collect(),
        _ => return None,
    };
    Some(format!("category,units_from,units_below,bonus\n{}\n", rows.join("\n")))
}

/// A pipe whose other end has gone.
struct FailingPipe;

impl Read for FailingPipe {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "connection reset"))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// The names of what lies in a folder, in order.
fn files_in(folder: &Path) -> std::collections::btree_set::IntoIter<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names: BTreeSet<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.into_iter()
}

/// What follows the last point of a file's name.
fn ending(file: &str) -> &str {
    file.rsplit('.').next().unwrap_or_default()
}

fn fixtures_of(phase: &'static str) -> Vec<Fixture> {
    files_in(&root().join(phase)).map(|name| Fixture { phase, name }).collect()
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Puts a link into the workspace that leads to a file beside it.
fn link_out(workspace: &Path, path: &str) {
    let outside = workspace.with_extension("outside");
    write(&outside, b"");
    let link = workspace.join(path);
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, &link).unwrap();
}

/// Runs the command in this process. Paths into the workspace are shown from there.
fn meed(workspace: &Path, arguments: &[&str], stdin: &mut dyn Read) -> Answer {
    let workspace_name = workspace.display().to_string();
    let arguments = ["meed", "--workspace", &workspace_name].into_iter().chain(arguments.iter().copied());
    let environment = Environment {
        folder: workspace.to_owned(),
        colour: false,
        stdout_colour: false,
        progress: false,
        now: String::new(),
    };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let exit = cli::run(arguments.map(OsString::from), &environment, stdin, &mut stdout, &mut stderr);
    let shown = |bytes| String::from_utf8(bytes).unwrap().replace(&format!("{workspace_name}/"), "");
    Answer { stdout: shown(stdout), stderr: shown(stderr), exit }
}

/// Checks every fixture before it fails with the names of those that differ.
fn assert_all(fixtures: &[Fixture], check: impl Fn(&Fixture)) {
    let mut differing = String::new();
    for fixture in fixtures {
        if catch_unwind(AssertUnwindSafe(|| check(fixture))).is_err() {
            writeln!(differing, "  {}/{}", fixture.phase, fixture.name).unwrap();
        }
    }
    assert!(!fixtures.is_empty() && differing.is_empty(), "answered in another way:\n{differing}");
}
