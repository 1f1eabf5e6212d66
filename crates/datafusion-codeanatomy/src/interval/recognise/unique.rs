//! Whether expressions tell the rows of a plan apart.

use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;

use crate::keys::declared_keys;

/// Whether no two rows of `plan` are equal in all of `exprs`: they hold a declared primary key, or all that the rows were grouped by.
pub(super) fn is_unique(plan: &dyn ExecutionPlan, exprs: &[PhysicalExprRef]) -> bool {
    let columns: Vec<usize> = exprs
        .iter()
        .filter_map(|e| e.downcast_ref::<Column>().map(Column::index))
        .collect();
    is_unique_on(plan, columns)
}

fn is_unique_on(mut plan: &dyn ExecutionPlan, mut columns: Vec<usize>) -> bool {
    loop {
        let holds = |key: &[usize]| key.iter().all(|k| columns.contains(k));
        if declared_keys(plan).iter().any(|key| holds(key)) {
            return true;
        }
        if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
            let groups = aggregate.group_expr();
            let whole = matches!(
                aggregate.mode(),
                AggregateMode::Final
                    | AggregateMode::FinalPartitioned
                    | AggregateMode::Single
                    | AggregateMode::SinglePartitioned
            );
            let keys: Vec<usize> = (0..groups.expr().len()).collect();
            return whole && groups.is_single() && holds(&keys);
        }
        if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
            let below = |c: &usize| {
                let column = projection.expr().get(*c)?.expr.downcast_ref::<Column>();
                column.map(Column::index)
            };
            columns = columns.iter().filter_map(below).collect();
        } else if let Some(filter) = plan.downcast_ref::<FilterExec>() {
            if let Some(projection) = filter.projection() {
                columns = columns.iter().filter_map(|c| projection.get(*c).copied()).collect();
            }
        } else if !(plan.is::<RepartitionExec>()
            || plan.is::<CoalescePartitionsExec>()
            || plan.is::<SortExec>()
            || plan.is::<SortPreservingMergeExec>())
        {
            return false;
        }
        let Some(input) = plan.children().first().copied() else {
            return false;
        };
        plan = input.as_ref();
    }
}
