//! `meed new`: what it makes can be checked, tested and tried at once, and it overwrites and leaves nothing.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

mod command_line;

use std::{env, fs, path::PathBuf, process};

use command_line::meed;

const TEMPLATES: [&str; 3] = ["channel-rebate", "dealer-spiff", "honoraria"];

/// A folder outside this workspace, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("meed-new-{}-{name}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    /// Every file below, relative and sorted.
    fn files(&self) -> Vec<String> {
        let (mut files, mut folders) = (Vec::new(), vec![self.0.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else {
                    files.push(path.strip_prefix(&self.0).unwrap().display().to_string());
                }
            }
        }
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn every_template_checks_without_a_warning_passes_its_case_and_decides_its_claims() {
    for template in TEMPLATES {
        let folder = Folder::new(template);
        let (exit, made, said) = meed(&folder.0, &["new", "acme/a-2-b", "--from", template]);
        assert_eq!(exit, 0, "{said}");
        let mut listed: Vec<&str> = made.lines().collect();
        listed.sort_unstable();
        assert_eq!(listed, folder.files());
        let commands: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("  meed ")).collect();
        let [check, test, dry_run] = commands.as_slice() else { panic!("{said}") };
        let call = |command: &str| meed(&folder.0, &command.split(' ').collect::<Vec<_>>());
        assert_eq!(call(check), (0, String::new(), "all checks passed: 1 program\n".to_owned()), "{template}");
        let (exit, tested, _) = call(test);
        assert!(exit == 0 && tested.ends_with("1 case: 1 passed, 0 failed, 0 could not be run\n"), "{tested}");
        let (exit, decided, _) = call(dry_run);
        assert_eq!(exit, 0, "{template}");
        for disposition in ["approved", "held", "rejected"] {
            let count = decided.lines().find_map(|line| line.trim().strip_prefix(disposition)).unwrap();
            assert_ne!(count.trim(), "0", "{template}: no claim is {disposition}");
        }
        for file in folder.files() {
            let text = fs::read_to_string(folder.0.join(&file)).unwrap();
            assert!(!text.contains("<program>") && !text.contains("<script>"), "{file}");
        }
    }
}

#[test]
fn nothing_is_overwritten_and_nothing_is_written_beside_what_is_there() {
    for there in [
        "programs/acme/rebate.yaml",
        "rules/acme/rebate.rhai",
        "samples/acme/rebate.csv",
        "tests/programs/acme/rebate/first.yaml",
        "tests/programs/acme/rebate/first.snap",
    ] {
        let folder = Folder::new("there");
        fs::create_dir(folder.0.join("programs")).unwrap();
        fs::create_dir_all(folder.0.join(there).parent().unwrap()).unwrap();
        fs::write(folder.0.join(there), "mine").unwrap();
        let (exit, made, said) = meed(&folder.0, &["new", "acme/rebate", "--from", "honoraria"]);
        assert_eq!((exit, made.as_str()), (2, ""), "{there}");
        assert!(said.contains(&format!("`{there}` is there already")), "{said}");
        assert_eq!(folder.files(), [there]);
        assert_eq!(fs::read_to_string(folder.0.join(there)).unwrap(), "mine");
    }
}

#[test]
fn a_folder_becomes_a_workspace_only_if_nothing_else_is_in_it() {
    let folder = Folder::new("begin");
    fs::write(folder.0.join("letter.txt"), "").unwrap();
    let new = ["new", "acme/rebate", "--from", "channel-rebate"];
    let (exit, _, said) = meed(&folder.0, &new);
    assert!(exit == 2 && said.contains("this folder is not empty"), "{said}");
    assert_eq!(folder.files(), ["letter.txt"]);
    fs::rename(folder.0.join("letter.txt"), folder.0.join(".letter")).unwrap();
    let (exit, _, said) = meed(&folder.0, &new);
    assert!(exit == 0 && said.starts_with("this folder is a workspace now, with:\n"), "{said}");
    // Below a workspace a program goes into that.
    let below = folder.0.join("notes");
    fs::create_dir(&below).unwrap();
    let (exit, made, said) = meed(&below, &["new", "acme/points", "--from", "dealer-spiff"]);
    assert!(exit == 0 && made.starts_with("programs/acme/points.yaml\n"), "{said}");
    assert!(said.starts_with(&format!("{} has these new files:\n", folder.0.display())), "{said}");
    assert!(said.contains(&format!("--claims {}", folder.0.join("samples/acme/points.csv").display())), "{said}");
    assert!(folder.0.join("programs/acme/points.yaml").is_file() && fs::read_dir(below).unwrap().next().is_none());
    let (exit, _, said) = meed(&folder.0.join("nowhere"), &new);
    assert!(exit == 2 && said.contains("there is no folder `programs/`"), "{said}");
}

#[test]
fn a_workspace_that_is_named_is_named_in_what_to_do_next() {
    let (folder, here) = (Folder::new("named one"), Folder::new("here"));
    let named = folder.0.display().to_string();
    let (exit, _, said) = meed(&here.0, &["--workspace", &named, "new", "acme/fees", "--from", "honoraria"]);
    assert!(exit == 0 && said.contains(&format!("  meed --workspace \"{named}\" check acme/fees\n")), "{said}");
    assert!(said.contains(&format!("--claims \"{named}/samples/acme/fees.csv\"\n")), "{said}");
    assert_eq!(here.files(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_workspace_is_not_followed_and_no_file_is_left() {
    for linked in ["programs", "rules", "rules/acme", "samples", "tests/programs"] {
        let (folder, outside) = (Folder::new("link"), Folder::new("outside"));
        fs::create_dir_all(folder.0.join("programs")).unwrap();
        let link = folder.0.join(linked);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        let _ = fs::remove_dir(&link);
        std::os::unix::fs::symlink(&outside.0, &link).unwrap();
        let (exit, made, said) = meed(&folder.0, &["new", "acme/rebate", "--from", "channel-rebate"]);
        assert_eq!((exit, made.as_str()), (3, ""), "{linked}");
        assert!(said.contains("is not a path inside the workspace"), "{said}");
        assert_eq!((folder.files(), outside.files()), (vec![linked.to_owned()], Vec::new()), "{linked}");
    }
}
