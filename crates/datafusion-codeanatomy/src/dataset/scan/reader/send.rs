//! How what a reader reads becomes a stream.

use std::time::{Duration, Instant};

use datafusion::arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::MemoryLimit;
use futures::{Stream, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::{JoinError, yield_now};

use super::ready::Ready;
use super::run::{Next, Reading};

/// How long a task goes on until others have their turn, or as long as a file takes.
const TURN: Duration = Duration::from_millis(10);

/// How many batches wait for who asked for them, where a thread reads that may wait.
const WAITING: usize = 2;

/// Reads where it is polled, as the engine's own operators compute: rows are taken while they are in the caches of the core, and no
/// thread waits for another. What the partitions of a scan do at the same time is for the engine to say.
pub(in crate::dataset::scan) fn read_here(reading: Box<Reading>) -> impl Stream<Item = Result<RecordBatch>> + Send {
    stream::unfold(
        Some((reading, None)),
        async |work: Option<(Box<Reading>, Option<Instant>)>| {
            let (mut reading, mut turn) = work?;
            loop {
                if turn.get_or_insert_with(Instant::now).elapsed() >= TURN {
                    yield_now().await;
                    turn = None;
                }
                match reading.next() {
                    Ok(Next::Rows(ready)) => return Some((Ok(ready.rows), Some((reading, turn)))),
                    Ok(Next::Nothing) => {}
                    Ok(Next::End) => {
                        let error = complete(reading).await.err()?;
                        return Some((Err(error), None));
                    }
                    Err(error) => return Some((Err(error), None)),
                }
            }
        },
    )
}

async fn complete(mut reading: Box<Reading>) -> Result<()> {
    if reading.writes() {
        let task = SpawnedTask::spawn_blocking(move || reading.complete());
        return task.join_unwind().await.map_err(join_error);
    }
    reading.complete();
    Ok(())
}

/// Reads in a thread of its own, which may wait for an object store. It stops when the stream is dropped.
pub(in crate::dataset::scan) fn read_in_thread(
    reading: Box<Reading>,
) -> impl Stream<Item = Result<RecordBatch>> + Send {
    let (sender, receiver) = channel::<Ready>(WAITING);
    let task = SpawnedTask::spawn_blocking(move || send(reading, &sender));
    stream::unfold(Some((receiver, task)), async |work| {
        let (mut receiver, task) = work?;
        if let Some(ready) = receiver.recv().await {
            return Some((Ok(ready.rows), Some((receiver, task))));
        }
        let ended = task.join_unwind().await.map_err(join_error).flatten();
        ended.err().map(|error| (Err(error), None))
    })
}

fn send(mut reading: Box<Reading>, sender: &Sender<Ready>) -> Result<()> {
    // Rows that wait are charged, and the next ones come before them where memory has a limit.
    let is_limited = matches!(reading.memory_pool().memory_limit(), MemoryLimit::Finite(_));
    while !sender.is_closed() {
        match reading.next()? {
            Next::Rows(ready) => {
                // It fails where no more is wanted.
                let _ = sender.blocking_send(ready);
                if is_limited {
                    let _ = Handle::current().block_on(sender.reserve_many(WAITING));
                }
            }
            Next::Nothing => {}
            Next::End => {
                reading.complete();
                break;
            }
        }
    }
    Ok(())
}

fn join_error(error: JoinError) -> DataFusionError {
    DataFusionError::ExecutionJoin(Box::new(error))
}
