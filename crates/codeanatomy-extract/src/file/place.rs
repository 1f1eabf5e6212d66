//! A source on a local disk and what is visible below it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use codeanatomy_model::Language;
use ignore::overrides::OverrideBuilder;
use ignore::{WalkBuilder, WalkState};

use super::{Globs, ListError};
use crate::language::{built_in, suffixes};

/// A path as text. Bytes that are not UTF-8 are written `\xff`.
pub(super) fn text(path: &OsStr) -> String {
    let mut text = String::with_capacity(path.len());
    for chunk in path.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    if std::path::MAIN_SEPARATOR == '/' {
        text
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

pub(super) fn unreadable(path: &Path, error: io::Error) -> ListError {
    ListError::Unreadable {
        path: path.to_owned(),
        error,
    }
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

impl Kind {
    pub(super) fn of(kind: std::fs::FileType) -> Self {
        if kind.is_symlink() {
            Self::Link
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_file() {
            Self::File
        } else {
            Self::Other
        }
    }
}

/// What becomes of files that are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ignored {
    /// They are left out.
    Skipped,
    /// Bytecode is found all the same, and nothing else is.
    Bytecode,
}

/// Where a source is.
#[derive(Debug)]
pub(super) struct Place {
    /// The folder.
    pub(super) root: PathBuf,
    /// The file and what it is written in, if it is one.
    pub(super) file: Option<(std::ffi::OsString, Language)>,
}

impl Place {
    pub(super) fn find(source: &Path) -> Result<Self, ListError> {
        let error = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => ListError::Missing {
                path: source.to_owned(),
            },
            _ => unreadable(source, error),
        };
        let path = std::fs::canonicalize(source).map_err(error)?;
        let metadata = path.metadata().map_err(error)?;
        if metadata.is_dir() {
            return Ok(Self { root: path, file: None });
        }
        let language = path.file_name().and_then(|name| Language::of_path(&text(name)));
        match (path.file_name(), path.parent(), language) {
            (Some(name), Some(parent), Some(language)) if metadata.is_file() => {
                if !built_in().contains(language) {
                    return Err(ListError::NotBuiltIn {
                        path: source.to_owned(),
                        language: language.name(),
                    });
                }
                Ok(Self {
                    root: parent.to_owned(),
                    file: Some((name.to_owned(), language)),
                })
            }
            _ => Err(ListError::NoLanguage {
                path: source.to_owned(),
                suffixes: suffixes(built_in()),
            }),
        }
    }

    /// Calls `f` with everything below the folder that is neither hidden nor ignored, and not in a folder that `exclude`
    /// names: its relative path, entry and kind. So many threads call it, in no order. Fails with the first path that cannot be
    /// read.
    pub(super) fn each_visible(
        &self,
        globs: Option<&Globs>,
        ignored: Ignored,
        threads: usize,
        f: impl Fn(String, &ignore::DirEntry, Option<Kind>) + Sync,
    ) -> Result<(), ListError> {
        let mut builder = WalkBuilder::new(&self.root);
        // Ignore files above the source count as far as its repository reaches, and what is set for the user does not
        // count: the same tree gives the same files everywhere.
        let in_repository = self.root.ancestors().skip(1).any(|folder| folder.join(".git").exists());
        builder
            .require_git(false)
            .git_global(false)
            .parents(in_repository)
            .follow_links(false);
        if ignored == Ignored::Bytecode {
            builder.overrides(bytecode(&self.root)?);
        }
        if let Some(globs) = globs.cloned() {
            let root = self.root.clone();
            builder.filter_entry(move |entry| {
                let is_folder = entry.file_type().is_some_and(|t| t.is_dir());
                !is_folder || relative(entry.path(), &root).is_none_or(|path| !globs.excludes_folder(&path))
            });
        }
        let failed: Mutex<Option<(PathBuf, io::Error)>> = Mutex::default();
        let visit = |entry: Result<ignore::DirEntry, ignore::Error>| match entry {
            Ok(entry) => {
                if let Some(path) = relative(entry.path(), &self.root) {
                    f(path, &entry, entry.file_type().map(Kind::of));
                }
            }
            Err(error) => {
                let path = path_of(&error).unwrap_or_else(|| self.root.clone());
                // It may be gone since its folder was listed.
                let error = error.into_io_error().filter(|e| e.kind() != io::ErrorKind::NotFound);
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                let is_first = failed.as_ref().is_none_or(|(first, _)| path < *first);
                *failed = error.filter(|_| is_first).map(|e| (path, e)).or(failed.take());
            }
        };
        if threads <= 1 {
            builder.build().for_each(visit);
        } else {
            builder.threads(threads).build_parallel().run(|| {
                Box::new(|entry| {
                    visit(entry);
                    WalkState::Continue
                })
            });
        }
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(()), |(path, error)| Err(unreadable(&path, error)))
    }

    /// The folders and files that [`Self::each_visible`] finds.
    pub(super) fn visible(&self) -> Result<(BTreeSet<String>, BTreeSet<String>), ListError> {
        let found = Mutex::new((BTreeSet::new(), BTreeSet::new()));
        self.each_visible(None, Ignored::Skipped, 1, |path, _, kind| {
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            match kind {
                Some(Kind::Folder) => found.0.insert(path),
                _ => found.1.insert(path),
            };
        })?;
        Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Picks the files of bytecode, whatever says that they are ignored, and no other file.
fn bytecode(root: &Path) -> Result<ignore::overrides::Override, ListError> {
    let error = |error: ignore::Error| unreadable(root, io::Error::other(error));
    let mut builder = OverrideBuilder::new(root);
    for glob in ["*.pyc", "__pycache__/"] {
        builder.add(glob).map_err(error)?;
    }
    // A pattern that matches a hidden name would bring it back.
    builder.add("!.*").map_err(error)?;
    builder.build().map_err(error)
}

/// The path below `root`; none for `root` itself.
fn relative(path: &Path, root: &Path) -> Option<String> {
    let path = path.strip_prefix(root).ok()?;
    (!path.as_os_str().is_empty()).then(|| text(path.as_os_str()))
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}
