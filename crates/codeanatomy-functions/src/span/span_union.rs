//! `span_union(a, b)`

use datafusion_common::Result;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

use super::bounds::{A, B, Bounds, spans};
use crate::scalar::{Call, Kernel};
use crate::spec::{Kind, Spec, span_type};

#[derive(Debug)]
pub(super) struct SpanUnion;

impl Kernel for SpanUnion {
    const SPEC: &'static Spec = &Spec {
        name: "span_union",
        kind: Kind::Scalar,
        section: "Spans",
        parameters: &[A, B],
        returns: "STRUCT(bstart BIGINT, bend BIGINT)",
        description: "The smallest span that contains two spans, with what lies between them. A reversed span has no place: with one, the result is the other span.",
        nulls: "Null if a span or bound is null, or if both spans are reversed.",
        example: "SELECT span_union(span_make(10, 25), span_make(20, 30))",
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
            match (a0 <= a1, b0 <= b1) {
                (true, true) => Some((a0.min(b0), a1.max(b1))),
                (true, false) => Some((a0, a1)),
                (false, true) => Some((b0, b1)),
                (false, false) => None,
            }
        }))
    }
}
