//! Why a ledger can't be used, in the words of whoever runs it.

use std::io;

use rusqlite::ErrorCode;

/// Why a ledger can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no such file.
    #[error("there is no ledger `{0}`")]
    Missing(String),
    /// The file is no ledger.
    #[error("`{0}` is not a ledger of Meed")]
    NotALedger(String),
    /// It was made by a later program.
    #[error("`{path}` was written by a later version of Meed: its format is {found}, and this program knows {known}")]
    Newer {
        /// The file.
        path: String,
        /// Its version.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// Somebody else posts.
    #[error("another run is posting into `{0}`")]
    Busy(String),
    /// It may not be written.
    #[error("`{0}` may only be read")]
    ReadOnly(String),
    /// There is no room.
    #[error("there is no room left for `{0}`; nothing of the last batch was posted")]
    Full(String),
    /// The system can't write or read it.
    #[error("the system can't write or read `{0}`; nothing of the last batch was posted")]
    Refused(String),
    /// What stands in it can't be read.
    #[error("`{path}` is damaged: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What doesn't fit.
        reason: String,
    },
    /// Somebody else wrote in between.
    #[error("`{0}` was changed by somebody else while this run was posting")]
    Changed(String),
    /// An amount has more digits than a ledger keeps.
    #[error("claim `{0}` has an amount of more than 18 digits")]
    TooLarge(String),
    /// A participant would have earned more than a ledger keeps.
    #[error("with this, what `{0}` has earned would have more than 18 digits")]
    TooMuch(String),
    /// A program's amounts are counted in something else.
    #[error(
        "the amounts of `{program}` stand in the ledger in {before} with {scale} decimal places, and are in another unit now"
    )]
    Unit {
        /// The program.
        program: String,
        /// What they were counted in.
        before: String,
        /// With how many places.
        scale: u32,
    },
    /// The system refuses.
    #[error("`{path}` can't be opened")]
    Unopened {
        /// The file.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The database refuses.
    #[error("`{path}` can't be used")]
    Database {
        /// The file.
        path: String,
        /// What it says.
        #[source]
        source: rusqlite::Error,
    },
}

impl LedgerError {
    /// What a database says, about a file.
    pub(super) fn of(path: &str, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(path),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly(path),
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::SystemIoFailure) => Self::Refused(path),
            Some(ErrorCode::NotADatabase) => Self::NotALedger(path),
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, reason: source.to_string() },
            _ => Self::Database { path, source },
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Missing(_) => Some("`meed run` makes one where there is none"),
            Self::NotALedger(_) => Some("name the file that `meed run --ledger` made"),
            Self::Newer { .. } => Some("use the version of Meed that wrote it, or a later one"),
            Self::Busy(_) => Some("wait until it has ended, and call this again"),
            Self::ReadOnly(_) => Some(
                "let whoever may write it post, or correct the rights of file and folder; to read it, copy it to a folder of \
                 yours",
            ),
            Self::Full(_) => Some("make room, and call this again: it goes on where it stopped"),
            Self::Refused(_) => Some(
                "look whether the disk is full, limited or broken, and call this again: it goes on where it stopped",
            ),
            Self::Damaged { .. } => Some("restore the last backup; `meed ledger verify` says what doesn't fit"),
            Self::Changed(_) => Some("call this again: it goes on from what stands there now"),
            Self::Unit { .. } => Some("give the program in the other unit a name of its own, as a layer"),
            Self::TooMuch(_) => Some("look at the amount: nothing of that size is adjusted"),
            Self::Unopened { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => Some("make its folder first, or name another one"),
                io::ErrorKind::AlreadyExists => Some("name a file that isn't there yet: nothing is replaced"),
                _ => Some("look whether it is a file, and whether you may read and write it and its folder"),
            },
            Self::Database { .. } => {
                Some("look whether it is a file, and whether you may read and write it and its folder")
            }
            Self::TooLarge(_) => None,
        }
    }
}
