//! Rows in groups, each in the order of a column.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{Result, internal_err};
use datafusion::execution::memory_pool::MemoryReservation;

/// What a cell takes at most, but for long texts, which the rows of a group share with those that they came in.
const CELL_BYTES: usize = 16;

/// Cuts rows into groups of a number of them, and puts those of each group in the order of a column, ascending, nulls last. Rows of equal values
/// stay in the order in which they came.
///
/// ```text
/// Name Call Name | Call Return Name   ─▶   Call Name Name | Call Name Return
/// ```
pub(super) struct Clustered {
    schema: SchemaRef,
    column: usize,
    most: usize,
    batches: Vec<RecordBatch>,
    rows: usize,
    memory: MemoryReservation,
}

impl Clustered {
    /// Groups of `most` rows in the order of the column at a place of the schema. What is kept of them is charged to `memory`.
    pub(super) fn new(schema: &SchemaRef, column: usize, most: usize, memory: MemoryReservation) -> Self {
        Self {
            schema: Arc::clone(schema),
            column,
            most,
            batches: vec![],
            rows: 0,
            memory,
        }
    }

    /// Adds rows, and gives each group that is full to `write`.
    pub(super) fn add(&mut self, rows: RecordBatch, write: &mut impl FnMut(&RecordBatch) -> Result<()>) -> Result<()> {
        // As it is, in the group that is put together, and in the one that is put in order.
        let cells = rows.num_rows() * rows.num_columns();
        self.memory.try_grow(3 * CELL_BYTES * cells)?;
        let mut start = 0;
        while start < rows.num_rows() {
            let length = (self.most - self.rows).min(rows.num_rows() - start);
            self.batches.push(rows.slice(start, length));
            self.rows += length;
            start += length;
            if self.rows == self.most {
                self.finish(write)?;
            }
        }
        Ok(())
    }

    /// Gives the rows that are left.
    pub(super) fn finish(&mut self, write: &mut impl FnMut(&RecordBatch) -> Result<()>) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let rows = concat_batches(&self.schema, &self.batches)?;
        self.batches.clear();
        self.rows = 0;
        let Ok(count) = u32::try_from(rows.num_rows()) else {
            return internal_err!("a group of {} rows is too large", rows.num_rows());
        };
        let by = |values: &ArrayRef| SortColumn {
            values: Arc::clone(values),
            options: Some(datafusion::arrow::compute::SortOptions::new(false, false)),
        };
        let number: ArrayRef = Arc::new(UInt32Array::from_iter_values(0..count));
        let order = lexsort_to_indices(&[by(rows.column(self.column)), by(&number)], None)?;
        write(&take_record_batch(&rows, &order)?)?;
        self.memory.free();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{AsArray, Int64Array, StringViewArray};
    use datafusion::arrow::datatypes::Int64Type;
    use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, UnboundedMemoryPool};

    use super::*;

    #[test]
    fn each_group_is_in_the_order_of_the_column_and_then_as_it_came() -> Result<()> {
        let kinds = [
            Some("b"),
            Some("a"),
            None,
            Some("b"),
            Some("a"),
            Some("c"),
            Some("a"),
            Some("b"),
            None,
        ];
        let batch = RecordBatch::try_from_iter([
            ("kind", Arc::new(StringViewArray::from_iter(kinds)) as ArrayRef),
            ("number", Arc::new(Int64Array::from_iter_values(0..9)) as ArrayRef),
        ])?;
        let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
        for cut in 1..=9 {
            let mut found = vec![];
            let mut write = |rows: &RecordBatch| {
                found.push(rows.column(1).as_primitive::<Int64Type>().values().to_vec());
                Ok(())
            };
            let mut groups = Clustered::new(&batch.schema(), 0, 4, MemoryConsumer::new("test").register(&pool));
            for start in (0..9).step_by(cut) {
                groups.add(batch.slice(start, cut.min(9 - start)), &mut write)?;
            }
            groups.finish(&mut write)?;
            drop(groups);
            assert_eq!(pool.reserved(), 0);
            assert_eq!(found, [vec![1, 0, 3, 2], vec![4, 6, 7, 5], vec![8]], "cut into {cut}");
        }
        Ok(())
    }
}
