//! Rows in batches that depend on nothing but the rows.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::compute::{BatchCoalescer, cast};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;

use super::ROWS;

/// The rows of `input` in batches of [`ROWS`], the last one with what is left. With `memory`, columns are also made anew, so
/// that what is behind nulls, and how texts lie in buffers, is the same for the same rows.
pub(super) fn rebatched(input: SendableRecordBatchStream, memory: bool) -> SendableRecordBatchStream {
    let schema = input.schema();
    if schema.fields().is_empty() {
        return input;
    }
    let state = (input, BatchCoalescer::new(Arc::clone(&schema), ROWS), false);
    let batches = futures::stream::try_unfold(state, move |(mut input, mut coalescer, mut ended)| async move {
        loop {
            if let Some(batch) = coalescer.next_completed_batch() {
                let batch = if memory { made_anew(&batch)? } else { batch };
                return Ok(Some((batch, (input, coalescer, ended))));
            }
            if ended {
                return Ok(None);
            }
            match input.next().await {
                Some(batch) => coalescer.push_batch(batch?)?,
                None => {
                    ended = true;
                    coalescer.finish_buffered_batch()?;
                }
            }
        }
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, batches))
}

/// The same values in new memory, as far as Arrow's row format knows their types.
fn made_anew(batch: &RecordBatch) -> Result<RecordBatch> {
    let columns = batch.columns().iter().map(|column| {
        let field = SortField::new(column.data_type().clone());
        if !RowConverter::supports_fields(std::slice::from_ref(&field)) {
            return Ok(Arc::clone(column));
        }
        let converter = RowConverter::new(vec![field])?;
        let rows = converter.convert_columns(&[Arc::clone(column)])?;
        let [values]: [ArrayRef; 1] = match converter.convert_rows(&rows)?.try_into() {
            Ok(values) => values,
            Err(_) => return Ok(Arc::clone(column)),
        };
        // A dictionary comes as its values.
        Ok(cast(&values, column.data_type())?)
    });
    Ok(RecordBatch::try_new(batch.schema(), columns.collect::<Result<_>>()?)?)
}
