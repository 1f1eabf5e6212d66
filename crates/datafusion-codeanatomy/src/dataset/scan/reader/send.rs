//! How what a reader reads becomes a stream.

use std::task::Poll;
use std::time::{Duration, Instant};

use datafusion::arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result};
use futures::{Stream, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Sender, channel};

use super::ready::{Ready, has_room};
use super::run::{Next, Reading};

/// How long files are read without a row to give, until others have their turn.
const TURN: Duration = Duration::from_millis(10);

/// How many batches wait for who asked for them, where a thread reads that may wait.
const WAITING: usize = 2;

/// Reads where it is polled, as the engine's own operators compute: rows are taken while they are in the caches of the core, and no
/// thread waits for another. What the partitions of a scan do at the same time is for the engine to say.
pub(in crate::dataset::scan) fn read_here(mut reading: Reading) -> impl Stream<Item = Result<RecordBatch>> + Send {
    stream::poll_fn(move |context| {
        let begun = Instant::now();
        loop {
            match reading.next() {
                Ok(Next::Rows(ready)) => return Poll::Ready(Some(Ok(ready.rows))),
                Ok(Next::End) => return Poll::Ready(None),
                Ok(Next::Nothing) if begun.elapsed() < TURN => {}
                Ok(Next::Nothing) => {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    })
}

/// Reads in a thread of its own, which may wait for an object store. It stops when the stream is dropped.
pub(in crate::dataset::scan) fn read_in_thread(reading: Reading) -> impl Stream<Item = Result<RecordBatch>> + Send {
    let (sender, receiver) = channel(WAITING);
    let task = SpawnedTask::spawn_blocking(move || send(reading, &sender));
    stream::unfold(Some((receiver, task)), async |work| {
        let (mut receiver, task) = work?;
        if let Some(ready) = receiver.recv().await {
            return Some((Ok(ready.rows), Some((receiver, task))));
        }
        let ended = task.join_unwind().await;
        let ended = ended.map_err(|e| DataFusionError::ExecutionJoin(Box::new(e))).flatten();
        ended.err().map(|error| (Err(error), None))
    })
}

fn send(mut reading: Reading, sender: &Sender<Ready>) -> Result<()> {
    while !sender.is_closed() {
        match reading.next()? {
            Next::Rows(ready) => {
                // It fails where no more is wanted.
                let _ = sender.blocking_send(ready);
                if !has_room(reading.memory_pool()) {
                    let _ = Handle::current().block_on(sender.reserve_many(WAITING));
                }
            }
            Next::Nothing => {}
            Next::End => break,
        }
    }
    Ok(())
}
