//! `col_to_byte(line, col, unit, invalid)`

use codeanatomy_model::col_to_byte;
use datafusion_common::Result;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_expr::ReturnFieldArgs;

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

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Int64, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (lines, cols) = (call.texts(0)?, call.ints(1)?);
        let units = Units::try_new(Self::SPEC.name, call, 2)?;
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
