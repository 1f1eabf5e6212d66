//! Aggregates whose value depends on the order of rows though they say nothing of it: the last bits of sums of floating-point numbers; the
//! least and the greatest of values that compare in another way than they are sorted, as numbers with NaN and nested values with nulls.

use std::sync::{Arc, LazyLock};

use codeanatomy_functions::{aggregate_functions, exact_function};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result};
use datafusion::functions_aggregate::all_default_aggregate_functions;
use datafusion::functions_aggregate::min_max::{Max, Min};
use datafusion::logical_expr::{
    Aggregate, AggregateUDF, Expr, ExprSchemable, LogicalPlan, Window, WindowFunctionDefinition,
};

use crate::ordering::has_order;
use crate::ordering::types::compares_otherwise;
use crate::settings::Determinism;

/// The engine's functions that have an exact form, and that form.
static EXACT: LazyLock<Vec<(Arc<AggregateUDF>, Arc<AggregateUDF>)>> = LazyLock::new(|| {
    let of_engine = all_default_aggregate_functions().into_iter();
    of_engine
        .filter_map(|f| exact_function(f.name()).map(|exact| (f, exact)))
        .collect()
});

/// `arg_min` and `arg_max`, which compare values as they are sorted.
static EXTREMES: LazyLock<Vec<Arc<AggregateUDF>>> = LazyLock::new(|| {
    let ours = aggregate_functions().into_iter();
    ours.filter(|f| ["arg_min", "arg_max"].contains(&f.name())).collect()
});

/// Puts exact functions in the place of the engine's, in an aggregate or a window; columns keep their names. Extremes are settled at any level,
/// where rows are grouped.
pub(super) fn settle(node: LogicalPlan, level: Determinism) -> Result<Transformed<LogicalPlan>> {
    match &node {
        LogicalPlan::Aggregate(aggregate) => {
            let schema = aggregate.input.schema();
            let swap = |e| match level {
                Determinism::Canonical => swap(e, schema)?.transform_data(|e| extreme(e, schema)),
                _ => extreme(e, schema),
            };
            let Some(exact) = all(&aggregate.aggr_expr, swap)? else {
                return Ok(Transformed::no(node));
            };
            let aggregate = Aggregate::try_new(Arc::clone(&aggregate.input), aggregate.group_expr.clone(), exact)?;
            Ok(Transformed::yes(LogicalPlan::Aggregate(aggregate)))
        }
        LogicalPlan::Window(window) if level == Determinism::Canonical => {
            let schema = window.input.schema();
            let Some(exact) = all(&window.window_expr, |e| swap(e, schema))? else {
                return Ok(Transformed::no(node));
            };
            let window = Window::try_new(exact, Arc::clone(&window.input))?;
            Ok(Transformed::yes(LogicalPlan::Window(window)))
        }
        _ => Ok(Transformed::no(node)),
    }
}

/// The expressions with exact functions; none if nothing changes.
fn all(exprs: &[Expr], swap: impl Fn(Expr) -> Result<Transformed<Expr>>) -> Result<Option<Vec<Expr>>> {
    let mut changed = false;
    let exact = exprs.iter().map(|expr| {
        let name = expr.schema_name().to_string();
        let exact = expr.clone().transform_up(&swap)?;
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

/// `min(a)` as `arg_min(a, a)`.
fn extreme(mut expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let Expr::AggregateFunction(f) = &mut expr else {
        return Ok(Transformed::no(expr));
    };
    let name = match f.func.inner() {
        inner if inner.is::<Min>() => "arg_min",
        inner if inner.is::<Max>() => "arg_max",
        _ => return Ok(Transformed::no(expr)),
    };
    let [value] = f.params.args.as_slice() else {
        return Ok(Transformed::no(expr));
    };
    let ty = value.get_type(schema)?;
    let Some(function) = EXTREMES.iter().find(|f| f.name() == name) else {
        return Ok(Transformed::no(expr));
    };
    if !compares_otherwise(&ty) || !has_order(&ty) {
        return Ok(Transformed::no(expr));
    }
    f.params.args = vec![value.clone(), value.clone()];
    f.params.distinct = false;
    f.func = Arc::clone(function);
    Ok(Transformed::yes(expr))
}
