//! Sorts that have no last row to wait for.
//!
//! In the canonical level every answer is sorted. Rows of an unbounded source never are, unless it declares their order; the engine's own check
//! says so of operators that nobody has written.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, plan_err};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use crate::settings::{Determinism, Settings};

/// Refuses sorts of rows that do not end, and says what to do.
#[derive(Debug)]
pub(crate) struct EndlessSorts;

impl PhysicalOptimizerRule for EndlessSorts {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if Settings::of(config).determinism == Determinism::Off {
            return Ok(plan);
        }
        plan.apply(|node| match node.downcast_ref::<SortExec>() {
            Some(sort) if sort.input().boundedness().is_unbounded() => plan_err!(
                "the order of rows that do not end is not determined: this query reads an unbounded source and sorts by {}, which \
                 codeanatomy.determinism may have completed; declare the order of the source (WITH ORDER), or SET codeanatomy.determinism = 'off'",
                sort.expr()
            ),
            _ => Ok(TreeNodeRecursion::Continue),
        })?;
        Ok(plan)
    }

    fn name(&self) -> &str {
        "endless_sorts"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
