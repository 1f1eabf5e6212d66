//! `col_to_byte(line, col, unit, invalid)`

use codeanatomy_model::{ColumnUnit, col_to_byte};
use datafusion_common::arrow::array::{Array, ArrayAccessor, ArrayRef, StringViewArray};
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::ReturnFieldArgs;

use super::place::{INVALID, UNIT, Units, nulls_where_invalid, places};
use crate::scalar::{Call, Ints, Kernel, Texts};
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
        if let Some(places) = in_one_unit(call, &lines, &cols, &units)? {
            return Ok(places);
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

/// What is asked for most: lines of a column, one unit, null for what is not there.
fn in_one_unit(call: &Call, lines: &Texts, cols: &Ints, units: &Units) -> Result<Option<ArrayRef>> {
    let (Some(unit), false) = (units.constant(), call.choice(3)? == "error") else {
        return Ok(None);
    };
    Ok(match lines {
        Texts::Constant(_) => None,
        Texts::Utf8(lines) => of_lines(lines, cols, unit),
        Texts::Large(lines) => of_lines(lines, cols, unit),
        Texts::View(lines) => of_views(lines, cols, unit),
    })
}

fn of_lines<'a>(lines: impl ArrayAccessor<Item = &'a str>, cols: &Ints, unit: ColumnUnit) -> Option<ArrayRef> {
    nulls_where_invalid(lines.len(), lines.nulls(), cols, |row, col| {
        col_to_byte(lines.value(row), col, unit)
    })
}

fn of_views(lines: &StringViewArray, cols: &Ints, unit: ColumnUnit) -> Option<ArrayRef> {
    let views = lines.views();
    nulls_where_invalid(lines.len(), lines.nulls(), cols, |row, col| {
        match begins_ascii(views[row], col) {
            true => Some(col),
            false => col_to_byte(lines.value(row), col, unit),
        }
    })
}

/// Whether a view alone says that its text has so many bytes, all of them ASCII.
#[inline]
fn begins_ascii(view: u128, bytes: usize) -> bool {
    // Four bytes of the length, then the text if it has no more than twelve, else its first four.
    const HIGH: u128 = u128::from_ne_bytes([0x80; 16]);
    let length = view as u32 as usize;
    let shown = if length <= 12 { length } else { 4 };
    bytes <= shown && (view >> 32) & HIGH & !(u128::MAX << (8 * bytes)) == 0
}
