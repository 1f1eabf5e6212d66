//! Merges of which rows that tie come in the order of the partitions.
//!
//! The engine's merge takes rows that tie from the partitions in turn, unless a flag is set, and every rule that replaces the input of a
//! merge forgets the flag. So it is set here, behind all other rules. It may not change anything but the order among rows that tie in the
//! order of the merge.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;

use crate::settings::{Determinism, Settings};

/// Makes merges stable where an answer has to be determined.
#[derive(Debug)]
pub(crate) struct StableMerges;

impl PhysicalOptimizerRule for StableMerges {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if Settings::of(config).determinism == Determinism::Off {
            return Ok(plan);
        }
        let stable = plan.transform_up(|node| {
            let Some(merge) = node.downcast_ref::<SortPreservingMergeExec>() else {
                return Ok(Transformed::no(node));
            };
            let stable = merge.clone().with_round_robin_repartition(false);
            Ok(Transformed::yes(Arc::new(stable)))
        })?;
        Ok(stable.data)
    }

    fn name(&self) -> &str {
        "stable_merges"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
