//! The persistent caches that a session has used: rows that any session has extracted before.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use codeanatomy_cache::Cache;
use datafusion::common::{Result, exec_err};

use crate::settings::Settings;

/// The caches, by folder and bound: usually one. What they hold in memory, the indexes of packs, serves all scans.
#[derive(Debug, Default)]
pub(crate) struct RowCaches(Mutex<Vec<(String, Arc<Cache>)>>);

impl RowCaches {
    /// The cache that the settings name, if they name one.
    pub(crate) fn open(&self, settings: &Settings) -> Result<Option<Arc<Cache>>> {
        let (folder, bytes) = (&settings.cache_dir, settings.cache_bytes as u64);
        if folder.is_empty() {
            return Ok(None);
        }
        let mut caches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = caches
            .iter()
            .find(|(name, cache)| name == folder && cache.max_bytes() == bytes);
        if let Some((_, cache)) = known {
            return Ok(Some(Arc::clone(cache)));
        }
        match Cache::open(Path::new(folder), bytes) {
            Ok(cache) => {
                caches.push((folder.clone(), Arc::clone(&cache)));
                Ok(Some(cache))
            }
            Err(error) => exec_err!(
                "codeanatomy.cache_dir is '{folder}', which is no folder and cannot be made one: {error}; name another, or \
                 SET codeanatomy.cache_dir = '' to do without"
            ),
        }
    }
}
