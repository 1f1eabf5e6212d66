//! Sorts whose limit the engine would get wrong.
//!
//! ```text
//! SortExec: TopK(fetch=3), expr=[f]        LocalLimitExec: fetch=3
//!   DataSourceExec                   ─▶      SortExec: expr=[f]
//!                                              DataSourceExec
//! ```
//!
//! The engine's top-k leaves out rows that do not compare (`<`) as less than the last of those it has. Of zeros of both signs and of nested
//! values with nulls that says something else than the order by which it keeps rows, so that what is kept depends on the order in
//! which rows arrive. Where an answer has to be determined, such rows are sorted, and then limited.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::limit::LocalLimitExec;
use datafusion::physical_plan::sorts::sort::SortExec;

use super::types::compares_otherwise;
use crate::settings::{Determinism, Settings};

/// Takes the limit out of sorts by floating-point numbers and nested values.
#[derive(Debug)]
pub(crate) struct WholeSorts;

impl PhysicalOptimizerRule for WholeSorts {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if Settings::of(config).determinism == Determinism::Off {
            return Ok(plan);
        }
        let whole = plan.transform_up(|node| {
            let Some(sort) = node.downcast_ref::<SortExec>() else {
                return Ok(Transformed::no(node));
            };
            let schema = sort.input().schema();
            let mut types = sort.expr().iter().map(|key| key.expr.data_type(&schema));
            let Some(fetch) = sort.fetch() else {
                return Ok(Transformed::no(node));
            };
            if !types.any(|ty| ty.is_ok_and(|ty| compares_otherwise(&ty))) {
                return Ok(Transformed::no(node));
            }
            let whole = SortExec::new(sort.expr().clone(), Arc::clone(sort.input()))
                .with_preserve_partitioning(sort.preserve_partitioning());
            Ok(Transformed::yes(Arc::new(LocalLimitExec::new(Arc::new(whole), fetch))))
        })?;
        Ok(whole.data)
    }

    fn name(&self) -> &str {
        "whole_sorts"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
