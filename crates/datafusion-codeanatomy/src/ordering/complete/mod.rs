//! `SET codeanatomy.determinism`: orders are completed, so that no choice is left to the machine.
//!
//! The analyzer rule `complete_orders` works on logical plans, with standard nodes only:
//!
//! | where | what is completed | from |
//! |---|---|---|
//! | `LIMIT`, `OFFSET` | the order below; without one, that of `DISTINCT ON` or the declared order of the table, else all columns | `set` |
//! | `DISTINCT ON` | its order | `set` |
//! | `first_value`, `last_value`, `nth_value`, `any_value` | the order, by the arguments of all such functions beside it | `set` |
//! | `array_agg`, `string_agg` | the same | `canonical` |
//! | approximate percentiles | nothing: they are computed exactly | `set` |
//! | `min`, `max` of floating-point numbers and nested values | nothing: they are `arg_min`, `arg_max`, which have one order | `set` |
//! | `INTERSECT`, `EXCEPT` of nested values | nothing: they compare the bytes of the values | `set` |
//! | sums, means, variances … of floating-point numbers | nothing: they are computed exactly and rounded once | `canonical` |
//! | the output | the order at the top; without one, that of `DISTINCT ON` or the declared order of the table, else all columns | `canonical` |
//!
//! Ties of window functions are a matter of the physical plan.

mod aggregate;
mod approximate;
mod declared;
mod exact;
mod implicit;
mod kept;
mod one_row;
mod order_key;
mod refuse;
mod total;

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, Result};
use datafusion::logical_expr::{
    DdlStatement, Distinct, DistinctOn, Expr, Limit, LogicalPlan, Projection, Sort, SortExpr, cast,
};
use datafusion::optimizer::AnalyzerRule;

use crate::settings::{Determinism, Settings};
use declared::declared_order;
use one_row::at_most_one_row;
use order_key::{by_key, join_by_keys};
use total::{because, complete, is_completed, is_total};

/// The rule.
#[derive(Debug)]
pub(crate) struct CompleteOrders;

impl AnalyzerRule for CompleteOrders {
    fn analyze(&self, plan: LogicalPlan, config: &ConfigOptions) -> Result<LogicalPlan> {
        let settings = Settings::of(config);
        if settings.determinism == Determinism::Off {
            return Ok(plan);
        }
        let (level, place) = (settings.determinism, settings.implicit_order);
        refuse::check(&plan)?;
        let plan = plan.transform_up_with_subqueries(|node| {
            let node = without_order_in_exists(node)?.data;
            let before = match &node {
                LogicalPlan::Aggregate(aggregate) => Some(Arc::clone(&aggregate.schema)),
                _ => None,
            };
            let node = approximate::settle(node)?.transform_data(|node| choice(node, level, place))?;
            let node = node.transform_data(|node| exact::settle(node, level))?;
            node.map_data(|node| keep_types(node, before.as_deref()))
        })?;
        let plan = plan.data;
        if level == Determinism::Canonical {
            return output(plan, place);
        }
        Ok(plan)
    }

    fn name(&self) -> &str {
        "complete_orders"
    }
}

/// `node`, with the types that its columns had `before`, if it is an aggregate: other functions may give others.
fn keep_types(node: LogicalPlan, before: Option<&DFSchema>) -> Result<LogicalPlan> {
    let (LogicalPlan::Aggregate(aggregate), Some(before)) = (&node, before) else {
        return Ok(node);
    };
    let now = aggregate.schema.fields().iter();
    if now
        .zip(before.fields())
        .all(|(now, before)| now.data_type() == before.data_type())
    {
        return Ok(node);
    }
    let columns = aggregate.schema.iter().zip(before.fields());
    let columns = columns.map(|((qualifier, field), before)| {
        let column = Expr::Column(Column::from((qualifier, field)));
        match field.data_type() == before.data_type() {
            true => column,
            false => cast(column, before.data_type().clone()).alias(field.name()),
        }
    });
    let columns = columns.collect();
    Ok(LogicalPlan::Projection(Projection::try_new(columns, Arc::new(node))?))
}

/// Takes away the order that a `LIMIT` in an `EXISTS` of `node` was given: whether there are rows does not depend on it, and the engine
/// makes no join of a subquery with one.
fn without_order_in_exists(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    node.map_expressions(|expr| {
        expr.transform_up(|expr| {
            let Expr::Exists(mut exists) = expr else {
                return Ok(Transformed::no(expr));
            };
            let unordered = match exists.subquery.subquery.as_ref() {
                LogicalPlan::Limit(limit) => match limit.input.as_ref() {
                    LogicalPlan::Sort(sort) if sort.fetch.is_none() => Some(LogicalPlan::Limit(Limit {
                        input: Arc::clone(&sort.input),
                        ..limit.clone()
                    })),
                    _ => None,
                },
                _ => None,
            };
            if let Some(plan) = unordered {
                exists.subquery.subquery = Arc::new(plan);
            }
            Ok(Transformed::yes(Expr::Exists(exists)))
        })
    })
}

/// Settles what `node` chooses; with `place`, by the places of rows where there is no key.
fn choice(node: LogicalPlan, level: Determinism, place: bool) -> Result<Transformed<LogicalPlan>> {
    match node {
        LogicalPlan::Limit(limit) => {
            let input = Arc::new(ordered(Arc::unwrap_or_clone(limit.input), place)?);
            Ok(Transformed::yes(LogicalPlan::Limit(Limit { input, ..limit })))
        }
        LogicalPlan::Sort(sort) if sort.fetch.is_some() => Ok(Transformed::yes(completed(sort, place)?)),
        LogicalPlan::Distinct(Distinct::On(mut on)) => {
            let written = on.sort_expr.take();
            let written = written.unwrap_or_else(|| on.on_expr.iter().map(|e| e.clone().sort(true, false)).collect());
            let completed = complete(written, &on.input, "DISTINCT ON")?;
            // It becomes the order of aggregate functions, which have names of their own.
            let bare = completed.into_iter().map(|sort| {
                let expr = sort.expr.unalias();
                let chosen = !on.on_expr.contains(&expr);
                let sort = SortExpr { expr, ..sort };
                if chosen {
                    by_key(sort, on.input.schema())
                } else {
                    Ok(sort)
                }
            });
            on.sort_expr = Some(bare.collect::<Result<_>>()?);
            Ok(Transformed::yes(LogicalPlan::Distinct(Distinct::On(on))))
        }
        LogicalPlan::Aggregate(aggregate) => aggregate::settle(aggregate, level),
        LogicalPlan::Join(join) => join_by_keys(join),
        node => Ok(Transformed::no(node)),
    }
}

/// Completes the order in which rows leave the query.
fn output(plan: LogicalPlan, place: bool) -> Result<LogicalPlan> {
    match plan {
        // What they do with rows begins with the rows' order.
        LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::Dml(_)
        | LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(_)) => {
            let outputs = |input: LogicalPlan| Ok(Transformed::yes(output(input, place)?));
            Ok(plan.map_children(outputs)?.data)
        }
        LogicalPlan::Ddl(_) | LogicalPlan::Statement(_) | LogicalPlan::DescribeTable(_) => Ok(plan),
        plan => ordered(plan, place),
    }
}

/// `plan` with a total order: its own order completed, else one given to it.
fn ordered(plan: LogicalPlan, place: bool) -> Result<LogicalPlan> {
    if at_most_one_row(&plan) {
        return Ok(plan);
    }
    let mut found = false;
    let plan = plan.transform_down(|node| match node {
        LogicalPlan::Sort(sort) => {
            found = true;
            Ok(Transformed::new(completed(sort, place)?, true, TreeNodeRecursion::Stop))
        }
        // They keep the order of their input.
        node @ (LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Limit(_)) => Ok(Transformed::no(node)),
        // Sorted here, where the key is at hand, it costs nothing.
        node @ LogicalPlan::TableScan(_) if is_total(&declared_order(&node), &node) => {
            let order = by_declaration(&node);
            // Rows without columns are total in no order.
            let node = if order.is_empty() { node } else { sorted(order, node) };
            found = true;
            Ok(Transformed::new(node, true, TreeNodeRecursion::Stop))
        }
        // The engine gives its rows in this order.
        LogicalPlan::Distinct(Distinct::On(on)) => {
            let order = order_of_distinct(&on);
            found = order.is_some();
            let node = LogicalPlan::Distinct(Distinct::On(on));
            let node = order.map_or_else(|| node.clone(), |order| sorted(order, node.clone()));
            Ok(Transformed::new(node, found, TreeNodeRecursion::Stop))
        }
        node => Ok(Transformed::new(node, false, TreeNodeRecursion::Stop)),
    })?;
    let plan = plan.data;
    if found {
        return if kept::is_lost(&plan) {
            kept::again(plan)
        } else {
            Ok(plan)
        };
    }
    if place
        && let LogicalPlan::Sort(sort) = sorted(by_declaration(&plan), plan.clone())
        && let Some(settled) = implicit::settled(&sort)?
    {
        return Ok(settled);
    }
    let expr = complete(by_declaration(&plan), &plan, "the order of the output")?;
    Ok(if expr.is_empty() { plan } else { sorted(expr, plan) })
}

/// The order of the expressions of which each row has other values; none if one is not among the columns.
fn order_of_distinct(on: &DistinctOn) -> Option<Vec<SortExpr>> {
    let written = on.sort_expr.as_ref()?.get(..on.on_expr.len())?;
    let columns = written.iter().map(|sort| {
        let is_it = |e: &Expr| e.clone().unalias() == sort.expr;
        let place = on.select_expr.iter().position(is_it)?;
        let column = Expr::Column(Column::from(on.schema.qualified_field(place)));
        let by_column = SortExpr {
            expr: column,
            ..sort.clone()
        };
        Some(because(by_column, "added by DISTINCT ON"))
    });
    columns.collect()
}

fn by_declaration(plan: &LogicalPlan) -> Vec<SortExpr> {
    let declared = declared_order(plan).into_iter();
    declared.map(|sort| because(sort, "added by declared order")).collect()
}

fn sorted(expr: Vec<SortExpr>, input: LogicalPlan) -> LogicalPlan {
    LogicalPlan::Sort(Sort {
        expr,
        input: Arc::new(input),
        fetch: None,
    })
}

fn completed(sort: Sort, place: bool) -> Result<LogicalPlan> {
    if is_completed(&sort.expr) {
        return Ok(LogicalPlan::Sort(sort));
    }
    if place && let Some(settled) = implicit::settled(&sort)? {
        return Ok(settled);
    }
    let expr = complete(sort.expr, &sort.input, "ORDER BY")?;
    Ok(LogicalPlan::Sort(Sort { expr, ..sort }))
}

/// Ascending, nulls last: how columns that complete an order are sorted.
fn ascending(expr: Expr) -> SortExpr {
    expr.sort(true, false)
}
