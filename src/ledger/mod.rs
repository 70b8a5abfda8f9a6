//! The ledger: what was decided, remembered exactly. Decisions and acts stand one behind the other, each with a hash over itself
//! and the one before; beside them the rows and words that can be erased, the rules by which they were made, and what all
//! running figures stand at. It stores and hands out, and decides nothing.

mod amount;
mod arranged;
mod balance;
mod cells;
mod detail;
mod digest;
mod entry;
mod error;
mod figure;
mod person;
mod rules;
mod run;
mod standing;
mod story;
mod verify;

use std::{
    cell::RefCell,
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

pub use arranged::{ArrangedEntry, KeptShare, KnownArranged};
pub use balance::{Balance, HeldClaim};
pub use entry::{Act, Entry, EntryKind, Link};
pub use error::LedgerError;
pub use person::Erased;
pub use rules::{KeptRules, NewRules};
pub use run::{Posted, Progress, RunId};
pub use standing::{Kept, KeptRow, Known};
pub use story::Chapter;
pub use verify::{Fault, Verified};

/// The versions of the schema, each put over the one before.
const SCHEMAS: [&str; 1] = [include_str!("1.sql")];
/// What marks the file as a ledger: "Meed" in letters.
const APPLICATION: i64 = 0x4D65_6564;
/// How long to wait for whoever writes, in milliseconds.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// A database of decisions and money.
pub struct Ledger {
    connection: Connection,
    path: String,
    /// Held by whoever posts, as long as they do.
    _lock: Option<File>,
    head: Link,
    /// The numbers of participants that were met.
    participants: HashMap<String, i64>,
    /// What was looked up of rules and runs, which never changes.
    known: RefCell<LookedUp>,
}

/// What was looked up by its number.
#[derive(Default)]
struct LookedUp {
    /// The decimal places of the amounts of a version of rules.
    scales: HashMap<i64, u32>,
    /// The file of a run.
    files: HashMap<i64, String>,
    /// The hashes over rules and runs that entries refer to.
    referred: HashMap<(i64, Option<i64>), [u8; 32]>,
    /// The programs of which claims took others back.
    takes: HashMap<i64, bool>,
}

impl Ledger {
    /// Opens a ledger to post into it, and makes one where there is none. Nobody else can until this one is dropped.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let shown = path.display().to_string();
        let lock = lock(path, &shown)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if !path.exists() {
            create(path, &shown)?;
        }
        let ledger = Self::connect(path, shown, flags, Some(lock))?;
        // Of a database of somebody else nothing is touched.
        let version = if ledger.is_empty()? { 0 } else { ledger.known_version()? };
        ledger.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        ledger.migrate(version)?;
        let mut ledger = ledger.at_head()?;
        ledger.sum_up()?;
        Ok(ledger)
    }

    /// Opens a ledger to read it, whoever posts meanwhile.
    pub fn read(path: &Path) -> Result<Self, LedgerError> {
        let shown = path.display().to_string();
        if !path.exists() {
            return Err(LedgerError::Missing(shown));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let ledger = Self::connect(path, shown, flags, None)?;
        ledger.known_version()?;
        // Everything is read as it stands now.
        ledger.run("BEGIN")?;
        ledger.at_head()
    }

    fn connect(path: &Path, shown: String, flags: OpenFlags, lock: Option<File>) -> Result<Self, LedgerError> {
        let connection = Connection::open_with_flags(path, flags).map_err(|error| LedgerError::of(&shown, error))?;
        let (participants, known) = (HashMap::new(), RefCell::new(LookedUp::default()));
        let ledger = Self { connection, path: shown, _lock: lock, head: Link::START, participants, known };
        ledger.configure().map_err(|error| LedgerError::of(&ledger.path, error))?;
        Ok(ledger)
    }

    fn configure(&self) -> rusqlite::Result<()> {
        let Self { connection, .. } = self;
        connection.busy_timeout(PATIENCE)?;
        for (option, on) in [
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        ] {
            connection.set_db_config(option, on)?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch("PRAGMA cache_size = -32768;")
    }

    /// Whether nothing stands in it: it was just made, or whoever made it was stopped.
    fn is_empty(&self) -> Result<bool, LedgerError> {
        Ok(self.one::<i64>("SELECT count(*) FROM sqlite_master")? == 0 && self.one::<i64>("PRAGMA user_version")? == 0)
    }

    /// The version of its schema, which this program knows.
    fn known_version(&self) -> Result<usize, LedgerError> {
        let number = |pragma: &str| self.one::<i64>(&format!("PRAGMA {pragma}"));
        let (application, found) = (number("application_id")?, number("user_version")?);
        if application != APPLICATION {
            return Err(LedgerError::NotALedger(self.path.clone()));
        }
        let known = SCHEMAS.len();
        match usize::try_from(found) {
            Ok(version) if version <= known => Ok(version),
            _ => Err(LedgerError::Newer {
                path: self.path.clone(),
                found,
                known: i64::try_from(known).unwrap_or(i64::MAX),
            }),
        }
    }

    /// Brings the schema up to what this program knows, each version in one transaction.
    fn migrate(&self, version: usize) -> Result<(), LedgerError> {
        for (number, schema) in (1..).zip(SCHEMAS).skip(version) {
            self.run(&format!(
                "BEGIN IMMEDIATE; {schema}\nPRAGMA application_id = {APPLICATION}; PRAGMA user_version = {number}; COMMIT;"
            ))?;
        }
        Ok(())
    }

    fn at_head(self) -> Result<Self, LedgerError> {
        let head = self.last_link()?;
        Ok(Self { head, ..self })
    }

    /// Its file as messages name it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The last entry.
    pub fn head(&self) -> Link {
        self.head
    }

    /// Writes a copy of all that stands in it now. The file must not be there.
    pub fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        let shown = to.display().to_string();
        create(to, &shown)?;
        self.connection
            .backup("main", to, None::<fn(rusqlite::backup::Progress)>)
            .map_err(|error| LedgerError::of(&shown, error))
    }

    fn run(&self, sql: &str) -> Result<(), LedgerError> {
        self.connection.execute_batch(sql).map_err(|error| self.failed(error))
    }

    fn one<T: rusqlite::types::FromSql>(&self, sql: &str) -> Result<T, LedgerError> {
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: rusqlite::Error) -> LedgerError {
        LedgerError::of(&self.path, error)
    }

    /// That something in it doesn't fit.
    pub fn damaged(&self, reason: impl Into<String>) -> LedgerError {
        LedgerError::Damaged { path: self.path.clone(), reason: reason.into() }
    }
}

/// The hash by which a file of claims is known.
pub fn hash_of(readers: &mut [&mut dyn std::io::Read]) -> std::io::Result<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    for reader in readers {
        hasher.update_reader(reader)?;
    }
    Ok(*hasher.finalize().as_bytes())
}

/// Takes the lock that whoever posts holds; the system lets go of it when the process ends, however it does.
fn lock(path: &Path, shown: &str) -> Result<File, LedgerError> {
    let beside = PathBuf::from(format!("{}.lock", path.display()));
    let unopened = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            LedgerError::ReadOnly(shown.to_owned())
        }
        _ => LedgerError::Unopened { path: shown.to_owned(), source },
    };
    let file = private(&beside, false).map_err(unopened)?;
    let began = std::iter::repeat_n((), 50);
    for () in began {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PATIENCE / 50),
            Err(TryLockError::Error(source)) => return Err(unopened(source)),
        }
    }
    Err(LedgerError::Busy(shown.to_owned()))
}

/// Makes a file that only its owner may read.
fn create(path: &Path, shown: &str) -> Result<(), LedgerError> {
    private(path, true).map(drop).map_err(|source| LedgerError::Unopened { path: shown.to_owned(), source })
}

fn private(path: &Path, is_new: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(!is_new).create_new(is_new).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
