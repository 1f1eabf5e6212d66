//! What a predicate says of a rank: `rn <= 3`, `3 > rn`, `rn = 1`, `rn IN (1, 2)`, `rn BETWEEN 1 AND k`, `rn = 1 OR rn = 2`.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, CastExpr, Column, InListExpr, Literal};
use datafusion::physical_expr::utils::{split_conjunction, split_disjunction};
use datafusion::physical_plan::PhysicalExpr;

/// For every column of which `predicate` says so: the greatest value that it may have. Only ranks are asked for, so a value
/// below one is none.
pub(super) fn of(predicate: &Arc<dyn PhysicalExpr>) -> BTreeMap<usize, u64> {
    let mut bounds = BTreeMap::new();
    for conjunct in split_conjunction(predicate) {
        if let Some((column, bound)) = of_alternatives(conjunct) {
            bounds
                .entry(column)
                .and_modify(|known: &mut u64| *known = bound.min(*known))
                .or_insert(bound);
        }
    }
    bounds
}

/// The conjuncts of `predicate` that do not follow from `column <= bound` for a rank.
pub(super) fn without(predicate: &Arc<dyn PhysicalExpr>, column: usize, bound: u64) -> Vec<Arc<dyn PhysicalExpr>> {
    let follows = |conjunct: &Arc<dyn PhysicalExpr>| match comparison(conjunct) {
        Some((c, Operator::LtEq, value)) => c == column && value >= bound,
        Some((c, Operator::Lt, value)) => c == column && value > bound,
        Some((c, Operator::Eq, value)) => c == column && value == 1 && bound == 1,
        Some((c, Operator::GtEq, value)) => c == column && value <= 1,
        Some((c, Operator::Gt, value)) => c == column && value == 0,
        _ => false,
    };
    let conjuncts = split_conjunction(predicate).into_iter();
    conjuncts.filter(|c| !follows(c)).map(Arc::clone).collect()
}

/// The greatest of a conjunct's alternatives, where all bound one column.
fn of_alternatives(conjunct: &Arc<dyn PhysicalExpr>) -> Option<(usize, u64)> {
    let mut greatest: Option<(usize, u64)> = None;
    for alternative in split_disjunction(conjunct) {
        let (column, bound) = of_one(alternative)?;
        greatest = match greatest {
            Some((c, _)) if c != column => return None,
            Some((_, known)) => Some((column, known.max(bound))),
            None => Some((column, bound)),
        };
    }
    greatest
}

fn of_one(expr: &Arc<dyn PhysicalExpr>) -> Option<(usize, u64)> {
    if let Some(list) = expr.downcast_ref::<InListExpr>() {
        let column = rank_column(list.expr()).filter(|_| !list.negated())?;
        let mut greatest = 0;
        for value in list.list() {
            greatest = greatest.max(number(value)?);
        }
        return Some((column, greatest));
    }
    let (column, op, value) = comparison(expr)?;
    match op {
        Operator::Eq | Operator::LtEq => Some((column, value)),
        Operator::Lt => Some((column, value.saturating_sub(1))),
        _ => None,
    }
}

/// `column op number`, whichever side the column stands on.
fn comparison(expr: &Arc<dyn PhysicalExpr>) -> Option<(usize, Operator, u64)> {
    let binary = expr.downcast_ref::<BinaryExpr>()?;
    if let (Some(column), Some(value)) = (rank_column(binary.left()), number(binary.right())) {
        return Some((column, *binary.op(), value));
    }
    let (column, value) = (rank_column(binary.right())?, number(binary.left())?);
    Some((column, binary.op().swap()?, value))
}

/// A column, or one that is made a 64-bit integer: of a rank that never fails.
pub(super) fn rank_column(expr: &Arc<dyn PhysicalExpr>) -> Option<usize> {
    let inner = match expr.downcast_ref::<CastExpr>() {
        Some(cast) if matches!(cast.cast_type(), DataType::Int64 | DataType::UInt64) => cast.expr(),
        Some(_) => return None,
        None => expr,
    };
    inner.downcast_ref::<Column>().map(Column::index)
}

/// An integer; one below zero bounds a rank as zero does.
fn number(expr: &Arc<dyn PhysicalExpr>) -> Option<u64> {
    let value = expr.downcast_ref::<Literal>()?.value();
    if !value.data_type().is_integer() {
        return None;
    }
    match value.cast_to(&DataType::UInt64) {
        Ok(ScalarValue::UInt64(value)) => value,
        _ => match value.cast_to(&DataType::Int64) {
            Ok(ScalarValue::Int64(Some(value))) if value < 0 => Some(0),
            _ => None,
        },
    }
}
