//! An order, without the keys that decide nothing: neither in the groups, nor because the operator completes every order
//! by all columns.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::Result;
use datafusion::physical_expr::PhysicalSortExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::PhysicalExpr;

/// Without the keys that stand there before, and those that are the same in all rows of a group.
pub(super) fn effective(
    order_by: Vec<PhysicalSortExpr>,
    partition_by: &[Arc<dyn PhysicalExpr>],
    schema: &Schema,
) -> Result<Vec<PhysicalSortExpr>> {
    let mut keys: Vec<PhysicalSortExpr> = Vec::with_capacity(order_by.len());
    for key in order_by {
        let is_there = keys.iter().any(|k| k.expr.eq(&key.expr));
        if !is_there && !is_constant(&key.expr, partition_by, schema)? {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// How many of `keys`, which are effective, have to be said: the operator adds the others by itself. The first is always
/// said, since the operator compares the others only where it ties.
pub(super) fn least(
    keys: &[PhysicalSortExpr],
    partition_by: &[Arc<dyn PhysicalExpr>],
    schema: &Schema,
) -> Result<usize> {
    let mut completion = vec![];
    for (i, field) in schema.fields().iter().enumerate() {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), i));
        if !is_constant(&column, partition_by, schema)? {
            completion.push(column);
        }
    }
    let ascending = SortOptions::new(false, false);
    let said = |n: usize| {
        let mut rest = keys[n..].iter();
        let mut left = completion.iter().filter(|c| !keys[..n].iter().any(|k| k.expr.eq(*c)));
        rest.all(|key| key.options == ascending && left.next().is_some_and(|c| c.eq(&key.expr)))
    };
    Ok((1..keys.len()).find(|n| said(*n)).unwrap_or(keys.len()))
}

/// Whether all rows of a group are equal in `expr`, for an order too: groups hold both zeros of a float, an order tells them
/// apart.
fn is_constant(expr: &Arc<dyn PhysicalExpr>, partition_by: &[Arc<dyn PhysicalExpr>], schema: &Schema) -> Result<bool> {
    Ok(partition_by.iter().any(|p| p.eq(expr)) && has_one_zero(&expr.data_type(schema)?))
}

fn has_one_zero(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => has_one_zero(values),
        other => !other.is_floating() && !other.is_nested(),
    }
}
