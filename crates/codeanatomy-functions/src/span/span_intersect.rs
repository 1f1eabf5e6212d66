//! `span_intersect(a, b)`

use datafusion_common::Result;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use super::bounds::{A, B, Bounds, spans};
use crate::scalar::{Call, Kernel};
use crate::spec::{Kind, Spec, span_type};

#[derive(Debug)]
pub(super) struct SpanIntersect;

impl Kernel for SpanIntersect {
    const SPEC: &'static Spec = &Spec {
        name: "span_intersect",
        kind: Kind::Scalar,
        section: "Spans",
        parameters: &[A, B],
        returns: "STRUCT(bstart BIGINT, bend BIGINT)",
        description: "The bytes that two spans have in common, as a span.",
        nulls: "Null if the spans do not overlap (see span_overlaps), or if a span or bound is null.",
        example: "SELECT span_intersect(span_make(10, 25), span_make(20, 30))",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((span_type(), true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (a, b) = (Bounds::try_new(call, 0)?, Bounds::try_new(call, 1)?);
        let rows = (0..call.rows).map(|row| a.get(row).zip(b.get(row)));
        spans(rows.map(|row| {
            let ((a0, a1), (b0, b1)) = row?;
            let (bstart, bend) = (a0.max(b0), a1.min(b1));
            (bstart < bend).then_some((bstart, bend))
        }))
    }
}
