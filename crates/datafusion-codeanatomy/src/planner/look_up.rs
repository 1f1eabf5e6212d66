//! Queries in functions of SQL: `RETURN (SELECT max(name) FROM definitions WHERE def_id = $id)`.
//!
//! ```text
//! Projection: name_of(calls.scope_id)
//! becomes
//! Projection: (SELECT max(name) FROM definitions WHERE def_id = outer_ref(calls.scope_id))
//! ```
//!
//! of which the engine makes a left join on `def_id`: the table is read once, whatever the number of rows. Where the arguments are
//! constants the query runs by itself, once.

use std::sync::Arc;

use datafusion::arrow::datatypes::Field;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, plan_err};
use datafusion::execution::SessionState;
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, LogicalPlan, Subquery};

use super::sql_function::{SqlParameter, parameter_of};

/// A query of a body, with placeholders that have the types of the parameters, analysed, since a body stands for its call behind the
/// analysis of the statement.
pub(super) fn prepared(
    state: &SessionState,
    function: &str,
    parameters: &[SqlParameter],
    expr: Expr,
) -> Result<Transformed<Expr>> {
    let Expr::ScalarSubquery(query) = expr else {
        return Ok(Transformed::no(expr));
    };
    let mut depends = false;
    let typed = |expr: Expr| match &expr {
        Expr::Placeholder(place) => {
            let parameter = parameter_of(function, parameters, place)?;
            let field = Arc::new(Field::new(&parameter.name, parameter.ty.clone(), true));
            depends = true;
            Ok(Transformed::yes(Expr::Placeholder(Placeholder::new_with_field(
                parameter.name.clone(),
                Some(field),
            ))))
        }
        Expr::ScalarFunction(call) if call.func.name() == function => {
            plan_err!("CREATE FUNCTION {function}: it may not call itself")
        }
        _ => Ok(Transformed::no(expr)),
    };
    let plan = with_each(query.subquery.as_ref().clone(), typed)?;
    let options = state.config_options();
    let plan = state.analyzer().execute_and_check(plan, options, |_, _| {})?;
    if depends && !gives_one_row(&plan) {
        return plan_err!(
            "CREATE FUNCTION {function}: a query that depends on a parameter has to give one row whatever it is: write (SELECT max(…) …) or another aggregate"
        );
    }
    Ok(Transformed::new(of_plan(plan), true, TreeNodeRecursion::Jump))
}

/// The query with arguments in place of its placeholders, where it stands beside the columns of these.
pub(super) fn joined(
    function: &str,
    query: &Subquery,
    argument: impl Fn(&str) -> Option<Expr>,
    info: &SimplifyContext,
) -> Result<Transformed<Expr>> {
    let outer = |expr: Expr| match expr {
        Expr::Column(column) => {
            let (_, field) = info.schema().qualified_field_from_column(&column)?;
            let field = Arc::clone(field);
            Ok(Transformed::yes(Expr::OuterReferenceColumn(field, column)))
        }
        expr => Ok(Transformed::no(expr)),
    };
    let plan = with_each(query.subquery.as_ref().clone(), |expr| {
        let Expr::Placeholder(place) = &expr else {
            return Ok(Transformed::no(expr));
        };
        let Some(value) = argument(&place.id) else {
            return Ok(Transformed::no(expr));
        };
        if value.is_volatile() {
            return plan_err!(
                "{function}: the argument {} may give another value each time, and a query is asked for one",
                place.id
            );
        }
        Ok(Transformed::new(
            value.transform_up(outer)?.data,
            true,
            TreeNodeRecursion::Jump,
        ))
    })?;
    Ok(Transformed::new(of_plan(plan), true, TreeNodeRecursion::Jump))
}

/// The plan with another expression for each, those of its sub-queries, too.
fn with_each(plan: LogicalPlan, mut each: impl FnMut(Expr) -> Result<Transformed<Expr>>) -> Result<LogicalPlan> {
    let changed = plan.transform_up_with_subqueries(|plan| {
        let names = NamePreserver::new(&plan);
        plan.map_expressions(|expr| {
            let name = names.save(&expr);
            Ok(expr.transform_down(&mut each)?.update_data(|expr| name.restore(expr)))
        })
    })?;
    Ok(changed.data)
}

fn of_plan(plan: LogicalPlan) -> Expr {
    let outer_ref_columns = plan.all_out_ref_exprs();
    Expr::ScalarSubquery(Subquery {
        subquery: Arc::new(plan),
        outer_ref_columns,
        spans: datafusion::common::Spans::new(),
    })
}

/// Whether it aggregates everything.
fn gives_one_row(plan: &LogicalPlan) -> bool {
    let mut plan = plan;
    loop {
        plan = match plan {
            LogicalPlan::Projection(projection) => projection.input.as_ref(),
            LogicalPlan::SubqueryAlias(alias) => alias.input.as_ref(),
            LogicalPlan::Aggregate(aggregate) => return aggregate.group_expr.is_empty(),
            _ => return false,
        };
    }
}
