//! What the bytes of files were, by what the disk says of the files: so that those which were not changed need not be read.
//!
//! ```text
//! file  = magic count:u64 known… checksum:u64                          the checksum, XXH3, is that of all before it
//! known = path:text device:u64 inode:u64 size:u64 modified:i64 changed:i64 content:32
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use codeanatomy_extract::file::Stat;
use xxhash_rust::xxh3::xxh3_64;

use crate::column::Bytes;
use crate::key::ContentHash;
use crate::pack::UNFINISHED;

const MAGIC: &[u8; 8] = b"CodeAnK1";
/// What the names of these files end in.
pub(crate) const KNOWN: &str = ".known";
/// More files of a folder are forgotten all at once: most of them must be gone.
const MOST: usize = 1 << 21;

/// The files of a source that were read before, by path. A file that was changed since shows, as far as [`Stat`] goes: one is only
/// noted that had been left alone for a while when it was read, as the index of git has it.
#[derive(Debug)]
pub struct KnownFiles {
    /// Where it is kept.
    path: PathBuf,
    inner: Mutex<Inner>,
    /// Held while it is saved: what was encoded first must not take the place of what was encoded last.
    saving: Mutex<()>,
}

/// A time by the clock of the disk, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Moment(i64);

#[derive(Debug, Default)]
struct Inner {
    files: BTreeMap<Box<str>, (Stat, ContentHash)>,
    is_changed: bool,
    bytes: usize,
}

impl KnownFiles {
    /// Those of the source at a place on the disk, kept in `folder`. What is damaged is as if it were not there.
    pub(crate) fn load(folder: &Path, source: &Path) -> Self {
        let name = blake3::hash(source.as_os_str().as_encoded_bytes()).to_hex();
        let path = folder.join(format!("{}{KNOWN}", &name[..32]));
        let mut inner = Inner::default();
        if let Some(files) = fs::read(&path).ok().and_then(|bytes| decode(&bytes)) {
            inner.bytes = files.keys().map(|path| size(path)).sum();
            inner.files = files;
        }
        Self {
            path,
            inner: Mutex::new(inner),
            saving: Mutex::default(),
        }
    }

    /// The hash of the bytes of a file, if it is known to be as it was.
    pub fn content(&self, path: &str, stat: &Stat) -> Option<ContentHash> {
        let inner = self.lock();
        let (known, content) = inner.files.get(path)?;
        (known == stat).then_some(*content)
    }

    /// The time, to be taken before files are read that are noted then; none if it cannot be had.
    pub fn moment(&self) -> Option<Moment> {
        self.time_of_disk().ok().map(Moment)
    }

    /// Notes that a file had this content when it was read after `moment`; `stat` is what the disk said of it before and after.
    pub fn note(&self, path: &str, stat: Stat, content: ContentHash, moment: Moment) {
        if !stat.is_settled(moment.0) {
            return;
        }
        let mut inner = self.lock();
        if inner.files.len() >= MOST {
            inner.files.clear();
            inner.bytes = 0;
        }
        if inner.files.insert(path.into(), (stat, content)).is_none() {
            inner.bytes += size(path);
        }
        inner.is_changed = true;
    }

    /// Puts what was noted onto the disk, if there is something.
    pub fn save(&self) -> io::Result<()> {
        let _saving = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = {
            let mut inner = self.lock();
            if !std::mem::take(&mut inner.is_changed) {
                return Ok(());
            }
            encode(&inner.files)
        };
        let mut file = self.unfinished()?;
        file.write_all(&bytes)?;
        file.persist(&self.path).map_err(|e| e.error)?;
        Ok(())
    }

    /// The memory that it takes.
    pub fn memory_size(&self) -> usize {
        self.lock().bytes
    }

    /// The clock that sets the times of files; it may be another than that of this process.
    fn time_of_disk(&self) -> io::Result<i64> {
        let modified = self.unfinished()?.as_file().metadata()?.modified()?;
        let since = modified.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
        i64::try_from(since.as_nanos()).map_err(io::Error::other)
    }

    fn unfinished(&self) -> io::Result<tempfile::NamedTempFile<File>> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        tempfile::Builder::new()
            .prefix("")
            .suffix(UNFINISHED)
            .tempfile_in(folder)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The memory of an entry.
fn size(path: &str) -> usize {
    path.len() + size_of::<(Box<str>, Stat, ContentHash)>()
}

fn encode(files: &BTreeMap<Box<str>, (Stat, ContentHash)>) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend((files.len() as u64).to_le_bytes());
    for (path, (stat, content)) in files {
        bytes.extend((path.len() as u64).to_le_bytes());
        bytes.extend(path.as_bytes());
        for number in [stat.device, stat.inode, stat.size] {
            bytes.extend(number.to_le_bytes());
        }
        for number in [stat.modified, stat.changed] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(content.0);
    }
    let checksum = xxh3_64(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// None if these are not the bytes that were written.
fn decode(bytes: &[u8]) -> Option<BTreeMap<Box<str>, (Stat, ContentHash)>> {
    let (body, checksum) = bytes.split_last_chunk::<8>()?;
    let mut body = Bytes(body.strip_prefix(MAGIC)?);
    if xxh3_64(&bytes[..bytes.len() - 8]).to_le_bytes() != *checksum {
        return None;
    }
    let count = body.u64()?;
    let mut files = BTreeMap::new();
    for _ in 0..count {
        let length = usize::try_from(body.u64()?).ok()?;
        let path = std::str::from_utf8(body.take(length)?).ok()?;
        let stat = Stat {
            device: body.u64()?,
            inode: body.u64()?,
            size: body.u64()?,
            modified: body.i64()?,
            changed: body.i64()?,
        };
        files.insert(path.into(), (stat, ContentHash(body.array()?)));
    }
    body.is_empty().then_some(files)
}
