//! Rows of a join by way of the disk, in the order of the rows that ask: these are numbered before they are divided, what
//! comes out of each part is written to disk, and all of that is merged by the numbers.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::common::{DataFusionError, JoinSide, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::joins::utils::ColumnIndex;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet};
use datafusion::physical_plan::sorts::streaming_merge::{SortedSpillFile, StreamingMergeBuilder};
use datafusion::physical_plan::spill::get_record_batch_memory_size;

use super::partition::with_number;
use super::shape::Shape;
use super::spill::{Spilled, Step};
use super::stream::Inputs;
use crate::interval::index::Ordinal;

/// About how many bytes a batch has that is merged with others, of which some of each are in memory at a time.
const MERGED_BYTES: usize = 32 << 10;

impl<K: Ordinal> Spilled<K> {
    /// Writes what comes out, a file for each time it begins anew, and merges the files by the numbers of the rows.
    pub(super) async fn merge(&mut self) -> Result<SendableRecordBatchStream> {
        let schema = Arc::clone(&self.shape.schema);
        let metrics = self.room.metrics.spill.clone();
        let manager = SpillManager::new(Arc::clone(&self.room.runtime), metrics, Arc::clone(&schema));
        let manager = manager.with_compression_type(self.room.compression);
        let mut sorted = vec![];
        let mut file = None;
        let mut greatest = 0;
        loop {
            let step = self.step().await?;
            match step {
                Step::Rows(batch) => {
                    let file = match &mut file {
                        Some(file) => file,
                        None => file.insert(manager.create_in_progress_file("IntervalJoinExec")?),
                    };
                    let bytes = get_record_batch_memory_size(&batch).max(1);
                    let rows = (batch.num_rows() * MERGED_BYTES / bytes).clamp(1, batch.num_rows().max(1));
                    for at in (0..batch.num_rows()).step_by(rows) {
                        let part = batch.slice(at, rows.min(batch.num_rows() - at));
                        greatest = greatest.max(file.append_batch(&part)?);
                    }
                    continue;
                }
                Step::Again | Step::Done => {}
            }
            if let Some(mut file) = file.take()
                && let Some(file) = file.finish()?
            {
                sorted.push(SortedSpillFile {
                    file,
                    max_record_batch_memory: greatest,
                });
                greatest = 0;
            }
            if matches!(step, Step::Done) {
                break;
            }
        }
        if sorted.is_empty() {
            return Ok(Box::pin(datafusion::physical_plan::EmptyRecordBatchStream::new(schema)));
        }
        let number = schema.fields().len() - 1;
        let number = PhysicalSortExpr::new(Arc::new(Column::new("row_number", number)), SortOptions::default());
        let Some(order) = LexOrdering::new([number]) else {
            return Err(DataFusionError::Internal("an order of one column is empty".to_string()));
        };
        StreamingMergeBuilder::new()
            .with_sorted_spill_files(sorted)
            .with_spill_manager(manager)
            .with_schema(schema)
            .with_expressions(&order)
            // Its rows are not rows that come out.
            .with_metrics(BaselineMetrics::new(&ExecutionPlanMetricsSet::new(), 0))
            .with_batch_size(self.room.batch_size)
            .with_reservation(self.room.reservation.new_empty())
            .with_round_robin_tie_breaker(false)
            .build()
    }
}

/// The shape of a join whose asking rows have numbers, which come out as the last column.
pub(super) fn numbered_shape(shape: &Shape, inputs: &Inputs) -> Shape {
    let mut shape = shape.clone();
    shape.schema = with_number(&shape.schema);
    shape.columns.push(ColumnIndex {
        index: inputs.asking.schema().fields().len(),
        side: match shape.kept_side {
            JoinSide::Left => JoinSide::Right,
            _ => JoinSide::Left,
        },
    });
    shape
}
