//! The order of nested values as the order of bytes.
//!
//! Aggregate functions with an order put together what they have got of several partitions by comparing the values of that order. Of lists and
//! structs that have nulls inside the engine's comparison says that they are equal where its sort tells them apart, so that it would depend
//! on the partitions which comes first. Bytes it compares as it sorts them, and those of the row format are in the order of the values.

use std::sync::Arc;

use datafusion::arrow::array::LargeBinaryArray;
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, NullEquality, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, Join, LogicalPlan, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    SortExpr, Volatility,
};

/// `order_key(value)`: bytes in the ascending order of the values.
#[derive(Debug, PartialEq, Eq, Hash)]
struct OrderKey {
    signature: Signature,
    nulls_first: bool,
}

impl ScalarUDFImpl for OrderKey {
    fn name(&self) -> &str {
        "order_key"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::LargeBinary)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let values = args.args.iter().map(|value| value.to_array(args.number_rows));
        let values = values.collect::<Result<Vec<_>>>()?;
        let field = |ty: &DataType| SortField::new_with_options(ty.clone(), SortOptions::new(false, self.nulls_first));
        let fields = values.iter().map(|values| field(values.data_type())).collect();
        let rows = RowConverter::new(fields)?.convert_columns(&values)?;
        Ok(ColumnarValue::Array(Arc::new(LargeBinaryArray::from_iter_values(
            rows.iter(),
        ))))
    }
}

/// `sort`, by keys if it is by nested values.
pub(super) fn by_key(sort: SortExpr, schema: &DFSchema) -> Result<SortExpr> {
    if !has_key(&sort.expr.get_type(schema)?) {
        return Ok(sort);
    }
    // An order and its reverse are by the same key, so that the engine sorts once for both.
    let key = order_key(sort.nulls_first == sort.asc);
    let expr = match sort.expr {
        Expr::Alias(alias) => key.call(vec![*alias.expr]).alias(alias.name),
        expr => key.call(vec![expr]),
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
                    *side = order_key(false).call(vec![std::mem::take(side)]);
                }
                is_changed = true;
            }
        }
    }
    Ok(Transformed::new_transformed(LogicalPlan::Join(join), is_changed))
}

fn order_key(nulls_first: bool) -> ScalarUDF {
    ScalarUDF::from(OrderKey {
        signature: Signature::any(1, Volatility::Immutable),
        nulls_first,
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
        Expr::ScalarFunction(function) if function.func.inner().is::<OrderKey>() => match function.args.as_slice() {
            [value] => value,
            _ => expr,
        },
        expr => expr,
    }
}
