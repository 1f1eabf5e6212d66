//! Files whose bytes depend on their rows alone: `COPY … TO` and `INSERT INTO` with `codeanatomy.determinism = 'canonical'`.
//!
//! What makes the engine's files differ, and what is done:
//!
//! | what differs | done |
//! |---|---|
//! | the order of the rows | the sink requires the completed order |
//! | pages and batches are cut where batches end | rows come in batches of [`ROWS`], whatever batches they came in |
//! | rows are dealt out to several files as they arrive | one file at a time, cut by `soft_max_rows_per_output_file` |
//! | files get random names | `part-00000.parquet`, the next number that is free in its folder |
//! | Arrow files have the memory of their batches | the memory is made anew ([`batches`]) |
//!
//! Row groups are cut by the engine's writer after a number of rows. Files of Arrow's format in a folder keep random names, since
//! the engine's writer of them cannot be reached.

mod batches;
mod names;
mod sink;

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::physical_expr_common::sort_expr::LexRequirement;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use crate::settings::{Determinism, Settings};
use sink::CanonicalSink;

/// The rows of a batch that is written.
const ROWS: usize = 8192;

/// Gives sinks their rows in the completed order and in batches of one size.
#[derive(Debug)]
pub(crate) struct CanonicalWrites;

impl PhysicalOptimizerRule for CanonicalWrites {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if Settings::of(config).determinism < Determinism::Canonical {
            return Ok(plan);
        }
        let replaced = plan.transform_up(|node| {
            let Some(exec) = node.downcast_ref::<DataSinkExec>() else {
                return Ok(Transformed::no(node));
            };
            if exec.sink().is::<CanonicalSink>() {
                return Ok(Transformed::no(node));
            }
            let of_input = || exec.input().output_ordering().cloned().map(LexRequirement::from);
            let order = exec.sort_order().clone().or_else(of_input);
            let input = Arc::clone(exec.input());
            let canonical = DataSinkExec::new(input, Arc::new(CanonicalSink::new(exec.clone())), order);
            Ok(Transformed::yes(Arc::new(canonical)))
        })?;
        Ok(replaced.data)
    }

    fn name(&self) -> &str {
        "canonical_writes"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
