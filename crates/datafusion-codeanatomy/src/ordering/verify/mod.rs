//! `SET codeanatomy.verify = true`: an order that is promised is checked while rows pass.
//!
//! ```text
//! SortPreservingMergeExec: [path, node_id]        OrderVerifyExec: [path, node_id], unique, of=the answer
//!   DatasetScanExec                          ─▶     SortPreservingMergeExec: [path, node_id]
//!                                                     OrderVerifyExec: [path, node_id], unique, of=DatasetScanExec …
//!                                                       DatasetScanExec
//! ```
//!
//! Checked are scans that promise an order, and so may have saved a sort above them (a dataset; files `WITH ORDER`), and in the
//! canonical level of `codeanatomy.determinism` the answer. If the order has a declared key of the scan, no two rows may be equal in
//! it: within a partition of a scan, and over all of the answer where it is rows of one scan.
//!
//! It costs a comparison for each row, and changes nothing but that a broken promise is an error.

mod check;
mod exec;

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_expr::LexOrdering;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::buffer::BufferExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, displayable};

use super::concat::OrderedConcatExec;
use super::distrust::NoKeysExec;
use crate::keys::declared_keys;
use crate::settings::{Determinism, Settings};
pub(crate) use check::OrderCheck;
pub(super) use exec::OrderVerifyExec;

/// Puts [`OrderVerifyExec`] above what promises an order.
#[derive(Debug)]
pub(crate) struct VerifyOrder;

impl PhysicalOptimizerRule for VerifyOrder {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let settings = Settings::of(config);
        // The plan of a view is a part of another plan, and optimized before it.
        if !settings.verify || plan.is::<OrderVerifyExec>() {
            return Ok(plan);
        }
        let of_scans = plan.transform_down(|node| {
            if node.is::<OrderVerifyExec>() {
                return Ok(Transformed::new(
                    node,
                    false,
                    datafusion::common::tree_node::TreeNodeRecursion::Jump,
                ));
            }
            let verified = match node.children().is_empty() {
                true => verified(&node, &describe(&node)),
                false => None,
            };
            Ok(match verified {
                Some(verified) => {
                    Transformed::new(verified, true, datafusion::common::tree_node::TreeNodeRecursion::Jump)
                }
                None => Transformed::no(node),
            })
        })?;
        let plan = of_scans.data;
        if settings.determinism < Determinism::Canonical || plan.output_partitioning().partition_count() != 1 {
            return Ok(plan);
        }
        Ok(verified(&plan, "the answer").unwrap_or(plan))
    }

    fn name(&self) -> &str {
        "verify_order"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn verified(node: &Arc<dyn ExecutionPlan>, of: &str) -> Option<Arc<dyn ExecutionPlan>> {
    let order = node.output_ordering()?.clone();
    let unique = is_of_one_scan(node) && has_key(node, &order);
    Some(Arc::new(OrderVerifyExec::new(
        Arc::clone(node),
        order,
        unique,
        of.to_string(),
    )))
}

fn describe(node: &Arc<dyn ExecutionPlan>) -> String {
    let shown = displayable(node.as_ref()).one_line().to_string();
    shown.trim_end().chars().take(200).collect()
}

/// Whether the columns of `order` have those of a declared key.
fn has_key(node: &Arc<dyn ExecutionPlan>, order: &LexOrdering) -> bool {
    let sorted: Vec<usize> = order
        .iter()
        .filter_map(|sort| Some(sort.expr.downcast_ref::<Column>()?.index()))
        .collect();
    let keys = declared_keys(node.as_ref());
    keys.iter().any(|key| key.iter().all(|i| sorted.contains(i)))
}

/// Whether every row is another row of one scan, so that a key of the scan is a key.
fn is_of_one_scan(node: &Arc<dyn ExecutionPlan>) -> bool {
    let mut node = node;
    loop {
        match node.children().as_slice() {
            [] => return true,
            [input] if passes_rows(node) => node = *input,
            _ => return false,
        }
    }
}

fn passes_rows(node: &Arc<dyn ExecutionPlan>) -> bool {
    node.is::<OrderVerifyExec>()
        || node.is::<OrderedConcatExec>()
        || node.is::<NoKeysExec>()
        || node.is::<SortPreservingMergeExec>()
        || node.is::<SortExec>()
        || node.is::<ProjectionExec>()
        || node.is::<FilterExec>()
        || node.is::<CooperativeExec>()
        || node.is::<BufferExec>()
        || node.is::<GlobalLimitExec>()
        || node.is::<LocalLimitExec>()
}
