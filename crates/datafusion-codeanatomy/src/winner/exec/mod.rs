//! The operator.

mod explain;
mod metrics;
mod output;
mod properties;
mod shape;
mod spill;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Statistics, plan_err};
use datafusion::error::Result;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{Distribution, LexRequirement, OrderingRequirements, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::execution_plan::{CardinalityEffect, apply_expression_roots};
use datafusion::physical_plan::filter_pushdown::{ChildFilterDescription, FilterDescription, FilterPushdownPhase};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, ExecutionPlan, ExecutionPlanProperties, InputDistributionRequirements, PlanProperties,
    ReplaceChildrenOptions, SpillManager,
};
use futures::StreamExt;

use super::spec::{Keep, Retention, WinnerSpec};
pub(in crate::winner) use explain::list;
use metrics::SelectMetrics;
use properties::{properties, sorted_by_keys};
use shape::Shape;
pub(in crate::winner) use shape::{COMPLETED, completing};
use stream::{Driver, Setting};

/// Where in a plan a selection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WinnerMode {
    /// Below the shuffle: gives a superset of the winners of its partition, without reports.
    Partial,
    /// Above a partial selection, with all rows of a group in one partition.
    Final,
    /// The only selection, with all rows of a group in one partition.
    Single,
}

/// Keeps the winners of every group, as [`WinnerSpec`] says.
///
/// | k | s | | `partition_by=[k]`, `order_by=[s DESC]`, `k=1` | k | s |
/// |---|---|---|---|---|---|
/// | a | 1 | | | a | 2 |
/// | a | 2 | | | b | 1 |
/// | b | 1 | | | | |
///
/// # Where it stands
///
/// With several partitions, a selection in mode [`WinnerMode::Partial`] below the shuffle lets few rows go through it, and
/// gives up when nearly all rows are kept after the first
/// `datafusion.execution.skip_partial_aggregation_probe_rows_threshold`. The selection above needs the rows of a group in
/// one partition, and says so to the engine. Where the input is ordered by the group keys, groups go out as they close.
///
/// # Order of the output
///
/// Rows come out in the order in which they came, whatever their rank, unless some were put aside in files: then by parts.
/// So only a partial selection and one whose input is ordered by the group keys keep an order, and only they say so.
/// Which rows come out depends on nothing but the set of input rows.
///
/// # Memory
///
/// What is kept is charged to the memory pool: the rows that may win, and 24 bytes per group. When that fails, rows that
/// have lost are dropped; then a partial selection lets its rows go, and another puts its rows aside in 16 files by a hash
/// of the group key, reads them one by one, and does the same again where one is too large. It ends with a resources error
/// where the rows of one group that are needed do not fit: that can be with [`Keep::Ranked`], peers without end, or reports
/// that need all rows. It does so, too, where the input is ordered by the group keys.
///
/// # Other hosts
///
/// The operator crosses no codec (`datafusion-proto`): it is put into plans by a physical rule, in the process that runs
/// them, and the SQL that it stands for crosses as it is.
#[derive(Debug, Clone)]
pub struct WinnerSelectExec {
    input: Arc<dyn ExecutionPlan>,
    spec: Arc<WinnerSpec>,
    mode: WinnerMode,
    /// The order of the input in which the rows of a group come one after the other.
    sorted: Option<Vec<PhysicalSortExpr>>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl WinnerSelectExec {
    /// Selects among the rows of `input`. In mode [`WinnerMode::Partial`] the specification is that of
    /// [`WinnerSpec::partial`].
    ///
    /// # Errors
    ///
    /// Where an expression is volatile or of a type that has no order, a report does not have the type of its kind, or a
    /// partial selection is to give reports or losers.
    pub fn try_new(input: Arc<dyn ExecutionPlan>, spec: WinnerSpec, mode: WinnerMode) -> Result<Self> {
        spec.check(&input.schema())?;
        if mode == WinnerMode::Partial && (spec.keep == Keep::Ranked || !spec.reports.is_empty()) {
            return plan_err!("a partial winner selection keeps winners only and has no reports");
        }
        let sorted = sorted_by_keys(&input, &spec)?;
        let properties = properties(&input, &spec, mode, sorted.is_some())?;
        let metrics = ExecutionPlanMetricsSet::new();
        Ok(Self {
            input,
            spec: Arc::new(spec),
            mode,
            sorted,
            properties: Arc::new(properties),
            metrics,
        })
    }

    /// What is selected.
    pub fn spec(&self) -> &WinnerSpec {
        &self.spec
    }

    /// Where in the plan it is selected.
    pub fn mode(&self) -> WinnerMode {
        self.mode
    }

    /// The plan whose rows are selected.
    pub fn input(&self) -> &Arc<dyn ExecutionPlan> {
        &self.input
    }

    /// Whether groups go out as they close, since the input is ordered by the group keys.
    pub fn is_streaming(&self) -> bool {
        self.sorted.is_some()
    }

    fn keeps_order(&self) -> bool {
        self.sorted.is_some() || self.mode == WinnerMode::Partial
    }

    fn setting(&self, partition: usize, context: &TaskContext) -> Result<Setting> {
        let metrics = SelectMetrics::new(&self.metrics, partition, self.mode);
        let execution = &context.session_config().options().execution;
        let shape = Arc::new(Shape::new(&self.spec, &self.input.schema())?);
        let runtime = context.runtime_env();
        let may_spill = self.mode != WinnerMode::Partial && runtime.disk_manager.tmp_files_enabled();
        let spill = may_spill.then(|| {
            SpillManager::new(Arc::clone(&runtime), metrics.spill.clone(), Arc::clone(&shape.weighed))
                .with_compression_type(context.session_config().spill_compression())
        });
        Ok(Setting {
            shape,
            schema: self.schema(),
            mode: self.mode,
            sorted: self.sorted.is_some(),
            eager: self.sorted.is_some() && self.input.boundedness().is_unbounded(),
            batch_size: context.session_config().batch_size(),
            probe: (
                execution.skip_partial_aggregation_probe_rows_threshold,
                execution.skip_partial_aggregation_probe_ratio_threshold,
            ),
            reservation: MemoryConsumer::new(format!("WinnerSelectExec[{partition}]"))
                .with_can_spill(spill.is_some())
                .register(&runtime.memory_pool),
            metrics,
            spill,
        })
    }
}

impl ExecutionPlan for WinnerSelectExec {
    fn name(&self) -> &str {
        "WinnerSelectExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![match self.mode {
            WinnerMode::Partial => Distribution::UnspecifiedDistribution,
            _ if self.spec.partition_by.is_empty() => Distribution::SinglePartition,
            _ => Distribution::KeyPartitioned(self.spec.partition_by.clone()),
        }])
    }

    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        let order = self.sorted.iter().flatten().cloned();
        vec![LexRequirement::new(order.map(Into::into)).map(OrderingRequirements::new_soft)]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![self.keeps_order()]
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        apply_expression_roots(self.spec.expressions(), f)
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if children.len() != 1 {
            return plan_err!("WinnerSelectExec has one input, and {} were given", children.len());
        }
        let input = children.swap_remove(0);
        Ok(Arc::new(match options.children_properties {
            ChildrenPropertiesMode::Keep => Self {
                input,
                metrics: ExecutionPlanMetricsSet::new(),
                ..self.as_ref().clone()
            },
            ChildrenPropertiesMode::Recompute => Self::try_new(input, self.spec.as_ref().clone(), self.mode)?,
        }))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let setting = self.setting(partition, &context)?;
        let driver = Driver::new(setting, self.input.execute(partition, context)?)?;
        let rows = futures::stream::try_unfold(driver, |mut driver| async move {
            Ok(driver.next().await?.map(|batch| (batch, driver)))
        });
        Ok(Box::pin(cooperative(RecordBatchStreamAdapter::new(
            self.schema(),
            rows.boxed(),
        ))))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    fn statistics_from_inputs(&self, inputs: &[Arc<Statistics>], _args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let schema = self.schema();
        let Some(input) = inputs.first() else {
            return Ok(Arc::new(Statistics::new_unknown(&schema)));
        };
        let mut known = input.as_ref().clone();
        known
            .column_statistics
            .resize_with(schema.fields().len(), Default::default);
        if !self.spec.reports.is_empty() {
            known.total_byte_size = Precision::Absent;
        }
        if self.spec.keep == Keep::Winners {
            let rows = known.num_rows;
            known = known.to_inexact();
            if self.spec.partition_by.is_empty() && self.spec.retention == Retention::RowNumber {
                let most = Precision::Exact(self.spec.k.get());
                known.num_rows = if self.mode == WinnerMode::Partial {
                    most.min(&rows).to_inexact()
                } else {
                    most.min(&rows)
                };
            }
        }
        Ok(Arc::new(known))
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        match self.spec.keep {
            Keep::Winners => CardinalityEffect::LowerEqual,
            Keep::Ranked => CardinalityEffect::Equal,
        }
    }

    fn gather_filters_for_pushdown(
        &self,
        _phase: FilterPushdownPhase,
        parent_filters: Vec<Arc<dyn PhysicalExpr>>,
        _config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        // A predicate on group keys keeps or drops whole groups. −0 and 0 are one group that it could tear apart.
        let keys = self
            .spec
            .partition_by
            .iter()
            .filter_map(|key| key.downcast_ref::<Column>());
        let schema = self.input.schema();
        let keys = keys
            .map(Column::index)
            .filter(|at| shape::one_text(schema.field(*at).data_type()))
            .collect();
        let filters = ChildFilterDescription::from_child_with_allowed_indices(&parent_filters, keys, &self.input)?;
        Ok(FilterDescription::new().with_child(filters))
    }
}
