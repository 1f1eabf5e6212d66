//! Rows of a scan that come from the persistent cache, and go into it.

use std::sync::Arc;

use codeanatomy_cache::{Beside, CachedRows, ContentHash, Counts, FileHash, Key, KnownFiles, Moment};
use codeanatomy_extract::file::{Entry, Stat};
use codeanatomy_extract::{Extractor, Request};
use codeanatomy_model::Family;
use datafusion::arrow::array::RecordBatch;
use datafusion::common::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder, MetricCategory};

use super::DatasetScanExec;
use crate::dataset::RowCaches;
use crate::settings::Settings;
use crate::source::FileReader;

/// The cache as one partition of a scan uses it.
pub(super) struct StoredRows {
    rows: CachedRows,
    /// What is to be extracted where the cache has nothing.
    pub(super) request: Request,
    dataset: &'static str,
    /// What is known of files on a disk.
    known: Option<Arc<KnownFiles>>,
    /// Before files were read that were not known.
    moment: Option<Moment>,
    seen: Counts,
    metrics: CacheMetrics,
}

/// They are there if a cache is used.
struct CacheMetrics {
    files_cached: Count,
    cache_repaired: Count,
    cache_failed: Count,
    bytes_read: Count,
    bytes_written: Count,
}

impl CacheMetrics {
    fn new(metrics: &ExecutionPlanMetricsSet, partition: usize) -> Self {
        let counter = |name, category| {
            MetricBuilder::new(metrics)
                .with_category(category)
                .counter(name, partition)
        };
        Self {
            files_cached: counter("files_cached", MetricCategory::Rows),
            cache_repaired: counter("cache_repaired", MetricCategory::Rows),
            cache_failed: counter("cache_failed", MetricCategory::Rows),
            bytes_read: counter("cache_bytes_read", MetricCategory::Bytes),
            bytes_written: counter("cache_bytes_written", MetricCategory::Bytes),
        }
    }
}

impl StoredRows {
    /// The cache that the session names, if what `extractor` is asked for is worth it: files would have to be parsed. Lines and
    /// hashes come from the bytes of a file as fast as from a cache.
    pub(super) fn open(
        scan: &DatasetScanExec,
        extractor: &Extractor,
        partition: usize,
        context: &TaskContext,
    ) -> Result<Option<Self>> {
        let config = context.session_config();
        let settings = Settings::of(config.options());
        let (contract, options) = (scan.dataset.contract, scan.dataset.source.limits());
        if settings.cache_dir.is_empty()
            // Its rows depend on other files too.
            || contract.family == Family::Modules
            || !contract.inputs.iter().any(|language| extractor.needs_parse(language))
            || !CachedRows::keeps(contract, &scan.projection)
        {
            return Ok(None);
        }
        let caches = config.get_extension::<RowCaches>().unwrap_or_default();
        let Some(cache) = caches.open(&settings)? else {
            return Ok(None);
        };
        let query = scan.dataset.options.query.as_ref();
        Ok(Some(Self {
            rows: CachedRows::new(&cache, contract, &scan.projection, options, query)?,
            request: CachedRows::request(contract, options, query),
            dataset: contract.name,
            known: scan
                .files
                .folder()
                .filter(|_| settings.cache_trusts_times)
                .map(|folder| cache.known_files(folder)),
            moment: None,
            seen: Counts::default(),
            metrics: CacheMetrics::new(&scan.metrics, partition),
        }))
    }

    /// The key of a file that is on the disk as it was when it was read before; none if it must be read.
    pub(super) fn key_of_known(&mut self, entry: &Entry, files: &FileReader) -> Option<Key> {
        let known = self.known.as_ref()?;
        let stat = files.stat(entry)?;
        let content = known.content(&entry.path, &stat);
        if content.is_none() && self.moment.is_none() {
            self.moment = known.moment();
        }
        Some(self.rows.key(&FileHash::new(entry, &content?, None)))
    }

    /// The key of a file with these bytes. `stat` is what the disk said when they were read; `beside` is the source of bytecode, and
    /// when it was changed.
    pub(super) fn key(
        &self,
        entry: &Entry,
        bytes: &[u8],
        stat: Option<Stat>,
        beside: Option<&(Vec<u8>, Option<i64>)>,
    ) -> Key {
        let beside = beside.map(|(bytes, modified)| Beside {
            content: ContentHash::of(bytes),
            modified: *modified,
        });
        let content = ContentHash::of(bytes);
        if let (Some(known), Some(stat), Some(moment)) = (&self.known, stat, self.moment) {
            known.note(&entry.path, stat, content, moment);
        }
        self.rows.key(&FileHash::new(entry, &content, beside.as_ref()))
    }

    /// Adds the rows of a key if the cache has them.
    pub(super) fn find(&mut self, key: &Key) -> Result<bool> {
        let found = self.rows.find(key)?;
        self.count();
        Ok(found)
    }

    /// Adds rows that were extracted, and keeps them if there is a key.
    pub(super) fn add(&mut self, key: Option<Key>, rows: &RecordBatch) -> Result<()> {
        self.rows.add(key, rows)?;
        self.count();
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn take(&mut self) -> Result<Vec<RecordBatch>> {
        Ok(self.rows.take()?)
    }

    pub(super) fn memory_size(&self) -> usize {
        self.rows.memory_size() + self.known.as_ref().map_or(0, |known| known.memory_size())
    }

    /// Completes what was written. What went wrong with the cache has hurt no row: it is counted and logged.
    pub(super) fn finish(&mut self) {
        let saved = self.known.as_ref().map_or(Ok(()), |known| known.save());
        if let Some(error) = self.rows.finish().or(saved.err()) {
            log::warn!(
                "the cache could not be used as it should be for {}: {error}",
                self.dataset
            );
        }
        self.count();
    }

    fn count(&mut self) {
        let (now, before) = (
            self.rows.counts(),
            std::mem::replace(&mut self.seen, self.rows.counts()),
        );
        self.metrics.files_cached.add(now.found - before.found);
        self.metrics.cache_repaired.add(now.repaired - before.repaired);
        self.metrics.cache_failed.add(now.failed - before.failed);
        let bytes = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        self.metrics.bytes_read.add(bytes(now.bytes_read - before.bytes_read));
        self.metrics
            .bytes_written
            .add(bytes(now.bytes_written - before.bytes_written));
    }
}
