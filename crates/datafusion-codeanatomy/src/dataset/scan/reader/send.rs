//! Rows on their way out of a reader.

use datafusion::arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryLimit, MemoryPool, MemoryReservation};
use futures::{Stream, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Sender, channel};

use super::Reader;

/// How many batches wait for who asked for them. A reader that waits for each to be taken stands still for as long as it takes to
/// wake two threads, which is longer than it takes to make the rows.
const WAITING: usize = 16;

/// Rows on their way, and what they are charged.
pub(in crate::dataset::scan) struct Sent {
    rows: RecordBatch,
    _charged: Option<MemoryReservation>,
}

/// What a reader sends in a thread of its own, and then the error that ended it if one did. It stops when the stream is dropped.
pub(in crate::dataset::scan) fn stream_of(
    read: impl FnOnce(&Sender<Sent>) -> Result<()> + Send + 'static,
) -> impl Stream<Item = Result<RecordBatch>> + Send {
    let (sender, receiver) = channel::<Sent>(WAITING);
    let task = SpawnedTask::spawn_blocking(move || read(&sender));
    stream::unfold(Some((receiver, task)), async |work| {
        let (mut receiver, task) = work?;
        if let Some(sent) = receiver.recv().await {
            return Some((Ok(sent.rows), Some((receiver, task))));
        }
        let ended = task.join_unwind().await;
        let ended = ended.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e))).flatten();
        ended.err().map(|error| (Err(error), None))
    })
}

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
    pub(super) fn send(&mut self, sender: &Sender<Sent>) -> Result<bool> {
        let (rows, beside_rows) = self.take_rows()?;
        let bytes = size(&rows) + beside_rows;
        if self.reservation.try_resize(bytes).is_err() {
            // Rows whose turn it is come before those that wait for it, and after those that wait to be taken.
            if let Some(windows) = &self.windows {
                windows.give_up();
            }
            self.until_waiting(0, sender);
            self.reservation.try_resize(bytes)?;
        }
        let charged = self.reservation.split(bytes - beside_rows);
        Ok(self.send_rows(&rows, &charged, sender))
    }

    /// Sends rows, which are charged, in batches. False if no more is wanted.
    pub(super) fn send_rows(
        &mut self,
        rows: &[RecordBatch],
        charged: &MemoryReservation,
        sender: &Sender<Sent>,
    ) -> bool {
        for rows in rows {
            let mut charged = Some(charged.split(rows.get_array_memory_size()));
            let mut start = 0;
            while start < rows.num_rows() && self.left > 0 {
                let length = self.batch_size.min(rows.num_rows() - start).min(self.left);
                let batch = rows.slice(start, length);
                self.metrics.baseline.record_output(length);
                start += length;
                self.left -= length;
                // All batches are of the same memory, which the last one gives back.
                let charged = charged.take_if(|_| start == rows.num_rows());
                if sender
                    .blocking_send(Sent {
                        rows: batch,
                        _charged: charged,
                    })
                    .is_err()
                {
                    return false;
                }
            }
            self.until_waiting(self.may_wait(rows), sender);
        }
        self.left > 0
    }

    /// How many batches like these may wait: all readers of the scan take an eighth of the pool for it, while there is room.
    fn may_wait(&self, rows: &RecordBatch) -> usize {
        let pool = &*self.runtime.memory_pool;
        match pool.memory_limit() {
            MemoryLimit::Finite(bytes) if has_room(pool) => {
                let share = bytes / 8 / self.partitions;
                (share / rows.get_array_memory_size().max(1)).min(WAITING)
            }
            MemoryLimit::Finite(_) => 0,
            _ => WAITING,
        }
    }

    /// Waits until no more than so many batches wait to be taken, and what the others took is given back.
    fn until_waiting(&self, batches: usize, sender: &Sender<Sent>) {
        // It fails where no more is wanted, which the next one to send hears.
        let _ = Handle::current().block_on(sender.reserve_many(WAITING - batches));
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
