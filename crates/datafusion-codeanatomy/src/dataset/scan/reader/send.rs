//! Rows on their way out of a reader.

use datafusion::arrow::array::RecordBatch;
use datafusion::common::Result;
use tokio::sync::mpsc::Sender;

use super::Reader;

impl Reader {
    /// The number of rows that were not sent yet.
    pub(super) fn rows(&mut self) -> Result<usize> {
        match &self.stored {
            Some(stored) => Ok(stored.len()),
            None => Ok(self.table()?.len()),
        }
    }

    /// Takes the rows that were not sent yet, and says what else takes memory.
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

    /// Sends the rows that were not sent yet. False if no more is wanted.
    pub(super) fn send(&mut self, sender: &Sender<Result<RecordBatch>>) -> Result<bool> {
        let (rows, beside_rows) = self.take_rows()?;
        let bytes = size(&rows) + beside_rows;
        if let Err(error) = self.reservation.try_resize(bytes) {
            // Rows whose turn it is come before those that wait.
            self.windows.as_ref().ok_or(error)?.give_up();
            self.reservation.try_resize(bytes)?;
        }
        Ok(self.send_rows(&rows, sender))
    }

    /// Sends rows in batches. False if no more is wanted.
    pub(super) fn send_rows(&mut self, rows: &[RecordBatch], sender: &Sender<Result<RecordBatch>>) -> bool {
        for rows in rows {
            let mut start = 0;
            while start < rows.num_rows() && self.left > 0 {
                let length = self.batch_size.min(rows.num_rows() - start).min(self.left);
                let batch = rows.slice(start, length);
                self.metrics.baseline.record_output(length);
                start += length;
                self.left -= length;
                if sender.blocking_send(Ok(batch)).is_err() {
                    return false;
                }
            }
        }
        self.left > 0
    }
}

/// The bytes of rows.
pub(super) fn size(rows: &[RecordBatch]) -> usize {
    rows.iter().map(RecordBatch::get_array_memory_size).sum()
}
