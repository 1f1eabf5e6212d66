//! Operators that pass rows on as they are, and say something of them or ask something for them.

use std::fmt::{Debug, Formatter};
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, Statistics, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{Distribution, EquivalenceProperties, OrderingRequirements, PhysicalExpr};
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::filter_pushdown::{
    ChildPushdownResult, FilterDescription, FilterPushdownPhase, FilterPushdownPropagation,
};
use datafusion::physical_plan::{
    ChildStats, ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    InputDistributionRequirements, PlanProperties, ReplaceChildrenOptions, StatisticsArgs,
};

/// What such an operator says and asks.
pub(super) trait Passing: Debug + Clone + Send + Sync + 'static {
    /// The name of the operator.
    const NAME: &'static str;

    /// Whether a sort above may become a sort below.
    const KEEPS_ORDER: bool = false;

    /// What is known of the rows of `input`.
    fn known(&self, input: &Arc<dyn ExecutionPlan>) -> EquivalenceProperties;

    /// The order that the input must have.
    fn order(&self) -> Option<OrderingRequirements> {
        None
    }

    /// How the input must be dealt out.
    fn distribution(&self) -> Distribution {
        Distribution::UnspecifiedDistribution
    }

    /// What `EXPLAIN` shows behind the name.
    fn describe(&self) -> String {
        String::new()
    }
}

/// Passes rows on.
#[derive(Debug)]
pub(super) struct PassExec<P> {
    input: Arc<dyn ExecutionPlan>,
    passing: P,
    properties: Arc<PlanProperties>,
}

impl<P: Passing> PassExec<P> {
    pub(super) fn new(input: Arc<dyn ExecutionPlan>, passing: P) -> Self {
        let properties = PlanProperties::new(
            passing.known(&input),
            input.output_partitioning().clone(),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Self {
            input,
            passing,
            properties: Arc::new(properties),
        }
    }

    pub(super) fn passing(&self) -> &P {
        &self.passing
    }
}

impl<P: Passing> DisplayAs for PassExec<P> {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        let described = self.passing.describe();
        match kind {
            DisplayFormatType::Default | DisplayFormatType::Verbose if described.is_empty() => f.write_str(P::NAME),
            DisplayFormatType::Default | DisplayFormatType::Verbose => write!(f, "{}: {described}", P::NAME),
            DisplayFormatType::TreeRender => f.write_str(&described),
        }
    }
}

impl<P: Passing> ExecutionPlan for PassExec<P> {
    fn name(&self) -> &str {
        P::NAME
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        // Where it is not said, the engine cuts the input into partitions and forgets to deal them out by the keys.
        vec![matches!(self.passing.distribution(), Distribution::KeyPartitioned(_))]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![P::KEEPS_ORDER]
    }

    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        vec![self.passing.order()]
    }

    fn required_input_distribution(&self) -> Vec<Distribution> {
        self.input_distribution_requirements().into_per_child()
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![self.passing.distribution()])
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match (children.pop(), children.is_empty()) {
            (Some(input), true) => Ok(Arc::new(Self::new(input, self.passing.clone()))),
            _ => internal_err!("{} has one input", P::NAME),
        }
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.input.execute(partition, context)
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    fn statistics_from_inputs(&self, inputs: &[Arc<Statistics>], _args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        match inputs {
            [input] => Ok(Arc::clone(input)),
            _ => internal_err!("{} has one input", P::NAME),
        }
    }

    fn supports_limit_pushdown(&self) -> bool {
        true
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::Equal
    }

    fn gather_filters_for_pushdown(
        &self,
        _phase: FilterPushdownPhase,
        parent_filters: Vec<Arc<dyn PhysicalExpr>>,
        _config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        FilterDescription::from_children(parent_filters, &self.children())
    }

    fn handle_child_pushdown_result(
        &self,
        _phase: FilterPushdownPhase,
        result: ChildPushdownResult,
        _config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        Ok(FilterPushdownPropagation::if_all(result))
    }
}
