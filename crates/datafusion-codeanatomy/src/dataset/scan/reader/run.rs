//! The order in which a reader reads the files of a partition.

use std::sync::Arc;

use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{Result, internal_err};
use datafusion::execution::memory_pool::MemoryPool;
use tokio::runtime::Handle;

use super::Reader;
use super::helper::Run;
use super::indexes::Indexes;
use super::ready::Ready;
use crate::dataset::scan::help::{Ahead, Made, Step, Windows};

/// A reader at work on the files of a partition.
pub(in crate::dataset::scan) struct Reading {
    reader: Reader,
    run: Run,
    windows: Arc<Windows>,
    helpers: Vec<SpawnedTask<()>>,
    now: Now,
}

/// What a reader is about to do.
enum Now {
    Begin,
    /// The next window, if there is one.
    Window,
    /// The files of a window that are wanted, of which some were read.
    Files(Vec<usize>, usize),
    /// A window whose turn it is not yet.
    Ahead(Ahead),
    /// A window that was read before its turn.
    Send(Made),
    Indexes(Indexes),
    /// Nothing: all was read, or no more is wanted, or a step failed.
    End,
}

/// What comes next of a reader.
pub(in crate::dataset::scan) enum Next {
    Rows(Ready),
    /// Nothing yet.
    Nothing,
    End,
}

impl Reading {
    pub(in crate::dataset::scan) fn new(reader: Reader, run: Run) -> Self {
        let windows = Windows::new(run.files(), run.scan.files.folder().is_some());
        Self {
            reader,
            run,
            windows,
            helpers: vec![],
            now: Now::Begin,
        }
    }

    /// Whether what is read is waited for in a thread of its own: the steps of a reader block it.
    pub(in crate::dataset::scan) fn waits(&self) -> bool {
        self.run.scan.files.are_objects() || self.reader.dataset == "file_scope"
    }

    pub(super) fn memory_pool(&self) -> &dyn MemoryPool {
        &*self.reader.runtime.memory_pool
    }

    /// A batch, if there is one, or a step towards it. An error comes behind the rows before it, and is the last.
    pub(super) fn next(&mut self) -> Result<Next> {
        if let Some(ready) = self.reader.take() {
            return Ok(Next::Rows(ready));
        }
        // It stays so if the step fails.
        let now = std::mem::replace(&mut self.now, Now::End);
        self.now = match now {
            Now::Begin => self.begin()?,
            Now::Window => self.window()?,
            Now::Files(wanted, read) => self.file(wanted, read)?,
            Now::Ahead(ahead) => {
                let made = self.reader.read_ahead(&self.run.files()[ahead.files()], &self.windows);
                ahead.made(made);
                Now::Window
            }
            Now::Send(made) => {
                let goes_on = self.reader.make_of_made(made)?;
                self.windows.sent();
                if goes_on { Now::Window } else { Now::End }
            }
            Now::Indexes(mut indexes) => match self.reader.read_document(&mut indexes)? {
                true => Now::Indexes(indexes),
                false => Now::End,
            },
            Now::End => return Ok(Next::End),
        };
        Ok(self.reader.take().map_or(Next::Nothing, Next::Rows))
    }

    /// Whether what was read goes into the persistent cache.
    pub(super) fn writes(&self) -> bool {
        self.reader.stored.is_some()
    }

    /// Completes what was written, when there is nothing left to read.
    pub(super) fn complete(&mut self) {
        self.windows.wait_for_helpers();
        self.end();
        self.run.scan.hands.end(self.run.partition);
    }

    fn begin(&mut self) -> Result<Now> {
        if self.reader.dataset == "file_scope" {
            self.reader.list_scope()?;
        }
        if let Some(options) = self.reader.indexes.clone() {
            return Ok(Now::Indexes(self.reader.open_indexes(self.run.files(), &options)?));
        }
        self.reader.windows = Some(Arc::clone(&self.windows));
        Ok(Now::Window)
    }

    fn window(&mut self) -> Result<Now> {
        let Some(step) = self.windows.step() else {
            self.reader.make()?;
            return Ok(Now::End);
        };
        self.helpers.extend(self.run.call_for_help(&self.windows));
        let (goes_on, now) = match step {
            Step::Read(window) => {
                let files = &self.run.files()[window.clone()];
                let wanted = self.reader.pruner.wanted(files)?;
                self.reader
                    .metrics
                    .files_skipped_by_join
                    .add(files.len() - wanted.len());
                let wanted = wanted.into_iter().map(|i| window.start + i).collect();
                return Ok(Now::Files(wanted, 0));
            }
            Step::ReadAhead(ahead) => (self.reader.make()?, Now::Ahead(ahead)),
            Step::Send(made) => (self.reader.make()?, Now::Send(made)),
        };
        Ok(if goes_on { now } else { Now::End })
    }

    /// Reads a file, and makes batches of rows if there are enough.
    fn file(&mut self, wanted: Vec<usize>, read: usize) -> Result<Now> {
        let Some(&file) = wanted.get(read) else {
            self.windows.sent();
            return Ok(Now::Window);
        };
        let files = self.run.files();
        let next = wanted[read..].iter().map(|&file| &files[file]);
        self.reader.read(&files[file], next)?;
        if let Some(modules) = &self.reader.modules {
            modules.charge()?;
        }
        let is_full = self.reader.rows()? >= self.reader.batch_size.min(self.reader.left);
        let goes_on = !is_full || self.reader.make()?;
        Ok(if goes_on {
            Now::Files(wanted, read + 1)
        } else {
            Now::End
        })
    }

    /// Has helpers stop, which complete what they wrote themselves if they are still at work.
    fn end(&mut self) {
        let Some(idle) = self.run.idle().take() else {
            return; // It has ended before.
        };
        self.windows.end();
        self.reader.finish();
        idle.into_iter().for_each(|(mut helper, _)| helper.finish());
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if !matches!(self.now, Now::Begin) {
            self.end();
        }
    }
}

impl Reader {
    pub(super) fn finish(&mut self) {
        if let Some(stored) = &mut self.stored {
            stored.finish();
        }
    }

    /// Makes batches of rows that were read before their turn. False if no more is wanted.
    fn make_of_made(&mut self, made: Made) -> Result<bool> {
        match made {
            Made::Rows(rows, charged) => Ok(self.make_of(&rows, &charged)),
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
