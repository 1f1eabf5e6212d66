//! What no order can settle.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility, WindowFunctionDefinition};

/// Functions that read the clock.
const CLOCK: [&str; 3] = ["now", "current_date", "current_time"];

/// Functions that keep a digest of the values, which depends on their order. Those without a weight are settled where rows are
/// grouped, and not over windows.
const APPROXIMATE: [&str; 3] = [
    "approx_median",
    "approx_percentile_cont",
    "approx_percentile_cont_with_weight",
];

/// Volatile by the engine's word, since they depend on the row's place in a file and not on the row; the same in every run.
const PLACE: [&str; 2] = ["file_row_index", "input_file_name"];

/// Fails if `plan`, or a query in it, calls a function whose value differs from run to run.
pub(super) fn check(plan: &LogicalPlan) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                if let Some((name, volatility)) = function(expr)
                    && (CLOCK.contains(&name) || (volatility == Volatility::Volatile && !PLACE.contains(&name)))
                {
                    return plan_err!(
                        "{name} gives another value in every run, and codeanatomy.determinism asks for one answer; leave it out, put \
                         a literal in its place, or SET codeanatomy.determinism = 'off'"
                    );
                }
                let settled = matches!(expr, Expr::AggregateFunction(f) if f.func.name() != APPROXIMATE[2]);
                if let Some((name, _)) = function(expr)
                    && APPROXIMATE.contains(&name)
                    && !settled
                {
                    return plan_err!(
                        "{name} depends on the order in which rows arrive, and codeanatomy.determinism asks for one answer; take median or \
                         percentile_cont, or SET codeanatomy.determinism = 'off'"
                    );
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(())
}

fn function(expr: &Expr) -> Option<(&str, Volatility)> {
    match expr {
        Expr::ScalarFunction(f) => Some((f.name(), f.func.signature().volatility)),
        Expr::AggregateFunction(f) => Some((f.func.name(), f.func.signature().volatility)),
        Expr::WindowFunction(f) => Some((
            f.fun.name(),
            match &f.fun {
                WindowFunctionDefinition::AggregateUDF(f) => f.signature().volatility,
                WindowFunctionDefinition::WindowUDF(f) => f.signature().volatility,
            },
        )),
        _ => None,
    }
}
