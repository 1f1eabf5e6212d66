//! Writing a version: all or nothing.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use tempfile::TempDir;

use super::durable::remove_folder;
use super::file::ParquetFile;
use super::format::TableFormat;
use super::log::{CURRENT, Log, LogEntry, ReadLog, Stored};
use super::place::{Place, write_staged};
use super::{Manifest, TableWriter};

/// The folder of the versions.
pub(super) const VERSIONS: &str = "versions";
/// The file in a version that says what it is.
pub(super) const MANIFEST: &str = "manifest.json";
/// The folder of tables that have versions of their own.
pub const TABLES: &str = "tables";
pub(super) const UNFINISHED: &str = "unfinished";
const RUNS: &str = "runs";
const LOCK: &str = "lock";

/// What may stand in a store.
const KNOWN: [&str; 7] = [CURRENT, VERSIONS, RUNS, UNFINISHED, LOCK, TABLES, "CURRENT.new"];

/// A version on its way. Dropped before [`VersionWriter::commit`], it leaves nothing that a reader sees.
#[derive(Debug)]
pub(crate) struct VersionWriter {
    place: Place,
    log: ReadLog,
    staging: Staging,
}

/// What a commit gave.
#[derive(Debug, Clone)]
pub(crate) struct Committed {
    pub(crate) version: u64,
    /// Where the version's folder is.
    pub(crate) folder: String,
}

impl VersionWriter {
    /// Begins a version in the store at `place`, which is made if it is not there.
    pub(crate) async fn begin(place: &Place) -> Result<Self> {
        let staging = match place.local() {
            Some(root) => Staging::beside(root)?,
            None => Staging::elsewhere()?,
        };
        // Read behind the lock, so that it stays what it is until the commit.
        let log = Log::read(place).await?;
        Ok(Self {
            place: place.clone(),
            log,
            staging,
        })
    }

    /// Begins a table of the version.
    pub(crate) fn table(&self, name: &str, schema: &SchemaRef, order: &[&str]) -> Result<TableWriter> {
        let file = ParquetFile::create(self.staging.folder(), &format!("{name}.parquet"), schema, order)?;
        Ok(TableWriter::new(name, schema, order, file))
    }

    /// Makes the version current, its tables stored by `format` if there is one.
    ///
    /// The same content as in the current version is no new version.
    pub(crate) async fn commit(self, manifest: &Manifest, format: Option<&dyn TableFormat>) -> Result<Committed> {
        let json = manifest.to_json()?;
        let hash = blake3::hash(json.as_bytes()).to_hex()[..16].to_string();
        let stored = format.map_or(Stored::Parquet, TableFormat::stored);
        let log = &self.log.log;
        if let Some(current) = log.current()
            && current.stored == stored
            && current.folder.rsplit('-').next() == Some(&hash)
        {
            return self.committed(current);
        }
        let mut entry = LogEntry {
            version: log.next_version(),
            folder: log.next_folder(&hash),
            stored,
            tables: BTreeMap::new(),
        };
        let staged = self.staging.folder();
        if let Some(format) = format {
            let previous = log.versions.iter().rev().find(|v| v.stored == stored);
            entry.tables = format.write(&self.place, staged, manifest, previous).await?;
        }
        write_staged(&staged.join(MANIFEST), json.as_bytes())?;
        let name = format!("{VERSIONS}/{}", entry.folder);
        self.place.bring_folder(staged, &name).await?;
        let mut versions = log.versions.clone();
        versions.push(entry.clone());
        self.log.replace(&self.place, versions).await?;
        self.committed(&entry)
    }

    fn committed(&self, entry: &LogEntry) -> Result<Committed> {
        Ok(Committed {
            version: entry.version,
            folder: self.place.location_of(&format!("{VERSIONS}/{}", entry.folder))?,
        })
    }
}

/// Writes the record of a run, which is no part of a version.
pub(crate) async fn write_run(place: &Place, name: &str, record: String) -> Result<()> {
    place.write(&format!("{RUNS}/{name}"), record.into_bytes()).await
}

/// The folder in which a version is made. What is left in it by a build that was killed is removed by the next one.
#[derive(Debug)]
pub(super) enum Staging {
    /// In the store itself, so that finishing is renaming. The lock keeps other builds away.
    Beside { folder: PathBuf, _lock: File },
    /// On this machine's disk, for a store that is elsewhere.
    Elsewhere(TempDir),
}

impl Staging {
    fn beside(root: &Path) -> Result<Self> {
        let context =
            |e: std::io::Error| exec_datafusion_err!("the folder '{}' cannot be written: {e}", root.display());
        if root.exists() && !root.is_dir() {
            return exec_err!("'{}' is a file; a graph is written into a folder", root.display());
        }
        if root.is_dir() && !is_store_or_empty(root).map_err(context)? {
            return exec_err!(
                "the folder '{}' holds other things than a graph; give an empty folder, or one that does not exist yet",
                root.display()
            );
        }
        fs::create_dir_all(root).map_err(context)?;
        let lock = lock(root)?;
        let folder = root.join(UNFINISHED);
        // Left by a build that was killed: the lock says that it no longer runs.
        remove_folder(&folder).map_err(context)?;
        fs::create_dir(&folder).map_err(context)?;
        Ok(Self::Beside { folder, _lock: lock })
    }

    fn elsewhere() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("codeanatomy-").tempdir();
        Ok(Self::Elsewhere(folder?))
    }

    fn folder(&self) -> &Path {
        match self {
            Self::Beside { folder, .. } => folder,
            Self::Elsewhere(folder) => folder.path(),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Self::Beside { folder, .. } = self {
            // Best effort: what is left is removed by the next build.
            let _ = remove_folder(folder);
        }
    }
}

/// Keeps other writers of the store in `root` away until it is dropped.
pub(super) fn lock(root: &Path) -> Result<File> {
    let context = |e: std::io::Error| exec_datafusion_err!("the folder '{}' cannot be written: {e}", root.display());
    let lock = File::create(root.join(LOCK)).map_err(context)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => exec_err!(
            "another build is writing into '{}'; wait until it has ended",
            root.display()
        ),
        Err(TryLockError::Error(e)) => Err(context(e)),
    }
}

fn is_store_or_empty(root: &Path) -> std::io::Result<bool> {
    for entry in fs::read_dir(root)? {
        let name = entry?.file_name();
        if !KNOWN.iter().any(|known| name == *known) {
            return Ok(false);
        }
    }
    Ok(true)
}
