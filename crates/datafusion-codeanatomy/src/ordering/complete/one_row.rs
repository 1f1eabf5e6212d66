//! Rows that need no order.

use datafusion::common::tree_node::TreeNode;
use datafusion::logical_expr::LogicalPlan;

/// Whether `plan` has one row, or none.
pub(super) fn at_most_one_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(_) | LogicalPlan::Filter(_) | LogicalPlan::SubqueryAlias(_) | LogicalPlan::Sort(_) => {
            plan.inputs().into_iter().all(at_most_one_row)
        }
        LogicalPlan::EmptyRelation(_) => true,
        LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.is_empty() => true,
        // The engine counts no row for `SELECT 1`, so it counts wrong where such rows are united or joined.
        plan => plan.max_rows().is_some_and(|rows| rows <= 1) && !holds_a_row_of_nothing(plan),
    }
}

fn holds_a_row_of_nothing(plan: &LogicalPlan) -> bool {
    let is_one = |node: &LogicalPlan| Ok(matches!(node, LogicalPlan::EmptyRelation(empty) if empty.produce_one_row));
    plan.exists(is_one).unwrap_or(true)
}
