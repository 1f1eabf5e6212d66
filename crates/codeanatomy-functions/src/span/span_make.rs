//! `span_make(bstart, bend)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, StructArray};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec, span_fields, span_type};

#[derive(Debug)]
pub(super) struct SpanMake;

impl Kernel for SpanMake {
    const SPEC: &'static Spec = &Spec {
        name: "span_make",
        kind: Kind::Scalar,
        section: "Spans",
        parameters: &[
            Parameter::required("bstart", Class::Integer, "Offset of the first byte."),
            Parameter::required("bend", Class::Integer, "Offset after the last byte."),
        ],
        returns: "STRUCT(bstart BIGINT, bend BIGINT)",
        description: "The span of two bounds: the bytes from bstart to before bend. It is empty where they are equal; reversed, \
where bend is less, it stays as it is, and overlaps and contains nothing.",
        nulls: "Never null: a bound that is null is a null field.",
        example: "SELECT span_make(10, 25)",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((span_type(), false))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let bounds = vec![call.array(0)?, call.array(1)?];
        Ok(Arc::new(StructArray::try_new(span_fields(), bounds, None)?))
    }
}
