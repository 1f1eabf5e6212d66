//! The work of one partition of a scan.

mod helper;
mod indexes;
mod ready;
mod run;
mod send;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use codeanatomy_extract::bytecode::{SourceFile, source_path};
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Request, Table, scip};
use codeanatomy_model::Language;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::{
    BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricCategory, Time,
};

use super::help::Windows;
use super::modules::OpenModules;
use super::prune::FilePruner;
use super::stored::StoredRows;
use super::{DatasetScanExec, is_of_indexes};
use crate::dataset::cache::{CacheReader, ScanId, SessionCache};
use crate::dataset::filter::FileFilter;
use crate::settings::Settings;
use crate::source::{FileReader, Source};
pub(super) use helper::Run;
use ready::Ready;
pub(super) use run::Reading;
pub(super) use send::{read_here, read_in_thread};

/// Rows are cut into batches of at least so many, which are then cut into smaller ones if the session has it so.
const BATCH_ROWS: usize = 8192;

/// Reads files and makes batches of their rows.
pub(super) struct Reader {
    source: Source,
    files: RefCell<FileReader>,
    /// How indexes are read, if that is what the files are.
    indexes: Option<scip::Options>,
    dataset: &'static str,
    filter: FileFilter,
    pruner: FilePruner,
    /// For all columns that are stored, if there is a persistent cache.
    extractor: Extractor,
    stored: Option<StoredRows>,
    modules: Option<Arc<OpenModules>>,
    /// Those of its files, once it reads them.
    windows: Option<Arc<Windows>>,
    /// Holds the cache open for what imports lead to.
    _second_use: Option<Arc<CacheReader>>,
    /// Batches that nobody has taken yet.
    ready: VecDeque<Ready>,
    /// How many more rows are wanted.
    left: usize,
    batch_size: usize,
    runtime: Arc<RuntimeEnv>,
    reservation: MemoryReservation,
    metrics: ReaderMetrics,
}

struct ReaderMetrics {
    baseline: BaselineMetrics,
    files_read: Count,
    files_skipped_by_join: Count,
    bytes_read: Count,
    rows_skipped_by_filter: Count,
    files_parsed: Count,
    parses_reused: Count,
    time_reading: Time,
}

impl ReaderMetrics {
    fn new(metrics: &ExecutionPlanMetricsSet, partition: usize) -> Self {
        let counter = |name, category| {
            MetricBuilder::new(metrics)
                .with_category(category)
                .counter(name, partition)
        };
        Self {
            baseline: BaselineMetrics::new(metrics, partition),
            files_read: counter("files_read", MetricCategory::Rows),
            files_skipped_by_join: counter("files_skipped_by_join", MetricCategory::Rows),
            bytes_read: counter("bytes_read", MetricCategory::Bytes),
            rows_skipped_by_filter: counter("rows_skipped_by_filter", MetricCategory::Rows),
            files_parsed: counter("files_parsed", MetricCategory::Rows),
            parses_reused: counter("parses_reused", MetricCategory::Rows),
            time_reading: MetricBuilder::new(metrics).subset_time("time_reading", partition),
        }
    }
}

/// The cache of the session, if it has one, open for a scan.
fn cache(scan: &ScanId, context: &TaskContext) -> Option<Arc<CacheReader>> {
    let config = context.session_config();
    let settings = config.options().extensions.get::<Settings>()?;
    let capacity = settings.parse_cache_bytes;
    let cache = config.get_extension::<SessionCache>().filter(|_| capacity > 0)?;
    Some(cache.open(scan, context.memory_pool(), capacity))
}

impl Reader {
    pub(super) fn new(scan: &DatasetScanExec, partition: usize, context: &TaskContext) -> Result<Self> {
        let mut request =
            Request::new(scan.dataset.source.limits()).with(scan.dataset.contract, Some(scan.projection.clone()));
        for filter in &scan.rows {
            request = request.with_filter(scan.dataset.contract, filter.clone());
        }
        if let Some(query) = &scan.dataset.options.query {
            request = request.with_query(query.clone());
        }
        let dataset = scan.dataset.contract.name;
        let batch_size = context.session_config().batch_size();
        let modules = scan.modules.as_ref().map(|modules| modules.open(dataset, context));
        if let Some(open) = &modules {
            request = request.with_modules(Arc::clone(&open.modules));
        }
        let metrics = ReaderMetrics::new(&scan.metrics, partition);
        let mut extractor = Extractor::new(&request.in_batches(batch_size.max(BATCH_ROWS)))?;
        let stored = StoredRows::open(scan, &extractor, partition, context)?;
        if let Some(stored) = &stored {
            extractor = Extractor::new(&stored.request)?;
        }
        if let Some(cache) = cache(&scan.id, context) {
            extractor = extractor.with_cache(cache);
        }
        if let Some(modules) = &scan.modules {
            extractor = extractor.with_reader(modules.reader(metrics.files_read.clone(), metrics.bytes_read.clone()));
        }
        let consumer = MemoryConsumer::new(format!("{}[{partition}]", scan.dataset.contract.name));
        Ok(Self {
            source: scan.dataset.source.clone(),
            files: RefCell::new(scan.files.reader()),
            indexes: is_of_indexes(scan.dataset.contract).then(|| scan.dataset.options.scip.clone()),
            dataset,
            filter: scan.filter.clone(),
            pruner: FilePruner::new(&scan.pruning, &scan.schema()),
            extractor,
            stored,
            _second_use: modules.as_ref().and_then(|open| cache(&open.second_use, context)),
            modules,
            windows: None,
            ready: VecDeque::new(),
            left: scan.limit.unwrap_or(usize::MAX),
            batch_size,
            runtime: context.runtime_env(),
            reservation: consumer.register(context.memory_pool()),
            metrics,
        })
    }

    /// Adds the rows of a file, which is the first of those that are read next.
    fn read<'e>(&mut self, entry: &Entry, next: impl Iterator<Item = &'e Entry>) -> Result<()> {
        let reads = self.extractor.reads(entry.language) && !entry.is_folder();
        let is_compiled = entry.language == Language::Bytecode && self.extractor.reads_source_of_bytecode();
        // The rows of bytecode depend on another file, too.
        if reads && !is_compiled && self.find_unread(entry)? {
            return Ok(());
        }
        let (bytes, stat, beside) = if reads {
            let _timer = self.metrics.time_reading.timer();
            let files = self.files.get_mut();
            files.expect(next);
            let (bytes, stat) = match &self.stored {
                None => (files.read(entry), None),
                Some(_) => match files.read_with_stat(entry) {
                    Ok((bytes, stat)) => (Ok(bytes), stat),
                    Err(error) => (Err(error), None),
                },
            };
            self.metrics.files_read.add(1);
            let beside = source_path(&entry.path).filter(|_| is_compiled);
            let beside = beside.and_then(|path| files.read_beside(&path).ok());
            (bytes.inspect(|b| self.metrics.bytes_read.add(b.len())), stat, beside)
        } else {
            (Ok(Vec::new()), None, None)
        };
        let compute = self.metrics.baseline.elapsed_compute().clone();
        let _timer = compute.timer();
        let key = match (&mut self.stored, &bytes) {
            (Some(stored), Ok(bytes)) => {
                let key = stored.key(entry, bytes, stat, beside.as_ref());
                if stored.find(&key)? {
                    return Ok(());
                }
                Some(key)
            }
            _ => None,
        };
        self.extract(entry, bytes, beside);
        if self.stored.is_some() {
            let rows = self.table()?.take()?;
            if let Some(stored) = &mut self.stored {
                stored.add(key, &rows)?;
            }
        }
        Ok(())
    }

    /// Adds the rows of a file from the persistent cache, if it has them and the file is known to be as it was.
    fn find_unread(&mut self, entry: &Entry) -> Result<bool> {
        let Some(stored) = &mut self.stored else {
            return Ok(false);
        };
        let _timer = self.metrics.baseline.elapsed_compute().timer();
        match stored.key_of_known(entry, self.files.get_mut()) {
            Some(key) => stored.find(&key),
            None => Ok(false),
        }
    }

    fn extract(&mut self, entry: &Entry, bytes: io::Result<Vec<u8>>, beside: Option<(Vec<u8>, Option<i64>)>) {
        if entry.language == Language::Bytecode {
            let source = beside.map(|(bytes, modified)| SourceFile { bytes, modified });
            return self.extractor.add_bytecode(entry, bytes, source);
        }
        let before = self.extractor.parses();
        self.extractor.add(entry, bytes);
        let parses = self.extractor.parses();
        self.metrics.files_parsed.add(parses.made - before.made);
        self.metrics.parses_reused.add(parses.reused - before.reused);
    }

    fn table(&mut self) -> Result<&mut Table> {
        let dataset = self.dataset;
        self.extractor
            .table(dataset)
            .ok_or_else(|| DataFusionError::Internal(format!("the extractor has no table {dataset}")))
    }
}
