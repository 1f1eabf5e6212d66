//! The physical rule `winner_select`: it sees where a plan keeps the first rows of groups, or ranks all of them, and puts
//! [`WinnerSelectExec`] there.
//!
//! ```text
//! FilterExec: rn@2 <= 3 AND b@1 > 5                            FilterExec: b@1 > 5
//!   [ProjectionExec …]                                          [ProjectionExec …]
//!     WindowAggExec: count(*) PARTITION BY [k]         ─▶         WinnerSelectExec: Final, k <= 3, reports=[rn, count]
//!       BoundedWindowAggExec: row_number() …                        WinnerSelectExec: Partial     (where it may)
//!         input                                                       input
//!
//! AggregateExec: Final, gby=[k], first_value(a ORDER BY s) …   ProjectionExec: k, a, …
//!   AggregateExec: Partial                             ─▶        WinnerSelectExec: Final
//!     input                                                        WinnerSelectExec: Partial
//!                                                                    input
//! ```
//!
//! It fires where every window between the filter and the input says something of the same groups in the same order that the
//! operator can report: their ranks, their number of rows, their ties, the next row. Any other window there needs rows
//! that would be gone. Windows below are input like any other. Rows, names, types and nullability stay what they were; where
//! the order of a query leaves a choice between rows, the operator takes the least by all columns, the engine the one
//! that comes first.
//!
//! It does not fire where a key is volatile (the operator may evaluate it twice), where `rank()` has no order (all rows
//! tie), for `first_value` without an order or by the groups themselves (any row would do, and the first to come is cheaper), where the input never ends,
//! and, without a filter, where the input has the order of the windows already.

mod aggregate;
mod bound;
mod combine;
mod definition;
mod order;
mod place;
mod report;
mod stack;

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::conjunction_opt;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::filter::{FilterExec, FilterExecBuilder};
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};

use crate::settings::Settings;

use super::spec::{Keep, Retention};
pub(crate) use combine::WinnerCombine;
use place::place;
pub(in crate::winner) use place::select;
use stack::Stack;

/// The rule; see the module.
#[derive(Debug)]
pub(crate) struct WinnerSelect;

impl PhysicalOptimizerRule for WinnerSelect {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        if !Settings::of(config).winner_select {
            return Ok(plan);
        }
        // How many of the next nodes belong to a stack of windows that stays.
        let mut staying = 0_usize;
        plan.transform_down(|node| {
            let stays = staying > 0;
            staying = staying.saturating_sub(1);
            if let Some(plan) = filtered(&node, config)? {
                return Ok(Transformed::yes(plan));
            }
            if let Some(plan) = aggregate::recognise(&node, config)? {
                return Ok(Transformed::yes(plan));
            }
            if stays || !stack::is_window(&node) {
                return Ok(Transformed::no(node));
            }
            let Some(stack) = Stack::below(&node) else {
                return Ok(Transformed::no(node));
            };
            if let Some(plan) = ranked(&stack, config)? {
                return Ok(Transformed::yes(plan));
            }
            staying = stack.nodes.len() - 1;
            Ok(Transformed::no(node))
        })
        .data()
    }

    fn name(&self) -> &str {
        "winner_select"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// A filter on a rank: the winners.
fn filtered(node: &Arc<dyn ExecutionPlan>, config: &ConfigOptions) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(filter) = node.downcast_ref::<FilterExec>().filter(|f| f.fetch().is_none()) else {
        return Ok(None);
    };
    let Some(stack) = Stack::below(filter.input()) else {
        return Ok(None);
    };
    // The function whose bound says most: `row_number` keeps fewer rows than `rank`, and that fewer than `dense_rank`.
    let chosen = bound::of(filter.predicate())
        .into_iter()
        .filter_map(|(column, bound)| {
            let (place, retention) = stack.ranking(column)?;
            Some((strength(retention), bound, column, place, retention))
        })
        .min_by_key(|(function, bound, column, ..)| (*function, *bound, *column));
    let Some((_, bound, column, place_in_stack, retention)) = chosen else {
        return Ok(None);
    };
    let Some(fused) = stack.fuse(place_in_stack)? else {
        return Ok(None);
    };
    if retention != Retention::RowNumber && fused.order_by.is_empty() {
        return Ok(None);
    }
    let Some(k) = NonZeroUsize::new(usize::try_from(bound).unwrap_or(usize::MAX)) else {
        return Ok(Some(Arc::new(EmptyExec::new(filter.schema()))));
    };
    let selected = place(fused, k, retention, Keep::Winners, config)?;
    let selected = stack.above(selected)?;
    let rest = bound::without(filter.predicate(), column, bound);
    let plan: Arc<dyn ExecutionPlan> = match (conjunction_opt(rest), filter.projection()) {
        (Some(predicate), projection) => Arc::new(
            FilterExecBuilder::new(predicate, selected)
                .with_default_selectivity(filter.default_selectivity())
                .with_batch_size(filter.batch_size())
                .apply_projection(projection.as_ref().map(|p| p.to_vec()))?
                .build()?,
        ),
        (None, Some(projection)) => {
            let schema = selected.schema();
            let column = |i: &usize| ProjectionExpr {
                expr: Arc::new(Column::new(schema.field(*i).name(), *i)),
                alias: schema.field(*i).name().clone(),
            };
            Arc::new(ProjectionExec::try_new(projection.iter().map(column), selected)?)
        }
        (None, None) => selected,
    };
    Ok(Some(plan))
}

fn strength(retention: Retention) -> usize {
    match retention {
        Retention::RowNumber => 0,
        Retention::Rank => 1,
        Retention::DenseRank => 2,
    }
}

/// Windows alone: all rows, ranked. Only all windows of a stack together: one sort serves those that share keys.
fn ranked(stack: &Stack, config: &ConfigOptions) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(place_in_stack) = stack.first_ranking() else {
        return Ok(None);
    };
    let Some(fused) = stack.fuse(place_in_stack)?.filter(|fused| fused.is_whole) else {
        return Ok(None);
    };
    if fused.written.is_empty() || fused.partition_by.is_empty() || fused.is_sorted()? {
        return Ok(None);
    }
    place(fused, NonZeroUsize::MIN, Retention::RowNumber, Keep::Ranked, config).map(Some)
}

impl Stack {
    /// The projections above the first window, over `plan` in its place.
    fn above(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
        let projections = self.nodes[..self.first_window].iter().rev();
        projections.cloned().try_fold(plan, |plan, projection| {
            replace_children_if_necessary(projection, vec![plan])
        })
    }
}
