//! What the partitions of a scan of imports share: the modules of the source.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{ModuleReader, Modules};
use datafusion::common::Result;
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::physical_plan::metrics::Count;

use crate::dataset::cache::ScanId;
use crate::source::{FileReader, Files};

/// The modules of a source, and where their files are. What is read of them lasts as long as one execution does.
#[derive(Debug, Clone)]
pub(in crate::dataset) struct ScanModules {
    modules: Arc<Modules>,
    files: Files,
    open: Arc<Mutex<Weak<OpenModules>>>,
}

/// The modules while a scan runs, charged to its memory pool.
#[derive(Debug)]
pub(super) struct OpenModules {
    pub(super) modules: Arc<Modules>,
    /// A file is parsed for its own rows and for those of files that import it.
    pub(super) second_use: ScanId,
    reservation: MemoryReservation,
}

impl ScanModules {
    /// The modules among all files of a source.
    pub(in crate::dataset) fn new(files: &Files) -> Self {
        Self {
            modules: Arc::new(Modules::new(&files.entries)),
            files: files.clone(),
            open: Arc::default(),
        }
    }

    /// The files and folders that are modules.
    pub(in crate::dataset) fn entries(&self) -> Files {
        self.files.with_entries(self.modules.entries())
    }

    /// What the partitions that run now share.
    pub(super) fn open(&self, dataset: &str, context: &TaskContext) -> Arc<OpenModules> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open.upgrade() {
            return open;
        }
        let consumer = MemoryConsumer::new(format!("modules of {dataset}"));
        let new = Arc::new(OpenModules {
            modules: Arc::new(self.modules.anew()),
            second_use: ScanId::default(),
            reservation: consumer.register(context.memory_pool()),
        });
        *open = Arc::downgrade(&new);
        new
    }

    /// Reads the files that imports lead to.
    pub(super) fn reader(&self, files_read: Count, bytes_read: Count) -> Box<dyn ModuleReader> {
        Box::new(ImportedFiles {
            files: self.files.reader(),
            files_read,
            bytes_read,
        })
    }
}

impl OpenModules {
    /// Charges what is kept by now.
    pub(super) fn charge(&self) -> Result<()> {
        self.reservation.try_resize(self.modules.memory_size())
    }
}

struct ImportedFiles {
    files: FileReader,
    files_read: Count,
    bytes_read: Count,
}

impl fmt::Debug for ImportedFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportedFiles")
    }
}

impl ModuleReader for ImportedFiles {
    fn read(&mut self, entry: &Entry) -> io::Result<Vec<u8>> {
        let bytes = self.files.read(entry)?;
        self.files_read.add(1);
        self.bytes_read.add(bytes.len());
        Ok(bytes)
    }
}
