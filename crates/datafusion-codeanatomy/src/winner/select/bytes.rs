//! What rows take in memory, and how they take less.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

/// The batch with texts that do not hold more than one and a half times what they need.
pub(super) fn tight(batch: RecordBatch) -> Result<RecordBatch> {
    let rows = batch.num_rows();
    let (schema, columns, _) = batch.into_parts();
    let columns: Vec<ArrayRef> = columns.into_iter().map(tight_column).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)
}

fn tight_column(mut column: ArrayRef) -> ArrayRef {
    if !is_loose(&column, Buffer::capacity) {
        return column;
    }
    // What a shuffle has copied has room behind its texts, and nothing between them: where nobody else holds it, what is
    // there moves as a whole.
    if !is_loose(&column, Buffer::len)
        && let Some(own) = Arc::get_mut(&mut column)
    {
        own.shrink_to_fit();
    }
    match column.data_type() {
        DataType::Utf8View if is_loose(&column, Buffer::capacity) => Arc::new(column.as_string_view().gc()),
        DataType::BinaryView if is_loose(&column, Buffer::capacity) => Arc::new(column.as_binary_view().gc()),
        _ => column,
    }
}

/// Whether texts are in buffers of more than one and a half times their size.
pub(super) fn is_loose(column: &ArrayRef, size: fn(&Buffer) -> usize) -> bool {
    let (buffers, used) = match column.data_type() {
        DataType::Utf8View => {
            let views = column.as_string_view();
            (views.data_buffers(), views.total_buffer_bytes_used())
        }
        DataType::BinaryView => {
            let views = column.as_binary_view();
            (views.data_buffers(), views.total_buffer_bytes_used())
        }
        _ => return false,
    };
    2 * buffers.iter().map(size).sum::<usize>() > 3 * used + 2048
}

/// The bytes of these rows, whatever larger buffers they are slices of.
pub(super) fn bytes_of(batch: &RecordBatch) -> usize {
    let allocated = |buffers: &[Buffer]| buffers.iter().map(Buffer::capacity).sum::<usize>();
    let bytes = batch.columns().iter().map(|column| {
        let texts = match column.data_type() {
            DataType::Utf8View => allocated(column.as_string_view().data_buffers()),
            DataType::BinaryView => allocated(column.as_binary_view().data_buffers()),
            _ => 0,
        };
        texts
            + column
                .to_data()
                .get_slice_memory_size()
                .unwrap_or_else(|_| column.get_array_memory_size())
    });
    bytes.sum()
}
