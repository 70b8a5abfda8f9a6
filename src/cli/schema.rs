//! `meed schema`: what editors need to complete and check what is written.

use clap::{Args, ValueEnum};

use super::{Exit, Session, Trouble};
use crate::{
    report::{Authored, rhai_definitions, schema},
    script::Functions,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What the schema is for
    #[arg(value_enum, default_value_t = Of::Definition, conflicts_with = "rhai")]
    of: Of,
    /// Prints the built-in functions as a definition file of Rhai instead
    #[arg(long)]
    rhai: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    /// Program definitions
    Definition,
    /// Cases
    Case,
    /// Arrangements
    Arrangement,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let text = match arguments.of {
        _ if arguments.rhai => rhai_definitions(&Functions::standard()),
        Of::Definition => schema(Authored::Definition),
        Of::Case => schema(Authored::Case),
        Of::Arrangement => schema(Authored::Arrangement),
    };
    write!(session.stdout, "{text}")?;
    session.stdout.flush()?;
    Ok(Exit::Done)
}
