//! Names for files, where the engine takes random ones.

use std::collections::BTreeSet;

use datafusion::common::Result;
use datafusion::object_store::ObjectStore;
use datafusion::object_store::path::Path;
use futures::TryStreamExt;

/// The files that are there, with those that have got a name.
pub(super) struct Names {
    taken: BTreeSet<Path>,
}

impl Names {
    /// Those below `folder`.
    pub(super) async fn below(store: &dyn ObjectStore, folder: &Path) -> Result<Self> {
        let there = store.list(Some(folder)).map_ok(|file| file.location);
        let taken = there.try_collect().await?;
        Ok(Self { taken })
    }

    /// `part-00000`, with the folder and the endings of `random`, or the next number that is free.
    pub(super) fn instead_of(&mut self, random: &Path) -> Path {
        let mut parts: Vec<_> = random.parts().collect();
        let name = parts.pop();
        let folder = Path::from_iter(parts);
        let name = name.as_ref().map_or("", |name| name.as_ref());
        let ending = name.split_once('.').map_or("", |(_, ending)| ending);
        let mut number = 0;
        loop {
            let path = folder.clone().join(format!("part-{number:05}.{ending}"));
            if self.taken.insert(path.clone()) {
                return path;
            }
            number += 1;
        }
    }
}
