//! Writing a version: all or nothing.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, make_array};
use datafusion::arrow::compute::BatchCoalescer;
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
        Ok(TableWriter::new(name, schema, order, file))
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

/// Rows that are handed to the file at once. The file's writer looks for the end of a page after so many rows of a call,
/// and after more of them where an array carries no bits that say what is null; so the rows are copied into arrays of
/// just this length, which have such bits if and only if something in them is null. What the file's bytes depend on then
/// is the rows, not how they came. It divides the rows of a row group.
const CHUNK: usize = 1 << 16;

/// A table on its way.
pub(crate) struct TableWriter {
    name: String,
    order: Vec<String>,
    rows: u64,
    file: ParquetFile,
    chunks: BatchCoalescer,
}

impl TableWriter {
    pub(super) fn new(name: &str, schema: &SchemaRef, order: &[&str], file: ParquetFile) -> Self {
        Self {
            name: name.to_string(),
            order: order.iter().map(|s| (*s).to_string()).collect(),
            rows: 0,
            file,
            chunks: BatchCoalescer::new(Arc::clone(schema), CHUNK),
        }
    }

    /// Adds rows, which come in the table's order.
    pub(crate) fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.rows += rows.num_rows() as u64;
        self.chunks.push_batch(rows.clone())?;
        self.write_chunks()
    }

    fn write_chunks(&mut self) -> Result<()> {
        while let Some(chunk) = self.chunks.next_completed_batch() {
            self.file.write(&plain(&chunk)?)?;
        }
        Ok(())
    }

    /// Completes the table.
    pub(crate) fn finish(mut self) -> Result<TableRecord> {
        self.chunks.finish_buffered_batch()?;
        self.write_chunks()?;
        Ok(TableRecord {
            name: self.name,
            rows: self.rows,
            order: self.order,
            file: self.file.finish()?,
        })
    }
}

/// The rows, where no array has bits that say what is null but that nothing is: the coalescer leaves them where it copies
/// nothing.
fn plain(rows: &RecordBatch) -> Result<RecordBatch> {
    let plain = |column: &ArrayRef| match column.nulls() {
        Some(nulls) if nulls.null_count() == 0 => {
            let data = column.to_data().into_builder().nulls(None).build()?;
            Ok(make_array(data))
        }
        _ => Ok(Arc::clone(column)),
    };
    let columns = rows.columns().iter().map(plain).collect::<Result<_>>()?;
    Ok(RecordBatch::try_new(rows.schema(), columns)?)
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

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use datafusion::arrow::array::{BooleanArray, Int64Array, StringViewArray};
    use datafusion::arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    /// Rows with what decides where a page ends: texts that are long, texts that repeat, and nulls, of which some chunks
    /// have none.
    fn rows(range: Range<usize>) -> Result<RecordBatch> {
        let is_null = |i: usize| i / CHUNK % 2 == 1 && i.is_multiple_of(7);
        let some = |i: usize| (!is_null(i)).then_some(i);
        let paths = range.clone().map(|i| format!("a/path/of/file/{}.py", i / 900));
        let texts = range.clone().map(|i| some(i).map(|i| "x".repeat(i % 97)));
        let numbers = range.clone().map(|i| some(i).map(|i| i as i64 * 31 % 1009));
        let truths = range.map(|i| some(i).map(|i| i % 3 == 0));
        let columns: [(Field, ArrayRef); 4] = [
            (
                Field::new("path", DataType::Utf8View, false),
                Arc::new(StringViewArray::from_iter_values(paths)),
            ),
            (
                Field::new("text", DataType::Utf8View, true),
                Arc::new(texts.collect::<StringViewArray>()),
            ),
            (
                Field::new("number", DataType::Int64, true),
                Arc::new(numbers.collect::<Int64Array>()),
            ),
            (
                Field::new("truth", DataType::Boolean, true),
                Arc::new(truths.collect::<BooleanArray>()),
            ),
        ];
        let (fields, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }

    #[test]
    fn the_bytes_of_a_table_depend_on_its_rows_and_not_on_how_they_come() -> Result<()> {
        let count = 4 * CHUNK + 1000;
        let folder = tempfile::tempdir()?;
        let schema = rows(0..0)?.schema();
        let mut hashes = vec![];
        for cut in [count, 1000, CHUNK, CHUNK + 1, 50_000, 2 * CHUNK + 77] {
            let version = VersionWriter::begin(folder.path())?;
            let mut table = version.table("t", &schema, &["path"])?;
            for start in (0..count).step_by(cut) {
                table.write(&rows(start..count.min(start + cut))?)?;
            }
            hashes.push((cut, table.finish()?.file.hash));
        }
        let others = hashes.iter().filter(|(_, hash)| *hash != hashes[0].1);
        let others: Vec<usize> = others.map(|(cut, _)| *cut).collect();
        assert!(
            others.is_empty(),
            "cut into runs of {others:?} rows, the file has other bytes"
        );
        Ok(())
    }
}
