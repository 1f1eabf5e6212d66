//! `span_contains(a, b)`

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::compute::kernels::cmp::{eq, lt, lt_eq};
use datafusion_common::arrow::compute::{and_kleene, or_kleene};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion_expr::{Expr, ReturnFieldArgs};

use super::bounds::{A, B, Bounds, bounds_of};
use crate::scalar::{Call, Kernel};
use crate::spec::{Kind, Spec};

#[derive(Debug)]
pub(super) struct SpanContains;

impl Kernel for SpanContains {
    const SPEC: &'static Spec = &Spec {
        name: "span_contains",
        kind: Kind::Scalar,
        section: "Spans",
        parameters: &[A, B],
        returns: "BOOLEAN",
        description: "Whether span a contains span b: a.bstart <= b.bstart AND b.bend <= a.bend AND b.bstart <= b.bend AND \
(b.bstart < a.bend OR b.bstart = a.bstart), as the mode contains of interval_join. So a span contains itself, an empty span is \
contained where its offset is inside or at the start, and a reversed span contains nothing and is nowhere contained. \
With both spans given by span_make of columns and literals, this SQL is what is run, so that scans can prune by it.",
        nulls: "As the SQL says: null if bounds are null and those that are not do not decide.",
        example: "SELECT span_contains(span_make(10, 25), span_make(12, 20))",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Boolean, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (a, b) = (Bounds::try_new(call, 0)?, Bounds::try_new(call, 1)?);
        let outer = and_kleene(&lt_eq(&a.bstart, &b.bstart)?, &lt_eq(&b.bend, &a.bend)?)?;
        let inside = or_kleene(&lt(&b.bstart, &a.bend)?, &eq(&b.bstart, &a.bstart)?)?;
        let straight = lt_eq(&b.bstart, &b.bend)?;
        Ok(Arc::new(and_kleene(&and_kleene(&outer, &straight)?, &inside)?))
    }

    fn simplify(args: Vec<Expr>, _info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let [a, b] = &args[..] else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let (Some((a0, a1)), Some((b0, b1))) = (bounds_of(a), bounds_of(b)) else {
            return Ok(ExprSimplifyResult::Original(args));
        };
        let outer = a0.clone().lt_eq(b0.clone()).and(b1.clone().lt_eq(a1.clone()));
        let inside = b0.clone().lt(a1).or(b0.clone().eq(a0));
        Ok(ExprSimplifyResult::Simplified(outer.and(b0.lt_eq(b1)).and(inside)))
    }
}
