//! Approximate percentiles, whose digest depends on the order of values: the percentile itself is computed, which is an
//! approximation of none.
//!
//! `approx_median` becomes `median`, `approx_percentile_cont` becomes `percentile_cont`.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::tree_node::Transformed;
use datafusion::functions_aggregate::approx_median::ApproxMedian;
use datafusion::functions_aggregate::approx_percentile_cont::ApproxPercentileCont;
use datafusion::functions_aggregate::median::median_udaf;
use datafusion::functions_aggregate::percentile_cont::percentile_cont_udaf;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, Expr, ExprSchemable, LogicalPlan, cast};

use super::aggregate::function;

/// Puts the percentile in the place of its approximation; columns keep their names, and types are for the caller to keep.
pub(super) fn settle(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::Aggregate(aggregate) = &node else {
        return Ok(Transformed::no(node));
    };
    let input = aggregate.input.schema();
    let mut changed = false;
    let mut settled = Vec::with_capacity(aggregate.aggr_expr.len());
    for expr in &aggregate.aggr_expr {
        let exact = match function(expr).and_then(|f| Some((f, f.params.args.first()?))) {
            Some((f, argument)) => exact(f, &argument.get_type(input)?),
            None => None,
        };
        changed |= exact.is_some();
        let name = expr.schema_name().to_string();
        settled.push(exact.map_or_else(|| expr.clone(), |exact| exact.alias(name)));
    }
    if !changed {
        return Ok(Transformed::no(node));
    }
    let aggregate = Aggregate::try_new(Arc::clone(&aggregate.input), aggregate.group_expr.clone(), settled)?;
    Ok(Transformed::yes(LogicalPlan::Aggregate(aggregate)))
}

fn exact(f: &AggregateFunction, ty: &DataType) -> Option<Expr> {
    let (mut params, inner) = (f.params.clone(), f.func.inner());
    let func = if inner.is::<ApproxMedian>() {
        median_udaf()
    } else if inner.is::<ApproxPercentileCont>() {
        // The size of the digest goes.
        params.args.truncate(2);
        if !ty.is_floating() {
            let number = params.args.first_mut().into_iter();
            let sorted = params.order_by.iter_mut().map(|sort| &mut sort.expr);
            for expr in number.chain(sorted) {
                *expr = cast(expr.clone(), DataType::Float64);
            }
        }
        percentile_cont_udaf()
    } else {
        return None;
    };
    Some(Expr::AggregateFunction(AggregateFunction { func, params }))
}
