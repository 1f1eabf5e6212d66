//! The operator that reads the files of a source.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use codeanatomy_extract::file::{Entry, Listing};
use codeanatomy_extract::{Extractor, Request, Table};
use codeanatomy_model::Contract;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, Statistics, internal_err};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, LexOrdering, Partitioning, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{
    BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricCategory, MetricsSet,
};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions};
use tokio::sync::mpsc::Sender;

use super::Source;
use super::filter::PathFilter;
use super::partition::split_by_bytes;
use super::provider::key_constraint;

/// Reads one dataset of a source: a run of files per partition, in path order, so that every partition has the
/// dataset's canonical order. Files are read and parsed on the blocking pool, one at a time per partition, and their
/// rows are sent on in batches; nothing is read ahead of what the query takes.
#[derive(Debug, Clone)]
pub(crate) struct DatasetScanExec {
    source: Source,
    contract: &'static Contract,
    projection: Vec<usize>,
    listing: Arc<Listing>,
    files: Arc<Vec<Entry>>,
    runs: Vec<Range<usize>>,
    filter: PathFilter,
    limit: Option<usize>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl DatasetScanExec {
    pub(crate) fn try_new(
        source: Source,
        contract: &'static Contract,
        projection: Option<&Vec<usize>>,
        filter: PathFilter,
        limit: Option<usize>,
        partitions: usize,
    ) -> Result<Self> {
        let projection = projection
            .cloned()
            .unwrap_or_else(|| (0..contract.columns.len()).collect());
        let schema = Arc::new(contract.schema().project(&projection)?);
        // The scope is read when the scan runs, and by one partition.
        let listing = if contract.name == "file_scope" {
            Arc::default()
        } else {
            source.list()?
        };
        let files = select(&listing, &filter)?;
        let sizes: Vec<u64> = files.iter().map(|f| f.size).collect();
        let runs = split_by_bytes(&sizes, partitions);
        let properties = properties(contract, &projection, schema, runs.len());
        let metrics = ExecutionPlanMetricsSet::new();
        Ok(Self {
            source,
            contract,
            projection,
            listing,
            files,
            runs,
            filter,
            limit,
            properties: Arc::new(properties),
            metrics,
        })
    }

    fn reader(&self, partition: usize, context: &TaskContext) -> Result<Reader> {
        let request = Request::new(self.source.limits()).with(self.contract, Some(self.projection.clone()));
        let baseline = BaselineMetrics::new(&self.metrics, partition);
        let consumer = MemoryConsumer::new(format!("{}[{partition}]", self.contract.name));
        Ok(Reader {
            source: self.source.clone(),
            listing: Arc::clone(&self.listing),
            dataset: self.contract.name,
            reads_content: reads_content(self.contract, &self.projection),
            filter: self.filter.clone(),
            extractor: Extractor::new(&request)?,
            left: self.limit.unwrap_or(usize::MAX),
            batch_size: context.session_config().batch_size(),
            reservation: consumer.register(context.memory_pool()),
            files_read: counter(&self.metrics, "files_read", MetricCategory::Rows, partition),
            bytes_read: counter(&self.metrics, "bytes_read", MetricCategory::Bytes, partition),
            baseline,
        })
    }
}

fn counter(metrics: &ExecutionPlanMetricsSet, name: &'static str, category: MetricCategory, partition: usize) -> Count {
    MetricBuilder::new(metrics)
        .with_category(category)
        .counter(name, partition)
}

fn select(listing: &Listing, filter: &PathFilter) -> Result<Arc<Vec<Entry>>> {
    let passed = filter.matches(listing.entries.iter().map(|f| f.path.as_str()))?;
    let chosen = listing.entries.iter().zip(passed).filter(|(_, passed)| *passed);
    Ok(Arc::new(chosen.map(|(entry, _)| entry.clone()).collect()))
}

fn properties(
    contract: &'static Contract,
    projection: &[usize],
    schema: SchemaRef,
    partitions: usize,
) -> PlanProperties {
    let order = declared_order(contract, &schema);
    let mut equivalences = EquivalenceProperties::new_with_orderings(schema, order);
    if let Some(key) = key_constraint(contract).project(projection) {
        equivalences = equivalences.with_constraints(key);
    }
    let partitioning = Partitioning::UnknownPartitioning(partitions);
    PlanProperties::new(
        equivalences,
        partitioning,
        EmissionType::Incremental,
        Boundedness::Bounded,
    )
}

/// As much of the canonical order as the columns of `schema` can say.
pub(crate) fn declared_order(contract: &Contract, schema: &SchemaRef) -> Option<LexOrdering> {
    let columns = contract
        .order
        .iter()
        .map_while(|name| Some((*name, schema.index_of(name).ok()?)));
    let ascending = datafusion::arrow::compute::SortOptions {
        descending: false,
        nulls_first: false,
    };
    LexOrdering::new(columns.map(|(name, i)| PhysicalSortExpr::new(Arc::new(Column::new(name, i)), ascending)))
}

/// Whether a column needs more than the file's name and size.
fn reads_content(contract: &Contract, projection: &[usize]) -> bool {
    const LISTED: [&str; 7] = ["path", "file_id", "language", "size", "module", "is_package", "is_test"];
    contract.name != "files" || projection.iter().any(|&i| !LISTED.contains(&contract.columns[i].name))
}

/// About how many rows a dataset has for so many bytes of source.
pub(crate) fn estimated_rows(dataset: &str, bytes: u64) -> usize {
    let rows = bytes.saturating_mul(rows_per_megabyte(dataset)) / 1_000_000;
    usize::try_from(rows).unwrap_or(usize::MAX)
}

/// Rows per million bytes of source, measured on CPython's standard library: what the optimizer sizes joins by.
fn rows_per_megabyte(dataset: &str) -> u64 {
    match dataset {
        "lines" => 27_000,
        "ast_nodes" => 100_000,
        "definitions" => 2_300,
        "references" => 27_000,
        "imports" => 460,
        "calls" => 10_600,
        "scopes" => 2_500,
        "symbols" => 13_000,
        "bindings" => 7_000,
        _ => 60,
    }
}

impl DisplayAs for DatasetScanExec {
    fn fmt_as(&self, format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.len();
        if matches!(format, DisplayFormatType::TreeRender) {
            return write!(f, "dataset={}\nfiles={files}", self.contract.name);
        }
        let columns: Vec<_> = self.projection.iter().map(|&i| self.contract.columns[i].name).collect();
        write!(
            f,
            "DatasetScanExec: dataset={}, files={files}, projection=[{}]",
            self.contract.name,
            columns.join(", ")
        )?;
        if let Some(limit) = self.limit {
            write!(f, ", fetch={limit}")?;
        }
        if let Some(order) = self.properties.output_ordering() {
            write!(f, ", output_ordering=[{order}]")?;
        }
        Ok(())
    }
}

impl ExecutionPlan for DatasetScanExec {
    fn name(&self) -> &str {
        "DatasetScanExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if children.is_empty() {
            Ok(self)
        } else {
            internal_err!("DatasetScanExec has no children")
        }
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        if children.is_empty() {
            Ok(self)
        } else {
            internal_err!("DatasetScanExec has no children")
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let Some(run) = self.runs.get(partition).cloned() else {
            return internal_err!("DatasetScanExec has no partition {partition}");
        };
        let mut reader = self.reader(partition, &context)?;
        let files = Arc::clone(&self.files);
        let mut stream = RecordBatchReceiverStreamBuilder::new(self.schema(), 1);
        let sender = stream.tx();
        stream.spawn_blocking(move || reader.run(&files[run], &sender));
        Ok(stream.build())
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn statistics_from_inputs(&self, _inputs: &[Arc<Statistics>], args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        let files = match args.partition().and_then(|p| self.runs.get(p)) {
            Some(run) => &self.files[run.clone()],
            None => &self.files[..],
        };
        let rows = match self.contract.name {
            "file_scope" => Precision::Absent,
            "files" => Precision::Exact(files.len().min(self.limit.unwrap_or(usize::MAX))),
            dataset => {
                let rows = estimated_rows(dataset, files.iter().map(|f| f.size).sum()).max(files.len());
                Precision::Inexact(rows.min(self.limit.unwrap_or(usize::MAX)))
            }
        };
        statistics.num_rows = rows;
        Ok(Arc::new(statistics))
    }

    fn supports_limit_pushdown(&self) -> bool {
        false
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        Some(Arc::new(Self {
            limit,
            metrics: ExecutionPlanMetricsSet::new(),
            ..self.clone()
        }))
    }

    fn fetch(&self) -> Option<usize> {
        self.limit
    }
}

/// The work of one partition.
struct Reader {
    source: Source,
    listing: Arc<Listing>,
    dataset: &'static str,
    reads_content: bool,
    filter: PathFilter,
    extractor: Extractor,
    left: usize,
    batch_size: usize,
    reservation: MemoryReservation,
    files_read: Count,
    bytes_read: Count,
    baseline: BaselineMetrics,
}

impl Reader {
    fn run(&mut self, files: &[Entry], sender: &Sender<Result<RecordBatch>>) -> Result<()> {
        if self.dataset == "file_scope" {
            self.list_scope()?;
        }
        for entry in files {
            let timer = self.baseline.elapsed_compute().timer();
            let bytes = if self.reads_content {
                self.files_read.add(1);
                self.listing.read(entry).inspect(|b| self.bytes_read.add(b.len()))
            } else {
                Ok(Vec::new())
            };
            self.extractor.add(entry, bytes);
            timer.done();
            if self.table()?.len() >= self.batch_size.min(self.left) && !self.send(sender)? {
                return Ok(());
            }
        }
        self.send(sender)?;
        Ok(())
    }

    /// Sends what the table holds, in batches. False if no more is wanted.
    fn send(&mut self, sender: &Sender<Result<RecordBatch>>) -> Result<bool> {
        let rows = self.table()?.take()?;
        self.reservation.try_resize(rows.get_array_memory_size())?;
        let mut start = 0;
        while start < rows.num_rows() && self.left > 0 {
            let length = self.batch_size.min(rows.num_rows() - start).min(self.left);
            let batch = rows.slice(start, length);
            self.baseline.record_output(length);
            start += length;
            self.left -= length;
            if sender.blocking_send(Ok(batch)).is_err() {
                return Ok(false);
            }
        }
        Ok(self.left > 0)
    }

    fn list_scope(&mut self) -> Result<()> {
        let rows = self.source.scope()?;
        let passed = self.filter.matches(rows.iter().map(|r| r.path.as_str()))?;
        let table = self.table()?;
        for (row, _) in rows.iter().zip(passed).filter(|(_, passed)| *passed) {
            table.push(&row.row());
        }
        Ok(())
    }

    fn table(&mut self) -> Result<&mut Table> {
        let dataset = self.dataset;
        self.extractor
            .table(dataset)
            .ok_or_else(|| DataFusionError::Internal(format!("the extractor has no table {dataset}")))
    }
}
