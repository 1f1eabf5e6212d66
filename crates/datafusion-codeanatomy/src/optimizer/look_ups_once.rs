//! One join for a look-up that stands twice.
//!
//! ```text
//! Projection: owner_of(calls.scope_id)             -- coalesce((SELECT max(name) FROM owners WHERE id = $id), 'none')
//! becomes
//! Projection: coalesce(__look_up_1, 'none')
//!   Projection: calls.scope_id, (SELECT max(name) FROM owners WHERE id = outer_ref(calls.scope_id)) AS __look_up_1
//! ```
//!
//! The query in a function of SQL becomes a join (`planner/look_up.rs`), and so does each copy of it. There are copies where a call is written
//! twice, and where the engine makes them: it takes `coalesce(a, b)` for `CASE WHEN a IS NOT NULL THEN a ELSE b END`. So a query that is
//! an argument of a function, or stands twice, becomes a column before; one that is an argument of another look-up, too, since the engine
//! joins no query inside of a query. All others are left to the simplification of calls.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchemaRef, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{Expr, Filter, LogicalPlan, LogicalPlanBuilder, Projection, ident};
use datafusion::optimizer::AnalyzerRule;

use crate::planner::SqlFunction;

/// The rule.
#[derive(Debug)]
pub(crate) struct LookUpsOnce;

impl AnalyzerRule for LookUpsOnce {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        Ok(plan.transform_up_with_subqueries(rewrite)?.data)
    }

    fn name(&self) -> &str {
        "look_ups_once"
    }
}

fn rewrite(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let above = match &node {
        LogicalPlan::Projection(projection) => &projection.input,
        LogicalPlan::Filter(filter) => &filter.input,
        _ => return Ok(Transformed::no(node)),
    };
    let (mut exprs, mut below, mut columns) = (node.expressions(), Arc::clone(above), 0);
    let names = NamePreserver::new(&node);
    let names: Vec<_> = exprs.iter().map(|expr| names.save(expr)).collect();
    while exprs.iter().any(holds_look_up) {
        let mut queries = vec![];
        let schema = below.schema();
        let with_queries = exprs.iter().map(|expr| with_queries(expr, schema, &mut queries));
        let with_queries = with_queries.collect::<Result<Vec<_>>>()?;
        if queries.is_empty() || !with_queries.iter().any(holds_look_up) && !is_copied(&with_queries, &queries)? {
            break;
        }
        (exprs, below) = with_columns(with_queries, below, &queries, &mut columns)?;
    }
    if columns == 0 {
        return Ok(Transformed::no(node));
    }
    let mut exprs = exprs.into_iter().zip(names).map(|(expr, name)| name.restore(expr));
    Ok(Transformed::yes(match (&node, exprs.next()) {
        (LogicalPlan::Filter(filter), Some(predicate)) => {
            let all = filter.input.schema().columns().into_iter().map(Expr::from);
            let filter = LogicalPlan::Filter(Filter::try_new(predicate, below)?);
            LogicalPlanBuilder::from(filter).project(all)?.build()?
        }
        (_, first) => {
            let exprs = first.into_iter().chain(exprs).collect();
            LogicalPlan::Projection(Projection::try_new(exprs, below)?)
        }
    }))
}

/// The expression with the bodies of look-ups in place of their calls, the innermost ones. Notes their queries, each once.
fn with_queries(expr: &Expr, schema: &DFSchemaRef, queries: &mut Vec<Expr>) -> Result<Expr> {
    let info = SimplifyContext::builder().with_schema(Arc::clone(schema)).build();
    let body = |expr: Expr| match expr {
        Expr::ScalarFunction(call) if is_look_up(&call) && !call.args.iter().any(holds_look_up) => {
            let body = match call.func.simplify(call.args, &info)? {
                ExprSimplifyResult::Simplified(body) => body,
                ExprSimplifyResult::Original(args) => return Ok(Transformed::no(call.func.call(args))),
            };
            body.apply(|expr| {
                if matches!(expr, Expr::ScalarSubquery(_)) && !queries.contains(expr) {
                    queries.push(expr.clone());
                }
                Ok(TreeNodeRecursion::Continue)
            })?;
            Ok(Transformed::new(body, true, TreeNodeRecursion::Jump))
        }
        expr => Ok(Transformed::no(expr)),
    };
    Ok(expr.clone().transform_down(body)?.data)
}

/// The same, with columns of a projection below in place of the queries.
fn with_columns(
    exprs: Vec<Expr>,
    below: Arc<LogicalPlan>,
    queries: &[Expr],
    columns: &mut usize,
) -> Result<(Vec<Expr>, Arc<LogicalPlan>)> {
    let name = |i: usize| format!("__look_up_{i}");
    let first = *columns + 1;
    *columns += queries.len();
    let all = below.schema().columns().into_iter().map(Expr::from);
    let found = (first..).zip(queries).map(|(i, query)| query.clone().alias(name(i)));
    let all: Vec<_> = all.chain(found).collect();
    let below = LogicalPlanBuilder::from(below).project(all)?.build()?;
    let column = |expr: Expr| match (first..).zip(queries).find(|(_, query)| **query == expr) {
        Some((i, _)) => Ok(Transformed::new(ident(name(i)), true, TreeNodeRecursion::Jump)),
        None => Ok(Transformed::no(expr)),
    };
    let exprs = exprs.into_iter().map(|expr| Ok(expr.transform_down(column)?.data));
    Ok((exprs.collect::<Result<_>>()?, Arc::new(below)))
}

/// Whether any of the queries may become two joins.
fn is_copied(exprs: &[Expr], queries: &[Expr]) -> Result<bool> {
    let (mut found, mut is_copied) = (vec![], false);
    for expr in exprs {
        expr.apply(|expr| {
            if matches!(expr, Expr::ScalarFunction(_)) {
                is_copied |= expr.exists(|inner| Ok(queries.contains(inner)))?;
            } else if queries.contains(expr) {
                is_copied |= found.contains(expr);
                found.push(expr.clone());
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
    }
    Ok(is_copied)
}

fn holds_look_up(expr: &Expr) -> bool {
    let found = expr.exists(|expr| Ok(matches!(expr, Expr::ScalarFunction(call) if is_look_up(call))));
    found.is_ok_and(|found| found)
}

/// Whether it is a call of a function of SQL with a query, of what stands in its own row.
fn is_look_up(call: &ScalarFunction) -> bool {
    let made = call.func.inner().downcast_ref::<SqlFunction>();
    made.is_some_and(SqlFunction::looks_up) && !call.args.iter().any(Expr::contains_outer)
}
