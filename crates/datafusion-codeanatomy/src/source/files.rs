//! The files of a source once they are listed, and how their bytes come.

use std::io::{self, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use codeanatomy_extract::file::{Entry, Listing, Stat};

use super::commit::{Commit, CommitReader};
use super::objects::{ObjectReader, Objects};

/// Files in the order of the bytes of their paths, and where they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    pub(crate) entries: Arc<[Entry]>,
    at: At,
}

#[derive(Debug, Clone)]
enum At {
    Local(Arc<Listing>),
    Commit(Box<Commit>),
    Objects(Objects),
    Text(Arc<str>),
}

impl Default for At {
    fn default() -> Self {
        Self::Local(Arc::default())
    }
}

impl Files {
    pub(super) fn local(mut listing: Listing) -> Self {
        let entries = std::mem::take(&mut listing.entries).into();
        let at = At::Local(Arc::new(listing));
        Self { entries, at }
    }

    pub(super) fn commit(entries: Vec<Entry>, commit: Commit) -> Self {
        let at = At::Commit(Box::new(commit));
        Self {
            entries: entries.into(),
            at,
        }
    }

    pub(super) fn objects(entries: Vec<Entry>, objects: Objects) -> Self {
        let at = At::Objects(objects);
        Self {
            entries: entries.into(),
            at,
        }
    }

    pub(super) fn text(entries: Vec<Entry>, text: Arc<str>) -> Self {
        let at = At::Text(text);
        Self {
            entries: entries.into(),
            at,
        }
    }

    /// The same place with other files of it.
    pub(crate) fn with_entries(&self, entries: Vec<Entry>) -> Self {
        Self {
            entries: entries.into(),
            at: self.at.clone(),
        }
    }

    /// The folder on this disk in which the files are, if they are in one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.at {
            At::Local(listing) => Some(listing.root()),
            _ => None,
        }
    }

    /// Whether they come from an object store, which is waited for.
    pub(crate) fn are_objects(&self) -> bool {
        matches!(self.at, At::Objects(_))
    }

    /// Reads files one by one; objects on a thread that may wait.
    pub(crate) fn reader(&self) -> FileReader {
        match &self.at {
            At::Local(listing) => FileReader::Local(Arc::clone(listing)),
            At::Commit(commit) => FileReader::Commit(Box::new(commit.reader())),
            At::Objects(objects) => FileReader::Objects(objects.reader()),
            At::Text(text) => FileReader::Text(Arc::clone(text)),
        }
    }
}

/// What can be read piece by piece.
pub(crate) trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// Gives the bytes of files. For objects it must be used on a thread that may wait, of an asynchronous runtime.
pub(crate) enum FileReader {
    Local(Arc<Listing>),
    Commit(Box<CommitReader>),
    Objects(ObjectReader),
    Text(Arc<str>),
}

impl FileReader {
    /// The bytes of a file, or why they cannot be had.
    pub(crate) fn read(&mut self, entry: &Entry) -> io::Result<Vec<u8>> {
        match self {
            Self::Local(listing) => listing.read(entry),
            Self::Commit(reader) => reader.read(&entry.path),
            Self::Objects(reader) => reader.read(&entry.path),
            Self::Text(text) => Ok(text.as_bytes().to_vec()),
        }
    }

    /// What the disk says of a file now, if it is on one.
    pub(crate) fn stat(&self, entry: &Entry) -> Option<Stat> {
        match self {
            Self::Local(listing) => listing.stat(entry),
            _ => None,
        }
    }

    /// The bytes of a file, and what the disk said of it before and after, if that is the same.
    pub(crate) fn read_with_stat(&mut self, entry: &Entry) -> io::Result<(Vec<u8>, Option<Stat>)> {
        match self {
            Self::Local(listing) => listing.read_with_stat(entry),
            _ => Ok((self.read(entry)?, None)),
        }
    }

    /// The bytes of a file that need not be in scope, and when it was changed, in seconds since 1970, where the source
    /// keeps that as it was when the file was written.
    pub(crate) fn read_beside(&mut self, path: &str) -> io::Result<(Vec<u8>, Option<i64>)> {
        match self {
            Self::Local(listing) => listing.read_beside(path),
            Self::Commit(reader) => Ok((reader.read(path)?, None)),
            Self::Objects(reader) => Ok((reader.read(path)?, None)),
            Self::Text(_) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// A file, to be read piece by piece where that is possible.
    pub(crate) fn open(&mut self, entry: &Entry) -> io::Result<Box<dyn ReadSeek>> {
        Ok(match self {
            Self::Local(listing) => Box::new(listing.open(entry)?),
            _ => Box::new(Cursor::new(self.read(entry)?)),
        })
    }

    /// Says which files will be asked for next, so that those that come from afar are on their way.
    pub(crate) fn expect<'e>(&mut self, next: impl Iterator<Item = &'e Entry>) {
        if let Self::Objects(reader) = self {
            reader.expect(next);
        }
    }
}
