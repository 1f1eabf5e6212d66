//! A pack that entries are read from.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::{Pack, Place};

/// What is read of a pack at least: entries that were written one after the other are read so.
const WINDOW_BYTES: usize = 1 << 18;

/// A pack, and what is known of it.
#[derive(Debug)]
pub(crate) struct OpenPack {
    pub(crate) pack: Arc<Pack>,
    file: Option<File>,
    /// The position of the entry behind the last that was found.
    pub(crate) next: usize,
    pub(crate) is_used: bool,
    pub(crate) is_damaged: bool,
}

impl OpenPack {
    pub(crate) fn new(pack: Arc<Pack>) -> Self {
        Self {
            pack,
            file: None,
            next: 0,
            is_used: false,
            is_damaged: false,
        }
    }
}

/// A part of a pack.
#[derive(Debug, Default)]
pub(crate) struct Window {
    pack: usize,
    start: u64,
    /// As many as are read, and others behind.
    bytes: Vec<u8>,
    length: usize,
}

impl Window {
    /// The memory that it takes.
    pub(crate) fn memory_size(&self) -> usize {
        self.bytes.capacity()
    }

    /// The bytes of an entry.
    pub(crate) fn read(&mut self, pack: usize, open: &mut OpenPack, place: &Place) -> io::Result<&[u8]> {
        let length = place.length as usize;
        let within = place.offset.checked_sub(self.start).filter(|_| self.pack == pack);
        let within = within
            .and_then(|at| usize::try_from(at).ok())
            .filter(|at| at + length <= self.length);
        if let Some(at) = within {
            return Ok(&self.bytes[at..at + length]);
        }
        let file = match &mut open.file {
            Some(file) => file,
            none => none.insert(File::open(&open.pack.path)?),
        };
        (self.pack, self.start, self.length) = (pack, place.offset, 0);
        let wanted = length.max(WINDOW_BYTES);
        if self.bytes.len() < wanted {
            self.bytes.resize(wanted, 0);
        }
        file.seek(SeekFrom::Start(place.offset))?;
        while self.length < length {
            match file.read(&mut self.bytes[self.length..wanted]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.bytes[..length])
    }
}
