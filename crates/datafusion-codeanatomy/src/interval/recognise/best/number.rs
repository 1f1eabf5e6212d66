//! `row_number()` in a plan: as a rank that is bounded, and as the number of a row.

use std::num::NonZeroUsize;
use std::sync::Arc;

use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, Column, Literal, lit};
use datafusion::physical_expr::window::StandardWindowExpr;
use datafusion::physical_expr::{PhysicalExprRef, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::{ProjectionExec, ProjectionExpr};
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowUDFExpr};

use super::identity;
use crate::interval::recognise::condition::columns;

/// What a `row_number()` counts by.
pub(super) struct Rank {
    pub(super) partition_by: Vec<PhysicalExprRef>,
    pub(super) order_by: Vec<PhysicalSortExpr>,
}

/// The one function of `window`, if it is `row_number()`.
pub(super) fn row_number(window: &BoundedWindowAggExec) -> Option<Rank> {
    let [expr] = window.window_expr() else { return None };
    let function = expr
        .as_any()
        .downcast_ref::<StandardWindowExpr>()?
        .get_standard_func_expr();
    let function = function.as_any().downcast_ref::<WindowUDFExpr>()?;
    (function.fun().name() == "row_number").then(|| Rank {
        partition_by: expr.partition_by().to_vec(),
        order_by: expr.order_by().to_vec(),
    })
}

/// `k`, if `predicate` says that the column is at most that.
pub(super) fn at_most(predicate: &PhysicalExprRef, rank: usize) -> Option<NonZeroUsize> {
    let binary = predicate.downcast_ref::<BinaryExpr>()?;
    let is_rank = |e: &PhysicalExprRef| e.downcast_ref::<Column>().is_some_and(|c| c.index() == rank);
    let (op, k) = match (is_rank(binary.left()), is_rank(binary.right())) {
        (true, false) => (*binary.op(), binary.right()),
        (false, true) => (binary.op().swap()?, binary.left()),
        _ => return None,
    };
    let k = match k.downcast_ref::<Literal>()?.value() {
        ScalarValue::UInt64(k) => usize::try_from((*k)?).ok()?,
        ScalarValue::Int64(k) => usize::try_from((*k)?).ok()?,
        _ => return None,
    };
    NonZeroUsize::new(match op {
        Operator::LtEq => k,
        Operator::Lt => k.checked_sub(1)?,
        Operator::Eq if k == 1 => 1,
        _ => return None,
    })
}
/// `plan` with a constant in the place of the column, if that is the number that `row_number() OVER ()` gives to its rows and nothing in
/// between asks for it.
pub(super) fn without_row_number(
    plan: &Arc<dyn ExecutionPlan>,
    number: usize,
) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let below = projection
            .expr()
            .get(number)
            .and_then(|e| e.expr.downcast_ref::<Column>());
        let Some(below) = below.map(Column::index) else {
            return Ok(None);
        };
        let asks = |e: &ProjectionExpr| columns(&e.expr).contains(&below);
        if projection.expr().iter().filter(|e| asks(e)).count() > 1 {
            return Ok(None);
        }
        let input = without_row_number(projection.input(), below)?;
        return input
            .map(|i| replace_children_if_necessary(Arc::clone(plan), vec![i]))
            .transpose();
    }
    if let Some(filter) = plan.downcast_ref::<FilterExec>() {
        if filter.projection().is_some() || columns(filter.predicate()).contains(&number) {
            return Ok(None);
        }
        let input = without_row_number(filter.input(), number)?;
        return input
            .map(|i| replace_children_if_necessary(Arc::clone(plan), vec![i]))
            .transpose();
    }
    let Some((window, rank)) = plan
        .downcast_ref::<BoundedWindowAggExec>()
        .and_then(|w| Some((w, row_number(w)?)))
    else {
        return Ok(None);
    };
    let input = window.input();
    let width = input.schema().fields().len();
    if !rank.partition_by.is_empty() || !rank.order_by.is_empty() || number != width {
        return Ok(None);
    }
    let name = plan.schema().field(width).name().clone();
    let mut exprs: Vec<_> = identity(width, input)
        .into_iter()
        .zip(input.schema().fields())
        .map(|(e, field)| ProjectionExpr::new(e, field.name()))
        .collect();
    exprs.push(ProjectionExpr::new(lit(0_u64), name));
    Ok(Some(Arc::new(ProjectionExec::try_new(exprs, Arc::clone(input))?)))
}

/// Whether the column is the number that `row_number() OVER ()` gives to the rows of `plan`.
pub(super) fn is_row_number(plan: &Arc<dyn ExecutionPlan>, number: usize) -> bool {
    if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let below = projection
            .expr()
            .get(number)
            .and_then(|e| e.expr.downcast_ref::<Column>());
        return below.is_some_and(|c| is_row_number(projection.input(), c.index()));
    }
    if let Some(filter) = plan.downcast_ref::<FilterExec>() {
        return filter.projection().is_none() && is_row_number(filter.input(), number);
    }
    let window = plan.downcast_ref::<BoundedWindowAggExec>();
    window
        .and_then(|w| Some((w, row_number(w)?)))
        .is_some_and(|(window, rank)| rank.partition_by.is_empty() && number == window.input().schema().fields().len())
}
