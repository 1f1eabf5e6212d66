//! Aggregate functions whose value depends on the order of their rows.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use codeanatomy_functions::aggregate_functions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result, plan_err};
use datafusion::functions_aggregate::any_value::AnyValue;
use datafusion::functions_aggregate::array_agg::ArrayAgg;
use datafusion::functions_aggregate::first_last::{FirstValue, LastValue, first_value_udaf};
use datafusion::functions_aggregate::nth_value::NthValueAgg;
use datafusion::functions_aggregate::string_agg::StringAgg;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, AggregateUDF, Expr, ExprSchemable, LogicalPlan, SortExpr};

use super::ascending;
use super::order_key::{by_key, without_key};
use super::total::{bare, because};
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

/// Completes the order of the functions of `aggregate` that depend on it. Those of the same order, and those without one, get
/// the same completion, their arguments, so that they speak of the same rows: values of `first_value(a ORDER BY k)` and
/// `first_value(b ORDER BY k)` are of one row, and the items of two arrays stand side by side.
pub(super) fn settle(aggregate: Aggregate, level: Determinism) -> Result<Transformed<LogicalPlan>> {
    let concerned = |e: &Expr| function(e).is_some_and(|f| settled_from(f).is_some_and(|from| from <= level));
    let beside = aggregate.aggr_expr.iter().filter(|e| concerned(e));
    let beside: Vec<_> = beside.filter_map(function).collect();
    if beside.is_empty() {
        return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
    }
    let mut settled = Vec::with_capacity(aggregate.aggr_expr.len());
    for expr in &aggregate.aggr_expr {
        match function(expr) {
            Some(f) if concerned(expr) => {
                let name = expr.schema_name().to_string();
                let function = match sorted_texts(f, &beside) {
                    Some(function) => function,
                    None => with_order(f, &beside, aggregate.input.schema())?,
                };
                settled.push(function.alias(name));
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

/// Whether the engine refuses the function beside one whose rows it would have to sort in another way.
fn insists(f: &AggregateFunction) -> bool {
    f.func.inner().is::<StringAgg>() || f.func.inner().is::<NthValueAgg>()
}

/// `string_agg(DISTINCT a)` without an order, beside a function that insists on one: given an order, it would insist too. So it
/// becomes the function that sorts by itself what it has got.
fn sorted_texts(f: &AggregateFunction, beside: &[&AggregateFunction]) -> Option<Expr> {
    let unordered = f.func.inner().is::<StringAgg>() && f.params.distinct && f.params.order_by.is_empty();
    let literal = match f.params.args.as_slice() {
        [_] => true,
        [_, Expr::Literal(separator, _)] => !separator.is_null(),
        _ => false,
    };
    if !(unordered && literal && beside.iter().any(|other| *other != f && insists(other))) {
        return None;
    }
    let func = Arc::clone(STRING_AGG_DET.as_ref()?);
    let params = f.params.clone();
    Some(Expr::AggregateFunction(AggregateFunction { func, params }))
}

static STRING_AGG_DET: LazyLock<Option<Arc<AggregateUDF>>> =
    LazyLock::new(|| aggregate_functions().into_iter().find(|f| f.name() == "string_agg_det"));

/// The order by which `f` and others of `beside` speak of the same rows, and whether `f` has it backwards: the longest of which its
/// own is the beginning, since the engine sorts only once.
fn shared_order<'a>(f: &'a AggregateFunction, beside: &[&'a AggregateFunction]) -> (Cow<'a, [SortExpr]>, bool) {
    let order = |f: &'a AggregateFunction| f.params.order_by.as_slice();
    if f.params.distinct {
        return (Cow::Borrowed(order(f)), false);
    }
    let mut own = order(f);
    if own.is_empty() {
        // Any order will do.
        let ordered = beside.iter().filter(|b| !order(b).is_empty());
        let distinct_last = ordered.min_by_key(|b| b.params.distinct);
        own = distinct_last.map_or(own, |b| order(b));
    }
    let mut shared = (Cow::Borrowed(own), false);
    let mut found = false;
    for other in beside.iter().filter(|b| !b.params.distinct).map(|b| order(b)) {
        for backwards in [false, true] {
            let is_longer = other.len() > shared.0.len() || (!found && other.len() == shared.0.len());
            let begins = own.iter().zip(other).all(|(own, other)| match backwards {
                false => own == other,
                true => *own == reversed(other.clone()),
            });
            if is_longer && begins {
                shared = (Cow::Borrowed(other), backwards);
                found = true;
            }
        }
    }
    shared
}

fn reversed(sort: SortExpr) -> SortExpr {
    SortExpr {
        asc: !sort.asc,
        nulls_first: !sort.nulls_first,
        ..sort
    }
}

fn with_order(f: &AggregateFunction, beside: &[&AggregateFunction], schema: &DFSchema) -> Result<Expr> {
    let mut params = f.params.clone();
    let (shared, backwards) = shared_order(f, beside);
    let mut order = shared.to_vec();
    let same = |other: &&&AggregateFunction| {
        !f.params.distinct && !other.params.distinct && shared_order(other, beside).0 == shared
    };
    // Of DISTINCT the engine takes no order but by its own arguments.
    let own = std::iter::once(&f).filter(|f| f.params.distinct);
    for argument in own.chain(beside.iter().filter(same)).flat_map(|f| arguments(f)) {
        if order.iter().any(|s| without_key(bare(&s.expr)) == bare(argument)) {
            continue;
        }
        let added = ascending(argument.clone());
        order.push(match f.params.distinct {
            // The engine asks for the very argument.
            true => added,
            false => because(added, "added by arguments"),
        });
    }
    if backwards {
        order = order.into_iter().map(reversed).collect();
    }
    for sort in &order {
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
        order = params.args.iter().cloned().map(ascending).collect();
    }
    params.order_by = match f.params.distinct {
        true => order,
        false => order
            .into_iter()
            .map(|sort| by_key(sort, schema))
            .collect::<Result<_>>()?,
    };
    Ok(Expr::AggregateFunction(AggregateFunction { func, params }))
}

/// What a value is made of: literals, as separators and positions are, do not differ between rows.
fn arguments(f: &AggregateFunction) -> impl Iterator<Item = &Expr> {
    f.params.args.iter().filter(|e| !matches!(e, Expr::Literal(..)))
}
