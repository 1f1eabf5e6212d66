//! Files that are read before their turn, by readers that help and by the partition's own.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codeanatomy_extract::file::Entry;
use datafusion::arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result, resources_err};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::physical_plan::metrics::{Count, MetricBuilder, MetricCategory};

use super::Reader;
use super::ready::{has_room, size};
use crate::dataset::scan::DatasetScanExec;
use crate::dataset::scan::hands::Hand;
use crate::dataset::scan::help::{Made, Windows};

/// The work of one partition.
#[derive(Clone)]
pub(in crate::dataset::scan) struct Run {
    pub(super) scan: DatasetScanExec,
    pub(super) partition: usize,
    files: Range<usize>,
    context: Arc<TaskContext>,
    idle: Arc<Mutex<Idle>>,
}

/// Readers of helpers that wait for their next call, and what counts the files that they read; none when all is over.
pub(super) type Idle = Option<Vec<(Reader, Count)>>;

impl Run {
    pub(in crate::dataset::scan) fn new(
        scan: &DatasetScanExec,
        partition: usize,
        files: Range<usize>,
        context: Arc<TaskContext>,
    ) -> Self {
        Self {
            scan: scan.clone(),
            partition,
            files,
            context,
            idle: Arc::new(Mutex::new(Some(vec![]))),
        }
    }

    pub(super) fn files(&self) -> &[Entry] {
        &self.scan.files.entries[self.files.clone()]
    }

    /// A task that helps with windows, if there is a hand free and something to do: not where rows are counted, nor where
    /// readers share what they know of modules.
    pub(super) fn call_for_help(&self, windows: &Arc<Windows>) -> Option<SpawnedTask<()>> {
        let is_plain = self.scan.limit.is_none() && self.scan.modules.is_none();
        let hand = is_plain.then(|| self.scan.hands.take()).flatten()?;
        let (run, windows) = (self.clone(), Arc::clone(windows));
        let help = windows.call();
        help.then(|| SpawnedTask::spawn_blocking(move || run.give_help(&windows, hand)))
    }

    fn give_help(&self, windows: &Arc<Windows>, _hand: Hand) {
        let Some(_helper) = windows.enter() else {
            return;
        };
        let waiting = self.idle().as_mut().and_then(Vec::pop);
        let Ok((mut reader, count)) = waiting.map_or_else(|| self.helper(), Ok) else {
            // The partition's own goes on alone.
            return windows.give_up();
        };
        while let Some(ahead) = windows.help() {
            let files = &self.files()[ahead.files()];
            let made = reader.read_ahead(files, windows);
            if let Made::Rows(..) = made {
                count.add(files.len());
            }
            ahead.made(made);
        }
        let mut idle = self.idle();
        if let Some(idle) = idle.as_mut() {
            return idle.push((reader, count));
        }
        drop(idle);
        reader.finish();
    }

    fn helper(&self) -> Result<(Reader, Count)> {
        let count = MetricBuilder::new(&self.scan.metrics)
            .with_category(MetricCategory::Rows)
            .counter("files_read_ahead", self.partition);
        Ok((Reader::new(&self.scan, self.partition, &self.context)?, count))
    }

    pub(super) fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    /// The rows of files whose turn it is not yet.
    pub(super) fn read_ahead(&mut self, files: &[Entry], windows: &Windows) -> Made {
        let charged = self.reservation.new_empty();
        match self.rows_ahead(files, windows, &charged) {
            Ok(rows) => Made::Rows(rows, charged),
            Err(error) => {
                // What is left of them is not to come with those of other files.
                drop(self.take_rows());
                match error.find_root() {
                    DataFusionError::ResourcesExhausted(_) => Made::Unread,
                    _ => Made::Failed(error),
                }
            }
        }
    }

    fn rows_ahead(
        &mut self,
        files: &[Entry],
        windows: &Windows,
        charged: &MemoryReservation,
    ) -> Result<Vec<RecordBatch>> {
        let mut batches = vec![];
        let wanted = self.pruner.wanted(files)?;
        self.metrics.files_skipped_by_join.add(files.len() - wanted.len());
        for (i, &file) in wanted.iter().enumerate() {
            self.read(&files[file], wanted[i..].iter().map(|&file| &files[file]))?;
            let is_last = i + 1 == wanted.len();
            if is_last || self.rows()? >= self.batch_size {
                let (rows, beside_rows) = self.take_rows()?;
                self.reservation.try_resize(beside_rows)?;
                charged.try_grow(size(&rows))?;
                if !has_room(&*self.runtime.memory_pool) {
                    return resources_err!("rows do not wait for their turn where memory is short");
                }
                batches.extend(rows);
            }
            if windows.is_over() {
                break;
            }
        }
        Ok(batches)
    }
}
