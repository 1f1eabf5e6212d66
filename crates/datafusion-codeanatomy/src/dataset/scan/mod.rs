//! The operator that reads the files of a source.

mod hands;
mod help;
mod modules;
mod prune;
mod reader;
mod sizes;
mod stored;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use codeanatomy_extract::RowFilter;
use codeanatomy_model::{Contract, Languages};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Constraints, Result, Statistics, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{EquivalenceProperties, LexOrdering, Partitioning, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::filter_pushdown::{
    ChildPushdownResult, FilterPushdownPhase, FilterPushdownPropagation, PushedDown,
};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder, MetricCategory, MetricsSet};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions};

use futures::{FutureExt, StreamExt};

use super::cache::ScanId;
use super::filter::FileFilter;
use super::partition::split_by_bytes;
use super::provider::{Dataset, key_constraint};
use crate::source::Files;
use hands::Hands;
pub(super) use modules::ScanModules;
use reader::{Reader, Reading, Run, read_here, read_in_thread};
pub(crate) use sizes::estimated_rows;

/// Reads one dataset of a source: a run of files per partition, in path order, so that every partition has the
/// dataset's canonical order. A partition reads and parses one file at a time, when rows are asked for and where they are, or in a thread
/// that may wait for an object store; nothing is read ahead of what the query takes, but a little once readers of other partitions are done
/// (see `help`).
#[derive(Debug, Clone)]
pub(crate) struct DatasetScanExec {
    dataset: Dataset,
    projection: Vec<usize>,
    /// The number of files of the source, before `filter`.
    listed: usize,
    files: Files,
    runs: Vec<Range<usize>>,
    filter: FileFilter,
    /// What of the rows is wanted; whoever reads them still looks.
    rows: Vec<RowFilter>,
    /// What joins and the like say while they run, over rows of the output.
    pruning: Vec<Arc<dyn PhysicalExpr>>,
    /// All modules of the source, where rows depend on them.
    modules: Option<ScanModules>,
    limit: Option<usize>,
    hands: Arc<Hands>,
    id: ScanId,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl DatasetScanExec {
    /// The key of the dataset, where the columns of it are read.
    pub(crate) fn key(&self) -> Constraints {
        let key = key_constraint(self.dataset.contract).project(&self.projection);
        key.unwrap_or_default()
    }

    /// The scan of the files among `files` that pass `filter`.
    pub(crate) fn try_new(
        dataset: Dataset,
        projection: Option<&Vec<usize>>,
        files: &Files,
        filter: FileFilter,
        limit: Option<usize>,
        partitions: usize,
    ) -> Result<Self> {
        let contract = dataset.contract;
        let projection = projection
            .cloned()
            .unwrap_or_else(|| (0..contract.columns.len()).collect());
        let schema = Arc::new(contract.schema().project(&projection)?);
        let listed = files.entries.len();
        // Rows of an index have the paths of what it describes, in order over all indexes.
        let (files, partitions) = match is_of_indexes(contract) {
            true => (files.clone(), 1),
            false => (filter.select(files)?, partitions),
        };
        let sizes: Vec<u64> = files.entries.iter().map(|f| f.size).collect();
        let runs = split_by_bytes(&sizes, partitions);
        let properties = properties(contract, schema, runs.len());
        Ok(Self {
            dataset,
            projection,
            listed,
            files,
            runs,
            filter,
            rows: vec![],
            pruning: vec![],
            modules: None,
            limit,
            hands: Arc::default(),
            id: ScanId::default(),
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// The same scan, which need not make rows that do not pass `rows`.
    pub(crate) fn with_rows(mut self, rows: Vec<RowFilter>) -> Self {
        self.rows = rows;
        self
    }
}

impl DatasetScanExec {
    /// The first and the last path that rows of `partition` can have, if `column` of the output is that path and rows are in its
    /// order: a file is in one partition, and its rows are of its path.
    pub(crate) fn paths(&self, partition: usize, column: usize) -> Option<(&str, &str)> {
        let contract = self.dataset.contract;
        let schema = self.schema();
        let is_path = schema.fields().get(column).is_some_and(|f| f.name() == "path");
        if !is_path || contract.order.first() != Some(&"path") || is_of_indexes(contract) {
            return None;
        }
        match &self.files.entries[self.runs.get(partition)?.clone()] {
            [] => None,
            [only] => Some((&only.path, &only.path)),
            [first, .., last] => Some((&first.path, &last.path)),
        }
    }

    /// The same scan, of a dataset whose rows depend on the modules of the source.
    pub(super) fn with_modules(self, modules: ScanModules) -> Self {
        let modules = Some(modules);
        Self { modules, ..self }
    }
}

/// The dataset that a plan's leaf reads, and the path and size in bytes of each file of which it does; none of other leaves.
pub fn scanned_files(leaf: &dyn ExecutionPlan) -> Option<(&'static str, Vec<(String, u64)>)> {
    let scan = leaf.downcast_ref::<DatasetScanExec>()?;
    let files = scan.files.entries.iter().map(|file| (file.path.clone(), file.size));
    Some((scan.dataset.contract.name, files.collect()))
}

/// Whether rows come from SCIP indexes.
fn is_of_indexes(contract: &Contract) -> bool {
    contract.inputs == Languages::SCIP
}

fn properties(contract: &'static Contract, schema: SchemaRef, partitions: usize) -> PlanProperties {
    let order = declared_order(contract, &schema);
    // It says nothing of the key, which the engine would take for one of other columns behind a projection.
    let equivalences = EquivalenceProperties::new_with_orderings(schema, order);
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

impl DisplayAs for DatasetScanExec {
    fn fmt_as(&self, format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files.entries.len();
        if matches!(format, DisplayFormatType::TreeRender) {
            return write!(f, "dataset={}\nfiles={files}", self.dataset.contract.name);
        }
        let columns: Vec<_> = self
            .projection
            .iter()
            .map(|&i| self.dataset.contract.columns[i].name)
            .collect();
        write!(
            f,
            "DatasetScanExec: dataset={}, files={files}/{}, projection=[{}]",
            self.dataset.contract.name,
            self.listed,
            columns.join(", ")
        )?;
        if !self.rows.is_empty() {
            let of_column = |rows: &RowFilter| {
                let values: Vec<_> = rows.values().collect();
                format!("{} IN ({})", rows.column(), values.join(", "))
            };
            let rows: Vec<_> = self.rows.iter().map(of_column).collect();
            write!(f, ", rows=[{}]", rows.join(" AND "))?;
        }
        if !self.filter.modules().is_empty() {
            let modules: Vec<_> = self.filter.modules().iter().map(ToString::to_string).collect();
            write!(f, ", modules=[{}]", modules.join(" AND "))?;
        }
        if let Some(limit) = self.limit {
            write!(f, ", fetch={limit}")?;
        }
        if !self.pruning.is_empty() {
            let pruning: Vec<_> = self.pruning.iter().map(ToString::to_string).collect();
            write!(f, ", pruning=[{}]", pruning.join(", "))?;
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
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        for predicate in &self.pruning {
            if f(predicate)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }

    /// Takes predicates that say something of the path, to skip files by; whoever gave one still has to apply it to rows.
    fn handle_child_pushdown_result(
        &self,
        phase: FilterPushdownPhase,
        result: ChildPushdownResult,
        _config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        let filters = result.parent_filters.iter().map(|f| &f.filter);
        let propagation =
            FilterPushdownPropagation::with_parent_pushdown_result(vec![PushedDown::No; result.parent_filters.len()]);
        if phase == FilterPushdownPhase::Pre {
            return Ok(propagation);
        }
        let names_path = |filter: &&Arc<dyn PhysicalExpr>| collect_columns(filter).iter().any(|c| c.name() == "path");
        let pruning: Vec<_> = filters.filter(names_path).cloned().collect();
        if pruning.is_empty() {
            return Ok(propagation);
        }
        let scan = Self {
            pruning,
            hands: Arc::default(),
            metrics: ExecutionPlanMetricsSet::new(),
            ..self.clone()
        };
        Ok(propagation.with_updated_node(Arc::new(scan)))
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
        let Some(files) = self.runs.get(partition).cloned() else {
            return internal_err!("DatasetScanExec has no partition {partition}");
        };
        let reader = Reader::new(self, partition, &context)?;
        if partition == 0 {
            let count = |name| {
                MetricBuilder::new(&self.metrics)
                    .with_category(MetricCategory::Rows)
                    .global_counter(name)
            };
            count("files_listed").add(self.listed);
            count("files_skipped_by_filter").add(self.listed - self.files.entries.len());
        }
        self.hands.begin(partition);
        let reading = Box::new(Reading::new(reader, Run::new(self, partition, files, context)));
        // Not before the first row is asked for: a join that is still gathering its other side may yet say which files it
        // wants.
        let stream = match reading.waits() {
            true => async move { read_in_thread(reading) }.into_stream().flatten().boxed(),
            false => read_here(reading).boxed(),
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), stream)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn statistics_from_inputs(&self, _inputs: &[Arc<Statistics>], args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        let files = match args.partition().and_then(|p| self.runs.get(p)) {
            Some(run) => &self.files.entries[run.clone()],
            None => &self.files.entries[..],
        };
        let rows = match self.dataset.contract.name {
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
            hands: Arc::default(),
            metrics: ExecutionPlanMetricsSet::new(),
            ..self.clone()
        }))
    }

    fn fetch(&self) -> Option<usize> {
        self.limit
    }
}
