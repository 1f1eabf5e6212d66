//! `order_key(value, nulls)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, LargeBinaryArray};
use datafusion_common::arrow::compute::SortOptions;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::arrow::row::{RowConverter, SortField};
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct OrderKey;

impl Kernel for OrderKey {
    const SPEC: &'static Spec = &Spec {
        name: "order_key",
        kind: Kind::Scalar,
        section: "Choice",
        parameters: &[
            Parameter::required("value", Class::Ordered, "The value."),
            Parameter::optional(
                "nulls",
                Class::Choice(&["first", "last"]),
                "'last'",
                "Where nulls stand in the order, inside of lists and structs, too.",
            ),
        ],
        returns: "LARGE BINARY",
        description: "Bytes whose order is the ascending order of the values, all of one type, and which are equal where the values are: \
Arrow's row format. With codeanatomy.determinism, orders by lists and structs become orders by these, since the engine's comparison takes \
some of them for equal that its sort tells apart. The bytes are for comparisons within a query, and not to be stored.",
        nulls: "Never null: a null has a place in the order.",
        example: "SELECT order_key([1, NULL]) < order_key([2]) AS is_before",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::LargeBinary, false))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let values = call.array(0)?;
        let options = SortOptions::new(false, call.choice(1)? == "first");
        let field = SortField::new_with_options(values.data_type().clone(), options);
        let rows = RowConverter::new(vec![field])?.convert_columns(&[values])?;
        Ok(Arc::new(LargeBinaryArray::from_iter_values(rows.iter())))
    }
}
