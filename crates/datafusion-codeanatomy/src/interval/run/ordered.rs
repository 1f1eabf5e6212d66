//! Rows of a join by way of the disk, in the order of the rows that ask: these are numbered before they are divided, what
//! comes out of each part is written to disk, and all of that is merged by the numbers.
//!
//! The best matches of a row come this way, too: each slice of what is kept has its best ones, they are merged by the number
//! and then by what makes them better, and the first ones of each number are the best of all.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::{SortOptions, filter_record_batch};
use datafusion::arrow::datatypes::{Field, Schema, UInt64Type};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{DataFusionError, JoinSide, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::SpillManager;
use datafusion::physical_plan::joins::utils::ColumnIndex;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet};
use datafusion::physical_plan::sorts::streaming_merge::{SortedSpillFile, StreamingMergeBuilder};
use datafusion::physical_plan::spill::get_record_batch_memory_size;

use futures::StreamExt;

use super::best::with_places;
use super::partition::with_number;
use super::shape::Shape;
use super::spill::{Spilled, Step};
use crate::interval::index::Ordinal;

/// About how many bytes a batch has that is merged with others, of which some of each are in memory at a time.
const MERGED_BYTES: usize = 32 << 10;

/// The rows of all parts, merged.
pub(super) struct Merged {
    rows: SendableRecordBatchStream,
    /// How many columns come out.
    width: usize,
    /// How many rows of each number are wanted; `None`: all.
    most: Option<usize>,
    /// The number of the last row, and how many there were of it.
    last: (u64, usize),
}

impl Merged {
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>> {
        let Some(batch) = self.rows.next().await.transpose()? else {
            return Ok(None);
        };
        let columns: Vec<_> = (0..self.width).collect();
        let rows = batch.project(&columns)?;
        let Some(most) = self.most else {
            return Ok(Some(rows));
        };
        let numbers = batch.column(batch.num_columns() - 1).as_primitive::<UInt64Type>();
        let wanted = numbers.values().iter().map(|number| {
            let of = if *number == self.last.0 { self.last.1 + 1 } else { 1 };
            self.last = (*number, of);
            of <= most
        });
        Ok(Some(filter_record_batch(
            &rows,
            &BooleanArray::from_iter(wanted.map(Some)),
        )?))
    }
}

impl<K: Ordinal> Spilled<K> {
    /// Writes what comes out, a file for each time it begins anew, and merges the files by the numbers of the rows.
    pub(super) async fn merge(&mut self) -> Result<Merged> {
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
        let rows: SendableRecordBatchStream = if sorted.is_empty() {
            Box::pin(datafusion::physical_plan::EmptyRecordBatchStream::new(schema))
        } else {
            StreamingMergeBuilder::new()
                .with_sorted_spill_files(sorted)
                .with_spill_manager(manager)
                .with_schema(schema)
                .with_expressions(&self.merged_by()?)
                // Its rows are not rows that come out.
                .with_metrics(BaselineMetrics::new(&ExecutionPlanMetricsSet::new(), 0))
                .with_batch_size(self.room.batch_size)
                .with_reservation(self.room.reservation.new_empty())
                .with_round_robin_tie_breaker(false)
                .build()?
        };
        Ok(Merged {
            rows,
            width: self.width,
            most: self.shape.best.as_ref().map(|order| order.k),
            last: (0, 0),
        })
    }

    /// The number; and if the best rows are wanted, what makes a row better, as [`Join`](super::join::Join) has it.
    fn merged_by(&self) -> Result<LexOrdering> {
        let schema = &self.shape.schema;
        let column = |index: usize| {
            let column = Column::new(schema.field(index).name(), index);
            PhysicalSortExpr::new(Arc::new(column), SortOptions::new(false, false))
        };
        let number = schema.fields().len() - 1;
        let mut by = vec![column(number)];
        if let Some(order) = &self.shape.best {
            let (_, columns, of_columns) = order.of_columns();
            let kept = self.width + columns.len();
            by.extend(with_places(of_columns, &|index| self.width + index)?);
            by.extend(with_places(order.of_kept(), &|index| kept + index)?);
            let has_order = |index: &usize| {
                RowConverter::supports_fields(&[SortField::new(schema.field(*index).data_type().clone())])
            };
            by.extend((kept..number).filter(has_order).map(column));
        }
        LexOrdering::new(by).ok_or_else(|| DataFusionError::Internal("an order of one column is empty".to_string()))
    }
}

/// The shape of a join whose asking rows have numbers, which come out as the last column. Before it stands what the best rows are merged by: the
/// columns of pairs that their order reads, and all kept columns.
pub(super) fn numbered_shape(shape: &Shape, kept: &Schema, asking: &Schema) -> Shape {
    let mut shape = shape.clone();
    let mut fields: Vec<Field> = shape
        .schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone())
        .collect();
    if let Some(order) = &shape.best {
        let (schema, columns, _) = order.of_columns();
        let of_kept = (0..kept.fields().len()).map(|index| ColumnIndex {
            index,
            side: shape.kept_side,
        });
        // A row without a match has nulls.
        fields.extend(
            schema
                .fields()
                .iter()
                .chain(kept.fields())
                .map(|field| field.as_ref().clone().with_nullable(true)),
        );
        shape.columns.extend(columns.iter().cloned().chain(of_kept));
    }
    shape.schema = with_number(&Schema::new(fields));
    shape.columns.push(ColumnIndex {
        index: asking.fields().len(),
        side: match shape.kept_side {
            JoinSide::Left => JoinSide::Right,
            _ => JoinSide::Left,
        },
    });
    shape
}
