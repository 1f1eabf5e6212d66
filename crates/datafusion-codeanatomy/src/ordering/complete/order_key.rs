//! The order of nested values as the order of bytes.
//!
//! Aggregate functions with an order put together what they have got of several partitions by comparing the values of that order. Of lists and
//! structs that have nulls inside the engine's comparison says that they are equal where its sort tells them apart, so that it would depend
//! on the partitions which comes first. Bytes it compares as it sorts them, and those of the row format are in the order of the values.

use std::sync::{Arc, LazyLock};

use codeanatomy_functions::scalar_functions;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, NullEquality, Result};
use datafusion::logical_expr::{Expr, ExprSchemable, Join, LogicalPlan, ScalarUDF, SortExpr, lit};

/// The function `order_key`, of which a plan elsewhere finds the name in its registry.
static ORDER_KEY: LazyLock<Option<Arc<ScalarUDF>>> =
    LazyLock::new(|| scalar_functions().into_iter().find(|f| f.name() == "order_key"));

/// `sort`, by keys if it is by nested values.
pub(super) fn by_key(sort: SortExpr, schema: &DFSchema) -> Result<SortExpr> {
    if !has_key(&sort.expr.get_type(schema)?) {
        return Ok(sort);
    }
    // An order and its reverse are by the same key, so that the engine sorts once for both.
    let nulls_first = sort.nulls_first == sort.asc;
    let expr = match sort.expr {
        Expr::Alias(alias) => order_key(*alias.expr, nulls_first).alias(alias.name),
        expr => order_key(expr, nulls_first),
    };
    Ok(expr.sort(sort.asc, !sort.asc))
}

/// A join for which nulls are equal, as those are that `INTERSECT` and `EXCEPT` become, by keys if it is by nested values: what such a join
/// tells a scan of the values on one side leaves rows out that have nulls inside.
pub(super) fn join_by_keys(mut join: Join) -> Result<Transformed<LogicalPlan>> {
    let mut is_changed = false;
    if join.null_equality == NullEquality::NullEqualsNull {
        for (left, right) in &mut join.on {
            let ty = left.get_type(join.left.schema())?;
            if has_key(&ty) && right.get_type(join.right.schema())? == ty {
                for side in [left, right] {
                    *side = order_key(std::mem::take(side), false);
                }
                is_changed = true;
            }
        }
    }
    Ok(Transformed::new_transformed(LogicalPlan::Join(join), is_changed))
}

fn order_key(value: Expr, nulls_first: bool) -> Expr {
    let Some(function) = ORDER_KEY.as_deref() else {
        return value;
    };
    // Nulls last is what is left out.
    function.call(match nulls_first {
        true => vec![value, lit("first")],
        false => vec![value],
    })
}

fn has_key(ty: &DataType) -> bool {
    nested(ty) && RowConverter::supports_fields(&[SortField::new(ty.clone())])
}

fn nested(ty: &DataType) -> bool {
    match ty {
        DataType::Dictionary(_, value) => nested(value),
        ty => ty.is_nested(),
    }
}

/// What `expr` is the key of, if it is one.
pub(super) fn without_key(expr: &Expr) -> &Expr {
    match expr {
        Expr::ScalarFunction(function) if ORDER_KEY.as_ref() == Some(&function.func) => {
            function.args.first().unwrap_or(expr)
        }
        expr => expr,
    }
}
