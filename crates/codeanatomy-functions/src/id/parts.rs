//! The bytes of many parts, row by row.

use codeanatomy_model::id::{Part, push_part};
use datafusion_common::Result;
use datafusion_common::arrow::array::{Array, AsArray, Int64Array, StringViewArray};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_expr::ColumnarValue;

use crate::encode::ColumnEncoder;

/// The parts of every row.
pub(super) struct Parts {
    columns: Vec<Column>,
    bytes: Vec<u8>,
    /// The length of the constant parts in front, which are written once.
    start: usize,
}

enum Column {
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
}

impl Parts {
    pub(super) fn try_new(args: &[ColumnarValue]) -> Result<Self> {
        let columns: Vec<_> = args.iter().map(Column::try_new).collect::<Result<_>>()?;
        let mut bytes = Vec::with_capacity(256);
        let mut varying = columns.into_iter().peekable();
        while let Some(Column::Constant(constant)) = varying.next_if(|c| matches!(c, Column::Constant(_))) {
            bytes.extend_from_slice(&constant);
        }
        Ok(Self {
            columns: varying.collect(),
            start: bytes.len(),
            bytes,
        })
    }

    /// The bytes of the parts of `row`.
    #[inline]
    pub(super) fn row(&mut self, row: usize) -> &[u8] {
        self.bytes.truncate(self.start);
        for column in &self.columns {
            match column {
                Column::Constant(bytes) => self.bytes.extend_from_slice(bytes),
                Column::Text(values) if values.is_valid(row) => push_part(&mut self.bytes, values.value(row).into()),
                Column::Integer(values) if values.is_valid(row) => push_part(&mut self.bytes, values.value(row).into()),
                Column::Text(_) | Column::Integer(_) => push_part(&mut self.bytes, Part::Null),
                Column::Values(values) => values.write(row, &mut self.bytes),
            }
        }
        &self.bytes
    }
}
