//! The folder of a cache.
//!
//! ```text
//! DIR/FINGERPRINT/DATASET/NAME.pack
//! DIR/FINGERPRINT/NAME.known
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::fingerprint::fingerprint;
use crate::known::KnownFiles;
use crate::pack::{Pack, SUFFIX};

/// A folder with packs. Several of them, of one process or of many, may use the same folder at the same time.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    fingerprint: String,
    max_bytes: u64,
    /// By dataset: the packs whose indexes are in memory.
    loaded: Mutex<BTreeMap<&'static str, Vec<Arc<Pack>>>>,
    /// By place: what is known of the files of sources.
    known: Mutex<BTreeMap<PathBuf, Arc<KnownFiles>>>,
    /// Held by who tidies up, since two at once would do the same work.
    pub(crate) tidying: Mutex<()>,
}

/// The packs of a dataset, and what was wrong with others.
#[derive(Debug, Default)]
pub(crate) struct Packs {
    pub(crate) packs: Vec<Arc<Pack>>,
    /// How many were damaged as a whole, and removed if that was possible.
    pub(crate) damaged: usize,
    /// Why others could not be read.
    pub(crate) error: Option<io::Error>,
}

impl Cache {
    /// The cache in `folder`, which is made if it is not there. It is kept to `max_bytes`: packs that were not used for the longest time make room.
    pub fn open(folder: &Path, max_bytes: u64) -> io::Result<Arc<Self>> {
        fs::create_dir_all(folder)?;
        Ok(Arc::new(Self {
            // It stays where it is if the process goes to another folder.
            folder: fs::canonicalize(folder)?,
            fingerprint: fingerprint(),
            max_bytes,
            loaded: Mutex::default(),
            known: Mutex::default(),
            tidying: Mutex::default(),
        }))
    }

    /// The bound.
    pub fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// What is known of the files of a source, which is at this place on the disk.
    pub fn known_files(&self, source: &Path) -> Arc<KnownFiles> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(source) {
            Some(files) => Arc::clone(files),
            None => {
                let files = Arc::new(KnownFiles::load(&self.folder.join(&self.fingerprint), source));
                known.insert(source.to_path_buf(), Arc::clone(&files));
                files
            }
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn folder_of(&self, dataset: &str) -> PathBuf {
        self.folder.join(&self.fingerprint).join(dataset)
    }

    /// The packs of a dataset that are there now.
    pub(crate) fn packs(&self, dataset: &'static str) -> Packs {
        let mut found = Packs::default();
        let names = match list(&self.folder_of(dataset)) {
            Ok(names) => names,
            Err(error) => {
                found.error = (error.kind() != io::ErrorKind::NotFound).then_some(error);
                return found;
            }
        };
        let mut loaded = self.lock();
        let known = loaded.entry(dataset).or_default();
        for path in names {
            if let Some(pack) = known.iter().find(|pack| pack.path == path) {
                found.packs.push(Arc::clone(pack));
                continue;
            }
            match Pack::load(&path) {
                Ok(pack) => found.packs.push(Arc::new(pack)),
                // Another has removed it meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => {
                    found.damaged += 1;
                    if let Err(error) = fs::remove_file(&path) {
                        found.error = Some(error);
                    }
                }
                Err(error) => found.error = Some(error),
            }
        }
        known.clone_from(&found.packs);
        found
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Vec<Arc<Pack>>>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The packs in a folder, by name.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().ends_with(SUFFIX.as_bytes()) {
            paths.push(entry.path());
        }
    }
    paths.sort_unstable();
    Ok(paths)
}
