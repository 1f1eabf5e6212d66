//! Rows of files out of the persistent cache, where it has them.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use codeanatomy_cache::{Cache, CachedRows, ContentHash, FileHash, Key};
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{Contract, Language};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::common::{Result, exec_err, internal_err};

use crate::settings::Settings;
use crate::source::Files;

/// Opens the cache in a folder, as large as sessions let it become unless they say otherwise.
pub(super) fn open(folder: &Path) -> Result<Arc<Cache>> {
    match Cache::open(folder, Settings::default().cache_bytes as u64) {
        Ok(cache) => Ok(cache),
        Err(error) => exec_err!(
            "the cache '{}' is no folder and cannot be made one: {error}; name another, or build without",
            folder.display()
        ),
    }
}

/// Gives the rows of some datasets for files: those that the cache has for the same content, and else those of an extraction, which the cache has
/// from then on. Files are read in any case, since a graph says which content it is of.
pub(super) struct CachedExtraction {
    cache: Arc<Cache>,
    limits: Options,
    contracts: Vec<&'static Contract>,
    /// What a thread works with. It is kept for the next part, so that the cache gets few and large packs.
    idle: Mutex<Vec<Worker>>,
}

impl CachedExtraction {
    /// For all columns of `contracts`.
    pub(super) fn new(cache: &Arc<Cache>, limits: Options, contracts: Vec<&'static Contract>) -> Self {
        Self {
            cache: Arc::clone(cache),
            limits,
            contracts,
            idle: Mutex::default(),
        }
    }

    /// The rows of a run of files, one batch for each contract.
    pub(super) fn rows(&self, files: &Files, part: Range<usize>) -> Result<Vec<RecordBatch>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = match idle {
            Some(worker) => worker,
            None => Worker::new(self)?,
        };
        let mut reader = files.reader();
        let entries = &files.entries[part];
        let mut batches: Vec<Vec<RecordBatch>> = self.contracts.iter().map(|_| vec![]).collect();
        for (i, entry) in entries.iter().enumerate() {
            reader.expect(entries[i..].iter());
            let rows = worker.rows(entry, reader.read(entry))?;
            batches.iter_mut().zip(rows).for_each(|(all, rows)| all.push(rows));
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        let whole = |(contract, rows): (&&Contract, Vec<RecordBatch>)| Ok(concat_batches(&contract.schema(), &rows)?);
        self.contracts.iter().zip(batches).map(whole).collect()
    }
}

struct Worker {
    extractor: Extractor,
    datasets: Vec<Dataset>,
}

struct Dataset {
    contract: &'static Contract,
    stored: CachedRows,
    /// The columns that the cache keeps.
    columns: Vec<usize>,
    /// Makes the other columns, which need no parse.
    others: Option<(Vec<usize>, Extractor)>,
}

impl Worker {
    fn new(of: &CachedExtraction) -> Result<Self> {
        let request = Request::new(of.limits);
        let request = of.contracts.iter().fold(request, |r, c| r.with(c, None));
        let datasets = of.contracts.iter().map(|c| Dataset::new(&of.cache, of.limits, c));
        Ok(Self {
            extractor: Extractor::new(&request)?,
            datasets: datasets.collect::<Result<_>>()?,
        })
    }

    fn rows(&mut self, entry: &Entry, bytes: io::Result<Vec<u8>>) -> Result<Vec<RecordBatch>> {
        let hash = match &bytes {
            // The rows of bytecode depend on its source too.
            Ok(bytes) if entry.language != Language::Bytecode => {
                Some(FileHash::new(entry, &ContentHash::of(bytes), None))
            }
            _ => None,
        };
        if let (Some(hash), Ok(bytes)) = (&hash, &bytes) {
            let mut has_all = true;
            for dataset in &mut self.datasets {
                has_all = has_all && dataset.stored.find(&dataset.stored.key(hash))?;
            }
            if has_all {
                return self.datasets.iter_mut().map(|d| d.found(entry, bytes)).collect();
            }
        }
        self.extractor.add(entry, bytes);
        let mut all = vec![];
        for dataset in &mut self.datasets {
            let Some(table) = self.extractor.table(dataset.contract.name) else {
                return internal_err!("the extractor has no table {}", dataset.contract.name);
            };
            let rows = table.take()?;
            dataset.keep(hash.as_ref().map(|hash| dataset.stored.key(hash)), &rows)?;
            all.push(rows);
        }
        Ok(all)
    }
}

impl Dataset {
    fn new(cache: &Arc<Cache>, limits: Options, contract: &'static Contract) -> Result<Self> {
        let all = 0..contract.columns.len();
        let (columns, others): (Vec<_>, Vec<_>) = all.partition(|i| CachedRows::keeps(contract, &[*i]));
        let others = match others.is_empty() {
            true => None,
            false => {
                let request = Request::new(limits).with(contract, Some(others.clone()));
                Some((others, Extractor::new(&request)?))
            }
        };
        Ok(Self {
            contract,
            stored: CachedRows::new(cache, contract, &columns, limits, None)?,
            columns,
            others,
        })
    }

    /// The rows that were found of a file, with all columns.
    fn found(&mut self, entry: &Entry, bytes: &[u8]) -> Result<RecordBatch> {
        let kept = self.stored.take()?;
        let kept = concat_batches(&Arc::new(self.contract.schema().project(&self.columns)?), &kept)?;
        let Some((others, extractor)) = &mut self.others else {
            return Ok(kept);
        };
        extractor.add(entry, Ok(bytes.to_vec()));
        let Some(table) = extractor.table(self.contract.name) else {
            return internal_err!("the extractor has no table {}", self.contract.name);
        };
        let made = table.take()?;
        let column = |i: usize| match others.iter().position(|other| *other == i) {
            Some(at) => Arc::clone(made.column(at)),
            None => Arc::clone(kept.column(self.columns.iter().take_while(|column| **column < i).count())),
        };
        let columns = (0..self.contract.columns.len()).map(column).collect();
        Ok(RecordBatch::try_new(self.contract.schema(), columns)?)
    }

    /// Has the cache keep rows that were extracted.
    fn keep(&mut self, key: Option<Key>, rows: &RecordBatch) -> Result<()> {
        // What was found before another dataset was not.
        self.stored.take()?;
        if let Some(key) = key
            && !self.stored.find(&key)?
        {
            self.stored.add(Some(key), &rows.project(&self.columns)?)?;
        }
        self.stored.take()?;
        Ok(())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        for dataset in &mut self.datasets {
            if let Some(error) = dataset.stored.finish() {
                let name = dataset.contract.name;
                log::warn!("the cache could not be used as it should be for {name}: {error}");
            }
        }
    }
}
