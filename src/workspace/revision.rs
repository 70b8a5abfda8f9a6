//! The files of a workspace as git keeps them in one revision: listed once, and read by object id. Nothing is checked
//! out, no link is followed, and no argument of a user's becomes an option of git.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

/// The folders of a workspace that are read. What else lies in the repository is not even listed.
const FOLDERS: [&str; 5] = ["programs", "rules", "tables", "tests/programs", "arrangements"];
/// The longest name of a revision, in bytes.
const MAX_NAME_BYTES: usize = 256;
/// The most bytes that git may take to list the files.
const MAX_LISTING_BYTES: u64 = 64 << 20;

/// The files of one revision.
#[derive(Debug, Clone)]
pub(super) struct Revision {
    entries: Arc<BTreeMap<String, Entry>>,
    objects: Arc<Mutex<Objects>>,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    File { object: String, bytes: u64 },
    Link,
}

/// What reading a path comes to, beside its bytes.
#[derive(Debug)]
pub(super) enum Unread {
    Missing,
    Link,
    TooLarge,
    Git(io::Error),
}

/// Why a revision can't be read.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// What is asked for can't be the name of a revision.
    #[error("`{0}` is no name of a revision")]
    Name(String),
    /// Git knows no commit by this name.
    #[error("there is no revision `{0}`")]
    Unknown(String),
    /// The workspace lies in no repository.
    #[error("the workspace is in no git repository")]
    NoRepository,
    /// The revision has no programs where the workspace lies.
    #[error("the revision `{0}` has no folder `programs/` in this place")]
    NoPrograms(String),
    /// There are more files than can be wanted.
    #[error("the revision `{revision}` has more files than fit into a list of {bytes} bytes")]
    TooMany {
        /// The revision as named.
        revision: String,
        /// The bound.
        bytes: u64,
    },
    /// Git refuses.
    #[error("git refuses: {0}")]
    Refused(String),
    /// Git can't be run.
    #[error("git can't be run")]
    NotRun(#[source] io::Error),
}

impl RevisionError {
    /// What can be done about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Name(_) => Some("name a commit, a branch or a tag"),
            Self::Unknown(_) => {
                Some("`git log` shows those that are here; a shallow clone has to fetch older ones first")
            }
            Self::NoRepository => {
                Some("put the workspace under version control, or name another one with `--workspace`")
            }
            Self::NoPrograms(_) => Some("name a revision in which the workspace lay in the same folder"),
            Self::NotRun(_) => Some("install git, or put it on the search path"),
            Self::TooMany { .. } | Self::Refused(_) => None,
        }
    }
}

impl Revision {
    /// The files below a folder, which lies in a git repository, as they are in a revision.
    pub(super) fn read(folder: &Path, name: &str) -> Result<Self, RevisionError> {
        let commit = resolve(folder, name)?;
        let entries = entries(folder, name, &commit)?;
        if !entries.keys().any(|path| path.starts_with("programs/")) {
            return Err(RevisionError::NoPrograms(name.to_owned()));
        }
        let objects = Objects::of(folder).map_err(RevisionError::NotRun)?;
        Ok(Self { entries: Arc::new(entries), objects: Arc::new(Mutex::new(objects)) })
    }

    /// The bytes of a file, by its path from the workspace's folder.
    pub(super) fn bytes(&self, path: &str, most: u64) -> Result<Vec<u8>, Unread> {
        match self.entries.get(path) {
            Some(Entry::File { bytes, .. }) if *bytes > most => Err(Unread::TooLarge),
            Some(Entry::File { object, bytes }) => {
                // A panic while reading can only be this module's own; what is read next is checked anyway.
                let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
                objects.blob(object, *bytes).map_err(Unread::Git)
            }
            Some(Entry::Link) => Err(Unread::Link),
            None if self.is_below_link(path) => Err(Unread::Link),
            None => Err(Unread::Missing),
        }
    }

    fn is_below_link(&self, path: &str) -> bool {
        let above = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        above.into_iter().any(|folder| self.entries.get(folder) == Some(&Entry::Link))
    }

    /// The files with an ending below a folder, relative to it, sorted. Links are no files.
    pub(super) fn files(&self, folder: &str, ending: &str) -> Vec<String> {
        let files = self.entries.iter().filter(|(_, entry)| matches!(entry, Entry::File { .. }));
        let below = files.filter_map(|(path, _)| path.strip_prefix(folder)?.strip_prefix('/'));
        below.filter(|path| path.ends_with(ending)).map(ToOwned::to_owned).collect()
    }
}

/// Git in a folder, with nothing of a user's among its options. Replaced objects and missing ones that would have to be
/// fetched are not what the revision's id stands for.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["--no-replace-objects", "--literal-pathspecs", "--no-pager"]);
    // In a hook these name the repository that the hook is run for.
    command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
    command.env("LC_ALL", "C").env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0");
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// The id of the commit that a name stands for.
fn resolve(folder: &Path, name: &str) -> Result<String, RevisionError> {
    if name.is_empty() || name.len() > MAX_NAME_BYTES || name.starts_with('-') || name.contains(char::is_control) {
        return Err(RevisionError::Name(name.to_owned()));
    }
    let inside = git(folder).args(["rev-parse", "--is-inside-work-tree"]).stderr(Stdio::piped()).output();
    let inside = inside.map_err(RevisionError::NotRun)?;
    if !inside.status.success() {
        let said = String::from_utf8_lossy(&inside.stderr);
        return Err(match said.contains("not a git repository") {
            true => RevisionError::NoRepository,
            false => RevisionError::Refused(said.lines().next().unwrap_or_default().to_owned()),
        });
    }
    let commit = format!("{name}^{{commit}}");
    let found = git(folder).args(["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).output();
    let found = found.map_err(RevisionError::NotRun)?;
    let id = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    if found.status.success() && is_object_id(&id) { Ok(id) } else { Err(RevisionError::Unknown(name.to_owned())) }
}

fn is_object_id(text: &str) -> bool {
    [40, 64].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What stands below the folder in a commit.
fn entries(folder: &Path, name: &str, commit: &str) -> Result<BTreeMap<String, Entry>, RevisionError> {
    let mut command = git(folder);
    command.args(["ls-tree", "-r", "-z", "--long", commit, "--"]).args(FOLDERS).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(RevisionError::NotRun)?;
    let mut listing = Vec::new();
    let stdout =
        child.stdout.take().map_or(Ok(0), |stdout| stdout.take(MAX_LISTING_BYTES + 1).read_to_end(&mut listing));
    let too_many = listing.len() as u64 > MAX_LISTING_BYTES;
    if too_many {
        // It would wait for a reader.
        let _ = child.kill();
    }
    let status = child.wait();
    stdout.map_err(RevisionError::NotRun)?;
    if too_many {
        return Err(RevisionError::TooMany { revision: name.to_owned(), bytes: MAX_LISTING_BYTES });
    }
    if !status.map_err(RevisionError::NotRun)?.success() {
        return Err(RevisionError::Refused(format!("the files of `{name}` can't be listed")));
    }
    Ok(listing.split(|byte| *byte == 0).filter_map(entry).collect())
}

/// One line of the listing: `100644 blob OBJECT BYTES<tab>PATH`. What is neither file nor link (another repository) is
/// left out, and so is a path that no definition could name.
fn entry(line: &[u8]) -> Option<(String, Entry)> {
    let (head, path) = std::str::from_utf8(line).ok()?.split_once('\t')?;
    let mut words = head.split_ascii_whitespace();
    let (mode, kind, object, bytes) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let entry = match (mode, kind) {
        ("120000", _) => Entry::Link,
        (_, "blob") if is_object_id(object) => Entry::File { object: object.to_owned(), bytes: bytes.parse().ok()? },
        _ => return None,
    };
    Some((path.to_owned(), entry))
}

/// A process of git that hands out objects by their ids.
#[derive(Debug)]
struct Objects {
    child: Child,
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    fn of(folder: &Path) -> io::Result<Self> {
        let mut command = git(folder);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let asks = child.stdin.take();
        let answers = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self { child, asks, answers: BufReader::new(answers) })
    }

    /// The bytes of a file, which are as many as the listing said.
    fn blob(&mut self, object: &str, bytes: u64) -> io::Result<Vec<u8>> {
        let asks = self.asks.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(asks, "{object}")?;
        asks.flush()?;
        let mut head = Vec::new();
        (&mut self.answers).take(256).read_until(b'\n', &mut head)?;
        if head != format!("{object} blob {bytes}\n").as_bytes() {
            let said = String::from_utf8_lossy(&head).trim().to_owned();
            return Err(io::Error::other(format!("git answers `{said}`")));
        }
        let mut blob = Vec::new();
        (&mut self.answers).take(bytes).read_to_end(&mut blob)?;
        let mut end = [0];
        self.answers.read_exact(&mut end)?;
        if blob.len() as u64 == bytes { Ok(blob) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // With nothing left to ask it ends.
        self.asks = None;
        let _ = self.child.wait();
    }
}
