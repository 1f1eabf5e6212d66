//! `interval_align_score(left_start, left_end, right_start, right_end)`

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, Float64Array};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::ReturnFieldArgs;

use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct IntervalAlignScore;

impl Kernel for IntervalAlignScore {
    const SPEC: &'static Spec = &Spec {
        name: "interval_align_score",
        kind: Kind::Scalar,
        section: "Spans",
        parameters: &[
            Parameter::required("left_start", Class::Integer, "The start of an interval."),
            Parameter::required("left_end", Class::Integer, "Its end, which is not part of it."),
            Parameter::required("right_start", Class::Integer, "The start of another interval."),
            Parameter::required("right_end", Class::Integer, "Its end, which is not part of it."),
        ],
        returns: "DOUBLE",
        description: "How well two intervals agree, from 0 to 1: the length of what they have in common, divided by the length of \
what is in either (the Jaccard index, intersection over union). It is 1 for equal intervals, empty ones too, and 0 for those \
that have nothing in common.",
        nulls: "Null if an argument is null, or an interval ends before it starts.",
        example: "SELECT interval_align_score(0, 10, 5, 15)",
        since: "0.1.0",
    };

    const BOUNDS: Option<(ScalarValue, ScalarValue)> =
        Some((ScalarValue::Float64(Some(0.0)), ScalarValue::Float64(Some(1.0))));

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Float64, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (left_start, left_end) = (call.ints(0)?, call.ints(1)?);
        let (right_start, right_end) = (call.ints(2)?, call.ints(3)?);
        let scores = (0..call.rows).map(|row| {
            let left = left_start.get(row).zip(left_end.get(row))?;
            score(left, right_start.get(row).zip(right_end.get(row))?)
        });
        Ok(Arc::new(scores.collect::<Float64Array>()))
    }
}

fn score(left: (i64, i64), right: (i64, i64)) -> Option<f64> {
    // Lengths and their sum may be beyond an i64.
    let length = |(start, end): (i64, i64)| i128::from(end) - i128::from(start);
    if length(left) < 0 || length(right) < 0 {
        return None;
    }
    let common = length((left.0.max(right.0), left.1.min(right.1))).max(0);
    let either = length(left) + length(right) - common;
    Some(match either {
        0 if left == right => 1.0,
        0 => 0.0,
        _ => common as f64 / either as f64,
    })
}
