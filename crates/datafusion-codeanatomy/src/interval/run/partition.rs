//! Rows on disk, by the hash of their keys.

use std::sync::Arc;

use arrow_select::dictionary::garbage_collect_any_dictionary;
use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt32Array, UInt64Array};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::execution::{SendableRecordBatchStream, SpillFile};
use datafusion::physical_expr::PhysicalExprRef;
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::spill::get_record_batch_memory_size;
use futures::StreamExt;

use super::shape::evaluate;

/// How many parts rows are divided into at a time, as a power of two.
const PART_BITS: u32 = 4;
/// How many rows are gathered before they are divided: parts of few rows make files of many small batches.
const GATHERED_ROWS: usize = 8192;

/// Rows on disk.
#[derive(Clone)]
pub(super) struct Part {
    /// `None` if there are no rows.
    pub(super) file: Option<Arc<dyn SpillFile>>,
    pub(super) rows: usize,
}

/// One side's rows on disk.
pub(super) struct Disk {
    manager: SpillManager,
    keys: Vec<PhysicalExprRef>,
}

impl Disk {
    pub(super) fn new(manager: SpillManager, keys: Vec<PhysicalExprRef>) -> Self {
        Self { manager, keys }
    }

    /// The schema of the rows.
    pub(super) fn schema(&self) -> &SchemaRef {
        self.manager.schema()
    }

    /// The rows of a part, in the order in which they were written.
    pub(super) fn read(&self, part: &Part) -> Result<SendableRecordBatchStream> {
        match &part.file {
            Some(file) => self.manager.read_spill_as_stream(Arc::clone(file), None),
            None => Ok(Box::pin(datafusion::physical_plan::EmptyRecordBatchStream::new(
                Arc::clone(self.schema()),
            ))),
        }
    }

    /// The rows of `batches` and then of `rest`, divided by the hash of their keys, which is another one at each level. Rows of
    /// equal keys stay together, and each part keeps the order. Without keys there is one part.
    pub(super) async fn divide(
        &self,
        batches: Vec<RecordBatch>,
        mut rest: SendableRecordBatchStream,
        level: u32,
        reservation: &MemoryReservation,
    ) -> Result<Vec<Part>> {
        let count = if self.keys.is_empty() { 1 } else { 1 << PART_BITS };
        let mut parts = vec![Part { file: None, rows: 0 }; count];
        let mut files = vec![];
        for _ in 0..count {
            files.push(self.manager.create_in_progress_file("IntervalJoinExec")?);
        }
        let mut batches = batches.into_iter();
        let mut gathered: Vec<RecordBatch> = vec![];
        let mut rows = 0;
        loop {
            let next = match batches.next() {
                Some(batch) => Some(batch),
                None => rest.next().await.transpose()?,
            };
            let is_last = next.is_none();
            let mut is_full = false;
            if let Some(batch) = next {
                rows += batch.num_rows();
                // What was kept before has its memory still; a batch that does not fit is not gathered but written.
                is_full = batches.len() == 0 && reservation.try_grow(get_record_batch_memory_size(&batch)).is_err();
                gathered.push(batch);
            }
            if rows > 0 && (is_last || is_full || rows >= GATHERED_ROWS) {
                let batch = concat_batches(self.schema(), &gathered)?;
                for ((file, part), rows) in files
                    .iter_mut()
                    .zip(&mut parts)
                    .zip(self.rows_by_part(&batch, level, count)?)
                {
                    if !rows.is_empty() {
                        part.rows += rows.len();
                        let batch = take_record_batch(&batch, &UInt32Array::from(rows))?;
                        file.append_batch(&with_used_values(&batch)?)?;
                    }
                }
                gathered.clear();
                rows = 0;
                if batches.len() == 0 {
                    reservation.free();
                }
            }
            if is_last {
                break;
            }
        }
        for (part, mut file) in parts.iter_mut().zip(files) {
            part.file = file.finish()?;
        }
        Ok(parts)
    }

    fn rows_by_part(&self, batch: &RecordBatch, level: u32, count: usize) -> Result<Vec<Vec<u32>>> {
        let mut parts = vec![vec![]; count];
        if count == 1 {
            parts[0] = (0..batch.num_rows() as u32).collect();
            return Ok(parts);
        }
        let mut hashes = vec![0; batch.num_rows()];
        // Not the hash that divides rows among the plan's partitions, nor that of a level above.
        let state = RandomState::with_seed(0x1b77_e4a1 + u64::from(level));
        create_hashes(&evaluate(&self.keys, batch)?, &state, &mut hashes)?;
        for (row, hash) in (0..).zip(hashes) {
            parts[(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - PART_BITS)) as usize].push(row);
        }
        Ok(parts)
    }
}

/// The same rows, with the values of dictionaries that they use: every batch is written with all values that it has.
fn with_used_values(batch: &RecordBatch) -> Result<RecordBatch> {
    let column = |array: &ArrayRef| match array.as_any_dictionary_opt() {
        Some(dictionary) => garbage_collect_any_dictionary(dictionary),
        None => Ok(Arc::clone(array)),
    };
    let columns = batch.columns().iter().map(column).collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(batch.schema(), columns, &options)?)
}

/// A schema with the number of the row after its columns.
pub(super) fn with_number(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|f| f.as_ref().clone());
    let number = Field::new("row_number", DataType::UInt64, false);
    Arc::new(Schema::new(fields.chain([number]).collect::<Vec<_>>()))
}

/// The rows of a stream with their numbers after their columns.
pub(super) fn numbered(rows: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let schema = with_number(&rows.schema());
    let to = Arc::clone(&schema);
    let mut next = 0_u64;
    let rows = rows.map(move |batch| {
        let batch = batch?;
        let first = next;
        next += batch.num_rows() as u64;
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(UInt64Array::from_iter_values(first..next)) as ArrayRef);
        Ok(RecordBatch::try_new(Arc::clone(&to), columns)?)
    });
    Box::pin(datafusion::physical_plan::stream::RecordBatchStreamAdapter::new(
        schema, rows,
    ))
}
