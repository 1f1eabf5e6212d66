//! The inequalities in a join's condition.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{JoinSide, Result};
use datafusion::functions::core::getfield::GetFieldFunc;
use datafusion::functions::core::greatest::GreatestFunc;
use datafusion::functions::core::least::LeastFunc;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{
    BinaryExpr, CaseExpr, CastExpr, Column, IsNotNullExpr, IsNullExpr, Literal, NotExpr, TryCastExpr,
};
use datafusion::physical_expr::utils::{conjunction_opt, split_conjunction};
use datafusion::physical_expr::{PhysicalExprRef, ScalarFunctionExpr};
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter};

use crate::interval::RangeConjunct;
use crate::interval::index::is_bound_type;

/// A condition, taken apart.
#[derive(Debug)]
pub(super) struct Condition {
    /// Up to two inequalities, each between an expression of the left and one of the right.
    pub(super) ranges: Vec<RangeConjunct>,
    /// Everything else.
    pub(super) residual: Option<JoinFilter>,
}

impl Condition {
    /// Takes `filter` apart; `None` if the condition is not the same each time.
    pub(super) fn of(filter: Option<&JoinFilter>, left: &Schema, right: &Schema) -> Result<Option<Self>> {
        let Some(filter) = filter else {
            return Ok(Some(Self {
                ranges: vec![],
                residual: None,
            }));
        };
        if is_volatile(filter.expression()) {
            return Ok(None);
        }
        let conjuncts = split_conjunction(filter.expression());
        let mut ranges = vec![];
        for (i, conjunct) in conjuncts.iter().enumerate() {
            ranges.extend(range(conjunct, filter, left, right)?.map(|range| (i, range)));
        }
        let Some(first) = ranges.first() else {
            return Ok(Some(Self {
                ranges: vec![],
                residual: Some(filter.clone()),
            }));
        };
        // One bound from below and one from above close a span; two of one direction say less.
        let below = |range: &RangeConjunct| matches!(range.op, Operator::Lt | Operator::LtEq);
        let second = ranges
            .iter()
            .find(|(_, r)| below(r) != below(&first.1))
            .or_else(|| ranges.get(1));
        let chosen: Vec<_> = std::iter::once(first).chain(second).cloned().collect();
        let rest = conjuncts
            .into_iter()
            .enumerate()
            .filter(|(i, _)| chosen.iter().all(|(c, _)| c != i))
            .map(|(_, conjunct)| Arc::clone(conjunct));
        Ok(Some(Self {
            residual: conjunction_opt(rest).map(|rest| residual(rest, filter)).transpose()?,
            ranges: chosen.into_iter().map(|(_, range)| range).collect(),
        }))
    }
}

/// `conjunct` as `left op right`, if it is an inequality between both sides.
fn range(
    conjunct: &PhysicalExprRef,
    filter: &JoinFilter,
    left_schema: &Schema,
    right_schema: &Schema,
) -> Result<Option<RangeConjunct>> {
    let Some(binary) = conjunct.downcast_ref::<BinaryExpr>() else {
        return Ok(None);
    };
    let op = *binary.op();
    if !matches!(op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq) {
        return Ok(None);
    }
    let (left, op, right) = match (side(binary.left(), filter), side(binary.right(), filter)) {
        (Some(JoinSide::Left), Some(JoinSide::Right)) => (binary.left(), op, binary.right()),
        (Some(JoinSide::Right), Some(JoinSide::Left)) => match op.swap() {
            Some(op) => (binary.right(), op, binary.left()),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let (left_type, right_type) = (left.data_type(filter.schema())?, right.data_type(filter.schema())?);
    if left_type != right_type || !is_bound_type(&left_type) {
        return Ok(None);
    }
    if !cannot_fail(left, filter.schema())? || !cannot_fail(right, filter.schema())? {
        return Ok(None);
    }
    Ok(Some(RangeConjunct {
        left: over_input(left, filter, left_schema)?,
        op,
        right: over_input(right, filter, right_schema)?,
    }))
}

/// The one side whose columns `expr` has; `None` if it has those of both or none.
fn side(expr: &PhysicalExprRef, filter: &JoinFilter) -> Option<JoinSide> {
    let mut sides = columns(expr).into_iter().map(|c| filter.column_indices()[c].side);
    let first = sides.next()?;
    sides.all(|s| s == first).then_some(first)
}

/// The positions of the columns of `expr`, in the order in which they stand there.
pub(super) fn columns(expr: &PhysicalExprRef) -> Vec<usize> {
    let mut columns = vec![];
    let visited = expr.apply(|e| {
        columns.extend(e.downcast_ref::<Column>().map(Column::index));
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(visited.is_ok());
    columns
}

/// Whether an expression in `expr` gives other values each time.
pub(super) fn is_volatile(expr: &PhysicalExprRef) -> bool {
    datafusion::physical_expr_common::physical_expr::is_volatile(expr)
}

/// `expr` over the columns of the input in place of those of the filter.
fn over_input(expr: &PhysicalExprRef, filter: &JoinFilter, input: &Schema) -> Result<PhysicalExprRef> {
    Arc::clone(expr)
        .transform(|e| {
            let Some(column) = e.downcast_ref::<Column>() else {
                return Ok(Transformed::no(e));
            };
            let index = filter.column_indices()[column.index()].index;
            let column = Column::new(input.field(index).name(), index);
            Ok(Transformed::yes(Arc::new(column) as PhysicalExprRef))
        })
        .data()
}

/// A filter of `rest`, which reads no column that it does not need.
fn residual(rest: PhysicalExprRef, filter: &JoinFilter) -> Result<JoinFilter> {
    let mut used = columns(&rest);
    used.sort_unstable();
    used.dedup();
    let expression = rest
        .transform(|e| {
            let place = |c: &Column| used.binary_search(&c.index()).ok().map(|i| Column::new(c.name(), i));
            match e.downcast_ref::<Column>().and_then(place) {
                Some(column) => Ok(Transformed::yes(Arc::new(column) as PhysicalExprRef)),
                None => Ok(Transformed::no(e)),
            }
        })
        .data()?;
    let indices: Vec<ColumnIndex> = used.iter().map(|i| filter.column_indices()[*i].clone()).collect();
    let schema = filter.schema().project(&used)?;
    Ok(JoinFilter::new(expression, indices, Arc::new(schema)))
}

/// Whether `expr` gives a value for every row. A hash join evaluates it for the pairs of equal keys only, an interval join for
/// every row; so one that can fail might fail where the query gave rows.
pub(super) fn cannot_fail(expr: &PhysicalExprRef, schema: &Schema) -> Result<bool> {
    let mut safe = true;
    expr.apply(|e| {
        safe = safe && node_cannot_fail(e, schema)?;
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(safe)
}

fn node_cannot_fail(expr: &PhysicalExprRef, schema: &Schema) -> Result<bool> {
    if let Some(cast) = expr.downcast_ref::<CastExpr>() {
        return Ok(is_widening(&cast.expr().data_type(schema)?, cast.cast_type()));
    }
    if let Some(binary) = expr.downcast_ref::<BinaryExpr>() {
        let ty = expr.data_type(schema)?;
        // Integers wrap, floats become infinite; times, decimals and division say so.
        let wraps = ty.is_integer() || ty.is_floating();
        return Ok(match binary.op() {
            Operator::Plus | Operator::Minus | Operator::Multiply => wraps,
            op => matches!(
                op,
                Operator::And
                    | Operator::Or
                    | Operator::Eq
                    | Operator::NotEq
                    | Operator::Lt
                    | Operator::LtEq
                    | Operator::Gt
                    | Operator::GtEq
                    | Operator::IsDistinctFrom
                    | Operator::IsNotDistinctFrom
            ),
        });
    }
    if let Some(function) = expr.downcast_ref::<ScalarFunctionExpr>() {
        let function = function.fun().inner();
        return Ok(function.is::<GetFieldFunc>() || function.is::<GreatestFunc>() || function.is::<LeastFunc>());
    }
    Ok(expr.is::<Column>()
        || expr.is::<Literal>()
        || expr.is::<TryCastExpr>()
        || expr.is::<CaseExpr>()
        || expr.is::<NotExpr>()
        || expr.is::<IsNullExpr>()
        || expr.is::<IsNotNullExpr>())
}

/// Whether every value of `from` is one of `to`.
fn is_widening(from: &DataType, to: &DataType) -> bool {
    use DataType::{Date32, Date64, Decimal128};
    if from == to {
        return true;
    }
    let bits = |ty: &DataType| ty.primitive_width().map_or(0, |w| w * 8);
    match (from, to) {
        (f, t) if f.is_integer() && t.is_integer() => {
            let signs = f.is_signed_integer() == t.is_signed_integer();
            (signs && bits(f) <= bits(t)) || (f.is_unsigned_integer() && t.is_signed_integer() && bits(f) < bits(t))
        }
        (f, t) if f.is_integer() && t.is_floating() => true,
        (f, t) if f.is_floating() && t.is_floating() => bits(f) <= bits(t),
        // 20 digits hold every integer.
        (f, Decimal128(precision, scale)) if f.is_integer() => i16::from(*precision) - i16::from(*scale) >= 20,
        (Date32, Date64) => true,
        _ => false,
    }
}
