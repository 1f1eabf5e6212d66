//! Reads the index of a pack.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use xxhash_rust::xxh3::xxh3_64;

use super::{FOOT_BYTES, MAGIC, PLACE_BYTES};
use crate::column::Bytes;
use crate::key::Key;

/// Where an entry stands in its pack.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) key: Key,
    pub(crate) offset: u64,
    pub(crate) length: u32,
    pub(crate) checksum: u64,
}

impl Place {
    /// Whether these are the bytes that were written.
    pub(crate) fn is_of(&self, entry: &[u8]) -> bool {
        xxh3_64(entry) == self.checksum
    }
}

/// A complete pack, with its index in memory.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) path: PathBuf,
    /// The size of the file.
    pub(crate) bytes: u64,
    /// As they stand.
    places: Vec<Place>,
    /// Their positions by key, once one is looked for.
    by_key: OnceLock<Vec<u32>>,
    /// Whether its file has been marked as used by this process.
    pub(crate) is_marked: AtomicBool,
}

impl Pack {
    /// Reads the index. The error is of the kind `InvalidData` if the file is damaged.
    pub(crate) fn load(path: &Path) -> io::Result<Self> {
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut magic = [0; MAGIC.len()];
        let mut foot = [0; FOOT_BYTES];
        let Some(foot_at) = bytes
            .checked_sub(FOOT_BYTES as u64)
            .filter(|at| *at >= MAGIC.len() as u64)
        else {
            return Err(damaged());
        };
        file.read_exact(&mut magic)?;
        file.seek(SeekFrom::Start(foot_at))?;
        file.read_exact(&mut foot)?;
        let mut foot = Bytes(&foot);
        let (Some(count), Some(checksum), Some(end)) = (foot.u32(), foot.array::<8>(), foot.array()) else {
            return Err(damaged());
        };
        let index_bytes = u64::from(count) * PLACE_BYTES as u64;
        let index_at = foot_at.checked_sub(index_bytes).filter(|at| *at >= MAGIC.len() as u64);
        let (Some(index_at), true) = (index_at, magic == *MAGIC && end == *MAGIC) else {
            return Err(damaged());
        };
        let mut index = vec![0; usize::try_from(index_bytes).map_err(io::Error::other)?];
        file.seek(SeekFrom::Start(index_at))?;
        file.read_exact(&mut index)?;
        if xxh3_64(&index).to_le_bytes() != checksum {
            return Err(damaged());
        }
        let mut offset = MAGIC.len() as u64;
        let mut places = Vec::with_capacity(count as usize);
        for bytes in index.as_chunks::<PLACE_BYTES>().0 {
            let place = place(bytes, offset).ok_or_else(damaged)?;
            offset += u64::from(place.length);
            places.push(place);
        }
        if offset != index_at {
            return Err(damaged());
        }
        Ok(Self {
            path: path.to_path_buf(),
            bytes,
            places,
            by_key: OnceLock::new(),
            is_marked: AtomicBool::new(false),
        })
    }

    /// The position of the entry of a key. `guess` is looked at first.
    pub(crate) fn find(&self, key: &Key, guess: usize) -> Option<usize> {
        if self.places.get(guess).is_some_and(|place| place.key == *key) {
            return Some(guess);
        }
        let key_of = |i: &u32| &self.places[*i as usize].key;
        let by_key = self.by_key.get_or_init(|| {
            // There are as many as 32 bits can count.
            let mut by_key: Vec<u32> = (0..self.places.len() as u32).collect();
            by_key.sort_unstable_by_key(|i| (key_of(i), *i));
            by_key
        });
        let at = by_key.partition_point(|i| key_of(i) < key);
        by_key.get(at).filter(|i| key_of(i) == key).map(|i| *i as usize)
    }

    /// All entries in the order in which they stand.
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    /// The memory that the index takes.
    pub(crate) fn memory_size(&self) -> usize {
        self.places.capacity() * (size_of::<Place>() + size_of::<u32>()) + size_of::<Self>()
    }
}

fn place(bytes: &[u8; PLACE_BYTES], offset: u64) -> Option<Place> {
    let (key, rest) = bytes.split_first_chunk::<32>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (checksum, _) = rest.split_first_chunk::<8>()?;
    Some(Place {
        key: Key(*key),
        offset,
        length: u32::from_le_bytes(*length),
        checksum: u64::from_le_bytes(*checksum),
    })
}
