//! A repository of git in a temporary folder, gone afterwards, with a user of its own.

#![allow(dead_code, reason = "each test that has such a repository uses a part of this")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
    sync::atomic::{AtomicUsize, Ordering},
};

use meed::workspace::Workspace;

/// How many were made, so that each has a folder of its own.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// A repository with a workspace in it.
pub(crate) struct Repository {
    outside: PathBuf,
    top: PathBuf,
    below: PathBuf,
}

impl Repository {
    /// An empty repository, whose workspace lies in a folder below its top.
    pub(crate) fn new(name: &str, below: &str) -> Self {
        let repository = Self::made(name, below);
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// The same without git.
    pub(crate) fn without_git(name: &str) -> Self {
        Self::made(name, "")
    }

    fn made(name: &str, below: &str) -> Self {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let outside = env::temp_dir().join(format!("meed-{}-{number}-{name}", process::id()));
        let top = outside.join("repository");
        fs::create_dir_all(top.join(below)).unwrap();
        let outside = outside.canonicalize().unwrap();
        let top = outside.join("repository");
        Self { below: top.join(below), outside, top }
    }

    /// The folder of the workspace.
    pub(crate) fn folder(&self) -> &Path {
        &self.below
    }

    /// A folder that lies in no repository.
    pub(crate) fn outside(&self) -> &Path {
        &self.outside
    }

    /// Writes files of the workspace.
    pub(crate) fn write(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.below.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    /// Makes a revision of all files.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// Runs git at the top.
    pub(crate) fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.current_dir(&self.top).args(arguments);
        git.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
        git.env("GIT_CONFIG_GLOBAL", self.outside.join("none")).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "Tester").env(format!("GIT_{who}_EMAIL"), "tester@example.com");
        }
        assert!(git.status().unwrap().success(), "git {arguments:?}");
    }

    /// The workspace.
    pub(crate) fn workspace(&self) -> Workspace {
        Workspace::find(&self.below).unwrap()
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.outside);
    }
}
