//! One partition's join as a stream.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::Result;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::coalesce::{LimitedBatchCoalescer, PushBatchStatus};
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::metrics::{
    BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricCategory, RecordOutput, SpillMetrics,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, TryStreamExt, stream};

use super::join::Join;
use super::load::Load;
use super::shape::Shape;
use super::spill::{Room, Spilled};
use crate::interval::announce::Announce;
use crate::interval::index::Ordinal;

/// What is counted.
#[derive(Debug, Clone)]
pub(in crate::interval) struct Metrics {
    pub(super) baseline: BaselineMetrics,
    pub(super) build_rows: Count,
    pub(super) probe_rows: Count,
    pub(super) candidates: Count,
    pub(super) spill: SpillMetrics,
}

impl Metrics {
    pub(in crate::interval) fn new(metrics: &ExecutionPlanMetricsSet, partition: usize) -> Self {
        let rows = |name| {
            MetricBuilder::new(metrics)
                .with_category(MetricCategory::Rows)
                .counter(name, partition)
        };
        Self {
            baseline: BaselineMetrics::new(metrics, partition),
            build_rows: rows("build_rows"),
            probe_rows: rows("probe_rows"),
            candidates: rows("candidates"),
            spill: SpillMetrics::new(metrics, partition),
        }
    }
}

/// What a partition's join reads and how much it may give.
pub(in crate::interval) struct Inputs {
    pub(in crate::interval) kept: SendableRecordBatchStream,
    pub(in crate::interval) asking: SendableRecordBatchStream,
    pub(in crate::interval) fetch: Option<usize>,
    /// Whether the rows that come out must have the order of the asking ones.
    pub(in crate::interval) ordered: bool,
    /// What is to be told of the kept rows, if anybody wants to know.
    pub(in crate::interval) announce: Option<Announce>,
}

/// The join of two streams.
pub(in crate::interval) fn join_stream(
    shape: Arc<Shape>,
    inputs: Inputs,
    reservation: MemoryReservation,
    metrics: Metrics,
    context: Arc<TaskContext>,
) -> SendableRecordBatchStream {
    match shape.is_wide() {
        false => Run::<u64>::stream(shape, inputs, reservation, metrics, context),
        true => Run::<u128>::stream(shape, inputs, reservation, metrics, context),
    }
}

enum Phase<K> {
    Keeping(Inputs),
    Joining(Box<Join<K>>),
    Spilled(Box<Spilled<K>>),
    Done,
}

struct Run<K> {
    shape: Arc<Shape>,
    phase: Phase<K>,
    ready: LimitedBatchCoalescer,
    reservation: MemoryReservation,
    context: Arc<TaskContext>,
    batch_size: usize,
    metrics: Metrics,
}

impl<K: Ordinal> Run<K> {
    fn stream(
        shape: Arc<Shape>,
        inputs: Inputs,
        reservation: MemoryReservation,
        metrics: Metrics,
        context: Arc<TaskContext>,
    ) -> SendableRecordBatchStream {
        let batch_size = context.session_config().batch_size();
        let schema = Arc::clone(&shape.schema);
        let run = Self {
            ready: LimitedBatchCoalescer::new(Arc::clone(&schema), batch_size, inputs.fetch),
            phase: Phase::Keeping(inputs),
            shape,
            reservation,
            context,
            batch_size,
            metrics,
        };
        let batches = stream::try_unfold(run, |mut run| async move {
            let batch = run.next().await?;
            Ok(batch.map(|batch| (batch, run)))
        });
        Box::pin(cooperative(RecordBatchStreamAdapter::new(schema, batches.boxed())))
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.ready.next_completed_batch() {
                return Ok(Some(batch.record_output(&self.metrics.baseline)));
            }
            match std::mem::replace(&mut self.phase, Phase::Done) {
                Phase::Keeping(inputs) => self.phase = self.keep(inputs).await?,
                Phase::Joining(mut join) => match join.next().await? {
                    Some(batch) => self.push(&batch, Phase::Joining(join))?,
                    None => self.finish()?,
                },
                Phase::Spilled(mut spilled) => match spilled.next().await? {
                    Some(batch) => self.push(&batch, Phase::Spilled(spilled))?,
                    None => self.finish()?,
                },
                Phase::Done => return Ok(None),
            }
        }
    }

    /// Takes rows that come out, no batch longer than asked for, and goes on if more are wanted.
    fn push(&mut self, batch: &RecordBatch, next: Phase<K>) -> Result<()> {
        for at in (0..batch.num_rows()).step_by(self.batch_size) {
            let rows = self.batch_size.min(batch.num_rows() - at);
            if self.ready.push_batch(batch.slice(at, rows))? == PushBatchStatus::LimitReached {
                drop(next);
                return self.finish();
            }
        }
        self.phase = next;
        Ok(())
    }

    /// Nothing more comes; what was kept is let go before.
    fn finish(&mut self) -> Result<()> {
        self.reservation.free();
        self.ready.finish()
    }

    /// Keeps one side in memory, or divides both on disk.
    async fn keep(&mut self, mut inputs: Inputs) -> Result<Phase<K>> {
        let schema = inputs.kept.schema();
        let mut load = Load::<K>::new(&self.shape, &schema);
        inputs.kept = counted(inputs.kept, self.metrics.build_rows.clone());
        inputs.asking = counted(inputs.asking, self.metrics.probe_rows.clone());
        let fits = load.all(&mut inputs.kept, &self.reservation).await?;
        let kept_so_far = match fits {
            false => load.into_batches(),
            true => {
                let timer = self.metrics.baseline.elapsed_compute().clone();
                let _timer = timer.timer();
                match load.finish(&self.reservation)? {
                    Err(batches) => batches,
                    Ok(kept) => {
                        if let Some(announce) = inputs.announce.take() {
                            announce(Some((&kept.rows, kept.groups.keys())))?;
                        }
                        let (shape, metrics) = (Arc::clone(&self.shape), self.metrics.clone());
                        let join = Join::new(shape, kept, inputs.asking, self.batch_size, metrics);
                        return Ok(Phase::Joining(Box::new(join)));
                    }
                }
            }
        };
        if let Some(announce) = inputs.announce.take() {
            announce(None)?;
        }
        let room = Room {
            runtime: self.context.runtime_env(),
            reservation: self.reservation.take(),
            compression: self.context.session_config().spill_compression(),
            batch_size: self.batch_size,
            metrics: self.metrics.clone(),
        };
        let spilled = Spilled::try_new(&self.shape, room, kept_so_far, inputs).await?;
        Ok(Phase::Spilled(Box::new(spilled)))
    }
}

/// Counts the rows of a stream.
fn counted(rows: SendableRecordBatchStream, count: Count) -> SendableRecordBatchStream {
    let schema = rows.schema();
    let rows = rows.inspect_ok(move |batch| count.add(batch.num_rows()));
    Box::pin(RecordBatchStreamAdapter::new(schema, rows))
}
