//! The command `meed`: collects arguments and environment, and calls [`meed::cli::run`].

use std::{env, io, io::IsTerminal, process::ExitCode, time::SystemTime};

use meed::cli::{Environment, run};

fn main() -> ExitCode {
    let environment = Environment {
        folder: env::current_dir().unwrap_or_default(),
        colour: env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && io::stderr().is_terminal(),
        stdout_colour: env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && io::stdout().is_terminal(),
        progress: io::stderr().is_terminal(),
        now: now(),
    };
    let code = run(env::args_os(), &environment, &mut io::stdin(), &mut io::stdout().lock(), &mut io::stderr().lock());
    ExitCode::from(code)
}

#[expect(clippy::disallowed_methods, reason = "the command is where the clock is read")]
fn now() -> String {
    chrono::DateTime::<chrono::Utc>::from(SystemTime::now()).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
