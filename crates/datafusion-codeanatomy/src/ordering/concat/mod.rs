//! Sorted partitions of which each ends before the next begins are put one behind the other, and not merged.
//!
//! ```text
//! SortPreservingMergeExec: [path, node_id]        OrderedConcatExec: [path, node_id], partitions=[0, 1]
//!   DatasetScanExec: 2 partitions           ─▶      DatasetScanExec: 2 partitions
//! ```
//!
//! A merge compares every row with those of the other partitions, to find that it comes next. Where the bounds of the partitions
//! say so beforehand nothing is compared, batches go through as they are, and the partitions behind the first may read ahead,
//! where a merge takes one batch of each and waits.
//!
//! It fires if the bounds prove it ([`bounds`]) in a session with `codeanatomy.determinism`, and over datasets in any session;
//! `codeanatomy.optimizer.ordered_concat` turns it off. It may not change rows nor their order, but among rows that tie in
//! the whole order, where the engine's merge takes them as they arrive.

mod bounds;
mod exec;
mod stream;

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use crate::dataset::DatasetScanExec;
use crate::settings::{Determinism, Settings};
use bounds::sequence;
pub(super) use exec::OrderedConcatExec;

/// Replaces merges of partitions that follow each other.
#[derive(Debug)]
pub(crate) struct OrderedConcat;

impl PhysicalOptimizerRule for OrderedConcat {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let settings = Settings::of(config);
        if !settings.ordered_concat {
            return Ok(plan);
        }
        let everywhere = settings.determinism != Determinism::Off;
        let replaced = plan.transform_up(|node| {
            let Some(merge) = node.downcast_ref::<SortPreservingMergeExec>() else {
                return Ok(Transformed::no(node));
            };
            let input = merge.input();
            if input.output_partitioning().partition_count() < 2 || !(everywhere || reads_dataset(input)) {
                return Ok(Transformed::no(node));
            }
            let Some(partitions) = sequence(input, merge.expr())? else {
                return Ok(Transformed::no(node));
            };
            let concat = OrderedConcatExec::new(Arc::clone(input), merge.expr().clone(), partitions, merge.fetch());
            Ok(Transformed::yes(Arc::new(concat)))
        })?;
        Ok(replaced.data)
    }

    fn name(&self) -> &str {
        "ordered_concat"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Whether rows come from one dataset, through operators of one input.
fn reads_dataset(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let mut node = plan;
    loop {
        match node.children().as_slice() {
            [] => return node.is::<DatasetScanExec>(),
            [input] => node = *input,
            _ => return false,
        }
    }
}
