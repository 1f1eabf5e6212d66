//! The rows of the files of a scan: found, or added.

use std::io;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use codeanatomy_extract::{CaptureQuery, Options, Request};
use codeanatomy_model::Contract;

use crate::cache::Cache;
use crate::entry::{Columns, encode, stored_columns};
use crate::key::{FileHash, Key, Recipe};
use crate::pack::{OpenPack, PackWriter, Place, Window};

/// A larger pack is finished and another begun.
const PACK_BYTES: u64 = 64 << 20;

/// What was done so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Entries that were found.
    pub found: usize,
    /// Entries that were there and damaged, and packs that were damaged as a whole.
    pub repaired: usize,
    /// Times that a file of the cache could not be read, written or removed. Nothing more is written then.
    pub failed: usize,
    /// Bytes of entries that were found.
    pub bytes_read: u64,
    /// Bytes of entries that were added.
    pub bytes_written: u64,
}

/// Collects rows of one dataset, file by file, from the cache or from who extracts them, and puts those into the cache.
///
/// What was added is in the cache once this is finished or dropped.
#[derive(Debug)]
pub struct CachedRows {
    cache: Arc<Cache>,
    dataset: &'static str,
    recipe: Recipe,
    columns: Columns,
    ready: Vec<RecordBatch>,
    packs: Vec<OpenPack>,
    /// The pack in which the last entry was found.
    recent: usize,
    window: Window,
    writer: Option<PackWriter>,
    may_write: bool,
    has_written: bool,
    counts: Counts,
    error: Option<io::Error>,
}

enum Lookup {
    Rows,
    Damaged,
    Gone,
}

impl CachedRows {
    /// For a scan that gives the columns of `projection`. Fails if [`CachedRows::keeps`] says that it does not keep them.
    pub fn new(
        cache: &Arc<Cache>,
        contract: &'static Contract,
        projection: &[usize],
        options: Options,
        query: Option<&CaptureQuery>,
    ) -> Result<Self, ArrowError> {
        let mut rows = Self {
            cache: Arc::clone(cache),
            dataset: contract.name,
            recipe: Recipe::new(contract, options, query),
            columns: Columns::new(contract, projection)?,
            ready: Vec::new(),
            packs: Vec::new(),
            recent: 0,
            window: Window::default(),
            writer: None,
            may_write: true,
            has_written: false,
            counts: Counts::default(),
            error: None,
        };
        rows.list();
        Ok(rows)
    }

    /// Whether the columns of `projection` are kept; all are but the text of files.
    pub fn keeps(contract: &Contract, projection: &[usize]) -> bool {
        let stored = stored_columns(contract);
        projection.iter().all(|column| stored.contains(column))
    }

    /// What to extract where nothing is found: rows with all columns that are kept, whatever is asked for, so that the next query may ask for others.
    pub fn request(contract: &'static Contract, options: Options, query: Option<&CaptureQuery>) -> Request {
        let request = Request::new(options).with(contract, Some(stored_columns(contract)));
        match query {
            Some(query) => request.with_query(query.clone()),
            None => request,
        }
    }

    /// The key of a file.
    pub fn key(&self, file: &FileHash) -> Key {
        self.recipe.key(file)
    }

    /// Adds the rows of a key if they are there.
    pub fn find(&mut self, key: &Key) -> Result<bool, ArrowError> {
        for attempt in 0..2 {
            let mut is_gone = false;
            for i in 0..self.packs.len() {
                // The next file's entry most likely stands in the same pack.
                let i = (self.recent + i) % self.packs.len();
                let open = &mut self.packs[i];
                // And behind the last.
                let Some(at) = open.pack.find(key, open.next) else {
                    continue;
                };
                open.next = at + 1;
                let place = open.pack.places()[at];
                match self.read(i, &place)? {
                    Lookup::Rows => {
                        self.recent = i;
                        self.packs[i].is_used = true;
                        self.counts.found += 1;
                        self.counts.bytes_read += u64::from(place.length);
                        return Ok(true);
                    }
                    Lookup::Damaged => {
                        self.counts.repaired += 1;
                        self.packs[i].is_damaged = true;
                    }
                    Lookup::Gone => is_gone = true,
                }
            }
            if !is_gone || attempt > 0 {
                break;
            }
            // Packs have been merged meanwhile, and others have the entries.
            self.list();
        }
        Ok(false)
    }

    fn list(&mut self) {
        let found = self.cache.packs(self.dataset);
        self.counts.repaired += found.damaged;
        if let Some(error) = found.error {
            self.fail(error);
        }
        let before = std::mem::take(&mut self.packs);
        self.mark_and_repair(before);
        self.packs = found.packs.into_iter().map(OpenPack::new).collect();
        self.recent = 0;
        self.window = Window::default();
    }

    fn read(&mut self, pack: usize, place: &Place) -> Result<Lookup, ArrowError> {
        let entry = match self.window.read(pack, &mut self.packs[pack], place) {
            Ok(entry) => entry,
            Err(error) => {
                return Ok(match error.kind() {
                    io::ErrorKind::NotFound => Lookup::Gone,
                    io::ErrorKind::UnexpectedEof => Lookup::Damaged,
                    _ => {
                        self.fail(error);
                        Lookup::Damaged
                    }
                });
            }
        };
        if !place.is_of(entry) {
            return Ok(Lookup::Damaged);
        }
        if !self.columns.has_room(entry.len()) {
            self.ready.push(self.columns.take()?);
        }
        Ok(match self.columns.append(entry) {
            Some(()) => Lookup::Rows,
            None => Lookup::Damaged,
        })
    }

    /// Adds rows that were extracted, with the columns of [`CachedRows::request`], and keeps them under `key`, if there is one.
    pub fn add(&mut self, key: Option<Key>, rows: &RecordBatch) -> Result<(), ArrowError> {
        let Some(entry) = encode(rows) else {
            // Too much for an entry: it is extracted every time.
            self.ready.push(self.columns.take()?);
            self.ready.push(self.columns.of(rows)?);
            return Ok(());
        };
        if !self.columns.has_room(entry.len()) {
            self.ready.push(self.columns.take()?);
        }
        if self.columns.append(&entry).is_none() {
            return Err(ArrowError::ComputeError(format!(
                "rows of {} were encoded wrongly",
                self.dataset
            )));
        }
        if let Some(key) = key.filter(|_| self.may_write) {
            match self.write(key, &entry) {
                Ok(()) => self.counts.bytes_written += entry.len() as u64,
                Err(error) => self.fail(error),
            }
        }
        Ok(())
    }

    fn write(&mut self, key: Key, entry: &[u8]) -> io::Result<()> {
        let limit = PACK_BYTES.min(self.cache.max_bytes() / 4);
        if let Some(full) = self
            .writer
            .take_if(|writer| writer.bytes() + entry.len() as u64 > limit)
        {
            full.finish()?;
            self.has_written = true;
            self.cache.tidy(self.dataset)?;
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self
                .writer
                .insert(PackWriter::create(&self.cache.folder_of(self.dataset))?),
        };
        writer.add(key, entry)
    }

    /// Nothing more is written, and what was begun is left.
    fn fail(&mut self, error: io::Error) {
        self.counts.failed += 1;
        self.writer = None;
        self.may_write = false;
        self.error.get_or_insert(error);
    }

    /// The number of rows since the last [`CachedRows::take`].
    pub fn len(&self) -> usize {
        self.columns.rows() + self.ready.iter().map(RecordBatch::num_rows).sum::<usize>()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives the rows and starts anew.
    pub fn take(&mut self) -> Result<Vec<RecordBatch>, ArrowError> {
        let last = self.columns.take()?;
        self.ready.push(last);
        Ok(std::mem::take(&mut self.ready))
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The memory that is used beside rows: indexes of packs (which those who use the same cache share), and buffers.
    pub fn memory_size(&self) -> usize {
        let indexes = self.packs.iter().map(|open| open.pack.memory_size()).sum::<usize>();
        indexes + self.window.memory_size() + self.writer.as_ref().map_or(0, PackWriter::memory_size)
    }

    /// Completes what was written, repairs what was found damaged, and keeps the cache to its bound. Gives the first error that
    /// came up since the beginning, which has hurt no row.
    pub fn finish(&mut self) -> Option<io::Error> {
        if let Some(writer) = self.writer.take() {
            match writer.finish() {
                Ok(()) => self.has_written = true,
                Err(error) => self.fail(error),
            }
        }
        let packs = std::mem::take(&mut self.packs);
        self.mark_and_repair(packs);
        if std::mem::take(&mut self.has_written)
            && let Err(error) = self.cache.tidy(self.dataset)
        {
            self.fail(error);
        }
        self.error.take()
    }

    fn mark_and_repair(&mut self, packs: Vec<OpenPack>) {
        for open in packs {
            if open.is_damaged {
                if let Err(error) = self.cache.rewrite(self.dataset, &[open.pack]) {
                    self.fail(error);
                }
            } else if open.is_used {
                // Where it may not be marked, it is not removed either.
                let _ = self.cache.mark(&open.pack);
            }
        }
    }
}

impl Drop for CachedRows {
    fn drop(&mut self) {
        self.finish();
    }
}
