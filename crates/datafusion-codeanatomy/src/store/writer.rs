//! Writing a version: all or nothing.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, Result, exec_datafusion_err, exec_err};

use super::file::ParquetFile;
use super::{Manifest, TableRecord};

/// The file that names the current version.
pub(super) const CURRENT: &str = "CURRENT";
/// The folder of the versions.
pub(super) const VERSIONS: &str = "versions";
/// The file in a version that says what it is.
pub(super) const MANIFEST: &str = "manifest.json";
const RUNS: &str = "runs";
const UNFINISHED: &str = "unfinished";

/// A version on its way. Dropped before [`VersionWriter::commit`], it leaves nothing behind that a reader sees.
#[derive(Debug)]
pub(crate) struct VersionWriter {
    root: PathBuf,
    folder: PathBuf,
    committed: bool,
    /// Held until the writer is dropped, so that two builds do not write into one folder.
    _lock: File,
}

impl VersionWriter {
    /// Begins a version in the store at `root`, which is made if it is not there.
    pub(crate) fn begin(root: &Path) -> Result<Self> {
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
        fs::create_dir_all(root.join(VERSIONS)).map_err(context)?;
        let lock = File::create(root.join("lock")).map_err(context)?;
        if lock.try_lock().is_err() {
            return exec_err!(
                "another build is writing into '{}'; wait until it has ended",
                root.display()
            );
        }
        let folder = root.join(UNFINISHED);
        if folder.exists() {
            // Left by a build that was killed: the lock says that it no longer runs.
            fs::remove_dir_all(&folder).map_err(context)?;
        }
        fs::create_dir(&folder).map_err(context)?;
        Ok(Self {
            root: root.to_path_buf(),
            folder,
            committed: false,
            _lock: lock,
        })
    }

    /// Begins a table of the version.
    pub(crate) fn table(&self, name: &str, schema: &SchemaRef, order: &[&str]) -> Result<TableWriter> {
        let file = ParquetFile::create(&self.folder, &format!("{name}.parquet"), schema, order)?;
        let order = order.iter().map(|s| (*s).to_string()).collect();
        Ok(TableWriter {
            name: name.to_string(),
            order,
            schema: Arc::clone(schema),
            rows: 0,
            file,
            waiting: vec![],
        })
    }

    /// Makes the version current. Gives its folder.
    pub(crate) fn commit(mut self, manifest: &Manifest) -> Result<PathBuf> {
        let json = manifest.to_json().map_err(|e| DataFusionError::External(Box::new(e)))?;
        write_synced(&self.folder.join(MANIFEST), json.as_bytes())?;
        let name = blake3::hash(json.as_bytes()).to_hex()[..16].to_string();
        let versions = self.root.join(VERSIONS);
        let folder = versions.join(&name);
        if folder.exists() {
            // The same content was built before, and its folder may be in use.
            fs::remove_dir_all(&self.folder)?;
        } else {
            sync_folder(&self.folder)?;
            fs::rename(&self.folder, &folder)?;
            sync_folder(&versions)?;
        }
        let previous = fs::read_to_string(self.root.join(CURRENT))
            .ok()
            .map(|s| s.trim().to_string());
        let pointer = self.root.join(format!("{CURRENT}.new"));
        write_synced(&pointer, format!("{name}\n").as_bytes())?;
        fs::rename(&pointer, self.root.join(CURRENT))?;
        sync_folder(&self.root)?;
        self.committed = true;
        if previous.as_deref() != Some(&name) {
            self.remove_others(&[Some(name), previous])?;
        }
        Ok(folder)
    }

    /// Writes the record of a run, which is no part of the version.
    pub(crate) fn write_run(root: &Path, name: &str, record: &str) -> Result<()> {
        let runs = root.join(RUNS);
        fs::create_dir_all(&runs)?;
        write_synced(&runs.join(name), record.as_bytes())
    }

    fn remove_others(&self, keep: &[Option<String>]) -> Result<()> {
        for entry in fs::read_dir(self.root.join(VERSIONS))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !keep.iter().flatten().any(|k| *k == name) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

impl Drop for VersionWriter {
    fn drop(&mut self) {
        if !self.committed {
            // Best effort: what is left is removed by the next build.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Rows that are handed to the file at once: what the file's bytes depend on is the rows, not how they came.
const CHUNK: usize = 1 << 16;

/// A table on its way.
pub(crate) struct TableWriter {
    name: String,
    order: Vec<String>,
    schema: SchemaRef,
    rows: u64,
    file: ParquetFile,
    waiting: Vec<RecordBatch>,
}

impl TableWriter {
    /// Adds rows, which come in the table's order.
    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.rows += rows.num_rows() as u64;
        let waiting: usize = self.waiting.iter().map(RecordBatch::num_rows).sum::<usize>() + rows.num_rows();
        if waiting < CHUNK {
            self.waiting.push(compact(rows)?);
            return Ok(());
        }
        self.waiting.push(rows.clone());
        let rows = concat_batches(&self.schema, &std::mem::take(&mut self.waiting))?;
        let whole = waiting - waiting % CHUNK;
        for start in (0..whole).step_by(CHUNK) {
            self.file.write(&rows.slice(start, CHUNK))?;
        }
        self.waiting.push(compact(&rows.slice(whole, waiting - whole))?);
        Ok(())
    }

    /// Completes the table.
    pub(crate) fn finish(mut self) -> Result<TableRecord> {
        self.file.write(&concat_batches(&self.schema, &self.waiting)?)?;
        Ok(TableRecord {
            name: self.name,
            rows: self.rows,
            order: self.order,
            file: self.file.finish()?,
        })
    }
}

/// The rows without the buffers that they share with rows that are done: a few rows that wait must not keep a whole part
/// in memory.
fn compact(rows: &RecordBatch) -> Result<RecordBatch> {
    let compact = |column: &ArrayRef| match column.as_string_view_opt() {
        Some(text) => Arc::new(text.gc()) as ArrayRef,
        None => Arc::clone(column),
    };
    Ok(RecordBatch::try_new(
        rows.schema(),
        rows.columns().iter().map(compact).collect(),
    )?)
}

fn is_store_or_empty(root: &Path) -> std::io::Result<bool> {
    let known = [CURRENT, VERSIONS, RUNS, UNFINISHED, "lock", "CURRENT.new"];
    for entry in fs::read_dir(root)? {
        if !known.iter().any(|k| entry.as_ref().is_ok_and(|e| e.file_name() == *k)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn write_synced(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    Ok(file.sync_all()?)
}

/// Makes renames in `folder` durable, where folders can be opened.
fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
