//! What keeps a cache small: packs are merged, and those that were not used for the longest time are removed.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use rustc_hash::FxHashSet;

use crate::cache::Cache;
use crate::known::KNOWN;
use crate::pack::{Pack, PackWriter, SUFFIX, UNFINISHED};

/// More packs of a dataset than these are merged.
const FEW_PACKS: usize = 16;
/// A larger pack is not merged any more.
const MERGED_BYTES: u64 = 32 << 20;
/// Who has written nothing for so long was killed.
const ABANDONED: Duration = Duration::from_secs(3600);

struct Kept {
    used: SystemTime,
    path: PathBuf,
    bytes: u64,
}

impl Cache {
    /// After a pack was written for a dataset: merges its packs if they are many, and removes packs of any dataset if there is too much.
    pub(crate) fn tidy(&self, dataset: &'static str) -> io::Result<()> {
        let _only = self.tidying.lock().unwrap_or_else(PoisonError::into_inner);
        let packs = self.packs(dataset).packs;
        let small: Vec<_> = packs.into_iter().filter(|pack| pack.bytes < MERGED_BYTES).collect();
        if small.len() > FEW_PACKS {
            self.rewrite(dataset, &small)?;
        }
        self.evict()
    }

    /// Writes the entries of packs that are not damaged as one new pack, and removes the packs.
    pub(crate) fn rewrite(&self, dataset: &'static str, packs: &[Arc<Pack>]) -> io::Result<()> {
        let mut writer = PackWriter::create(&self.folder_of(dataset))?;
        let mut seen = FxHashSet::default();
        let mut entry = Vec::new();
        for pack in packs {
            let mut file = match File::open(&pack.path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for place in pack.places() {
                entry.clear();
                file.seek(SeekFrom::Start(place.offset))?;
                file.by_ref().take(u64::from(place.length)).read_to_end(&mut entry)?;
                if place.is_of(&entry) && seen.insert(place.key.0) {
                    writer.add(place.key, &entry)?;
                }
            }
        }
        if !seen.is_empty() {
            writer.finish()?;
        }
        packs.iter().try_for_each(|pack| remove(&pack.path))
    }

    /// Notes that a pack was used.
    pub(crate) fn mark(&self, pack: &Pack) -> io::Result<()> {
        if pack.is_marked.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        // The time of the disk, which is that of all who use the cache.
        let folder = pack.path.parent().unwrap_or(self.root());
        let now = tempfile::Builder::new()
            .suffix(UNFINISHED)
            .tempfile_in(folder)?
            .as_file()
            .metadata()?
            .modified()?;
        File::options().append(true).open(&pack.path)?.set_modified(now)
    }

    /// Removes the packs that were not used for the longest time until the others are within the bound.
    fn evict(&self) -> io::Result<()> {
        let mut packs = Vec::new();
        let mut unfinished = Vec::new();
        for version in folders(self.root().to_path_buf())? {
            // Beside the datasets are known files.
            let datasets = folders(version.clone())?.into_iter().chain([version]);
            for dataset in datasets {
                for entry in unless_gone(fs::read_dir(dataset))?.into_iter().flatten() {
                    let entry = entry?;
                    let name = entry.file_name();
                    let Some(metadata) = unless_gone(entry.metadata())? else {
                        continue;
                    };
                    let kept = Kept {
                        used: metadata.modified()?,
                        path: entry.path(),
                        bytes: metadata.len(),
                    };
                    if [SUFFIX, KNOWN]
                        .iter()
                        .any(|end| name.as_encoded_bytes().ends_with(end.as_bytes()))
                    {
                        packs.push(kept);
                    } else if name.as_encoded_bytes().ends_with(UNFINISHED.as_bytes()) {
                        unfinished.push(kept);
                    }
                }
            }
        }
        packs.sort_unstable_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
        let now = packs.last().map(|pack| pack.used);
        let is_left = |file: &Kept| {
            now.and_then(|now| now.duration_since(file.used).ok())
                .is_some_and(|age| age > ABANDONED)
        };
        unfinished
            .iter()
            .filter(|file| is_left(file))
            .try_for_each(|file| remove(&file.path))?;
        let mut bytes: u64 = packs.iter().map(|pack| pack.bytes).sum();
        for pack in &packs {
            if bytes <= self.max_bytes() {
                break;
            }
            remove(&pack.path)?;
            bytes -= pack.bytes;
        }
        Ok(())
    }
}

fn folders(folder: PathBuf) -> io::Result<Vec<PathBuf>> {
    let mut inside = Vec::new();
    for entry in unless_gone(fs::read_dir(folder))?.into_iter().flatten() {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            inside.push(entry.path());
        }
    }
    Ok(inside)
}

fn remove(path: &PathBuf) -> io::Result<()> {
    unless_gone(fs::remove_file(path)).map(|_| ())
}

/// Nothing, if another has removed it meanwhile.
fn unless_gone<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
