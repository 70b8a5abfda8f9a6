//! What a ledger knows of a file before it is posted.

use super::BesideRules;
use crate::{
    engine::Repeats,
    ledger::{Ledger, LedgerError, Progress},
    program::Program,
};

/// How far a file was posted by a program.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before {
    /// The run that was interrupted, and goes on.
    pub(super) interrupted: Option<Progress>,
    /// What posting it repeats.
    pub repeats: Repeats,
}

/// Why a file can't be posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The ledger can't be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Another file was interrupted.
    #[error("posting `{0}` was interrupted, and has to end first")]
    Interrupted(String),
    /// The rules have changed since posting the file was interrupted.
    #[error("posting `{0}` was interrupted, and the rules have changed since")]
    RulesChanged(String),
    /// Other arrangements were beside it when it was interrupted.
    #[error("posting `{0}` was interrupted, and other arrangements were beside it")]
    ArrangementsChanged(String),
}

impl PostError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Ledger(error) => error.help(),
            Self::Interrupted(_) => Some("post that file again: it goes on where it stopped"),
            Self::RulesChanged(_) => Some("post it by the rules that it was begun with; then change them"),
            Self::ArrangementsChanged(_) => {
                Some("post it with the arrangements that it was begun with, as they were; then change them")
            }
        }
    }
}

/// What a ledger knows of a file, by its hash, that is to be posted by a program and with arrangements.
pub fn before(
    ledger: &Ledger,
    (program, fingerprint): (&Program, &str),
    beside: &[BesideRules<'_>],
    (file, file_hash): (&str, &[u8; 32]),
) -> Result<Before, PostError> {
    let Some(program) = ledger.program(&program.identification.name.to_string())? else {
        return Ok(Before::default());
    };
    let known = ledger.progress(program, file_hash)?;
    let Some(progress) = known else {
        return match ledger.interrupted(program)? {
            Some((_, other)) => Err(PostError::Interrupted(other)),
            None => Ok(Before::default()),
        };
    };
    let has_same_rules = ledger.rules(progress.rules)?.fingerprint == fingerprint;
    let has_same_beside =
        ledger.fingerprints_beside(progress.run)? == beside.iter().map(|one| one.fingerprint.to_owned()).collect();
    match (progress.is_whole, has_same_rules, has_same_beside) {
        (true, true, true) => Ok(Before { interrupted: None, repeats: Repeats::Run }),
        (true, ..) => match ledger.interrupted(program)? {
            Some((_, other)) => Err(PostError::Interrupted(other)),
            None => Ok(Before { interrupted: None, repeats: Repeats::File }),
        },
        (false, true, true) => Ok(Before { interrupted: Some(progress), repeats: Repeats::Nothing }),
        (false, false, _) => Err(PostError::RulesChanged(file.to_owned())),
        (false, true, false) => Err(PostError::ArrangementsChanged(file.to_owned())),
    }
}
