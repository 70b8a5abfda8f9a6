//! The command line, called in a folder and without a terminal.

use std::path::Path;

use meed::cli::{Environment, run};

/// The exit code, standard output and standard error of a command that is called in a folder.
pub(crate) fn meed(folder: &Path, arguments: &[&str]) -> (u8, String, String) {
    let environment = Environment {
        folder: folder.to_owned(),
        colour: false,
        stdout_colour: false,
        progress: false,
        now: String::new(),
    };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let arguments = ["meed"].iter().chain(arguments).map(Into::into);
    let exit = run(arguments, &environment, &mut &b""[..], &mut stdout, &mut stderr);
    (exit, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}
