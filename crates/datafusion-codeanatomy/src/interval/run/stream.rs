//! One partition's join as a stream.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::Result;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::coalesce::{LimitedBatchCoalescer, PushBatchStatus};
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::metrics::{
    BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricCategory,
};
use datafusion::physical_plan::spill::get_record_batch_memory_size;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::{StreamExt, stream};

use super::join::Join;
use super::kept::Kept;
use super::shape::Shape;
use crate::interval::index::{Dominance, Ordinal};

/// What is counted.
#[derive(Debug, Clone)]
pub(in crate::interval) struct Metrics {
    pub(super) baseline: BaselineMetrics,
    pub(super) build_rows: Count,
    pub(super) probe_rows: Count,
    pub(super) candidates: Count,
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
        }
    }
}

/// What a partition's join reads and how much it may give.
pub(in crate::interval) struct Inputs {
    pub(in crate::interval) kept: SendableRecordBatchStream,
    pub(in crate::interval) asking: SendableRecordBatchStream,
    pub(in crate::interval) fetch: Option<usize>,
}

/// The join of two streams.
pub(in crate::interval) fn join_stream(
    shape: Arc<Shape>,
    inputs: Inputs,
    reservation: MemoryReservation,
    metrics: Metrics,
    context: &TaskContext,
) -> SendableRecordBatchStream {
    match shape.is_wide() {
        false => Run::<u64>::stream(shape, inputs, reservation, metrics, context),
        true => Run::<u128>::stream(shape, inputs, reservation, metrics, context),
    }
}

enum Phase<K> {
    Keeping(Inputs),
    Joining(Join<K>),
    Done,
}

struct Run<K> {
    shape: Arc<Shape>,
    phase: Phase<K>,
    ready: LimitedBatchCoalescer,
    reservation: MemoryReservation,
    batch_size: usize,
    metrics: Metrics,
}

impl<K: Ordinal> Run<K> {
    fn stream(
        shape: Arc<Shape>,
        inputs: Inputs,
        reservation: MemoryReservation,
        metrics: Metrics,
        context: &TaskContext,
    ) -> SendableRecordBatchStream {
        let batch_size = context.session_config().batch_size();
        let schema = Arc::clone(&shape.schema);
        let run = Self {
            ready: LimitedBatchCoalescer::new(Arc::clone(&schema), batch_size, inputs.fetch),
            phase: Phase::Keeping(inputs),
            shape,
            reservation,
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
                self.metrics.baseline.record_output(batch.num_rows());
                return Ok(Some(batch));
            }
            match std::mem::replace(&mut self.phase, Phase::Done) {
                Phase::Keeping(inputs) => {
                    let kept = self.keep(inputs.kept).await?;
                    self.phase = Phase::Joining(Join::new(
                        Arc::clone(&self.shape),
                        kept,
                        inputs.asking,
                        self.batch_size,
                        self.metrics.clone(),
                    ));
                }
                Phase::Joining(mut join) => {
                    let more = match join.next().await? {
                        Some(batch) => self.push(&batch)?,
                        None => false,
                    };
                    if more {
                        self.phase = Phase::Joining(join);
                    } else {
                        drop(join);
                        self.reservation.free();
                        self.ready.finish()?;
                    }
                }
                Phase::Done => return Ok(None),
            }
        }
    }

    /// Takes rows that come out, no batch longer than asked for; whether more are wanted.
    fn push(&mut self, batch: &RecordBatch) -> Result<bool> {
        for at in (0..batch.num_rows()).step_by(self.batch_size) {
            let rows = self.batch_size.min(batch.num_rows() - at);
            if self.ready.push_batch(batch.slice(at, rows))? == PushBatchStatus::LimitReached {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn keep(&mut self, mut input: SendableRecordBatchStream) -> Result<Kept<K>> {
        let mut batches = vec![];
        let schema = input.schema();
        while let Some(batch) = input.next().await {
            let batch = batch?;
            self.metrics.build_rows.add(batch.num_rows());
            let index = batch.num_rows() * Dominance::<K>::BYTES_PER_ROW;
            self.reservation
                .try_grow(get_record_batch_memory_size(&batch) + index)?;
            batches.push(batch);
        }
        let timer = self.metrics.baseline.elapsed_compute().clone();
        let _timer = timer.timer();
        let kept = Kept::try_new(&self.shape, &schema, batches)?;
        let size = get_record_batch_memory_size(&kept.rows) + kept.index_size();
        self.reservation.try_resize(size)?;
        Ok(kept)
    }
}
