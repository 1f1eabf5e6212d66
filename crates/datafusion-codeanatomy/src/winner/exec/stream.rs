//! One partition at work: rows come, some are kept, and they go out when their groups are complete.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch};
use datafusion::arrow::compute::partition;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::execution::{SendableRecordBatchStream, SpillFile};
use datafusion::physical_plan::SpillManager;
use futures::StreamExt;

use super::WinnerMode;
use super::metrics::SelectMetrics;
use super::output::Output;
use super::shape::Shape;
use super::spill::{LEVELS, Parts};
use crate::winner::select::{Incoming, Selection, equal};

/// What stays the same while a partition runs.
pub(super) struct Setting {
    pub(super) shape: Arc<Shape>,
    pub(super) schema: SchemaRef,
    pub(super) mode: WinnerMode,
    /// Whether the rows of a group come one after the other.
    pub(super) sorted: bool,
    /// Whether closed groups go out with every batch, since the input may never end.
    pub(super) eager: bool,
    pub(super) batch_size: usize,
    /// After how many rows a partial selection looks whether it pays, and the part of kept rows from which it does not.
    pub(super) probe: (usize, f64),
    pub(super) reservation: MemoryReservation,
    pub(super) metrics: SelectMetrics,
    /// None: nothing can be put aside.
    pub(super) spill: Option<SpillManager>,
}

pub(super) struct Driver {
    set: Setting,
    /// The input, or a part that was put aside; none when it has ended.
    input: Option<SendableRecordBatchStream>,
    /// How often the rows of the input have been parted.
    level: u64,
    selection: Selection,
    /// The key of the last row, where the rows of a group come one after the other.
    last: Option<Vec<ArrayRef>>,
    /// Where rows go when memory has run out.
    parts: Option<Parts>,
    /// Files whose rows are still to be selected from, with their level.
    waiting: Vec<(u64, Arc<dyn SpillFile>)>,
    output: Output,
    /// Bytes reserved when the rows that are going out began to.
    going_out: usize,
    probed: bool,
    passing: bool,
}

impl Driver {
    pub(super) fn new(set: Setting, input: SendableRecordBatchStream) -> Result<Self> {
        Ok(Self {
            selection: Selection::new(&set.shape.layout, set.sorted)?,
            output: Output::new(&set.schema, set.batch_size),
            input: Some(input),
            level: 0,
            last: None,
            parts: None,
            waiting: Vec::new(),
            going_out: 0,
            probed: set.mode != WinnerMode::Partial || set.sorted,
            passing: false,
            set,
        })
    }

    /// The next batch of rows that win; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            let busy = self.set.metrics.baseline.elapsed_compute().clone();
            let timer = busy.timer();
            let is_over = self.input.is_none() && self.waiting.is_empty();
            let batch = self.output.next(is_over || self.passing || self.set.eager)?;
            self.release();
            drop(timer);
            if let Some(batch) = batch {
                self.set.metrics.baseline.record_output(batch.num_rows());
                return Ok(Some(batch));
            }
            if is_over {
                return Ok(None);
            }
            let Some(input) = &mut self.input else {
                self.reopen()?;
                continue;
            };
            match input.next().await.transpose()? {
                Some(batch) if self.passing => {
                    self.set.metrics.pass(batch.num_rows());
                    self.set.metrics.baseline.record_output(batch.num_rows());
                    return Ok(Some(batch));
                }
                Some(batch) if batch.num_rows() > 0 => {
                    let _timer = busy.timer();
                    self.take(batch)?;
                }
                Some(_) => {}
                None => {
                    let _timer = busy.timer();
                    self.input = None;
                    self.end()?;
                }
            }
        }
    }

    /// Gives back the memory of rows that have gone out.
    fn release(&mut self) {
        if self.going_out > 0 {
            let bytes = (self.going_out as f64 * self.output.remaining()) as usize;
            self.set.reservation.resize(bytes + self.selection.memory());
            if bytes == 0 {
                self.going_out = 0;
            }
        }
    }

    fn take(&mut self, batch: RecordBatch) -> Result<()> {
        if let Some(parts) = &mut self.parts {
            let weighed = batch.num_columns() == self.set.shape.weighed.fields().len();
            return parts.write(if weighed {
                batch
            } else {
                self.set.shape.unweighed(&batch)?
            });
        }
        let rows = self.set.shape.rows(&batch)?;
        drop(batch);
        if self.set.sorted {
            self.take_sorted(&rows)?;
        } else {
            self.selection.push(rows)?;
        }
        self.reserve()?;
        if !self.probed && self.selection.rows() >= self.set.probe.0 {
            self.probed = true;
            self.passing = self.does_not_pay()?;
            if self.passing {
                self.close()?;
            }
        }
        Ok(())
    }

    /// Whether nearly all rows are kept.
    fn does_not_pay(&mut self) -> Result<bool> {
        Ok(!self.set.sorted && self.selection.kept()? as f64 >= self.set.probe.1 * self.selection.rows() as f64)
    }

    /// Closes the groups before the last one of these rows.
    fn take_sorted(&mut self, rows: &Incoming) -> Result<()> {
        let count = rows.rows.num_rows();
        let start = if rows.keys.is_empty() {
            0
        } else {
            partition(&rows.keys)?.ranges().last().map_or(0, |last| last.start)
        };
        let goes_on = match &self.last {
            Some(last) => start == 0 && equal(last, 0, &rows.keys, 0)?,
            None => true,
        };
        if start > 0 {
            self.selection.push(rows.slice(0, start))?;
        }
        if !goes_on && (self.set.eager || self.selection.rows() >= self.set.batch_size) {
            self.close()?;
        }
        self.selection.push(rows.slice(start, count - start))?;
        self.last = Some(rows.keys.iter().map(|key| key.slice(count - 1, 1)).collect());
        Ok(())
    }

    /// Lets all rows that win go out.
    fn close(&mut self) -> Result<()> {
        let empty = Selection::new(&self.set.shape.layout, self.set.sorted && self.level == 0)?;
        let selection = std::mem::replace(&mut self.selection, empty);
        let (emission, standing) = selection.finish(SchemaRef::clone(&self.set.schema))?;
        self.set.metrics.close(standing);
        self.going_out = self.set.reservation.size();
        self.output.emit(emission);
        Ok(())
    }

    /// Charges what is held, and makes do where it is too much.
    fn reserve(&mut self) -> Result<()> {
        let error = match self.try_reserve() {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if self.selection.shrink()? && self.try_reserve().is_ok() {
            return Ok(());
        }
        if self.set.mode == WinnerMode::Partial {
            self.passing |= self.does_not_pay()?;
            return self.close();
        }
        let one_group = self.level > 0 && self.selection.groups() <= 1;
        match &self.set.spill {
            Some(manager) if !self.set.sorted && !one_group && self.level < LEVELS && self.has_keys() => {
                let mut parts = Parts::new(&self.set.shape, manager, self.level);
                let empty = Selection::new(&self.set.shape.layout, false)?;
                let selection = std::mem::replace(&mut self.selection, empty);
                let mut kept = selection.suspend(Arc::clone(&self.set.shape.weighed))?;
                while let Some(batch) = kept.next()? {
                    parts.write(batch)?;
                }
                self.parts = Some(parts);
                self.set.reservation.free();
                Ok(())
            }
            _ => Err(self.too_large(error)),
        }
    }

    fn has_keys(&self) -> bool {
        !self.set.shape.layout.keys.fields().is_empty()
    }

    fn try_reserve(&mut self) -> Result<()> {
        self.set
            .reservation
            .try_resize(self.selection.memory() + self.going_out)
    }

    fn too_large(&self, error: DataFusionError) -> DataFusionError {
        error.context(format!(
            "winner selection cannot put rows aside: {}",
            if self.set.sorted {
                "its input is ordered by the group keys, and the rows of one group that are needed do not fit"
            } else if self.set.spill.is_none() {
                "the session writes no temporary files"
            } else {
                "the rows of one group that are needed do not fit"
            }
        ))
    }

    /// The input has ended.
    fn end(&mut self) -> Result<()> {
        match self.parts.take() {
            Some(parts) => {
                let level = self.level + 1;
                self.waiting
                    .extend(parts.finish()?.into_iter().map(|file| (level, file)));
                Ok(())
            }
            None if self.selection.rows() > 0 => self.close(),
            None => Ok(()),
        }
    }

    /// Goes on with the rows of a file.
    fn reopen(&mut self) -> Result<()> {
        if let (Some((level, file)), Some(manager)) = (self.waiting.pop(), &self.set.spill) {
            self.selection = Selection::new(&self.set.shape.layout, false)?;
            self.level = level;
            self.input = Some(manager.read_spill_as_stream(file, None)?);
        }
        Ok(())
    }
}
