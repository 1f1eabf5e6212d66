//! Files that are read in the order that the plan relies on.
//!
//! A scan of files that declare an order gives each partition its files one after the other. The engine's `LimitPushdown` takes this
//! back for every scan below a limit that needs no order of its own, also where a merge above it does (`ORDER BY … LIMIT` of files
//! `WITH ORDER`): then an idle partition takes files from others, partitions are not sorted, and neither is what is merged.
//! Where an answer has to be determined, such scans keep their order; so do those whose order is the [place](super::place) of rows.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::{ChildrenPropertiesMode, ExecutionPlan, ReplaceChildrenOptions};

use super::place::PlaceOrderExec;
use crate::settings::{Determinism, Settings};

/// Makes scans that declare an order keep it.
#[derive(Debug)]
pub(crate) struct FileOrder;

impl PhysicalOptimizerRule for FileOrder {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if Settings::of(config).determinism == Determinism::Off {
            return Ok(plan);
        }
        let kept = plan.transform_up(|node| {
            let scan = match node.is::<PlaceOrderExec>() {
                true => node.children().pop().filter(|scan| takes_files(scan)),
                false => None,
            };
            if let Some(scan) = scan.and_then(|scan| scan.with_preserve_order(true)) {
                let replaced = node.replace_children(
                    vec![scan],
                    ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute),
                )?;
                return Ok(Transformed::yes(replaced));
            }
            let kept = match forgets_order(&node) {
                true => node.with_preserve_order(true),
                false => None,
            };
            Ok(kept.map_or_else(|| Transformed::no(node), Transformed::yes))
        })?;
        Ok(kept.data)
    }

    fn name(&self) -> &str {
        "file_order"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn forgets_order(node: &Arc<dyn ExecutionPlan>) -> bool {
    files(node).is_some_and(|files| !files.output_ordering.is_empty()) && takes_files(node)
}

/// Whether partitions of the scan take files from others.
fn takes_files(node: &Arc<dyn ExecutionPlan>) -> bool {
    files(node).is_some_and(|files| !files.preserve_order)
}

fn files(node: &Arc<dyn ExecutionPlan>) -> Option<&FileScanConfig> {
    let scan = node.downcast_ref::<DataSourceExec>()?;
    scan.data_source().downcast_ref::<FileScanConfig>()
}
