//! Writes a pack.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_64;

use super::{MAGIC, PLACE_BYTES, Place, SUFFIX, UNFINISHED};
use crate::key::Key;

/// A pack that is being written. It is gone if it is not finished.
#[derive(Debug)]
pub(crate) struct PackWriter {
    file: BufWriter<NamedTempFile>,
    places: Vec<Place>,
    end: u64,
}

impl PackWriter {
    /// Begins a pack in a folder, which is made if need be.
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = tempfile::Builder::new()
            .prefix("")
            .suffix(UNFINISHED)
            .tempfile_in(folder)?;
        let mut file = BufWriter::with_capacity(1 << 17, file);
        file.write_all(MAGIC)?;
        Ok(Self {
            file,
            places: Vec::new(),
            end: MAGIC.len() as u64,
        })
    }

    /// Adds an entry.
    pub(crate) fn add(&mut self, key: Key, entry: &[u8]) -> io::Result<()> {
        let length = u32::try_from(entry.len()).map_err(io::Error::other)?;
        self.file.write_all(entry)?;
        self.places.push(Place {
            key,
            offset: self.end,
            length,
            checksum: xxh3_64(entry),
        });
        self.end += u64::from(length);
        Ok(())
    }

    /// The size so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.end + (self.places.len() * PLACE_BYTES) as u64
    }

    /// The memory that it takes.
    pub(crate) fn memory_size(&self) -> usize {
        self.file.capacity() + self.places.capacity() * size_of::<Place>()
    }

    /// Completes the pack: from now on it is found.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let mut index = Vec::with_capacity(self.places.len() * PLACE_BYTES);
        for place in &self.places {
            index.extend(place.key.0);
            index.extend(place.length.to_le_bytes());
            index.extend(place.checksum.to_le_bytes());
        }
        let count = u32::try_from(self.places.len()).map_err(io::Error::other)?;
        self.file.write_all(&index)?;
        self.file.write_all(&count.to_le_bytes())?;
        self.file.write_all(&xxh3_64(&index).to_le_bytes())?;
        self.file.write_all(MAGIC)?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        // Its name is its own, and so is that with another end.
        let path = file.path().with_extension(&SUFFIX[1..]);
        file.persist_noclobber(path).map_err(|e| e.error)?;
        Ok(())
    }
}
