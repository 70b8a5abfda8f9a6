//! The only reader of authored files: definitions, scripts, tables and cases of a workspace. Nothing outside its
//! folder is ever read.

mod arrangement;
mod case;
mod evaluate;
mod file;
mod flaw;
mod kept;
mod layer;
mod load;
mod mutation;
mod neighbour;
mod revision;
mod scaffold;
mod template;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{diagnostic::Source, script::Functions};
use revision::Revision;

pub use arrangement::LoadedArrangement;
pub use case::CaseName;
pub use evaluate::NotLoaded;
pub use layer::Definition;
pub use load::Loaded;
pub use mutation::{Killer, Mutation, Survivor};
pub use revision::RevisionError;
pub use scaffold::{NotMade, Scaffold};
pub use template::Template;

/// A folder with `programs/`, `rules/`, `tests/` and, where needed, `tables/`.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    files: Files,
    functions: Functions,
    /// A file that is read as something else than what it says.
    edited: Option<Arc<Source>>,
}

/// Where its files are read from.
#[derive(Debug, Clone)]
enum Files {
    /// From the folder, as they are.
    Folder,
    /// From git, as they were.
    Revision(Revision),
    /// From memory, as they were kept.
    Kept(Arc<BTreeMap<String, Vec<u8>>>),
}

/// Why a workspace can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// No folder up from here has `programs/`.
    #[error("there is no folder `programs/` here or above")]
    NotFound,
    /// No folder up from here has `programs/`, and this one holds something else.
    #[error("there is no folder `programs/` here or above, and this folder is not empty")]
    NotEmpty,
    /// A path leaves the workspace.
    #[error("`{path}` is not a path inside the workspace")]
    Outside {
        /// The path as written.
        path: String,
    },
    /// A path of a revision is a link, or leads over one.
    #[error("`{path}` is a link, and links of a revision are not followed")]
    Link {
        /// The path.
        path: String,
    },
    /// A file is larger than can be wanted.
    #[error("`{path}` is larger than {bytes} bytes")]
    TooLarge {
        /// The path.
        path: String,
        /// The bound.
        bytes: u64,
    },
    /// A file isn't text.
    #[error("`{path}` is not UTF-8 text")]
    NotText {
        /// The path.
        path: String,
    },
    /// The system refuses.
    #[error("`{path}` can't be read")]
    Unreadable {
        /// The path.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The system refuses.
    #[error("`{path}` can't be written")]
    Unwritable {
        /// The path.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl Workspace {
    /// The workspace that a folder lies in: itself, or the nearest above it with `programs/`.
    pub fn find(start: &Path) -> Result<Self, WorkspaceError> {
        let start = start.canonicalize().map_err(|_| WorkspaceError::NotFound)?;
        let root = start.ancestors().find(|folder| folder.join("programs").is_dir());
        let functions = Functions::standard();
        root.map(|root| Self { root: root.to_owned(), files: Files::Folder, functions, edited: None })
            .ok_or(WorkspaceError::NotFound)
    }

    /// The same workspace, whose rules may call these functions.
    #[must_use]
    pub fn with_functions(self, functions: Functions) -> Self {
        Self { functions, ..self }
    }

    /// The same workspace as it is in a revision of the git repository that it lies in. Nothing can be written to it.
    pub fn at(&self, revision: &str) -> Result<Self, RevisionError> {
        Ok(Self { files: Files::Revision(Revision::read(&self.root, revision)?), ..self.clone() })
    }

    /// The same workspace, in which a file says something else. Nothing is written.
    #[must_use]
    pub fn with_text(&self, source: Arc<Source>) -> Self {
        Self { edited: Some(source), ..self.clone() }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }
}
