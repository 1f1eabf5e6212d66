//! `first_value(… ORDER BY s)` per group, alone or in sets of one order, which is also what DISTINCT ON becomes.

use std::any::Any;
use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::functions_aggregate::first_last::{FirstValue, LastValue};
use datafusion::physical_expr::PhysicalSortExpr;
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use datafusion::physical_expr::expressions::CastExpr;
use datafusion::physical_expr_common::physical_expr::is_volatile;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateInputMode, AggregateMode, AggregateOutputMode};
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, PhysicalExpr};

use super::order::{effective, least};
use super::place::select;
use crate::winner::spec::{Keep, Retention, WinnerSpec};

/// The operator for `node`, if it is such an aggregate.
pub(super) fn recognise(
    node: &Arc<dyn ExecutionPlan>,
    config: &ConfigOptions,
) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(last) = node.downcast_ref::<AggregateExec>() else {
        return Ok(None);
    };
    let Some(first) = first_phase(last) else {
        return Ok(None);
    };
    let Some(order_by) = order(first) else {
        return Ok(None);
    };
    let groups = first.group_expr().expr();
    let values = first.aggr_expr().iter().flat_map(|a| a.expressions());
    let exprs: Vec<_> = groups.iter().map(|(e, _)| Arc::clone(e)).chain(values).collect();
    let schema = last.schema();
    if exprs.len() != schema.fields().len() || exprs.iter().chain(order_by.iter().map(|o| &o.expr)).any(is_volatile) {
        return Ok(None);
    }
    let input = first.input();
    let mut columns = Vec::with_capacity(exprs.len());
    for (expr, field) in exprs.into_iter().zip(schema.fields()) {
        let given = expr.return_field(&input.schema())?;
        if given.data_type() != field.data_type() {
            return Ok(None);
        }
        // An aggregate's value may be null where its argument may not; a cast declares that and copies nothing.
        let as_declared = given.is_nullable() == field.is_nullable() && given.metadata() == field.metadata();
        let expr: Arc<dyn PhysicalExpr> = match as_declared {
            true => expr,
            false => Arc::new(CastExpr::new_with_target_field(expr, Arc::clone(field), None)),
        };
        columns.push(ProjectionExpr {
            expr,
            alias: field.name().clone(),
        });
    }
    let partition_by: Vec<_> = groups.iter().map(|(e, _)| Arc::clone(e)).collect();
    let mut order_by = effective(order_by, &partition_by, &input.schema())?;
    if order_by.is_empty() {
        return Ok(None);
    }
    order_by.truncate(least(&order_by, &partition_by, &input.schema())?);
    let spec = WinnerSpec {
        partition_by,
        order_by,
        k: NonZeroUsize::MIN,
        retention: Retention::RowNumber,
        keep: Keep::Winners,
        reports: vec![],
    };
    let plan = select(Arc::clone(input), spec, config)?;
    Ok(Some(Arc::new(ProjectionExec::try_new(columns, plan)?)))
}

/// The phase that reads the rows, of an aggregate that gives the values.
fn first_phase(last: &AggregateExec) -> Option<&AggregateExec> {
    if last.mode().output_mode() != AggregateOutputMode::Final || last.limit_options().is_some() {
        return None;
    }
    let first = match last.mode().input_mode() {
        AggregateInputMode::Raw => last,
        AggregateInputMode::Partial => last
            .input()
            .downcast_ref::<AggregateExec>()
            .filter(|first| *first.mode() == AggregateMode::Partial && first.limit_options().is_none())?,
    };
    let (groups, input) = (first.group_expr(), first.input());
    if input.boundedness().is_unbounded() {
        return None;
    }
    (groups.is_single() && !groups.is_empty()).then_some(first)
}

/// The order whose first row all aggregates take their value from.
fn order(aggregate: &AggregateExec) -> Option<Vec<PhysicalSortExpr>> {
    if aggregate.filter_expr().iter().any(Option::is_some) {
        return None;
    }
    let mut orders = aggregate.aggr_expr().iter().map(|a| order_of(a));
    let first = orders.next()??;
    orders.all(|o| o.as_ref() == Some(&first)).then_some(first)
}

/// That of one aggregate; the last of an order is the first of its reverse.
fn order_of(aggregate: &AggregateFunctionExpr) -> Option<Vec<PhysicalSortExpr>> {
    let plain = !aggregate.is_distinct() && !aggregate.ignore_nulls() && !aggregate.is_reversed();
    let order = Some(aggregate.order_bys()).filter(|o| plain && !o.is_empty() && aggregate.expressions().len() == 1)?;
    let implementation = aggregate.fun().inner().as_ref() as &dyn Any;
    if implementation.is::<FirstValue>() {
        return Some(order.to_vec());
    }
    let reverse = |sort: &PhysicalSortExpr| PhysicalSortExpr {
        expr: Arc::clone(&sort.expr),
        options: SortOptions {
            descending: !sort.options.descending,
            nulls_first: !sort.options.nulls_first,
        },
    };
    implementation
        .is::<LastValue>()
        .then(|| order.iter().map(reverse).collect())
}
