//! Which files a source on a local disk has.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::module::{Packages, packages_around, stem};
use super::place::{Kind, Place, text, unreadable};
use super::{Entry, Globs};

/// Why the files of a source could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// There is nothing at the path of the source.
    #[error("no file or folder {path:?}: the source must be an existing folder or Python file")]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// The source is neither a folder nor a Python file.
    #[error("{path:?} is neither a folder nor a Python file (.py, .pyi, .pyw): give one of these as the source")]
    NotPython {
        /// The path as given.
        path: PathBuf,
    },
    /// A folder cannot be read.
    #[error("cannot read {path:?}: {error}; make it readable or leave it out by `exclude`")]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// An option is no glob.
    #[error("bad glob {glob:?}: {reason}; write it as a line of a .gitignore file, such as *.py or /tests/**")]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The Python files of a source on a local disk, in the order of the bytes of their paths.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The files.
    pub entries: Vec<Entry>,
    root: PathBuf,
    /// Where the files are whose names are not UTF-8.
    odd: BTreeMap<String, PathBuf>,
}

impl Listing {
    /// The bytes of a file of the list.
    pub fn read(&self, entry: &Entry) -> io::Result<Vec<u8>> {
        let path = self
            .odd
            .get(&entry.path)
            .cloned()
            .unwrap_or_else(|| self.root.join(&entry.path));
        // The file may have been replaced since: a pipe would never end.
        if !std::fs::symlink_metadata(&path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        std::fs::read(path)
    }
}

/// Lists the Python files of a folder, or the one file that `source` is. Hidden files and those that `.gitignore`,
/// `.ignore` or the excludes of the repository name are left out; links are not followed.
pub fn walk(source: &Path, globs: &Globs) -> Result<Listing, ListError> {
    let source = Place::find(source)?;
    let root = source.root.clone();
    if let Some(file) = &source.file {
        let path = text(file);
        let entry = |size| {
            let packages = Packages::new([path.as_str()].into_iter(), packages_around(&root));
            describe(path.clone(), size, &packages)
        };
        let size = root
            .join(file)
            .metadata()
            .map_err(|error| unreadable(&root.join(file), error))?
            .len();
        let odd = odd_name(&path, root.join(file), file);
        return Ok(Listing {
            entries: vec![entry(size)],
            root,
            odd: odd.into_iter().collect(),
        });
    }
    let mut files: Vec<(String, u64)> = Vec::new();
    let mut inits: Vec<String> = Vec::new();
    let mut odd = BTreeMap::new();
    source.each_visible(Some(globs), |path, entry, kind| {
        if kind != Some(Kind::File) {
            return Ok(());
        }
        let Some(stem) = path.rsplit('/').next().and_then(stem) else {
            return Ok(());
        };
        if stem == "__init__" {
            inits.push(path.clone());
        }
        if globs.excludes(&path) || !globs.includes(&path) {
            return Ok(());
        }
        let size = match entry.metadata() {
            Ok(metadata) => metadata.len(),
            // Gone since it was listed: reading will say so.
            Err(_) => 0,
        };
        odd.extend(odd_name(&path, entry.path().to_owned(), entry.path().as_os_str()));
        files.push((path, size));
        Ok(())
    })?;
    files.sort_unstable();
    let packages = Packages::new(inits.iter().map(String::as_str), packages_around(&root));
    let entries = files
        .into_iter()
        .map(|(path, size)| describe(path, size, &packages))
        .collect();
    Ok(Listing { entries, root, odd })
}

fn describe(path: String, size: u64, packages: &Packages) -> Entry {
    let (module, is_package) = packages.module(&path);
    Entry {
        path,
        size,
        module,
        is_package,
    }
}

fn odd_name(path: &str, place: PathBuf, name: &OsStr) -> Option<(String, PathBuf)> {
    name.to_str().is_none().then(|| (path.to_owned(), place))
}
