//! Kept rows on their way into memory, as long as they fit.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::{DataFusionError, Result, resources_err};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::physical_plan::spill::get_record_batch_memory_size;
use futures::StreamExt;

use super::kept::Kept;
use super::shape::Shape;
use crate::interval::index::{Beyond, Dominance, Groups, Ordinal};

/// Batches that will be one, so that no text may be longer than its offsets can say.
const MOST_BYTES: usize = i32::MAX as usize;

/// Batches whose memory and that of their index is reserved.
pub(super) struct Load<K> {
    shape: Arc<Shape>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
    index: std::marker::PhantomData<K>,
}

impl<K: Ordinal> Load<K> {
    pub(super) fn new(shape: &Arc<Shape>, schema: &SchemaRef) -> Self {
        Self {
            shape: Arc::clone(shape),
            schema: Arc::clone(schema),
            batches: vec![],
            rows: 0,
            bytes: 0,
            index: std::marker::PhantomData,
        }
    }

    /// Batches whose memory is reserved already.
    pub(super) fn of(shape: &Arc<Shape>, schema: &SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self {
            batches,
            ..Self::new(shape, schema)
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    pub(super) fn into_batches(self) -> Vec<RecordBatch> {
        self.batches
    }

    /// Takes a batch if there is memory for it.
    pub(super) fn push(&mut self, batch: RecordBatch, reservation: &MemoryReservation) -> Result<()> {
        let rows = self.rows + batch.num_rows();
        let bytes = self.bytes + get_record_batch_memory_size(&batch);
        if rows >= u32::MAX as usize || (bytes > MOST_BYTES && has_short_offsets(&self.schema) && !self.is_empty()) {
            return resources_err!(
                "an interval join keeps at most {} rows and {MOST_BYTES} bytes at a time",
                u32::MAX
            );
        }
        let near = match self.shape.nearest {
            Some(_) => Beyond::<K>::BYTES_PER_ROW,
            None => 0,
        };
        let per_row = Dominance::<K>::BYTES_PER_ROW + Groups::BYTES_PER_ROW + near;
        reservation.try_grow(bytes - self.bytes + batch.num_rows() * per_row)?;
        (self.rows, self.bytes) = (rows, bytes);
        self.batches.push(batch);
        Ok(())
    }

    /// Takes all of `rows`; false if they do not fit, then the one that did not is taken too.
    pub(super) async fn all(
        &mut self,
        rows: &mut SendableRecordBatchStream,
        reservation: &MemoryReservation,
    ) -> Result<bool> {
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            match self.push(batch.clone(), reservation) {
                Ok(()) => {}
                Err(error) if is_memory(&error) => {
                    self.batches.push(batch);
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// The index of all rows, or the rows if it does not fit.
    pub(super) fn finish(
        self,
        reservation: &MemoryReservation,
    ) -> Result<std::result::Result<Kept<K>, Vec<RecordBatch>>> {
        let kept = Kept::try_new(&self.shape, &self.schema, self.batches)?;
        let size = get_record_batch_memory_size(&kept.rows) + kept.index_size();
        match reservation.try_resize(size) {
            Ok(()) => Ok(Ok(kept)),
            Err(error) if is_memory(&error) => Ok(Err(vec![kept.rows])),
            Err(error) => Err(error),
        }
    }
}

/// Whether an error says that there is no memory.
pub(super) fn is_memory(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

fn has_short_offsets(schema: &SchemaRef) -> bool {
    let is_short = |t: &DataType| matches!(t, DataType::Utf8 | DataType::Binary) || t.is_nested();
    schema.fields().iter().any(|field| is_short(field.data_type()))
}
