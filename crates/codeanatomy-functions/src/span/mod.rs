//! Spans: half-open byte intervals `[bstart, bend)`, a struct of two integers.

mod bounds;
mod interval_align_score;
mod span_contains;
mod span_intersect;
mod span_len;
mod span_make;
mod span_overlaps;
mod span_union;

use std::sync::Arc;

use datafusion_expr::ScalarUDF;

pub use bounds::span_make_bound;

use crate::scalar::{Kernel, function};
use crate::spec::Spec;

pub(crate) const SPECS: [&Spec; 7] = [
    span_make::SpanMake::SPEC,
    span_len::SpanLen::SPEC,
    span_overlaps::SpanOverlaps::SPEC,
    span_contains::SpanContains::SPEC,
    span_intersect::SpanIntersect::SPEC,
    span_union::SpanUnion::SPEC,
    interval_align_score::IntervalAlignScore::SPEC,
];

pub(crate) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        function::<span_make::SpanMake>(),
        function::<span_len::SpanLen>(),
        function::<span_overlaps::SpanOverlaps>(),
        function::<span_contains::SpanContains>(),
        function::<span_intersect::SpanIntersect>(),
        function::<span_union::SpanUnion>(),
        function::<interval_align_score::IntervalAlignScore>(),
    ]
}
