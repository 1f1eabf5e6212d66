//! Aggregates of floating-point numbers, whose last bits depend on the order of rows.

use std::sync::{Arc, LazyLock};

use codeanatomy_functions::exact_function;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result};
use datafusion::functions_aggregate::all_default_aggregate_functions;
use datafusion::logical_expr::{
    Aggregate, AggregateUDF, Expr, ExprSchemable, LogicalPlan, Window, WindowFunctionDefinition,
};

/// The engine's functions that have an exact form, and that form.
static EXACT: LazyLock<Vec<(Arc<AggregateUDF>, Arc<AggregateUDF>)>> = LazyLock::new(|| {
    let of_engine = all_default_aggregate_functions().into_iter();
    of_engine
        .filter_map(|f| exact_function(f.name()).map(|exact| (f, exact)))
        .collect()
});

/// Puts exact functions in the place of the engine's, in an aggregate or a window; columns keep their names.
pub(super) fn settle(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    match &node {
        LogicalPlan::Aggregate(aggregate) => {
            let schema = aggregate.input.schema();
            let Some(exact) = all(&aggregate.aggr_expr, schema)? else {
                return Ok(Transformed::no(node));
            };
            let aggregate = Aggregate::try_new(Arc::clone(&aggregate.input), aggregate.group_expr.clone(), exact)?;
            Ok(Transformed::yes(LogicalPlan::Aggregate(aggregate)))
        }
        LogicalPlan::Window(window) => {
            let Some(exact) = all(&window.window_expr, window.input.schema())? else {
                return Ok(Transformed::no(node));
            };
            let window = Window::try_new(exact, Arc::clone(&window.input))?;
            Ok(Transformed::yes(LogicalPlan::Window(window)))
        }
        _ => Ok(Transformed::no(node)),
    }
}

/// The expressions with exact functions; none if nothing changes.
fn all(exprs: &[Expr], schema: &DFSchema) -> Result<Option<Vec<Expr>>> {
    let mut changed = false;
    let exact = exprs.iter().map(|expr| {
        let name = expr.schema_name().to_string();
        let exact = expr.clone().transform_up(|e| swap(e, schema))?;
        changed |= exact.transformed;
        // An expression with a name keeps it; of two names on one window the engine makes nothing.
        Ok(if exact.transformed && !matches!(expr, Expr::Alias(_)) {
            exact.data.alias(name)
        } else {
            exact.data
        })
    });
    let exact = exact.collect::<Result<Vec<_>>>()?;
    Ok(changed.then_some(exact))
}

fn swap(mut expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let (function, args) = match &mut expr {
        Expr::AggregateFunction(f) => (&mut f.func, &f.params.args),
        Expr::WindowFunction(f) => match &mut f.fun {
            WindowFunctionDefinition::AggregateUDF(function) => (function, &f.params.args),
            WindowFunctionDefinition::WindowUDF(_) => return Ok(Transformed::no(expr)),
        },
        _ => return Ok(Transformed::no(expr)),
    };
    // A host may have put a function of its own under the engine's name.
    let Some((_, exact)) = EXACT.iter().find(|(of_engine, _)| of_engine == function) else {
        return Ok(Transformed::no(expr));
    };
    for arg in args {
        if arg.get_type(schema)? != DataType::Float64 {
            return Ok(Transformed::no(expr));
        }
    }
    *function = Arc::clone(exact);
    Ok(Transformed::yes(expr))
}
