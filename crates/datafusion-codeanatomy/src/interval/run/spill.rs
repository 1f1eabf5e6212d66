//! The join of what does not fit in memory.
//!
//! Both sides are divided by the hash of their keys into parts on disk, and part joins part. A part that does not fit either
//! is divided again, by another hash. One whose rows did not get fewer has one key (or none): its kept rows are taken a
//! slice at a time, as many as fit, and each slice is asked by all asking rows again; which of those have a
//! match is remembered from slice to slice, a bit each, and the last slice decides about those that have none.
//! Where the plan counts on the order of the asking rows, or a row's best matches are wanted, of which each slice may hold some, see
//! [`ordered`](super::ordered).

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::common::{Result, resources_err};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::physical_plan::SpillManager;
use futures::StreamExt;

use super::join::{Join, Marks};
use super::kept::Kept;
use super::load::Load;
use super::ordered::{Merged, numbered_shape};
use super::partition::{Disk, Part, numbered};
use super::shape::{Fate, Shape};
use super::stream::{Inputs, Metrics};
use crate::interval::index::Ordinal;

/// After so many divisions rows are taken in slices.
const LEVELS: u32 = 6;

/// What all parts share.
pub(super) struct Room {
    pub(super) runtime: Arc<RuntimeEnv>,
    pub(super) reservation: MemoryReservation,
    pub(super) compression: datafusion::common::config::SpillCompression,
    pub(super) batch_size: usize,
    pub(super) metrics: Metrics,
}

/// Two parts that are still to be joined.
struct Task {
    kept: Part,
    asking: Part,
    level: u32,
    /// Whether dividing them does not make them smaller.
    whole: bool,
}

/// Kept rows that are joined a slice at a time.
struct Slices {
    rest: SendableRecordBatchStream,
    /// Read, but not in a slice yet; none: all are.
    ahead: VecDeque<RecordBatch>,
    asking: Part,
    marks: Marks,
}

/// What comes of a step.
pub(super) enum Step {
    Rows(RecordBatch),
    /// The rows so far came in order; the next ones begin anew.
    Again,
    Done,
}

/// A join by way of the disk.
pub(super) struct Spilled<K> {
    pub(super) shape: Arc<Shape>,
    pub(super) room: Room,
    kept: Disk,
    asking: Disk,
    /// What comes out when the order is kept.
    merged: Option<Merged>,
    ordered: bool,
    /// How many columns come out.
    pub(super) width: usize,
    tasks: Vec<Task>,
    slices: Option<Slices>,
    join: Option<Join<K>>,
}

impl<K: Ordinal> Spilled<K> {
    /// Divides what was kept so far, the rest of that side, and the asking side.
    pub(super) async fn try_new(
        shape: &Arc<Shape>,
        room: Room,
        kept_so_far: Vec<RecordBatch>,
        inputs: Inputs,
    ) -> Result<Self> {
        let ordered = inputs.ordered || shape.best.is_some();
        let width = shape.columns.len();
        let (shape, asking_rows) = match ordered {
            true => {
                let shape = numbered_shape(shape, &inputs.kept.schema(), &inputs.asking.schema());
                (Arc::new(shape), numbered(inputs.asking))
            }
            false => (Arc::clone(shape), inputs.asking),
        };
        let disk = |rows: &SendableRecordBatchStream, keys: &Vec<_>| {
            let metrics = room.metrics.spill.clone();
            let manager = SpillManager::new(Arc::clone(&room.runtime), metrics, rows.schema());
            Disk::new(manager.with_compression_type(room.compression), keys.clone())
        };
        let kept = disk(&inputs.kept, &shape.kept_keys);
        let asking = disk(&asking_rows, &shape.asked_keys);
        let mut spilled = Self {
            shape,
            room,
            kept,
            asking,
            merged: None,
            ordered,
            width,
            tasks: vec![],
            slices: None,
            join: None,
        };
        spilled.divide(kept_so_far, inputs.kept, asking_rows, 0, None).await?;
        Ok(spilled)
    }

    /// Divides both sides into tasks; `of` is how many kept rows there are, if that is known.
    async fn divide(
        &mut self,
        kept_so_far: Vec<RecordBatch>,
        kept: SendableRecordBatchStream,
        asking: SendableRecordBatchStream,
        level: u32,
        of: Option<usize>,
    ) -> Result<()> {
        let kept = self
            .kept
            .divide(kept_so_far, kept, level, &self.room.reservation)
            .await?;
        let asking = self
            .asking
            .divide(vec![], asking, level, &self.room.reservation)
            .await?;
        let unmatched = |fate: Fate| matches!(fate, Fate::Kept | Fate::Existing(false));
        // The first part is joined first.
        for (kept, asking) in kept.into_iter().zip(asking).rev() {
            let needs_kept = kept.rows > 0 || unmatched(self.shape.asked_fate);
            let needs_asking = asking.rows > 0 || unmatched(self.shape.kept_fate);
            if needs_kept && needs_asking && kept.rows + asking.rows > 0 {
                self.tasks.push(Task {
                    whole: level + 1 >= LEVELS || self.shape.kept_keys.is_empty() || of == Some(kept.rows),
                    level: level + 1,
                    kept,
                    asking,
                });
            }
        }
        Ok(())
    }

    /// The next rows, not many more than a batch; `None`: all have come.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>> {
        if self.ordered {
            if self.merged.is_none() {
                self.merged = Some(self.merge().await?);
            }
            let Some(merged) = &mut self.merged else {
                return Ok(None);
            };
            return merged.next().await;
        }
        loop {
            match self.step().await? {
                Step::Rows(batch) => return Ok(Some(batch)),
                Step::Again => {}
                Step::Done => return Ok(None),
            }
        }
    }

    pub(super) async fn step(&mut self) -> Result<Step> {
        if let Some(join) = &mut self.join {
            if let Some(batch) = join.next().await? {
                return Ok(Step::Rows(batch));
            }
            let marks = self.join.take().and_then(Join::into_marks);
            self.room.reservation.free();
            if let (Some(slices), Some(marks)) = (&mut self.slices, marks) {
                slices.marks = marks;
            }
            return Ok(Step::Again);
        }
        if let Some(slices) = self.slices.take_if(|slices| !slices.ahead.is_empty()) {
            self.next_slice(slices).await?;
            return Ok(Step::Again);
        }
        self.slices = None;
        match self.tasks.pop() {
            Some(task) => self.start(task).await?,
            None => return Ok(Step::Done),
        }
        Ok(Step::Again)
    }

    /// Joins two parts, divides them again, or begins with their first slice.
    async fn start(&mut self, task: Task) -> Result<()> {
        if task.whole {
            let mut rest = self.kept.read(&task.kept)?;
            let ahead = rest.next().await.transpose()?.into_iter().collect();
            let slices = Slices {
                ahead,
                rest,
                asking: task.asking,
                marks: Marks::new(self.room.reservation.new_empty()),
            };
            return self.next_slice(slices).await;
        }
        let mut load = Load::<K>::new(&self.shape, self.kept.schema());
        let mut rows = self.kept.read(&task.kept)?;
        if load.all(&mut rows, &self.room.reservation).await? {
            match load.finish(&self.room.reservation)? {
                Ok(kept) => return self.start_join(kept, &task.asking, None),
                Err(batches) => load = Load::of(&self.shape, self.kept.schema(), batches),
            }
        }
        let asking = self.asking.read(&task.asking)?;
        self.divide(load.into_batches(), rows, asking, task.level, Some(task.kept.rows))
            .await
    }

    /// Joins as many kept rows as fit.
    async fn next_slice(&mut self, mut slices: Slices) -> Result<()> {
        let mut load = Load::<K>::new(&self.shape, self.kept.schema());
        while let Some(batch) = slices.ahead.pop_front() {
            match load.push(batch.clone(), &self.room.reservation) {
                Ok(()) if slices.ahead.is_empty() => slices.ahead.extend(slices.rest.next().await.transpose()?),
                Ok(()) => {}
                Err(_) if !load.is_empty() => {
                    slices.ahead.push_front(batch);
                    break;
                }
                Err(error) if batch.num_rows() == 1 => return Err(error),
                Err(_) => {
                    let (rows, half) = (batch.num_rows() as u32, batch.num_rows() as u32 / 2);
                    for part in [half..rows, 0..half] {
                        let part = take_record_batch(&batch, &UInt32Array::from_iter_values(part))?;
                        slices.ahead.push_front(part);
                    }
                }
            }
        }
        let Ok(kept) = load.finish(&self.room.reservation)? else {
            return resources_err!("an interval join has not the memory to index a slice of the rows that it keeps");
        };
        let mut marks = std::mem::replace(&mut slices.marks, Marks::new(self.room.reservation.new_empty()));
        marks.begin(slices.ahead.is_empty());
        self.start_join(kept, &slices.asking.clone(), Some(marks))?;
        self.slices = Some(slices);
        Ok(())
    }

    fn start_join(&mut self, kept: Kept<K>, asking: &Part, marks: Option<Marks>) -> Result<()> {
        let join = Join::new(
            Arc::clone(&self.shape),
            kept,
            self.asking.read(asking)?,
            self.room.batch_size,
            self.room.metrics.clone(),
        );
        self.join = Some(join.with_marks(marks));
        Ok(())
    }
}
