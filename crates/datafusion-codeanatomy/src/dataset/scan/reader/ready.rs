//! Rows that a reader has made, until they are taken.

use datafusion::arrow::array::RecordBatch;
use datafusion::common::Result;
use datafusion::execution::memory_pool::{MemoryLimit, MemoryPool, MemoryReservation};

use super::Reader;

/// Rows to be taken, and what they are charged until they are.
pub(in crate::dataset::scan) struct Ready {
    pub(super) rows: RecordBatch,
    _charged: Option<MemoryReservation>,
}

impl Reader {
    /// The number of rows that were not made into batches yet.
    pub(super) fn rows(&mut self) -> Result<usize> {
        match &self.stored {
            Some(stored) => Ok(stored.len()),
            None => Ok(self.table()?.len()),
        }
    }

    /// Takes the rows that were not made into batches yet, and says what else takes memory.
    pub(super) fn take_rows(&mut self) -> Result<(Vec<RecordBatch>, usize)> {
        let skipped = self.table()?.skipped();
        self.metrics
            .rows_skipped_by_filter
            .add(skipped - self.metrics.rows_skipped_by_filter.value());
        Ok(match &mut self.stored {
            Some(stored) => (stored.take()?, stored.memory_size()),
            None => (self.table()?.take_batches()?, 0),
        })
    }

    /// Makes batches of the rows that are there. False if no more is wanted.
    pub(super) fn make(&mut self) -> Result<bool> {
        let (rows, beside_rows) = self.take_rows()?;
        let bytes = size(&rows) + beside_rows;
        if self.reservation.try_resize(bytes).is_err() {
            // Rows whose turn it is come before those that wait for it.
            if let Some(windows) = &self.windows {
                windows.give_up();
            }
            self.reservation.try_resize(bytes)?;
        }
        let charged = self.reservation.split(bytes - beside_rows);
        Ok(self.make_of(&rows, &charged))
    }

    /// Makes batches of rows, which are charged. False if no more is wanted.
    pub(super) fn make_of(&mut self, rows: &[RecordBatch], charged: &MemoryReservation) -> bool {
        for rows in rows {
            let mut charged = Some(charged.split(rows.get_array_memory_size()));
            let mut start = 0;
            while start < rows.num_rows() && self.left > 0 {
                let length = self.batch_size.min(rows.num_rows() - start).min(self.left);
                let batch = rows.slice(start, length);
                start += length;
                self.left -= length;
                // All batches are of the same memory, which the last one gives back.
                let charged = charged.take_if(|_| start == rows.num_rows() || self.left == 0);
                self.ready.push_back(Ready {
                    rows: batch,
                    _charged: charged,
                });
            }
        }
        self.left > 0
    }

    /// The next batch.
    pub(super) fn take(&mut self) -> Option<Ready> {
        let ready = self.ready.pop_front()?;
        self.metrics.baseline.record_output(ready.rows.num_rows());
        Some(ready)
    }
}

/// The bytes of rows.
pub(super) fn size(rows: &[RecordBatch]) -> usize {
    rows.iter().map(RecordBatch::get_array_memory_size).sum()
}

/// Whether a query can spare memory to be faster.
pub(super) fn has_room(pool: &dyn MemoryPool) -> bool {
    match pool.memory_limit() {
        MemoryLimit::Finite(bytes) => pool.reserved() <= bytes / 2,
        _ => true,
    }
}
