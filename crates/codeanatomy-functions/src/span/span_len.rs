//! `span_len(span)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, Int64Array};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use super::bounds::Bounds;
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct SpanLen;

impl Kernel for SpanLen {
    const SPEC: &'static Spec = &Spec {
        name: "span_len",
        kind: Kind::Scalar,
        section: "Spans",
        parameters: &[Parameter::required("span", Class::Span, "The span.")],
        returns: "BIGINT",
        description: "The length of a span in bytes, bend - bstart: 0 of an empty span, negative of a reversed one.",
        nulls: "Null if the span or one of its bounds is null, or if the length is out of the range of BIGINT.",
        example: "SELECT span_len(span_make(10, 25))",
        since: "0.1.0",
    };

    const STRICT: bool = true;

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Int64, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let spans = Bounds::try_new(call, 0)?;
        let lengths = (0..call.rows).map(|row| spans.get(row).and_then(|(bstart, bend)| bend.checked_sub(bstart)));
        Ok(Arc::new(lengths.collect::<Int64Array>()))
    }
}
