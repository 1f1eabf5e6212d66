//! `line_col_to_byte(text, line, col, unit, invalid)`

use codeanatomy_model::col_to_byte;
use datafusion_common::arrow::array::ArrayRef;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::ReturnFieldArgs;
use memchr::memchr2;

use super::place::{INVALID, UNIT, Units, places};
use crate::scalar::{Call, Kernel};
use crate::spec::{Class, Kind, Parameter, Spec};

#[derive(Debug)]
pub(super) struct LineColToByte;

impl Kernel for LineColToByte {
    const SPEC: &'static Spec = &Spec {
        name: "line_col_to_byte",
        kind: Kind::Scalar,
        section: "Positions",
        parameters: &[
            Parameter::required("text", Class::Text, "The text of the file."),
            Parameter::required("line", Class::Integer, "The number of the line, from 1."),
            Parameter::required("col", Class::Integer, "The column in the line, from 0."),
            UNIT,
            INVALID,
        ],
        returns: "BIGINT",
        description: "The byte of a text at a line and column, from 0. Lines end at LF, CRLF or CR and nowhere else; the place \
before the line end is the last of a line. A byte order mark is part of the first line. Rows that follow each other with the \
same text share its line index.",
        nulls: "Null if the text, the line or the column is null.",
        example: "SELECT line_col_to_byte(concat('a = 1', chr(10), 'b = 2'), line => 2, col => 4)",
        since: "0.1.0",
    };

    const BOUNDS: Option<(ScalarValue, ScalarValue)> =
        Some((ScalarValue::Int64(Some(0)), ScalarValue::Int64(Some(i64::MAX))));

    fn returns(_args: &ReturnFieldArgs<'_>) -> Result<(DataType, bool)> {
        Ok((DataType::Int64, true))
    }

    fn compute(call: &Call) -> Result<ArrayRef> {
        let (texts, lines, cols) = (call.texts(0)?, call.ints(1)?, call.ints(2)?);
        let units = Units::try_new(Self::SPEC.name, call, 3)?;
        let mut index = LineIndex::default();
        let find = |row: usize| {
            let unit = units.get(row)?;
            let (Some(text), Some(line), Some(col)) = (texts.get(row), lines.get(row), cols.get(row)) else {
                return Ok(None);
            };
            index.turn_to(text);
            let place = || {
                let (start, end) = index.line(text, usize::try_from(line).ok()?.checked_sub(1)?)?;
                let byte = col_to_byte(&text[start..end], usize::try_from(col).ok()?, unit)?;
                Some(start + byte)
            };
            Ok(Some(place()))
        };
        places(call, 4, find, |row| {
            let (line, col) = (lines.get(row).unwrap_or_default(), cols.get(row).unwrap_or_default());
            format!("line_col_to_byte: there is no place at line {line}, column {col} of the text")
        })
    }
}

/// Where the lines of a text begin and end.
#[derive(Default)]
struct LineIndex {
    /// The text of the lines, by its address: rows of one batch that share it follow each other.
    of: Option<(*const u8, usize)>,
    /// First byte, and the byte after the last, without the line end.
    lines: Vec<(usize, usize)>,
}

impl LineIndex {
    fn turn_to(&mut self, text: &str) {
        let of = Some((text.as_ptr(), text.len()));
        if self.of == of {
            return;
        }
        self.of = of;
        self.lines.clear();
        let (bytes, mut start) = (text.as_bytes(), 0);
        while let Some(found) = memchr2(b'\n', b'\r', &bytes[start..]) {
            let end = start + found;
            self.lines.push((start, end));
            let crlf = bytes[end] == b'\r' && bytes.get(end + 1) == Some(&b'\n');
            start = end + if crlf { 2 } else { 1 };
        }
        self.lines.push((start, bytes.len()));
    }

    fn line(&self, text: &str, number: usize) -> Option<(usize, usize)> {
        debug_assert!(self.of == Some((text.as_ptr(), text.len())));
        self.lines.get(number).copied()
    }
}
