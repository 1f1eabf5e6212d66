//! One partition behind the other, those behind reading ahead as far as memory allows.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::metrics::{
    BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricCategory,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bytes of batches wait for their turn, over all partitions.
const AHEAD: usize = 64 << 20;

/// How many batches of the partition whose turn it is wait.
const QUEUED: usize = 2;

/// The rows of `partitions` of `input`, in that order. With `fetch`, of which few are wanted, a partition begins when the one
/// before it has ended; if a filter may let nothing through for long, all begin, and each gets one batch ahead, as in a merge.
/// Dropping the stream ends what reads ahead.
pub(super) fn concatenated(
    input: &Arc<dyn ExecutionPlan>,
    partitions: &[usize],
    fetch: Option<usize>,
    metrics: &ExecutionPlanMetricsSet,
    context: Arc<TaskContext>,
) -> SendableRecordBatchStream {
    let baseline = BaselineMetrics::new(metrics, 0);
    let filtered = is_filtered(input);
    let category = match fetch.is_some() && filtered {
        // How many have begun when there are enough rows depends on the machine.
        true => MetricCategory::Uncategorized,
        false => MetricCategory::Rows,
    };
    let read = MetricBuilder::new(metrics)
        .with_category(category)
        .counter("partitions_read", 0);
    let schema = input.schema();
    let input = Arc::clone(input);
    let partitions: VecDeque<usize> = partitions.iter().copied().collect();
    let batches: BoxStream<'static, Result<RecordBatch>> = match fetch {
        Some(fetch) if filtered => limited(ReadAhead::new(input, partitions, context, read, 0).rows(), fetch).boxed(),
        Some(fetch) => limited(one_by_one(input, partitions, context, read), fetch).boxed(),
        None => ReadAhead::new(input, partitions, context, read, AHEAD).rows().boxed(),
    };
    let counted = batches.inspect_ok(move |batch| baseline.record_output(batch.num_rows()));
    Box::pin(RecordBatchStreamAdapter::new(schema, counted))
}

fn is_filtered(input: &Arc<dyn ExecutionPlan>) -> bool {
    input.is::<FilterExec>() || input.children().into_iter().any(is_filtered)
}

fn one_by_one(
    input: Arc<dyn ExecutionPlan>,
    partitions: VecDeque<usize>,
    context: Arc<TaskContext>,
    read: Count,
) -> impl Stream<Item = Result<RecordBatch>> {
    let streams = futures::stream::iter(partitions).map(move |partition| {
        read.add(1);
        input.execute(partition, Arc::clone(&context))
    });
    streams.try_flatten()
}

/// The first `fetch` rows; nothing is asked for behind them.
fn limited(batches: impl Stream<Item = Result<RecordBatch>>, fetch: usize) -> impl Stream<Item = Result<RecordBatch>> {
    futures::stream::try_unfold((Box::pin(batches), fetch), |(mut batches, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let Some(batch) = batches.try_next().await? else {
            return Ok(None);
        };
        let taken = batch.slice(0, batch.num_rows().min(left));
        let left = left - taken.num_rows();
        Ok(Some((taken, (batches, left))))
    })
}

/// Partitions that are being read, and those that are not yet.
struct ReadAhead {
    input: Arc<dyn ExecutionPlan>,
    waiting: VecDeque<usize>,
    reading: VecDeque<Reading>,
    /// How many are read at a time.
    width: usize,
    context: Arc<TaskContext>,
    /// The bytes that may still wait; a permit is a KiB.
    room: Arc<Semaphore>,
    memory: Arc<MemoryReservation>,
    read: Count,
}

struct Reading {
    batches: UnboundedReceiver<Result<Waiting>>,
    /// Closed while it is not this partition's turn; then room for few batches.
    turn: Arc<Semaphore>,
    task: SpawnedTask<()>,
}

/// A batch that was read, and what is given back when it is taken.
struct Waiting {
    batch: RecordBatch,
    _held: Held,
}

/// Dropped, it gives back what it holds.
enum Held {
    Ahead {
        _room: OwnedSemaphorePermit,
        _memory: MemoryReservation,
    },
    InTurn {
        _place: OwnedSemaphorePermit,
    },
}

impl ReadAhead {
    fn new(
        input: Arc<dyn ExecutionPlan>,
        waiting: VecDeque<usize>,
        context: Arc<TaskContext>,
        read: Count,
        ahead: usize,
    ) -> Self {
        let pool = context.memory_pool();
        let ahead = match pool.memory_limit() {
            MemoryLimit::Finite(limit) => ahead.min(limit / 8),
            MemoryLimit::Infinite | MemoryLimit::Unknown => ahead,
        };
        let memory = MemoryConsumer::new("OrderedConcatExec").register(pool);
        Self {
            input,
            waiting,
            reading: VecDeque::new(),
            width: context.session_config().target_partitions().max(1),
            context,
            room: Arc::new(Semaphore::new(ahead >> 10)),
            memory: Arc::new(memory),
            read,
        }
    }

    fn rows(self) -> impl Stream<Item = Result<RecordBatch>> {
        futures::stream::try_unfold(self, |mut ahead| async move {
            Ok(ahead.next().await?.map(|batch| (batch, ahead)))
        })
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            while self.reading.len() < self.width
                && let Some(partition) = self.waiting.pop_front()
            {
                self.start(partition)?;
            }
            let Some(first) = self.reading.front_mut() else {
                return Ok(None);
            };
            match first.batches.recv().await {
                Some(waiting) => return Ok(Some(waiting?.batch)),
                None => {
                    if let Some(ended) = self.reading.pop_front() {
                        // A panic is passed on: it is not the end of the rows.
                        let ended = ended.task.join_unwind().await;
                        ended.map_err(|error| DataFusionError::ExecutionJoin(Box::new(error)))?;
                    }
                    if let Some(next) = self.reading.front() {
                        next.turn.add_permits(QUEUED);
                    }
                }
            }
        }
    }

    fn start(&mut self, partition: usize) -> Result<()> {
        self.read.add(1);
        let stream = self.input.execute(partition, Arc::clone(&self.context))?;
        let turn = Arc::new(Semaphore::new(if self.reading.is_empty() { QUEUED } else { 0 }));
        let (sender, batches) = unbounded_channel();
        let task = SpawnedTask::spawn(read(
            stream,
            sender,
            Arc::clone(&turn),
            Arc::clone(&self.room),
            Arc::clone(&self.memory),
        ));
        self.reading.push_back(Reading { batches, turn, task });
        Ok(())
    }
}

/// Sends the batches of a partition: in its turn a few at a time, before it as long as there is room.
async fn read(
    mut stream: SendableRecordBatchStream,
    sender: UnboundedSender<Result<Waiting>>,
    turn: Arc<Semaphore>,
    room: Arc<Semaphore>,
    memory: Arc<MemoryReservation>,
) {
    while let Some(batch) = stream.next().await {
        let waiting = match batch {
            Err(error) => Err(error),
            Ok(batch) => {
                let Some(held) = hold(&batch, &turn, &room, &memory).await else {
                    return;
                };
                Ok(Waiting { batch, _held: held })
            }
        };
        let failed = waiting.is_err();
        if sender.send(waiting).is_err() || failed {
            return;
        }
    }
}

async fn hold(
    batch: &RecordBatch,
    turn: &Arc<Semaphore>,
    room: &Arc<Semaphore>,
    memory: &MemoryReservation,
) -> Option<Held> {
    if let Ok(place) = Arc::clone(turn).try_acquire_owned() {
        return Some(Held::InTurn { _place: place });
    }
    let bytes = batch.get_array_memory_size();
    let kilobytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    if let Ok(permit) = Arc::clone(room).try_acquire_many_owned(kilobytes) {
        let reservation = memory.new_empty();
        if reservation.try_grow(bytes).is_ok() {
            return Some(Held::Ahead {
                _room: permit,
                _memory: reservation,
            });
        }
    }
    // No room: wait until it is this partition's turn, or until its earlier batches are taken.
    let place = Arc::clone(turn).acquire_owned().await.ok()?;
    Some(Held::InTurn { _place: place })
}
