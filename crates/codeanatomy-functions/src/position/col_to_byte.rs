//! `col_to_byte(line, col, unit, invalid)`

use codeanatomy_model::col_to_byte;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::ReturnFieldArgs;

use super::ascii::Places;
use super::place::{INVALID, UNIT, Units, places};
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct ColToByte;

impl Kernel for ColToByte {
    const SPEC: &'static Spec = &Spec {
        name: "col_to_byte",
        kind: Kind::Scalar,
        section: "Positions",
        parameters: &[
            Parameter::required("line", Class::Text, "The text of the line."),
            Parameter::required("col", Class::Integer, "The column, from 0."),
            UNIT,
            INVALID,
        ],
        returns: "BIGINT",
        description: "The byte of a line's UTF-8 text at a column, from 0. The end of the line is a place, as the column behind \
its last character. A tab is one column, and so is every code point of a combining sequence.",
        nulls: "Null if the line or the column is null.",
        example: "SELECT col_to_byte('naïve', 3, unit => 'utf16')",
        since: "0.1.0",
    };

    const BOUNDS: Option<(ScalarValue, ScalarValue)> =
        Some((ScalarValue::Int64(Some(0)), ScalarValue::Int64(Some(i64::MAX))));

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Int64, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (lines, cols) = (call.texts(0)?, call.ints(1)?);
        let units = Units::try_new(Self::SPEC.name, call, 2)?;
        let refuse = call.choice(3)? == "error";
        let find = |unit| Places::of(&lines, &cols, move |line, col| col_to_byte(line, col, unit));
        if let Some(found) = units.constant().and_then(find)
            && (found.is_complete || !refuse)
        {
            return Ok(found.places);
        }
        let find = |row: usize| {
            let unit = units.get(row)?;
            let place = lines.get(row).zip(cols.get(row));
            Ok(place.map(|(line, col)| col_to_byte(line, usize::try_from(col).ok()?, unit)))
        };
        places(call, 3, find, |row| {
            let col = cols.get(row).unwrap_or_default();
            format!(
                "col_to_byte: there is no place at column {col} ({}) of a line of {} bytes",
                units.get(row).map_or("utf32", |u| u.name()),
                lines.get(row).map_or(0, str::len)
            )
        })
    }
}
