//! The physical rule `interval_join`: which joins of a query's plan an interval join does better.
//!
//! ```text
//! HashJoinExec: on=[(path, path)],                       IntervalJoinExec: on=[(path, path)],
//!     filter=start@0 <= start@2 AND end@3 <= end@1   →       ranges=[start <= start, end >= end]
//!   a                                                      a
//!   b                                                      b
//! ```
//!
//! It fires on hash, sort-merge and nested-loop joins whose condition holds inequalities between an expression of one side and one
//! of the other ([`condition`]), of the types whose rows are the same ([`join`]), where that pays ([`worth`]); a rank over
//! the joined rows is taken into the join ([`best`]). Rows, columns and their names and types stay as they are.

mod best;
mod condition;
mod join;
mod worth;

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;

use self::condition::Condition;
use self::join::EngineJoin;
use super::{IntervalJoinExec, IntervalJoinSpec};
use crate::settings::Settings;

/// Puts [`IntervalJoinExec`] where a plan joins on a key and a range.
#[derive(Debug)]
pub(crate) struct IntervalJoin;

impl PhysicalOptimizerRule for IntervalJoin {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let settings = Settings::of(config);
        if !settings.interval_join {
            return Ok(plan);
        }
        let least_pairs = settings.interval_join_pairs;
        let plan = plan
            .transform_up(|node| match interval_join(&node, least_pairs)? {
                Some(join) => Ok(Transformed::yes(join)),
                None => Ok(Transformed::no(node)),
            })
            .data()?;
        plan.transform_down(|node| match best::fuse(&node, least_pairs)? {
            Some(join) => Ok(Transformed::yes(join)),
            None => Ok(Transformed::no(node)),
        })
        .data()
    }

    fn name(&self) -> &str {
        "interval_join"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The interval join in place of `plan`, if it is a join and that pays.
fn interval_join(plan: &Arc<dyn ExecutionPlan>, least_pairs: usize) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(join) = EngineJoin::of(plan) else {
        return Ok(None);
    };
    let Some(condition) = Condition::of(join.filter.as_ref(), &join.left.schema(), &join.right.schema())? else {
        return Ok(None);
    };
    if condition.ranges.is_empty() {
        return Ok(None);
    }
    if !worth::pays(&join, &condition, least_pairs)? {
        return Ok(None);
    }
    let spec = IntervalJoinSpec {
        build: worth::side_to_keep(&join, &condition)?,
        on: join.on,
        ranges: condition.ranges,
        residual: condition.residual,
        join_type: join.join_type,
        best: None,
        projection: join.projection,
    };
    Ok(Some(Arc::new(IntervalJoinExec::try_new(join.left, join.right, spec)?)))
}
