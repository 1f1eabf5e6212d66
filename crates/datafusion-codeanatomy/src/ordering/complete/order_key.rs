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
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, SortExpr, Volatility,
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
    let ty = sort.expr.get_type(schema)?;
    if !nested(&ty) || !RowConverter::supports_fields(&[SortField::new(ty)]) {
        return Ok(sort);
    }
    let key = ScalarUDF::from(OrderKey {
        signature: Signature::any(1, Volatility::Immutable),
        // An order and its reverse are by the same key, so that the engine sorts once for both.
        nulls_first: sort.nulls_first == sort.asc,
    });
    let expr = match sort.expr {
        Expr::Alias(alias) => key.call(vec![*alias.expr]).alias(alias.name),
        expr => key.call(vec![expr]),
    };
    Ok(expr.sort(sort.asc, !sort.asc))
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
