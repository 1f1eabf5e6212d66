//! Aggregate functions whose value depends on the order of their rows.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result, plan_err};
use datafusion::functions_aggregate::any_value::AnyValue;
use datafusion::functions_aggregate::array_agg::ArrayAgg;
use datafusion::functions_aggregate::first_last::{FirstValue, LastValue, first_value_udaf};
use datafusion::functions_aggregate::nth_value::NthValueAgg;
use datafusion::functions_aggregate::string_agg::StringAgg;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, Expr, ExprSchemable, LogicalPlan};

use super::ascending;
use crate::ordering::has_order;
use crate::settings::Determinism;

/// From which level on the value of a function is settled; none if it does not depend on the order of rows, or if that
/// is not for us to say, since it is a host's own and written without order.
fn settled_from(function: &AggregateFunction) -> Option<Determinism> {
    let inner = function.func.inner();
    if inner.is::<FirstValue>() || inner.is::<LastValue>() || inner.is::<NthValueAgg>() || inner.is::<AnyValue>() {
        return Some(Determinism::Set);
    }
    let collects = inner.is::<ArrayAgg>() || inner.is::<StringAgg>();
    // The order of an ordered-set function is its argument.
    let ordered = !function.params.order_by.is_empty() && !function.func.supports_within_group_clause();
    (collects || ordered).then_some(Determinism::Canonical)
}

/// Completes the order of the functions of `aggregate` that depend on it. Those with the same order, and those without one, get
/// the same completion, their arguments, so that they speak of the same rows: values of `first_value(a ORDER BY k)` and
/// `first_value(b ORDER BY k)` are of one row, and the items of two arrays stand side by side.
pub(super) fn settle(aggregate: Aggregate, level: Determinism) -> Result<Transformed<LogicalPlan>> {
    let concerned = |e: &Expr| function(e).is_some_and(|f| settled_from(f).is_some_and(|from| from <= level));
    if !aggregate.aggr_expr.iter().any(concerned) {
        return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
    }
    let mut settled = Vec::with_capacity(aggregate.aggr_expr.len());
    for expr in &aggregate.aggr_expr {
        match function(expr) {
            Some(f) if concerned(expr) => {
                let beside = aggregate.aggr_expr.iter().filter(|e| concerned(e)).filter_map(function);
                let name = expr.schema_name().to_string();
                settled.push(with_order(f, beside, aggregate.input.schema())?.alias(name));
            }
            _ => settled.push(expr.clone()),
        }
    }
    let aggregate = Aggregate::try_new(Arc::clone(&aggregate.input), aggregate.group_expr.clone(), settled)?;
    Ok(Transformed::yes(LogicalPlan::Aggregate(aggregate)))
}

pub(super) fn function(expr: &Expr) -> Option<&AggregateFunction> {
    match expr {
        Expr::AggregateFunction(function) => Some(function),
        Expr::Alias(alias) => function(&alias.expr),
        _ => None,
    }
}

fn with_order<'a>(
    f: &'a AggregateFunction,
    beside: impl Iterator<Item = &'a AggregateFunction> + Clone,
    schema: &DFSchema,
) -> Result<Expr> {
    let mut params = f.params.clone();
    if params.order_by.is_empty() && !params.distinct {
        // Any order will do, and the engine sorts only once.
        let ordered = beside
            .clone()
            .find(|b| !b.params.order_by.is_empty() && !b.params.distinct);
        params.order_by = ordered.map_or_else(Vec::new, |b| b.params.order_by.clone());
    }
    let written = params.order_by.clone();
    let same = |other: &&AggregateFunction| {
        !f.params.distinct
            && !other.params.distinct
            && (other.params.order_by == written || other.params.order_by.is_empty())
    };
    // Of DISTINCT the engine takes no order but by its own arguments.
    let own = std::iter::once(f).filter(|f| f.params.distinct);
    let completion = own.chain(beside.filter(same)).flat_map(arguments);
    for argument in completion {
        if params.order_by.iter().any(|s| s.expr == *argument) {
            continue;
        }
        params.order_by.push(ascending(argument.clone()));
    }
    for sort in &params.order_by {
        let ty = sort.expr.get_type(schema)?;
        if !has_order(&ty) {
            return plan_err!(
                "{} is not determined: rows may tie, and {} of the type {ty} has no order to settle it; SET \
                 codeanatomy.determinism = 'off', or leave it out",
                f.func.name(),
                sort.expr
            );
        }
    }
    let mut func = Arc::clone(&f.func);
    if f.func.inner().is::<AnyValue>() {
        // It takes no order. The least value is one of its answers, and not null if there is one that is not.
        func = first_value_udaf();
        params.order_by = params.args.iter().cloned().map(ascending).collect();
    }
    Ok(Expr::AggregateFunction(AggregateFunction { func, params }))
}

/// What a value is made of: literals, as separators and positions are, do not differ between rows.
fn arguments(f: &AggregateFunction) -> impl Iterator<Item = &Expr> {
    f.params.args.iter().filter(|e| !matches!(e, Expr::Literal(..)))
}
