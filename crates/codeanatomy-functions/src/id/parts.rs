//! The bytes of many parts, row by row.

use datafusion_common::Result;
use datafusion_common::arrow::array::{Array, AsArray, Int64Array, StringViewArray};
use datafusion_common::arrow::compute::cast;
use datafusion_common::arrow::datatypes::{DataType, Int64Type};
use datafusion_expr::ColumnarValue;

use crate::encode::ColumnEncoder;

/// The parts of every row.
pub(super) struct Parts {
    columns: Vec<Column>,
    /// The constant parts in front, which are encoded once, and a little room behind them.
    head: Vec<u8>,
    head_length: usize,
}

/// Rows whose bytes are written before the first is hashed: a processor has to wait for what it has just written in pieces.
const STAGED: usize = 32;

/// Short heads are copied as so many bytes, which takes no loop; what is too much is written over.
const SHORT_HEAD: usize = 16;

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
        let mut head = Vec::with_capacity(64);
        let mut varying = columns.into_iter().peekable();
        while let Some(Column::Constant(constant)) = varying.next_if(|c| matches!(c, Column::Constant(_))) {
            head.extend_from_slice(&constant);
        }
        let head_length = head.len();
        head.resize(head_length.max(SHORT_HEAD), 0);
        Ok(Self {
            columns: varying.collect(),
            head,
            head_length,
        })
    }

    /// Gives the bytes of the parts of each row to `each`.
    #[inline]
    pub(super) fn for_each(&self, rows: usize, mut each: impl FnMut(usize, &[u8])) {
        let (mut bytes, mut part) = (vec![0; 64 * STAGED], vec![]);
        let mut ends = [0; STAGED + 1];
        for start in (0..rows).step_by(STAGED) {
            let staged = STAGED.min(rows - start);
            for i in 0..staged {
                ends[i + 1] = self.write(start + i, &mut bytes, ends[i], &mut part);
            }
            for i in 0..staged {
                each(start + i, &bytes[ends[i]..ends[i + 1]]);
            }
        }
    }

    /// Writes the parts of a row, and gives the place behind them; `part` is room to write one in.
    #[inline]
    fn write(&self, row: usize, bytes: &mut Vec<u8>, start: usize, part: &mut Vec<u8>) -> usize {
        match self.head.first_chunk::<SHORT_HEAD>() {
            Some(head) if self.head_length <= SHORT_HEAD => room(bytes, start, SHORT_HEAD).copy_from_slice(head),
            _ => room(bytes, start, self.head_length).copy_from_slice(&self.head[..self.head_length]),
        }
        let mut end = start + self.head_length;
        for column in &self.columns {
            match column {
                Column::Constant(part) => {
                    room(bytes, end, part.len()).copy_from_slice(part);
                    end += part.len();
                }
                Column::Text(values) if values.is_valid(row) => end += push_view(bytes, end, values, row),
                Column::Integer(values) if values.is_valid(row) => {
                    let part = room(bytes, end, 9);
                    part[0] = 2;
                    part[1..].copy_from_slice(&values.value(row).to_le_bytes());
                    end += 9;
                }
                Column::Text(_) | Column::Integer(_) => {
                    room(bytes, end, 1)[0] = 0;
                    end += 1;
                }
                Column::Values(values) => {
                    part.clear();
                    values.write(row, part);
                    room(bytes, end, part.len()).copy_from_slice(part);
                    end += part.len();
                }
            }
        }
        end
    }
}

/// The next `length` bytes; what is there is written over.
#[inline]
fn room(bytes: &mut Vec<u8>, end: usize, length: usize) -> &mut [u8] {
    if bytes.len() < end + length {
        bytes.resize((end + length).next_power_of_two(), 0);
    }
    &mut bytes[end..end + length]
}

/// Writes the part that a text is, and gives its length.
#[inline]
pub(super) fn push_view(bytes: &mut Vec<u8>, end: usize, texts: &StringViewArray, row: usize) -> usize {
    let view = texts.views()[row];
    let length = view as u32 as usize;
    if length <= 12 {
        // The text stands in the view, behind its length; what is copied too much is written over.
        let part = room(bytes, end, 9 + 12);
        part[0] = 1;
        part[1..9].copy_from_slice(&(length as u64).to_le_bytes());
        part[9..].copy_from_slice(&view.to_le_bytes()[4..]);
    } else {
        let part = room(bytes, end, 9 + length);
        part[0] = 1;
        part[1..9].copy_from_slice(&(length as u64).to_le_bytes());
        part[9..].copy_from_slice(texts.value(row).as_bytes());
    }
    9 + length
}
