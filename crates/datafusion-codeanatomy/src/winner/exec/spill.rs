//! Rows put aside by a hash of their group key, to be selected from part by part.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::compute::{BatchCoalescer, take_record_batch};
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::error::Result;
use datafusion::execution::SpillFile;
use datafusion::physical_plan::SpillManager;

use super::shape::Shape;

/// Parts of one level.
const PARTS: usize = 16;

/// Rows that are parted at a time.
const ROWS: usize = 8192;

/// How often the rows of a part are parted again: 16⁸ parts separate all groups that memory can hold.
pub(super) const LEVELS: u64 = 8;

/// Files of one level, one per part that has rows.
pub(super) struct Parts {
    shape: Arc<Shape>,
    level: u64,
    pending: BatchCoalescer,
    open: Box<dyn Fn() -> Result<Writer> + Send>,
    writers: Vec<Option<Writer>>,
}

/// Appends a batch, or closes the file when there is none.
type Writer = Box<dyn FnMut(Option<&RecordBatch>) -> Result<Option<Arc<dyn SpillFile>>> + Send>;

impl Parts {
    pub(super) fn new(shape: &Arc<Shape>, manager: &SpillManager, level: u64) -> Self {
        let manager = manager.clone();
        let open = move || -> Result<Writer> {
            let mut file = manager.create_in_progress_file("winner selection")?;
            Ok(Box::new(move |batch| match batch {
                Some(batch) => file.append_batch(batch).map(|_| None),
                None => file.finish(),
            }))
        };
        Self {
            shape: Arc::clone(shape),
            level,
            pending: BatchCoalescer::new(Arc::clone(&shape.weighed), ROWS),
            open: Box::new(open),
            writers: (0..PARTS).map(|_| None).collect(),
        }
    }

    /// Puts aside rows with their weights.
    pub(super) fn write(&mut self, batch: RecordBatch) -> Result<()> {
        self.pending.push_batch(batch)?;
        while let Some(batch) = self.pending.next_completed_batch() {
            self.part(&batch)?;
        }
        Ok(())
    }

    fn part(&mut self, batch: &RecordBatch) -> Result<()> {
        let keys = self.shape.keys(batch)?;
        let mut hashes = vec![0; batch.num_rows()];
        create_hashes(&keys, &RandomState::with_seed(self.level + 1), &mut hashes)?;
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); PARTS];
        for (row, hash) in hashes.iter().enumerate() {
            rows[(hash >> 32) as usize % PARTS].push(row as u32);
        }
        for (rows, writer) in rows.into_iter().zip(&mut self.writers) {
            if rows.is_empty() {
                continue;
            }
            let rows = take_record_batch(batch, &UInt32Array::from(rows))?;
            let writer = match writer {
                Some(writer) => writer,
                None => writer.insert((self.open)()?),
            };
            writer(Some(&rows))?;
        }
        Ok(())
    }

    /// The files, in the order of their parts.
    pub(super) fn finish(mut self) -> Result<Vec<Arc<dyn SpillFile>>> {
        self.pending.finish_buffered_batch()?;
        while let Some(batch) = self.pending.next_completed_batch() {
            self.part(&batch)?;
        }
        let mut files = Vec::new();
        for mut writer in self.writers.into_iter().flatten() {
            files.extend(writer(None)?);
        }
        Ok(files)
    }
}
