//! `docs/guide-ci.md` as far as it can be run without the service: the workflow calls what the shell script calls, and the
//! script passes over this workspace and fails over a broken one.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The first block of a language on the page.
fn block(language: &str) -> String {
    let page = fs::read_to_string(root().join("docs/guide-ci.md")).unwrap();
    let (_, behind) = page.split_once(&format!("```{language}\n")).unwrap();
    behind.split("```").next().unwrap().to_owned()
}

/// Whether the script passes in a workspace, and what it prints.
fn passes(workspace: &Path) -> (bool, String) {
    let meed = PathBuf::from(env!("CARGO_BIN_EXE_meed"));
    let folders = env::var_os("PATH").unwrap();
    let path =
        env::join_paths([meed.parent().unwrap().to_owned()].into_iter().chain(env::split_paths(&folders))).unwrap();
    let run = Command::new("sh").args(["-c", &block("sh")]).current_dir(workspace).env("PATH", path).output().unwrap();
    let printed = [run.stdout, run.stderr].concat();
    (run.status.success(), String::from_utf8(printed).unwrap())
}

#[test]
fn the_workflow_makes_the_calls_of_the_script() {
    let workflow: Value = serde_yaml::from_str(&block("yaml")).unwrap();
    assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }));
    let steps = workflow["jobs"]["rules"]["steps"].as_array().unwrap();
    let calls: Vec<&str> =
        steps.iter().filter_map(|step| step["run"].as_str()).filter(|run| run.starts_with("meed ")).collect();
    let script = block("sh");
    assert_eq!(calls, ["meed check --format github", "meed test --ci"]);
    for call in calls {
        assert!(script.contains(call.trim_end_matches(" --format github")), "{call}");
    }
}

#[test]
fn the_script_passes_over_this_workspace_and_fails_over_a_broken_one() {
    let (passed, printed) = passes(root());
    assert!(passed && printed.contains(" passed, 0 failed, 0 could not be run"), "{printed}");
    let broken = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide-ci");
    fs::create_dir_all(broken.join("programs/acme")).unwrap();
    fs::write(broken.join("programs/acme/broken.yaml"), "format: 1\n").unwrap();
    let (passed, printed) = passes(&broken);
    assert!(!passed && printed.contains("error[M104]"), "{printed}");
}
