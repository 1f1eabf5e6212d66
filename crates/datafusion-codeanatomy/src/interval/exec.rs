//! The plan's node.

use std::any::Any;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{JoinSide, Result, Statistics, internal_err};
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::{DynamicFilterPhysicalExpr, lit};
use datafusion::physical_expr::{Distribution, PhysicalExpr};
use datafusion::physical_plan::execution_plan::apply_expression_roots;
use datafusion::physical_plan::filter_pushdown::{
    ChildFilterDescription, ChildPushdownResult, FilterDescription, FilterPushdownPhase, FilterPushdownPropagation,
};
use datafusion::physical_plan::joins::utils::{ColumnIndex, build_join_schema};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::projection::{EmbeddedProjection, ProjectionExec, try_embed_projection};
use datafusion::physical_plan::{
    ChildStats, ChildrenPropertiesMode, ExecutionPlan, ExecutionPlanProperties, InputDistributionRequirements,
    PlanProperties, ReplaceChildrenOptions, StatisticsArgs, project_schema,
};

use super::IntervalJoinSpec;
use super::announce::Announcement;
use super::properties::{maintains_order, properties};
use super::run::{Inputs, Metrics, Shape, join_stream};

/// Joins two inputs as an [`IntervalJoinSpec`] says. Both are partitioned by the keys; without keys each is one partition.
///
/// One side of a partition is kept and indexed, the other one streams, and where the join type allows it the rows come
/// in its order. Matches of a row come by their first bound.
#[derive(Debug, Clone)]
pub struct IntervalJoinExec {
    left: Arc<dyn ExecutionPlan>,
    right: Arc<dyn ExecutionPlan>,
    spec: IntervalJoinSpec,
    pub(super) fetch: Option<usize>,
    /// The schema before the projection, and where its columns come from.
    pub(super) join_schema: SchemaRef,
    columns: Vec<ColumnIndex>,
    /// What the scan of the asking side is told.
    announcement: Option<Arc<Announcement>>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl IntervalJoinExec {
    /// The join of `left` and `right`. Its schema is the engine's for the join type, then the projection.
    ///
    /// An error says which part of the spec cannot be: a key or bound whose types differ, a mark join, other than one or
    /// two inequalities, best matches of a join type that has none.
    pub fn try_new(
        left: Arc<dyn ExecutionPlan>,
        right: Arc<dyn ExecutionPlan>,
        spec: IntervalJoinSpec,
    ) -> Result<Self> {
        spec.check(&left.schema(), &right.schema())?;
        let (schema, columns) = build_join_schema(&left.schema(), &right.schema(), &spec.join_type);
        let join_schema = Arc::new(schema);
        let properties = properties(&spec, &left, &right, &join_schema)?;
        Ok(Self {
            left,
            right,
            spec,
            fetch: None,
            join_schema,
            columns,
            announcement: None,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// What is joined.
    pub fn spec(&self) -> &IntervalJoinSpec {
        &self.spec
    }

    /// The left input.
    pub fn left(&self) -> &Arc<dyn ExecutionPlan> {
        &self.left
    }

    /// The right input.
    pub fn right(&self) -> &Arc<dyn ExecutionPlan> {
        &self.right
    }

    /// Where the columns of the output come from.
    fn output_columns(&self) -> Vec<ColumnIndex> {
        match &self.spec.projection {
            Some(projection) => projection.iter().map(|i| self.columns[*i].clone()).collect(),
            None => self.columns.clone(),
        }
    }

    /// Which input asks.
    fn asking_child(&self) -> usize {
        usize::from(self.spec.probe() == JoinSide::Right)
    }
}

impl ExecutionPlan for IntervalJoinExec {
    fn name(&self) -> &'static str {
        "IntervalJoinExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.left, &self.right]
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        if self.spec.on.is_empty() {
            return InputDistributionRequirements::new(vec![Distribution::SinglePartition; 2]);
        }
        let (left, right) = self.spec.on.iter().cloned().unzip();
        InputDistributionRequirements::co_partitioned(vec![
            Distribution::KeyPartitioned(left),
            Distribution::KeyPartitioned(right),
        ])
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        maintains_order(&self.spec).to_vec()
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let spec = &self.spec;
        let keys = spec.on.iter().flat_map(|(left, right)| [left, right]);
        let ranges = spec.ranges.iter().flat_map(|range| [&range.left, &range.right]);
        let residual = spec.residual.iter().map(|residual| residual.expression());
        let order = spec
            .best
            .iter()
            .flat_map(|best| &best.order_by)
            .map(|order| &order.expr);
        let filter = self.dynamic_expressions_produced();
        apply_expression_roots(keys.chain(ranges).chain(residual).chain(order).chain(&filter), f)
    }

    fn dynamic_expressions_produced(&self) -> Vec<Arc<dyn PhysicalExpr>> {
        let filter = self.announcement.iter();
        filter.map(|a| Arc::clone(a.filter()) as _).collect()
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Ok([left, right]) = <[_; 2]>::try_from(children) else {
            return internal_err!("an interval join has two inputs");
        };
        let plan = match options.children_properties {
            ChildrenPropertiesMode::Keep => Self {
                left,
                right,
                metrics: ExecutionPlanMetricsSet::new(),
                ..Arc::unwrap_or_clone(self)
            },
            ChildrenPropertiesMode::Recompute => Self {
                fetch: self.fetch,
                announcement: self.announcement.as_ref().map(|announcement| announcement.anew()),
                ..Self::try_new(left, right, self.spec.clone())?
            },
        };
        Ok(Arc::new(plan))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn reset_state(self: Arc<Self>) -> Result<Arc<dyn ExecutionPlan>> {
        // What was true of other rows must not stay with the scan, which has the filter for good.
        if let Some(announcement) = &self.announcement {
            announcement.filter().update(lit(true))?;
        }
        Ok(Arc::new(Self {
            metrics: ExecutionPlanMetricsSet::new(),
            announcement: None,
            ..Arc::unwrap_or_clone(self)
        }))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let partitions = |plan: &Arc<dyn ExecutionPlan>| plan.output_partitioning().partition_count();
        let (left, right) = (partitions(&self.left), partitions(&self.right));
        if left != right || (self.spec.on.is_empty() && left != 1) {
            return internal_err!(
                "the inputs of an interval join have {left} and {right} partitions, which cannot be joined"
            );
        }
        let shape = Shape::try_new(
            &self.spec,
            &self.left.schema(),
            &self.right.schema(),
            self.output_columns(),
            self.schema(),
        )?;
        let (kept, asking) = match self.spec.build {
            JoinSide::Left => (&self.left, &self.right),
            _ => (&self.right, &self.left),
        };
        let inputs = Inputs {
            kept: kept.execute(partition, Arc::clone(&context))?,
            asking: asking.execute(partition, Arc::clone(&context))?,
            fetch: self.fetch,
            ordered: self.spec.keeps_probe_order() && asking.output_ordering().is_some(),
            announce: self.announcement.as_ref().map(|announcement| {
                let optimizer = &context.session_config().options().optimizer;
                let most = optimizer.hash_join_inlist_pushdown_max_distinct_values;
                announcement.announce(&self.spec, asking.schema(), (partition, left), most)
            }),
        };
        let reservation = MemoryConsumer::new(format!("IntervalJoinExec[{partition}]"))
            .with_can_spill(true)
            .register(context.memory_pool());
        let metrics = Metrics::new(&self.metrics, partition);
        Ok(join_stream(Arc::new(shape), inputs, reservation, metrics, context))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition); 2]
    }

    /// The rows of a side of which each comes at most or at least once are known; how many matches a row has is not.
    fn statistics_from_inputs(&self, inputs: &[Arc<Statistics>], _: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let of = |side: JoinSide| match side {
            JoinSide::Left => inputs[0].num_rows,
            _ => inputs[1].num_rows,
        };
        let mut statistics = Statistics::new_unknown(&self.schema());
        statistics.num_rows = match (self.spec.existence(), &self.spec.best) {
            (Some((side, _)), _) => of(side).to_inexact(),
            (None, Some(best)) => match of(self.spec.probe()).get_value() {
                Some(rows) => Precision::Inexact(rows.saturating_mul(best.k.get())),
                None => Precision::Absent,
            },
            (None, None) => of(JoinSide::Left).max(&of(JoinSide::Right)).to_inexact(),
        };
        Ok(Arc::new(statistics.with_fetch(self.fetch, 0, 1)?))
    }

    fn try_swapping_with_projection(&self, projection: &ProjectionExec) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        match self.spec.projection {
            Some(_) => Ok(None),
            None => try_embed_projection(projection, self),
        }
    }

    /// A filter over the columns of one side passes below it where each row of that side comes out or not by itself; and the
    /// asking side gets one of what is kept.
    fn gather_filters_for_pushdown(
        &self,
        phase: FilterPushdownPhase,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        let columns = self.output_columns();
        let below = |side: JoinSide, child: &Arc<dyn ExecutionPlan>| {
            let nulls_come = self.spec.keeps_all_of(side.negate());
            let decides_best = self.spec.best.is_some() && side == self.spec.build;
            if nulls_come || decides_best {
                return Ok(ChildFilterDescription::all_unsupported(&filters));
            }
            let schema = child.schema();
            // The engine finds the column below by its name, which may not be the only one.
            let is_found = |c: &ColumnIndex| {
                c.side == side
                    && schema
                        .index_of(schema.field(c.index).name())
                        .is_ok_and(|i| i == c.index)
            };
            let allowed = (0..).zip(&columns).filter(|(_, c)| is_found(c)).map(|(i, _)| i);
            ChildFilterDescription::from_child_with_allowed_indices(&filters, allowed.collect(), child)
        };
        let mut children = [below(JoinSide::Left, &self.left)?, below(JoinSide::Right, &self.right)?];
        let tells = phase == FilterPushdownPhase::Post
            && config.optimizer.enable_join_dynamic_filter_pushdown
            && self.announcement.is_none()
            && Announcement::is_possible(&self.spec);
        if tells {
            let child = &mut children[self.asking_child()];
            *child = child.clone().with_self_filter(Announcement::filter_of(&self.spec));
        }
        let [left, right] = children;
        Ok(FilterDescription::new().with_child(left).with_child(right))
    }

    fn handle_child_pushdown_result(
        &self,
        _phase: FilterPushdownPhase,
        result: ChildPushdownResult,
        _config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        let own = result.self_filters.get(self.asking_child()).and_then(|own| own.first());
        let own = own.map(|filter| Arc::clone(&filter.predicate) as Arc<dyn Any + Send + Sync>);
        let propagation = FilterPushdownPropagation::if_any(result);
        let Some(Ok(filter)) = own.map(|own| own.downcast::<DynamicFilterPhysicalExpr>()) else {
            return Ok(propagation);
        };
        Ok(propagation.with_updated_node(Arc::new(Self {
            announcement: Some(Announcement::new(filter)),
            ..self.clone()
        })))
    }

    fn fetch(&self) -> Option<usize> {
        self.fetch
    }

    fn with_fetch(&self, fetch: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        Some(Arc::new(Self { fetch, ..self.clone() }))
    }
}

impl EmbeddedProjection for IntervalJoinExec {
    fn with_projection(&self, projection: Option<Vec<usize>>) -> Result<Self> {
        let projection = match (&self.spec.projection, projection) {
            (Some(old), Some(new)) => Some(new.iter().map(|i| old[*i]).collect()),
            (None, Some(new)) => Some(new),
            (_, None) => None,
        };
        project_schema(&self.join_schema, projection.as_ref())?;
        let spec = IntervalJoinSpec {
            projection,
            ..self.spec.clone()
        };
        Ok(Self {
            fetch: self.fetch,
            announcement: self.announcement.as_ref().map(|announcement| announcement.anew()),
            ..Self::try_new(Arc::clone(&self.left), Arc::clone(&self.right), spec)?
        })
    }
}
