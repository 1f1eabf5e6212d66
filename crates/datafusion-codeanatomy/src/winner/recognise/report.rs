//! What a window function asks, by itself.

use std::any::Any;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions_aggregate::count::Count;
use datafusion::functions_window::lead_lag::{WindowShift, WindowShiftKind};
use datafusion::functions_window::rank::Rank;
use datafusion::functions_window::row_number::RowNumber;
use datafusion::physical_expr::expressions::Literal;
use datafusion::physical_expr::window::{PlainAggregateWindowExpr, StandardWindowExpr, WindowExpr};
use datafusion::physical_plan::PhysicalExpr;
use datafusion::physical_plan::windows::WindowUDFExpr;

use crate::winner::spec::Retention;

/// A question about a row and its group that the operator can answer.
#[derive(Debug, Clone)]
pub(super) enum Question {
    /// `row_number()`, `rank()`, `dense_rank()`.
    Ranking(Retention),
    /// `lead(expr)`: the value in the next row, null behind the last.
    Next(Arc<dyn PhysicalExpr>),
    /// `count(*)` of all rows of the window.
    Count,
}

/// The question of `function`, if it is one of these.
pub(super) fn question(function: &Arc<dyn WindowExpr>) -> Option<Question> {
    if is_count(function) {
        return Some(Question::Count);
    }
    match ranking(function) {
        Some(retention) => Some(Question::Ranking(retention)),
        None => udf(function).and_then(next_row).map(|e| Question::Next(Arc::clone(e))),
    }
}

/// The function as a ranking, if it is one of the engine's.
pub(super) fn ranking(function: &Arc<dyn WindowExpr>) -> Option<Retention> {
    let udf = udf(function)?.fun();
    let implementation = udf.inner().as_ref() as &dyn Any;
    if implementation.is::<RowNumber>() {
        return Some(Retention::RowNumber);
    }
    // One type for three functions.
    match (implementation.is::<Rank>(), udf.name()) {
        (true, "rank") => Some(Retention::Rank),
        (true, "dense_rank") => Some(Retention::DenseRank),
        _ => None,
    }
}

fn udf(function: &Arc<dyn WindowExpr>) -> Option<&WindowUDFExpr> {
    let standard = function.as_any().downcast_ref::<StandardWindowExpr>()?;
    standard.get_standard_func_expr().as_any().downcast_ref()
}

/// The argument of `lead(expr)`.
fn next_row(udf: &WindowUDFExpr) -> Option<&Arc<dyn PhysicalExpr>> {
    let shift = (udf.fun().inner().as_ref() as &dyn Any).downcast_ref::<WindowShift>()?;
    let literal = |i: usize| {
        let argument = udf.args().get(i)?;
        Some(argument.downcast_ref::<Literal>().map(Literal::value))
    };
    let one = ScalarValue::Int64(Some(1));
    let by_one = match literal(1) {
        None => true,
        Some(value) => value.is_some_and(|v| v.cast_to(&DataType::Int64).is_ok_and(|v| v == one)),
    };
    let null_behind = match literal(2) {
        None => true,
        Some(value) => value.is_some_and(ScalarValue::is_null),
    };
    // The engine shows IGNORE NULLS nowhere else; it is the last that is printed.
    let keeps_nulls = format!("{udf:?}").ends_with("ignore_nulls: false }");
    let is_next = matches!(shift.kind(), WindowShiftKind::Lead) && by_one && null_behind && keeps_nulls;
    udf.args().first().filter(|_| is_next)
}

fn is_count(function: &Arc<dyn WindowExpr>) -> bool {
    let Some(plain) = function.as_any().downcast_ref::<PlainAggregateWindowExpr>() else {
        return false;
    };
    let count = plain.get_aggregate_expr();
    let is_value = |e: &Arc<dyn PhysicalExpr>| e.downcast_ref::<Literal>().is_some_and(|l| !l.value().is_null());
    let frame = function.get_window_frame();
    (count.fun().inner().as_ref() as &dyn Any).is::<Count>()
        && count.expressions().iter().all(is_value)
        && !count.is_distinct()
        && frame.start_bound.is_unbounded()
        && frame.end_bound.is_unbounded()
        // The engine shows FILTER nowhere else; it is the last that is printed.
        && format!("{plain:?}").ends_with("filter: None }")
}
