//! Parsed files of a session: a query that reads several datasets of a file parses it once.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codeanatomy_extract::{ParseCache, ParseKey, ParsedFile};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation};
use rustc_hash::FxHashMap;

/// The share of a limited memory pool that may be used, as its inverse.
const SHARE_OF_POOL: usize = 8;

/// Tells scans apart; partitions of one share it.
pub(crate) type ScanId = Arc<()>;

/// Keeps as many files as there is room for, charged to the memory pool, while at least two scans are open: one alone has
/// no use for what it has parsed. While queries run, what they have parsed stays:
/// scans of several datasets go over the same files in the same order, so that to forget the oldest would be to forget
/// just what comes next. What was last used by queries that are over makes room.
#[derive(Default)]
pub(crate) struct SessionCache(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    files: FxHashMap<ParseKey, Kept>,
    bytes: usize,
    capacity: usize,
    /// The scans that are open, and of how many partitions each.
    scans: Vec<(ScanId, usize)>,
    /// Grows when a scan comes and there was none.
    generation: u64,
    reservation: Option<MemoryReservation>,
}

struct Kept {
    file: Arc<ParsedFile>,
    generation: u64,
}

impl fmt::Debug for SessionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        write!(f, "SessionCache({} files, {} bytes)", inner.files.len(), inner.bytes)
    }
}

impl SessionCache {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the cache for a scan. It has room for `capacity` bytes, and for a share of `pool` at most.
    pub(crate) fn open(
        self: &Arc<Self>,
        scan: &ScanId,
        pool: &Arc<dyn MemoryPool>,
        capacity: usize,
    ) -> Arc<CacheReader> {
        let limit = match pool.memory_limit() {
            MemoryLimit::Finite(bytes) => bytes / SHARE_OF_POOL,
            _ => usize::MAX,
        };
        let mut inner = self.lock();
        inner.capacity = capacity.min(limit);
        if inner.scans.is_empty() {
            inner.generation += 1;
        }
        match inner.scans.iter_mut().find(|(open, _)| Arc::ptr_eq(open, scan)) {
            Some((_, partitions)) => *partitions += 1,
            None => inner.scans.push((Arc::clone(scan), 1)),
        }
        if inner.reservation.is_none() {
            inner.reservation = Some(MemoryConsumer::new("parsed files").register(pool));
        }
        inner.make_room(0);
        Arc::new(CacheReader {
            cache: Arc::clone(self),
            scan: Arc::clone(scan),
        })
    }
}

/// The cache, open for a scan until it is dropped.
#[derive(Debug)]
pub(crate) struct CacheReader {
    cache: Arc<SessionCache>,
    scan: ScanId,
}

impl Drop for CacheReader {
    fn drop(&mut self) {
        let mut inner = self.cache.lock();
        for (scan, partitions) in &mut inner.scans {
            if Arc::ptr_eq(scan, &self.scan) {
                *partitions -= 1;
            }
        }
        inner.scans.retain(|(_, partitions)| *partitions > 0);
    }
}

impl ParseCache for CacheReader {
    fn get(&self, key: &ParseKey) -> Option<Arc<ParsedFile>> {
        let mut inner = self.cache.lock();
        let generation = inner.generation;
        let kept = inner.files.get_mut(key)?;
        kept.generation = generation;
        Some(Arc::clone(&kept.file))
    }

    fn put(&self, key: ParseKey, file: &Arc<ParsedFile>) {
        let size = file.memory_size();
        let mut inner = self.cache.lock();
        if inner.scans.len() < 2 || inner.files.contains_key(&key) || !inner.make_room(size) {
            return;
        }
        let reserved = inner.reservation.as_mut().is_some_and(|r| r.try_grow(size).is_ok());
        if reserved {
            inner.bytes += size;
            let generation = inner.generation;
            let file = Arc::clone(file);
            inner.files.insert(key, Kept { file, generation });
        }
    }
}

impl Inner {
    /// Whether there is room for `size` bytes more, if need be without what no running query has used.
    fn make_room(&mut self, size: usize) -> bool {
        if self.bytes + size <= self.capacity {
            return true;
        }
        let generation = self.generation;
        let mut freed = 0;
        self.files.retain(|_, kept| {
            let stays = kept.generation == generation;
            if !stays {
                freed += kept.file.memory_size();
            }
            stays
        });
        self.bytes -= freed;
        if let Some(reservation) = &mut self.reservation {
            reservation.shrink(freed);
        }
        self.bytes + size <= self.capacity
    }
}
