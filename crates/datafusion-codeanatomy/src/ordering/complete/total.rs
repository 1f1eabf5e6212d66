//! What makes an order total.
//!
//! What is added has an alias that says why, for `EXPLAIN` to show: `Sort: t.s ASC NULLS LAST, t.id AS added by key of t ASC NULLS LAST`.
//! A sort ignores aliases. (And by its alias an expression is not taken for a column that the engine holds to be determined by
//! earlier ones, of which it is sometimes wrong: above `unnest`, where keys are keys no more.)

use std::collections::BTreeSet;

use datafusion::common::{Column, DFSchema, Dependency, FunctionalDependence, Result, plan_err};
use datafusion::logical_expr::{Expr, LogicalPlan, SortExpr};

use super::ascending;
use crate::ordering::has_order;

/// `written`, and behind it the columns of a declared key, else all other columns of `plan` in their order, ascending
/// and nulls last. What earlier columns determine, by declared keys and what follows from them, is left out.
/// Fails if a column is needed that has no order; `place` says where.
pub(super) fn complete(written: Vec<SortExpr>, plan: &LogicalPlan, place: &str) -> Result<Vec<SortExpr>> {
    let schema = plan.schema();
    let keys = keys(plan);
    let misled = dependencies(plan).any(|d| !holds(d, plan));
    let mut order: Vec<SortExpr> = vec![];
    for sort in written {
        if order.iter().any(|earlier| bare(&earlier.expr) == bare(&sort.expr)) {
            continue;
        }
        order.push(match &sort.expr {
            Expr::Column(_) if misled => because(sort, "written"),
            _ => sort,
        });
    }
    let mut sorted = columns(&order, schema);
    if determine_all(schema, &keys, &sorted) {
        return Ok(order);
    }
    let (rest, reason): (Vec<usize>, _) = match shortest_key(schema, &keys, &sorted) {
        Some(key) => (key, format!("added by {}", key_of(plan))),
        None => ((0..schema.fields().len()).collect(), "added by all columns".to_string()),
    };
    for i in rest {
        if !sorted.insert(i) {
            continue;
        }
        let (qualifier, field) = schema.qualified_field(i);
        if !has_order(field.data_type()) {
            return plan_err!(
                "{place} is not determined: rows may tie, and the column {} of the type {} has no order to settle it; order by a \
                 unique key, leave the column out, or SET codeanatomy.determinism = 'off'",
                field.name(),
                field.data_type()
            );
        }
        let sort = ascending(Expr::Column(Column::from((qualifier, field))));
        order.push(because(sort, &reason));
        if determine_all(schema, &keys, &sorted) {
            break;
        }
    }
    Ok(order)
}

/// `sort`, with the reason why it is there.
pub(super) fn because(sort: SortExpr, reason: &str) -> SortExpr {
    SortExpr {
        expr: sort.expr.alias(reason),
        ..sort
    }
}

/// Whether `order` has what a completed one has: a reason.
pub(super) fn is_completed(order: &[SortExpr]) -> bool {
    order.iter().any(|sort| reason(&sort.expr).is_some())
}

/// Why `expr` was added to an order.
pub(super) fn reason(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Alias(alias) if alias.name.starts_with("added by ") => Some(&alias.name),
        _ => None,
    }
}

pub(super) fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => bare(&alias.expr),
        expr => expr,
    }
}

/// What the keys of `plan` are keys of.
fn key_of(plan: &LogicalPlan) -> String {
    match origin(plan) {
        LogicalPlan::TableScan(scan) => format!("key of {}", scan.table_name),
        LogicalPlan::Aggregate(_) => "key of groups".to_string(),
        _ => "key".to_string(),
    }
}

/// Whether `plan` has a key that rows can be sorted by.
pub(super) fn is_keyed(plan: &LogicalPlan) -> bool {
    shortest_key(plan.schema(), &keys(plan), &BTreeSet::new()).is_some()
}

/// Whether rows that tie in `order` are the same rows.
pub(super) fn is_total(order: &[SortExpr], plan: &LogicalPlan) -> bool {
    determine_all(plan.schema(), &keys(plan), &columns(order, plan.schema()))
}

fn columns(order: &[SortExpr], schema: &DFSchema) -> BTreeSet<usize> {
    let column = |sort: &SortExpr| match bare(&sort.expr) {
        Expr::Column(column) => schema.maybe_index_of_column(column),
        _ => None,
    };
    order.iter().filter_map(column).collect()
}

/// Whether rows that agree in `columns` are the same rows.
fn determine_all(schema: &DFSchema, keys: &[Vec<usize>], columns: &BTreeSet<usize>) -> bool {
    columns.len() == schema.fields().len() || keys.iter().any(|key| key.iter().all(|i| columns.contains(i)))
}

/// Of the keys the one that needs the fewest columns beside those in `sorted`; the first of them.
fn shortest_key(schema: &DFSchema, keys: &[Vec<usize>], sorted: &BTreeSet<usize>) -> Option<Vec<usize>> {
    let missing = |key: &Vec<usize>| key.iter().filter(|i| !sorted.contains(i)).count();
    let orderable = |key: &&Vec<usize>| key.iter().all(|i| has_order(schema.field(*i).data_type()));
    keys.iter().filter(orderable).min_by_key(|key| missing(key)).cloned()
}

/// Sets of columns of which no two rows have the same values.
fn keys(plan: &LogicalPlan) -> Vec<Vec<usize>> {
    let width = plan.schema().fields().len();
    let keys = dependencies(plan).filter(|d| {
        let single = d.mode == Dependency::Single || are_groups(d, plan);
        d.target_indices.len() == width && single && holds(d, plan)
    });
    keys.map(|d| d.source_indices.clone()).collect()
}

/// What the engine says of columns that determine others, and by which it leaves the others out of an order.
fn dependencies(plan: &LogicalPlan) -> impl Iterator<Item = &FunctionalDependence> {
    plan.schema().functional_dependencies().iter()
}

/// Whether that is so: rows that agree in nulls of a unique column may differ in the others.
fn holds(dependency: &FunctionalDependence, plan: &LogicalPlan) -> bool {
    let is_null = |i: &usize| plan.schema().field(*i).is_nullable();
    let may_repeat = dependency.nullable && dependency.source_indices.iter().any(is_null);
    keeps_keys(plan) && (!may_repeat || are_groups(dependency, plan))
}

/// Whether the determinants are all that rows are grouped by, of which nulls are one value.
fn are_groups(dependency: &FunctionalDependence, plan: &LogicalPlan) -> bool {
    matches!(origin(plan), LogicalPlan::Aggregate(a) if a.group_expr.len() == dependency.source_indices.len())
}

/// Where the rows of `plan` come from, through nodes of one input.
fn origin(plan: &LogicalPlan) -> &LogicalPlan {
    let mut node = plan;
    loop {
        match (node, node.inputs().as_slice()) {
            (LogicalPlan::TableScan(_) | LogicalPlan::Aggregate(_), _) => return node,
            (_, [input]) => node = *input,
            _ => return node,
        }
    }
}

/// Whether what the engine says of keys can be relied on: it comes from a table's declaration or from grouping, through
/// nodes that neither repeat rows nor add any. (Of `unnest` the engine says that the keys of its input are still keys.)
fn keeps_keys(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::TableScan(_) => true,
        LogicalPlan::Aggregate(aggregate) => !aggregate.group_expr.iter().any(|e| matches!(e, Expr::GroupingSet(_))),
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Window(_) => plan.inputs().iter().all(|input| keeps_keys(input)),
        _ => false,
    }
}
