//! What the engine says wrongly of three operators, and what would come of it: no sort where one is needed.
//!
//! - An outer join passes on that a column of the side that may be missing is constant (`... LEFT JOIN (SELECT * FROM b WHERE
//!   c = 1)`), though it is null in unmatched rows; so `c` is left out of sorts above.
//! - A union of inputs in which a column is constant, in each another value, passes on that it is constant in each partition, and behind
//!   a shuffle that it is constant.
//! - `unnest` passes on that a column is a key, though its rows are now repeated; so columns behind it are left out.
//!
//! Where an answer has to be determined, nothing of the rows of these operators is taken for granted.

use std::fmt::Formatter;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{JoinType, Result, Statistics, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::unnest::UnnestExec;
use datafusion::physical_plan::{
    ChildStats, ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties,
    PlanProperties, ReplaceChildrenOptions, StatisticsArgs,
};

use crate::settings::{Determinism, Settings};

/// Puts [`DistrustExec`] above the operators.
#[derive(Debug)]
pub(crate) struct Distrust;

impl PhysicalOptimizerRule for Distrust {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if Settings::of(config).determinism == Determinism::Off {
            return Ok(plan);
        }
        let guarded = plan.transform_up(|node| match promises_too_much(&node) {
            true => Ok(Transformed::yes(Arc::new(DistrustExec::new(node)))),
            false => Ok(Transformed::no(node)),
        })?;
        Ok(guarded.data)
    }

    fn name(&self) -> &str {
        "distrust"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn promises_too_much(node: &Arc<dyn ExecutionPlan>) -> bool {
    let join = if let Some(join) = node.downcast_ref::<HashJoinExec>() {
        join.join_type
    } else if let Some(join) = node.downcast_ref::<SortMergeJoinExec>() {
        join.join_type
    } else if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() {
        *join.join_type()
    } else {
        return node.is::<UnnestExec>() || unites_constants(node);
    };
    matches!(join, JoinType::Left | JoinType::Right | JoinType::Full)
}

/// Whether a column is constant in an input of a union: each may have another constant.
fn unites_constants(node: &Arc<dyn ExecutionPlan>) -> bool {
    let constant = |input: &&Arc<dyn ExecutionPlan>| !input.equivalence_properties().constants().is_empty();
    node.is::<UnionExec>() && node.children().iter().any(constant)
}

/// Passes rows on, and promises nothing of them but their partitions.
#[derive(Debug)]
pub(crate) struct DistrustExec {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl DistrustExec {
    fn new(input: Arc<dyn ExecutionPlan>) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(input.schema()),
            input.output_partitioning().clone(),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Self {
            input,
            properties: Arc::new(properties),
        }
    }
}

impl DisplayAs for DistrustExec {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        match kind {
            DisplayFormatType::Default | DisplayFormatType::Verbose => write!(f, "DistrustExec"),
            DisplayFormatType::TreeRender => Ok(()),
        }
    }
}

impl ExecutionPlan for DistrustExec {
    fn name(&self) -> &str {
        "DistrustExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
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
            (Some(input), true) => Ok(Arc::new(Self::new(input))),
            _ => internal_err!("DistrustExec has one input"),
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
            _ => internal_err!("DistrustExec has one input"),
        }
    }

    fn supports_limit_pushdown(&self) -> bool {
        true
    }
}
