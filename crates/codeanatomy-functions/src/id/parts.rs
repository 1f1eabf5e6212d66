//! The bytes of many parts, row by row.

use datafusion_common::Result;
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
    Values(ColumnEncoder),
}

impl Parts {
    pub(super) fn try_new(args: &[ColumnarValue]) -> Result<Self> {
        let column = |arg: &ColumnarValue| match arg {
            ColumnarValue::Array(array) => Ok(Column::Values(ColumnEncoder::try_new(array)?)),
            ColumnarValue::Scalar(value) => {
                let mut bytes = vec![];
                ColumnEncoder::try_new(&value.to_array()?)?.write(0, &mut bytes);
                Ok(Column::Constant(bytes))
            }
        };
        let columns: Vec<_> = args.iter().map(column).collect::<Result<_>>()?;
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
                Column::Values(values) => values.write(row, &mut self.bytes),
            }
        }
        &self.bytes
    }
}
