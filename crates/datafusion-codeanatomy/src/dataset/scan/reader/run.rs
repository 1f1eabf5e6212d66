//! The order in which a reader reads the files of a partition, and sends their rows.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use codeanatomy_extract::file::Entry;
use datafusion::arrow::array::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{DataFusionError, Result, internal_err, resources_err};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::physical_plan::metrics::{Count, MetricBuilder, MetricCategory};
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;

use super::Reader;
use super::send::{Sent, has_room, size};
use crate::dataset::scan::DatasetScanExec;
use crate::dataset::scan::hands::Hand;
use crate::dataset::scan::help::{Made, Step, Windows};

/// The work of one partition.
#[derive(Clone)]
pub(in crate::dataset::scan) struct Run {
    pub(in crate::dataset::scan) scan: DatasetScanExec,
    pub(in crate::dataset::scan) partition: usize,
    pub(in crate::dataset::scan) files: Range<usize>,
    pub(in crate::dataset::scan) context: Arc<TaskContext>,
    /// Readers of helpers that wait for their next call, and what counts the files that they read.
    pub(in crate::dataset::scan) idle: Arc<Mutex<Vec<(Reader, Count)>>>,
}

impl Run {
    fn files(&self) -> &[Entry] {
        &self.scan.files.entries[self.files.clone()]
    }

    /// A task that helps with windows, if there is a hand free and something to do: not where rows are counted, nor where
    /// readers share what they know of modules.
    fn call_for_help(&self, windows: &Arc<Windows>) -> Option<SpawnedTask<()>> {
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
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = idle().pop();
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
        idle().push((reader, count));
    }

    fn helper(&self) -> Result<(Reader, Count)> {
        let count = MetricBuilder::new(&self.scan.metrics)
            .with_category(MetricCategory::Rows)
            .counter("files_read_ahead", self.partition);
        Ok((Reader::new(&self.scan, self.partition, &self.context)?, count))
    }
}

impl Reader {
    /// Reads the files of `run` until all is sent or no more is wanted.
    pub(in crate::dataset::scan) fn run(&mut self, run: &Run, sender: &Sender<Sent>) -> Result<()> {
        let result = self.run_files(run, sender);
        self.finish();
        let mut idle = run.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.drain(..).for_each(|(mut helper, _)| helper.finish());
        if result.is_ok() && !sender.is_closed() {
            run.scan.hands.end(run.partition);
        }
        result
    }

    fn finish(&mut self) {
        if let Some(stored) = &mut self.stored {
            stored.finish();
        }
    }

    fn run_files(&mut self, run: &Run, sender: &Sender<Sent>) -> Result<()> {
        if self.dataset == "file_scope" {
            self.list_scope()?;
        }
        if let Some(options) = self.indexes.clone() {
            return self.run_indexes(run.files(), &options, sender);
        }
        let windows = Windows::new(run.files(), run.scan.files.folder().is_some());
        self.windows = Some(Arc::clone(&windows));
        let mut helpers = Vec::new();
        let _end = windows.until_end();
        while let Some(step) = windows.step() {
            helpers.extend(run.call_for_help(&windows));
            let goes_on = match step {
                Step::Read(files) => {
                    let goes_on = self.read_window(&run.files()[files], sender)?;
                    windows.sent();
                    goes_on
                }
                Step::ReadAhead(ahead) => {
                    if !self.send(sender)? {
                        return Ok(());
                    }
                    let made = self.read_ahead(&run.files()[ahead.files()], &windows);
                    ahead.made(made);
                    true
                }
                Step::Send(made) => {
                    let goes_on = self.send(sender)? && self.send_made(made, sender)?;
                    windows.sent();
                    goes_on
                }
            };
            if !goes_on || sender.is_closed() {
                return Ok(());
            }
        }
        self.send(sender)?;
        Ok(())
    }

    /// Reads files and sends their rows, but for those that do not fill a batch. False if no more is wanted.
    fn read_window(&mut self, files: &[Entry], sender: &Sender<Sent>) -> Result<bool> {
        let wanted = self.pruner.wanted(files)?;
        self.metrics.files_skipped_by_join.add(files.len() - wanted.len());
        for (i, entry) in wanted.iter().enumerate() {
            self.read(entry, &wanted[i..])?;
            if let Some(modules) = &self.modules {
                modules.charge()?;
            }
            let full = self.rows()? >= self.batch_size.min(self.left);
            if full && !self.send(sender)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows of files whose turn it is not yet.
    fn read_ahead(&mut self, files: &[Entry], windows: &Windows) -> Made {
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
        for (i, entry) in wanted.iter().enumerate() {
            self.read(entry, &wanted[i..])?;
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

    /// Sends rows that were read before their turn. False if no more is wanted.
    fn send_made(&mut self, made: Made, sender: &Sender<Sent>) -> Result<bool> {
        match made {
            Made::Rows(rows, charged) => Ok(self.send_rows(&rows, &charged, sender)),
            Made::Unread => internal_err!("files that were not read have no rows to send"),
            Made::Failed(error) => Err(error),
        }
    }

    fn list_scope(&mut self) -> Result<()> {
        let rows = Handle::current().block_on(self.source.scope(&self.runtime))?;
        let passed = self.filter.matches(rows.iter().map(|r| r.path.as_str()))?;
        let table = self.table()?;
        for (row, _) in rows.iter().zip(passed).filter(|(_, passed)| *passed) {
            table.push(&row.row());
        }
        Ok(())
    }
}
