//! The operator: finds out where the winners are, then reads them.

use std::fmt::Formatter;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, UInt64Array};
use datafusion::arrow::datatypes::{Int64Type, SchemaRef};
use datafusion::common::internal_err;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::lit;
use datafusion::physical_expr::{Distribution, EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{
    CardinalityEffect, EmissionType, SchedulingType, apply_expression_roots,
};
use datafusion::physical_plan::metrics::{
    BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricCategory, MetricsSet, RecordOutput,
};
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    InputDistributionRequirements, PlanProperties, ReplaceChildrenOptions,
};
use futures::future::{BoxFuture, Shared};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use super::place::{Files, Places};
use super::read::read;
use crate::winner::exec::{WinnerMode, WinnerSelectExec, list};
use crate::winner::spec::{Retention, WinnerSpec};

/// Reads the winners of every group, once it is known where they are.
///
/// | input | rows |
/// |---|---|
/// | places | the places of all rows that share the first place of their group, and with [`Retention::RowNumber`] whether there are several |
/// | rows | those of the files, of which the ones at these places are read |
///
/// Rows come out as they stand in the files, in no order that is promised; which ones does not depend on how files are cut.
/// Where rows share the first place and one of them is wanted, they are read first and selected from by all columns
/// ([`WinnerSelectExec`]).
///
/// # Memory
///
/// One bit for every row of the files that are read from, twice where rows share a place. It is charged to the memory pool.
#[derive(Debug)]
pub struct FetchWinnersExec {
    places: Arc<dyn ExecutionPlan>,
    rows: Arc<dyn ExecutionPlan>,
    spec: Arc<WinnerSpec>,
    files: Arc<Files>,
    /// What all partitions wait for; the first one to run makes it.
    found: Mutex<Option<Finding>>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

type Finding = Shared<BoxFuture<'static, Result<Arc<Found>, Arc<DataFusionError>>>>;

/// Where the winners are.
#[derive(Debug)]
struct Found {
    /// The rows that win.
    certain: Arc<dyn ExecutionPlan>,
    /// The winners among rows that share a first place.
    contested: Option<Arc<dyn ExecutionPlan>>,
    _memory: MemoryReservation,
}

impl FetchWinnersExec {
    pub(super) fn try_new(
        places: Arc<dyn ExecutionPlan>,
        rows: Arc<dyn ExecutionPlan>,
        spec: WinnerSpec,
        files: Arc<Files>,
    ) -> Result<Self> {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(spec.schema(&rows.schema())),
            Partitioning::UnknownPartitioning(rows.output_partitioning().partition_count()),
            EmissionType::Final,
            rows.boundedness(),
        );
        Ok(Self {
            places,
            rows,
            spec: Arc::new(spec),
            files,
            found: Mutex::default(),
            properties: Arc::new(properties.with_scheduling_type(SchedulingType::Cooperative)),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    fn find(&self, context: Arc<TaskContext>) -> Finding {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let finding = found.get_or_insert_with(|| {
            let finder = Finder {
                places: Arc::clone(&self.places),
                rows: Arc::clone(&self.rows),
                spec: Arc::clone(&self.spec),
                files: Arc::clone(&self.files),
                contested: MetricBuilder::new(&self.metrics)
                    .with_category(MetricCategory::Rows)
                    .global_counter("contested_rows"),
            };
            async move { Ok(Arc::new(finder.find(context).await?)) }
                .boxed()
                .shared()
        });
        finding.clone()
    }
}

/// What is needed to find the winners.
struct Finder {
    places: Arc<dyn ExecutionPlan>,
    rows: Arc<dyn ExecutionPlan>,
    spec: Arc<WinnerSpec>,
    files: Arc<Files>,
    contested: Count,
}

impl Finder {
    async fn find(self, context: Arc<TaskContext>) -> Result<Found> {
        if self.places.output_partitioning().partition_count() != 1 {
            return internal_err!("the places of winners come in one partition");
        }
        let memory = MemoryConsumer::new("FetchWinnersExec").register(context.memory_pool());
        let of_each = Places::memory(&self.files);
        memory.try_grow(of_each)?;
        let (mut certain, mut contested) = (Places::new(&self.files), None);
        let mut places = self.places.execute(0, Arc::clone(&context))?;
        while let Some(batch) = places.next().await.transpose()? {
            let columns = batch.columns();
            let shares = self.spec.retention == Retention::RowNumber;
            let (columns, shared) = match columns.split_last() {
                Some((shared, columns)) if shares => (columns, Some(shared.as_boolean())),
                _ => (columns, None),
            };
            let Some(places) = columns.last().map(|places| places.as_primitive::<Int64Type>()) else {
                return internal_err!("there are no places of winners");
            };
            for (at, place) in places.values().iter().enumerate() {
                if !shared.is_some_and(|shared| shared.value(at)) {
                    certain.add(*place)?;
                    continue;
                }
                if contested.is_none() {
                    memory.try_grow(of_each)?;
                }
                self.contested.add(1);
                contested.get_or_insert_with(|| Places::new(&self.files)).add(*place)?;
            }
        }
        let config = Arc::clone(context.session_config().options());
        let contested = match contested {
            Some(contested) => {
                let rows = read(&self.rows, &Arc::new(contested.finish()), &config)?;
                Some(self.select(rows)?)
            }
            None => None,
        };
        Ok(Found {
            certain: read(&self.rows, &Arc::new(certain.finish()), &config)?,
            contested,
            _memory: memory,
        })
    }

    /// The winners among `rows`, in as many partitions.
    fn select(&self, rows: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
        let spec = self.spec.as_ref().clone();
        let partitions = rows.output_partitioning().partition_count();
        if partitions == 1 {
            return Ok(Arc::new(WinnerSelectExec::try_new(rows, spec, WinnerMode::Single)?));
        }
        let keys = match spec.partition_by.is_empty() {
            true => Partitioning::Hash(vec![lit(0)], partitions),
            false => Partitioning::Hash(spec.partition_by.clone(), partitions),
        };
        let rows = match spec.partial() {
            Some(partial) => Arc::new(WinnerSelectExec::try_new(rows, partial, WinnerMode::Partial)?),
            None => rows,
        };
        let rows = Arc::new(RepartitionExec::try_new(rows, keys)?);
        Ok(Arc::new(WinnerSelectExec::try_new(rows, spec, WinnerMode::Final)?))
    }
}

/// The rows with what is said of each: that it is the first.
fn with_reports(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let mut columns = rows.columns().to_vec();
    columns.resize_with(schema.fields().len(), || -> ArrayRef {
        Arc::new(UInt64Array::from_value(1, rows.num_rows()))
    });
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

impl DisplayAs for FetchWinnersExec {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        let (keys, order) = (list(&self.spec.partition_by), list(&self.spec.order_by));
        match kind {
            DisplayFormatType::Default | DisplayFormatType::Verbose => write!(
                f,
                "FetchWinnersExec: partition_by={keys}, order_by={order}, {}",
                self.spec.retention
            ),
            DisplayFormatType::TreeRender => writeln!(f, "partition_by={keys}\norder_by={order}"),
        }
    }
}

impl ExecutionPlan for FetchWinnersExec {
    fn name(&self) -> &str {
        "FetchWinnersExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.places, &self.rows]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![
            Distribution::SinglePartition,
            Distribution::UnspecifiedDistribution,
        ])
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false, true]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false, false]
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        apply_expression_roots(self.spec.expressions(), f)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Ok([places, rows]) = <[_; 2]>::try_from(children) else {
            return internal_err!("FetchWinnersExec has two inputs");
        };
        let (spec, files) = (self.spec.as_ref().clone(), Arc::clone(&self.files));
        Ok(Arc::new(Self::try_new(places, rows, spec, files)?))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn reset_state(self: Arc<Self>) -> Result<Arc<dyn ExecutionPlan>> {
        let children = vec![Arc::clone(&self.places), Arc::clone(&self.rows)];
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let finding = self.find(Arc::clone(&context));
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let schema = self.schema();
        let rows = async move {
            let found = finding.await.map_err(DataFusionError::Shared)?;
            let certain = found.certain.execute(partition, Arc::clone(&context))?;
            let certain = certain.map(move |rows| with_reports(&rows?, &schema));
            let contested = found.contested.as_ref();
            let contested = contested.map(|contested| contested.execute(partition, context));
            let rows = certain.chain(stream::iter(contested.transpose()?).flatten());
            // What is charged stays charged while rows are read, also where the plan is gone.
            Ok::<_, DataFusionError>(rows.inspect(move |_| _ = &found))
        };
        let rows = stream::once(rows).try_flatten();
        let rows = rows.map(move |rows| rows.record_output(&metrics));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::LowerEqual
    }
}
