//! Which files a source on a local disk has.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use codeanatomy_model::{Language, Languages};

use super::module::{Packages, packages_around, stem};
use super::place::{Ignored, Kind, Place, text, unreadable};
use super::{Entry, Globs, Stat};
use crate::language::built_in;

/// The most bytes that room is made for before there are any.
const USUAL_BYTES: usize = 64 << 20;

/// Why the files of a source could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// There is nothing at the path of the source.
    #[error("no file or folder {path:?}: the source must be an existing folder or source file")]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// The source is a file of no known language, or no file at all.
    #[error(
        "{path:?} is neither a folder nor a file of a language that is built in ({suffixes}): give one of these as the source"
    )]
    NoLanguage {
        /// The path as given.
        path: PathBuf,
        /// What the names of such files end in.
        suffixes: String,
    },
    /// The source is a file of a language that this build leaves out.
    #[error("{path:?} is in {language}, which is not built in")]
    NotBuiltIn {
        /// The path as given.
        path: PathBuf,
        /// The language.
        language: &'static str,
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

/// The files of a source on a local disk, in the order of the bytes of their paths.
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
        let path = self.place(entry);
        regular(&path)?;
        std::fs::read(path)
    }

    /// The bytes of a file of the list, and what the disk said of it before and after they were read, if that is the same.
    pub fn read_with_stat(&self, entry: &Entry) -> io::Result<(Vec<u8>, Option<Stat>)> {
        let path = self.place(entry);
        regular(&path)?;
        let mut file = File::open(&path)?;
        let before = file.metadata()?;
        let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0).min(USUAL_BYTES));
        file.read_to_end(&mut bytes)?;
        let stat = Stat::of(&before).filter(|stat| stat.size == bytes.len() as u64);
        let stat = stat.filter(|stat| file.metadata().is_ok_and(|after| Stat::of(&after) == Some(*stat)));
        Ok((bytes, stat))
    }

    /// What the disk says of a file of the list now.
    pub fn stat(&self, entry: &Entry) -> Option<Stat> {
        Stat::of(&std::fs::symlink_metadata(self.place(entry)).ok()?)
    }

    /// The folder that paths are relative to.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn place(&self, entry: &Entry) -> PathBuf {
        let odd = self.odd.get(&entry.path).cloned();
        odd.unwrap_or_else(|| self.root.join(&entry.path))
    }

    /// A file of the list, to be read piece by piece.
    pub fn open(&self, entry: &Entry) -> io::Result<File> {
        let path = self.place(entry);
        regular(&path)?;
        File::open(path)
    }

    /// The bytes of any regular file below the source, and when it was changed, in seconds since 1970.
    pub fn read_beside(&self, path: &str) -> io::Result<(Vec<u8>, Option<i64>)> {
        let path = self.root.join(path);
        let modified = regular(&path)?.modified().ok();
        let seconds = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let seconds = seconds.and_then(|s| i64::try_from(s.as_secs()).ok());
        Ok((std::fs::read(path)?, seconds))
    }
}

/// What the disk says of a regular file. A file may have been replaced since it was listed: a pipe would never end.
fn regular(path: &Path) -> io::Result<Metadata> {
    let metadata = std::fs::symlink_metadata(path)?;
    match metadata.is_file() {
        true => Ok(metadata),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
    }
}

/// What a walk has found, in no order.
#[derive(Default)]
struct Found {
    files: Vec<(String, Language, u64)>,
    inits: Vec<String>,
    odd: BTreeMap<String, PathBuf>,
}

/// Lists the files of a folder that are written in these languages as far as they are built in, or the one file that
/// `source` is. Hidden files and those that `.gitignore`, `.ignore` or the excludes of the repository name are left out;
/// links are not followed. Of bytecode, what is ignored is listed too, and the folders `__pycache__`: it always is
/// ignored. Its folder, or that of the `__pycache__`, must be in scope.
pub fn walk(source: &Path, globs: &Globs, languages: Languages) -> Result<Listing, ListError> {
    walk_with_threads(source, globs, languages, 1)
}

/// The same list as of [`walk`], made by so many threads.
pub fn walk_with_threads(
    source: &Path,
    globs: &Globs,
    languages: Languages,
    threads: usize,
) -> Result<Listing, ListError> {
    let languages = languages.intersection(built_in());
    let source = Place::find(source)?;
    let root = source.root.clone();
    if let Some((file, language)) = &source.file {
        let path = text(file);
        if !languages.contains(*language) {
            return Ok(Listing::default());
        }
        let entry = |size| {
            let packages = Packages::new([path.as_str()].into_iter(), packages_around(&root));
            describe(path.clone(), *language, size, &packages)
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
    let found = Mutex::new(Found::default());
    let add = |path: String, entry: &ignore::DirEntry, kind: Option<Kind>, wanted: Languages| {
        if kind != Some(Kind::File) {
            return;
        }
        let Some(language) = Language::of_path(&path) else {
            return;
        };
        let is_init = language == Language::Python && path.rsplit('/').next().and_then(stem) == Some("__init__");
        let init = is_init.then(|| path.clone());
        let is_wanted = wanted.contains(language) && !globs.excludes(&path) && globs.includes(&path);
        let file = is_wanted.then(|| {
            // Where it is gone since it was listed, reading will say so.
            let size = entry.metadata().map_or(0, |metadata| metadata.len());
            let odd = odd_name(&path, entry.path().to_owned(), entry.path().as_os_str());
            (path, language, size, odd)
        });
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.inits.extend(init);
        if let Some((path, language, size, odd)) = file {
            found.odd.extend(odd);
            found.files.push((path, language, size));
        }
    };
    let (ignorable, compiled) = (
        languages.without(Language::Bytecode),
        languages.intersection(Languages::BYTECODE),
    );
    if !ignorable.is_empty() {
        source.each_visible(Some(globs), Ignored::Skipped, threads, |path, entry, kind| {
            add(path, entry, kind, ignorable);
        })?;
    }
    if !compiled.is_empty() {
        source.each_visible(Some(globs), Ignored::Bytecode, threads, |path, entry, kind| {
            add(path, entry, kind, compiled);
        })?;
    }
    let Found { mut files, inits, odd } = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.sort_unstable();
    let packages = Packages::new(inits.iter().map(String::as_str), packages_around(&root));
    let entries = files
        .into_iter()
        .map(|(path, language, size)| describe(path, language, size, &packages))
        .collect();
    Ok(Listing { entries, root, odd })
}

pub(super) fn describe(path: String, language: Language, size: u64, packages: &Packages) -> Entry {
    let (module, is_package) = packages.module(&path);
    Entry {
        path,
        language,
        size,
        module,
        is_package,
    }
}

fn odd_name(path: &str, place: PathBuf, name: &OsStr) -> Option<(String, PathBuf)> {
    name.to_str().is_none().then(|| (path.to_owned(), place))
}
