//! The distance of two spans as an order: nothing if they overlap or touch, else what lies between them.
//!
//! ```text
//! CASE WHEN kept.start > asked.end THEN kept.start - asked.end
//!      WHEN asked.start > kept.end THEN asked.start - kept.end
//!      ELSE 0 END
//! ```
//!
//! It is 0 where `kept.start <= asked.end AND kept.end >= asked.start`, and else it is by how much one of the two fails.

use std::sync::Arc;

use datafusion::common::{JoinSide, Result, ScalarValue};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, CaseExpr, Literal};
use datafusion::physical_expr::{PhysicalExprRef, PhysicalSortExpr};

use super::joined::Join;
use super::substitute;
use crate::interval::RangeConjunct;
use crate::interval::index::widest_distance;
use crate::interval::recognise::condition::{cannot_fail, columns, is_volatile};

/// The inequalities that hold where the distance is 0, if `order` begins with one and goes on with columns of the side that `join` keeps.
pub(super) fn ranges(join: &Join, order: &[PhysicalSortExpr]) -> Result<Option<Vec<RangeConjunct>>> {
    let kept = join.columns_of(join.spec.build);
    let asked = join.columns_of(join.spec.probe());
    let is_of = |expr: &PhysicalExprRef, side: &std::ops::Range<usize>| columns(expr).iter().all(|c| side.contains(c));
    let has_columns = |expr: &PhysicalExprRef| !columns(expr).is_empty();
    let Some((distance, rest)) = order.split_first() else {
        return Ok(None);
    };
    let residual = join.spec.residual.iter().flat_map(|residual| residual.column_indices());
    let is_settled = rest.iter().all(|order| is_of(&order.expr, &kept))
        && residual.into_iter().all(|column| column.side == join.spec.probe());
    let Some([first, second]) = bounds(&distance.expr).filter(|_| is_settled && !distance.options.descending) else {
        return Ok(None);
    };
    let mut ranges = vec![];
    // The greater bound stands first.
    for ([greater, less], of_kept) in [(first, true), (second, false)] {
        let (of, op) = match of_kept {
            true => ((greater, less), Operator::LtEq),
            false => ((less, greater), Operator::GtEq),
        };
        let fits = [(&of.0, &kept), (&of.1, &asked)];
        if !fits.iter().all(|(expr, side)| has_columns(expr) && is_of(expr, side))
            || is_volatile(&of.0)
            || is_volatile(&of.1)
        {
            return Ok(None);
        }
        let (left, op, right) = match join.spec.build {
            JoinSide::Left => (of.0, op, of.1),
            _ => (of.1, op.swap().unwrap_or(op), of.0),
        };
        let range = RangeConjunct {
            left: over(join, JoinSide::Left, left)?,
            op,
            right: over(join, JoinSide::Right, right)?,
        };
        let (schema, other) = (join.left.schema(), join.right.schema());
        let data_type = range.left.data_type(&schema)?;
        let is_known = data_type == range.right.data_type(&other)? && widest_distance(&data_type).is_some();
        if !is_known || !cannot_fail(&range.left, &schema)? || !cannot_fail(&range.right, &other)? {
            return Ok(None);
        }
        ranges.push(range);
    }
    Ok(Some(ranges))
}

/// An expression over the joined columns as one over the columns of its side.
fn over(join: &Join, side: JoinSide, expr: PhysicalExprRef) -> Result<PhysicalExprRef> {
    let start = join.columns_of(side).start;
    let end = join.columns_of(JoinSide::Right).end;
    let place = |index: usize| super::column(&join.name(index), index.saturating_sub(start));
    let mut exprs = [expr];
    substitute(&mut exprs, &(0..end).map(place).collect::<Vec<_>>())?;
    let [expr] = exprs;
    Ok(expr)
}

/// The greater and the less bound of both cases.
fn bounds(distance: &PhysicalExprRef) -> Option<[[PhysicalExprRef; 2]; 2]> {
    let case = distance.downcast_ref::<CaseExpr>()?;
    let [first, second] = case.when_then_expr() else {
        return None;
    };
    let is_none = match case.else_expr() {
        Some(other) => is_zero(other),
        None => false,
    };
    (case.expr().is_none() && is_none).then_some([apart(first)?, apart(second)?])
}

/// The bounds of `WHEN a > b THEN a - b`, or `WHEN b < a`, as the engine may write it.
fn apart((when, then): &(PhysicalExprRef, PhysicalExprRef)) -> Option<[PhysicalExprRef; 2]> {
    let (when, then) = (when.downcast_ref::<BinaryExpr>()?, then.downcast_ref::<BinaryExpr>()?);
    let (greater, less) = match when.op() {
        Operator::Gt => (when.left(), when.right()),
        Operator::Lt => (when.right(), when.left()),
        _ => return None,
    };
    let fits = *then.op() == Operator::Minus && greater.eq(then.left()) && less.eq(then.right());
    fits.then(|| [Arc::clone(greater), Arc::clone(less)])
}

fn is_zero(expr: &PhysicalExprRef) -> bool {
    if let Some(literal) = expr.downcast_ref::<Literal>() {
        let value = literal.value();
        return ScalarValue::new_zero(&value.data_type()).is_ok_and(|zero| zero == *value);
    }
    expr.downcast_ref::<BinaryExpr>()
        .is_some_and(|difference| *difference.op() == Operator::Minus && difference.left().eq(difference.right()))
}
