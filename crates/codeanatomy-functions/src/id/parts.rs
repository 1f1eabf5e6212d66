//! The bytes of many parts, row by row.

use codeanatomy_model::id::{Part, hash128_of_bytes, push_part};
use datafusion_common::Result;
use datafusion_common::arrow::array::{Array, AsArray, Int64Array, StringViewArray};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_expr::ColumnarValue;

use super::stage::{STAGED, Stage};
use crate::encode::ColumnEncoder;

/// The parts of every row.
pub(super) struct Parts {
    columns: Vec<Column>,
    /// The constant parts in front, which are encoded once.
    head: Vec<u8>,
}

/// Bytes of a hash.
pub(super) const HASH: usize = 16;

pub(super) enum Column {
    Constant(Vec<u8>),
    Text(StringViewArray),
    Integer(Int64Array),
    Values(ColumnEncoder),
}

impl Column {
    fn try_new(arg: &ColumnarValue) -> Result<Self> {
        Ok(match arg {
            ColumnarValue::Scalar(value) => {
                let mut bytes = vec![];
                ColumnEncoder::try_new(&value.to_array()?)?.write(0, &mut bytes);
                Self::Constant(bytes)
            }
            // What is there most is written without a call per value.
            ColumnarValue::Array(array) => match array.data_type() {
                DataType::Utf8View => Self::Text(array.as_string_view().clone()),
                DataType::Utf8 | DataType::LargeUtf8 => {
                    Self::Text(cast(array, &DataType::Utf8View)?.as_string_view().clone())
                }
                DataType::Int64 => Self::Integer(array.as_primitive::<Int64Type>().clone()),
                _ => Self::Values(ColumnEncoder::try_new(array)?),
            },
        })
    }

    /// Writes the part of a row behind what is in `out`.
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Self::Constant(part) => out.extend_from_slice(part),
            Self::Text(values) if values.is_valid(row) => push_part(out, Part::Text(values.value(row))),
            Self::Integer(values) if values.is_valid(row) => push_part(out, Part::Int(values.value(row))),
            Self::Text(_) | Self::Integer(_) => push_part(out, Part::Null),
            Self::Values(values) => values.write(row, out),
        }
    }
}

impl Parts {
    pub(super) fn try_new(args: &[ColumnarValue]) -> Result<Self> {
        let columns: Vec<_> = args.iter().map(Column::try_new).collect::<Result<_>>()?;
        let mut head = vec![];
        let mut varying = columns.into_iter().peekable();
        while let Some(Column::Constant(constant)) = varying.next_if(|c| matches!(c, Column::Constant(_))) {
            head.extend_from_slice(&constant);
        }
        Ok(Self {
            columns: varying.collect(),
            head,
        })
    }

    /// XXH3-128 of the parts of each row, 16 bytes each, the most significant first.
    pub(super) fn hashes(&self, rows: usize) -> Vec<u8> {
        let mut hashes = Vec::with_capacity(HASH * rows);
        self.for_each(rows, |_, bytes| {
            hashes.extend_from_slice(&hash128_of_bytes(bytes).to_be_bytes());
        });
        hashes
    }

    /// Gives the bytes of the parts of each row to `each`.
    #[inline]
    pub(super) fn for_each(&self, rows: usize, mut each: impl FnMut(usize, &[u8])) {
        let mut stage = Stage::new(&self.head);
        let mut bytes = vec![];
        for start in (0..rows).step_by(STAGED) {
            let staged = start..rows.min(start + STAGED);
            if let Some(written) = stage.write(&self.columns, staged.clone()) {
                staged.zip(written).for_each(|(row, bytes)| each(row, bytes));
            } else {
                for row in staged {
                    bytes.clear();
                    bytes.extend_from_slice(&self.head);
                    self.columns.iter().for_each(|column| column.write(row, &mut bytes));
                    each(row, &bytes);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion_common::ScalarValue;
    use datafusion_common::arrow::array::{ArrayRef, Float64Array};

    use super::*;

    /// Texts of each length to beyond the room, in blocks that end behind them; one in five is null.
    fn texts(longest: usize, seed: usize) -> StringViewArray {
        let text = |row: usize| {
            "läuft und läuft "
                .chars()
                .cycle()
                .skip(row % 16)
                .take(row * seed % (longest + 1))
                .collect()
        };
        (0..700)
            .map(|row| (row % 5 != 3).then(|| text(row)))
            .collect::<Vec<Option<String>>>()
            .into_iter()
            .collect()
    }

    #[test]
    fn the_bytes_of_a_row_are_those_of_its_values_one_behind_the_other() {
        for (longest, head) in [(12, 3), (33, 3), (90, 250), (300, 3), (20, 300)] {
            let (some, others) = (texts(longest, 7), texts(longest, 11));
            let utf8 = cast(&others, &DataType::Utf8).unwrap();
            let integers: Int64Array = (0..700).map(|row| (row % 7 != 2).then_some(row - 350)).collect();
            let floats: Float64Array = (0..700).map(|row| (row % 3 != 1).then_some(row as f64)).collect();
            let columns: Vec<ArrayRef> = vec![Arc::new(some), utf8, Arc::new(integers), Arc::new(floats)];
            for (from, rows) in [(0, 700), (5, 64), (31, 1), (40, 0)] {
                let columns: Vec<_> = columns.iter().map(|c| c.slice(from, rows)).collect();
                let constants = ["h".repeat(head), "between".to_string()].map(|text| ScalarValue::Utf8(Some(text)));
                let mut args: Vec<_> = columns.iter().map(|c| ColumnarValue::Array(Arc::clone(c))).collect();
                args.insert(0, ColumnarValue::Scalar(constants[0].clone()));
                args.insert(2, ColumnarValue::Scalar(constants[1].clone()));
                let encoders: Vec<_> = args
                    .iter()
                    .map(|arg| ColumnEncoder::try_new(&arg.to_array(rows).unwrap()).unwrap())
                    .collect();
                let mut seen = 0;
                Parts::try_new(&args).unwrap().for_each(rows, |row, bytes| {
                    let mut expected = vec![];
                    encoders.iter().for_each(|encoder| encoder.write(row, &mut expected));
                    assert_eq!(
                        bytes, expected,
                        "texts to {longest}, head of {head}, row {row} from {from}"
                    );
                    assert_eq!(row, seen);
                    seen += 1;
                });
                assert_eq!(seen, rows);
            }
        }
    }
}
