//! Reading and writing files inside the workspace, and nowhere else.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Component, Path, PathBuf},
};

use super::{Files, Workspace, WorkspaceError, revision::Unread};

/// The largest authored file, in bytes.
const MAX_FILE_BYTES: u64 = 256 << 20;

impl Workspace {
    /// The real path of a file under a folder of the workspace. It is plain, and no link leads out.
    fn inside(&self, folder: &str, path: &str) -> Result<PathBuf, WorkspaceError> {
        let outside = || WorkspaceError::Outside { path: path.to_owned() };
        let full = self.root.join(folder).join(path);
        let unreadable = |source| WorkspaceError::Unreadable { path: format!("{folder}/{path}"), source };
        let real = full.canonicalize().map_err(unreadable)?;
        if real.starts_with(&self.root) { Ok(real) } else { Err(outside()) }
    }

    /// The bytes of a file.
    pub(super) fn bytes(&self, folder: &str, path: &str) -> Result<Vec<u8>, WorkspaceError> {
        if !is_plain(path) {
            return Err(WorkspaceError::Outside { path: path.to_owned() });
        }
        let shown = || format!("{folder}/{path}");
        let unreadable = |source| WorkspaceError::Unreadable { path: shown(), source };
        if let Files::Kept(files) = &self.files {
            let bytes = files.get(&shown()).cloned();
            return bytes.ok_or_else(|| unreadable(io::ErrorKind::NotFound.into()));
        }
        if let Files::Revision(revision) = &self.files {
            let parts = Path::new(path).components().map(|part| part.as_os_str().to_string_lossy());
            let parts: Vec<_> = [folder.into()].into_iter().chain(parts).collect();
            let bytes = revision.bytes(&parts.join("/"), MAX_FILE_BYTES);
            return bytes.map_err(|unread| match unread {
                Unread::Missing => unreadable(io::ErrorKind::NotFound.into()),
                Unread::Link => WorkspaceError::Link { path: shown() },
                Unread::TooLarge => WorkspaceError::TooLarge { path: shown(), bytes: MAX_FILE_BYTES },
                Unread::Git(source) => unreadable(source),
            });
        }
        let real = self.inside(folder, path)?;
        #[expect(clippy::disallowed_methods, reason = "the workspace is the reader of authored files")]
        let file = fs::File::open(real).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(WorkspaceError::TooLarge { path: shown(), bytes: MAX_FILE_BYTES });
        }
        Ok(bytes)
    }

    /// The text of a file.
    pub(super) fn text(&self, folder: &str, path: &str) -> Result<String, WorkspaceError> {
        if let Some(edited) = self.edited.as_ref().filter(|edited| edited.path == format!("{folder}/{path}")) {
            return Ok(edited.text.clone());
        }
        let text = String::from_utf8(self.bytes(folder, path)?);
        let text = text.map_err(|_| WorkspaceError::NotText { path: format!("{folder}/{path}") })?;
        // Editors on Windows put a byte-order mark in front.
        Ok(text.strip_prefix('\u{FEFF}').map_or_else(|| text.clone(), ToOwned::to_owned))
    }

    /// The files with an ending below a folder, relative to it with `/`, sorted. Links aren't followed.
    pub(super) fn files(&self, folder: &str, ending: &str) -> Result<Vec<String>, WorkspaceError> {
        if let Files::Revision(revision) = &self.files {
            return Ok(revision.files(folder, ending));
        }
        if let Files::Kept(files) = &self.files {
            let below = files.keys().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
            return Ok(below.filter(|path| path.ends_with(ending)).map(str::to_owned).collect());
        }
        let mut files = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(relative) = folders.pop() {
            let path = self.root.join(folder).join(&relative);
            let unreadable = |source| WorkspaceError::Unreadable { path: format!("{folder}/{relative}"), source };
            if !path.is_dir() && relative.is_empty() {
                return Ok(files);
            }
            for entry in fs::read_dir(&path).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                let below = if relative.is_empty() { name } else { format!("{relative}/{name}") };
                let kind = entry.file_type().map_err(unreadable)?;
                if kind.is_dir() {
                    folders.push(below);
                } else if kind.is_file() && below.ends_with(ending) {
                    files.push(below);
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// Writes a file of the workspace as a whole: beside its place, then renamed.
    pub(super) fn write(&self, folder: &str, path: &str, text: &str) -> Result<(), WorkspaceError> {
        let unwritable = |source| WorkspaceError::Unwritable { path: format!("{folder}/{path}"), source };
        if !matches!(self.files, Files::Folder) {
            return Err(unwritable(io::ErrorKind::ReadOnlyFilesystem.into()));
        }
        let full = self.root.join(folder).join(path);
        let beside = full.with_extension("partial");
        let mut file = fs::File::create(&beside).map_err(unwritable)?;
        file.write_all(text.as_bytes()).map_err(unwritable)?;
        drop(file);
        fs::rename(&beside, &full).map_err(unwritable)
    }
}

/// Whether a path is relative and leads only downwards.
fn is_plain(path: &str) -> bool {
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    !path.is_empty() && plain && !path.contains('\\')
}
