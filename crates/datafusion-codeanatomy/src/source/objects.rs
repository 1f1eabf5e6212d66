//! Files in an object store.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use codeanatomy_extract::file::Entry;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{Result, plan_err};
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectStore, ObjectStoreExt, Result as StoreResult};
use futures::TryStreamExt;
use tokio::runtime::Handle;

/// How many objects are asked for ahead of the one that is needed: what comes from afar comes late.
const AHEAD: usize = 16;
/// How many bytes of them there may be.
const AHEAD_BYTES: u64 = 8 << 20;

/// A folder of an object store, or one object.
#[derive(Debug, Clone)]
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    /// What all locations begin with.
    prefix: Path,
}

impl Objects {
    /// All objects below `url`, or the one that it names: their relative paths and sizes.
    pub(super) async fn list(url: &ListingTableUrl, runtime: &RuntimeEnv) -> Result<(Self, Vec<(String, u64)>)> {
        if url.get_glob().is_some() {
            return plan_err!("'{url}' holds a glob: name the folder, and say by `include` which of its files to read");
        }
        let store = runtime.object_store(url)?;
        let prefix = url.prefix().clone();
        let found: Vec<_> = store.list(Some(&prefix)).try_collect().await?;
        if found.is_empty()
            && let Ok(object) = store.head(&prefix).await
        {
            let mut parts: Vec<_> = prefix.parts().collect();
            let name = parts.pop().map(|part| part.as_ref().to_string()).unwrap_or_default();
            let prefix = parts.into_iter().collect();
            return Ok((Self { store, prefix }, vec![(name, object.size)]));
        }
        let relative = |location: &Path| {
            let parts = location.prefix_match(&prefix)?;
            Some(
                parts
                    .map(|part| part.as_ref().to_string())
                    .collect::<Vec<_>>()
                    .join("/"),
            )
        };
        let files = found.iter().filter_map(|o| Some((relative(&o.location)?, o.size)));
        let files = files.collect();
        Ok((Self { store, prefix }, files))
    }

    pub(super) fn reader(&self) -> ObjectReader {
        ObjectReader {
            objects: self.clone(),
            handle: Handle::current(),
            coming: VecDeque::new(),
            bytes: 0,
        }
    }

    async fn get(self, path: String) -> StoreResult<Vec<u8>> {
        let location = path.split('/').fold(self.prefix, |folder, part| folder.join(part));
        Ok(self.store.get(&location).await?.bytes().await?.to_vec())
    }
}

/// Reads objects, some ahead of the one that is asked for.
pub(crate) struct ObjectReader {
    objects: Objects,
    handle: Handle,
    coming: VecDeque<Coming>,
    bytes: u64,
}

struct Coming {
    path: String,
    size: u64,
    /// Ends when it is dropped.
    task: SpawnedTask<StoreResult<Vec<u8>>>,
}

impl ObjectReader {
    pub(super) fn expect<'e>(&mut self, next: impl Iterator<Item = &'e Entry>) {
        for entry in next.skip(self.coming.len()) {
            if self.coming.len() >= AHEAD || (self.bytes + entry.size > AHEAD_BYTES && !self.coming.is_empty()) {
                return;
            }
            let _guard = self.handle.enter();
            self.bytes += entry.size;
            self.coming.push_back(Coming {
                path: entry.path.clone(),
                size: entry.size,
                task: SpawnedTask::spawn(self.objects.clone().get(entry.path.clone())),
            });
        }
    }

    pub(super) fn read(&mut self, path: &str) -> io::Result<Vec<u8>> {
        while let Some(coming) = self.coming.pop_front() {
            self.bytes -= coming.size;
            if coming.path == path {
                let object = self.handle.block_on(coming.task.join());
                return object.map_err(io::Error::other)?.map_err(io::Error::from);
            }
        }
        let object = self.objects.clone().get(path.to_string());
        self.handle.block_on(object).map_err(io::Error::from)
    }
}
