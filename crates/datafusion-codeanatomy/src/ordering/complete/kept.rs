//! Orders that nodes above a sort would lose, asked for again above them.
//!
//! ```text
//! Filter: x <> 'a'                           Projection: x
//!   Limit: fetch=30                            Sort: KEY AS added by order below, x AS added by all columns
//!     Projection: t.x                            Filter: x <> 'a'
//!       Sort: t.s, t.x AS added by …      ─▶       Limit: fetch=30
//!         TableScan: t                               Projection: t.x, t.s AS KEY
//!                                                      Sort: t.s, t.x AS added by …
//!                                                        TableScan: t
//! ```
//!
//! The engine deals the rows of one partition out to several where they are filtered or something is computed from them, and makes joins of
//! sub-queries in expressions. What is below the top of a plan is for it no order of the result, so the rows of several partitions come as
//! they like. Asked for at the top, the order is kept on the way: partitions are merged by it, and nothing is sorted twice.

use std::sync::Arc;

use datafusion::common::tree_node::TreeNode;
use datafusion::common::{Column, Result};
use datafusion::logical_expr::{Expr, Filter, Limit, LogicalPlan, Projection, Sort, SortExpr, SubqueryAlias};

use super::total::{bare, because, reason};

/// What the names of columns begin with that are only there to sort by; no column of a user's has such a name.
const KEY: &str = "codeanatomy.key";

/// Whether a node of `plan` may lose the order of the sort below.
pub(super) fn is_lost(plan: &LogicalPlan) -> bool {
    let (mut node, mut filtered) = (plan, false);
    loop {
        node = match node {
            LogicalPlan::Projection(projection) if projection.expr.iter().all(is_column) => &projection.input,
            LogicalPlan::Projection(_) => return true,
            LogicalPlan::Filter(filter) if has_query(&filter.predicate) => return true,
            LogicalPlan::Filter(filter) => {
                filtered = true;
                &filter.input
            }
            LogicalPlan::SubqueryAlias(alias) => &alias.input,
            // Other filters end below the sort.
            LogicalPlan::Limit(_) if filtered => return true,
            LogicalPlan::Limit(limit) => &limit.input,
            LogicalPlan::Sort(sort) => return filtered && sort.fetch.is_some(),
            _ => return false,
        }
    }
}

fn is_column(expr: &Expr) -> bool {
    matches!(bare(expr), Expr::Column(_) | Expr::Literal(..))
}

fn has_query(expr: &Expr) -> bool {
    let is_query = |e: &Expr| {
        let is_query = matches!(
            e,
            Expr::Exists(_) | Expr::InSubquery(_) | Expr::ScalarSubquery(_) | Expr::SetComparison(_)
        );
        Ok(is_query)
    };
    expr.exists(is_query).unwrap_or(true)
}

/// `plan`, sorted at its top as it is by the sort below.
pub(super) fn again(plan: LogicalPlan) -> Result<LogicalPlan> {
    let Some((carried, expr)) = carry(&plan)? else {
        return Ok(plan);
    };
    let sorted = LogicalPlan::Sort(Sort {
        expr,
        input: Arc::new(carried),
        fetch: None,
    });
    let columns = plan.schema().columns().into_iter().map(Expr::Column).collect();
    Ok(LogicalPlan::Projection(Projection::try_new(columns, Arc::new(sorted))?))
}

/// `plan` with what it is sorted by among its columns, and that order; none if there is no sort below.
fn carry(plan: &LogicalPlan) -> Result<Option<(LogicalPlan, Vec<SortExpr>)>> {
    let carried = match plan {
        LogicalPlan::Sort(sort) => {
            let columns = plan.schema().columns().into_iter().map(Expr::Column).collect();
            with_keys(columns, plan.clone(), &sort.expr)?
        }
        LogicalPlan::Projection(projection) => match carry(&projection.input)? {
            Some((input, order)) => with_keys(projection.expr.clone(), input, &order)?,
            None => return Ok(None),
        },
        LogicalPlan::Filter(filter) => match carry(&filter.input)? {
            Some((input, order)) => {
                let filter = Filter::try_new(filter.predicate.clone(), Arc::new(input))?;
                (LogicalPlan::Filter(filter), order)
            }
            None => return Ok(None),
        },
        LogicalPlan::Limit(limit) => match carry(&limit.input)? {
            Some((input, order)) => {
                let input = Arc::new(input);
                (LogicalPlan::Limit(Limit { input, ..limit.clone() }), order)
            }
            None => return Ok(None),
        },
        LogicalPlan::SubqueryAlias(alias) => match carry(&alias.input)? {
            Some((input, order)) => {
                let columns: Vec<_> = input.schema().columns();
                let alias = SubqueryAlias::try_new(Arc::new(input), alias.alias.clone())?;
                let alias = LogicalPlan::SubqueryAlias(alias);
                // Columns keep their places and get another qualifier.
                let places = order.iter().map(|sort| {
                    let key = bare(&sort.expr);
                    columns
                        .iter()
                        .position(|c| matches!(key, Expr::Column(column) if column == c))
                });
                let places: Option<Vec<_>> = places.collect();
                let Some(places) = places else { return Ok(None) };
                let order = at(&places, &order, &alias);
                (alias, order)
            }
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(carried))
}

/// `exprs` and the keys of `order` that are not among them, of `input`; and the order of these.
fn with_keys(mut exprs: Vec<Expr>, input: LogicalPlan, order: &[SortExpr]) -> Result<(LogicalPlan, Vec<SortExpr>)> {
    let mut places = Vec::with_capacity(order.len());
    for (i, sort) in order.iter().enumerate() {
        let key = bare(&sort.expr);
        let place = exprs.iter().position(|e| bare(e) == key);
        places.push(place.unwrap_or_else(|| {
            exprs.push(key.clone().alias(format!("{KEY}.{i}")));
            exprs.len() - 1
        }));
    }
    let plan = LogicalPlan::Projection(Projection::try_new(exprs, Arc::new(input))?);
    let order = at(&places, order, &plan);
    Ok((plan, order))
}

/// `order` by the columns of `plan` at `places`.
fn at(places: &[usize], order: &[SortExpr], plan: &LogicalPlan) -> Vec<SortExpr> {
    let keys = places.iter().zip(order).map(|(i, sort)| {
        let key = SortExpr {
            expr: Expr::Column(Column::from(plan.schema().qualified_field(*i))),
            ..sort.clone()
        };
        because(key, reason(&sort.expr).unwrap_or("added by order below"))
    });
    keys.collect()
}
