//! `canonicalize_byte_span(start_line_byte, start_line, start_col, end_line_byte, end_line, end_col, unit, invalid)`

use std::sync::Arc;

use codeanatomy_model::col_to_byte;
use datafusion_common::arrow::array::{ArrayRef, Int64Array, StructArray};
use datafusion_common::arrow::buffer::NullBuffer;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, exec_err};
use datafusion_expr::ReturnFieldArgs;

use super::place::{INVALID, UNIT, Units};
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec, span_fields, span_type};

#[derive(Debug)]
pub(super) struct CanonicalizeByteSpan;

impl Kernel for CanonicalizeByteSpan {
    const SPEC: &'static Spec = &Spec {
        name: "canonicalize_byte_span",
        kind: Kind::Scalar,
        section: "Positions",
        parameters: &[
            Parameter::required(
                "start_line_byte",
                Class::Integer,
                "The byte of the file at which the first line starts.",
            ),
            Parameter::required("start_line", Class::Text, "The text of the first line."),
            Parameter::required(
                "start_col",
                Class::Integer,
                "The column in it, from 0, at which the span starts.",
            ),
            Parameter::required(
                "end_line_byte",
                Class::Integer,
                "The byte of the file at which the last line starts.",
            ),
            Parameter::required("end_line", Class::Text, "The text of the last line."),
            Parameter::required("end_col", Class::Integer, "The column in it behind the span."),
            UNIT,
            INVALID,
        ],
        returns: "STRUCT(bstart BIGINT, bend BIGINT)",
        description: "The span in bytes of a range that a tool gives by the columns of two lines: both ends as col_to_byte has them, \
counted from the start of the file.",
        nulls: "Null if an argument before the unit is null.",
        example: "SELECT canonicalize_byte_span(100, 'naïve = 1', 0, 100, 'naïve = 1', 5, unit => 'utf16')",
        since: "0.1.0",
    };

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((span_type(), true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (start_bytes, start_lines, start_cols) = (call.ints(0)?, call.texts(1)?, call.ints(2)?);
        let (end_bytes, end_lines, end_cols) = (call.ints(3)?, call.texts(4)?, call.ints(5)?);
        let units = Units::try_new(Self::SPEC.name, call, 6)?;
        let refuse = call.choice(7)? == "error";
        let (mut bstart, mut bend) = (vec![0; call.rows], vec![0; call.rows]);
        let mut is_there = vec![false; call.rows];
        for row in 0..call.rows {
            let unit = units.get(row)?;
            let start = start_bytes.get(row).zip(start_lines.get(row)).zip(start_cols.get(row));
            let end = end_bytes.get(row).zip(end_lines.get(row)).zip(end_cols.get(row));
            let (Some(start), Some(end)) = (start, end) else {
                continue;
            };
            let place = |((byte, line), col): ((i64, &str), i64)| {
                byte.checked_add(col_to_byte(line, usize::try_from(col).ok()?, unit)? as i64)
            };
            match (place(start), place(end)) {
                (Some(start), Some(end)) => {
                    (bstart[row], bend[row], is_there[row]) = (start, end, true);
                }
                (start_place, _) if refuse => {
                    let (which, ((_, line), col)) = match start_place {
                        None => ("start", start),
                        Some(_) => ("end", end),
                    };
                    return exec_err!(
                        "canonicalize_byte_span: there is no {which} at column {col} ({}) of a line of {} bytes",
                        unit.name(),
                        line.len()
                    );
                }
                _ => {}
            }
        }
        let bounds: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(bstart)), Arc::new(Int64Array::from(bend))];
        let nulls = NullBuffer::from(is_there);
        Ok(Arc::new(StructArray::try_new(span_fields(), bounds, Some(nulls))?))
    }
}
