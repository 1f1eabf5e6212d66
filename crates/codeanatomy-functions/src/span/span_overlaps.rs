//! `span_overlaps(a, b)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::compute::and_kleene;
use datafusion_common::arrow::compute::kernels::cmp::lt;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion_expr::{Expr, ReturnFieldArgs};

use super::bounds::{A, B, Bounds, bounds_of};
use crate::scalar::{Call, Kernel};
use crate::spec::{Kind, Spec};

#[derive(Debug)]
pub(super) struct SpanOverlaps;

impl Kernel for SpanOverlaps {
    const SPEC: &'static Spec = &Spec {
        name: "span_overlaps",
        kind: Kind::Scalar,
        section: "Spans",
        parameters: &[A, B],
        returns: "BOOLEAN",
        description: "Whether two spans have a byte in common: a.bstart < b.bend AND b.bstart < a.bend AND a.bstart < a.bend AND \
b.bstart < b.bend, as the mode overlaps of interval_join. So spans that touch do not, and neither do empty and reversed ones. \
With both spans given by span_make of columns and literals, this SQL is what is run, so that scans can prune by it.",
        nulls: "As the SQL says: null if bounds are null and those that are not do not decide.",
        example: "SELECT span_overlaps(span_make(10, 25), span_make(20, 30))",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Boolean, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (a, b) = (Bounds::try_new(call, 0)?, Bounds::try_new(call, 1)?);
        let cross = and_kleene(&lt(&a.bstart, &b.bend)?, &lt(&b.bstart, &a.bend)?)?;
        let filled = and_kleene(&lt(&a.bstart, &a.bend)?, &lt(&b.bstart, &b.bend)?)?;
        Ok(Arc::new(and_kleene(&cross, &filled)?))
    }

    fn simplify(args: Vec<Expr>, _info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let [a, b] = &args[..] else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let (Some((a0, a1)), Some((b0, b1))) = (bounds_of(a), bounds_of(b)) else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let cross = a0.clone().lt(b1.clone()).and(b0.clone().lt(a1.clone()));
        Ok(ExprSimplifyResult::Simplified(cross.and(a0.lt(a1)).and(b0.lt(b1))))
    }
}
