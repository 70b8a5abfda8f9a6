//! A workspace as it is in a revision of git: the same program as in the folder, and nothing from outside of it.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and writes files of its own"
)]

mod repository_of_git;

use std::fs;

use meed::{
    diagnostic::Findings,
    workspace::{RevisionError, Workspace, WorkspaceError},
};
use repository_of_git::Repository;

const PROGRAM: &str = "\
format: 1
program: acme/fee
currency: EUR
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_up, scale: 2 }
order: [day]
scripts: [acme/fee.rhai]
claim:
  id: id
  participant: partner
  date: day
  fields: { id: text, partner: text, day: date, product: text }
tables:
  rates:
    file: acme/rates.csv
    fields: { product: text, rate: decimal }
    match: { product: claim.product }
eligibility:
  UNKNOWN:
    require: rates != ()
    else: reject
award:
  fee: { amount: fee(rates.rate) }
";
const FILES: [(&str, &str); 3] = [
    ("programs/acme/fee.yaml", PROGRAM),
    ("rules/acme/fee.rhai", "fn fee(rate) { rate * 2 }\n"),
    ("tables/acme/rates.csv", "product,rate\nLAMP,1.50\n"),
];

fn fingerprint(workspace: &Workspace) -> String {
    workspace.open("acme/fee").unwrap().fingerprint
}

/// What is wrong with the program of a revision.
fn findings(workspace: &Workspace) -> Vec<String> {
    let mut findings = Findings::new();
    assert!(workspace.load(&"acme/fee".parse().unwrap(), &mut findings).is_none());
    findings.into_sorted().into_iter().map(|finding| finding.message).collect()
}

#[test]
fn a_program_of_a_revision_is_what_it_was_whatever_the_folder_holds_now() {
    for below in ["", "rules of/clients"] {
        let repository = Repository::new("as it was", below);
        repository.write(&FILES);
        repository.commit("first");
        let workspace = repository.workspace();
        let then = fingerprint(&workspace);
        repository.write(&[("tables/acme/rates.csv", "product,rate\nLAMP,1.75\n")]);
        repository.write(&[("programs/acme/other.yaml", "format: 1\n")]);
        repository.commit("second");
        fs::remove_dir_all(workspace.root().join("rules")).unwrap();
        let first = workspace.at("HEAD~1").unwrap();
        assert_eq!(fingerprint(&first), then, "{below}");
        assert_ne!(fingerprint(&workspace.at("HEAD").unwrap()), then, "{below}");
        let programs = |workspace: &Workspace| workspace.programs(&mut Findings::new()).len();
        assert_eq!((programs(&first), programs(&workspace.at("main").unwrap())), (1, 2));
        assert!(!workspace.root().join("rules").exists(), "reading checks nothing out");
    }
}

#[test]
fn an_argument_that_is_an_option_or_no_commit_is_refused() {
    let repository = Repository::new("options", "");
    repository.write(&FILES);
    repository.commit("first");
    let workspace = repository.workspace();
    let written = repository.folder().join("written");
    let option = format!("--output={}", written.display());
    for name in ["--all", "-h", "--git-dir=/", &option, "", "HEAD\nHEAD", &"a".repeat(300)] {
        let refused = workspace.at(name);
        assert!(matches!(&refused, Err(RevisionError::Name(named)) if named == name), "{name}: {refused:?}");
    }
    for name in ["nowhere", "HEAD~9", "HEAD..HEAD", "HEAD:programs", "^HEAD", "HEAD --all", "0123456789abcdef"] {
        let refused = workspace.at(name);
        assert!(matches!(&refused, Err(RevisionError::Unknown(named)) if named == name), "{name}: {refused:?}");
    }
    assert!(!written.exists());
}

#[test]
fn a_path_outside_the_workspace_is_refused_in_a_revision_as_in_the_folder() {
    for path in ["../../outside.rhai", "/etc/passwd", "acme/../../../outside.rhai", "..\\outside.rhai"] {
        let repository = Repository::new("outside", "clients");
        repository.write(&FILES);
        let program = PROGRAM.replace("[acme/fee.rhai]", &format!("[\"{}\"]", path.replace('\\', "\\\\")));
        repository.write(&[("programs/acme/fee.yaml", &program)]);
        fs::write(repository.folder().join("outside.rhai"), "fn fee(rate) { rate }\n").unwrap();
        repository.commit("first");
        let workspace = repository.workspace();
        let expected = format!("`{path}` is not a path inside the workspace");
        assert!(findings(&workspace).contains(&expected), "{:?}", findings(&workspace));
        let revision = workspace.at("HEAD").unwrap();
        assert!(findings(&revision).contains(&expected), "{:?}", findings(&revision));
    }
}

#[cfg(unix)]
#[test]
fn a_link_of_a_revision_is_refused_wherever_it_leads() {
    use std::os::unix::fs::symlink;
    for (linked, said) in [
        ("rules/acme/fee.rhai", "`rules/acme/fee.rhai` is a link, and links of a revision are not followed"),
        ("rules/acme", "`rules/acme/fee.rhai` is a link, and links of a revision are not followed"),
        ("tables/acme/rates.csv", "`tables/acme/rates.csv` is a link, and links of a revision are not followed"),
        ("programs/acme/fee.yaml", "`programs/acme/fee.yaml` is a link, and links of a revision are not followed"),
    ] {
        let repository = Repository::new("link", "");
        repository.write(&FILES);
        repository.write(&[("programs/acme/other.yaml", "format: 1\n")]);
        let (at, outside) = (repository.folder().join(linked), repository.outside().join("outside"));
        fs::rename(&at, &outside).unwrap();
        symlink(&outside, &at).unwrap();
        repository.commit("first");
        let revision = repository.workspace().at("HEAD").unwrap();
        assert!(findings(&revision).contains(&said.to_owned()), "{linked}: {:?}", findings(&revision));
    }
}

#[test]
fn a_workspace_without_git_or_without_programs_then_says_so() {
    let repository = Repository::without_git("no git");
    repository.write(&FILES);
    assert!(matches!(repository.workspace().at("HEAD"), Err(RevisionError::NoRepository)));
    let repository = Repository::new("no programs", "");
    repository.write(&[("README.md", "later\n")]);
    repository.commit("first");
    repository.write(&FILES);
    assert!(matches!(repository.workspace().at("HEAD"), Err(RevisionError::NoPrograms(name)) if name == "HEAD"));
}

#[test]
fn nothing_is_written_to_a_revision() {
    let repository = Repository::new("written", "");
    repository.write(&FILES);
    repository.commit("first");
    let revision = repository.workspace().at("HEAD").unwrap();
    let made = revision.scaffold(&"acme/new".parse().unwrap(), meed::workspace::Template::Honoraria);
    let Err(meed::workspace::NotMade::Workspace(WorkspaceError::Unwritable { .. })) = made else {
        panic!("{made:?}");
    };
    assert!(!revision.root().join("programs/acme/new.yaml").exists());
}

#[test]
fn spacing_and_comments_of_scripts_are_no_part_of_what_a_program_means() {
    let repository = Repository::new("spacing", "");
    repository.write(&FILES);
    repository.commit("first");
    repository.write(&[("rules/acme/fee.rhai", "// twice\nfn fee(rate) {\r\n    rate * 2\r\n}\r\n")]);
    repository.write(&[("tables/acme/rates.csv", "product,rate\r\nLAMP,1.50\r\n")]);
    repository.write(&[("programs/acme/fee.yaml", &format!("# fees\n{}", PROGRAM.replace("fee: {", "fee:   {")))]);
    repository.commit("second");
    let workspace = repository.workspace();
    let (first, second) = (workspace.at("HEAD~1").unwrap(), workspace.at("HEAD").unwrap());
    let (first, second) = (first.open("acme/fee").unwrap(), second.open("acme/fee").unwrap());
    assert_eq!(first.meaning, second.meaning);
    assert_ne!(first.fingerprint, second.fingerprint);
    repository.write(&[("rules/acme/fee.rhai", "fn fee(rate) { rate * 3 }\n")]);
    assert_ne!(workspace.open("acme/fee").unwrap().meaning, first.meaning);
}
