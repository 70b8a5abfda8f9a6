//! The command `meed`: collects arguments and environment, and calls [`meed::cli::run`].

use std::{env, io, io::IsTerminal, process::ExitCode};

use meed::cli::{Environment, run};

fn main() -> ExitCode {
    let environment = Environment {
        folder: env::current_dir().unwrap_or_default(),
        colour: env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && io::stderr().is_terminal(),
        stdout_colour: env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && io::stdout().is_terminal(),
        progress: io::stderr().is_terminal(),
    };
    let code = run(env::args_os(), &environment, &mut io::stdin(), &mut io::stdout().lock(), &mut io::stderr().lock());
    ExitCode::from(code)
}
