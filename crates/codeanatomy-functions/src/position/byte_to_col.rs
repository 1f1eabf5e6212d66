//! `byte_to_col(line, byte, unit, invalid)`

use codeanatomy_model::byte_to_col;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::ReturnFieldArgs;

use super::ascii::Places;
use super::place::{INVALID, UNIT, Units, places};
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct ByteToCol;

impl Kernel for ByteToCol {
    const SPEC: &'static Spec = &Spec {
        name: "byte_to_col",
        kind: Kind::Scalar,
        section: "Positions",
        parameters: &[
            Parameter::required("line", Class::Text, "The text of the line."),
            Parameter::required("byte", Class::Integer, "The byte of its UTF-8 text, from 0."),
            UNIT,
            INVALID,
        ],
        returns: "BIGINT",
        description: "The column of a byte of a line's UTF-8 text, from 0: what col_to_byte undoes.",
        nulls: "Null if the line or the byte is null.",
        example: "SELECT byte_to_col('naïve', 4, unit => 'utf16')",
        since: "0.1.0",
    };

    const BOUNDS: Option<(ScalarValue, ScalarValue)> =
        Some((ScalarValue::Int64(Some(0)), ScalarValue::Int64(Some(i64::MAX))));

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Int64, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (lines, bytes) = (call.texts(0)?, call.ints(1)?);
        let units = Units::try_new(Self::SPEC.name, call, 2)?;
        let refuse = call.choice(3)? == "error";
        let find = |unit| Places::of(&lines, &bytes, move |line, byte| byte_to_col(line, byte, unit));
        if let Some(found) = units.constant().and_then(find)
            && (found.is_complete || !refuse)
        {
            return Ok(found.places);
        }
        let find = |row: usize| {
            let unit = units.get(row)?;
            let place = lines.get(row).zip(bytes.get(row));
            Ok(place.map(|(line, byte)| byte_to_col(line, usize::try_from(byte).ok()?, unit)))
        };
        places(call, 3, find, |row| {
            let byte = bytes.get(row).unwrap_or_default();
            format!(
                "byte_to_col: there is no place at byte {byte} of a line of {} bytes",
                lines.get(row).map_or(0, str::len)
            )
        })
    }
}
