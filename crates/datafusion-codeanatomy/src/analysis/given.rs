//! Which names of columns were written, and which the engine made of an expression: `x.a + Int64(1)` has the alias of a table in it.

use datafusion::logical_expr::{Distinct, Expr, LogicalPlan};

/// For each column of a plan, before it is analysed, whether its name was written or is that of a column.
pub(super) fn given_names(plan: &LogicalPlan) -> Vec<bool> {
    match plan {
        LogicalPlan::Projection(node) => of_exprs(&node.expr, &node.input),
        LogicalPlan::Aggregate(node) => {
            let mut given = of_exprs(&node.group_expr, &node.input);
            given.resize(plan.schema().fields().len(), false);
            given
        }
        LogicalPlan::Window(node) => {
            let mut given = given_names(&node.input);
            given.resize(plan.schema().fields().len(), false);
            given
        }
        LogicalPlan::Distinct(Distinct::On(node)) => of_exprs(&node.select_expr, &node.input),
        LogicalPlan::Join(node) => {
            let mut given = given_names(&node.left);
            given.extend(given_names(&node.right));
            // Of joins that give the columns of one side, the right one for a right one.
            let width = plan.schema().fields().len();
            if given.len() > width && node.right.schema().fields().len() == width {
                return given_names(&node.right);
            }
            given.resize(width, true);
            given
        }
        LogicalPlan::Unnest(node) => {
            let below = given_names(&node.input);
            let is_list = |i: &usize| node.list_type_columns.iter().any(|(list, _)| list == i);
            let made = node.dependency_indices.iter();
            made.map(|i| below.get(*i).copied().unwrap_or(true) && !is_list(i))
                .collect()
        }
        LogicalPlan::Union(node) => node.inputs.first().map_or_else(Vec::new, |input| given_names(input)),
        LogicalPlan::RecursiveQuery(node) => given_names(&node.static_term),
        LogicalPlan::Subquery(node) => given_names(&node.subquery),
        LogicalPlan::SubqueryAlias(node) => given_names(&node.input),
        LogicalPlan::Filter(node) => given_names(&node.input),
        LogicalPlan::Sort(node) => given_names(&node.input),
        LogicalPlan::Limit(node) => given_names(&node.input),
        LogicalPlan::Repartition(node) => given_names(&node.input),
        LogicalPlan::Distinct(Distinct::All(input)) => given_names(input),
        other => vec![true; other.schema().fields().len()],
    }
}

fn of_exprs(exprs: &[Expr], input: &LogicalPlan) -> Vec<bool> {
    let below = given_names(input);
    let is_given = |expr: &Expr| match expr {
        Expr::Alias(_) => true,
        Expr::Column(column) => {
            let i = input.schema().maybe_index_of_column(column);
            i.and_then(|i| below.get(i).copied()).unwrap_or(true)
        }
        _ => false,
    };
    exprs.iter().map(is_given).collect()
}
